"""The engines that stream tables, by name."""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext

from coronet.errors import WrongUsage
from coronet.ports.streams import Streams

# The embedded one.
LOCAL = "local"


def open_streams(engine: str, master: str | None, environment: Mapping[str, str]) -> AbstractContextManager[Streams]:
    """`engine` is local, spark or dask; `master` is where a distributed one has its workers."""
    if engine == "spark":
        from coronet.adapters.tables.spark_engine import SparkStreams

        return SparkStreams(master=master or environment.get("SPARK_MASTER") or None)
    if engine == "dask":
        from coronet.adapters.tables.dask_engine import DaskStreams

        return DaskStreams(address=master or environment.get("DASK_SCHEDULER_ADDRESS") or None)
    if master is not None:
        raise WrongUsage("--master names the workers of a distributed engine", hint="add --engine spark")
    from coronet.adapters.tables.streamed import FileStreams

    return nullcontext(FileStreams())
