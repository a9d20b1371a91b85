"""`rollback --now` is killed before every step, and somebody goes on: one move, one outcome, one pull request."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from coronet.commands.fast_lane.rollback import rollback_now
from coronet.commands.promote import promote
from coronet.core.changelog.entry import Event
from coronet.ports.forge import PullRequestState
from tests.commands.test_fast_lane import ON_CALL, allowed, approve_and_merge, asked_now
from tests.commands.test_promote_survives import PowerCut, alias_moves, cut_before, events_of
from tests.fakes.memory_notifier import MemoryNotifier
from tests.stage.looking import entries
from tests.stage.quick import QuickStage
from tests.stage.stage import MODEL, Stage
from tests.stage.states import two_champions

MOST_STEPS = 18


def again_by_hand(stage: Stage, notifier: MemoryNotifier) -> None:
    report = rollback_now(replace(stage.world("engineer"), notifier=notifier), MODEL, asked_now())
    assert report.exit_code == 0, report.to_text()


def again_by_promote(stage: Stage, notifier: MemoryNotifier) -> None:
    report = promote(replace(stage.world(), notifier=notifier))
    assert report.exit_code == 0, report.to_text()


def killed(stage: Stage, step: int, notifier: MemoryNotifier) -> bool:
    try:
        rollback_now(cut_before(step, replace(stage.world("engineer"), notifier=notifier)), MODEL, asked_now())
    except PowerCut:
        return True
    return False


def assert_done_once(stage: Stage, notifier: MemoryNotifier, first: str) -> None:
    """One intent, one move, one outcome, one hold, one pull request, one issue, one change told."""
    (proposal,) = {entry.proposal for entry in entries(stage) if entry.fast_lane}
    assert proposal is not None
    assert events_of(stage, proposal) == [Event.INTENT, Event.ROLLED_BACK]
    assert [entry.event for entry in entries(stage)].count(Event.HELD) == 1
    assert stage.champion == first
    assert set(alias_moves(stage)) == {f"set_alias({MODEL}, champion, {first})"}
    opened = stage.forge("anybody").pull_requests(PullRequestState.OPEN)
    assert [pull_request.branch for pull_request in opened] == [f"promotions/{MODEL}/{proposal}"]
    assert list(notifier.open) == [f"rollback-{MODEL}"]
    assert [change.event for change in notifier.changes] == ["rolled_back"]
    approve_and_merge(stage, opened[0])
    assert promote(replace(stage.world(), notifier=notifier)).exit_code == 0
    assert events_of(stage, proposal)[2:] == [Event.RATIFIED]
    assert notifier.open == {}


@pytest.mark.parametrize("then", [again_by_hand, again_by_promote])
@pytest.mark.parametrize("step", range(1, MOST_STEPS))
def test_killed_before_any_step(quick: QuickStage, step: int, then: Callable[[Stage, MemoryNotifier], None]) -> None:
    first, second = allowed(quick)
    quick.clock.pass_by(days=2)
    quick.registry.calls.clear()
    notifier = MemoryNotifier()
    cut = killed(quick, step, notifier)
    quick.clock.pass_by(minutes=5)
    then(quick, notifier)
    if quick.champion == second.version:
        assert then is again_by_promote  # nothing was begun, and promote begins no rollback
        assert cut
        again_by_hand(quick, notifier)
    assert_done_once(quick, notifier, first.version)


def test_the_number_of_steps_is_known(quick: QuickStage) -> None:
    allowed(quick)
    assert not killed(quick, MOST_STEPS - 1, MemoryNotifier())


@pytest.mark.parametrize("step", [6, 10, 13])
def test_killed_on_real_git(tmp_path: Path, step: int) -> None:
    stage, notifier = Stage(tmp_path), MemoryNotifier()
    stage.push({"policy/default.yaml": ON_CALL}, message="a fast lane")
    first, _ = two_champions(stage)
    stage.clock.pass_by(days=2)
    stage.registry.calls.clear()
    killed(stage, step, notifier)
    again_by_hand(stage, notifier)
    assert_done_once(stage, notifier, first.version)


@pytest.mark.parametrize("number", range(1, MOST_STEPS))
def test_somebody_else_does_the_same_at_any_step(quick: QuickStage, number: int) -> None:
    meet(quick, number, by="second-owner", other=again_by_hand)


@pytest.mark.parametrize("number", range(1, MOST_STEPS))
def test_promote_comes_at_any_step(quick: QuickStage, number: int) -> None:
    meet(quick, number, by="engineer", other=again_by_promote)


def meet(quick: QuickStage, number: int, *, by: str, other: Callable[[QuickStage, MemoryNotifier], None]) -> None:
    """A rollback by one at whose step of that number the other one acts: it is done once, and ends well."""
    first, _ = allowed(quick)
    quick.clock.pass_by(days=2)
    quick.registry.calls.clear()
    notifier, told = MemoryNotifier(), 0

    def progress(step: str, detail: str = "") -> None:
        nonlocal told
        told += 1
        if told == number:
            other(quick, notifier)

    world = replace(quick.world(by), notifier=notifier, progress=progress)
    report = rollback_now(world, MODEL, asked_now(by=by))
    assert report.exit_code == 0, report.to_text()
    assert_done_once(quick, notifier, first.version)
