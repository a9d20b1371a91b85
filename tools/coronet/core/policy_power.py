"""How many rows a policy needs: what each gate can tell with the rows there are, and how many would do.

Errors shrink with the square root of the rows. A gate passes where the whole interval lies beyond its bar,
so that a true value passes with the wanted power where it lies (z of the confidence + z of the power)
standard errors beyond: Cohen, Statistical Power Analysis for the Behavioral Sciences, 2nd edition (1988),
chapter 2.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from statistics import NormalDist

from coronet.core.evidence import Evidence, MetricFact
from coronet.core.judging.comparison import measure
from coronet.core.judging.facts import Reader, Unusable, describe_segment
from coronet.core.judging.looks import confidence_at
from coronet.core.judging.predictions import restate
from coronet.core.policy import Gate, Mode, Policy, Rule, Statistics

_NORMAL = NormalDist()
_JUDGED = frozenset(
    {
        Rule.SUPERIOR,
        Rule.NON_INFERIOR,
        Rule.STEADY,
        Rule.FLOOR,
        Rule.CEILING,
        Rule.CHANGES,
        Rule.BASELINE,
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Power:
    """One gate over one scope ("all rows" or a segment).

    `detects` is the smallest true value that passes with the wanted power on these `rows`, in the gate's own
    direction (an improvement, or the candidate's value signed so that more is better), of `steady` the largest
    difference that does; `assumed` the true
    value asked about, and `needed` the rows with which it passes (None: no number of rows would do).
    `problem` says why nothing can be said.
    """

    gate: str
    scope: str
    rows: int
    bar: float
    detects: float | None = None
    assumed: float | None = None
    needed: int | None = None
    problem: str = ""

    @property
    def suffices(self) -> bool:
        return self.needed is not None and self.needed <= self.rows


def find_power(evidence: Evidence, policy: Policy, *, power: float, effect: float | None = None) -> tuple[Power, ...]:
    """The power of every gate that compares one number with a bar, over the rows of `evidence`.

    `effect` is the true improvement that is asked about; without it, a candidate that is exactly as good for
    `non_inferior` and `steady`, and what the evidence measured for the other rules. Where looks share a chance, the
    confidence is that of the evidence's look, or of the first.
    """
    found = []
    confidence = confidence_at(policy, evidence.look.number if evidence.look else 1)
    for gate in policy.gates:
        if why_not_asked(gate):
            continue
        reader = Reader(evidence=evidence, gate=gate, confidence=confidence)
        try:
            asked, reader = restate(gate, reader)
        except Unusable:
            continue
        # The effect is an improvement over the champion, not over guessing.
        true = None if gate.rule is Rule.BASELINE else effect
        found += [_power_of(asked, reader, fact, power=power, effect=true) for fact in _facts(asked, reader)]
    return tuple(found)


def why_not_asked(gate: Gate) -> str:
    """Why no number of rows is told for a gate; "" for one of which it is."""
    if gate.mode is Mode.OFF:
        return "it is off"
    if gate.rule not in _JUDGED:
        return f"{gate.rule} compares no one number with a bar"
    if gate.statistics is Statistics.POINT:
        return "points have no error that rows could make smaller"
    return "its number is made of many segments" if gate.weight else ""


def signed_bar(gate: Gate) -> float:
    """In the gate's own direction."""
    return -gate.bar if gate.rule in (Rule.NON_INFERIOR, Rule.CEILING) else gate.bar


def _facts(gate: Gate, reader: Reader) -> Iterator[MetricFact]:
    try:
        if not gate.by:
            yield reader.overall()
        for column in gate.by:
            yield from reader.segments(column)
    except Unusable:
        return


def _power_of(gate: Gate, reader: Reader, fact: MetricFact, *, power: float, effect: float | None) -> Power:
    bar = signed_bar(gate)
    scope = describe_segment(fact.segment) if fact.segment else "all rows"
    try:
        estimate = measure(gate, reader, fact)
    except Unusable as reason:
        return Power(gate=gate.name, scope=scope, rows=fact.rows, bar=bar, problem=str(reason))
    steady = gate.rule is Rule.STEADY
    # Both sides may refuse: Chow, Shao and Wang, Sample Size Calculations in Clinical Research (2003), section 3.2.
    passing = (1 + power) / 2 if steady else power
    reach = (estimate.upper - estimate.lower) / 2 * (1 + _NORMAL.inv_cdf(passing) / _quantile(reader.confidence))
    assumed = _assumed(gate, estimate.value, effect)
    beyond = bar - abs(assumed) if steady else assumed - bar
    return Power(
        gate=gate.name,
        scope=scope,
        rows=fact.rows,
        bar=bar,
        detects=bar - reach if steady else bar + reach,
        assumed=assumed,
        needed=ceil(fact.rows * (reach / beyond) ** 2) if beyond > 0 else None,
    )


def _assumed(gate: Gate, measured: float, effect: float | None) -> float:
    if gate.rule in (Rule.FLOOR, Rule.CEILING):
        return measured
    if effect is not None:
        return effect
    return 0.0 if gate.rule in (Rule.NON_INFERIOR, Rule.STEADY) else measured


def _quantile(confidence: float) -> float:
    return _NORMAL.inv_cdf(0.5 + confidence / 2)
