"""The figures: what is timed beside what, and how much longer it may take."""

import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path

from tests.bench.released import Released, record_calls, released
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


SMALL = {"proposals": 10, "entries": 10}
LARGE = {"proposals": 1500, "entries": 10_000}


@contextmanager
def gate_figure(folder: Path) -> Iterator[Comparison]:
    """Against the same HTTP calls made by a bare process, one alias read by mlflow's client, and Python alone."""
    with released(folder, **SMALL) as ground:
        gate = _verb("coronet gate", ("gate", "churn"), ground)
        calls = record_calls(ground.url, lambda url: _run(replace_url(gate, url)))
        yield Comparison(
            measured=gate,
            limits=(
                Limit(process=_same_calls(ground, calls), ratio=1.5),
                Limit(process=_alias_by_mlflow(ground), ratio=1 / 8),
                Limit(process=python("python alone", "pass"), ratio=float("inf")),
            ),
        )


@contextmanager
def status_figure(folder: Path) -> Iterator[Comparison]:
    with released(folder, **SMALL) as ground:
        yield Comparison(
            measured=_verb("coronet status MODEL", ("status", "churn"), ground),
            limits=(
                Limit(process=_alias_by_mlflow(ground), ratio=float("inf")),
                Limit(process=python("python alone", "pass"), ratio=float("inf")),
            ),
        )


def _grown_figure(name: str, verb: tuple[str, ...]) -> Figure:
    """The verb on a large repository, against itself on a small one."""

    @contextmanager
    def figure(folder: Path) -> Iterator[Comparison]:
        (folder / "small").mkdir()
        (folder / "large").mkdir()
        with released(folder / "small", **SMALL) as small, released(folder / "large", **LARGE) as large:
            yield Comparison(
                measured=_verb(f"{name}, 1,500 proposals and 10,000 entries", verb, large),
                limits=(Limit(process=_verb(f"{name}, 10 and 10", verb, small), ratio=1.5),),
            )

    return figure


def _verb(name: str, arguments: tuple[str, ...], ground: Released) -> Process:
    return Process(name=name, arguments=(CORONET, *arguments), folder=ground.work, environment=ground.environment)


def replace_url(process: Process, url: str) -> Process:
    return replace(process, environment={**(process.environment or {}), "MLFLOW_TRACKING_URI": url})


def _run(process: Process) -> None:
    subprocess.run(process.arguments, cwd=process.folder, env=process.environment, capture_output=True, check=True)


def _same_calls(ground: Released, calls: Sequence[tuple[str, str]]) -> Process:
    """A process that imports what any such tool would, and makes the calls that `gate` made."""
    code = (
        "import click, yaml, http.client\n"
        f"connection = http.client.HTTPConnection({ground.url.removeprefix('http://')!r})\n"
        f"for method, path in {list(calls)!r}:\n"
        "    connection.request(method, path)\n"
        "    connection.getresponse().read()\n"
    )
    return replace(python(f"the same {len(calls)} HTTP calls alone", code), environment=ground.environment)


def _alias_by_mlflow(ground: Released) -> Process:
    code = "import mlflow\nmlflow.MlflowClient().get_model_version_by_alias('churn', 'champion')\n"
    return replace(python("mlflow's client reading the alias", code), environment=ground.environment)


FIGURES: dict[str, Figure] = {
    "help": help_figure,
    "gate": gate_figure,
    "status": status_figure,
    "gate-grown": _grown_figure("coronet gate", ("gate", "churn")),
    "status-grown": _grown_figure("coronet status MODEL", ("status", "churn")),
}
