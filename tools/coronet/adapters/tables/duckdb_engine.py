"""DuckDB, the embedded engine: joins, sorts and reads CSV with little memory, on files of a folder of its own."""

from collections.abc import Collection, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from coronet.adapters.tables.cells import MISSING_NUMBER, MISSING_TEXT
from coronet.errors import InvalidInput, Unavailable

# MB that DuckDB may hold of rows, beyond which it writes to its folder; the more where it cannot do with less.
MEMORY = (240, 480, 960)
_NO_NUMBER = (*MISSING_NUMBER, " ")
_WHOLE = r"[+-]?\d+\.0+"


class Engine:
    """One session; `folder` is for what does not fit into memory."""

    def __init__(self, folder: Path, *, memory: Sequence[int] = MEMORY) -> None:
        self.folder, self._memory = folder, memory
        self._attached: dict[Path, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if "_session" in self.__dict__:
            self._session.close()

    @cached_property
    def _session(self) -> Any:
        """Opened when it is needed: most files are read without it."""
        import duckdb

        session = duckdb.connect(config={"memory_limit": f"{self._memory[0]}MB", "temp_directory": str(self.folder)})
        # Where the order of rows matters, what is asked says so.
        session.execute("SET preserve_insertion_order = false")
        session.execute("SET enable_progress_bar = false")
        return session

    def write_csv(self, source: Path, name: str, target: Path, *, texts: Sequence[str], numbers: Sequence[str]) -> None:
        """The columns of a CSV file, which `name` is for messages, as Parquet in their order."""
        read = f"read_csv({quote_text(str(source))}, header = true, all_varchar = true, delim = ',', quote = '\"')"
        columns = [f"{_known(column, MISSING_TEXT)} AS {quote_name(column)}" for column in texts]
        casts = [f"CAST({_known(column, MISSING_NUMBER)} AS DOUBLE) AS {quote_name(column)}" for column in numbers]
        import duckdb

        try:
            self._copy(f"SELECT {', '.join([*columns, *casts])} FROM {read}", target)
        except duckdb.ConversionException as error:
            raise InvalidInput(f"{name} holds a cell that is no number: {_first_line(error)}", hint=_MEND) from error
        except duckdb.Error as error:
            raise InvalidInput(
                f"{name} is neither CSV nor Parquet that can be read: {_first_line(error)}",
                hint="write CSV in UTF-8 with commas and a header, or Parquet",
            ) from error

    def write_parquet(self, sources: Sequence[Path], name: str, target: Path, columns: Sequence[str]) -> None:
        """The columns of several Parquet files as one, in their order."""
        self._write(self.source_of_files(sources), name, target, columns)

    def write_table(self, database: Path, table: str, name: str, target: Path, columns: Sequence[str]) -> None:
        """The columns of a table, or of a view, of a database."""
        self._write(self.attach(database, table), name, target, columns)

    def columns_of_files(self, sources: Sequence[Path], name: str) -> tuple[str, ...]:
        return tuple(self.kinds(self.source_of_files(sources), name))

    def columns_of_table(self, database: Path, table: str, name: str) -> tuple[str, ...]:
        return tuple(self.kinds(self.attach(database, table), name))

    def count_table(self, database: Path, table: str, name: str) -> int:
        source = self.attach(database, table)
        ((rows,),) = self.ask(f"SELECT count(*) FROM {source}", name)
        return int(rows)

    def attach(self, database: Path, table: str) -> str:
        """The table's name in this session."""
        import duckdb

        try:
            if database not in self._attached:
                self._attached[database] = f"database {len(self._attached)}"
                self._session.execute(
                    f"ATTACH {quote_text(str(database))} AS {quote_name(self._attached[database])} (READ_ONLY)"
                )
        except duckdb.Error as error:
            raise InvalidInput(
                f"{database.name} is no DuckDB database that can be read: {_first_line(error)}",
                hint="name a database that nobody writes to now: FILE::TABLE",
            ) from error
        return ".".join(quote_name(part) for part in (self._attached[database], *table.split(".")))

    def source_of_files(self, files: Sequence[Path]) -> str:
        """Parquet files as one, for `ask`."""
        return f"read_parquet([{', '.join(quote_text(str(file)) for file in files)}])"

    def kinds(self, source: str, name: str) -> dict[str, str]:
        """The columns of a source with their types, as SQL calls them."""
        return {row[0]: row[1] for row in self.ask(f"DESCRIBE SELECT * FROM {source}", name)}

    def ask(self, query: str, name: str) -> list[tuple[Any, ...]]:
        """All rows of an answer; InvalidInput where what `name` is for messages cannot be read."""
        import duckdb

        try:
            return list(self._execute(query).fetchall())
        except duckdb.Error as error:
            raise InvalidInput(f"{name} cannot be read: {_first_line(error)}", hint=_READABLE) from error

    def _write(self, source: str, name: str, target: Path, columns: Sequence[str]) -> None:
        import duckdb

        try:
            self._copy(f"SELECT {', '.join(map(quote_name, columns))} FROM {source}", target)
        except duckdb.Error as error:
            raise InvalidInput(f"{name} cannot be read: {_first_line(error)}", hint=_READABLE) from error

    def write_columns(
        self, source: Path, name: str, target: Path, columns: Sequence[str], *, texts: Collection[str] = ()
    ) -> None:
        """Columns of a CSV file as Parquet: numbers, or truths, where all cells are, and texts where not all are.

        Those of `texts` stay as they are written.
        """
        read = f"read_csv({quote_text(str(source))}, header = true, all_varchar = true, delim = ',', quote = '\"')"
        import duckdb

        try:
            found = self._session.execute(
                f"SELECT {', '.join(_count_kinds(column) for column in columns)} FROM {read}"
            ).fetchone()
            kinds = zip(columns, found[::3], found[1::3], found[2::3], strict=True)
            typed = [
                f"{_known(column, _NO_NUMBER)} AS {quote_name(column)}" if column in texts else _typed(column, *counts)
                for column, *counts in kinds
            ]
            self._copy(f"SELECT {', '.join(typed)} FROM {read}", target)
        except duckdb.Error as error:
            raise InvalidInput(
                f"{name} is neither CSV nor Parquet that can be read: {_first_line(error)}",
                hint="write CSV in UTF-8 with commas and a header, or Parquet",
            ) from error

    def are_whole(self, file: Path, column: str) -> bool:
        """Whether all texts of a column are whole numbers with a point, as programs write those with a gap."""
        found = self._one(f"SELECT bool_and(regexp_full_match({quote_name(column)}, '{_WHOLE}')) FROM {_parquet(file)}")
        return bool(found)

    def write_whole(self, file: Path, column: str, target: Path) -> None:
        """The file with that column's numbers without a point."""
        named = quote_name(column)
        self._copy(f"SELECT * REPLACE (split_part({named}, '.', 1) AS {named}) FROM {_parquet(file)}", target)

    def find_twice(self, file: Path, key: str, most: int) -> tuple[int, list[str]]:
        """How many keys come more than once, and the first of them as texts."""
        rows = f"SELECT {quote_name(key)} AS k, file_row_number AS place FROM {_parquet(file, numbered=True)}"
        twice = f"SELECT k, min(place) AS place FROM ({rows}) GROUP BY k HAVING count(*) > 1"
        found = self._session.execute(
            f"SELECT CAST(k AS VARCHAR), count(*) OVER () FROM ({twice}) ORDER BY place LIMIT {most}"
        ).fetchall()
        return (found[0][1], [key for key, _ in found]) if found else (0, [])

    def write_joined(self, files: Sequence[Path], columns: Sequence[Sequence[str]], key: str, target: Path) -> None:
        """All rows of all files: `key` as text, `here_0` whether the first has it, `0_a` its column a.

        They stand in the order of the first file, and then of the others: sums over them are the same in each run.
        """
        known = f"CAST({quote_name(key)} AS VARCHAR) AS {KEY}, file_row_number AS {PLACE}"
        sides = [f"(SELECT *, {known} FROM {_parquet(file, numbered=True)})" for file in files]
        joins, known = f"{sides[0]} AS f0", f"f0.{KEY}"
        for place, side in enumerate(sides[1:], 1):
            joins += f" FULL JOIN {side} AS f{place} ON {known} = f{place}.{KEY}"
            known = f"coalesce({known}, f{place}.{KEY})"
        here = [f"f{place}.{KEY} IS NOT NULL AS here_{place}" for place in range(len(files))]
        named = [
            f"f{place}.{quote_name(column)} AS {quote_name(f'{place}_{column}')}"
            for place, each in enumerate(columns)
            for column in each
        ]
        places = ", ".join(f"f{place}.{PLACE}" for place in range(len(files)))
        listed = ", ".join([f"{known} AS {KEY}", *here, *named])
        self._copy(f"SELECT {listed} FROM {joins} ORDER BY {places}", target)

    def _copy(self, query: str, target: Path) -> None:
        """Write the rows as a file, in their order."""
        form = "FORMAT parquet, COMPRESSION snappy, PRESERVE_ORDER true"
        self._execute(f"COPY ({query}) TO {quote_text(str(target))} ({form})")

    def _execute(self, query: str) -> Any:
        """With more memory where DuckDB can do with no less."""
        import duckdb

        for most in self._memory:
            try:
                self._session.execute(f"SET memory_limit = '{most}MB'")
                return self._session.execute(query)
            except duckdb.OutOfMemoryException:
                continue
        raise Unavailable(
            f"DuckDB cannot put the rows together in {self._memory[-1]} MB of memory",
            hint="ask for fewer columns, or use --engine spark or --engine dask",
        )

    def _one(self, query: str) -> Any:
        row = self._session.execute(query).fetchone()
        return row[0] if row else None


KEY, PLACE = '"joined by"', '"stood at"'
_READABLE = "see whether the files have the same columns, or whether the table is there"
_MEND = "name a column of numbers, or mend these cells"


def _parquet(file: Path, *, numbered: bool = False) -> str:
    return f"read_parquet({quote_text(str(file))}{', file_row_number = true' if numbered else ''})"


def _known(column: str, missing: Collection[str]) -> str:
    listed = ", ".join(quote_text(text) for text in missing)
    return f"CASE WHEN {quote_name(column)} IN ({listed}) THEN NULL ELSE {quote_name(column)} END"


def _count_kinds(column: str) -> str:
    """How many cells are there, are numbers, are truths."""
    cell = f"({_known(column, _NO_NUMBER)})"
    truths = f"count_if(lower(trim({cell})) IN ('true', 'false'))"
    return f"count({cell}), count(TRY_CAST({cell} AS DOUBLE)), {truths}"


def _typed(column: str, there: int, numbers: int, truths: int) -> str:
    cell = f"({_known(column, _NO_NUMBER)})"
    if numbers == there:
        return f"CAST({cell} AS DOUBLE) AS {quote_name(column)}"
    if truths == there:
        return f"lower(trim({cell})) = 'true' AS {quote_name(column)}"
    return f"{quote_name(column)}"


def quote_name(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


def quote_text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
