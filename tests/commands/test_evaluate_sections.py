"""What `coronet evaluate MODEL` measures beside the metrics, where a gate or the caller asks for it."""

import hashlib
import io
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest

from coronet.adapters.documents import FileDocuments
from coronet.commands.evaluate.asking import Section
from coronet.commands.profile import ProfileReport
from coronet.core.evidence import ContractChange
from coronet.core.evidence.custom_checks import Answered
from coronet.core.semantic_version import Column, Schema
from coronet.core.statistics.drift import fill
from coronet.core.statistics.drift.categories import CategoryCounts
from coronet.errors import InvalidInput
from coronet.ports.models import Footprint
from tests.commands.test_evaluate_models import CLASSES, EVALUATION, Bench, model_file
from tests.fakes.memory_models import LookedUp

ROWS = 80
GENERATOR = np.random.default_rng(1)
LEFT = np.arange(ROWS) % 2


def table(**columns: Any) -> bytes:
    given = {
        "id": np.arange(ROWS),
        "left": np.where(LEFT == 1, "yes", "no"),
        "old": 0.5 + 0.1 * (LEFT - 0.5),
        "new": 0.5 + 0.2 * (LEFT - 0.5),
        "age": np.round(GENERATOR.normal(40, 10, ROWS), 3),
        "region": np.where(np.arange(ROWS) % 3 == 0, "north", "south"),
        **columns,
    }
    return pd.DataFrame(given).to_csv(index=False).encode()


DATA = table()
TRAIN = "models/churn/data/train.csv"
RULES: Mapping[str, Mapping[str, Any]] = {
    "quick": {"rule": "budget", "of": "latency_p50_ms", "value": 100},
    "small": {"rule": "budget", "of": "size_bytes", "value": 100},
    "alike": {"rule": "drift"},
    "honest": {"rule": "leakage"},
    "fair": {"rule": "check", "run": ["python", "checks/fair.py"]},
}


def bench(*rules: str, train: bytes = DATA, of_data: Mapping[str, Any] | None = None, **fields: Any) -> Bench:
    """Two versions on 80 rows, under a policy of these rules."""
    pinned = {"path": "data/train.csv", "sha256": hashlib.sha256(train).hexdigest()}
    made = Bench(
        model=model_file(DATA, data={"train": pinned, "features": ["age", "new"], **(of_data or {})}),
        policy={"schema": "coronet/policy/v1", "gates": {name: RULES[name] for name in rules}},
        data=DATA,
        **{"more": {TRAIN: train}, **fields},
    )
    made.register("champion")
    made.register("candidate")
    return made


def test_without_a_gate_nothing_more_is_measured() -> None:
    evidence = bench().evaluate().evidence
    assert (evidence.costs, evidence.drift, evidence.leakage, evidence.checks) == (None, None, None, ())


def test_a_gate_that_is_off_asks_for_nothing() -> None:
    made = bench()
    made.policy = {
        "schema": "coronet/policy/v1",
        "gates": {name: {**rule, "mode": "off"} for name, rule in RULES.items()},
    }
    evidence = made.evaluate().evidence
    assert (evidence.costs, evidence.drift, evidence.leakage, evidence.checks) == (None, None, None, ())


def test_the_evidence_with_every_section_is_valid_and_the_same_again() -> None:
    made = bench(*RULES)
    report = made.evaluate()
    document = FileDocuments().parse(report.evidence.to_bytes(), file="e.json")
    assert FileDocuments().validate(document, "evidence") == ()
    assert made.steps[-4:] == [
        "time 2 versions",
        f"drift {TRAIN}",
        "leakage 2 features",
        "check fair: python checks/fair.py",
    ]
    made.machine.tick = 0.5
    slower = made.evaluate().evidence
    assert slower.facts_digest == report.evidence.facts_digest
    assert slower.digest != report.evidence.digest
    assert "leakage: the strongest of 2 features is new: |2·AUC − 1| 1" in report.to_text()


# --- costs ----------------------------------------------------------------------------------------


def test_what_files_cost_is_not_timed() -> None:
    footprints = {
        "1": Footprint(size_bytes=90, files=3, python="3.11.9", dependencies=("numpy==2.1",)),
        "2": Footprint(size_bytes=99, files=4),
    }
    costs = bench("small", footprints=footprints).evaluate().evidence.costs
    assert costs is not None
    assert costs.champion is not None
    assert (costs.candidate.size_bytes, costs.candidate.files, costs.candidate.dependencies) == (99, 4, None)
    assert (costs.champion.size_bytes, costs.champion.python, costs.champion.dependencies) == (
        90,
        "3.11.9",
        ("numpy==2.1",),
    )
    assert (costs.candidate.latency, costs.machine, costs.batch_rows) == ((), None, None)


def test_times_are_of_both_models_with_their_machine() -> None:
    costs = bench("quick").evaluate().evidence.costs
    assert costs is not None
    assert costs.champion is not None
    assert (costs.machine, costs.batch_rows) == ("a machine of a test", ROWS)
    for cost in (costs.candidate, costs.champion):
        assert [(each.of, each.repetitions) for each in cost.latency] == [
            ("latency_p50_ms", 300),
            ("latency_p95_ms", 300),
            ("batch_p50_ms", 200),
        ]
        assert [each.value for each in cost.latency] == pytest.approx([1.0, 1.0, 1.0])
        assert all(each.interval for each in cost.latency)


def test_slow_models_are_timed_for_seconds_and_no_longer() -> None:
    made = bench("quick")
    made.machine.tick = 1.0
    costs = made.evaluate().evidence.costs
    assert costs is not None
    assert [(each.value, each.repetitions, each.interval) for each in costs.candidate.latency] == [
        (1000.0, 1, None),
        (1000.0, 1, None),
        (1000.0, 1, None),
    ]


def test_a_first_candidate_costs_what_it_costs_alone() -> None:
    made = bench("quick")
    costs = made.evaluate(alone=True).evidence.costs
    assert costs is not None
    assert costs.champion is None


def test_models_without_probabilities_are_timed_by_their_classes() -> None:
    made = bench("quick")
    made.predictors = {
        "1": LookedUp(column="old", classes=CLASSES, sure=False),
        "2": LookedUp(column="new", classes=CLASSES, sure=False),
    }
    costs = made.evaluate(metrics=("accuracy",)).evidence.costs
    assert costs is not None
    assert len(costs.candidate.latency) == 3


# --- the data -------------------------------------------------------------------------------------


def test_the_evaluation_data_are_held_against_the_training_data() -> None:
    moved = table(age=np.round(GENERATOR.normal(90, 1, ROWS), 3))
    drift = bench("alike", train=moved).evaluate().evidence.drift
    assert drift is not None
    assert drift.reference == "sha256:" + hashlib.sha256(moved).hexdigest()
    assert [column.column for column in drift.columns] == ["age", "new", "left"]
    assert [str(column.kind) for column in drift.columns] == ["number", "number", "category"]
    psi = {column.column: column.psi or 0.0 for column in drift.columns}
    assert psi["age"] > 1
    assert psi["left"] < 0.01


def test_a_reference_goes_before_the_training_data() -> None:
    pinned = {"path": "data/reference.csv", "sha256": hashlib.sha256(DATA).hexdigest()}
    made = bench("alike", of_data={"reference": pinned}, more={"models/churn/data/reference.csv": DATA})
    drift = made.evaluate().evidence.drift
    assert drift is not None
    assert drift.reference == "sha256:" + pinned["sha256"]


def test_a_column_that_the_evaluation_data_lost_is_gone() -> None:
    more = table(height=np.arange(ROWS))
    made = bench("alike", train=more, of_data={"features": None})
    drift = made.evaluate().evidence.drift
    assert drift is not None
    (gone,) = [column for column in drift.columns if column.gone]
    assert gone.column == "height"


def test_a_reference_may_be_a_profile() -> None:
    """What `coronet profile` writes of the training data, whose rows are then not needed."""
    names = ["age", "left", "gone"]
    profiles = dict(
        zip(names, (fill(CategoryCounts(), np.array(["no", "yes"] * 40)).finish() for _ in names), strict=True)
    )
    report = ProfileReport(source="train", digest="sha256:" + "0" * 64, rows=ROWS, profiles=profiles)
    content = json.dumps(report.to_json()).encode()
    pinned = {"path": "data/profile.json", "sha256": hashlib.sha256(content).hexdigest()}
    made = bench("alike", of_data={"reference": pinned}, more={"models/churn/data/profile.json": content})
    drift = made.evaluate().evidence.drift
    assert drift is not None
    assert [column.column for column in drift.columns] == ["age", "left"]
    assert {column.column: column.psi for column in drift.columns}["left"] == pytest.approx(0, abs=1e-9)


def test_training_data_that_are_not_what_is_pinned_are_refused() -> None:
    made = bench("alike", more={TRAIN: b"id,left\n1,no\n"})
    with pytest.raises(InvalidInput, match=r"train\.csv has the SHA-256"):
        made.evaluate()


def test_every_feature_is_asked_what_it_tells_and_nothing_else() -> None:
    leakage = bench("honest", of_data={"features": None}).evaluate().evidence.leakage
    assert leakage is not None
    assert (leakage.rows, leakage.features, leakage.problem) == (ROWS, 4, "")
    powers = {leak.column: leak.power for leak in leakage.columns}
    assert set(powers) == {"old", "new", "age", "region"}
    assert powers["new"] == 1
    assert powers["age"] < 0.5


def test_sections_may_be_asked_for_without_a_gate() -> None:
    evidence = bench().evaluate(also=("costs", "leakage")).evidence
    assert evidence.costs is not None
    assert len(evidence.costs.candidate.latency) == 3
    assert evidence.leakage is not None
    assert evidence.drift is None


def test_the_same_sections_can_be_measured_again_whatever_the_policy_asks() -> None:
    first = bench("quick", "honest", "fair").evaluate().evidence
    made = bench("alike", "fair")
    again = made.evaluate(sections=frozenset({Section.COSTS, Section.LEAKAGE}), checks=frozenset()).evidence
    assert again.leakage == first.leakage
    assert again.costs is not None
    assert (again.costs.candidate.latency, again.drift) == ((), None)
    assert (again.checks, made.runner.told) == ((), {})


def test_a_regression_has_leaks_as_well() -> None:
    prices = pd.DataFrame({"id": range(60), "price": range(60), "old": range(60), "new": range(60), "age": [1, 2] * 30})
    content = prices.to_csv(index=False).encode()
    made = bench("honest")
    made.data = content
    made.model = model_file(
        content,
        task="regression",
        metrics=["mae"],
        data={"label": "price", "segments": None, "features": ["age", "old"]},
    )
    made.predictors = {"1": LookedUp(column="old"), "2": LookedUp(column="new")}
    leakage = made.evaluate().evidence.leakage
    assert leakage is not None
    assert [(leak.column, leak.power > 0.99) for leak in leakage.columns] == [("old", True), ("age", False)]


# --- checks of one's own --------------------------------------------------------------------------


def test_a_check_is_told_what_both_models_predict() -> None:
    made = bench("fair")
    made.runner.answers = {"fair": Answered.FAIL}
    report = made.evaluate()
    (found,) = report.evidence.checks
    assert (found.name, found.result) == ("fair", Answered.FAIL)
    told = made.runner.told["fair"]
    assert told.predictions == {"candidate": report.predictions["2"], "champion": report.predictions["1"]}
    frame = pd.read_parquet(io.BytesIO(told.predictions["candidate"]))
    assert list(frame.columns) == ["id", "left", "region", "prediction", "score"]
    assert told.facts["schema"] == "coronet/check-input/v1"
    assert (told.facts["candidate"]["version"], told.facts["champion"]["version"]) == ("2", "1")
    assert told.facts["data"] == {
        "name": "leavers",
        "location": EVALUATION,
        "sha256": hashlib.sha256(DATA).hexdigest(),
        "label": "left",
        "key": "id",
        "weight": None,
        "segments": ["region"],
    }


def test_without_a_champion_a_check_is_told_of_none() -> None:
    made = bench("fair")
    made.evaluate(alone=True)
    assert made.runner.told["fair"].facts["champion"] is None
    assert set(made.runner.told["fair"].predictions) == {"candidate"}


# --- the contract ---------------------------------------------------------------------------------


def test_what_changed_of_the_contract_is_named() -> None:
    before = Schema(inputs=(Column(name="age", type="double"),), outputs=())
    after = Schema(inputs=(Column(name="age", type="long"),), outputs=())
    contract = bench(schemas={"1": before, "2": after}).evaluate().evidence.contract
    assert contract is not None
    assert contract.changes == (ContractChange(side="input", name="age", champion="double", candidate="long"),)
