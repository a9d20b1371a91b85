"""May the champion be released? Named checks over what git, the log and the registry say."""

from dataclasses import dataclass
from datetime import datetime

from coronet.core.changelog.entry import FOUNDING, Entry, FastLane
from coronet.core.changelog.state import LogState
from coronet.core.decision import Check, Result, Verdict, combine, demand, failed, off, passed
from coronet.core.judging.judgement import Judgement
from coronet.core.proposal import Candidate
from coronet.core.timestamps import format_time


@dataclass(frozen=True, kw_only=True, slots=True)
class ReleaseFacts:
    """All that the gate looks at.

    `log_problem` says what is wrong with the log ("" where its chain holds); `proposal_digest` and
    `evidence_digest` are of the files on the main branch now (None: not there); `found` is the champion
    in the registry (its digest read again from its files where `deep`); `judgement` is None where
    evidence or policy cannot be read.
    """

    model: str
    registered_model: str
    alias: str
    state: LogState
    log_problem: str
    alias_version: str | None
    proposal_digest: str | None
    evidence_digest: str | None
    judgement: Judgement | None
    judgement_problem: str
    found: Candidate | None
    deep: bool
    now: datetime

    @property
    def entry(self) -> Entry | None:
        return self.state.champions.get(self.alias)


def decide_release(facts: ReleaseFacts) -> tuple[Verdict, tuple[Check, ...]]:
    """Every check, whatever the ones before said, so that an operator sees all of it at once."""
    checks = (
        _champion_exists(facts),
        _log_intact(facts),
        _alias_as_logged(facts),
        _on_main(facts),
        _approved(facts),
        _applied(facts),
        _unexpired(facts),
        _digest(facts),
        _evidence(facts),
        _policy(facts),
        _not_held(facts),
    )
    return combine(checks), checks


def _champion_exists(facts: ReleaseFacts) -> Check:
    name = f"{facts.registered_model}@{facts.alias}"
    return demand(
        "champion",
        facts.alias_version is not None,
        saw=f"{name} is version {facts.alias_version}" if facts.alias_version else f"{name} points nowhere",
        wanted="a champion in the registry",
        hint=f"`coronet propose {facts.model}` asks for the first one",
    )


def _log_intact(facts: ReleaseFacts) -> Check:
    wanted = "a change log whose chain holds"
    if facts.log_problem:
        return failed("log", saw=facts.log_problem, wanted=wanted, hint="`coronet verify` shows where it breaks")
    return demand(
        "log",
        facts.state.seq > 0,
        saw=f"{facts.state.seq} entries",
        wanted=wanted,
        hint="nothing was ever promoted by coronet here",
    )


def _alias_as_logged(facts: ReleaseFacts) -> Check:
    entry = facts.entry
    if entry is None:
        return _unfounded("alias", facts, "the alias where the log left it")
    logged = entry.target.version if entry.target else None
    return demand(
        "alias",
        logged is not None and logged == facts.alias_version,
        saw=f"the registry says version {facts.alias_version or 'none'}, the log version {logged or 'none'}",
        wanted="the alias where the log left it",
        hint="it was moved behind git's back: `coronet promote --heal` puts it back",
    )


def _on_main(facts: ReleaseFacts) -> Check:
    entry, wanted = facts.entry, "its proposal on the main branch, as it was applied"
    if entry is None:
        return _unfounded("proposal", facts, wanted)
    if entry.fast_lane:
        return off("proposal", saw=f"{entry.proposal} is in the log until its pull request is merged", wanted=wanted)
    if facts.proposal_digest is None:
        return failed(
            "proposal",
            saw=f"{entry.proposal} is not on the main branch",
            wanted=wanted,
            hint="someone removed it: restore it from git's history",
        )
    return demand(
        "proposal",
        facts.proposal_digest == entry.proposal_digest,
        saw=f"{entry.proposal}, {facts.proposal_digest[:19]}…",
        wanted=f"{wanted}, {str(entry.proposal_digest)[:19]}…",
        hint="a merged proposal never changes: restore it from git's history",
    )


def _approved(facts: ReleaseFacts) -> Check:
    entry, wanted = facts.entry, "an approval that was proven when it was applied"
    if entry is None:
        return _unfounded("approved", facts, wanted)
    if entry.fast_lane:
        return _provisional(facts, entry, entry.fast_lane)
    names = ", ".join(f"@{approval.login}" for approval in entry.approvals)
    saw = f"by {names}, pull request {entry.pull_request}" if names else "waived by the policy of its day"
    return passed("approved", saw=saw, wanted=wanted)


def _provisional(facts: ReleaseFacts, entry: Entry, lane: FastLane) -> Check:
    """A rollback that went before its approval: releases may rest on it while its pull request has time."""
    by, limit = f"rolled back by @{entry.actor} before anybody approved", format_time(lane.ratify_by)
    wanted = f"an approval that is merged before {limit}"
    if entry.proposal in facts.state.provisional and facts.now < lane.ratify_by:
        hint = f"an owner approves and merges the pull request of {entry.proposal}"
        return Check(name="approved", result=Result.WARN, saw=by, wanted=wanted, hint=hint)
    hint = f"`coronet renew {facts.model}` asks for the champion that is there; or propose another"
    return failed("approved", saw=f"{by}, and nobody did in time", wanted=wanted, hint=hint)


def _applied(facts: ReleaseFacts) -> Check:
    entry, wanted = facts.entry, "its proposal applied, and nothing under way"
    if entry is None or entry.event not in FOUNDING:
        return _unfounded("applied", facts, wanted)
    begun = [name for name, intent in facts.state.intents.items() if intent.alias == facts.alias]
    return demand(
        "applied",
        not begun,
        saw=f"under way: {', '.join(begun)}" if begun else f"{entry.event.replace('_', ' ')} {format_time(entry.at)}",
        wanted=wanted,
        hint="`coronet promote` finishes what was begun",
    )


def _unexpired(facts: ReleaseFacts) -> Check:
    entry = facts.entry
    if entry is None or entry.valid_until is None:
        return _unfounded("unexpired", facts, "a proposal that is still valid")
    return demand(
        "unexpired",
        facts.now < entry.valid_until,
        saw=f"now {format_time(facts.now)}",
        wanted=f"before {format_time(entry.valid_until)}, until when {entry.proposal} is valid",
        hint=f"`coronet renew {facts.model}` asks for more time with fresh evidence",
    )


def _digest(facts: ReleaseFacts) -> Check:
    entry, wanted = facts.entry, "the files that were approved"
    if entry is None or entry.target is None:
        return _unfounded("digest", facts, wanted)
    if facts.found is None:
        saw, hint = (
            "the champion's version is not in the registry",
            "it was deleted: `coronet rollback` returns to another",
        )
        return failed("digest", saw=saw, wanted=wanted, hint=hint)
    how = "read from its files" if facts.deep else "as its tag says; its files were not read"
    return demand(
        "digest",
        facts.found.digest == entry.target.digest,
        saw=f"{facts.found.digest} ({how})",
        wanted=f"{wanted}, {entry.target.digest}",
        hint="its files changed after the approval: roll back, then find out who changed them",
    )


def _evidence(facts: ReleaseFacts) -> Check:
    entry, wanted = facts.entry, "the evidence it was approved on"
    if entry is None:
        return _unfounded("evidence", facts, wanted)
    return demand(
        "evidence",
        facts.evidence_digest is not None and facts.evidence_digest == entry.evidence,
        saw=facts.evidence_digest or "no evidence on the main branch",
        wanted=f"{wanted}, {entry.evidence}",
        hint="restore it from git's history",
    )


def _policy(facts: ReleaseFacts) -> Check:
    wanted = "evidence that satisfies the policy"
    if facts.entry is None:
        return _unfounded("policy", facts, wanted)
    if facts.judgement is None:
        hint = "mend what cannot be read, or restore it from git's history"
        return failed("policy", saw=facts.judgement_problem, wanted=wanted, hint=hint)
    judgement = facts.judgement
    saw = f"the verdict is {judgement.verdict}"
    if judgement.verdict is Verdict.PASS:
        return Check(name="policy", result=Result.PASS, saw=saw, wanted=wanted, parts=judgement.checks)
    if judgement.admits:
        saw += ": the policy left it to the reviewers"
    result = Result.WARN if judgement.admits else Result.FAIL
    hint = "today's policy asks for more than the champion gave: propose a better one, or `--policy then`"
    return Check(name="policy", result=result, saw=saw, wanted=wanted, hint=hint, parts=judgement.checks)


def _not_held(facts: ReleaseFacts) -> Check:
    """A hold of the version; a hold of the whole model keeps others from coming, not this one from staying."""
    entry, wanted = facts.entry, "no hold on this version"
    if entry is None or entry.target is None:
        return off("held", saw="no proposal made this champion", wanted=wanted)
    hold = facts.state.hold_on(entry.target.digest, promotes=False)
    if hold is None:
        return passed("held", saw="no hold", wanted=wanted)
    saw = f"held by {hold.actor} since {format_time(hold.at)}: {hold.why}"
    return failed("held", saw=saw, wanted=wanted, hint=f"`coronet rollback {facts.model}` returns to the one before")


def _unfounded(name: str, facts: ReleaseFacts, wanted: str) -> Check:
    """Where the log knows of no champion, there is nothing that could be looked at."""
    hint = f"`coronet propose {facts.model}` asks for one; with --candidate it adopts one that is there"
    return failed(name, saw="no proposal made this champion", wanted=wanted, hint=hint)
