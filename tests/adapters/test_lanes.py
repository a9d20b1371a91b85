"""Jobs of one kind are done in their order, whatever becomes of the others."""

from threading import Barrier, Event

import pytest

from coronet.adapters.tables.lanes import Lanes

PATIENCE = 20.0


def test_jobs_of_a_kind_keep_their_order() -> None:
    done: list[list[int]] = [[], []]
    with Lanes() as lanes:
        for number in range(50):
            lanes.run([lambda number=number, kind=kind: done[kind].append(number) for kind in (0, 1)])  # type: ignore[misc]
    assert done == [list(range(50))] * 2


def test_jobs_of_different_kinds_run_at_once() -> None:
    both = Barrier(2)
    with Lanes() as lanes:
        lanes.run([lambda: [both.wait(PATIENCE)].clear()] * 2)
    assert not both.broken


def test_no_more_jobs_wait_than_are_allowed() -> None:
    go, begun = Event(), list[int]()
    with Lanes(most_waiting=1) as lanes:
        lanes.run([lambda: [go.wait(PATIENCE)].clear()])
        go.set()
        for number in range(5):
            lanes.run([lambda number=number: begun.append(number)])  # type: ignore[misc]
            assert len(begun) >= number - 1


def test_what_a_job_raises_is_raised() -> None:
    def fail() -> None:
        raise ValueError("no rows")

    def run_both() -> None:
        with Lanes() as lanes:
            lanes.run([fail])

    with pytest.raises(ValueError, match="no rows"):
        run_both()


def test_what_ends_the_work_is_raised_before_what_jobs_raise() -> None:
    def fail() -> None:
        raise ValueError("no rows")

    def break_off() -> None:
        with Lanes() as lanes:
            lanes.run([fail])
            raise KeyError("keys")

    with pytest.raises(KeyError, match="keys"):
        break_off()
