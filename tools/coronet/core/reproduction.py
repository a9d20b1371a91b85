"""Is what was measured again what the evidence says? Fact by fact, to nine significant digits.

The last bits of a number differ from one processor and library to another. A difference of two values that
are nearly the same has lost digits to them, so that it is compared in the scale of the values: IEEE 754
doubles carry 15 digits, and what is a millionth of a millionth of a value is noise of the last of them.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from math import isclose
from typing import Any

from coronet.core.evidence import Evidence

DIGITS = 9
NOISE = 1e-12
_BOUND = re.compile(r"widened by the histogram's ([0-9.]+e[+-][0-9]+)")
# The method names a bound with two digits, rounded.
_BOUND_ROUNDED = 1.06
# Ends of 1,000 draws differ by so much of an interval's width, and what a sample of 100,000 rows says by so much.
_OF_DRAWS, _OF_SAMPLE = 0.1, 0.02
_OTHER_WAY = ("method", "interval", "candidate_interval")
_VALUES = ("champion", "candidate", "difference")
# What of the sections depends on the way.
_BASELINE = "baseline.metrics"
_BY_WAY = ("changes", "baseline.rows", "baseline.source", "baseline.predicts")
_PREDICTIONS = ("candidate.predictions", "champion.predictions")


class _Absent:
    """What one of the two does not have."""


ABSENT = _Absent()


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """`place` is a field of a metric's fact, or another one of the evidence, keys joined by dots; None for `ABSENT`."""

    place: str
    was: Any
    now: Any
    metric: str = ""
    segment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """`compared` counts the values that were compared; `left_out` names what was not, with the reason."""

    compared: int
    differences: tuple[Difference, ...]
    left_out: Mapping[str, str]


def compare_evidence(
    was: Evidence,
    again: Evidence,
    *,
    same_way: bool = True,
    streamed: bool = False,
    new_sections: bool = False,
    made_anew: str = "",
) -> Comparison:
    """Every fact of `was` beside that of `again`.

    Where one streamed and the other did not (`same_way` False), values need only agree within the bound that
    the streamed one names, and intervals, which are made another way, are left out. Where one of them was
    `streamed` by another engine or program, levels of histograms rest on another sample of the rows: what is made
    of them need agree within the bound, and what is only drawn from them is left out. `new_sections` lets
    `again` have sections of which `was` knows nothing, as evidence of an older program. `made_anew` is why
    the predictions' bytes may be others, where models made them again.
    """
    compared = _Compared(same_way=same_way, streamed=streamed or not same_way, made_anew=made_anew)
    before, after = was.lasting_json(), again.lasting_json()
    for name in {**before, **after}:
        if name == "metrics":
            compared.facts(before[name], after[name])
        elif new_sections and name not in before:
            compared.left_out[name] = "the evidence is of another version of coronet, and does not have it"
        else:
            compared.values(name, before.get(name, ABSENT), after.get(name, ABSENT))
    return Comparison(
        compared=compared.count, differences=tuple(compared.differences), left_out={**_timed(was), **compared.left_out}
    )


def _timed(was: Evidence) -> dict[str, str]:
    """No clock says the same twice."""
    has_times = {
        "times of predictions": was.costs is not None and was.costs.machine is not None,
        "times of checks": bool(was.checks),
    }
    return {what: "a clock measured them" for what, is_there in has_times.items() if is_there}


class _Compared:
    """What was compared so far."""

    def __init__(self, *, same_way: bool, streamed: bool, made_anew: str) -> None:
        self.same_way = same_way
        self.streamed = streamed
        self.made_anew = made_anew
        self.count = 0
        self.differences: list[Difference] = []
        self.left_out: dict[str, str] = {}

    def facts(self, was: Sequence[Mapping[str, Any]], now: Sequence[Mapping[str, Any]], *, under: str = "") -> None:
        """Facts of the same metric and segment; one that comes twice has no partner the second time.

        `under` is their place in the evidence, where it is another than `metrics`.
        """
        before, after = _by_scope(was), _by_scope(now)
        for scope in {**before, **after}:
            for one, other in zip_longest(before.get(scope, ()), after.get(scope, ())):
                self._fact(one, other, under)

    def _fact(self, was: Mapping[str, Any] | None, now: Mapping[str, Any] | None, under: str) -> None:
        if was is None or now is None:
            known = was or now or {}
            said = [ABSENT if one is None else one["candidate"] for one in (was, now)]
            self._differ(f"{under}fact", *said, fact=known)
            self.count += 1
            return
        noise, bound = _noise(was, now), _bound(was, now) if self.streamed else 0.0
        for name in {**was, **now}:
            if self.same_way or name not in _OTHER_WAY:
                allowed = noise + bound if name in _VALUES else 0.0
                if name.endswith("interval"):
                    allowed = noise + 2 * bound + (_drawn(was, name) if self.streamed else 0.0)
                said = [one.get(name, ABSENT) for one in (was, now)]
                if name == "method" and self.streamed:
                    said = [_BOUND.sub("", str(each)) for each in said]
                self.values(f"{under}{name}", *said, tolerance=allowed, fact=was)
        if not self.same_way:
            self.left_out["intervals and methods"] = "one was streamed and the other was not"

    def values(
        self, path: str, was: Any, now: Any, *, tolerance: float = 0.0, fact: Mapping[str, Any] | None = None
    ) -> None:
        if why := self._only_drawn(path):
            self.left_out[path] = why
        elif isinstance(was, Mapping) and isinstance(now, Mapping):
            for key in {**was, **now}:
                self.values(f"{path}.{key}", was.get(key, ABSENT), now.get(key, ABSENT), tolerance=tolerance, fact=fact)
        elif path == _BASELINE and isinstance(was, list) and isinstance(now, list):
            self.facts(was, now, under=f"{path}.")
        elif isinstance(was, list) and isinstance(now, list):
            for place, (one, other) in enumerate(zip_longest(was, now, fillvalue=ABSENT)):
                self.values(f"{path}.{place}", one, other, tolerance=tolerance, fact=fact)
        elif _same(was, now, tolerance) or (self.streamed and path.startswith("baseline.") and _nearly(was, now)):
            self.count += 1
        elif why := self._excuse(path):
            self.left_out[path] = why
        else:
            self.count += 1
            self._differ(path, was, now, fact=fact or {})

    def _only_drawn(self, path: str) -> str:
        """Why a whole section is left out."""
        if self.streamed and path == "curves":
            return "drawn from histograms, whose levels rest on a sample of streamed rows"
        return "one was streamed and the other was not" if path in _BY_WAY and not self.same_way else ""

    def _excuse(self, path: str) -> str:
        """Why a digest may differ where what it is of does not."""
        if path == "data.digest" and not self.same_way:
            return "streamed rows are digested another way"
        return self.made_anew if path in _PREDICTIONS else ""

    def _differ(self, path: str, was: Any, now: Any, *, fact: Mapping[str, Any]) -> None:
        said = [None if value is ABSENT else value for value in (was, now)]
        self.differences.append(
            Difference(
                place=path,
                was=said[0],
                now=said[1],
                metric=fact.get("metric", ""),
                segment=fact.get("segment", {}),
            )
        )


def _by_scope(facts: Iterable[Mapping[str, Any]]) -> dict[object, list[Mapping[str, Any]]]:
    found: dict[object, list[Mapping[str, Any]]] = {}
    for fact in facts:
        found.setdefault((fact["metric"], tuple(sorted(fact["segment"].items()))), []).append(fact)
    return found


def _noise(was: Mapping[str, Any], now: Mapping[str, Any]) -> float:
    """How far apart numbers of one fact may lie that are the same."""
    return NOISE * max((abs(value) for value in _numbers(was, now)), default=0.0)


def _bound(was: Mapping[str, Any], now: Mapping[str, Any]) -> float:
    """How far apart they may lie where histograms made them."""
    return _BOUND_ROUNDED * max(_bounds(was, now), default=0.0)


def _drawn(fact: Mapping[str, Any], name: str) -> float:
    """How far apart ends may lie that were drawn from other cells of the same rows."""
    ends = fact.get(name)
    return _OF_DRAWS * (ends[1] - ends[0]) if ends and "bootstrap" in fact["method"] else 0.0


def _nearly(was: Any, now: Any) -> bool:
    return _are_numbers(was, now) and isclose(was, now, rel_tol=_OF_SAMPLE, abs_tol=_OF_SAMPLE / 10)


def _numbers(*facts: Mapping[str, Any]) -> Iterator[float]:
    for fact in facts:
        yield from (fact[name] for name in ("champion", "candidate") if fact[name] is not None)


def _bounds(*facts: Mapping[str, Any]) -> Iterator[float]:
    for fact in facts:
        yield from (float(bound) for bound in _BOUND.findall(fact["method"]))


def _same(was: Any, now: Any, tolerance: float) -> bool:
    if not _are_numbers(was, now):
        return type(was) is type(now) and bool(was == now)
    rounded = (f"{value:.{DIGITS}g}" for value in (was, now))
    return next(rounded) == next(rounded) or isclose(was, now, rel_tol=10.0**-DIGITS, abs_tol=tolerance)


def _are_numbers(*values: Any) -> bool:
    return all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
