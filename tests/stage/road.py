"""Parts of the road that many tests walk."""

from coronet.commands.drafting import Request
from coronet.commands.promote import promote
from coronet.commands.propose import ProposeReport, propose
from coronet.ports.registry import ModelVersion
from tests.stage.reports import told
from tests.stage.stage import MODEL, Stage, asked_by, why


def ask(
    stage: Stage, *, by: str = "engineer", requested_by: str = "", again: bool = False, candidate: str | None = None
) -> ProposeReport:
    """`coronet propose`, as somebody."""
    request = Request(why=why(), requester=asked_by(requested_by or by), again=again)
    return told(propose(stage.world(by), MODEL, request, candidate=candidate))


def open_proposal(stage: Stage, version: ModelVersion, *, against: ModelVersion | None = None) -> ProposeReport:
    """Evaluate a version and open its pull request."""
    stage.evaluate(version, against=against)
    report = ask(stage, candidate=version.version)
    assert report.draft is not None, report.to_text()
    return report


def merged_proposal(stage: Stage, version: ModelVersion, *, against: ModelVersion | None = None) -> str:
    """The id of a proposal that was opened, approved and merged, and not applied yet."""
    report = open_proposal(stage, version, against=against)
    assert report.draft is not None
    assert report.publication is not None
    stage.approve(report.publication.pull_request)
    stage.merge(report.publication.pull_request)
    return report.draft.proposal.id


def promote_next(stage: Stage, *, against: ModelVersion | None = None) -> ModelVersion:
    """Train, evaluate, propose, approve, merge and promote one version."""
    version = stage.train()
    merged_proposal(stage, version, against=against)
    promoted = promote(stage.world())
    assert promoted.exit_code == 0, promoted.to_text()
    assert stage.champion == version.version
    return version
