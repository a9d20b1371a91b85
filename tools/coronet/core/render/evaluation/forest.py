"""Differences of each metric with their intervals, over all rows and over segments: worst first."""

from collections.abc import Iterator, Sequence

from coronet.core.catalogue import find_metric
from coronet.core.evidence import Evidence, MetricFact
from coronet.core.judging.facts import describe_segment
from coronet.core.judging.wording import say_number
from coronet.core.render.evaluation.html import details, element, table, text
from coronet.core.render.forest import scale_of

SEGMENTS = 30
_WIDTH, _ROW, _LABEL, _MOST = 640, 22, 230, 34


def draw_forests(evidence: Evidence) -> Iterator[str]:
    """One figure for each metric that has differences."""
    for metric in dict.fromkeys(fact.metric for fact in evidence.metrics):
        facts = [fact for fact in evidence.metrics if fact.metric == metric and _is_drawn(fact)]
        overall = [fact for fact in facts if not fact.segment]
        segments = sorted((fact for fact in facts if fact.segment), key=_how_good)
        if facts:
            yield _draw(metric, [*overall, *segments[:SEGMENTS]], max(len(segments) - SEGMENTS, 0), evidence.confidence)


def _is_drawn(fact: MetricFact) -> bool:
    return fact.difference is not None and fact.interval is not None


def _how_good(fact: MetricFact) -> float:
    sign = _sign(fact.metric)
    difference = fact.difference or 0.0
    return sign * difference if sign else -abs(difference)


def _sign(metric: str) -> int:
    found = find_metric(metric)
    return 1 if found is None else found.sign


def _draw(metric: str, facts: Sequence[MetricFact], left: int, confidence: float) -> str:
    scale = scale_of(facts) or 1.0
    height = _ROW * len(facts) + 30
    which = {1: "better to the right", -1: "better to the left", 0: "neither side is better"}[_sign(metric)]
    says = f"Candidate minus champion with its {100 * confidence:.4g} % interval, {which}."
    middle = _across(0.0, scale)
    parts = [f'<line class="zero" x1="{middle}" x2="{middle}" y1="0" y2="{height - 26}"/>']
    parts += [part for place, fact in enumerate(facts) for part in _row(fact, place, scale)]
    for value, anchor in ((-scale, "start"), (0.0, "middle"), (scale, "end")):
        said = say_number(value, sign=bool(value))
        parts.append(f'<text x="{_across(value, scale)}" y="{height - 8}" text-anchor="{anchor}">{said}</text>')
    name = f"forest-{metric}"
    svg = (
        f'<svg viewBox="0 0 {_WIDTH} {height}" role="img" aria-labelledby="{name}-title {name}-says">'
        f'<title id="{name}-title">{text(metric)}</title><desc id="{name}-says">{text(says)}</desc>'
        f"{''.join(parts)}</svg>"
    )
    more = f" The {left} segments in which it does best are not drawn." if left else ""
    caption = element("figcaption", f"<strong>{text(metric)}</strong> {text(says + more)}")
    return element("figure", f"{caption}{svg}{_numbers(facts)}", class_="forest")


def _row(fact: MetricFact, place: int, scale: float) -> Iterator[str]:
    height = place * _ROW + 16
    label = describe_segment(fact.segment) if fact.segment else "all rows"
    short = label if len(label) <= _MOST else f"{label[: _MOST - 1]}…"
    low, high = fact.interval or (0.0, 0.0)
    kind = _kind(fact, low, high)
    yield f'<text x="0" y="{height}" dy="4">{text(short)}</text>'
    start, end = _across(low, scale), _across(high, scale)
    yield f'<line class="{kind}" x1="{start}" x2="{end}" y1="{height}" y2="{height}"/>'
    yield f'<circle class="{kind}" cx="{_across(fact.difference or 0.0, scale)}" cy="{height}" r="4"/>'


def _kind(fact: MetricFact, low: float, high: float) -> str:
    """By what is certain: better, worse, or neither."""
    sign = _sign(fact.metric)
    if not sign or low <= 0 <= high:
        return "unclear"
    return "better" if (low > 0) == (sign > 0) else "worse"


def _across(value: float, scale: float) -> str:
    share = min(max((value / scale + 1) / 2, 0.0), 1.0)
    return f"{_LABEL + 6 + share * (_WIDTH - _LABEL - 12):.1f}"


def _numbers(facts: Sequence[MetricFact]) -> str:
    rows = [
        (
            describe_segment(fact.segment) if fact.segment else "all rows",
            str(fact.rows),
            say_number(fact.champion or 0.0),
            say_number(fact.candidate or 0.0),
            say_number(fact.difference or 0.0, sign=True),
            *(say_number(end, sign=True) for end in fact.interval or ()),
        )
        for fact in facts
    ]
    return details("Numbers", table(("Rows of", "Rows", "Champion", "Candidate", "Difference", "From", "To"), rows))
