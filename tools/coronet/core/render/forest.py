"""An interval drawn on a line of characters: on which side of nothing it lies, and how much of it."""

from collections.abc import Iterable, Sequence

from coronet.core.catalogue import sign_of
from coronet.core.evidence import CustomMetric, MetricFact
from coronet.core.judging.estimate import ROUNDING

WIDTH = 21


def scale_of(facts: Iterable[MetricFact]) -> float:
    """How far the widest interval of these differences reaches from 0; 0 where there is none."""
    differences = [(fact.difference, *(fact.interval or ())) for fact in facts if fact.difference is not None]
    return max((abs(end) for ends in differences for end in ends), default=0.0)


def draw_interval(fact: MetricFact, scale: float, custom: Sequence[CustomMetric] = ()) -> str:
    """`WIDTH` characters from worse (left) by `scale` to better (right): `····│··━━●━━····`.

    `custom` describes metrics that are not in the catalogue. Empty where the fact is no difference, has no interval,
    or where neither side is better.
    """
    if fact.difference is None or fact.interval is None or scale <= ROUNDING:
        return ""
    known = sign_of(fact.metric, custom)
    sign = 1 if known is None else known
    if not sign:
        return ""
    at = _place(sign * fact.difference, scale)
    low, high = sorted(_place(sign * end, scale) for end in fact.interval)
    return "".join(_character(place, low=low, at=at, high=high) for place in range(WIDTH))


def _place(value: float, scale: float) -> int:
    """Only 0 itself is drawn at 0: an interval that does not touch it must not look as if it did."""
    middle = WIDTH // 2
    if abs(value) <= ROUNDING:
        return middle
    return middle + (round(value / scale * middle) or (1 if value > 0 else -1))


def _character(place: int, *, low: int, at: int, high: int) -> str:
    if place == at:
        return "●"
    if place == WIDTH // 2:
        return "┼" if low < place < high else "│"
    return "━" if low <= place <= high else "·"
