"""Checks of one's own: programs of the repository that judge what two models predict."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from coronet.core.evidence.custom_checks import CustomCheck
from coronet.core.policy.demands import CheckDemand


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Told:
    """What a check is told: facts as JSON, and what each side predicts as Parquet, by the facts' own keys."""

    facts: Mapping[str, Any]
    predictions: Mapping[str, bytes]


class CheckRunner(Protocol):
    """Runs code of the repository: only in jobs without credentials."""

    def run(self, name: str, asked: CheckDemand, told: Told) -> CustomCheck:
        """What the check under this name answers; whatever goes wrong with it is an answer, too."""
        ...
