"""Columns of tables measured: one pass over each file, on grids where they are large."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from coronet.core.drift import ColumnDrift, ColumnKind, DriftLimits, is_unclear
from coronet.core.statistics.drift import State
from coronet.core.statistics.drift.categories import CategoryCounts
from coronet.core.statistics.drift.comparing import compare
from coronet.core.statistics.drift.grid import make_grid
from coronet.core.statistics.drift.numbers import NumberCounts, NumberRows
from coronet.core.statistics.drift.profiles import CategoryProfile, NumberProfile, Profile
from coronet.ports.columns import ColumnTable, Holds

# Tables of so many rows together are measured without a grid, all rows of a column at once.
EXACT_ROWS = 50_000
# A column of tables of at most so many rows is sorted where the bound of its grid leaves something open.
SORTED_ROWS = 16_000_000
# Columns that are measured at the same time: what bounds memory.
TOGETHER = 64

LISTS = "it holds neither numbers nor texts, and is not looked at"


def measure_tables(
    before: ColumnTable, now: ColumnTable, columns: Sequence[str], limits: DriftLimits
) -> Iterator[ColumnDrift]:
    """The drift of each column, in their order; what the reference holds says how it is compared."""
    is_small = before.rows + now.rows <= EXACT_ROWS
    for names in _slices(columns):
        kinds = {name: _kind(before.holds[name], now.holds.get(name)) for name in names}
        looked_at = {name: kind for name, kind in kinds.items() if kind}
        makers = _exact(looked_at) if is_small else _sample(before, looked_at)
        reference = _profile(before, makers)
        current = _profile(now, {name: _like(state) for name, state in makers.items() if name in now.holds})
        for name in names:
            if name not in reference:
                yield _not_looked_at(name, before, now)
                continue
            found = compare(name, reference[name], current.get(name))
            if is_unclear(found, limits) and before.rows + now.rows <= SORTED_ROWS:
                found = _sort(name, before, now)
            yield found


def measure_against(
    reference: Mapping[str, Profile], now: ColumnTable, columns: Sequence[str]
) -> Iterator[ColumnDrift]:
    """The drift of each column against its profile."""
    for names in _slices(columns):
        states = {name: _for_profile(reference[name]) for name in names if name in now.holds}
        current = _profile(now, {name: state for name, state in states.items() if now.holds[name] is not Holds.OTHER})
        for name in names:
            if name in now.holds and name not in current:
                yield _not_looked_at(name, None, now)
            else:
                yield compare(name, reference[name], current.get(name))


def profile_table(table: ColumnTable, columns: Sequence[str]) -> Iterator[tuple[str, Profile]]:
    """The profile of each column that holds numbers or texts, counted so that others can be compared with it."""
    for names in _slices(columns):
        kinds = {name: _kind(table.holds[name], None) for name in names}
        states = _sample(table, {name: kind for name, kind in kinds.items() if kind})
        yield from _profile(table, states).items()


def _slices(columns: Sequence[str]) -> Iterator[list[str]]:
    left = iter(columns)
    while names := list(islice(left, TOGETHER)):
        yield names


def _kind(before: Holds, now: Holds | None) -> ColumnKind | None:
    """How a column is compared; None where it is not."""
    if Holds.OTHER in (before, now):
        return None
    known = now if before is Holds.NOTHING and now else before
    return ColumnKind.CATEGORY if known is Holds.TEXTS else ColumnKind.NUMBER


def _exact(kinds: Mapping[str, ColumnKind]) -> dict[str, State]:
    return {name: NumberRows() if kind is ColumnKind.NUMBER else CategoryCounts() for name, kind in kinds.items()}


def _sample(table: ColumnTable, kinds: Mapping[str, ColumnKind]) -> dict[str, State]:
    """States for many rows, fitted to a sample of the table."""
    samples = _exact(kinds)
    table.feed(samples, some=True)
    return {name: _fit(sample) for name, sample in samples.items()}


def _fit(sample: State) -> State:
    match sample:
        case NumberRows():
            return NumberCounts(make_grid(sample.numbers))
        case CategoryCounts():
            return CategoryCounts(sample.frequent())
        case NumberCounts():
            return _like(sample)


def _like(state: State) -> State:
    """An empty state of the same kind."""
    match state:
        case NumberRows():
            return NumberRows()
        case NumberCounts():
            return NumberCounts(state.grid)
        case CategoryCounts():
            return CategoryCounts(state.named)


def _for_profile(profile: Profile) -> State:
    match profile:
        case NumberProfile():
            return NumberRows() if profile.grid is None else NumberCounts(profile.grid)
        case CategoryProfile():
            return CategoryCounts(profile.counts)


def _profile(table: ColumnTable, states: Mapping[str, State]) -> dict[str, Profile]:
    table.feed(states)
    return {name: state.finish() for name, state in states.items()}


def _sort(name: str, before: ColumnTable, now: ColumnTable) -> ColumnDrift:
    reference, current = (_profile(table, {name: NumberRows()})[name] for table in (before, now))
    return compare(name, reference, current)


def _not_looked_at(name: str, before: ColumnTable | None, now: ColumnTable) -> ColumnDrift:
    rows = (before.rows if before else now.rows, now.rows)
    return ColumnDrift(
        column=name, kind=ColumnKind.CATEGORY, rows=rows, missing=(0.0, 0.0), missing_p=None, problem=LISTS
    )
