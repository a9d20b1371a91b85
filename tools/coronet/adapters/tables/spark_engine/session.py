"""A session of Spark as the environment gives it, and Spark's errors in our words."""

import os
import re
import socket
import sys
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import coronet
from coronet.errors import CoronetError, InvalidInput, Unavailable

# What a session that is started here does without: a page for people, a bar, and the words of what goes wrong,
# which are told once, below.
_QUIET = {"spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false", "spark.log.level": "OFF"}
SESSION = "the session"
# Where Spark keeps tables of its own, which it makes below the working directory if nobody says otherwise.
_WAREHOUSE = "spark.sql.warehouse.dir"
# Set by spark-submit, whose session is the user's.
_SUBMITTED = "PYSPARK_GATEWAY_PORT"
_CONDITION = re.compile(r"\[([A-Z][A-Z0-9_]+(?:\.[A-Z0-9_]+)*)\]\s*([^\n]*)")
# What stands after Py4J's own first line.
_JAVA = re.compile(r"^: (?:[\w.$]+: )?(.+)$", re.MULTILINE)
_LOCAL = re.compile(r"local(\[.*\])?")
_MODULE = re.compile(r"No module named '([^']+)'")
# So many harvests are no trouble for the driver.
_FEW = 16
# By the beginning of a condition, or by what stands in the text.
_KNOWN: tuple[tuple[tuple[str, ...], type[CoronetError], str, str], ...] = (
    (
        ("JAVA_GATEWAY_EXITED", "JAVA_HOME is not set"),
        Unavailable,
        "Spark does not start: it found no Java",
        "install Java 17 or newer, or set JAVA_HOME",
    ),
    (("PACKAGE_NOT_INSTALLED",), Unavailable, "Spark asks for more: {sentence}", "pip install 'pyspark[connect]'"),
    (
        ("PYTHON_VERSION_MISMATCH", "Cannot run program"),
        Unavailable,
        "Spark's workers have not this Python: {sentence}",
        "set PYSPARK_PYTHON to a Python of this version on their machines",
    ),
    (
        ("PATH_NOT_FOUND", "UNABLE_TO_INFER_SCHEMA"),
        InvalidInput,
        "there is no file {name} for Spark: {sentence}",
        "see whether the path is right",
    ),
    (
        ("FAILED_READ_FILE", "MALFORMED_", "CANNOT_READ", "AMBIGUOUS_REFERENCE", "COLUMN_ALREADY_EXISTS"),
        InvalidInput,
        "{name} cannot be read: {sentence}",
        "write it anew, as Parquet where you can",
    ),
    # The class of errors of names and of syntax.
    (
        ("SQLSTATE: 42", "PARSE_SYNTAX_ERROR"),
        InvalidInput,
        "Spark cannot read {name}: {sentence}",
        "name a table as catalog.schema.name",
    ),
)


# The package as it was sent to each application, as long as this process lives.
_sent: dict[str, "TemporaryDirectory[str]"] = {}


@contextmanager
def open_session(master: str | None) -> Iterator[Any]:
    """The running session, or one that ends with this; raises `Unavailable` where none can be had."""
    own = TemporaryDirectory(prefix="coronet-", ignore_cleanup_errors=True)
    with warnings.catch_warnings(), translated(SESSION), own as folder:
        # Of pandas, which is not asked for anything.
        warnings.simplefilter("ignore")
        from pyspark.sql import SparkSession

        running = SparkSession.getActiveSession()
        session: Any = running or _start(SparkSession.builder, master, Path(folder))
        try:
            yield _prepare(session)
        finally:
            if running is None:
                session.stop()


def _start(builder: Any, master: str | None, folder: Path) -> Any:
    from pyspark import SparkConf, SparkContext

    remote = os.environ.get("SPARK_REMOTE") if master is None else (master if master.startswith("sc://") else None)
    if _SUBMITTED not in os.environ and _is_here(remote or master):
        # Else it would be whichever python3 comes first, which need not have our packages.
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    settings = {} if _SUBMITTED in os.environ else {**_QUIET}
    kept = {_WAREHOUSE: (folder / "warehouse").as_uri()}
    if remote:
        # One that is started here is ours.
        return builder.config(map=kept if remote.startswith("local") else {}).remote(remote).getOrCreate()
    settings |= {"spark.app.name": "coronet", **({} if master is None else {"spark.master": master})}
    # What the environment sets is known when the context is there, and tables are not looked for before.
    context = SparkContext.getOrCreate(SparkConf().setAll(list(settings.items())))
    if not context.getConf().contains(_WAREHOUSE):
        settings |= kept
    return builder.config(map=settings).getOrCreate()


def _is_here(master: str | None) -> bool:
    """Whether the workers are on this machine."""
    if master is None or master.startswith("local"):
        return True
    host = master.partition("://")[2].partition(":")[0]
    return host in ("localhost", "127.0.0.1", socket.gethostname())


def _prepare(session: Any) -> Any:
    """With settings of its own, and workers that have this package."""
    if _is_remote(session):
        with TemporaryDirectory(prefix="coronet-") as folder:
            session.addArtifacts(str(_write_package(Path(folder))), pyfile=True)
    else:
        context = session.sparkContext
        if not _LOCAL.fullmatch(context.master) and context.applicationId not in _sent:
            # Workers fetch it when they need it first, which may be late.
            kept = _sent[context.applicationId] = TemporaryDirectory(prefix="coronet-")
            context.addPyFile(str(_write_package(Path(kept.name))))
        session = session.newSession()
    session.conf.set("spark.sql.caseSensitive", "true")
    return session


def _is_remote(session: Any) -> bool:
    return type(session).__module__.startswith("pyspark.sql.connect")


def has_few_workers(session: Any) -> bool:
    """Whether the driver can have what each of them found."""
    return not _is_remote(session) and session.sparkContext.defaultParallelism <= _FEW


def _write_package(folder: Path) -> Path:
    package, archive = Path(coronet.__file__).parent, folder / "coronet.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for path in sorted(package.rglob("*.py")):
            file.write(path, path.relative_to(package.parent))
    return archive


# --- errors ---------------------------------------------------------------------------------------


@contextmanager
def translated(name: str) -> Iterator[None]:
    """Spark's errors as ours; `name` is what is read."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        yield
    except (PySparkException, Py4JError, ConnectionError) as error:
        raise translate(str(error) or type(error).__name__, name) from error


def translate(text: str, name: str) -> CoronetError:
    found = _CONDITION.search(text)
    condition, sentence = found.groups() if found else ("", text.strip().partition("\n")[0])
    if not condition and (java := _JAVA.search(text)):
        sentence = java[1]
    sentence = sentence.partition(" SQLSTATE:")[0].strip()
    if module := _MODULE.search(text):
        return Unavailable(
            f"Spark's workers have no Python package {module[1]}",
            hint="install numpy, scipy and pyarrow for their Python, and name that by PYSPARK_PYTHON",
        )
    for marks, kind, said, hint in _KNOWN:
        if condition.startswith(marks) or any(mark in text for mark in marks):
            return kind(said.format(name=name, sentence=sentence), hint=hint)
    if name == SESSION:
        return Unavailable(f"Spark does not start: {sentence}", hint="see whether its master answers, and its settings")
    return Unavailable(f"Spark failed: {sentence}", hint="start it by spark-submit to see its own log")
