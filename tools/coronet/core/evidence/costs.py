"""What the models cost: time to predict, bytes, and packages that they need."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from coronet.core.evidence.facts import without_none


@dataclass(frozen=True, kw_only=True, slots=True)
class Latency:
    """One quantile of the times of one kind of prediction, in milliseconds, with its interval.

    `of` is latency_p50_ms or latency_p95_ms (of a single row), or batch_p50_ms; `interval` is None where
    there were too few repetitions to make one.
    """

    of: str
    value: float
    interval: tuple[float, float] | None
    repetitions: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Cost:
    """Of one version; None for what its files do not say."""

    size_bytes: int | None = None
    files: int | None = None
    python: str | None = None
    dependencies: tuple[str, ...] | None = None
    latency: tuple[Latency, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Costs:
    """`machine` is where times were taken, and `batch_rows` how many rows a batch had; None where none were."""

    candidate: Cost
    champion: Cost | None = None
    machine: str | None = None
    batch_rows: int | None = None


def costs_json(costs: Costs, *, timings: bool = True) -> dict[str, Any]:
    """Without `timings` what the next measurement on the same files says again."""
    fields: dict[str, Any] = {"candidate": _cost_json(costs.candidate, timings=timings)}
    if costs.champion:
        fields["champion"] = _cost_json(costs.champion, timings=timings)
    return {**fields, **(without_none(machine=costs.machine, batch_rows=costs.batch_rows) if timings else {})}


def costs_from_json(value: Mapping[str, Any]) -> Costs:
    champion = value.get("champion")
    return Costs(
        candidate=_cost_from_json(value["candidate"]),
        champion=_cost_from_json(champion) if champion is not None else None,
        machine=value.get("machine"),
        batch_rows=value.get("batch_rows"),
    )


def _cost_json(cost: Cost, *, timings: bool) -> dict[str, Any]:
    fields = without_none(
        size_bytes=cost.size_bytes,
        files=cost.files,
        python=cost.python,
        dependencies=None if cost.dependencies is None else list(cost.dependencies),
    )
    if cost.latency and timings:
        fields["latency"] = [
            {
                "of": each.of,
                "value": each.value,
                "interval": list(each.interval) if each.interval else None,
                "repetitions": each.repetitions,
            }
            for each in cost.latency
        ]
    return fields


def _cost_from_json(value: Mapping[str, Any]) -> Cost:
    dependencies = value.get("dependencies")
    return Cost(
        size_bytes=value.get("size_bytes"),
        files=value.get("files"),
        python=value.get("python"),
        dependencies=None if dependencies is None else tuple(dependencies),
        latency=tuple(_latency_from_json(each) for each in value.get("latency", ())),
    )


def _latency_from_json(value: Mapping[str, Any]) -> Latency:
    interval = value["interval"]
    return Latency(
        of=value["of"],
        value=value["value"],
        interval=(interval[0], interval[1]) if interval is not None else None,
        repetitions=value["repetitions"],
    )
