"""Propose a former champion: the same road as a promotion, with comparisons left out."""

from dataclasses import dataclass, replace
from typing import Any

from coronet.commands.drafting import Draft, Request, draft, survey
from coronet.commands.former import choose_former, former_champions, judge_former
from coronet.commands.publishing import Publication, publish_draft
from coronet.commands.world import World
from coronet.core.decision import Result
from coronet.core.judging.judgement import Judgement
from coronet.core.proposal import Kind
from coronet.core.render.page import Page
from coronet.core.render.paged import Paged
from coronet.errors import Refused


@dataclass(frozen=True, kw_only=True, slots=True)
class RoadReport(Paged):
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

    def page(self) -> Page:
        return self.publication.page(self.draft.proposal, self.draft.judgement)


def rollback(world: World, model: str, request: Request, *, to: str | None = None, dry_run: bool = False) -> RoadReport:
    """Open the pull request that asks for a former champion again.

    `to` names its version; without it, the newest former champion that is still intact and not held. The
    proposal brings the evidence by which that version became champion.
    """
    ground = survey(world, model, keeping=to)
    entry, candidate = choose_former(world, ground, former_champions(world, ground), to)
    judgement = judge_former(world, ground, entry)
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
