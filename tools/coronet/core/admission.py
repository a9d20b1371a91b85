"""May this proposal be merged? What `check` asks of a pull request, as far as files and the log can say."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from coronet.core.changelog.entry import Entry
from coronet.core.changelog.state import LogState
from coronet.core.claims import (
    asks_no_more_time,
    bears_its_id,
    brings_its_evidence,
    is_in_the_registry,
    is_undecided,
    says_its_verdict,
    was_champion,
)
from coronet.core.decision import Check, Result, Verdict, demand, failed, off, passed
from coronet.core.judging.judgement import Judgement
from coronet.core.policy import Policy
from coronet.core.proposal import Candidate, Kind, Proposal
from coronet.core.subject import about
from coronet.core.timestamps import format_time


@dataclass(frozen=True, kw_only=True, slots=True)
class AdmissionFacts:
    """`found` is the candidate in the registry, `registry_asked` false where the check runs without one.

    `owners` are the logins that own both of its files; empty where they are unknown. `looks` says whether the
    number of its look fits what git shows; empty where looks share no chance.
    """

    proposal: Proposal
    proposal_digest: str | None
    evidence_digest: str | None
    judgement: Judgement
    policy: Policy
    state: LogState
    registry_asked: bool
    found: Candidate | None
    owners: frozenset[str]
    now: datetime
    looks: tuple[Check, ...] = ()


def decide_admission(facts: AdmissionFacts) -> tuple[Check, ...]:
    """Every check of one proposal, so that its author sees all that is wrong at once."""
    proposal, judgement = facts.proposal, facts.judgement
    if entry := facts.state.provisional.get(proposal.id):
        return _decide_ratification(facts, entry)
    return (
        bears_its_id(proposal, judgement.evidence),
        is_undecided(proposal, facts.state),
        brings_its_evidence(proposal, facts.evidence_digest),
        about(judgement.evidence, proposal),
        _pinned_policy(facts),
        asks_no_more_time(proposal, facts.policy, now=facts.now),
        _in_time(facts),
        _champion(facts),
        was_champion(proposal, facts.state, depth=facts.policy.rollback.depth),
        _not_held(facts),
        *([is_in_the_registry(proposal, facts.found)] if facts.registry_asked else []),
        _owner(facts),
        *facts.looks,
        says_its_verdict(proposal, judgement),
        _verdict(judgement),
    )


def _decide_ratification(facts: AdmissionFacts, entry: Entry) -> tuple[Check, ...]:
    """Of a rollback that was done already: that it is the one that was done, and stands by its evidence."""
    proposal, judgement = facts.proposal, facts.judgement
    return (
        bears_its_id(proposal, judgement.evidence),
        _ratifies(facts, entry),
        brings_its_evidence(proposal, facts.evidence_digest),
        about(judgement.evidence, proposal),
        _in_time(facts),
        _not_held(facts),
        *([is_in_the_registry(proposal, facts.found)] if facts.registry_asked else []),
        _owner(facts),
        says_its_verdict(proposal, judgement),
        _verdict(judgement),
    )


def _ratifies(facts: AdmissionFacts, entry: Entry) -> Check:
    return demand(
        "ratifies",
        facts.proposal_digest == entry.proposal_digest,
        saw=f"{facts.proposal_digest}, rolled back by @{entry.actor} {format_time(entry.at)}",
        wanted=f"the proposal by which that was done, {entry.proposal_digest}",
        hint="the file is never edited: close this, and ask for the champion that is there with `coronet renew`",
    )


def _pinned_policy(facts: AdmissionFacts) -> Check:
    pinned = facts.proposal.policy_digest
    return demand(
        "policy",
        facts.policy.digest == pinned,
        saw=f"the policy on the base branch is {facts.policy.digest}",
        wanted=f"the policy it was proposed under, {pinned}",
        hint="the policy changed: propose again",
    )


def _in_time(facts: AdmissionFacts) -> Check:
    limit = facts.proposal.apply_before
    return demand(
        "in_time",
        facts.now < limit,
        saw=f"now {format_time(facts.now)}",
        wanted=f"merged and applied before {format_time(limit)}",
        hint="it has expired: propose again",
    )


def _champion(facts: AdmissionFacts) -> Check:
    replaces = facts.proposal.replaces
    entry = facts.state.champions.get(facts.proposal.alias)
    target = entry.target if entry else None
    named = (replaces.version, replaces.digest, replaces.proposal) if replaces else None
    there = (target.version, target.digest, entry.proposal) if entry and target else None
    return demand(
        "champion",
        named == there,
        saw=f"the log has {_say(entry)}",
        wanted=f"version {replaces.version} by {replaces.proposal}" if replaces else "no champion yet",
        hint="the champion changed since: evaluate against it and propose again",
    )


def _say(entry: Entry | None) -> str:
    return f"version {entry.target.version} by {entry.proposal}" if entry and entry.target else "no champion"


def _not_held(facts: AdmissionFacts) -> Check:
    hold = facts.state.hold_on(facts.proposal.candidate.digest, promotes=facts.proposal.kind is Kind.PROMOTION)
    if hold is None:
        return passed("held", saw="no hold", wanted="no hold on this version")
    saw = f"held by {hold.actor} since {format_time(hold.at)}: {hold.why}"
    return failed("held", saw=saw, wanted="no hold on this version", hint="`coronet hold MODEL --release` ends it")


def _owner(facts: AdmissionFacts) -> Check:
    """Who is said to answer for the change should be somebody who may approve it; reviewers decide."""
    owner, wanted = facts.proposal.why.owner, "an owner of the proposal, by CODEOWNERS"
    if owner is None:
        return off("owner", saw="nobody is named", wanted=wanted)
    if owner.removeprefix("@").lower() in {login.lower() for login in facts.owners}:
        return passed("owner", saw=owner, wanted=wanted)
    hint = "say with --owner who answers for it, or give them the files in CODEOWNERS"
    return Check(name="owner", result=Result.WARN, saw=f"{owner} owns none of it", wanted=wanted, hint=hint)


def _verdict(judgement: Judgement) -> Check:
    """The judgement as one check, its gates as parts; an admitted doubt is a warning, never hidden."""
    saw, wanted = f"the evidence's verdict is {judgement.verdict}", "evidence that satisfies the policy"
    if judgement.verdict is Verdict.PASS:
        result = Result.PASS
    elif judgement.admits:
        result, saw = Result.WARN, f"{saw}: the policy leaves it to the reviewers"
    else:
        result = Result.FAIL if judgement.verdict is Verdict.FAIL else Result.INCONCLUSIVE
    return Check(name="verdict", result=result, saw=saw, wanted=wanted, parts=judgement.checks)


def decide_pull_request(added: Sequence[str], forbidden: Sequence[str]) -> tuple[Check, ...]:
    """What a pull request with proposals may do to the repository: add whole proposals, and nothing else.

    `added` are proposal files, `forbidden` all other changes, each said in words.
    """
    wanted = "proposals with their evidence, added and nothing else"
    if forbidden:
        shown = "; ".join(forbidden[:5]) + (f" and {len(forbidden) - 5} more" if len(forbidden) > 5 else "")
        hint = "move other changes to a pull request of their own; merged proposals never change"
        return (failed("files", saw=shown, wanted=wanted, hint=hint),)
    return (passed("files", saw=f"{len(added)} added", wanted=wanted),)
