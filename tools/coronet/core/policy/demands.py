"""What the rules about the model and its data ask for, where a metric and a bar do not say it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from coronet.core.canonical import digest_json
from coronet.core.drift import DriftLimits, DriftRule

LATENCIES = ("latency_p50_ms", "latency_p95_ms", "batch_p50_ms")
SIZE, DEPENDENCIES = "size_bytes", "dependencies"
_SECONDS = {"s": 1, "m": 60}


@dataclass(frozen=True, kw_only=True, slots=True)
class BudgetDemand:
    """What a model may cost: at most `value`, and at most `margin` more than the champion costs.

    For dependencies `only` names the packages that there may be, and `none_new` forbids what the champion
    does without.
    """

    of: str
    value: float | None = None
    margin: float | None = None
    relative: bool = False
    only: tuple[str, ...] | None = None
    none_new: bool = False

    @property
    def compares(self) -> bool:
        """Whether something is asked that only a champion can answer."""
        return self.margin is not None or self.none_new

    @property
    def stands_alone(self) -> bool:
        """Whether something is asked of the candidate by itself."""
        return self.value is not None or self.only is not None


@dataclass(frozen=True, kw_only=True, slots=True)
class DriftDemand:
    """How far the evaluation data may lie from the training data; every column where `columns` names none."""

    limits: DriftLimits
    columns: tuple[str, ...] = ()
    at_most: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckDemand:
    """A check of one's own: a command line (`run`) or a function (`call`), with its time-out in seconds.

    `schema` is the file of a JSON Schema that its answer must satisfy.
    """

    run: tuple[str, ...] = ()
    call: str = ""
    timeout: float = 60
    schema: str | None = None

    @property
    def command(self) -> str:
        """What is run, in words."""
        return self.call or " ".join(self.run)

    @property
    def digest(self) -> str:
        """Of what is asked, without how long it may take: evidence answers it where it bears the same digest."""
        return digest_json({"run": list(self.run), "call": self.call, "schema": self.schema})


def budget_from_json(gate: Mapping[str, Any]) -> BudgetDemand:
    return BudgetDemand(
        of=gate["of"],
        value=_number(gate.get("value")),
        margin=_number(gate.get("margin")),
        relative=gate.get("relative", False),
        only=tuple(gate["only"]) if "only" in gate else None,
        none_new=gate.get("new") == "none",
    )


def drift_from_json(gate: Mapping[str, Any]) -> DriftDemand:
    limits = DriftLimits(
        rule=DriftRule(gate.get("by_rule", DriftRule.BOTH)),
        **{
            name: float(gate[name])
            for name in ("psi", "distance", "shift", "missing", "unseen", "level")
            if name in gate
        },
    )
    return DriftDemand(limits=limits, columns=tuple(gate.get("columns", ())), at_most=gate.get("at_most", 0))


def check_from_json(gate: Mapping[str, Any]) -> CheckDemand:
    timeout = gate.get("timeout", "60s")
    return CheckDemand(
        run=tuple(gate.get("run", ())),
        call=gate.get("call", ""),
        timeout=float(timeout[:-1]) * _SECONDS[timeout[-1]],
        schema=gate.get("schema"),
    )


def _number(value: float | None) -> float | None:
    return None if value is None else float(value)
