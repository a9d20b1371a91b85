"""What a job on a fresh runner pays before its first command: the action's own install script, without any cache."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

INSTALL = Path(__file__).parents[2] / ".github/actions/setup/install.sh"
LIBRARIES = ("base", "github", "models")


@dataclass(frozen=True, kw_only=True, slots=True)
class Installed:
    """`packages` beside coronet itself; `megabytes` on disk; `seconds` with downloads."""

    libraries: str
    packages: int
    megabytes: float
    seconds: float

    def to_text(self) -> str:
        return f"{self.libraries:8}{self.packages:4} packages {self.megabytes:8.1f} MB {self.seconds:8.1f} s"


def report() -> str:
    """What each set of libraries costs, beside coronet itself."""
    lines = []
    for libraries in LIBRARIES:
        with tempfile.TemporaryDirectory() as folder:
            lines.append(install_cold(libraries, Path(folder)).to_text())
    return "\n".join(lines)


def install_cold(libraries: str, folder: Path) -> Installed:
    """Run the script as a job would, and look at what it left; raises where `coronet` then does not start."""
    for name in ("output", "path"):
        (folder / name).touch()
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.base_prefix) / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "RUNNER_TEMP": str(folder),
        "GITHUB_OUTPUT": str(folder / "output"),
        "GITHUB_PATH": str(folder / "path"),
        "PIP_NO_CACHE_DIR": "1",
    }
    begun = time.perf_counter()
    _run([str(INSTALL), libraries], environment)
    seconds = time.perf_counter() - begun
    place = Path((folder / "path").read_text().strip())
    _run([str(place / "coronet"), "--version"], environment)
    files = [file for file in place.parent.rglob("*") if file.is_file() and not file.is_symlink()]
    return Installed(
        libraries=libraries,
        packages=sum(1 for _ in place.parent.rglob("*.dist-info")),
        megabytes=sum(file.stat().st_size for file in files) / 1e6,
        seconds=seconds,
    )


def _run(arguments: Sequence[str], environment: dict[str, str]) -> None:
    done = subprocess.run(arguments, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{arguments[0]} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
