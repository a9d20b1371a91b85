"""Which versions are judged for a proposal, and on which evidence."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from coronet.commands.drafting import Ground
from coronet.commands.registered import require_candidate, require_version
from coronet.commands.world import World
from coronet.core.evidence import Evidence, Subject, evidence_from_json, run_file
from coronet.core.version_tags import TRAIN, Lifecycle, Tag, why_ineligible
from coronet.errors import Conflict, InvalidInput, Refused
from coronet.ports.registry import ModelVersion


@dataclass(frozen=True, kw_only=True, slots=True)
class PassedOver:
    """A version that was not judged, and why."""

    version: str
    why: str


def gather_evidence(
    world: World, ground: Ground, given: Sequence[Evidence], candidate: str | None
) -> tuple[list[Evidence], tuple[PassedOver, ...]]:
    """The evidence to judge, at least one, and the versions that were passed over.

    `given` evidence, else what the runs of the newest eligible versions hold against today's champion, else
    that of the version named `candidate`. Refused for a version that may not be proposed, even by name.
    """
    if given:
        return [_bound(world, ground, evidence, candidate) for evidence in given], ()
    evidence: list[Evidence] = []
    passed_over: list[PassedOver] = []
    versions = [_named(world, ground, candidate)] if candidate else _newest(world, ground, passed_over)
    unmeasured = False
    for version in versions:
        found = _logged_evidence(world, ground, version)
        if isinstance(found, Evidence):
            evidence.append(found)
        else:
            unmeasured = True
            passed_over.append(PassedOver(version=version.version, why=found))
    if not evidence:
        raise _nothing_to_judge(ground, passed_over, unmeasured=unmeasured)
    return evidence, tuple(passed_over)


def _nothing_to_judge(ground: Ground, passed_over: Sequence[PassedOver], *, unmeasured: bool) -> InvalidInput | Refused:
    """Without evidence nothing can be said; where no version may be proposed, the answer is no."""
    name = ground.model.name
    said = "; ".join(f"version {left.version}: {left.why}" for left in passed_over[:5])
    if unmeasured or not passed_over:
        return InvalidInput(
            f"{name} has no candidate with evidence: {said or 'no version is registered'}",
            hint=f"`coronet train {name}`, then `coronet evaluate {name}`, then propose",
        )
    return Refused(f"{name} has no version that may be proposed: {said}", hint=f"`coronet train {name}` makes one")


# --- versions -------------------------------------------------------------------------------------


def _newest(world: World, ground: Ground, passed_over: list[PassedOver]) -> list[ModelVersion]:
    """The newest versions that may be proposed, as many as the policy considers."""
    found: list[ModelVersion] = []
    for version in world.registry.versions(ground.model.registered_model):
        if why := _why_not(ground, version):
            passed_over.append(PassedOver(version=version.version, why=why))
        else:
            found.append(version)
        if len(found) == ground.policy.ranking.consider:
            break
    return found


def _named(world: World, ground: Ground, candidate: str) -> ModelVersion:
    version = require_version(world, ground.model.registered_model, candidate)
    if why := _barred(ground, version):
        raise Refused(f"version {candidate} of {ground.model.name} cannot be proposed: {why}")
    return version


def _why_not(ground: Ground, version: ModelVersion) -> str | None:
    """Why a version is not considered unless somebody names it."""
    if why := _barred(ground, version) or why_ineligible(version.tags):
        return why
    lifecycle = version.tags[Tag.LIFECYCLE]
    if lifecycle in (Lifecycle.ARCHIVED, Lifecycle.STAGING):
        return f"it is {lifecycle}: name it with --candidate to judge it all the same"
    return None


def _barred(ground: Ground, version: ModelVersion) -> str | None:
    """Why a version cannot be proposed, not even by name; a champion that is only adopted needs no tags."""
    if version.status != "READY":
        return f"its status is {version.status}"
    if ground.replaces and version.version == ground.replaces.version:
        return "it is the champion"
    if (hold := ground.state.hold_on(version.tags.get(Tag.DIGEST, ""))) is not None:
        return f"it is held: {hold.why}"
    if ground.champion is None and version.version == ground.alias_version:
        return None
    kind = version.tags.get(Tag.RUN_KIND, TRAIN)
    if kind != TRAIN:
        return f"its run is of the kind {kind!r}, and only {TRAIN!r} is eligible"
    missing = [tag for tag in ground.policy.ranking.require if not version.tags.get(f"coronet.{tag}")]
    return f"it lacks {', '.join(missing)}" if missing else None


# --- their evidence -------------------------------------------------------------------------------


def _logged_evidence(world: World, ground: Ground, version: ModelVersion) -> Evidence | str:
    """The evidence in the version's run against today's champion, or why there is none that can be used."""
    champion = ground.replaces.version if ground.replaces else None
    path = run_file(champion)
    against = f"version {champion}" if champion else "nothing"
    data = world.registry.load_run_file(version.run_id, path)
    if data is None:
        return f"no evidence against {against}: `coronet evaluate {ground.model.name} --candidate {version.version}`"
    try:
        document = world.documents.parse(data, file=f"{version.run_id}/{path}")
    except InvalidInput as error:
        return f"its evidence cannot be read: {error.findings[0] if error.findings else error.message}"
    if findings := world.documents.validate(document, "evidence"):
        return f"its evidence is not valid: {findings[0]}"
    return _fitting(ground, version, evidence_from_json(json.loads(data)), against)


def _fitting(ground: Ground, version: ModelVersion, evidence: Evidence, against: str) -> Evidence | str:
    """`evidence`, or what else it is about than this version against today's champion."""
    if evidence.model != ground.model.name:
        return f"its evidence is about the model {evidence.model}"
    if evidence.candidate.version != version.version or evidence.candidate.digest is None:
        return f"its evidence is about version {evidence.candidate.version or '(unnamed)'}"
    champion = evidence.champion.digest if evidence.champion else None
    if (evidence.champion is None) != (ground.replaces is None) or (
        ground.replaces and champion != ground.replaces.digest
    ):
        return f"its evidence is not against {against} as it is now"
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
    if candidate not in (None, version):
        raise InvalidInput(
            f"the evidence is about version {version}, and not about version {candidate}",
            hint="leave --candidate out, or give the evidence of that version",
        )
    _named(world, ground, version)
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
    if champion and there and champion.version in (None, there.version) and champion.digest in (None, there.digest):
        return _subject(world, ground, champion, there.version)
    said = "no champion" if champion is None else f"version {champion.version or '(unnamed)'}"
    wanted = f"version {there.version}" if there else "no champion"
    raise Conflict(
        f"the evidence is against {said}, and the log has {wanted}",
        hint=f"`coronet evaluate {ground.model.name}` measures against today's champion",
    )


def _subject(world: World, ground: Ground, subject: Subject, version: str) -> Subject:
    """The subject with everything that pins it; what it says itself stays."""
    if subject.version and subject.digest:
        return subject
    pinned = require_candidate(world, ground.model.registered_model, version)
    return replace(
        subject, version=version, run_id=subject.run_id or pinned.run_id, digest=subject.digest or pinned.digest
    )
