"""`promote` is killed before every step it takes, and run again: one move, one outcome, nothing lost.

The points at which the power is cut are the steps that `promote` itself announces, so that a new step is a
new point without a new test.
"""

from dataclasses import replace
from pathlib import Path

import pytest

from coronet.commands.promote import promote
from coronet.commands.world import World
from coronet.core.changelog.chain import read_entries
from coronet.core.changelog.entry import Entry, Event
from tests.stage.quick import QuickStage
from tests.stage.road import merged_proposal, promote_next
from tests.stage.stage import MODEL, Stage

MOST_STEPS = 12


@pytest.fixture
def stage(quick: QuickStage) -> Stage:
    """In memory, since there are many points; a few of them on real git below."""
    return quick


class PowerCut(BaseException):
    """Not an Exception: nothing in the product may catch it."""


def cut_before(number: int, world: World) -> World:
    """The same world, in which the power is cut before the step of this number."""
    told = 0

    def progress(step: str, detail: str = "") -> None:
        nonlocal told
        told += 1
        if told == number:
            raise PowerCut

    return replace(world, progress=progress)


def entries(stage: Stage) -> tuple[Entry, ...]:
    return read_entries(stage.show(f"promotions-log:changelog/{MODEL}.jsonl").encode())


def events_of(stage: Stage, proposal: str) -> list[Event]:
    return [entry.event for entry in entries(stage) if entry.proposal == proposal]


def alias_moves(stage: Stage) -> list[str]:
    return [str(call) for call in stage.registry.calls if call.method == "set_alias"]


def count_steps(stage: Stage) -> int:
    before = len(stage.progress)
    promote(stage.world())
    return len(stage.progress) - before


def test_the_number_of_steps_is_known(stage: Stage) -> None:
    merged_proposal(stage, stage.train())
    assert 8 < count_steps(stage) < MOST_STEPS


@pytest.mark.parametrize("step", range(1, MOST_STEPS))
def test_killed_before_any_step_and_run_again(stage: Stage, step: int) -> None:
    first = promote_next(stage)
    second = stage.train()
    proposal = merged_proposal(stage, second, against=first)
    stage.registry.calls.clear()
    try:
        promote(cut_before(step, stage.world()))
        cut = False
    except PowerCut:
        cut = True
    again = promote(stage.world())
    assert again.exit_code == 0, again.to_text()
    assert stage.champion == second.version
    assert events_of(stage, proposal) == [Event.INTENT, Event.PROMOTED]
    assert set(alias_moves(stage)) == {f"set_alias({MODEL}, champion, {second.version})"}
    assert "Nothing to do" in promote(stage.world()).to_text()
    if not cut:
        assert step > count_of_one_run(stage)


@pytest.mark.parametrize("step", [4, 8, 10])
def test_killed_on_real_git(tmp_path: Path, step: int) -> None:
    test_killed_before_any_step_and_run_again(Stage(tmp_path), step)


def count_of_one_run(stage: Stage) -> int:
    """How many steps the longest run told: a cut beyond it never came."""
    runs = "\n".join(stage.progress).split("read\n")
    return max(len(run.splitlines()) + 1 for run in runs) - 1


@pytest.mark.parametrize("number", range(1, MOST_STEPS))
def test_a_second_run_comes_at_any_step_of_the_first(stage: Stage, number: int) -> None:
    """Two at once: whichever wins, there is one outcome, and the other finds nothing to do."""
    first = promote_next(stage)
    second = stage.train()
    proposal = merged_proposal(stage, second, against=first)
    world, told = stage.world("slow-run"), 0

    def progress(step: str, detail: str = "") -> None:
        nonlocal told
        told += 1
        if told == number:
            assert promote(stage.world("quick-run")).exit_code == 0

    report = promote(replace(world, progress=progress))
    assert report.exit_code == 0, report.to_text()
    assert stage.champion == second.version
    outcomes = [event for event in events_of(stage, proposal) if event is not Event.INTENT]
    assert outcomes == [Event.PROMOTED]
    assert "Nothing to do" in promote(stage.world()).to_text()


def test_a_run_that_fell_behind_never_moves_an_alias_back(stage: Stage) -> None:
    """While a slow run is about to move, others promote this proposal and the next one."""
    first = promote_next(stage)
    second = stage.train()
    merged_proposal(stage, second, against=first)
    world = stage.world("slow-run")

    def progress(step: str, detail: str = "") -> None:
        if step == "confirm" and stage.champion == first.version:
            assert promote(stage.world("quick-run")).exit_code == 0
            promote_next(stage, against=second)

    promote(replace(world, progress=progress))
    assert stage.champion == "3"
    assert promote(stage.world()).exit_code == 0
    assert stage.champion == "3"
