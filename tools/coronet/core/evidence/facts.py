"""What evidence is made of: who was measured, on which rows, and one metric over one segment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Task(StrEnum):
    BINARY = "binary"
    MULTICLASS = "multiclass"
    REGRESSION = "regression"


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """What was measured: a model version where there is one, and the digest of its predictions."""

    version: str | None = None
    run_id: str | None = None
    digest: str | None = None
    predictions: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class EvaluationData:
    name: str
    digest: str
    rows: int
    label: str
    key: str | None = None
    cluster: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class RowCounts:
    """`paired` rows were measured for both; `unusable` counts the rows left out, by reason."""

    paired: int
    candidate_only: int = 0
    champion_only: int = 0
    unusable: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class MetricFact:
    """One metric over one segment (`{}` is every row).

    `difference` is candidate minus champion and `interval` its confidence interval; without a champion
    both are None and `interval` is the candidate's own. `candidate_interval` is always the candidate's
    own. A value that could not be computed is None, and `problem` says why.
    """

    metric: str
    segment: Mapping[str, str]
    rows: int
    champion: float | None
    candidate: float | None
    difference: float | None
    interval: tuple[float, float] | None
    candidate_interval: tuple[float, float] | None = None
    method: str = ""
    problem: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ContractChange:
    """One column that callers give (`input`) or get (`output`), by its type for both; None where it is not there.

    The same type twice is a column that moved to another place.
    """

    side: str
    name: str
    champion: str | None
    candidate: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Contract:
    """Digests of what callers rely on, by name (`signature`, `features`, `schema`), for both models.

    `changes` are the columns that differ, where both models name theirs, and `more_changes` how many of them are
    not listed.
    """

    candidate: Mapping[str, str]
    champion: Mapping[str, str]
    changes: tuple[ContractChange, ...] = ()
    more_changes: int = 0


def contract_json(contract: Contract) -> dict[str, Any]:
    fields: dict[str, Any] = {"candidate": dict(contract.candidate), "champion": dict(contract.champion)}
    if contract.changes:
        fields["changes"] = [
            {"side": each.side, "name": each.name, "champion": each.champion, "candidate": each.candidate}
            for each in contract.changes
        ]
    return {**fields, "more_changes": contract.more_changes} if contract.more_changes else fields


def contract_from_json(value: Mapping[str, Any]) -> Contract:
    return Contract(
        candidate=value["candidate"],
        champion=value["champion"],
        changes=tuple(ContractChange(**each) for each in value.get("changes", ())),
        more_changes=value.get("more_changes", 0),
    )


def subject_json(subject: Subject) -> dict[str, Any]:
    return without_none(
        version=subject.version,
        run_id=subject.run_id,
        digest=subject.digest,
        predictions=subject.predictions,
    )


def metric_json(fact: MetricFact) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "metric": fact.metric,
        "segment": dict(fact.segment),
        "rows": fact.rows,
        "champion": fact.champion,
        "candidate": fact.candidate,
        "difference": fact.difference,
        "interval": list(fact.interval) if fact.interval else None,
        "method": fact.method,
    }
    if fact.candidate_interval:
        fields["candidate_interval"] = list(fact.candidate_interval)
    if fact.problem:
        fields["problem"] = fact.problem
    return fields


def metric_from_json(fact: Mapping[str, Any]) -> MetricFact:
    return MetricFact(
        metric=fact["metric"],
        segment=fact["segment"],
        rows=fact["rows"],
        champion=fact["champion"],
        candidate=fact["candidate"],
        difference=fact["difference"],
        interval=_pair(fact["interval"]),
        candidate_interval=_pair(fact.get("candidate_interval")),
        method=fact.get("method", ""),
        problem=fact.get("problem", ""),
    )


def _pair(values: list[float] | None) -> tuple[float, float] | None:
    return (values[0], values[1]) if values else None


def without_none(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
