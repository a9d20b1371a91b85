"""The sections of evidence about models and data, a line for each: what `coronet evaluate` tells at once."""

from collections.abc import Iterator

from coronet.core.evidence import Evidence
from coronet.core.evidence.costs import Cost, Costs
from coronet.core.evidence.data_drift import DataDrift
from coronet.core.evidence.leakage import Leakage
from coronet.core.judging.wording import say_number


def describe_sections(evidence: Evidence) -> Iterator[str]:
    if evidence.costs:
        yield f"costs: {', '.join(_costs(evidence.costs))}"
    if evidence.drift:
        yield f"drift: {_drift(evidence.drift)}"
    if evidence.leakage:
        yield f"leakage: {_leakage(evidence.leakage)}"
    for check in evidence.checks:
        yield f"check {check.name}: {check.result}{f', {check.saw}' if check.saw else ''}"


def _costs(costs: Costs) -> Iterator[str]:
    before, after = (_numbers(cost) if cost else {} for cost in (costs.champion, costs.candidate))
    for name, value in after.items():
        yield (
            f"{name} {say_number(before[name])} → {say_number(value)}"
            if name in before
            else f"{name} {say_number(value)}"
        )


def _numbers(cost: Cost) -> dict[str, float]:
    found: dict[str, float] = {latency.of: latency.value for latency in cost.latency}
    if cost.size_bytes is not None:
        found["size_bytes"] = cost.size_bytes
    if cost.dependencies is not None:
        found["dependencies"] = len(cost.dependencies)
    return found


def _drift(drift: DataDrift) -> str:
    columns = len(drift.columns) + (drift.others.columns if drift.others else 0)
    known = [column for column in drift.columns if column.psi is not None]
    if not known:
        return f"{columns} columns"
    worst = max(known, key=lambda column: column.psi or 0.0)
    return f"{columns} columns, of which {worst.column} moved most: PSI {worst.psi:.3g}"


def _leakage(leakage: Leakage) -> str:
    if leakage.problem or not leakage.columns:
        return leakage.problem or "no features"
    best = leakage.columns[0]
    return f"the strongest of {leakage.features} features is {best.column}: {best.method} {say_number(best.power)}"
