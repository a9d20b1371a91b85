"""How many rows the evaluation data needs for what the policy asks."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from coronet.commands.governed import decode, load_model
from coronet.commands.policies import load_policy
from coronet.commands.policy.counting import DataCounter
from coronet.core.assumed_power import Assumptions, assume_power
from coronet.core.documents import Document
from coronet.core.evidence import evidence_from_json
from coronet.core.judging.wording import say_number
from coronet.core.policy import Mode, Policy
from coronet.core.policy_power import Power, find_power, why_not_asked
from coronet.core.render.page import Items, Page, Table
from coronet.core.render.paged import Paged
from coronet.errors import InvalidInput
from coronet.ports.documents import Documents, Files

SCHEMA = "coronet/policy-power/v1"
_HEADER = ("Gate", "Scope", "Rows", "Bar", "Detects", "Assumed", "Rows needed")


@dataclass(frozen=True, kw_only=True, slots=True)
class PowerReport(Paged):
    """`left_out` says by gate why nothing is told of it; `assumed` is what it rests on where there is no evidence.

    `counted` is where the rows were counted then, None where they were not.
    """

    model: str
    power: float
    scopes: tuple[Power, ...]
    left_out: Mapping[str, str] = field(default_factory=dict)
    assumed: Assumptions | None = None
    counted: str | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "model": self.model,
            "power": self.power,
            "assumed": _assumed_json(self.assumed) if self.assumed else None,
            "counted": self.counted,
            "left_out": [{"gate": gate, "why": why} for gate, why in self.left_out.items()],
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
        return Page(headline=self._headline(), blocks=(table, Items(lines=list(self._notes()))))

    def _notes(self) -> Iterator[str]:
        if self.assumed:
            yield f"assumed, not measured: {_say_assumed(self.assumed)}"
            yield f"rows counted in {self.counted}" if self.counted else "rows were not counted"
        several = Counter(scope.gate for scope in self.scopes)
        for gate, many in several.items():
            if many > 1:
                together = f"{100 * self.power**many:.2g} %"
                yield f"{gate} passes where all {many} segments do: {together} of the time, if each just passes alone"
        yield from (f"{gate} is not told of: {why}" for gate, why in self.left_out.items())

    def _headline(self) -> str:
        short = sum(not scope.suffices for scope in self.scopes)
        if self.assumed and not any(scope.rows for scope in self.scopes):
            return f"The rows that the gates of {self.model} need, by what is assumed of the models."
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
    policy = load_policy(files, documents, model)
    scopes = find_power(measured, policy, power=power, effect=effect)
    _require_any(scopes, model, evidence.file)
    return PowerReport(model=model, power=power, scopes=scopes, left_out=_left_out(policy))


def power_by_assumptions(
    files: Files,
    documents: Documents,
    model: str,
    assumptions: Assumptions,
    *,
    power: float,
    counter: DataCounter | None = None,
) -> PowerReport:
    """The same without evidence: on the rows of the evaluation data, where `counter` can count them."""
    governed, policy = load_model(files, documents, model), load_policy(files, documents, model)
    rows = counter.count(governed, policy, always=True)[0] if counter else None
    return PowerReport(
        model=model,
        power=power,
        scopes=assume_power(policy, assumptions, rows, power=power),
        left_out=_left_out(policy),
        assumed=assumptions,
        counted=rows.source if rows else None,
    )


def _left_out(policy: Policy) -> dict[str, str]:
    return {gate.name: why for gate in policy.gates if (why := why_not_asked(gate)) and gate.mode is not Mode.OFF}


def _assumed_json(assumed: Assumptions) -> dict[str, Any]:
    return {
        "values": dict(assumed.values),
        "deviations": dict(assumed.deviations),
        "positive": assumed.positive,
        "correlation": assumed.correlation,
        "effect": assumed.effect,
    }


def _say_assumed(assumed: Assumptions) -> str:
    said = [f"{metric} {say_number(value)}" for metric, value in assumed.values.items()]
    said += [f"{metric} of a row ± {say_number(value)}" for metric, value in assumed.deviations.items()]
    said += [f"{say_number(100 * assumed.positive)} % of the rows positive"] if assumed.positive else []
    return ", ".join([*said, f"a correlation of {say_number(assumed.correlation)} between the models"])


def _require_any(scopes: Sequence[Power], model: str, file: str) -> None:
    if not scopes:
        raise InvalidInput(
            f"no gate of {model} compares a number that {file} has",
            hint="evaluate with the metrics and segments that the policy asks for",
        )


def _row(scope: Power) -> tuple[str, ...]:
    rows = f"{scope.rows}" if scope.rows or scope.problem else "—"
    needed = scope.problem or ("no number of rows" if scope.needed is None else f"{scope.needed}")
    return (
        scope.gate,
        scope.scope,
        rows,
        say_number(scope.bar),
        "—" if scope.detects is None else say_number(scope.detects),
        "—" if scope.assumed is None else say_number(scope.assumed),
        f"{needed} ✓" if scope.suffices else needed,
    )
