"""This machine: how long things take on it, and what it is."""

import os
import platform
import re
import time
from contextlib import suppress
from pathlib import Path

_LONGEST = 100


class LocalMachine:
    """The port `Machine`."""

    def seconds(self) -> float:
        return time.perf_counter()

    def describe(self) -> str:
        count = os.cpu_count() or 1
        processors = f"{count} processor{'s' if count > 1 else ''} {_processor()}".strip()
        return f"{platform.system()} {platform.machine()}, {processors}, Python {platform.python_version()}"


def _processor() -> str:
    """The processor's own name, where the system tells it."""
    with suppress(OSError):
        found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(errors="replace"), re.MULTILINE)
        return " ".join(found[1].split())[:_LONGEST] if found else ""
    return ""
