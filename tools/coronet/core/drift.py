"""Drift: how far data have moved from their reference, column by column, and whether that is an alarm.

An alarm needs both an effect that matters and one that chance does not explain, corrected over the columns:
with many rows every column differs significantly, and with few rows every column differs a lot.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, assert_never

from coronet.core.decision import Check, Result, Verdict, combine


class ColumnKind(StrEnum):
    NUMBER = "number"
    CATEGORY = "category"


class DriftRule(StrEnum):
    """When a column is an alarm.

    `both`: effect and significance, Holm over all questions. `any_p`: the old habit, any p-value below the
    level, uncorrected, however small the effect. `psi`: the effect alone, by the population stability index.
    """

    BOTH = "both"
    ANY_P = "any_p"
    PSI = "psi"


@dataclass(frozen=True, kw_only=True, slots=True)
class Bin:
    """The shares of the rows, before and now, that have one value or lie between two, or all the `rest`."""

    label: str
    before: float
    now: float
    rest: bool = False

    def to_json(self) -> dict[str, Any]:
        return {"label": self.label, "before": self.before, "now": self.now, "rest": self.rest}


@dataclass(frozen=True, kw_only=True, slots=True)
class ColumnDrift:
    """What was measured of one column.

    `psi` is the population stability index of the values that are there; `distance` the widest distance of
    the two distributions (Kolmogorov–Smirnov) for numbers, the total variation distance for categories, both
    0 to 1; `shift` Wasserstein's distance in standard deviations of the reference, for numbers. `p` and
    `missing_p` are p-values of "nothing has changed"; `missing` are the shares of missing values before and
    now; `unseen` the share of values now that are categories the reference does not have, or texts where it
    has numbers. None where the rows do not say.

    Where rows were counted on a grid, the true distance is at most `bound` larger, and the true shift at
    most `shift_bound` away. `infinite` are numbers without an end, before and now. `note` says how it was
    measured, where that is not a matter of course; `problem` why it was not. `bins` are for drawing.
    """

    column: str
    kind: ColumnKind
    rows: tuple[int, int]
    missing: tuple[float, float]
    missing_p: float | None
    psi: float | None = None
    distance: float | None = None
    shift: float | None = None
    p: float | None = None
    unseen: float = 0.0
    constant: bool = False
    problem: str = ""
    bound: float = 0.0
    shift_bound: float = 0.0
    infinite: tuple[int, int] = (0, 0)
    note: str = ""
    bins: tuple[Bin, ...] = ()

    @property
    def gone(self) -> bool:
        """Whether there is no such column now."""
        return self.rows[1] == 0

    def to_json(self) -> dict[str, Any]:
        return {
            "column": self.column,
            "kind": str(self.kind),
            "rows": list(self.rows),
            "missing": list(self.missing),
            "missing_p": self.missing_p,
            "psi": self.psi,
            "distance": self.distance,
            "shift": self.shift,
            "p": self.p,
            "unseen": self.unseen,
            "constant": self.constant,
            "problem": self.problem,
            "bound": self.bound,
            "shift_bound": self.shift_bound,
            "infinite": list(self.infinite),
            "note": self.note,
            "bins": [each.to_json() for each in self.bins],
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class DriftLimits:
    """From where an effect matters, and how sure one must be.

    PSI from 0.1 is commonly called a moderate shift. `shift`, in standard deviations, sees what that does not:
    numbers whose variance is half as much again have moved by 0.18, and one of 0.3 deviations in the mean by 0.3.
    """

    rule: DriftRule = DriftRule.BOTH
    level: float = 0.05
    psi: float = 0.1
    distance: float = 0.1
    shift: float = 0.15
    missing: float = 0.03
    unseen: float = 0.01


@dataclass(frozen=True, kw_only=True, slots=True)
class DriftDecision:
    verdict: Verdict
    checks: tuple[Check, ...]
    alarms: tuple[str, ...]


def decide_drift(columns: Sequence[ColumnDrift], limits: DriftLimits, *, others: int = 0) -> DriftDecision:
    """One check a column; fail where one is an alarm, and where there is no column to look at.

    `others` is how many more p-values were looked at, of columns that are not here: what is certain must be
    so among them, too.
    """
    certain = _certain(columns, limits, others)
    checks = tuple(_check(column, limits, certain) for column in columns)
    alarms = tuple(check.name for check in checks if check.result is Result.FAIL)
    return DriftDecision(verdict=combine(checks), checks=checks, alarms=alarms)


def _check(column: ColumnDrift, limits: DriftLimits, certain: frozenset[tuple[str, str]]) -> Check:
    reasons = list(_reasons(column, limits, certain))
    notes = [column.note] if column.note else []
    unclear = not reasons and is_unclear(column, limits)
    saw = "; ".join([*(reasons or _quiet(column)), *notes])
    if unclear:
        saw += f"; distributions may be up to {_say((column.distance or 0.0) + column.bound)} apart"
    result = Result.FAIL if reasons else Result.WARN if column.problem or unclear else Result.PASS
    hint = "see whether the world changed or the pipeline; retrain, or mend the data" if reasons else ""
    return Check(name=column.column, result=result, saw=saw, wanted=_wanted(limits), hint=hint)


def _reasons(column: ColumnDrift, limits: DriftLimits, certain: frozenset[tuple[str, str]]) -> Iterator[str]:
    """Why the column is an alarm, one reason for each way in which it is."""
    if column.gone:
        yield "the column is not there any more"
        return
    values_sure, missing_sure = (column.column, "values") in certain, (column.column, "missing") in certain
    moved = _moved(column, limits)
    match limits.rule:
        case DriftRule.BOTH:
            if values_sure and moved:
                yield f"{moved}, p {_say(column.p)}"
            if missing_sure and _missing_moved(column, limits):
                yield f"missing {_say_missing(column)}, p {_say(column.missing_p)}"
        case DriftRule.ANY_P:
            if values_sure:
                yield f"p {_say(column.p)}"
        case DriftRule.PSI:
            if column.psi is not None and column.psi >= limits.psi:
                yield f"PSI {_say(column.psi)}"
        case _:
            assert_never(limits.rule)


def is_unclear(column: ColumnDrift, limits: DriftLimits) -> bool:
    """Whether the bound of the distance leaves open on which side of its limit it lies."""
    return column.distance is not None and column.distance < limits.distance <= column.distance + column.bound


def _moved(column: ColumnDrift, limits: DriftLimits) -> str:
    """In which respect the values moved far enough to matter; "" where they did not."""
    if column.psi is not None and column.psi >= limits.psi:
        return f"PSI {_say(column.psi)}"
    if column.distance is not None and column.distance >= limits.distance:
        return f"distributions {_say(column.distance)} apart"
    if column.shift is not None and column.shift >= limits.shift:
        return f"moved by {_say(column.shift)} standard deviations"
    return f"{_percent(column.unseen)} in categories that were never seen" if column.unseen >= limits.unseen else ""


def _missing_moved(column: ColumnDrift, limits: DriftLimits) -> bool:
    return abs(column.missing[1] - column.missing[0]) >= limits.missing


def _certain(columns: Sequence[ColumnDrift], limits: DriftLimits, others: int) -> frozenset[tuple[str, str]]:
    """(column, values or missing) of the questions whose answer chance does not explain.

    Holm's step-down over all of them (Scandinavian Journal of Statistics 6, 1979); `any_p` corrects nothing.
    """
    asked = [((c.column, "values"), c.p) for c in columns if c.p is not None]
    if limits.rule is DriftRule.ANY_P:
        return frozenset(name for name, p in asked if p < limits.level)
    asked += [((c.column, "missing"), c.missing_p) for c in columns if c.missing_p is not None]
    found = set()
    for step, (name, p) in enumerate(sorted(asked, key=lambda question: question[1])):
        if p > limits.level / (len(asked) + others - step):
            break
        found.add(name)
    return frozenset(found)


def _quiet(column: ColumnDrift) -> list[str]:
    if column.problem:
        return [column.problem]
    if column.constant:
        return ["one value, before and now"]
    return [f"PSI {_say(column.psi)}, distributions {_say(column.distance)} apart, p {_say(column.p)}"]


def _wanted(limits: DriftLimits) -> str:
    match limits.rule:
        case DriftRule.BOTH:
            effects = f"PSI below {limits.psi:g}, distance below {limits.distance:g}, shift below {limits.shift:g}"
            return f"{effects}, or no more than chance explains"
        case DriftRule.ANY_P:
            return f"p at least {limits.level:g}"
        case DriftRule.PSI:
            return f"PSI below {limits.psi:g}"
        case _:
            assert_never(limits.rule)


def _say(number: float | None) -> str:
    return "unknown" if number is None else f"{number:.3g}"


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"


def _say_missing(column: ColumnDrift) -> str:
    return f"{_percent(column.missing[0])} → {_percent(column.missing[1])}"
