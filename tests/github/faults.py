"""What goes wrong on purpose: the next requests that fit are answered otherwise, or late, or not at all."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Event, Lock
from typing import TYPE_CHECKING

from tests.github.clock import HubClock

if TYPE_CHECKING:
    from collections.abc import Mapping

KINDS = {
    "retry_after": "429 with Retry-After",
    "secondary": "403, a secondary limit, with Retry-After",
    "exhausted": "403, no calls left, with x-ratelimit-reset",
    "bad_gateway": "502 in HTML, before anything is done",
    "unavailable": "503, before anything is done",
    "timeout": "nothing is done, and the connection ends after `seconds` without an answer",
    "lost": "it is done, but the connection ends without an answer",
    "garbled": "it is done, but the answer is cut in the middle",
    "slow": "it is done, and answered `seconds` later",
    "status": "`status` is answered, and nothing is done",
    "reject": "git push: every ref is refused",
    "run": "`run` is called before the request is handled",
}


@dataclass(kw_only=True, slots=True)
class Fault:
    """`kind` is one of KINDS; `left` counts how often it will still happen, `hits` how often it did."""

    method: str
    pattern: str
    kind: str
    left: int
    after: int = 1
    seconds: float = 0.2
    run: Callable[[], object] | None = None
    skip: int = 0
    status: int = 500
    hits: int = 0

    def fits(self, method: str, path: str) -> bool:
        return self.left > 0 and self.method in {method, "*"} and bool(re.search(self.pattern, path))


@dataclass(frozen=True, kw_only=True, slots=True)
class Trouble:
    """An answer in place of the right one."""

    status: int
    body: bytes | dict[str, str]
    headers: "Mapping[str, str]" = field(default_factory=dict)


class Faults:
    def __init__(self, clock: HubClock) -> None:
        self._clock = clock
        self._faults: list[Fault] = []
        self._lock = Lock()
        self.released = Event()

    def add(
        self,
        method: str,
        path_pattern: str,
        *,
        kind: str,
        times: int = 1,
        skip: int = 0,
        after: int = 1,
        seconds: float = 0.2,
        status: int = 500,
        run: Callable[[], object] | None = None,
    ) -> Fault:
        """Let the next `times` requests that fit, after the first `skip`, meet this.

        `path_pattern` is searched in the path without `/api/v3` and without the query; git's begin
        with `/owner/name.git/`. `after` is what Retry-After says; `method` may be `*`.
        """
        if kind not in KINDS:
            raise ValueError(f"kind {kind!r}, wanted one of {', '.join(KINDS)}")
        fault = Fault(
            method=method,
            pattern=path_pattern,
            kind=kind,
            left=times,
            skip=skip,
            after=after,
            seconds=seconds,
            status=status,
            run=run,
        )
        self._faults.append(fault)
        return fault

    def clear(self) -> None:
        self._faults.clear()

    def meet(self, method: str, path: str) -> list[Fault]:
        """The faults that this request meets; each call counts."""
        with self._lock:
            met = []
            for fault in self._faults:
                if not fault.fits(method, path):
                    continue
                if fault.skip:
                    fault.skip -= 1
                    continue
                fault.left -= 1
                fault.hits += 1
                met.append(fault)
            return met

    def wait(self, seconds: float) -> None:
        """Hold an answer back; the end of the test ends it too."""
        self.released.wait(seconds)

    def trouble(self, fault: Fault) -> Trouble | None:
        """The answer in place of the right one, for faults that are one."""
        reset = self._clock.now + timedelta(seconds=fault.after)
        limit = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
        match fault.kind:
            case "retry_after":
                return Trouble(status=429, body={"message": limit}, headers={"Retry-After": str(fault.after)})
            case "secondary":
                return Trouble(status=403, body={"message": limit}, headers={"Retry-After": str(fault.after)})
            case "exhausted":
                return Trouble(
                    status=403,
                    body={"message": "API rate limit exceeded for installation."},
                    headers={"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(reset.timestamp()))},
                )
            case "bad_gateway":
                return Trouble(status=502, body=b"<html><body><h1>502 Bad Gateway</h1></body></html>")
            case "unavailable":
                return Trouble(status=503, body=b"<html><body>No server is available</body></html>")
            case "status":
                return Trouble(status=fault.status, body={"message": "as told"})
        return None
