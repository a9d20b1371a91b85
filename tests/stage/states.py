"""States of the world that tests begin in, each by its name."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from coronet.adapters.documents import FileDocuments
from coronet.commands.drafting import Draft, Request
from coronet.commands.ledger import git_blob_id
from coronet.commands.promote import promote
from coronet.commands.propose import propose
from coronet.commands.rollback import rollback
from coronet.core.proposal import Proposal, proposal_branch
from coronet.ports.forge import PullRequest
from coronet.ports.registry import ModelVersion
from coronet.ports.repository import Person
from tests.stage.road import open_proposal, promote_next
from tests.stage.stage import MODEL, Stage, asked_by, why


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A proposal with its pull request."""

    version: ModelVersion
    draft: Draft
    pull_request: PullRequest

    @property
    def proposal(self) -> Proposal:
        return self.draft.proposal

    @property
    def id(self) -> str:
        return self.proposal.id


def champion(stage: Stage) -> ModelVersion:
    """The first version, promoted."""
    return promote_next(stage)


def two_champions(stage: Stage) -> tuple[ModelVersion, ModelVersion]:
    """A former champion, and the one that replaced it."""
    first = promote_next(stage)
    return first, promote_next(stage, against=first)


def opened(stage: Stage, *, against: ModelVersion | None = None) -> Asked:
    """A new version whose pull request is open."""
    version = stage.train()
    report = open_proposal(stage, version, against=against)
    assert report.draft is not None
    assert report.publication is not None
    assert report.publication.pull_request is not None
    return Asked(version=version, draft=report.draft, pull_request=report.publication.pull_request)


def approved(stage: Stage, *, against: ModelVersion | None = None, by: str = "model-owner") -> Asked:
    asked = opened(stage, against=against)
    stage.approve(asked.pull_request, by=by)
    return asked


def merged(stage: Stage, *, against: ModelVersion | None = None) -> Asked:
    """Approved and merged, not applied yet."""
    asked = approved(stage, against=against)
    stage.merge(asked.pull_request)
    return asked


def unapproved_merge(stage: Stage, *, against: ModelVersion | None = None) -> Asked:
    """Merged by an administrator past every rule."""
    asked = opened(stage, against=against)
    stage.merge(asked.pull_request, admin=True)
    return asked


def champion_moved(stage: Stage) -> Asked:
    """Merged against a champion that another proposal replaced meanwhile."""
    first = promote_next(stage)
    version = stage.train()
    evidence = stage.evaluate(version, against=first)
    report = propose(stage.world("engineer"), MODEL, request(), candidate=version.version, dry_run=True)
    assert report.draft is not None
    promote_next(stage, against=first)
    pull_request = by_hand(stage, report.draft.proposal, evidence.to_bytes())
    stage.approve(pull_request)
    stage.merge(pull_request)
    return Asked(version=version, draft=report.draft, pull_request=pull_request)


def rolled_back(stage: Stage) -> tuple[ModelVersion, ModelVersion]:
    """The first version is champion again; the second, which it returned from, is held."""
    first, second = two_champions(stage)
    report = rollback(stage.world("engineer"), MODEL, request(summary="errors in production"))
    stage.approve(report.publication.pull_request)
    stage.merge(report.publication.pull_request)
    assert promote(stage.world()).exit_code == 0
    return first, second


def diverged(stage: Stage) -> tuple[ModelVersion, ModelVersion]:
    """The alias was moved back to the former champion behind git's back."""
    first, second = two_champions(stage)
    stage.registry.change_alias(MODEL, "champion", first.version)
    return first, second


def forged(stage: Stage, old: str, new: str) -> None:
    """Somebody rewrote the log of the model, and made an index that fits the forgery."""
    log = stage.show("promotions-log:changelog/churn.jsonl")
    data = "".join(f"{line}\n" for line in log.splitlines()).replace(old, new).encode()
    assert old in log
    index = json.loads(stage.show("promotions-log:changelog/churn.index.json").replace(old, new))
    index["log"] = git_blob_id(data, like=None)
    files = {"changelog/churn.jsonl": data.decode(), "changelog/churn.index.json": json.dumps(index)}
    stage.push(files, message="forge", branch="promotions-log")


def legacy_champion(stage: Stage) -> ModelVersion:
    """A version that somebody made champion by hand before any of this, without tags."""
    stage.registry.add_run("legacy")
    return stage.registry.add_version(MODEL, run_id="legacy", created=stage.clock.now(), aliases=("champion",))


def request(*, summary: str = "", login: str = "engineer", again: bool = False) -> Request:
    return Request(why=why(summary), requester=asked_by(login), again=again)


def on_a_branch(stage: Stage, branch: str, files: Mapping[str, bytes], *, by: str = "engineer") -> str:
    """Commit files on a branch that begins at main; answers the commit."""
    repository = stage.repository()
    there = repository.head(branch)
    return repository.publish(
        branch,
        expected=there,
        parent=there or repository.head("main"),
        files=files,
        message="by hand",
        author=Person.of_login(by),
        at=stage.clock.now(),
    )


def by_hand(
    stage: Stage, proposal: Proposal, evidence: bytes, *, document: bytes | None = None, by: str = "engineer"
) -> PullRequest:
    """The pull request of a proposal that a person wrote: `document` in place of how it would be rendered."""
    files = {
        proposal.path: FileDocuments().render(proposal.to_json()) if document is None else document,
        proposal.evidence_path: evidence,
    }
    branch = proposal_branch(proposal.model, proposal.id)
    on_a_branch(stage, branch, files, by=by)
    return stage.forge(by).open_pull_request(branch=branch, title="by hand", body="", labels=(), reviewers=())
