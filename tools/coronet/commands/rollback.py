"""Propose a former champion: the same road as a promotion, with comparisons left out."""

from dataclasses import dataclass, replace
from typing import Any

from coronet.commands.drafting import Draft, Ground, Request, draft, survey
from coronet.commands.ledger import read_log
from coronet.commands.proposals import parse_evidence, read_proposals
from coronet.commands.publishing import Publication, publish_draft
from coronet.commands.registered import find_candidate
from coronet.commands.world import World
from coronet.core.changelog.entry import APPLIED, Entry
from coronet.core.decision import Result
from coronet.core.judging.judgement import Judgement, judge
from coronet.core.proposal import Candidate, Kind
from coronet.core.render.markup import escape_markdown, plain_line
from coronet.errors import InvalidInput, Refused


@dataclass(frozen=True, kw_only=True, slots=True)
class RoadReport:
    """A proposal that went its road: a rollback's or a renewal's."""

    schema: str
    draft: Draft
    publication: Publication

    @property
    def exit_code(self) -> int:
        return 0

    def to_json(self) -> dict[str, Any]:
        found = self.publication
        return {
            "schema": self.schema,
            "model": self.draft.proposal.model,
            "verdict": str(self.draft.judgement.verdict),
            "proposal": self.draft.proposal.to_json(),
            "outcome": str(found.found),
            "pull_request": found.pull_request.number if found.pull_request else None,
            "url": found.pull_request.url if found.pull_request else None,
            "superseded": list(found.superseded),
        }

    def to_text(self) -> str:
        return plain_line(self._headline())

    def to_markdown(self) -> str:
        return f"**{escape_markdown(self._headline())}**"

    def _headline(self) -> str:
        found, asked = self.publication, self.draft.proposal
        where = f": pull request {found.pull_request.number}, {found.pull_request.url}" if found.pull_request else ""
        return f"{asked.id} {found.found}{where}"


def rollback(world: World, model: str, request: Request, *, to: str | None = None, dry_run: bool = False) -> RoadReport:
    """Open the pull request that asks for a former champion again.

    `to` names its version; without it, the newest former champion that is still intact and not held. The
    proposal brings the evidence by which that version became champion.
    """
    ground = survey(world, model)
    former = _former_champions(world, ground)
    if not former:
        raise Refused(f"{model} has no former champion to return to", hint="`coronet log` shows what there was")
    entry, candidate = _choose(world, ground, former, to)
    files = read_proposals(world.repository, ground.main, [(model, str(entry.proposal))])[0]
    evidence = parse_evidence(files, world.documents, trusted=entry.evidence)
    judgement = judge(evidence, ground.policy, now=world.clock.now(), kind=Kind.ROLLBACK)
    if not judgement.admits:
        raise Refused(
            f"version {candidate.version} does not satisfy today's policy: {say_broken(judgement)}",
            hint="name another version with --to, or change the policy first",
        )
    why = request.why.summary or f"return to version {candidate.version}"
    asked = replace(request, why=replace(request.why, summary=why))
    drafted = draft(world, ground, kind=Kind.ROLLBACK, candidate=candidate, judgement=judgement, request=asked)
    return RoadReport(
        schema="coronet/rollback/v1",
        draft=drafted,
        publication=publish_draft(world, ground, drafted, dry_run=dry_run),
    )


def say_broken(judgement: Judgement) -> str:
    """What keeps evidence from satisfying its policy, in one line."""
    broken = [check for check in judgement.checks if check.result in (Result.FAIL, Result.INCONCLUSIVE)]
    return "; ".join(f"{check.name}: {check.saw}" for check in broken)


def _former_champions(world: World, ground: Ground) -> list[Entry]:
    """Applied entries of other versions than today's champion, newest first, one a version, as deep as allowed."""
    head = world.repository.head(world.log_branch)
    former: dict[str, Entry] = {}
    for entry in reversed(read_log(world.repository, head, ground.model.name)):
        current = ground.replaces and entry.target and entry.target.digest == ground.replaces.digest
        if entry.event in APPLIED and entry.alias == ground.alias and entry.target and not current:
            former.setdefault(entry.target.version, entry)
    return list(former.values())[: ground.policy.rollback.depth]


def _choose(world: World, ground: Ground, former: list[Entry], to: str | None) -> tuple[Entry, Candidate]:
    """The entry and the version to return to; Refused with the reason for each that cannot be."""
    known = ", ".join(str(entry.target.version) for entry in former if entry.target)
    chosen = [entry for entry in former if to is None or (entry.target and entry.target.version == to)]
    if not chosen:
        raise InvalidInput(
            f"version {to} is none of the last {ground.policy.rollback.depth} former champions of {ground.model.name}",
            hint=f"former champions, newest first: {known}",
        )
    reasons = []
    for entry in chosen:
        found = _usable(world, ground, entry)
        if isinstance(found, Candidate):
            return entry, found
        reasons.append(found)
    raise Refused(f"no former champion can return: {'; '.join(reasons)}", hint="promote another version instead")


def _usable(world: World, ground: Ground, entry: Entry) -> Candidate | str:
    target = entry.target
    if target is None:
        return f"entry {entry.seq} names no version"
    if hold := ground.state.holds.get(target.digest):
        return f"version {target.version} is held: {hold.why}"
    candidate = find_candidate(world, ground.model.registered_model, target.version)
    if candidate is None:
        return f"version {target.version} is gone from the registry"
    return candidate if candidate.digest == target.digest else f"version {target.version} was changed since"
