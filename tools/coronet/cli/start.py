"""Where the process begins and ends."""

import atexit
import gc
import io
import os
import sys
from contextlib import suppress

# A command lives for a fraction of a second and makes thousands of objects that stay: looking for garbage
# among them as often as Python does by itself costs a tenth of the time that `coronet gate` takes.
gc.set_threshold(100_000)

from coronet.cli.main import run  # noqa: E402 - what is imported is most of what is made


def main() -> None:
    """Run the command line of this process, and end it with the command's exit code."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal that lacks a letter is no reason to stop
    code = run()
    if "mlflow" in sys.modules:  # threads and native libraries, which want to be taken apart in order
        sys.exit(code)
    leave(code)


def leave(code: int) -> None:
    """End without taking every object apart, which costs as much again and which the system does at once."""
    atexit._run_exitfuncs()
    with suppress(BrokenPipeError):  # whoever read our output has gone
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)
