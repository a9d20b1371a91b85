"""The engines on which streamed evidence is made, each as its users have it."""

import os
import shutil
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

import pytest

from coronet.adapters.tables.dask_engine import DaskStreams
from coronet.adapters.tables.spark_engine import SparkStreams
from coronet.adapters.tables.streamed import FileStreams
from coronet.ports.streams import Streams

LOCAL, CLUSTER = "local[2]", "local-cluster[2,1,1024]"
# Data of tests need no two hundred parts, and no log that outlives them.
SETTINGS = {
    "spark.sql.shuffle.partitions": "3",
    "spark.ui.enabled": "false",
    "spark.log.level": "OFF",
    "spark.ui.showConsoleProgress": "false",
}
# As if there were many workers: they merge what they found before the driver does.
MANY = {"spark.default.parallelism": "17"}


class Engine:
    """`streams` reads from a folder; `name` is for messages."""

    def __init__(self, name: str, address: str | None = None) -> None:
        self.name, self.address = name, address

    def streams(self, folder: Path) -> AbstractContextManager[Streams]:
        if self.name.startswith("dask"):
            return DaskStreams(folder, address=self.address)
        return nullcontext(FileStreams(folder)) if self.name == "embedded" else SparkStreams(folder)

    @contextmanager
    def table(self, parquet: Path, folder: Path) -> Iterator[str]:
        """What names a table with the rows of a Parquet file."""
        if self.name.startswith("spark"):
            from pyspark.sql import SparkSession

            session = SparkSession.getActiveSession()
            assert session is not None
            session.sql(f"CREATE TABLE predictions USING parquet LOCATION '{parquet}'")
            yield "table:predictions"
            session.sql("DROP TABLE predictions")
            return
        import duckdb

        with duckdb.connect(str(folder / "results.duckdb")) as database:
            database.execute(f"CREATE TABLE predictions AS SELECT * FROM read_parquet('{parquet}') ORDER BY score, id")
        yield "results.duckdb::predictions"


def require_java() -> None:
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        pytest.skip("Spark runs on Java, and there is none on this machine")


@contextmanager
def run_engine(name: str, folder: Path) -> Iterator[Engine]:
    """`folder` is for what the engine itself writes."""
    if name in ("embedded", "dask"):
        yield Engine(name)
        return
    if name == "dask cluster":
        from distributed import LocalCluster

        # Two processes, and no page for people.
        with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, local_directory=folder) as cluster:
            yield Engine(name, cluster.scheduler_address)
        return
    require_java()
    master, settings = {"spark": (LOCAL, SETTINGS), "spark cluster": (CLUSTER, {**SETTINGS, **MANY})}[name]
    # Not below the working directory.
    of_its_own = {"spark.local.dir": str(folder), "spark.sql.warehouse.dir": str(folder / "warehouse")}
    with run_spark(master, {**settings, **of_its_own}):
        yield Engine(name)


@contextmanager
def run_spark(master: str, settings: Mapping[str, str]) -> Iterator[None]:
    """A session that `SparkStreams` finds running."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pyspark.sql import SparkSession

        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        builder = SparkSession.builder.master(master)
        for setting, value in settings.items():
            builder = builder.config(setting, value)
        session = builder.getOrCreate()
    try:
        yield
    finally:
        session.stop()
