"""Metrics of a team's own: what the catalogue would say of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from coronet.core.evidence.facts import without_none


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomMetric:
    """A metric that is no part of the catalogue, and so must bring what the catalogue would know of it.

    `name` is `custom.` and its own; `code` the digest of the code that measures it.
    """

    name: str
    meaning: str
    higher_is_better: bool
    unit: str = ""
    lowest: float | None = None
    highest: float | None = None
    code: str | None = None


def custom_metric_json(metric: CustomMetric) -> dict[str, Any]:
    return without_none(
        name=metric.name,
        meaning=metric.meaning,
        direction="higher" if metric.higher_is_better else "lower",
        unit=metric.unit or None,
        lowest=metric.lowest,
        highest=metric.highest,
        code=metric.code,
    )


def custom_metric_from_json(metric: Mapping[str, Any]) -> CustomMetric:
    others = {name: value for name, value in metric.items() if name != "direction"}
    return CustomMetric(**others, higher_is_better=metric["direction"] == "higher")
