"""A process that ends when it must: bounded in time and output, and everything that it started with it."""

import contextlib
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

MOST_BYTES = 1_000_000
_GLANCE = 0.2  # seconds between two looks whether a process ended that left its output to others


@dataclass(kw_only=True, slots=True)
class Ended:
    """How a process ended: `code` None where it was killed, and then `why`; what it wrote until then."""

    code: int | None = None
    why: str = ""
    out: bytearray = field(default_factory=bytearray)
    words: bytearray = field(default_factory=bytearray)
    seconds: float = 0.0


def run_bounded(
    arguments: Sequence[str], *, folder: Path, environment: Mapping[str, str], told: Path, timeout: float
) -> Ended:
    """Run `arguments` in `folder` with the file `told` as standard input; whatever happens, nothing of it is left."""
    started = time.monotonic()
    ended = Ended()
    try:
        with told.open("rb") as standard_input:
            popen = subprocess.Popen(  # noqa: S603 the policy names it, and code owners approve the policy
                list(arguments),
                cwd=folder,
                stdin=standard_input,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=dict(environment),
                start_new_session=True,
            )
    except OSError as error:
        ended.why = f"it cannot be started: {error.strerror or error}"
        return ended
    try:
        _follow(popen, ended, until=started + timeout)
        if ended.why == "":
            ended.code = popen.wait(max(0.0, started + timeout - time.monotonic()))
    except subprocess.TimeoutExpired:
        ended.why = _TOO_LONG
    finally:
        _end(popen)
    ended.why = ended.why.format(timeout=timeout)
    ended.seconds = time.monotonic() - started
    return ended


_TOO_LONG = "it did not end within {timeout:g} seconds"


def _follow(popen: "subprocess.Popen[bytes]", ended: Ended, *, until: float) -> None:
    """Read what the process writes until it ends, writes too much, or takes too long."""
    with selectors.DefaultSelector() as selector:
        for pipe, kept in ((popen.stdout, ended.out), (popen.stderr, ended.words)):
            if pipe is not None:
                selector.register(pipe, selectors.EVENT_READ, kept)
        while selector.get_map():
            left = until - time.monotonic()
            if left <= 0:
                raise subprocess.TimeoutExpired(popen.args, left)
            ready = selector.select(min(left, _GLANCE))
            if not ready and popen.poll() is not None:
                return  # something that it started still holds its output
            for key, _ in ready:
                chunk = os.read(key.fd, 65536)
                key.data.extend(chunk)
                if not chunk:
                    selector.unregister(key.fileobj)
                elif len(key.data) > MOST_BYTES:
                    ended.why = f"it wrote more than {MOST_BYTES} bytes"
                    return


def _end(popen: "subprocess.Popen[bytes]") -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(popen.pid, signal.SIGKILL)
    popen.wait()
    for pipe in (popen.stdout, popen.stderr):
        if pipe is not None:
            pipe.close()
