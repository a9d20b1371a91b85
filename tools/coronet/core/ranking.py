"""Which of several candidates is the best: a weighted score of improvements, then tie-breaks, as policy says."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from coronet.core.catalogue import sign_of
from coronet.core.decision import Verdict
from coronet.core.evidence import Evidence, MetricFact
from coronet.core.judging.judgement import Judgement
from coronet.core.policy import Mode, Ranking, ScoreTerm, Take, TieBreak

_VERDICTS = (Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.PASS)


@dataclass(frozen=True, kw_only=True, slots=True)
class Ranked:
    """One judged candidate: `score` is None where the evidence lacks what a term needs, said in `problem`."""

    judgement: Judgement
    score: float | None
    terms: tuple[tuple[str, float], ...]
    problem: str = ""


def rank_candidates(judgements: Sequence[Judgement], ranking: Ranking) -> tuple[Ranked, ...]:
    """Best first: by verdict, then score, then the tie-breaks in their order, then the newer version.

    What is equal in all of these stands in the order of all that it says, so that the input's order decides nothing.
    """
    ranked = [_score(judgement, ranking) for judgement in judgements]
    return tuple(sorted(ranked, key=lambda candidate: _order(candidate, ranking), reverse=True))


def _order(candidate: Ranked, ranking: Ranking) -> tuple[int, float, tuple[float, ...], int, str]:
    evidence = candidate.judgement.evidence
    ties = tuple(_tie(evidence, tie) for tie in ranking.tie_breaks)
    version = evidence.candidate.version or ""
    newest = int(version) if version.isdecimal() else 0
    score = float("-inf") if candidate.score is None else candidate.score
    return _VERDICTS.index(candidate.judgement.verdict), score, ties, newest, repr(evidence)


def _score(judgement: Judgement, ranking: Ranking) -> Ranked:
    """The sum of the terms; without a champion there is nothing to improve on, and every score is 0."""
    if judgement.evidence.champion is None:
        return Ranked(judgement=judgement, score=0.0, terms=())
    try:
        terms = tuple((term.name, _term(judgement.evidence, term)) for term in _terms(judgement, ranking))
    except LookupError as error:
        return Ranked(judgement=judgement, score=None, terms=(), problem=str(error))
    return Ranked(judgement=judgement, score=sum(value for _, value in terms), terms=terms)


def _terms(judgement: Judgement, ranking: Ranking) -> tuple[ScoreTerm, ...]:
    """The policy's terms; where it has none, the improvement in the first metric of its gates that can improve."""
    if ranking.score:
        return ranking.score
    live = [gate for gate in judgement.policy.gates if gate.mode is not Mode.OFF]
    metrics = [gate.metric for gate in live if sign_of(gate.metric, judgement.evidence.custom_metrics)]
    return tuple(ScoreTerm(name=metric, metric=metric, weight=1.0, scale=1.0) for metric in metrics[:1])


def _term(evidence: Evidence, term: ScoreTerm) -> float:
    value = term.offset + _improvement(evidence, term) / term.scale
    if term.clamp:
        low, high = term.clamp
        value = min(max(value, low), high)
    weighted = term.weight * value
    if not isfinite(weighted):
        raise LookupError(f"the term {term.name} makes no finite number: its scale is {term.scale:g}")
    return weighted


def _improvement(evidence: Evidence, term: ScoreTerm) -> float:
    facts = _facts(evidence, term.metric, term.take, term.by, term.minimum_rows)
    sign = _sign(evidence, term.metric)
    gains = [sign * _known(fact, fact.difference) for fact in facts]
    bases = [abs(_known(fact, fact.champion)) for fact in facts]
    if term.take is Take.WORST:
        shares = [_share(gain, base) for gain, base in zip(gains, bases, strict=True)] if term.relative else gains
        return min(shares)
    rows = [fact.rows for fact in facts]
    gain = _mean(gains, rows)
    return _share(gain, _mean(bases, rows)) if term.relative else gain


def _tie(evidence: Evidence, tie: TieBreak) -> float:
    try:
        facts, sign = _facts(evidence, tie.metric, tie.take, tie.by, tie.minimum_rows), _sign(evidence, tie.metric)
        values = [sign * _known(fact, fact.candidate) for fact in facts]
        return min(values) if tie.take is Take.WORST else _mean(values, [fact.rows for fact in facts])
    except LookupError:
        return float("-inf")


def _facts(evidence: Evidence, metric: str, take: Take, by: Sequence[str], minimum_rows: int) -> list[MetricFact]:
    """The facts a term looks at; all rows where no segment has enough of them."""
    mine = [fact for fact in evidence.metrics if fact.metric == metric]
    overall = [fact for fact in mine if not fact.segment]
    segments = [
        fact for fact in mine if list(fact.segment) in [[column] for column in by] and fact.rows >= minimum_rows
    ]
    found = overall if take is Take.OVERALL else segments or overall
    if not found:
        raise LookupError(f"the evidence has no {metric}")
    return found


def _known(fact: MetricFact, value: float | None) -> float:
    if value is None:
        raise LookupError(f"{fact.metric} could not be measured: {fact.problem or 'no champion'}")
    if not isfinite(value):
        raise LookupError(f"{fact.metric} is no finite number")
    return value


def _sign(evidence: Evidence, metric: str) -> int:
    sign = sign_of(metric, evidence.custom_metrics)
    if sign is None:
        raise LookupError(f"{metric} is no metric of the catalogue")
    if not sign:
        raise LookupError(f"no {metric} is better than another")
    return sign


def _mean(values: Sequence[float], weights: Sequence[float]) -> float:
    total = sum(weights)
    if not total:
        raise LookupError("the evidence has no rows")
    return sum(value * weight for value, weight in zip(values, weights, strict=True)) / total


def _share(gain: float, base: float) -> float:
    if not base:
        raise LookupError("a share of the champion's value asks for a champion whose value is not 0")
    return gain / base
