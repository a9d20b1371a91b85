"""How many rows the evaluation data needs for what the policy asks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from coronet.commands.governed import decode
from coronet.commands.policies import load_policy
from coronet.core.documents import Document
from coronet.core.evidence import evidence_from_json
from coronet.core.judging.wording import say_number
from coronet.core.policy_power import Power, find_power
from coronet.core.render.page import Page, Table
from coronet.core.render.paged import Paged
from coronet.errors import InvalidInput
from coronet.ports.documents import Documents, Files

SCHEMA = "coronet/policy-power/v1"
_HEADER = ("Gate", "Scope", "Rows", "Bar", "Detects", "Assumed", "Rows needed")


@dataclass(frozen=True, kw_only=True, slots=True)
class PowerReport(Paged):
    model: str
    power: float
    scopes: tuple[Power, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "model": self.model,
            "power": self.power,
            "gates": [
                {
                    "gate": scope.gate,
                    "scope": scope.scope,
                    "rows": scope.rows,
                    "bar": scope.bar,
                    "detects": scope.detects,
                    "assumed": scope.assumed,
                    "rows_needed": scope.needed,
                    "suffices": scope.suffices,
                    "problem": scope.problem,
                }
                for scope in self.scopes
            ],
        }

    def page(self) -> Page:
        table = Table(header=_HEADER, rows=[_row(scope) for scope in self.scopes])
        return Page(headline=self._headline(), blocks=(table,))

    def _headline(self) -> str:
        short = sum(not scope.suffices for scope in self.scopes)
        of = f"{len(self.scopes)} scope{'' if len(self.scopes) == 1 else 's'} of the gates of {self.model}"
        share = f"{self.power:.0%}".replace("%", " %")
        if not short:
            return (
                f"The rows suffice: each of {of} passes at least {share} of the time, if the assumed values are true."
            )
        return f"{short} of {of} would pass less than {share} of the time. See the rows that they need."


def power_of_policy(
    files: Files, documents: Documents, model: str, evidence: Document, *, power: float, effect: float | None
) -> PowerReport:
    """What the rows of `evidence` can tell under the effective policy of `model`; `power` is above 0 and below 1.

    InvalidInput where evidence or policy cannot be read, or no gate compares a number of the evidence.
    """
    measured = decode(evidence, documents, "evidence", evidence_from_json)
    scopes = find_power(measured, load_policy(files, documents, model), power=power, effect=effect)
    _require_any(scopes, model, evidence.file)
    return PowerReport(model=model, power=power, scopes=scopes)


def _require_any(scopes: Sequence[Power], model: str, file: str) -> None:
    if not scopes:
        raise InvalidInput(
            f"no gate of {model} compares a number that {file} has",
            hint="evaluate with the metrics and segments that the policy asks for",
        )


def _row(scope: Power) -> tuple[str, ...]:
    needed = scope.problem or ("no number of rows" if scope.needed is None else f"{scope.needed}")
    return (
        scope.gate,
        scope.scope,
        f"{scope.rows}",
        say_number(scope.bar),
        "—" if scope.detects is None else say_number(scope.detects),
        "—" if scope.assumed is None else say_number(scope.assumed),
        f"{needed} ✓" if scope.suffices else needed,
    )
