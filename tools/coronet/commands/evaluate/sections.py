"""What is measured beside the metrics: of the models themselves, and of the data that they are judged on."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from coronet.commands.evaluate.asking import Section, live_gates
from coronet.commands.evaluate.costs import BATCH_ROWS, describe_cost, time_predictions
from coronet.commands.pinned_data import Pinned, read_pinned, verify_pin
from coronet.commands.profile import read_profile
from coronet.core.drift import ColumnDrift
from coronet.core.evidence import Task
from coronet.core.evidence.costs import Costs
from coronet.core.evidence.custom_checks import CustomCheck
from coronet.core.evidence.data_drift import DataDrift, keep_columns
from coronet.core.evidence.leakage import Leakage, keep_strongest
from coronet.core.model_file import ModelFile
from coronet.core.policy import Policy, Rule
from coronet.core.statistics.drift import measure_drift, measure_profiles
from coronet.core.statistics.leakage import measure_leakage
from coronet.ports.checks import CheckRunner, Told
from coronet.ports.clock import Progress
from coronet.ports.columns import ColumnTables
from coronet.ports.documents import Documents
from coronet.ports.machine import Machine
from coronet.ports.models import ModelStore, Predictor
from coronet.ports.registry import ModelVersion
from coronet.ports.tables import Tables

INPUT_SCHEMA = "coronet/check-input/v1"


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Measured:
    """One version as an object, and its predictions as a Parquet file."""

    version: ModelVersion
    predictor: Predictor
    predictions: bytes


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Bench:
    """What the sections are measured with; the candidate first in `sides`, the champion after it where there is one.

    `frame` is the evaluation data as models see it.
    """

    model: ModelFile
    policy: Policy | None
    sides: Sequence[Measured]
    frame: Any
    pinned: Pinned
    confidence: float
    tables: Tables
    columns: ColumnTables
    documents: Documents
    store: ModelStore
    machine: Machine
    runner: CheckRunner
    progress: Progress


def measure_sections(
    bench: Bench, asked: frozenset[Section], *, checks: frozenset[str] | None = None
) -> dict[str, Any]:
    """The fields of the evidence that the sections make; of the policy's own checks all, or those named."""
    fields: dict[str, Any] = {}
    if Section.COSTS in asked or Section.LATENCY in asked:
        fields["costs"] = _measure_costs(bench, timed=Section.LATENCY in asked)
    if Section.DRIFT in asked:
        fields["drift"] = _measure_drift(bench)
    if Section.LEAKAGE in asked:
        fields["leakage"] = _measure_leakage(bench)
    if answers := tuple(_run_checks(bench, checks)):
        fields["checks"] = answers
    return fields


# --- what the models cost -------------------------------------------------------------------------


def _measure_costs(bench: Bench, *, timed: bool) -> Costs:
    footprints = [bench.store.footprint(side.version) for side in bench.sides]
    if not timed:
        costs = [describe_cost(footprint) for footprint in footprints]
        return Costs(candidate=costs[0], champion=costs[1] if len(costs) > 1 else None)
    bench.progress("time", f"{len(bench.sides)} versions")
    latencies = time_predictions(
        [side.predictor for side in bench.sides], bench.frame, bench.machine, confidence=bench.confidence
    )
    costs = [describe_cost(footprint, latency) for footprint, latency in zip(footprints, latencies, strict=True)]
    return Costs(
        candidate=costs[0],
        champion=costs[1] if len(costs) > 1 else None,
        machine=bench.machine.describe(),
        batch_rows=min(BATCH_ROWS, len(bench.frame)),
    )


# --- the data -------------------------------------------------------------------------------------


def _measure_drift(bench: Bench) -> DataDrift:
    """The evaluation data against the reference that the model file names, or the training data."""
    data = bench.model.data
    pinned = verify_pin(bench.tables, bench.model, data.reference or data.train)
    bench.progress("drift", pinned.location)
    if bench.columns.begin(pinned.location).startswith(b"{"):
        measured = _against_profile(bench, pinned)
    else:
        measured = _against_table(bench, pinned)
    named = {name for gate in live_gates(bench.policy, Rule.DRIFT) if gate.drift for name in gate.drift.columns}
    return keep_columns(f"sha256:{pinned.sha256}", measured, always=named)


def _against_table(bench: Bench, pinned: Pinned) -> tuple[ColumnDrift, ...]:
    reference = read_pinned(bench.tables, bench.model, pinned)
    names = _held_against(bench, reference.columns)
    return measure_drift({name: reference[name].to_numpy() for name in names}, _now(bench, names))


def _against_profile(bench: Bench, pinned: Pinned) -> tuple[ColumnDrift, ...]:
    profiles = read_profile(bench.columns, bench.documents, pinned.location)
    names = [name for name in _held_against(bench, profiles) if name in profiles]
    return measure_profiles({name: profiles[name] for name in names}, _now(bench, names))


def _held_against(bench: Bench, there: Iterable[str]) -> list[str]:
    """The features and the label."""
    data = bench.model.data
    return list(dict.fromkeys((*data.features_among(tuple(there)), data.label)))


def _now(bench: Bench, names: Iterable[str]) -> dict[str, Any]:
    return {name: bench.frame[name].to_numpy() for name in names if name in bench.frame.columns}


def _measure_leakage(bench: Bench) -> Leakage:
    """Of the features in the evaluation data, on its rows with a label."""
    data = bench.model.data
    rows = bench.frame[bench.frame[data.label].notna()]
    features = data.features_among(tuple(rows.columns))
    bench.progress("leakage", f"{len(features)} features")
    label = rows[data.label].to_numpy()
    if bench.model.task is not Task.REGRESSION:
        label = label.astype(str)
    found = measure_leakage({name: rows[name].to_numpy() for name in features}, label, bench.model.task)
    allowed = {name for gate in live_gates(bench.policy, Rule.LEAKAGE) for name in gate.allowed}
    return Leakage(
        rows=found.rows,
        features=found.features,
        columns=keep_strongest(found.columns, always=allowed),
        problem=found.problem,
    )


# --- checks of one's own --------------------------------------------------------------------------


def _run_checks(bench: Bench, only: frozenset[str] | None) -> Iterator[CustomCheck]:
    for gate in live_gates(bench.policy, Rule.CHECK):
        if gate.check and (only is None or gate.name in only):
            bench.progress("check", f"{gate.name}: {gate.check.command}")
            yield bench.runner.run(gate.name, gate.check, _tell(bench))


def _tell(bench: Bench) -> Told:
    sides = dict(zip(("candidate", "champion"), bench.sides, strict=False))
    model, data = bench.model, bench.model.data
    facts: Mapping[str, Any] = {
        "schema": INPUT_SCHEMA,
        "model": model.name,
        "task": str(model.task),
        "positive": model.positive,
        "threshold": model.threshold,
        "confidence": bench.confidence,
        "data": {
            "name": data.name,
            "location": bench.pinned.location,
            "sha256": bench.pinned.sha256,
            "label": data.label,
            "key": data.key,
            "weight": data.weight,
            "segments": list(data.segments),
        },
        "champion": None,
        **{
            name: {"version": side.version.version, "run_id": side.version.run_id, "tags": dict(side.version.tags)}
            for name, side in sides.items()
        },
    }
    return Told(facts=facts, predictions={name: side.predictions for name, side in sides.items()})
