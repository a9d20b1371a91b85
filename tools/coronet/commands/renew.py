"""Propose the same champion with fresh evidence, so that releases may rest on it for longer."""

from dataclasses import replace

from coronet.commands.drafting import Request, draft, survey
from coronet.commands.publishing import publish_draft
from coronet.commands.registered import require_candidate
from coronet.commands.rollback import RoadReport, say_broken
from coronet.commands.world import World
from coronet.core.evidence import Evidence
from coronet.core.judging.judgement import judge
from coronet.core.proposal import Kind
from coronet.errors import Conflict, Refused


def renew(world: World, model: str, request: Request, evidence: Evidence, *, dry_run: bool = False) -> RoadReport:
    """Open the pull request that asks for more time; `evidence` must be about the champion."""
    ground = survey(world, model)
    if ground.replaces is None:
        raise Refused(f"{model} has no champion to renew", hint=f"`coronet propose {model}` asks for the first one")
    champion = require_candidate(world, ground.model.registered_model, ground.replaces.version)
    if champion.digest != ground.replaces.digest:
        raise Conflict(
            f"the files of version {champion.version} are not those that were approved: {champion.digest}",
            hint="whoever changed them made another model: roll back, and promote it as one",
        )
    if evidence.model != model or evidence.candidate.digest != champion.digest:
        about = f"version {evidence.candidate.version or '(unnamed)'} of {evidence.model}"
        raise Conflict(
            f"the evidence is about {about}, the champion is version {champion.version} of {model}",
            hint=f"`coronet evaluate {model} --candidate {champion.version} --champion none` measures the champion",
        )
    now = world.clock.now()
    judgement = judge(evidence, ground.policy, now=now, kind=Kind.RENEWAL, data_digest=ground.data_digest)
    if not judgement.admits:
        said = say_broken(judgement)
        raise Refused(f"the champion does not satisfy today's policy: {said}", hint="propose a better one")
    asked = replace(request, why=replace(request.why, summary=request.why.summary or "fresh evidence"))
    drafted = draft(world, ground, kind=Kind.RENEWAL, candidate=champion, judgement=judgement, request=asked)
    return RoadReport(
        schema="coronet/renew/v1", draft=drafted, publication=publish_draft(world, ground, drafted, dry_run=dry_run)
    )
