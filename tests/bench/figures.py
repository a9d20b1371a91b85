"""The figures: what is timed beside what, and how much longer it may take."""

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from tests.bench.timing import Comparison, Limit, Process

CORONET = str(Path(sys.executable).parent / "coronet")

# Sets up in a folder of its own what its processes need, and takes it down afterwards.
Figure = Callable[[Path], AbstractContextManager[Comparison]]


def python(name: str, code: str) -> Process:
    """A fresh Python that does only `code`."""
    return Process(name=name, arguments=(sys.executable, "-c", code))


@contextmanager
def help_figure(folder: Path) -> Iterator[Comparison]:
    yield Comparison(
        measured=Process(name="coronet --help", arguments=(CORONET, "--help"), folder=folder),
        limits=(Limit(process=python("python -c 'import click'", "import click"), ratio=1.5),),
    )


FIGURES: dict[str, Figure] = {"help": help_figure}
