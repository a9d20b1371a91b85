"""Proposals and their evidence as a commit has them."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from coronet.commands.governed import decode, raise_findings
from coronet.core.canonical import digest_bytes
from coronet.core.changelog.entry import Entry
from coronet.core.evidence import Evidence, evidence_from_json
from coronet.core.model_file import ModelFile
from coronet.core.proposal import (
    FOLDER,
    Proposal,
    evidence_path,
    proposal_at,
    proposal_from_json,
    proposal_of_branch,
    proposal_path,
)
from coronet.errors import Finding, InvalidInput
from coronet.ports.documents import Documents
from coronet.ports.repository import Blob, Repository

if TYPE_CHECKING:  # the gate reads proposals without a forge
    from coronet.commands.world import World
    from coronet.ports.forge import PullRequest


@dataclass(frozen=True, kw_only=True, slots=True)
class ProposalFiles:
    """The two files of a proposal at one commit; None for one that is not there."""

    model: str
    id: str
    proposal: Blob | None
    evidence: Blob | None

    @property
    def path(self) -> str:
        return proposal_path(self.model, self.id)

    @property
    def proposal_digest(self) -> str | None:
        return digest_bytes(self.proposal.data) if self.proposal else None

    @property
    def evidence_digest(self) -> str | None:
        return digest_bytes(self.evidence.data) if self.evidence else None


def proposal_ids(repository: Repository, commit: str, model: str | None = None) -> tuple[tuple[str, str], ...]:
    """(model, id) of every proposal at `commit`, of one model or of all."""
    paths = repository.paths(commit, f"{FOLDER}/{model}" if model else FOLDER)
    return tuple(found for path in paths if (found := proposal_at(path)))


def read_proposals(repository: Repository, commit: str, wanted: Sequence[tuple[str, str]]) -> tuple[ProposalFiles, ...]:
    """The files of the proposals (model, id) at `commit`, in one exchange."""
    paths = [path(model, name) for model, name in wanted for path in (proposal_path, evidence_path)]
    blobs = repository.read_many([(commit, path) for path in paths])
    return tuple(
        ProposalFiles(model=model, id=name, proposal=blobs[2 * index], evidence=blobs[2 * index + 1])
        for index, (model, name) in enumerate(wanted)
    )


def provisional_files(repository: Repository, documents: Documents, commit: str, entry: Entry) -> ProposalFiles:
    """The two files of a rollback that `commit` of main does not have: its proposal and the evidence of its day.

    The log keeps the one. The other is there by the proposal that it restores, where it may be written
    otherwise than the canonical one that is pinned.
    """
    if entry.fast_lane is None or entry.proposal is None:
        raise InvalidInput(f"entry {entry.seq} of {entry.model} is no rollback of the fast lane")
    (former,) = read_proposals(repository, commit, [(entry.model, entry.fast_lane.restores)])
    evidence = former.evidence
    if evidence is not None and former.evidence_digest != entry.evidence:
        with suppress(InvalidInput):
            evidence = Blob(id=evidence.id, data=parse_evidence(former, documents).to_bytes())
    document = Blob(id="", data=entry.fast_lane.document.encode())
    return ProposalFiles(model=entry.model, id=entry.proposal, proposal=document, evidence=evidence)


def proposals_of(world: "World", pull_requests: Sequence["PullRequest"]) -> dict[int, Proposal]:
    """The proposals that open pull requests ask for, by their numbers; those that cannot be read are left out."""
    named = [(p, *names) for p in pull_requests if (names := proposal_of_branch(p.branch))]
    blobs = world.repository.read_many([(p.head, proposal_path(model, name)) for p, model, name in named])
    found = {}
    for (pull_request, model, name), blob in zip(named, blobs, strict=True):
        with suppress(InvalidInput):
            files = ProposalFiles(model=model, id=name, proposal=blob, evidence=None)
            found[pull_request.number] = parse_proposal(files, world.documents)
    return found


def parse_proposal(files: ProposalFiles, documents: Documents, *, trusted: str | None = None) -> Proposal:
    """The proposal of these files; InvalidInput with every finding.

    A file whose digest is `trusted` was validated when the log recorded it, and is only decoded.
    """
    if files.proposal is None:
        raise InvalidInput(f"no proposal at {files.path}", hint="`coronet status` lists the proposals there are")
    document = documents.parse(files.proposal.data, file=files.path)
    if trusted is not None and files.proposal_digest == trusted:
        return proposal_from_json(document.value)
    proposal = decode(document, documents, "proposal", proposal_from_json)
    raise_findings(_misplaced(proposal, files), f"{files.path} is not where it says it is")
    return proposal


def _misplaced(proposal: Proposal, files: ProposalFiles) -> list[Finding]:
    findings = []
    if proposal.id != files.id:
        findings.append(Finding(message=f"id is {proposal.id!r}, the file's name says {files.id!r}"))
    if proposal.model != files.model:
        findings.append(Finding(message=f"model is {proposal.model!r}, the folder says {files.model!r}"))
    return findings


def require_alias(proposal: Proposal, model: ModelFile) -> None:
    """InvalidInput for another alias than the one by which the model is governed: nobody compares what it points at."""
    if proposal.alias != model.champion_alias:
        raise InvalidInput(
            f"{proposal.path} asks for the alias {proposal.alias!r}, and {model.name} is governed by "
            f"{model.champion_alias!r}",
            hint="only the champion's alias moves by proposals; models/<m>/model.yaml names it",
        )


def parse_evidence(files: ProposalFiles, documents: Documents, *, trusted: str | None = None) -> Evidence:
    """The evidence of these files; InvalidInput with every finding. `trusted` as for `parse_proposal`."""
    path = evidence_path(files.model, files.id)
    if files.evidence is None:
        raise InvalidInput(f"no evidence at {path}", hint="commit the evidence beside its proposal")
    if trusted is not None and files.evidence_digest == trusted:
        value: Mapping[str, object] = json.loads(files.evidence.data)
        return evidence_from_json(value)
    return decode(documents.parse(files.evidence.data, file=path), documents, "evidence", evidence_from_json)
