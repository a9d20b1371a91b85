"""Rank the newest candidates, and open the pull request of the best."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from coronet.commands.candidates import PassedOver, gather_evidence
from coronet.commands.drafting import Draft, Ground, Request, draft, survey
from coronet.commands.publishing import Publication, publish_draft
from coronet.commands.registered import require_candidate
from coronet.commands.world import World
from coronet.core.decision import Verdict
from coronet.core.evidence import Evidence
from coronet.core.judging.judgement import Judgement, judge
from coronet.core.proposal import Kind, Why
from coronet.core.ranking import Ranked, rank_candidates
from coronet.core.render.page import Items, Page
from coronet.core.render.paged import Paged
from coronet.core.render.ranking import rank_table
from coronet.core.version_tags import Lifecycle, Tag, why_of
from coronet.errors import Conflict, Refused

SCHEMA = "coronet/propose/v1"


@dataclass(frozen=True, kw_only=True, slots=True)
class ProposeReport(Paged):
    """`ranking` is best first; `draft` is None where no candidate satisfies the policy."""

    model: str
    ranking: tuple[Ranked, ...]
    passed_over: tuple[PassedOver, ...]
    draft: Draft | None
    publication: Publication | None

    @property
    def exit_code(self) -> int:
        return 0 if self.draft else Refused.exit_code

    @property
    def verdict(self) -> Verdict:
        return self.ranking[0].judgement.verdict if self.ranking else Verdict.FAIL

    def to_json(self) -> dict[str, Any]:
        proposal = self.draft.proposal if self.draft else None
        found = self.publication
        return {
            "schema": SCHEMA,
            "model": self.model,
            "verdict": str(self.verdict),
            "proposal": proposal.to_json() if proposal else None,
            "outcome": str(found.found) if found else None,
            "pull_request": found.pull_request.number if found and found.pull_request else None,
            "url": found.pull_request.url if found and found.pull_request else None,
            "superseded": list(found.superseded) if found else [],
            "metrics": _metrics(self.draft),
            "ranking": [_ranked_json(ranked) for ranked in self.ranking],
            "passed_over": [{"version": left.version, "why": left.why} for left in self.passed_over],
        }

    def page(self) -> Page:
        passed_over = [f"version {left.version} was passed over: {left.why}" for left in self.passed_over]
        blocks = (rank_table(self.ranking), Items(lines=passed_over))
        if self.draft and self.publication:
            return self.publication.page(self.draft.proposal, self.draft.judgement, *blocks)
        said = f"No candidate of {self.model} satisfies the policy, and the champion stays. Train or evaluate another."
        return Page(headline=said, verdict=self.verdict, blocks=blocks)


def propose(
    world: World,
    model: str,
    request: Request,
    *,
    given: Sequence[Evidence] = (),
    candidate: str | None = None,
    dry_run: bool = False,
) -> ProposeReport:
    """Judge and rank candidates, and open the pull request of the best, unless it is there already.

    Without `given` evidence each of the newest eligible candidates is judged by the evidence that
    `coronet evaluate` logged to its run against today's champion; `candidate` names one version alone.
    Nothing is opened where none satisfies the policy. Where somebody moved the alias to `candidate` by hand,
    this is how it is kept.
    """
    ground = survey(world, model, keeping=candidate)
    evidence, passed_over = gather_evidence(world, ground, given, candidate)
    judgements = [
        judge(each, ground.policy, now=world.clock.now(), data_digest=ground.data_digest) for each in evidence
    ]
    ranking = rank_candidates(judgements, ground.policy.ranking)
    drafted = publication = None
    if ranking and ranking[0].judgement.admits:
        drafted = _draft_best(world, ground, ranking[0].judgement, request)
        publication = publish_draft(world, ground, drafted, dry_run=dry_run)
    if not dry_run:
        _tag_staging(world, ground, ranking)
    return ProposeReport(model=model, ranking=ranking, passed_over=passed_over, draft=drafted, publication=publication)


def _draft_best(world: World, ground: Ground, judgement: Judgement, request: Request) -> Draft:
    version = str(judgement.evidence.candidate.version)
    _require_free(ground, version)
    pinned = require_candidate(world, ground.model.registered_model, version)
    if pinned.digest != judgement.evidence.candidate.digest:
        raise Conflict(
            f"version {version} has the digest {pinned.digest}, its evidence was made of "
            f"{judgement.evidence.candidate.digest}",
            hint="its files changed since it was evaluated: train and evaluate again",
        )
    if hold := ground.state.hold_on(pinned.digest):
        raise Refused(
            f"version {version} is held by {hold.actor}: {hold.why}", hint="`coronet hold` releases it, with a reason"
        )
    found = world.registry.version(ground.model.registered_model, version)
    why = _why(request.why, why_of(found.tags) if found else Why(summary=""), version)
    asked = replace(request, why=why)
    return draft(world, ground, kind=Kind.PROMOTION, candidate=pinned, judgement=judgement, request=asked)


def _require_free(ground: Ground, version: str) -> None:
    """The first proposal replaces nothing: Conflict where the alias is on another version, of which no log knows."""
    there = ground.alias_version
    if ground.champion is None and there not in (None, version):
        raise Conflict(
            f"{ground.model.registered_model}@{ground.alias} is version {there}, which no proposal made",
            hint=f"`coronet propose {ground.model.name} --candidate {there}` adopts it; then propose another",
        )


def _why(asked: Why, tagged: Why, version: str) -> Why:
    """What the caller says, else what the version's tags say."""
    return Why(
        summary=asked.summary or tagged.summary or f"version {version}",
        owner=asked.owner or tagged.owner,
        hypothesis_id=asked.hypothesis_id or tagged.hypothesis_id,
        change_type=asked.change_type or tagged.change_type,
        feature_set_version=asked.feature_set_version or tagged.feature_set_version,
    )


def _tag_staging(world: World, ground: Ground, ranking: Sequence[Ranked]) -> None:
    """A new version that was judged and is not good enough is shown as staging: kept, not proposed."""
    name = ground.model.registered_model
    for ranked in ranking:
        found = world.registry.version(name, str(ranked.judgement.evidence.candidate.version))
        if found and not ranked.judgement.admits and found.tags.get(Tag.LIFECYCLE) == Lifecycle.CREATED:
            world.registry.set_version_tags(name, found.version, {str(Tag.LIFECYCLE): str(Lifecycle.STAGING)})


def _metrics(drafted: Draft | None) -> dict[str, float | None]:
    """What the proposed version achieves over all rows, by metric."""
    facts = drafted.evidence.metrics if drafted else ()
    return {fact.metric: fact.candidate for fact in facts if not fact.segment}


def _ranked_json(ranked: Ranked) -> dict[str, Any]:
    return {
        "version": ranked.judgement.evidence.candidate.version,
        "verdict": str(ranked.judgement.verdict),
        "score": ranked.score,
        "terms": dict(ranked.terms),
        "problem": ranked.problem,
        "checks": [check.to_json() for check in ranked.judgement.checks],
    }
