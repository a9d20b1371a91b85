"""Work that runs beside other work, on threads."""

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Self

Job = Callable[[], None]


class Lanes:
    """Does jobs of several kinds: those of one kind one after another in their order, those of others meanwhile.

    Which thread does what, and when, so changes no result. What a job raises is raised by a later `run`, or at the end.
    """

    def __init__(self, most_waiting: int = 2) -> None:
        self._most_waiting = most_waiting
        self._lanes: list[tuple[ThreadPoolExecutor, deque[Future[None]]]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        try:
            for lane in self._lanes if kind is None else ():
                self._wait(lane[1], 0)
        finally:
            for worker, _waiting in self._lanes:
                worker.shutdown(cancel_futures=True)

    def run(self, jobs: Sequence[Job]) -> None:
        """One of each kind; waits where too many wait already."""
        while len(self._lanes) < len(jobs):
            self._lanes.append((ThreadPoolExecutor(max_workers=1), deque()))
        for (worker, coming), job in zip(self._lanes, jobs, strict=False):
            coming.append(worker.submit(job))
            self._wait(coming, self._most_waiting)

    @staticmethod
    def _wait(coming: "deque[Future[None]]", most: int) -> None:
        while len(coming) > most:
            coming.popleft().result()
