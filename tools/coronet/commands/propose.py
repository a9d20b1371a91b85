"""Rank the newest candidates, and open the pull request of the best."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from coronet.commands.drafting import Draft, Ground, Request, draft, survey
from coronet.commands.publishing import Publication, publish_draft
from coronet.commands.registered import require_candidate
from coronet.commands.world import World
from coronet.core.evidence import Evidence, Subject, evidence_from_json, run_file
from coronet.core.judging.judgement import Judgement, judge
from coronet.core.proposal import Kind, Why
from coronet.core.ranking import Ranked, rank_candidates
from coronet.core.render.markup import escape_markdown, plain_line
from coronet.core.render.ranking import ranking_markdown, ranking_text
from coronet.core.version_tags import Lifecycle, Tag, why_ineligible, why_of
from coronet.errors import Conflict, InvalidInput, Refused
from coronet.ports import ModelVersion

SCHEMA = "coronet/propose/v1"


@dataclass(frozen=True, kw_only=True, slots=True)
class PassedOver:
    """A version that was not judged, and why."""

    version: str
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ProposeReport:
    """`ranking` is best first; `draft` is None where no candidate satisfies the policy."""

    model: str
    ranking: tuple[Ranked, ...]
    passed_over: tuple[PassedOver, ...]
    draft: Draft | None
    publication: Publication | None

    @property
    def exit_code(self) -> int:
        return 0 if self.draft else Refused.exit_code

    def to_json(self) -> dict[str, Any]:
        proposal = self.draft.proposal if self.draft else None
        found = self.publication
        return {
            "schema": SCHEMA,
            "model": self.model,
            "verdict": str(self.ranking[0].judgement.verdict) if self.ranking else "fail",
            "proposal": proposal.to_json() if proposal else None,
            "outcome": str(found.found) if found else None,
            "pull_request": found.pull_request.number if found and found.pull_request else None,
            "url": found.pull_request.url if found and found.pull_request else None,
            "superseded": list(found.superseded) if found else [],
            "ranking": [_ranked_json(ranked) for ranked in self.ranking],
            "passed_over": [{"version": left.version, "why": left.why} for left in self.passed_over],
        }

    def to_text(self) -> str:
        lines = [plain_line(self._headline()), "", ranking_text(self.ranking)]
        lines += [f"version {left.version} was passed over: {plain_line(left.why)}" for left in self.passed_over]
        return "\n".join(lines)

    def to_markdown(self) -> str:
        lines = [f"**{escape_markdown(self._headline())}**", "", ranking_markdown(self.ranking), ""]
        lines += [f"- version {left.version} was passed over: {escape_markdown(left.why)}" for left in self.passed_over]
        return "\n".join(lines)

    def _headline(self) -> str:
        if self.draft is None or self.publication is None:
            return f"No proposal for {self.model}: no candidate satisfies the policy. The champion stays."
        found, asked = self.publication, self.draft.proposal
        where = f": pull request {found.pull_request.number}, {found.pull_request.url}" if found.pull_request else ""
        superseded = "".join(f"; closes pull request {number}" for number in found.superseded)
        return f"{asked.id} {found.found}{where}{superseded}"


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
    Nothing is opened where none satisfies the policy.
    """
    ground = survey(world, model)
    evidence, passed_over = _gather(world, ground, given, candidate)
    judgements = [
        judge(each, ground.policy, now=world.clock.now(), data_digest=ground.data_digest) for each in evidence
    ]
    ranking = rank_candidates(judgements, ground.policy.ranking)
    drafted = publication = None
    if ranking and ranking[0].judgement.admits:
        drafted = _draft_best(world, ground, ranking[0].judgement, request)
        publication = publish_draft(world, ground, drafted, dry_run=dry_run)
    elif not dry_run:
        _tag_staging(world, ground, ranking)
    return ProposeReport(model=model, ranking=ranking, passed_over=passed_over, draft=drafted, publication=publication)


def _draft_best(world: World, ground: Ground, judgement: Judgement, request: Request) -> Draft:
    version = str(judgement.evidence.candidate.version)
    pinned = require_candidate(world, ground.model.registered_model, version)
    if pinned.digest != judgement.evidence.candidate.digest:
        raise Conflict(
            f"version {version} has the digest {pinned.digest}, its evidence was made of "
            f"{judgement.evidence.candidate.digest}",
            hint="its files changed since it was evaluated: train and evaluate again",
        )
    found = world.registry.version(ground.model.registered_model, version)
    why = _why(request.why, why_of(found.tags) if found else Why(summary=""), version)
    asked = replace(request, why=why)
    return draft(world, ground, kind=Kind.PROMOTION, candidate=pinned, judgement=judgement, request=asked)


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
    """A candidate that was judged and is not good enough is shown as staging: kept, not proposed."""
    for ranked in ranking:
        version = ranked.judgement.evidence.candidate.version
        if version:
            tags = {str(Tag.LIFECYCLE): str(Lifecycle.STAGING)}
            world.registry.set_version_tags(ground.model.registered_model, version, tags)


# --- which candidates, on which evidence ----------------------------------------------------------


def _gather(
    world: World, ground: Ground, given: Sequence[Evidence], candidate: str | None
) -> tuple[list[Evidence], tuple[PassedOver, ...]]:
    if given:
        return [_bound(world, ground, evidence, candidate) for evidence in given], ()
    evidence: list[Evidence] = []
    passed_over: list[PassedOver] = []
    for version in _eligible(world, ground, candidate, passed_over):
        found = _logged_evidence(world, ground, version)
        if isinstance(found, Evidence):
            evidence.append(found)
        else:
            passed_over.append(PassedOver(version=version.version, why=found))
    if not evidence:
        raise _nothing_to_judge(ground, passed_over)
    return evidence, tuple(passed_over)


def _nothing_to_judge(ground: Ground, passed_over: Sequence[PassedOver]) -> InvalidInput:
    said = "; ".join(f"version {left.version}: {left.why}" for left in passed_over[:5]) or "no version is registered"
    return InvalidInput(
        f"{ground.model.name} has no candidate with evidence: {said}",
        hint=f"`coronet train {ground.model.name}`, then `coronet evaluate {ground.model.name}`, then propose",
    )


def _eligible(world: World, ground: Ground, candidate: str | None, passed_over: list[PassedOver]) -> list[ModelVersion]:
    """The newest versions that may be proposed, as many as the policy considers; else the one that was named."""
    name = ground.model.registered_model
    if candidate:
        require_candidate(world, name, candidate)
        return [version for version in world.registry.versions(name) if version.version == candidate]
    found: list[ModelVersion] = []
    for version in world.registry.versions(name):
        if why := _why_not(ground, version):
            passed_over.append(PassedOver(version=version.version, why=why))
        else:
            found.append(version)
        if len(found) == ground.policy.ranking.consider:
            break
    return found


def _why_not(ground: Ground, version: ModelVersion) -> str | None:
    if version.status != "READY":
        return f"its status is {version.status}"
    if ground.replaces and version.version == ground.replaces.version:
        return "it is the champion"
    if version.tags.get(Tag.LIFECYCLE) in (Lifecycle.ARCHIVED, Lifecycle.STAGING):
        return f"it is {version.tags[Tag.LIFECYCLE]}: name it with --candidate to judge it all the same"
    if (hold := ground.state.hold_on(version.tags.get(Tag.DIGEST, ""))) is not None:
        return f"it is held: {hold.why}"
    missing = [tag for tag in ground.policy.ranking.require if not version.tags.get(f"coronet.{tag}")]
    return why_ineligible(version.tags) or (f"it lacks {', '.join(missing)}" if missing else None)


def _logged_evidence(world: World, ground: Ground, version: ModelVersion) -> Evidence | str:
    """The evidence in the version's run against today's champion, or why there is none."""
    champion = ground.replaces.version if ground.replaces else None
    path = run_file(champion)
    data = world.registry.load_run_file(version.run_id, path)
    against = f"version {champion}" if champion else "nothing"
    if data is None:
        return f"no evidence against {against}: `coronet evaluate {ground.model.name} --candidate {version.version}`"
    document = world.documents.parse(data, file=f"{version.run_id}/{path}")
    if findings := world.documents.validate(document, "evidence"):
        return f"its evidence is not valid: {findings[0]}"
    evidence = evidence_from_json(json.loads(data))
    if evidence.candidate.version != version.version:
        return f"its evidence is about version {evidence.candidate.version}"
    if ground.replaces and (evidence.champion is None or evidence.champion.digest != ground.replaces.digest):
        return f"its evidence is against another {against}"
    return evidence


def _bound(world: World, ground: Ground, evidence: Evidence, candidate: str | None) -> Evidence:
    """Evidence made from prediction files names no versions: the caller says whose predictions they are."""
    if evidence.model != ground.model.name:
        raise InvalidInput(
            f"the evidence is about {evidence.model!r}, the proposal about {ground.model.name!r}",
            hint=f"evaluate with --model {ground.model.name}",
        )
    version = evidence.candidate.version or candidate
    if version is None:
        raise InvalidInput(
            "the evidence names no version of the candidate",
            hint="say with --candidate which registered version made these predictions",
        )
    return replace(
        evidence,
        candidate=_subject(world, ground, evidence.candidate, version),
        champion=_champion_subject(world, ground, evidence),
    )


def _champion_subject(world: World, ground: Ground, evidence: Evidence) -> Subject | None:
    """The champion that the evidence is against; Conflict where it is not today's."""
    champion, there = evidence.champion, ground.replaces
    if champion is None and there is None:
        return None
    if champion and there and champion.digest in (None, there.digest):
        return _subject(world, ground, champion, there.version)
    said = "no champion" if champion is None else f"version {champion.version or '(unnamed)'}"
    wanted = f"version {there.version}" if there else "no champion"
    raise Conflict(
        f"the evidence is against {said}, and the log has {wanted}",
        hint=f"`coronet evaluate {ground.model.name}` measures against today's champion",
    )


def _subject(world: World, ground: Ground, subject: Subject, version: str) -> Subject:
    if subject.digest is not None:
        return subject
    pinned = require_candidate(world, ground.model.registered_model, version)
    return replace(subject, version=version, run_id=pinned.run_id, digest=pinned.digest)


def _ranked_json(ranked: Ranked) -> dict[str, Any]:
    return {
        "version": ranked.judgement.evidence.candidate.version,
        "verdict": str(ranked.judgement.verdict),
        "score": ranked.score,
        "terms": dict(ranked.terms),
        "problem": ranked.problem,
        "checks": [check.to_json() for check in ranked.judgement.checks],
    }
