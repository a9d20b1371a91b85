"""What every tracker does alike: the fake that commands are tested on, an SQLite file, a real server."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from coronet.adapters.mlflow_database import database_uri
from coronet.adapters.mlflow_tracker import open_tracker
from coronet.adapters.registry import open_registry
from coronet.core.recorded_run import RecordedData
from coronet.errors import InvalidInput
from coronet.ports.models import Tracker
from coronet.ports.registry import Registry
from tests.fakes.memory_registry import MemoryRegistry
from tests.fakes.memory_tracker import MemoryTracker
from tests.servers import RunningServer

DATA = RecordedData(name="flowers", context="training", location="models/x.csv", sha256="1" * 64, rows=4)


@dataclass(frozen=True, kw_only=True)
class Books:
    """A tracker, and the registry in which its runs are found; `name` is a model that no other test uses."""

    tracker: Tracker
    registry: Registry
    name: str


def real(uri: str) -> Books:
    tracker = open_tracker(uri)
    return Books(tracker=tracker, registry=open_registry(uri, {}), name=f"iris-{uuid4().hex[:12]}")


@pytest.fixture(scope="session")
def tracked_database(tmp_path_factory: pytest.TempPathFactory) -> str:
    return database_uri(tmp_path_factory.mktemp("tracked") / "mlflow.db")


@pytest.fixture(
    params=[
        "memory",
        pytest.param("store", marks=pytest.mark.mlflow),
        pytest.param("server", marks=[pytest.mark.mlflow, pytest.mark.server, pytest.mark.slow]),
    ]
)
def books(request: pytest.FixtureRequest) -> Iterator[Books]:
    match request.param:
        case "store":
            yield real(request.getfixturevalue("tracked_database"))
        case "server":
            server: RunningServer = request.getfixturevalue("mlflow_server")
            yield real(server.url)
        case _:
            registry = MemoryRegistry()
            yield Books(tracker=MemoryTracker(registry), registry=registry, name="iris")


@pytest.fixture
def artifact(tmp_path: Path) -> Path:
    path = tmp_path / "model.joblib"
    path.write_bytes(b"a model")
    return path


def open_run(books: Books, **tags: str) -> Any:
    return books.tracker.run(experiment=f"trials of {books.name}", name="first try", tags=tags)


def test_a_run_is_found_with_all_that_was_logged(books: Books) -> None:
    params = {f"p{number}": str(number) for number in range(150)}
    with open_run(books, stage="train") as run:
        run.log(params=params, metrics={"test_mae": 0.5, "per_segment/A B/mae": 1.0}, tags={"later": "yes"})
        run.log_data([DATA])
        books.registry.save_run_file(run.id, "card.md", b"# Card")
    found = books.registry.run(run.id)
    assert found
    assert (found.name, found.experiment, found.status) == ("first try", f"trials of {books.name}", "FINISHED")
    assert found.params == params
    assert found.metrics == {"test_mae": 0.5, "per_segment/A B/mae": 1.0}
    assert {"stage": "train", "later": "yes"}.items() <= found.tags.items()
    assert books.registry.load_run_file(run.id, "card.md") == b"# Card"


def test_a_run_is_running_until_its_end(books: Books) -> None:
    with open_run(books) as run:
        found = books.registry.run(run.id)
        assert found
        assert found.status == "RUNNING"


@pytest.mark.parametrize("error", [ValueError("broken"), KeyboardInterrupt(), SystemExit(1)])
def test_a_run_that_is_stopped_ends_as_failed(books: Books, error: BaseException) -> None:
    opened = open_run(books)
    run = opened.__enter__()
    with pytest.raises(type(error)):
        opened.gen.throw(error)
    found = books.registry.run(run.id)
    assert found
    assert found.status == "FAILED"


def test_versions_are_numbered_and_have_their_files(books: Books, artifact: Path) -> None:
    for number in ("1", "2"):
        with open_run(books) as run:
            source = run.save_model_files(str(artifact))
            assert run.register(books.name, source) == number
        version = books.registry.version(books.name, number)
        assert version
        assert (version.run_id, version.source, version.status, version.tags) == (run.id, source, "READY", {})
    digests = {books.registry.artifact_digest(version) for version in books.registry.versions(books.name)}
    assert len(digests) == 1


def test_a_folder_is_saved_with_everything_in_it(books: Books, tmp_path: Path, artifact: Path) -> None:
    (tmp_path / "folder" / "inner").mkdir(parents=True)
    (tmp_path / "folder" / "inner" / "a.bin").write_bytes(b"1")
    versions = []
    for location in (tmp_path / "folder", artifact):
        with open_run(books) as run:
            number = run.register(books.name, run.save_model_files(str(location)))
        versions.append(books.registry.version(books.name, number))
    first, second = (books.registry.artifact_digest(version) for version in versions if version)
    assert first != second


def test_what_is_not_there_is_refused_and_the_run_fails(books: Books, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="nothing"):
        books.tracker.describe(str(tmp_path / "nothing"))
    with pytest.raises(InvalidInput, match="nothing"), open_run(books) as run:
        run.save_model_files(str(tmp_path / "nothing"))
    found = books.registry.run(run.id)
    assert found
    assert found.status == "FAILED"


def test_a_file_is_described_by_its_bytes(books: Books, artifact: Path) -> None:
    described = books.tracker.describe(str(artifact))
    assert described.digest == "sha256:97ff8a35544dcf40ad84047074439dd6aa3a0be469ea578a1b1c017d939ec61c"
    assert described.kind == "joblib file"
    assert described.schema is None
