"""Metrics of a team's own, as code."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from coronet.core.evidence import CustomMetric

if TYPE_CHECKING:
    from coronet.core.statistics.columns import Custom


@dataclass(frozen=True, kw_only=True, slots=True)
class MetricCode:
    """Code that lies in a file: its source, the function to call, the file for messages."""

    file: str
    source: bytes
    function: str


class CustomMetrics(Protocol):
    """Makes metrics of code: it runs code of the repository, so only in jobs without credentials for the forge."""

    def load(self, described: CustomMetric, code: MetricCode | str) -> "Custom":
        """`code` is a function's dotted path, or code; raises `InvalidInput` where there is none to call."""
        ...
