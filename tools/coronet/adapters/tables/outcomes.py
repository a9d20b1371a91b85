"""Outcomes of versions in use, added up by DuckDB: one query for each outcome over all rows, and by each segment."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, assert_never

from coronet.adapters.tables import require_columns
from coronet.adapters.tables.duckdb_engine import Engine, quote_name, quote_text
from coronet.adapters.tables.places import DatabaseTable, ManyFiles, OneFile, find_place, is_parquet
from coronet.adapters.tables.streamed import FileStreams
from coronet.core.abtest.comparing import ArmSums
from coronet.core.abtest.judging import Units
from coronet.errors import InvalidInput
from coronet.ports.outcomes import Added, Asked, OutcomeSums

_SHOWN = 10
_NOBODY = ArmSums(units=0, rows=0, total=0.0, off=0.0, truths=True)
_CHAMPION, _CANDIDATE = "champion", "candidate"


class FileOutcomes:
    """The port `Outcomes`; paths are relative to `root`."""

    def __init__(self, root: Path | None = None) -> None:
        self._root = root or Path()

    def add_up(self, location: str, asked: Asked) -> Added:
        streams = FileStreams(self._root)
        columns = (asked.arm, *([asked.unit] if asked.unit else []), *asked.outcomes, *asked.segments)
        require_columns(location, streams.columns(location), columns)
        with tempfile.TemporaryDirectory(prefix="coronet-") as folder, Engine(Path(folder)) as engine:
            source = self._source(engine, location, columns, asked)
            sums = _Sums(engine=engine, source=source, name=location, asked=asked)
            return sums.add_up(streams.sha256(location))

    def _source(self, engine: Engine, location: str, columns: tuple[str, ...], asked: Asked) -> str:
        match place := find_place(location, self._root):
            case OneFile(path=path) if not is_parquet(path):
                target = engine.folder / "outcomes.parquet"
                texts = set(columns) - set(asked.outcomes)
                engine.write_columns(path, location, target, tuple(dict.fromkeys(columns)), texts=texts)
                return engine.source_of_files([target])
            case OneFile(path=path):
                return engine.source_of_files([path])
            case ManyFiles(paths=paths):
                return engine.source_of_files(paths)
            case DatabaseTable(path=path, table=table):
                return engine.attach(path, table)
            case _:
                assert_never(place)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Sums:
    engine: Engine
    source: str
    name: str
    asked: Asked

    def add_up(self, sha256: str) -> Added:
        asked = self.asked
        # Whichever thread is first, sums have the same digits.
        self._ask("SET threads = 1")
        self._require_numbers()
        ((rows,),) = self._ask(f"SELECT count(*) FROM {self.source}")
        if not rows:
            raise InvalidInput(f"{self.name} has columns and no rows", hint="name a table with rows")
        others, nameless = self._left_out()
        self._ask(f"CREATE TEMP TABLE met AS {self._met()}")
        return Added(
            sha256=sha256,
            units=self._units(),
            arms=self._arms_there(),
            others=others,
            nameless=nameless,
            missing={name: self._missing(place) for place, name in enumerate(asked.outcomes)},
            sums=tuple(each for outcome in range(len(asked.outcomes)) for each in self._of(outcome)),
        )

    def _ask(self, query: str) -> list[tuple[Any, ...]]:
        return self.engine.ask(query, self.name)

    def _require_numbers(self) -> None:
        kinds = self.engine.kinds(self.source, self.name)
        if texts := [name for name in self.asked.outcomes if not _is_number(kinds[name])]:
            raise InvalidInput(
                f"the outcome {texts[0]!r} of {self.name} is {kinds[texts[0]].lower()}, and neither numbers nor truths",
                hint="name a column of numbers, or of true and false",
            )

    def _met(self) -> str:
        """Rows of both arms that have a unit, which met one arm only; outcomes without a number are NULL."""
        asked = self.asked
        unit = f"CAST({quote_name(asked.unit)} AS VARCHAR)" if asked.unit else "NULL"
        columns = [
            f"{self._arm()} AS arm, {unit} AS unit",
            *(f"{_number(name)} AS o{place}" for place, name in enumerate(asked.outcomes)),
            *(f"CAST({quote_name(name)} AS VARCHAR) AS s{place}" for place, name in enumerate(asked.segments)),
        ]
        there = f"WHERE {self._arm()} IS NOT NULL"
        if not asked.unit:
            return f"SELECT {', '.join(columns)}, false AS crossed FROM {self.source} {there}"
        there += f" AND {unit} IS NOT NULL"
        crossed = "min(arm) OVER (PARTITION BY unit) <> max(arm) OVER (PARTITION BY unit) AS crossed"
        return f"SELECT *, {crossed} FROM (SELECT {', '.join(columns)} FROM {self.source} {there})"

    def _arm(self) -> str:
        arm = f"CAST({quote_name(self.asked.arm)} AS VARCHAR)"
        champion, candidate = quote_text(self.asked.champion), quote_text(self.asked.candidate)
        return f"CASE {arm} WHEN {champion} THEN '{_CHAMPION}' WHEN {candidate} THEN '{_CANDIDATE}' END"

    def _arms_there(self) -> tuple[str, ...]:
        """Some of what the column of arms holds."""
        arm = f"CAST({quote_name(self.asked.arm)} AS VARCHAR)"
        found = self._ask(
            f"SELECT DISTINCT {arm} AS arm FROM {self.source} WHERE arm IS NOT NULL ORDER BY 1 LIMIT {_SHOWN}"
        )
        return tuple(arm for (arm,) in found)

    def _left_out(self) -> tuple[int, int]:
        """(rows of neither arm, rows of an arm without a unit)."""
        unit = quote_name(self.asked.unit) if self.asked.unit else "true"
        found = f"count_if({self._arm()} IS NULL), count_if({self._arm()} IS NOT NULL AND {unit} IS NULL)"
        ((others, nameless),) = self._ask(f"SELECT {found} FROM {self.source}")
        return others, nameless

    def _units(self) -> Units:
        many = "count(DISTINCT unit)" if self.asked.unit else "count(*)"
        found = {
            (arm, crossed): count
            for arm, crossed, count in self._ask(f"SELECT arm, crossed, {many} FROM met GROUP BY ALL")
        }
        return Units(
            champion=found.get((_CHAMPION, False), 0),
            candidate=found.get((_CANDIDATE, False), 0),
            both=found.get((_CHAMPION, True), 0),
        )

    def _missing(self, place: int) -> int:
        ((count,),) = self._ask(f"SELECT count_if(o{place} IS NULL) FROM met WHERE NOT crossed")
        return int(count)

    def _of(self, outcome: int) -> Iterator[OutcomeSums]:
        """Over all rows, then by each segment's column, values in their order."""
        name = self.asked.outcomes[outcome]
        yield self._both(name, {}, self._arms(outcome, "''").get("", {}))
        for place, column in enumerate(self.asked.segments):
            for value, arms in sorted(self._arms(outcome, f"s{place}").items()):
                yield self._both(name, {column: value}, arms)

    def _both(self, name: str, segment: dict[str, str], arms: dict[str, ArmSums]) -> OutcomeSums:
        return OutcomeSums(
            outcome=name,
            segment=segment,
            champion=arms.get(_CHAMPION, _NOBODY),
            candidate=arms.get(_CANDIDATE, _NOBODY),
        )

    def _arms(self, outcome: int, by: str) -> dict[str, dict[str, ArmSums]]:
        """By segment, then by arm. Two passes: a sum of squares less a square of sums would lose digits."""
        rows = f"SELECT arm, {by} AS part, unit, o{outcome} AS y FROM met WHERE NOT crossed AND y IS NOT NULL"
        rows += " AND part IS NOT NULL"
        each = (
            "SELECT arm, part, count(*) AS n, sum(y) AS t, bool_and(y IN (0, 1)) AS truth "
            "FROM rows GROUP BY arm, part, unit"
            if self.asked.unit
            else "SELECT arm, part, 1 AS n, y AS t, y IN (0, 1) AS truth FROM rows"
        )
        means = "SELECT arm, part, sum(t) / sum(n) AS v FROM units GROUP BY arm, part"
        found = self._ask(
            f"WITH rows AS ({rows}), units AS ({each}), means AS ({means}) "
            "SELECT part, arm, count(*), sum(n), sum(t), sum((t - v * n) * (t - v * n)), bool_and(truth) "
            "FROM units JOIN means USING (arm, part) GROUP BY part, arm"
        )
        sums: dict[str, dict[str, ArmSums]] = {}
        for part, arm, units, many, total, off, truths in found:
            sums.setdefault(part, {})[arm] = ArmSums(
                units=int(units), rows=int(many), total=float(total), off=float(off), truths=bool(truths)
            )
        return sums


def _number(column: str) -> str:
    """As a floating-point number; NULL where it is none, or without an end."""
    number = f"CAST({quote_name(column)} AS DOUBLE)"
    return f"CASE WHEN isfinite({number}) THEN {number} END"


def _is_number(kind: str) -> bool:
    names = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE", "DECIMAL", "BOOLEAN")
    return kind.removeprefix("U").startswith(names) and not kind.endswith("]")
