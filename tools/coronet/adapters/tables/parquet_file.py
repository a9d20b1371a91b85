"""Parquet files."""

from collections.abc import Collection
from typing import Any

from coronet.adapters.tables.cells import distinct_texts, to_numbers
from coronet.errors import InvalidInput


class ParquetFile:
    """One Parquet file in memory; `name` is for messages."""

    def __init__(self, name: str, data: bytes) -> None:
        import pyarrow
        from pyarrow import parquet

        self._name = name
        try:
            self._file = parquet.ParquetFile(pyarrow.BufferReader(data))
        except (pyarrow.ArrowException, OSError, ValueError) as error:
            raise self._broken(error) from error
        self.columns: tuple[str, ...] = tuple(self._file.schema_arrow.names)

    def read(self, columns: tuple[str, ...], *, text: Collection[str], numbers: Collection[str]) -> Any:
        import pandas as pd
        import pyarrow

        try:
            table = self._file.read(columns=list(columns)).select(list(columns))
        except (pyarrow.ArrowException, OSError, ValueError) as error:
            raise self._broken(error) from error
        frame = table.to_pandas(ignore_metadata=True)
        for name in columns:
            if name in text:
                frame[name] = pd.Series(_texts(table.column(name)), index=frame.index, dtype=object)
            elif name in numbers:
                frame[name] = to_numbers(frame[name], name=name, file=self._name)
        return frame

    def _broken(self, error: Exception) -> InvalidInput:
        why = str(error).splitlines()[0] if str(error) else type(error).__name__
        return InvalidInput(f"{self._name} is no Parquet file that can be read: {why}", hint="write it anew")


def write_parquet(frame: Any) -> bytes:
    """The frame's columns without its index and without the names of the programs that made it."""
    import pyarrow
    from pyarrow import parquet

    table = pyarrow.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    sink = pyarrow.BufferOutputStream()
    parquet.write_table(table, sink)
    data: bytes = sink.getvalue().to_pybytes()
    return data


def _texts(column: Any) -> Any:
    """A column's cells as text: distinct values are looked at once, before anything rounds them to floats."""
    import numpy as np
    import pyarrow

    if pyarrow.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    encoded = column.combine_chunks().dictionary_encode()
    codes = encoded.indices.fill_null(len(encoded.dictionary)).to_numpy(zero_copy_only=False)
    texts = np.array([*distinct_texts(encoded.dictionary.to_pylist()), None], dtype=object)
    return texts[codes]
