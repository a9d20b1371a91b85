"""What a proposal claims for itself, held against its evidence, the policy and the log.

`check` asks before the merge and `promote` again after it: whoever merges past the one meets the other.
"""

from datetime import datetime

from coronet.core.changelog.state import LogState
from coronet.core.decision import Check, demand, failed, off, passed
from coronet.core.evidence import Evidence
from coronet.core.judging.judgement import CLOCK_SKEW, Judgement
from coronet.core.policy import Policy
from coronet.core.proposal import Candidate, Kind, Proposal, identify
from coronet.core.timestamps import format_duration, format_time


def brings_its_evidence(proposal: Proposal, digest: str | None) -> Check:
    """pass where the evidence beside it (None: there is none) is the one it pins."""
    return demand(
        "evidence",
        digest == proposal.evidence_digest,
        saw=f"evidence {digest or 'missing'}",
        wanted=f"the evidence that the proposal pins, {proposal.evidence_digest}",
        hint="commit the evidence beside the proposal as `coronet propose` wrote it, and never edit it",
    )


def is_in_the_registry(proposal: Proposal, found: Candidate | None) -> Check:
    """pass where the registry's version (None: there is none) is, in everything that is pinned, the one asked for."""
    wanted = proposal.candidate
    return demand(
        "candidate",
        found is not None and _identity(found) == _identity(wanted),
        saw=_describe(found) if found else f"no version {wanted.version} in the registry",
        wanted=_describe(wanted),
        hint="the version is gone or was changed after the proposal: train, evaluate and propose again",
    )


def _identity(candidate: Candidate) -> tuple[str, ...]:
    created = format_time(candidate.created)
    return (candidate.version, candidate.digest, candidate.source, candidate.run_id, created)


def _describe(candidate: Candidate) -> str:
    return f"version {candidate.version}, {candidate.digest}, created {format_time(candidate.created)}"


def asks_no_more_time(proposal: Proposal, policy: Policy, *, now: datetime) -> Check:
    """pass where its dates give it no more time than the policy does, counted from a moment that has been."""
    wanted = (
        f"merged within {format_duration(policy.expire_after)} and valid for at most "
        f"{format_duration(policy.valid_for)}, counted from before {format_time(now)}"
    )
    saw = (
        f"made {format_time(proposal.created_at)}, expires {format_time(proposal.expires_at)}, "
        f"valid until {format_time(proposal.valid_until)}"
    )
    if proposal.created_at > now + CLOCK_SKEW:
        return failed("dates", saw=f"{saw}: made in the future", wanted=wanted, hint="propose again")
    too_long = (
        proposal.expires_at - proposal.created_at > policy.expire_after
        or proposal.valid_until - proposal.created_at > policy.valid_for
    )
    if too_long:
        return failed("dates", saw=f"{saw}: longer than the policy allows", wanted=wanted, hint="propose again")
    return passed("dates", saw=saw, wanted=wanted)


def was_champion(proposal: Proposal, state: LogState, *, depth: int | None = None) -> Check:
    """pass where a rollback returns to what the log knows as a former champion, among the newest `depth`.

    A rollback is not compared with anything and may need fewer approvals, so that it must not bring in
    what never won.
    """
    wanted = "a former champion" if depth is None else f"one of the last {depth} former champions"
    if proposal.kind is not Kind.ROLLBACK:
        return off("former_champion", saw=f"a {proposal.kind}", wanted=wanted)
    former = state.former_champions(proposal.alias)[:depth]
    candidate = proposal.candidate
    return demand(
        "former_champion",
        (candidate.version, candidate.digest) in [(pinned.version, pinned.digest) for pinned in former],
        saw=f"version {candidate.version}; former champions: {', '.join(p.version for p in former) or 'none'}",
        wanted=wanted,
        hint="a version that never was champion is promoted, not rolled back to",
    )


def bears_its_id(proposal: Proposal, evidence: Evidence) -> Check:
    """pass where the id is the one that what it asks for makes: the same is asked for under one name."""
    own = identify(
        kind=proposal.kind,
        model=proposal.model,
        alias=proposal.alias,
        candidate=proposal.candidate,
        replaces=proposal.replaces,
        facts_digest=evidence.facts_digest,
        policy_digest=proposal.policy_digest,
        attempt=proposal.attempt,
    )
    return demand(
        "id",
        proposal.id == own,
        saw=proposal.id,
        wanted=f"the id that what it asks for makes, {own}",
        hint=f"call it {own}, in the file and in the names of both files",
    )


def is_undecided(proposal: Proposal, state: LogState) -> Check:
    """pass where the log does not know yet how it ended: whatever has ended is never looked at again."""
    event = state.ended.get(proposal.id)
    return demand(
        "undecided",
        event is None,
        saw=f"it was {event.replace('_', ' ')} already" if event else "not in the log yet",
        wanted="a proposal that has not ended",
        hint=f"propose it again: `coronet propose {proposal.model} --again`",
    )


def says_its_verdict(proposal: Proposal, judgement: Judgement) -> Check:
    """pass where the verdict it tells its readers is the one that the policy makes of its evidence."""
    saw, wanted = f"it says {proposal.evidence_verdict}", f"the verdict of its evidence, {judgement.verdict}"
    if proposal.policy_digest != judgement.policy.digest:
        return off("said_verdict", saw=f"{saw}, under another policy", wanted=wanted)
    return demand(
        "said_verdict",
        proposal.evidence_verdict == judgement.verdict,
        saw=saw,
        wanted=wanted,
        hint="`coronet judge` says what the policy makes of it",
    )
