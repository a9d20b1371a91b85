"""A digest of the rows of a table, whichever engine reads it and in whichever order: of tables there are no bytes."""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from coronet.adapters.tables.encoding import number_keys
from coronet.core.canonical import digest_json
from coronet.core.statistics.streaming.fingerprint import Fingerprint, Words, append_words, number_words, text_words

_ROWS, _SUMS = "rows", "sums"


def find_plain(schema: Any) -> tuple[str, ...]:
    """The names of the columns of single values, sorted: what has parts of its own is not digested."""
    from pyarrow import types

    return tuple(sorted(field.name for field in schema if not types.is_nested(field.type)))


def add_batch(fingerprint: Fingerprint, batch: Any, columns: Iterable[str]) -> None:
    """Each row's word is made of those of its cells, column by column."""
    words: Words = np.zeros(len(batch), dtype=np.uint64)
    for name in columns:
        words = append_words(words, _cells(batch.column(name)))
    fingerprint.add(words.view(np.int64), np.zeros(len(batch), dtype=np.uint64))


def digest_of(fingerprint: Fingerprint, columns: Iterable[str]) -> str:
    return digest_json({"columns": [*columns], "rows": fingerprint.digest}).removeprefix("sha256:")


def summarize(batches: Iterable[Any], columns: tuple[str, ...]) -> Iterator[Any]:
    """What a worker of a distributed engine makes of its batches: one of two columns, with its sums."""
    import pyarrow

    found = Fingerprint()
    for batch in batches:
        add_batch(found, batch, columns)
    sums = [np.uint64(each).view(np.int64) for each in found.sums]
    schema = pyarrow.schema([(_ROWS, pyarrow.int64()), (_SUMS, pyarrow.list_(pyarrow.int64()))])
    yield pyarrow.RecordBatch.from_pylist([{_ROWS: found.rows, _SUMS: sums}], schema=schema)


def put_together(answers: Any) -> Fingerprint:
    whole = Fingerprint()
    for answer in answers.to_pylist():
        whole.merge(Fingerprint(rows=answer[_ROWS], sums=[each % 2**64 for each in answer[_SUMS]]))
    return whole


def _cells(column: Any) -> Words:
    """A number for each cell: of numbers their bits, of anything else its text; missing ones have one of their own."""
    import pyarrow
    from pyarrow import compute, types

    if types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    missing = column.is_null().to_numpy(zero_copy_only=False)
    if types.is_boolean(column.type) or types.is_integer(column.type) or types.is_floating(column.type):
        numbers = column.cast(pyarrow.float64(), safe=False).fill_null(0.0).to_numpy(zero_copy_only=False)
        words = number_words(numbers)
    else:
        texts = column.cast(pyarrow.string()).fill_null("")
        # No text is empty then, and none is a number that stands for itself.
        words = number_keys(compute.binary_join_element_wise("=", texts, "")).view(np.uint64)
    return np.where(missing, text_words(["missing"]), words)
