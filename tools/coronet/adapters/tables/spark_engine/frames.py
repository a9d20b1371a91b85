"""Data frames of Spark: the columns that are wanted, what they hold, and the rows of several put together."""

from collections.abc import Sequence
from functools import partial, reduce
from typing import Any

from coronet.adapters.tables.cells import MISSING_TEXT
from coronet.adapters.tables.content import digest_of, find_plain, put_together, summarize
from coronet.adapters.tables.encoding import MOST_TEXTS
from coronet.adapters.tables.worker import KEY, Source, choose_keys, no_values
from coronet.core.statistics.streaming.choosing import SAMPLE
from coronet.errors import InvalidInput

_SHOWN = 5
_SUMMARY = "rows bigint, sums array<bigint>"
_WHOLE_NUMBER = r"^[+-]?\d+\.0+$"
_INTEGERS = ("tinyint", "smallint", "int", "bigint")
_FRACTIONS = ("float", "double", "decimal")
_NESTED = ("array", "map", "struct", "variant")


def select(sources: Sequence[Source], frames: Sequence[Any], key: str) -> list[Any]:
    """The columns that are wanted, by the names that workers know; keys of all are of one type."""
    kinds = [dict(frame.dtypes) for frame in frames]
    for source, kind in zip(sources, kinds, strict=True):
        _require_plain(source, kind, key)
    whole = all(kind[key] in _INTEGERS for kind in kinds)
    return [_select_one(source, frame, key, whole=whole) for source, frame in zip(sources, frames, strict=True)]


def _select_one(source: Source, frame: Any, key: str, *, whole: bool) -> Any:
    from pyspark.sql import functions

    if whole:
        known = column_of(key).cast("bigint")
    else:
        known = _present(column_of(key).cast("string"))
        if source.is_csv and _are_whole(frame, known):
            known = functions.substring_index(known, ".", 1)
    words = tuple(dict.fromkeys((*source.texts, *source.clusters)))
    texts = [(name, _present(column_of(name)) if source.is_csv else column_of(name)) for name in words]
    rest = [*texts, *((name, column_of(name)) for name in source.numbers if name not in words)]
    return frame.select(known.alias(KEY), *(column.alias(source.named(name)) for name, column in rest))


def _are_whole(frame: Any, key: Any) -> bool:
    """Whether all keys are whole numbers with a point, as programs write those of a column with a gap."""
    from pyspark.sql import functions

    return bool(frame.agg(functions.bool_and(key.rlike(_WHOLE_NUMBER))).first()[0])


def _present(column: Any) -> Any:
    from pyspark.sql import functions

    return functions.when(~column.isin(*MISSING_TEXT), column)


def _require_plain(source: Source, kinds: dict[str, str], key: str) -> None:
    if kinds[key].startswith(_FRACTIONS):
        raise InvalidInput(
            f"the keys {key} of {source.name} are numbers with a fraction",
            hint="write them as whole numbers or as text",
        )
    for name in (key, *source.columns):
        if kinds[name].startswith(_NESTED):
            raise InvalidInput(
                f"{name} of {source.name} holds values with parts ({kinds[name][:40]})", hint="name another column"
            )


def join_frames(sources: Sequence[Source], frames: Sequence[Any]) -> Any:
    """All rows of all files, as `Source` names their columns."""
    from pyspark.sql import functions

    if len(frames) == 1:
        return frames[0]
    marked = [frame.withColumn(source.here, functions.lit(True)) for source, frame in zip(sources, frames, strict=True)]
    joined = reduce(lambda one, other: one.join(other, on=KEY, how="full"), marked)
    return joined.withColumns(
        {source.here: functions.coalesce(column_of(source.here), functions.lit(False)) for source in sources}
    )


def choose_rows(frame: Any, rows: int) -> Any:
    """Of at most `rows` rows in any file, those that their keys choose."""
    if rows <= SAMPLE:
        return frame
    keys = frame.select(column_of(KEY))
    return frame.join(keys.mapInArrow(partial(choose_keys, rows=rows), keys.schema), on=KEY, how="left_semi")


def count_rows(source: Source, frame: Any, key: str) -> int:
    from pyspark.sql import functions

    row = frame.agg(
        functions.count(functions.lit(1)), functions.count(functions.when(column_of(KEY).isNull(), 1))
    ).first()
    rows, missing = int(row[0]), int(row[1])
    if not rows:
        raise InvalidInput(f"{source.name} has columns and no rows", hint="name a table with rows")
    if missing:
        raise InvalidInput(f"{source.name} has rows without {key}, {missing} of them", hint="give every row its key")
    return rows


def find_values(source: Source, frame: Any) -> Any:
    """Each value of each column of texts once, and of which column it is; one too many where there are too many."""
    from pyspark.sql import functions

    values = [
        frame.select(functions.lit(place).alias("column"), column_of(source.named(name))).distinct()
        for place, name in enumerate(source.texts)
    ]
    found = [each.limit(MOST_TEXTS + 1) for each in values]
    if not found:
        return no_values()
    return reduce(lambda one, other: one.unionByName(other, allowMissingColumns=True), found).toArrow()


def require_distinct(source: Source, frame: Any) -> None:
    from pyspark.sql import functions

    twice = frame.groupBy(column_of(KEY)).count().filter(functions.col("count") > 1)
    if not (first := twice.orderBy(column_of(KEY)).limit(_SHOWN).collect()):
        return
    many = twice.count()
    more = f" and {many - _SHOWN} more" if many > _SHOWN else ""
    raise InvalidInput(
        f"{source.name} has keys more than once, {many} of them: {', '.join(repr(str(row[0])) for row in first)}{more}",
        hint="a key names one row: remove the doubles, or name the column that tells rows apart",
    )


def digest_rows(frame: Any) -> str:
    schema = frame.limit(0).toArrow().schema
    columns = find_plain(schema)
    answers = frame.select(*map(column_of, columns)).mapInArrow(partial(summarize, columns=columns), _SUMMARY)
    return digest_of(put_together(answers.toArrow()), columns)


def one_batch(table: Any) -> Any:
    import pyarrow

    whole = table.combine_chunks()
    return whole.to_batches()[0] if len(whole) else pyarrow.RecordBatch.from_pylist([], schema=whole.schema)


def column_of(name: str) -> Any:
    from pyspark.sql import functions

    return functions.col("`" + name.replace("`", "``") + "`")
