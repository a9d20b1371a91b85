"""Which sections beside the metrics are measured: those that a gate asks for, and those that the caller names."""

from collections.abc import Sequence
from enum import StrEnum

from coronet.core.policy import Gate, Mode, Policy, Rule
from coronet.core.policy.demands import LATENCIES


class Section(StrEnum):
    """`latency` is the part of the costs that takes time to measure."""

    COSTS = "costs"
    LATENCY = "latency"
    DRIFT = "drift"
    LEAKAGE = "leakage"


_OF_RULE = {Rule.BUDGET: Section.COSTS, Rule.DRIFT: Section.DRIFT, Rule.LEAKAGE: Section.LEAKAGE}


def live_gates(policy: Policy | None, rule: Rule) -> tuple[Gate, ...]:
    gates = policy.gates if policy else ()
    return tuple(gate for gate in gates if gate.rule is rule and gate.mode is not Mode.OFF)


def asked_sections(policy: Policy | None, also: Sequence[str]) -> frozenset[Section]:
    """`also` are sections by name; who asks for the costs gets the times, too."""
    found = {section for rule, section in _OF_RULE.items() if live_gates(policy, rule)}
    if any(gate.budget and gate.budget.of in LATENCIES for gate in live_gates(policy, Rule.BUDGET)):
        found.add(Section.LATENCY)
    found |= {Section(name) for name in also}
    if Section.COSTS in also:
        found.add(Section.LATENCY)
    return frozenset(found)
