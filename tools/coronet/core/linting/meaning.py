"""Gates and approvals that may be meant, and more often are not."""

from collections.abc import Iterator, Sequence

from coronet.core.catalogue import find_metric
from coronet.core.linting.remarks import Remark
from coronet.core.policy import Gate, Mode, Policy, Rule, Statistics

_KINDS = ("bootstrap", "promotion", "rollback", "renewal")


def lint_meaning(policy: Policy, live: Sequence[Gate]) -> Iterator[Remark]:
    """`live` are the gates that compare metrics and are not off."""
    for gate in live:
        yield from _direction(gate, live)
        yield from _luck(gate)
    yield from _idle(live)
    yield from _nobody(policy)


def _direction(gate: Gate, live: Sequence[Gate]) -> Iterator[Remark]:
    """A bound on the side on which nobody needs one; who bounds the other side as well knows which is which."""
    metric = find_metric(gate.metric)
    if metric is None or gate.rule not in (Rule.FLOOR, Rule.CEILING):
        return
    is_floor = gate.rule is Rule.FLOOR
    other = Rule.CEILING if is_floor else Rule.FLOOR
    knows = any(each.metric == gate.metric and each.rule is other for each in live)
    if metric.higher_is_better is not is_floor and not knows:
        wanted, better = ("at least", "less") if is_floor else ("at most", "more")
        yield Remark(
            path=("gates", gate.name, "rule"),
            message=f"{gate.name} wants {wanted} {gate.bar:g} of {metric.name}, of which {better} is better",
            hint=f"say `rule: {other}`, unless what is too good shall be stopped",
        )


def _luck(gate: Gate) -> Iterator[Remark]:
    is_bare = gate.statistics is Statistics.POINT and gate.rule is Rule.SUPERIOR and gate.bar == 0
    if is_bare and gate.mode is Mode.ENFORCE:
        yield Remark(
            path=("gates", gate.name, "statistics"),
            message=f"{gate.name} is passed by luck every other time: any difference above 0 will do",
            hint="take `statistics: point` away, or ask for a margin",
        )


def _idle(live: Sequence[Gate]) -> Iterator[Remark]:
    """What is better is no worse."""
    stricter = [gate for gate in live if gate.rule is Rule.SUPERIOR and gate.mode is Mode.ENFORCE and gate.bar >= 0]
    for gate in live:
        if gate.rule is not Rule.NON_INFERIOR:
            continue
        over = next((other for other in stricter if _same_question(gate, other)), None)
        if over is not None:
            yield Remark(
                path=("gates", gate.name),
                message=f"{gate.name} never decides: {over.name} asks for more of {gate.metric}",
                hint="keep one of them",
            )


def _same_question(gate: Gate, other: Gate) -> bool:
    return (gate.metric, gate.by, gate.weight, gate.minimum_rows, gate.statistics) == (
        other.metric,
        other.by,
        other.weight,
        other.minimum_rows,
        other.statistics,
    )


def _nobody(policy: Policy) -> Iterator[Remark]:
    approvals = policy.approvals
    named = {kind: getattr(approvals, kind) for kind in _KINDS}
    without = [kind for kind, count in named.items() if count == 0]
    if without:
        yield Remark(
            path=("approvals",),
            message=f"nobody approves a {' or a '.join(without)}",
            hint="let an owner approve, or be sure that you mean it",
        )
