"""Sections of made-up evidence, from the few words that a policy case says of them."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from coronet.core.drift import ColumnDrift, ColumnKind
from coronet.core.evidence import Evidence
from coronet.core.evidence.costs import Cost, Costs, Latency
from coronet.core.evidence.custom_checks import Answered, CustomCheck
from coronet.core.evidence.data_drift import DataDrift
from coronet.core.evidence.leakage import Leak, Leakage
from coronet.core.policy import Policy
from coronet.core.policy.demands import LATENCIES

_ROWS = 10_000
_REFERENCE = "sha256:" + "e" * 64


def sections_of(case: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of evidence that `costs`, `drift`, `leakage` and `checks` of a case make."""
    fields: dict[str, Any] = {}
    if costs := case.get("costs"):
        champion = costs.get("champion")
        fields["costs"] = Costs(candidate=_cost(costs["candidate"]), champion=_cost(champion) if champion else None)
    if columns := case.get("drift"):
        fields["drift"] = DataDrift(reference=_REFERENCE, columns=tuple(_column(column) for column in columns))
    if powers := case.get("leakage"):
        leaks = [Leak(column=name, power=float(power), method="as the case says") for name, power in powers.items()]
        ranked = tuple(sorted(leaks, key=lambda leak: -leak.power))
        fields["leakage"] = Leakage(rows=_ROWS, features=len(leaks), columns=ranked)
    if answers := case.get("checks"):
        fields["checks"] = tuple(
            CustomCheck(name=name, digest="", result=Answered(answer), saw="as the case says")
            for name, answer in answers.items()
        )
    return fields


def answered_as_asked(evidence: Evidence, policy: Policy) -> Evidence:
    """`evidence`, whose made-up checks answer what `policy` asks to run."""
    asked = {gate.name: gate.check.digest for gate in policy.gates if gate.check}
    checks = tuple(
        check if check.digest else replace(check, digest=asked.get(check.name, "")) for check in evidence.checks
    )
    return replace(evidence, checks=checks)


def _cost(given: Mapping[str, Any]) -> Cost:
    dependencies = given.get("dependencies")
    return Cost(
        size_bytes=given.get("size_bytes"),
        dependencies=None if dependencies is None else tuple(dependencies),
        latency=tuple(_latencies(given)),
    )


def _latencies(given: Mapping[str, Any]) -> Iterator[Latency]:
    half = float(given.get("within", 0.0))
    for of in LATENCIES:
        if of in given:
            value = float(given[of])
            yield Latency(of=of, value=value, interval=(max(0.0, value - half), value + half), repetitions=_ROWS)


def _column(given: Mapping[str, Any]) -> ColumnDrift:
    return ColumnDrift(
        column=given["column"],
        kind=ColumnKind.NUMBER,
        rows=(_ROWS, _ROWS),
        missing=(0.0, float(given.get("missing", 0.0))),
        missing_p=float(given.get("missing_p", 1.0)),
        psi=float(given.get("psi", 0.0)),
        distance=float(given.get("distance", 0.0)),
        shift=float(given.get("shift", 0.0)),
        p=float(given.get("p", 1.0)),
        unseen=float(given.get("unseen", 0.0)),
    )
