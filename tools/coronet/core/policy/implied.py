"""What holds where a policy says nothing: values that are in force and stand in no file.

They are not part of the policy's digest, as they are not part of its text.
"""

from collections.abc import Mapping
from typing import Any

_COMPARING = frozenset({"superior", "non_inferior", "floor", "ceiling", "gap"})
_TERMS: Mapping[tuple[str, ...], Any] = {
    ("approvals", "protection"): "warn",
    ("rollback", "four_eyes"): False,
    ("rollback", "who"): [],
}


def implied_values(effective: Mapping[str, Any]) -> dict[tuple[str, ...], Any]:
    """By their paths, those that the effective policy leaves out."""
    found = {path: value for path, value in _TERMS.items() if path[1] not in effective.get(path[0], {})}
    for name, gate in effective["gates"].items():
        found |= {("gates", name, key): value for key, value in _of_gate(gate).items() if key not in gate}
    return found


def _of_gate(gate: Mapping[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {"mode": "enforce"}
    if gate.get("rule") in _COMPARING:
        values["statistics"] = "interval"
        if gate.get("by"):
            values |= {"minimum_rows": 0, "below_minimum": "inconclusive"}
    return values
