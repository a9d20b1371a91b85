"""The issues that should be open, by the state of the log and the registry alone."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from coronet.commands.fast_lane.ratifying import draft_of
from coronet.commands.ledger import Ledger
from coronet.commands.promote.plan import Plan
from coronet.commands.proposals import parse_evidence, read_proposals
from coronet.commands.world import World
from coronet.core.changelog.entry import Entry
from coronet.core.changelog.state import LogState
from coronet.core.evidence import Evidence
from coronet.core.fast_lane import CONFIRM_WITHIN
from coronet.core.render.fast_lane import render_request_issue, render_rollback_issue, render_unratified_issue
from coronet.core.render.outcome import render_divergence_issue
from coronet.core.timestamps import format_time
from coronet.errors import InvalidInput
from coronet.ports.forge import PullRequest
from coronet.ports.notifier import Issue

_REASONS = {
    "diverged": "registry and log agree again",
    "rollback": "the champion rests on an approval again",
    "request": "it was confirmed, or the hour is over",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class WantedIssue:
    """`key` is what it is about, and of which model: `diverged-churn`."""

    key: str
    title: str
    body: str


def desired_issues(
    world: World, *, main: str, plan: Plan, ledger: Ledger, pull_requests: Mapping[str, PullRequest]
) -> tuple[WantedIssue, ...]:
    """Every issue that should be open about the models of the ledger."""
    wanted = []
    for model, state in ledger.states.items():
        wanted += _diverged(plan, model, state)
        wanted += _requested(world, model, state)
        for champion in state.champions.values():
            wanted += _rolled_back(world, main, champion, state, pull_requests)
    return tuple(wanted)


def settled_issues(
    open_ones: Sequence[Issue], wanted: Sequence[WantedIssue], ledger: Ledger
) -> tuple[tuple[str, str], ...]:
    """(key, reason) of open issues about models of the ledger that should be open no more; other issues stay."""
    keys = {issue.key for issue in wanted}
    found = []
    for issue in open_ones:
        kind, _, model = issue.key.partition("-")
        if kind in _REASONS and model in ledger.states and issue.key not in keys:
            found.append((issue.key, _REASONS[kind]))
    return tuple(found)


def _diverged(plan: Plan, model: str, state: LogState) -> list[WantedIssue]:
    still = [
        divergence
        for divergence in plan.divergences
        if divergence.model == model and divergence not in plan.healed and divergence.alias in state.diverged
    ]
    if not still:
        return []
    body = render_divergence_issue(model, [each.say() for each in still], [d.obstacle for d in still if d.obstacle])
    title = f"{model}: the registry is not what the log says"
    return [WantedIssue(key=f"diverged-{model}", title=title, body=body)]


def _requested(world: World, model: str, state: LogState) -> list[WantedIssue]:
    waiting = [entry for entry in state.requested.values() if world.clock.now() < entry.at + CONFIRM_WITHIN]
    if not waiting:
        return []
    body = render_request_issue(waiting[-1], until=format_time(waiting[-1].at + CONFIRM_WITHIN))
    return [WantedIssue(key=f"request-{model}", title=f"{model}: confirm a rollback within the hour", body=body)]


def _rolled_back(
    world: World, main: str, champion: Entry, state: LogState, pull_requests: Mapping[str, PullRequest]
) -> list[WantedIssue]:
    """Of a champion that rests on the fast lane: told while its approval is open, loudly when nobody gave it."""
    if champion.fast_lane is None:
        return []
    key = f"rollback-{champion.model}"
    if champion.proposal not in state.provisional:
        title = f"{champion.model}: releases are stopped, nobody approved the rollback"
        return [WantedIssue(key=key, title=title, body=render_unratified_issue(champion))]
    found = pull_requests.get(str(champion.proposal))
    said = f"pull request [{found.number}]({found.url})" if found else ""
    version = champion.target.version if champion.target else ""
    body = render_rollback_issue(champion, pull_request=said, rolled_back=_evidence_of_failed(world, main, champion))
    return [WantedIssue(key=key, title=f"{champion.model}: rolled back to version {version}", body=body)]


def _evidence_of_failed(world: World, main: str, entry: Entry) -> Evidence | None:
    """The evidence by which the version that was rolled back had become champion, where main has it."""
    with suppress(InvalidInput):
        replaces = draft_of(world, main, entry).proposal.replaces
        if replaces and replaces.proposal:
            (files,) = read_proposals(world.repository, main, [(entry.model, replaces.proposal)])
            return parse_evidence(files, world.documents)
    return None
