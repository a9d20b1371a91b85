"""What is asked of an A/B test, and what it answers: named checks, and their one word."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import erfc, sqrt

from coronet.core.abtest.comparing import Comparison
from coronet.core.decision import Check, Result, demand, off
from coronet.core.judging.estimate import at_least, better_by
from coronet.core.judging.wording import say_interval, say_number

# Arms that came out otherwise than they were shared by chance alone once in so many tests.
SUSPICIOUS = 0.001
# From how large a share of units that met both arms on the test says little of either.
CROSSED = 0.01
# Below so many expected units an arm's count is no normal number.
_FEW = 5
# Smaller chances are nobody's business.
_LEAST = 1e-12


@dataclass(frozen=True, kw_only=True, slots=True)
class Demand:
    """What is wanted of an outcome's difference: better (`margin` None), or worse by at most `margin`."""

    outcome: str
    lower_is_better: bool
    margin: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Units:
    """How many met the champion alone, the candidate alone, and both."""

    champion: int
    candidate: int
    both: int


def judge_split(units: Units, share: float | None) -> tuple[Check, ...]:
    """Whether the arms are what chance makes of them; where they are not, no difference between them tells anything."""
    return (_judge_share(units, share), _judge_crossed(units))


def _judge_share(units: Units, share: float | None) -> Check:
    """Pearson's test of the candidate's share; Fabijan et al., KDD (2019), https://doi.org/10.1145/3292500.3330722."""
    total, name = units.champion + units.candidate, "split"
    saw = f"{units.candidate} of {total} units met the candidate"
    if share is None:
        return off(name, saw=saw, wanted="the share that was planned: say --share")
    wanted = f"{say_number(100 * share)} % of them, give or take chance"
    if total * min(share, 1 - share) < _FEW:
        return Check(name=name, result=Result.INCONCLUSIVE, saw=saw, wanted=wanted, hint="wait for more units")
    square = (units.candidate - total * share) ** 2 / (total * share * (1 - share))
    p = erfc(sqrt(square / 2))
    hint = "find out who is missing before you look at any outcome: assignment, logging, or a filter afterwards"
    return demand(name, p >= SUSPICIOUS, saw=f"{saw}, {_say_chance(p)}", wanted=wanted, hint=hint)


def _say_chance(p: float) -> str:
    return f"p = {say_number(p)}" if p >= _LEAST else f"p < {_LEAST:g}"


def _judge_crossed(units: Units) -> Check:
    total = units.champion + units.candidate + units.both
    share = units.both / total if total else 0.0
    result = Result.PASS if not units.both else Result.WARN if share <= CROSSED else Result.FAIL
    saw = f"{units.both} of {total} units met both arms" + (" and were left out" if units.both else "")
    hint = "assign a unit once: coronet.abtest.assign_arm" if units.both else ""
    return Check(name="one_arm_each", result=result, saw=saw, wanted="each unit meets one arm", hint=hint)


def judge_demands(demands: Sequence[Demand], found: Mapping[str, Comparison]) -> tuple[Check, ...]:
    """All must hold, so that none needs a correction for the others: Berger, Technometrics 24 (1982)."""
    return tuple(_judge_demand(each, found[each.outcome]) for each in demands)


def _judge_demand(demand_: Demand, found: Comparison) -> Check:
    name, margin = demand_.outcome, demand_.margin
    better = "lower" if demand_.lower_is_better else "higher"
    wanted = f"{better} than the champion's"
    if margin is not None:
        wanted = f"not {'higher' if demand_.lower_is_better else 'lower'} than the champion's by more than {margin:g}"
    if found.difference is None:
        hint = "let the test go on, or look at the data"
        return Check(name=name, result=Result.INCONCLUSIVE, saw=found.problem, wanted=wanted, hint=hint)
    improvement = found.difference.scaled(-1 if demand_.lower_is_better else 1)
    result = better_by(improvement, 0.0) if margin is None else at_least(improvement, -margin)
    saw = f"{say_number(found.difference.value, sign=True)}{say_interval(found.difference)}"
    hint = "the interval holds both answers: more units make it narrower" if result is Result.INCONCLUSIVE else ""
    return Check(name=name, result=result, saw=saw, wanted=wanted, hint=hint)
