"""MLflow's SQLite file: found, looked at before MLflow may touch it, and made when somebody asks for one."""

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import quote, unquote
from uuid import uuid4

from coronet.adapters.mlflow_door import open_mlflow
from coronet.adapters.mlflow_session import translated
from coronet.errors import Unavailable, WrongUsage

_LOCK_SECONDS = 2.0


def database_path(uri: str) -> Path:
    """The absolute path of the file that `sqlite:///FILE` names; raises `WrongUsage` for other forms."""
    name = unquote(uri.removeprefix("sqlite:///"))
    if not uri.startswith("sqlite:///") or "?" in uri or name in ("", ":memory:"):
        raise WrongUsage(
            "the address of an SQLite registry does not name a file",
            hint="write sqlite:///FILE, or sqlite:////FOLDER/FILE for an absolute path",
        )
    return Path(name).absolute()


def database_uri(path: Path) -> str:
    return f"sqlite:///{quote(str(path))}"


def artifact_root(path: Path) -> str:
    """Where the runs and models of the database at `path` keep their files, as a URI: a folder beside it."""
    return (path.parent / "artifacts").as_uri()


def check_database(path: Path) -> None:
    """Raise `Unavailable` unless `path` is a database that MLflow made and that can be read now."""
    if not path.is_file():
        raise Unavailable(
            f"there is no registry at {path}",
            hint="check the address; `coronet train` and `coronet demo` make a new one",
        )
    if "alembic_version" not in _tables(path):
        raise Unavailable(
            f"{path} is no MLflow database", hint="check the address: it must be the file that MLflow writes"
        )


def check_tables(path: Path) -> None:
    """Raise `Unavailable` where `path` lacks tables of this MLflow, which would add them without being asked."""
    open_mlflow()
    from mlflow.store.db import utils  # noqa: F401  # brings every table's definition
    from mlflow.store.db.base_sql_model import Base

    if not set(Base.metadata.tables) <= _tables(path):
        raise Unavailable(
            f"{path} was made by an older MLflow",
            hint=f"copy the file, then run: mlflow db upgrade {database_uri(path)}",
        )


def create_database(path: Path) -> None:
    """Make an empty registry at `path` where there is no file; several processes may do so at once.

    MLflow makes its tables one by one, which others could see half done. So they are made beside, and
    the finished file is given its name; whoever is second finds the name taken and leaves it.
    """
    if path.exists():
        return
    draft = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _make_tables(draft, artifact_root(path))
        with suppress(FileExistsError):
            os.link(draft, path)
    except OSError as error:
        raise Unavailable(
            f"no registry can be made at {path}: {error.strerror}", hint="choose a folder that can be written to"
        ) from None
    finally:
        with suppress(OSError):
            draft.unlink()


def _make_tables(path: Path, artifacts: str) -> None:
    open_mlflow()
    from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

    with translated(database_uri(path)):
        SqlAlchemyStore(database_uri(path), artifacts).engine.dispose()


def _tables(path: Path) -> set[str]:
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True, timeout=_LOCK_SECONDS)) as database:
            return {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    except sqlite3.DatabaseError as error:
        if "locked" in str(error):
            raise Unavailable(
                f"{path} is locked by another program", hint="wait until it has finished, and repeat the command"
            ) from None
        raise Unavailable(
            f"{path} cannot be read as an SQLite database: {error}", hint="check the address and the file's permissions"
        ) from None
