"""CSV files: UTF-8, commas, a header; gzipped or not."""

import csv
import gzip
import io
import warnings
import zlib
from collections.abc import Collection
from typing import Any

from coronet.adapters.tables.cells import MISSING_NUMBER, MISSING_TEXT, distinct_csv_texts, to_numbers, to_texts
from coronet.errors import InvalidInput

_GZIP = b"\x1f\x8b"


class CsvFile:
    """One CSV file in memory; `name` is for messages."""

    def __init__(self, name: str, data: bytes) -> None:
        self._name = name
        self._data = _unpack(name, data)
        self.columns = self._read_header()

    def read(self, columns: tuple[str, ...], *, text: Collection[str], numbers: Collection[str]) -> Any:
        import pandas as pd

        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)
            try:
                # All columns: told of some, pandas overlooks rows with too many cells.
                frame = pd.read_csv(
                    io.BytesIO(self._data),
                    encoding="utf-8-sig",
                    index_col=False,
                    low_memory=False,
                    **_exactly(),
                    dtype={name: "object" for name in columns if name in text},
                    keep_default_na=False,
                    na_values={name: [*(MISSING_TEXT if name in text else MISSING_NUMBER)] for name in self.columns},
                )
            except (ValueError, pd.errors.ParserWarning) as error:
                raise self._broken(" ".join(str(error).split())) from error
        for name in columns:
            if name in text:
                frame[name] = pd.Series(to_texts(frame[name], distinct_csv_texts), index=frame.index, dtype=object)
            elif name in numbers:
                frame[name] = to_numbers(frame[name], name=name, file=self._name)
        return frame[list(columns)]

    def _read_header(self) -> tuple[str, ...]:
        try:
            header = self._data.decode("utf-8-sig").lstrip("\r\n")
        except UnicodeDecodeError as error:
            raise self._broken(f"byte {error.start} is not UTF-8") from error
        if "\0" in header[:4096]:
            raise self._broken("it holds bytes that are no text")
        try:
            names = next(csv.reader(io.StringIO(header[: 1 << 20]), strict=True), [])
        except csv.Error as error:
            raise self._broken(str(error)) from error
        if not any(names):
            raise self._broken("it has no header")
        return tuple(names)

    def _broken(self, why: str) -> InvalidInput:
        return InvalidInput(
            f"{self._name} is neither CSV nor Parquet that can be read: {why}",
            hint="write CSV in UTF-8 with commas and a header, or Parquet",
        )


def _exactly() -> dict[str, Any]:
    """What makes pandas read the nearest float; since its version 3 it does so by itself."""
    import pandas as pd

    return {"float_precision": "round_trip"} if pd.__version__.startswith("2.") else {}


def _unpack(name: str, data: bytes) -> bytes:
    if not data.startswith(_GZIP):
        return data
    try:
        return gzip.decompress(data)
    except (OSError, EOFError, zlib.error) as error:
        raise InvalidInput(f"{name} is gzipped and cannot be unpacked: {error}", hint="write it anew") from error
