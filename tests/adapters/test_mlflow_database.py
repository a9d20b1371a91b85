"""An SQLite registry: made once by many, never made or changed by looking at it, and quiet."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from shutil import copyfile

import pytest

from coronet.adapters.mlflow_database import artifact_root, create_database, database_path, database_uri
from coronet.adapters.registry import open_registry
from coronet.errors import Unavailable
from coronet.ports.registry import Registry

pytestmark = pytest.mark.mlflow


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "mlflow.db"
    create_database(path)
    return path


@pytest.fixture
def database(template: Path, tmp_path: Path) -> Path:
    """A registry with nothing in it."""
    return Path(copyfile(template, tmp_path / "mlflow.db"))


def open_at(path: Path) -> Registry:
    return open_registry(database_uri(path), {})


@contextmanager
def changing(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path)) as connection, connection:
        yield connection


@pytest.mark.parametrize("name", ["mlflow.db", "with blank.db", "percent%20sign.db", "é.db"])
def test_an_address_survives_being_written(tmp_path: Path, name: str) -> None:
    assert database_path(database_uri(tmp_path / name)) == tmp_path / name


def test_a_relative_address_is_in_the_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert database_path("sqlite:///data/mlflow.db") == tmp_path / "data" / "mlflow.db"


def test_a_new_registry_is_empty_and_keeps_its_files_beside(template: Path) -> None:
    registry = open_at(template)
    assert registry.models() == ()
    with changing(template) as connection:
        (location,) = connection.execute("SELECT artifact_location FROM experiments").fetchone()
    assert location == f"{artifact_root(template)}/0"
    assert [path.name for path in template.parent.iterdir()] == ["mlflow.db"]


def test_a_registry_that_is_there_is_not_made_again(database: Path) -> None:
    before = database.read_bytes()
    create_database(database)
    assert database.read_bytes() == before


def test_a_folder_that_cannot_be_written_to(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(Unavailable, match="no registry can be made"):
        create_database(tmp_path / "file" / "mlflow.db")


CREATE = """
import sys
from pathlib import Path
from coronet.adapters.mlflow_database import create_database, database_uri
from coronet.adapters.registry import open_registry
create_database(Path(sys.argv[1]))
print(len(open_registry(database_uri(Path(sys.argv[1])), {}).models()))
"""


@pytest.mark.slow
def test_three_processes_make_one_registry_and_say_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "mlflow.db"
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MLFLOW_", "PYTEST_"))}
    started = [
        subprocess.Popen(
            [sys.executable, "-c", CREATE, str(path)],
            env=environment,
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    assert [process.communicate(timeout=300) for process in started] == [("0\n", "")] * 3
    assert [file.name for file in path.parent.iterdir()] == ["mlflow.db"]


def test_a_database_of_an_older_mlflow_is_not_changed(database: Path) -> None:
    with changing(database) as connection:
        connection.execute("DROP TABLE webhook_events")
        connection.execute("UPDATE alembic_version SET version_num = '3da73c924c2f'")
    before = database.read_bytes()
    with pytest.raises(Unavailable, match="was made by an older MLflow") as caught:
        open_at(database).models()
    assert "mlflow db upgrade" in caught.value.hint
    assert database.read_bytes() == before


def test_a_database_of_another_version_of_mlflow_is_not_changed(database: Path) -> None:
    with changing(database) as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'ffffffffffff'")
    before = database.read_bytes()
    with pytest.raises(Unavailable, match="out-of-date database schema"):
        open_at(database).models()
    assert database.read_bytes() == before


@pytest.mark.slow
def test_a_locked_database_is_told(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        with pytest.raises(Unavailable, match="is locked by another program"):
            open_at(database)
        connection.rollback()
    assert open_at(database).models() == ()


MISSING = """
import sys
sys.modules["mlflow"] = None
from coronet.adapters.registry import open_registry
from coronet.errors import Unavailable
try:
    open_registry(sys.argv[1], {}).models()
except Unavailable as error:
    print(error.message, error.hint)
"""


def test_mlflow_is_not_installed(database: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", MISSING, database_uri(database)], check=True, capture_output=True, text=True, timeout=120
    )
    assert "this needs the package mlflow" in done.stdout
    assert "pip install 'coronet[models]'" in done.stdout
