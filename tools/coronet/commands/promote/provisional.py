"""Rollbacks of the fast lane: finishing what was begun, and what became of those that nobody has approved yet."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from coronet.commands.governed import AtCommit
from coronet.commands.ledger import Ledger
from coronet.commands.policies import load_policy
from coronet.commands.proof import prove_approval
from coronet.commands.proposals import parse_proposal, read_proposals
from coronet.commands.registered import find_candidate
from coronet.commands.world import World
from coronet.core.changelog.entry import Approval, Entry, Event
from coronet.core.closing import expired_at
from coronet.core.decision import Check, Result, failed
from coronet.core.fast_lane import RatifyFacts, decide_begun, decide_ratification
from coronet.core.promotion import PromotionDecision
from coronet.core.proposal import proposal_branch, proposal_path
from coronet.core.protection import Guards
from coronet.errors import InvalidInput
from coronet.ports.forge import PullRequest, PullRequestState
from coronet.ports.registry import RegisteredModel
from coronet.ports.repository import Landing


@dataclass(frozen=True, kw_only=True, slots=True)
class Begun:
    """A move that was begun in the fast lane, and how it ends."""

    intent: Entry
    decision: PromotionDecision
    outcome: Entry


def find_begun(world: World, ledger: Ledger, registered: Mapping[str, RegisteredModel]) -> tuple[Begun, ...]:
    """Every such move without an outcome. Who begun it stays who did it, whoever finishes it."""
    found = []
    for state in ledger.states.values():
        for intent in (intent for intent in state.intents.values() if intent.fast_lane and intent.target):
            there = registered.get(intent.registered_model)
            decision = decide_begun(
                intent,
                state,
                alias_version=there.aliases.get(intent.alias) if there else None,
                found=find_candidate(world, intent.registered_model, intent.target.version if intent.target else ""),
            )
            outcome = replace(
                intent,
                event=decision.event or Event.CONFLICT,
                at=world.clock.now(),
                run_url=world.run_url,
                why=decision.why,
            )
            found.append(Begun(intent=intent, decision=decision, outcome=outcome))
    return tuple(found)


@dataclass(frozen=True, kw_only=True, slots=True)
class Ruling:
    """What became of a provisional rollback. `entry` is what the log will say of it; None while it waits.

    `pull_request` is None where it was not opened yet, `closes` says that it is to be closed.
    """

    done: Entry
    entry: Entry | None
    checks: tuple[Check, ...]
    pull_request: PullRequest | None
    closes: bool = False

    @property
    def model(self) -> str:
        return self.done.model

    @property
    def proposal_id(self) -> str:
        return str(self.done.proposal)


def find_rulings(world: World, main: str, ledger: Ledger, guards: Callable[[], Guards | None]) -> tuple[Ruling, ...]:
    """One for each provisional rollback: by its proposal on the main branch, else by its pull request."""
    waiting = [entry for state in ledger.states.values() for entry in state.provisional.values()]
    if not waiting:
        return ()
    paths = {entry.proposal: proposal_path(entry.model, str(entry.proposal)) for entry in waiting}
    landings = world.repository.landings(main, list(paths.values()))
    return tuple(
        _by_landing(world, main, entry, landings[paths[entry.proposal]], guards)
        if paths[entry.proposal] in landings
        else _by_pull_request(world, entry)
        for entry in waiting
    )


def _by_landing(world: World, main: str, done: Entry, landing: Landing, guards: Callable[[], Guards | None]) -> Ruling:
    """It was merged: what counts is what the merge brought, and who approved that."""
    world.progress("judge", str(done.proposal))
    merged, now = (
        read_proposals(world.repository, at, [(done.model, str(done.proposal))])[0] for at in (landing.commit, main)
    )
    unchanged = (merged.proposal_digest, merged.evidence_digest) == (done.proposal_digest, done.evidence)
    unchanged = unchanged and (merged.proposal, merged.evidence) == (now.proposal, now.evidence)
    pull_request = None
    try:
        if landing.parent is None:
            raise InvalidInput("the branch's first commit brought it", hint="merge it by its pull request")
        proposal = parse_proposal(merged, world.documents)
        before = AtCommit(repository=world.repository, commit=landing.parent)
        approvals = load_policy(before, world.documents, done.model).approvals
        approval, pull_request = prove_approval(world, proposal, landing, approvals, guards)
        facts = RatifyFacts(entry=done, unchanged=unchanged, landed_at=landing.at, approval=approval)
        event, checks = decide_ratification(facts)
    except InvalidInput as error:
        checks = (failed("readable", saw=error.message, wanted="a proposal and a policy", hint=error.hint),)
        return Ruling(done=done, entry=_unratified(world, done, error.message), checks=checks, pull_request=None)
    if event is Event.UNRATIFIED:
        said = "; ".join(f"{check.name}: {check.saw}" for check in checks if check.result is not Result.PASS)
        entry = _unratified(world, done, said, pull_request=pull_request)
    else:
        entry = _ratified(world, done, approval.approvals, pull_request, landing)
    return Ruling(done=done, entry=entry, checks=checks, pull_request=pull_request)


def _by_pull_request(world: World, done: Entry) -> Ruling:
    """It is not on the main branch: turned down, too late, or still waiting."""
    there = world.forge.find_pull_request(proposal_branch(done.model, str(done.proposal)))
    limit = done.fast_lane.ratify_by if done.fast_lane else done.at
    if there and there.state is PullRequestState.CLOSED:
        said = f"closed by {there.closed_by or 'somebody'}: {there.close_reason or 'without a reason'}"
        entry = _unratified(world, done, said, pull_request=there)
    elif world.clock.now() >= limit:
        entry = _unratified(world, done, expired_at(limit), pull_request=there)
    else:
        return Ruling(done=done, entry=None, checks=(), pull_request=there)
    closes = there is not None and there.state is PullRequestState.OPEN
    return Ruling(done=done, entry=entry, checks=(), pull_request=there, closes=closes)


def _ratified(
    world: World, done: Entry, approvals: tuple[Approval, ...], pull_request: PullRequest | None, landing: Landing
) -> Entry:
    return replace(
        done,
        at=world.clock.now(),
        event=Event.RATIFIED,
        origin=done.target,
        approvals=approvals,
        pull_request=pull_request.number if pull_request else None,
        merge_commit=landing.commit,
        actor=world.actor,
        run_url=world.run_url,
        fast_lane=None,
    )


def _unratified(world: World, done: Entry, why: str, *, pull_request: PullRequest | None = None) -> Entry:
    return replace(
        done,
        at=world.clock.now(),
        event=Event.UNRATIFIED,
        origin=done.target,
        pull_request=pull_request.number if pull_request else None,
        actor=world.actor,
        run_url=world.run_url,
        why=why,
        fast_lane=None,
    )
