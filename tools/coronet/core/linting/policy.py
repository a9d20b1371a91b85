"""What is odd about a policy before any evidence comes: rules that cannot fail or pass, and what is missing.

A policy that says what its author did not mean is worse than none: it looks like a guard.
"""

from collections.abc import Callable, Iterator, Sequence

from coronet.core.catalogue import Metric, describe_custom, examine_metric, find_metric
from coronet.core.judging.wording import say_number
from coronet.core.linting.meaning import lint_meaning
from coronet.core.linting.operation import lint_limits
from coronet.core.linting.remarks import Path, Remark
from coronet.core.linting.sections import SECTION_RULES, lint_section
from coronet.core.model_file import ModelFile
from coronet.core.policy import Correction, Gate, LooksAt, Mode, Policy, Rule, Spend, Statistics
from coronet.errors import Finding, Severity

_BY_MARGIN = (Rule.SUPERIOR, Rule.NON_INFERIOR, Rule.STEADY, Rule.BASELINE)


def lint_policy(
    policy: Policy, model: ModelFile, *, is_file: Callable[[str], bool] = lambda _: True
) -> tuple[Remark, ...]:
    """Every remark on `policy` as it holds for `model`, in the order of the policy's own text.

    `is_file` says whether a file is in the repository.
    """
    live = [gate for gate in policy.gates if gate.mode is not Mode.OFF]
    remarks: list[Remark] = [*_missing(live)]
    for gate in live:
        if gate.rule in SECTION_RULES:
            remarks += lint_section(gate, model, is_file)
            continue
        remarks += _metric(gate, model) or _bounds(gate, model)
        remarks += _segments(gate, model)
        remarks += _weights(gate, model)
        remarks += _correction(gate, policy)
    of_metrics = [gate for gate in live if gate.rule not in SECTION_RULES]
    remarks += _contradictions(of_metrics)
    remarks += lint_meaning(policy, [gate for gate in of_metrics if not _metric(gate, model)])
    remarks += _terms(policy)
    remarks += lint_limits(policy)
    remarks += _ranking(policy, model)
    return tuple(remarks)


def _missing(live: Sequence[Gate]) -> Iterator[Remark]:
    enforced = [gate for gate in live if gate.mode is Mode.ENFORCE]
    if not enforced:
        yield Remark(
            path=("gates",),
            message="no gate is enforced, and without one nothing passes",
            hint="add a gate, or take `mode: warn` off one",
            severity=Severity.ERROR,
        )
        return
    if not any(gate.rule in (Rule.SUPERIOR, Rule.NON_INFERIOR) for gate in enforced):
        yield Remark(
            path=("gates",),
            message="no enforced gate compares the candidate with the champion",
            hint="add a gate with the rule superior, or non_inferior",
        )
    if not any(gate.rule in (Rule.FLOOR, Rule.CEILING, Rule.BASELINE) for gate in enforced):
        yield Remark(
            path=("gates",),
            message="no enforced gate has a floor, a ceiling or a baseline: a first champion is compared with nothing",
            hint="say what is good enough, as in {metric: roc_auc, rule: floor, value: 0.7}",
        )


def _metric(gate: Gate, model: ModelFile) -> list[Remark]:
    finding = _examine(gate, model)
    if finding is None:
        return []
    path = ("gates", gate.name, "metric")
    return [Remark(path=path, message=finding.message, hint=finding.hint, severity=Severity.ERROR)]


def _examine(gate: Gate, model: ModelFile) -> Finding | None:
    """What is wrong with the metric of a gate, for the model and for the rule."""
    if not gate.metric:
        return None
    if finding := examine_metric(gate.metric, model.task, model.own_metrics):
        return finding
    metric = find_metric(gate.metric)
    if metric and not metric.sign and gate.rule in (Rule.SUPERIOR, Rule.NON_INFERIOR, Rule.BASELINE):
        return Finding(
            message=f"no {gate.metric} is better than another, and {gate.rule} asks which is",
            hint="ask the rule steady of it",
        )
    if gate.metric == "ece" and gate.rule is Rule.BASELINE:
        return Finding(
            message="ece has no baseline: the share of the positive rows, always said, is calibrated",
            hint="ask it of log_loss or brier",
        )
    return None


# --- rules that cannot fail, or cannot pass --------------------------------------------------------


def _bounds(gate: Gate, model: ModelFile) -> list[Remark]:
    own = {own.described.name: describe_custom(own.described, model.task) for own in model.custom_metrics}
    metric = find_metric(gate.metric) or own.get(gate.metric)
    path: Path = ("gates", gate.name, "margin" if gate.rule in _BY_MARGIN else "value")
    if never := _never_fails(gate, metric):
        return [Remark(path=path, message=f"{gate.name} can never fail: {never}", hint="bring it within reach")]
    if never := _never_passes(gate, metric):
        return [
            Remark(
                path=path,
                message=f"{gate.name} can never pass: {never}",
                hint="bring it within reach, or switch the gate off",
                severity=Severity.ERROR if gate.mode is Mode.ENFORCE else Severity.WARNING,
            )
        ]
    return []


def _never_fails(gate: Gate, metric: Metric | None) -> str:
    """Why no evidence can fail the gate; "" where some can. `unchanged` has no metric."""
    if gate.rule is Rule.CHANGES:
        return "no more than all rows change" if gate.bar >= 1 else ""
    return _metric_never_fails(gate, metric) if metric else ""


def _metric_never_fails(gate: Gate, metric: Metric) -> str:
    bar = say_number(gate.bar)
    match gate.rule:
        case Rule.FLOOR if metric.lowest is not None and gate.bar <= metric.lowest:
            return f"no {metric.name} is below {bar}"
        case Rule.CEILING if metric.highest is not None and gate.bar >= metric.highest:
            return f"no {metric.name} is above {bar}"
        case Rule.NON_INFERIOR if not gate.relative and metric.span is not None and gate.bar >= metric.span:
            return f"no {metric.name} is worse by more than {bar}"
        case Rule.NON_INFERIOR if gate.relative and metric.higher_is_better and metric.lowest == 0 and gate.bar >= 1:
            return f"no {metric.name} is worse by more than all of the champion's"
        case Rule.STEADY if not gate.relative and metric.span is not None and gate.bar >= metric.span:
            return f"no {metric.name} moves by more than {bar}"
        case Rule.GAP if metric.span is not None and gate.bar >= metric.span:
            return f"no two {metric.name} are more than {bar} apart"
    return ""


def _never_passes(gate: Gate, metric: Metric | None) -> str:
    """Why no evidence can pass the gate; "" where some can."""
    if gate.rule is Rule.CHANGES:
        exact = gate.bar == 0 and gate.statistics is Statistics.INTERVAL
        return "an interval that lies at 0 and below has no width" if exact else ""
    return _metric_never_passes(gate, metric) if metric else ""


def _metric_never_passes(gate: Gate, metric: Metric) -> str:
    bar, by_interval = say_number(gate.bar), gate.statistics is Statistics.INTERVAL
    match gate.rule:
        case Rule.FLOOR if metric.highest is not None and gate.bar > metric.highest:
            return f"no {metric.name} is above {say_number(metric.highest)}"
        case Rule.FLOOR if metric.highest is not None and gate.bar == metric.highest and by_interval:
            return f"an interval that lies at {bar} and above has no width"
        case Rule.CEILING if metric.lowest is not None and gate.bar < metric.lowest:
            return f"no {metric.name} is below {say_number(metric.lowest)}"
        case Rule.CEILING if metric.lowest is not None and gate.bar == metric.lowest and by_interval:
            return f"an interval that lies at {bar} and below has no width"
        case Rule.SUPERIOR | Rule.BASELINE if not gate.relative and metric.span is not None and gate.bar >= metric.span:
            return f"no {metric.name} is better by {bar}"
        case Rule.SUPERIOR if gate.relative and not metric.higher_is_better and metric.lowest == 0 and gate.bar >= 1:
            return f"no {metric.name} is better by all of the champion's"
        case Rule.STEADY if gate.bar == 0 and by_interval:
            return "no difference is measured to be exactly nothing"
        case Rule.GAP if gate.bar == 0 and by_interval:
            return "two segments are never measured to be exactly alike"
    return ""


# --- segments -------------------------------------------------------------------------------------


def _segments(gate: Gate, model: ModelFile) -> Iterator[Remark]:
    if gate.by and not gate.minimum_rows:
        yield Remark(
            path=("gates", gate.name),
            message=f"{gate.name} judges every segment, however few its rows",
            hint="say `minimum_rows`, and `below_minimum: skip` where thin segments shall not stop it",
        )
    if model.data.segments and (unknown := [column for column in gate.by if column not in model.data.segments]):
        known = ", ".join(model.data.segments)
        yield Remark(
            path=("gates", gate.name, "by"),
            message=f"{model.name} has no segments by {' and '.join(unknown)} in its model file",
            hint=f"its segments are {known}: name one, or add the column to the model file",
        )


def _correction(gate: Gate, policy: Policy) -> Iterator[Remark]:
    found = gate.correction or policy.correction
    if gate.mode is Mode.ENFORCE and gate.by and not gate.weight and found is Correction.BH:
        yield Remark(
            path=("gates", gate.name, "correction") if gate.correction else ("correction",),
            message=f"{gate.name} blocks, and `bh` lets some of its alarms be false: more, the more segments are bad",
            hint="use `holm` for a gate that blocks, `bh` for one that warns",
        )


def _weights(gate: Gate, model: ModelFile) -> Iterator[Remark]:
    if gate.weighted and model.data.weight is None:
        yield Remark(
            path=("gates", gate.name, "weighted"),
            message=f"{model.name} has no weight in its model file, and {gate.name} asks for weighted rows",
            hint="name the column under `data: weight`, or ask for the share of the rows",
            severity=Severity.ERROR,
        )


# --- gates against each other ---------------------------------------------------------------------


def _contradictions(live: Sequence[Gate]) -> Iterator[Remark]:
    for index, gate in enumerate(live):
        for other in live[index + 1 :]:
            if _scope(gate) != _scope(other):
                continue
            rules = {gate.rule, other.rule}
            if rules == {Rule.FLOOR, Rule.CEILING}:
                floor, ceiling = (gate, other) if gate.rule is Rule.FLOOR else (other, gate)
                if floor.bar > ceiling.bar:
                    yield _contradiction(gate, other, f"nothing is at least {floor.bar:g} and at most {ceiling.bar:g}")
            elif len(rules) == 1 and _how(gate) == _how(other):
                yield Remark(
                    path=("gates", other.name),
                    message=f"{gate.name} and {other.name} ask the same of {gate.metric or 'the rows'}, "
                    "and the stricter one decides",
                    hint="keep one of them",
                )


def _scope(gate: Gate) -> tuple[str, tuple[str, ...], str | None]:
    return gate.metric or ",".join(gate.of), gate.by, gate.weight


def _how(gate: Gate) -> tuple[bool, bool, Statistics]:
    return gate.relative, gate.weighted, gate.statistics


def _contradiction(gate: Gate, other: Gate, why: str) -> Remark:
    enforced = gate.mode is Mode.ENFORCE and other.mode is Mode.ENFORCE
    return Remark(
        path=("gates", other.name),
        message=f"{gate.name} and {other.name} cannot both pass: {why}",
        hint="move one of the two bars",
        severity=Severity.ERROR if enforced else Severity.WARNING,
    )


# --- terms and ranking ----------------------------------------------------------------------------


def _terms(policy: Policy) -> Iterator[Remark]:
    looks = policy.looks
    if looks and looks.spend is Spend.OBRIEN_FLEMING and looks.data is LooksAt.FIXED:
        yield Remark(
            path=("looks", "spend"),
            message="obrien_fleming leaves the first looks nearly nothing, and the data do not grow towards the last",
            hint="use `equal`, or `data: growing` where each look has more rows than the one before",
        )
    if policy.valid_for <= policy.expire_after:
        yield Remark(
            path=("proposals", "valid_for"),
            message="a proposal may wait to be merged until releases may no longer rest on it",
            hint="let `valid_for` be longer than `expire_after`",
        )
    for index, window in enumerate(policy.freeze):
        if window.end < window.start:
            yield Remark(
                path=("freeze", index),
                message=f"a freeze from {window.start} until {window.end} holds on no day",
                hint="let it end on the day on which it begins, or after",
                severity=Severity.ERROR,
            )


def _ranking(policy: Policy, model: ModelFile) -> Iterator[Remark]:
    asked: list[tuple[Path, str]] = [
        *((("ranking", "score", term.name, "metric"), term.metric) for term in policy.ranking.score),
        *((("ranking", "tie_breaks", i, "metric"), tie.metric) for i, tie in enumerate(policy.ranking.tie_breaks)),
    ]
    for path, metric in asked:
        if finding := examine_metric(metric, model.task, model.own_metrics) or _examine_direction(metric):
            yield Remark(path=path, message=finding.message, hint=finding.hint, severity=Severity.ERROR)


def _examine_direction(metric: str) -> Finding | None:
    found = find_metric(metric)
    if found is None or found.sign:
        return None
    return Finding(message=f"no {metric} is better than another", hint="rank by a metric that has a better direction")
