"""`coronet evaluate MODEL`: two versions on the pinned data, and evidence where `propose` looks for it."""

import csv
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from coronet.adapters.custom_metrics import ImportedMetrics
from coronet.adapters.documents import FileDocuments
from coronet.commands.evaluate.custom import load_custom
from coronet.commands.evaluate.models import ModelsRequest, evaluate_models
from coronet.commands.evaluate.report import EvaluateReport
from coronet.commands.evaluate.sides import Laboratory
from coronet.core.canonical import digest_bytes
from coronet.core.evidence import CustomMetric, Keys, LabelSource, Look, MetricFact, RowCounts, hash_key, run_file
from coronet.core.judging.judgement import judge
from coronet.core.look_tags import PREFIX
from coronet.core.model_file import OwnMetric, model_from_json
from coronet.core.policy import policy_from_json
from coronet.core.semantic_version import Schema
from coronet.errors import InvalidInput, Unavailable
from coronet.ports.models import Footprint, Predictor
from tests.fakes.memory_checks import MemoryChecks
from tests.fakes.memory_columns import MemoryColumns
from tests.fakes.memory_files import MemoryFiles
from tests.fakes.memory_models import LookedUp, MemoryModels
from tests.fakes.memory_registry import MemoryRegistry
from tests.fakes.memory_tables import MemoryTables
from tests.fakes.still_machine import StillMachine
from tests.stage.clock import StageClock

DATA = b"""\
id,left,old,new,twist,region
7,no,0.4,0.1,0.9,north
5,yes,0.6,0.9,0.2,north
6,no,0.7,0.2,0.8,south
8,yes,0.3,0.8,0.1,
9,,0.5,0.5,0.5,south
"""
PRICES = b"id,price,old,new\n1,100,150,110\n2,200,300,210\n3,300,100,310\n"
EVALUATION = "models/churn/data/evaluation.csv"
TRAINING = "models/churn/data/train.csv"
CLASSES = ("no", "yes")
OLD, NEW = LookedUp(column="old", classes=CLASSES), LookedUp(column="new", classes=CLASSES)
POLICY = {
    "schema": "coronet/policy/v1",
    "confidence": 0.9,
    "gates": {
        "better": {"metric": "log_loss", "rule": "superior", "margin": 0},
        "fair": {"metric": "accuracy", "rule": "gap", "value": 0.5, "by": ["region", "age_band"]},
        "elsewhere": {"metric": "mae", "rule": "ceiling", "value": 1},
        "asleep": {"metric": "brier", "rule": "ceiling", "value": 1, "mode": "off"},
    },
    "ranking": {"score": {"order": {"metric": "gini", "weight": 1}}, "tie_breaks": [{"metric": "ks"}]},
}


def model_file(content: bytes = DATA, /, **changes: Any) -> dict[str, Any]:
    """The model file that pins `content`; None in `data` removes a key."""
    pinned = {"path": "data/evaluation.csv", "sha256": hashlib.sha256(content).hexdigest()}
    model: dict[str, Any] = {
        "schema": "coronet/model/v1",
        "registered_model": "churn-classifier",
        "owner": "model-owner",
        "task": "binary",
        "data": {
            "name": "leavers",
            "label": "left",
            "key": "id",
            "segments": ["region"],
            "train": {"path": "data/train.csv"},
            "evaluation": pinned,
        },
        "metrics": ["roc_auc", "accuracy"],
    }
    data = {**model["data"], **changes.get("data", {})}
    return {**model, **changes, "data": {name: value for name, value in data.items() if value is not None}}


@dataclass(kw_only=True)
class Bench:
    """A registry with a champion (version 1, `old`) and a candidate (version 2, `new`)."""

    model: Mapping[str, Any] = field(default_factory=model_file)
    policy: Mapping[str, Any] | None = None
    data: bytes = DATA
    training: bytes | None = None
    predictors: dict[str, Predictor] = field(default_factory=lambda: {"1": OLD, "2": NEW})
    registry: MemoryRegistry = field(default_factory=MemoryRegistry)
    contracts: dict[str, Mapping[str, str]] = field(default_factory=dict)
    schemas: dict[str, Schema] = field(default_factory=dict)
    footprints: dict[str, Footprint] = field(default_factory=dict)
    machine: StillMachine = field(default_factory=StillMachine)
    runner: MemoryChecks = field(default_factory=MemoryChecks)
    more: dict[str, bytes] = field(default_factory=dict)
    code: dict[str, bytes] = field(default_factory=dict)
    steps: list[str] = field(default_factory=list)

    def register(self, *aliases: str) -> None:
        self.registry.add_version("churn-classifier", aliases=aliases)
        newest = self.registry.versions("churn-classifier")[0]
        self.registry.add_run(newest.run_id)

    @property
    def tables(self) -> dict[str, bytes]:
        training = {} if self.training is None else {TRAINING: self.training}
        return {EVALUATION: self.data, **self.more, **training}

    def evaluate(self, **asked: Any) -> EvaluateReport:
        files = {"models/churn/model.yaml": json.dumps(self.model).encode(), **self.code}
        if self.policy is not None:
            files["policy/default.yaml"] = json.dumps(self.policy).encode()
        self.store = MemoryModels(self.predictors, self.contracts, self.schemas, self.footprints)
        laboratory = Laboratory(
            files=MemoryFiles(files),
            documents=FileDocuments(),
            tables=MemoryTables(self.tables),
            columns=MemoryColumns(self.tables),
            registry=self.registry,
            store=self.store,
            machine=self.machine,
            runner=self.runner,
            clock=StageClock(),
            progress=lambda step, detail="": self.steps.append(f"{step} {detail}".strip()),
            custom_metrics=ImportedMetrics(),
        )
        return evaluate_models(ModelsRequest(model="churn", **asked), laboratory)

    def run_of(self, version: str) -> str:
        found = self.registry.version("churn-classifier", version)
        assert found is not None
        return found.run_id


@pytest.fixture
def bench() -> Bench:
    made = Bench()
    made.register("champion")
    made.register("candidate")
    return made


def fact_of(report: EvaluateReport, metric: str, segment: Mapping[str, str] | None = None) -> MetricFact:
    facts = report.evidence.metrics
    (found,) = [fact for fact in facts if (fact.metric, fact.segment) == (metric, segment or {})]
    return found


# --- what is measured -----------------------------------------------------------------------------


def test_the_candidate_beside_the_champion_on_the_pinned_data(bench: Bench) -> None:
    bench.contracts = {"1": {"signature": "sha256:" + "1" * 64}, "2": {"signature": "sha256:" + "2" * 64}}
    report = bench.evaluate()
    evidence = report.evidence
    assert (evidence.model, evidence.threshold, evidence.confidence) == ("churn", 0.5, 0.95)
    assert (evidence.candidate.version, evidence.candidate.run_id) == ("2", bench.run_of("2"))
    candidate = bench.registry.version("churn-classifier", "2")
    assert candidate is not None
    assert evidence.candidate.digest == bench.registry.artifact_digest(candidate)
    assert evidence.champion is not None
    assert evidence.champion.version == "1"
    assert evidence.candidate.predictions == digest_bytes(report.predictions["2"])
    assert evidence.data.digest == "sha256:" + hashlib.sha256(DATA).hexdigest()
    assert (evidence.data.name, evidence.data.rows, evidence.data.key) == ("leavers", 5, "id")
    assert evidence.rows == RowCounts(paired=4, unusable={"label missing": 1})
    assert evidence.contract is not None
    assert evidence.contract.candidate == bench.contracts["2"]
    area = fact_of(report, "roc_auc")
    assert (area.champion, area.candidate) == (0.25, 1)
    assert fact_of(report, "accuracy", {"region": "north"}).rows == 2
    assert fact_of(report, "accuracy", {"region": "(missing)"}).rows == 1
    assert FileDocuments().validate(FileDocuments().parse(evidence.to_bytes(), file="e.json"), "evidence") == ()
    assert bench.steps == ["data leavers", "predict version 2", "predict version 1", "measure 4 rows"]


def test_the_evidence_is_kept_where_propose_looks_for_it(bench: Bench) -> None:
    report = bench.evaluate()
    run = bench.run_of("2")
    assert bench.registry.load_run_file(run, run_file("1")) == report.evidence.to_bytes()
    table = bench.registry.load_run_file(run, "evidence/against-v1.csv") or b""
    assert next(csv.reader(table.decode().splitlines()))[:2] == ["metric", "segment"]
    names = ("evaluation.html", "curves.csv", "confusion.csv", "changes.csv")
    drawn = [f"evaluation/against-v1/{name}" for name in names]
    kept = ("evidence/against-v1.json", "evidence/against-v1.csv", *drawn)
    assert report.saved == tuple(f"{path} of run {run}" for path in kept)
    assert (bench.registry.load_run_file(run, drawn[0]) or b"").startswith(b"<!doctype html>")


def test_a_dry_run_keeps_nothing(bench: Bench) -> None:
    report = bench.evaluate(dry_run=True)
    assert bench.registry.writes == []
    assert "evidence would be written to evidence/against-v1.json of run" in report.to_text()


def test_the_same_versions_give_the_same_facts(bench: Bench) -> None:
    assert bench.evaluate().evidence.facts_digest == bench.evaluate().evidence.facts_digest


def test_the_first_candidate_is_measured_against_nothing() -> None:
    bench = Bench(predictors={"1": NEW})
    bench.register("candidate")
    report = bench.evaluate()
    assert (report.evidence.champion, report.evidence.contract) == (None, None)
    assert bench.registry.load_run_file(bench.run_of("1"), run_file(None)) == report.evidence.to_bytes()


def test_the_champion_alone_for_a_renewal(bench: Bench) -> None:
    report = bench.evaluate(candidate="1", alone=True)
    assert report.evidence.candidate.version == "1"
    assert report.evidence.champion is None
    assert bench.store.loaded == ["1"]


def test_versions_can_be_named(bench: Bench) -> None:
    bench.register()
    bench.predictors["3"] = LookedUp(column="twist", classes=CLASSES)
    report = bench.evaluate(candidate="3", champion="2")
    assert (fact_of(report, "roc_auc").champion, fact_of(report, "roc_auc").candidate) == (1, 0)
    assert bench.registry.load_run_file(bench.run_of("3"), run_file("2"))


def test_a_version_without_a_run_has_no_place_for_evidence() -> None:
    bench = Bench(predictors={"1": NEW})
    bench.registry.add_version("churn-classifier", run_id="", aliases=("candidate",))
    assert bench.evaluate().saved == ()


def test_what_the_policy_judges_by_is_measured_too(bench: Bench) -> None:
    bench.policy = POLICY
    bench.model = model_file(data={"segments": ["old"]})
    report = bench.evaluate()
    assert report.evidence.confidence == 0.9
    metrics = list(dict.fromkeys(fact.metric for fact in report.evidence.metrics))
    assert metrics == ["roc_auc", "accuracy", "log_loss", "gini", "ks"]
    columns = {column for fact in report.evidence.metrics for column in fact.segment}
    assert columns == {"old", "region"}


def test_what_is_asked_goes_before_model_file_and_policy(bench: Bench) -> None:
    bench.policy = POLICY
    report = bench.evaluate(metrics=("f1", "f1"), segments=("old",), confidence=0.8)
    assert {fact.metric for fact in report.evidence.metrics} == {"f1"}
    assert {column for fact in report.evidence.metrics for column in fact.segment} == {"old"}
    assert report.evidence.confidence == 0.8


def test_without_metrics_in_the_model_file_those_of_the_task(bench: Bench) -> None:
    bench.model = {key: value for key, value in model_file().items() if key != "metrics"}
    assert "brier" in {fact.metric for fact in bench.evaluate().evidence.metrics}
    bench.predictors["1"] = LookedUp(column="old", classes=CLASSES, sure=False)
    report = bench.evaluate()
    assert {fact.metric for fact in report.evidence.metrics} == {"accuracy", "precision", "recall", "f1"}
    assert report.evidence.threshold is None


def test_the_threshold_of_the_model_file_is_everybodys(bench: Bench) -> None:
    bench.model = model_file(threshold=0.75)
    report = bench.evaluate()
    assert report.evidence.threshold == 0.75
    assert (fact_of(report, "accuracy").champion, fact_of(report, "accuracy").candidate) == (0.5, 1)


def test_a_regression_with_weights_and_without_a_key() -> None:
    model = model_file(
        PRICES,
        task="regression",
        metrics=["mae"],
        data={"label": "price", "key": None, "weight": "id", "segments": None},
    )
    bench = Bench(model=model, data=PRICES, predictors={"1": LookedUp(column="old"), "2": LookedUp(column="new")})
    bench.register("champion")
    bench.register("candidate")
    report = bench.evaluate()
    fact = fact_of(report, "mae")
    assert (fact.champion, fact.candidate) == ((50 + 2 * 100 + 3 * 200) / 6, 10)
    assert report.evidence.data.key is None


def test_many_classes_keep_their_scores() -> None:
    data = b"id,left,old,new\n1,a,0.1,0.1\n2,b,0.2,0.1\n3,c,0.7,0.9\n"
    model = model_file(data, task="multiclass", metrics=["accuracy", "log_loss"], data={"segments": ["id"]})
    known = LookedUp(column="new", classes=("a", "b", "c"))
    bench = Bench(model=model, data=data, predictors={"1": LookedUp(column="old", classes=("a", "c")), "2": known})
    bench.register("champion")
    bench.register("candidate")
    report = bench.evaluate()
    fact = fact_of(report, "log_loss")
    assert fact.candidate is not None
    assert fact.champion is not None
    assert fact.champion > 10 > fact.candidate
    assert fact_of(report, "accuracy").champion == pytest.approx(2 / 3)
    hidden = Bench(
        model=model, data=data, predictors={"1": known, "2": LookedUp(column="new", classes=("a", "c"), sure=False)}
    )
    hidden.register("champion")
    hidden.register("candidate")
    assert fact_of(hidden.evaluate(), "log_loss").problem == "candidate: there are no scores"


def test_a_nan_of_the_candidate_undoes_its_metrics(bench: Bench) -> None:
    bench.data = DATA.replace(b"0.4,0.1", b"0.4,")
    bench.model = model_file(bench.data)
    report = bench.evaluate()
    assert fact_of(report, "accuracy").candidate is None
    assert report.evidence.rows.unusable["candidate prediction missing or not finite"] == 1


# --- what cannot be ------------------------------------------------------------------------------


def test_a_model_that_is_not_registered() -> None:
    with pytest.raises(InvalidInput, match="the registry has no model churn-classifier"):
        Bench().evaluate()


def test_no_candidate_alias(bench: Bench) -> None:
    bench.registry.change_alias("churn-classifier", "candidate", None)
    with pytest.raises(InvalidInput, match="has no alias candidate") as caught:
        bench.evaluate()
    assert "--candidate VERSION" in caught.value.hint


@pytest.mark.parametrize("asked", [{"candidate": "9"}, {"champion": "9"}])
def test_a_version_that_is_not_there(bench: Bench, asked: dict[str, str]) -> None:
    with pytest.raises(InvalidInput, match="has no version '9'") as caught:
        bench.evaluate(**asked)
    assert caught.value.hint == "versions in the registry, newest first: 2, 1"


def test_the_champion_is_not_compared_with_itself(bench: Bench) -> None:
    with pytest.raises(InvalidInput, match="version 1 is the champion") as caught:
        bench.evaluate(candidate="1")
    assert "--champion none" in caught.value.hint


def test_data_that_are_not_pinned_or_not_those(bench: Bench) -> None:
    bench.data = DATA + b"1,no,0,0,0,\n"
    with pytest.raises(InvalidInput, match="has the SHA-256") as caught:
        bench.evaluate()
    assert "coronet data pin churn" in caught.value.hint
    bench.model = model_file(data={"evaluation": {"path": "data/evaluation.csv"}})
    with pytest.raises(InvalidInput, match="is not pinned"):
        bench.evaluate()
    assert bench.store.loaded == []


@pytest.mark.parametrize(
    ("changes", "asked", "said"),
    [
        ({"data": {"segments": ["regoin"]}}, {}, "no column regoin"),
        ({}, {"segments": ("regoin",)}, "no column 'regoin'"),
        ({"metrics": ["mae"]}, {}, "metrics that cannot be measured"),
        ({}, {"metrics": ("acuracy",)}, "metrics that cannot be measured"),
    ],
)
def test_what_the_data_do_not_have(bench: Bench, changes: dict[str, Any], asked: dict[str, Any], said: str) -> None:
    bench.model = model_file(**changes)
    with pytest.raises(InvalidInput, match=said):
        bench.evaluate(**asked)
    assert bench.store.loaded == []


def test_a_version_that_does_not_fit_the_data(bench: Bench) -> None:
    bench.predictors["1"] = LookedUp(column="gone", classes=CLASSES)
    with pytest.raises(InvalidInput, match=r"version 1 cannot predict models/churn/.*\.csv: KeyError: 'gone'"):
        bench.evaluate()


def test_a_version_of_another_task(bench: Bench) -> None:
    bench.predictors["1"] = LookedUp(column="old", classes=("no", "maybe"))
    with pytest.raises(InvalidInput, match="maybe"):
        bench.evaluate()


def test_a_threshold_for_one_version_alone_is_no_comparison(bench: Bench) -> None:
    bench.model = model_file(threshold=0.5)
    bench.predictors["1"] = LookedUp(column="old", classes=CLASSES, sure=False)
    with pytest.raises(InvalidInput, match="version 1 gives no probabilities"):
        bench.evaluate()


def test_a_registry_that_goes_down_while_the_evidence_is_kept(bench: Bench) -> None:
    bench.registry.fail("save_run_file", Unavailable("the registry is down"))
    with pytest.raises(Unavailable):
        bench.evaluate()


def test_rows_belong_together_by_the_model_files_column(bench: Bench) -> None:
    lines = DATA.decode().splitlines()
    owners = [f"{line},{owner}" for line, owner in zip(lines, ("owner", "a", "a", "b", "c", "c"), strict=True)]
    bench.data = "\n".join([*owners, ""]).encode()
    bench.model = model_file(bench.data, data={"cluster": "owner"})
    report = bench.evaluate(metrics=("log_loss",))
    assert report.evidence.data.cluster == "owner"
    assert "clustered by owner (3 clusters)" in fact_of(report, "log_loss").method


# --- looks ----------------------------------------------------------------------------------------

SHARING = {**POLICY, "looks": {"spend": "equal", "of": 12}}


def looks_of(bench: Bench, version: str) -> list[str]:
    found = bench.registry.version("churn-classifier", version)
    assert found is not None
    return sorted(value for tag, value in found.tags.items() if tag.startswith(PREFIX))


def test_looks_are_counted_where_the_policy_lets_them_share_a_chance(bench: Bench) -> None:
    assert bench.evaluate().evidence.look is None
    bench.policy = SHARING
    data = f"sha256:{hashlib.sha256(DATA).hexdigest()}"
    assert bench.evaluate(dry_run=True).evidence.look == Look(number=1, data=data)
    assert looks_of(bench, "2") == []
    first = bench.evaluate().evidence
    assert first.look == Look(number=1, data=data)
    assert looks_of(bench, "2") == ["1"]
    kept = bench.registry.load_run_file(bench.run_of("2"), run_file("1"))
    assert kept == first.to_bytes()


def test_the_same_comparison_again_is_the_same_look_and_another_is_not(bench: Bench) -> None:
    bench.policy = SHARING
    bench.register()
    bench.predictors["3"] = OLD
    numbers = []
    for version in ("2", "2", "3", "2", "3"):
        look = bench.evaluate(candidate=version).evidence.look
        numbers.append(look.number if look else 0)
    assert numbers == [1, 1, 2, 1, 2]
    assert bench.evaluate(candidate="3", champion="2").evidence.look == Look(
        number=3, data=f"sha256:{hashlib.sha256(DATA).hexdigest()}"
    )
    assert looks_of(bench, "3") == ["2", "3"]


def test_a_version_that_is_measured_alone_is_not_compared(bench: Bench) -> None:
    bench.policy = SHARING
    assert bench.evaluate(alone=True).evidence.look is None
    assert looks_of(bench, "2") == []


def test_data_that_grow_go_on_being_looked_at(bench: Bench) -> None:
    bench.policy = {**POLICY, "looks": {"spend": "endless", "data": "growing"}}
    assert bench.evaluate().evidence.look == Look(number=1, data="leavers")
    bench.data = DATA + b"10,no,0.2,0.1,0.9,north\n"
    bench.model = model_file(bench.data)
    assert bench.evaluate().evidence.look == Look(number=2, data="leavers")
    bench.policy = SHARING
    look = bench.evaluate().evidence.look
    assert look is not None
    assert look.number == 1


# --- metrics of the model's own -------------------------------------------------------------------

OWN = {"profit": {"call": "metrics.py:profit", "direction": "higher", "meaning": "money", "unit": "EUR"}}
CODE = b"def profit(label, prediction, weight):\n    return float((weight * label * prediction).sum())\n"
METRICS = "models/churn/metrics.py"


def test_a_metric_of_the_models_own_is_measured_and_described(bench: Bench) -> None:
    bench.model, bench.code = model_file(custom_metrics=OWN), {METRICS: CODE}
    report = bench.evaluate()
    fact = fact_of(report, "custom.profit")
    assert (fact.champion, fact.candidate) == (1.0, 2.0)
    (described,) = report.evidence.custom_metrics
    assert (described.name, described.meaning, described.unit) == ("custom.profit", "money", "EUR")
    assert described.higher_is_better
    assert described.code == digest_bytes(CODE)
    document = FileDocuments().parse(report.evidence.to_bytes(), file="evidence.json")
    assert FileDocuments().validate(document, "evidence") == ()


def test_what_is_not_measured_is_not_described(bench: Bench) -> None:
    bench.model, bench.code = model_file(custom_metrics=OWN), {METRICS: CODE}
    report = bench.evaluate(metrics=("accuracy",))
    assert report.evidence.custom_metrics == ()


def test_the_policys_gate_on_it_is_judged_by_the_evidence(bench: Bench) -> None:
    bench.model, bench.code = model_file(custom_metrics=OWN, metrics=["custom.profit"]), {METRICS: CODE}
    bench.policy = {
        "schema": "coronet/policy/v1",
        "gates": {"pays": {"metric": "custom.profit", "rule": "superior", "margin": 0, "statistics": "point"}},
    }
    made = judge(bench.evaluate().evidence, policy_from_json(bench.policy), now=StageClock().now())
    (pays,) = [check for check in made.checks if check.name == "pays"]
    assert pays.result == "pass"


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ({"call": "missing.py:profit"}, "there is no file models/churn/missing.py, which custom.profit names"),
        ({"call": "metrics.py:loss"}, "no function loss in models/churn/metrics.py"),
        ({"call": "nowhere_at_all.profit"}, "nowhere_at_all.profit cannot be imported"),
    ],
)
def test_code_that_is_not_there_is_told_before_a_model_is_loaded(
    bench: Bench, own: Mapping[str, str], said: str
) -> None:
    bench.model, bench.code = model_file(custom_metrics={"profit": {**OWN["profit"], **own}}), {METRICS: CODE}
    with pytest.raises(InvalidInput, match=said):
        bench.evaluate()
    assert not any(step.startswith("predict") for step in bench.steps)


def test_code_beyond_the_models_folder_is_not_run() -> None:
    own = OwnMetric(
        described=CustomMetric(name="custom.profit", meaning="money", higher_is_better=True), call="../other.py:profit"
    )
    model = replace(model_from_json(model_file(), name="churn"), custom_metrics=(own,))
    with pytest.raises(InvalidInput, match=r"\.\./other\.py of custom\.profit is not in the model's folder"):
        load_custom(model, MemoryFiles({"models/other.py": CODE}), ImportedMetrics())


def test_a_metric_that_nothing_describes_cannot_be_asked_for(bench: Bench) -> None:
    with pytest.raises(InvalidInput) as failed:
        bench.evaluate(metrics=("custom.loss",))
    assert [finding.message for finding in failed.value.findings] == ["nothing says what custom.loss is"]


# --- what the predictions tell --------------------------------------------------------------------


def training(content: bytes, **changes: Any) -> dict[str, Any]:
    """The model file that pins the training data too."""
    pinned = {"path": "data/train.csv", "sha256": hashlib.sha256(content).hexdigest()}
    return model_file(data={"train": pinned}, **changes)


def test_what_would_change_is_told_with_keys_hidden(bench: Bench) -> None:
    changes = bench.evaluate().evidence.changes
    assert changes is not None
    assert [(each.segment, each.rows, each.changed) for each in changes.shares] == [
        ({}, 4, 2),
        ({"region": "(missing)"}, 1, 1),
        ({"region": "north"}, 2, 0),
        ({"region": "south"}, 1, 1),
    ]
    assert changes.keys is Keys.HASHED
    assert changes.movers[0].key == hash_key("8", "churn", "leavers")


def test_the_model_file_may_show_keys_and_say_how_many(bench: Bench) -> None:
    bench.model = model_file(evidence={"keys": "shown", "movers": 2, "moved_by": 0.45})
    changes = bench.evaluate().evidence.changes
    assert changes is not None
    assert (changes.keys, [mover.key for mover in changes.movers]) == (Keys.SHOWN, ["8", "6"])
    assert changes.moves is not None
    assert changes.moves.amount == 0.45


def test_guessing_knows_the_training_labels_where_they_are_pinned(bench: Bench) -> None:
    content = b"id,left\n1,yes\n2,yes\n3,yes\n4,no\n5,\n6,perhaps\n"
    bench.model, bench.training = training(content), content
    baseline = bench.evaluate().evidence.baseline
    assert baseline is not None
    assert (baseline.source, baseline.rows) == (LabelSource.TRAINING, 4)
    assert baseline.predicts == {"class": "yes", "shares": {"no": 0.25, "yes": 0.75}}


@pytest.mark.parametrize("content", [b"id,left\n1,yes\n2,no\n", b"id,left\n1,perhaps\n", b"id,other\n1,yes\n"])
def test_else_it_knows_the_labels_that_are_measured(content: bytes, bench: Bench) -> None:
    """Training data that are not there, that are others, or that have no such label."""
    bench.model, bench.training = training(content), None if b"2" in content else content
    baseline = bench.evaluate().evidence.baseline
    assert baseline is not None
    assert (baseline.source, baseline.rows) == (LabelSource.MEASURED, 4)


def test_training_labels_of_a_regression_with_weights() -> None:
    content = b"price,size\n10,1\n20,1\n60,8\n,1\n5,-1\n"
    pinned = {"path": "data/train.csv", "sha256": hashlib.sha256(content).hexdigest()}
    data = {"label": "price", "key": None, "weight": "size", "segments": None, "train": pinned}
    rows = b"size,price,old,new\n1,100,150,110\n2,200,300,210\n3,300,100,310\n"
    predictors: dict[str, Predictor] = {"1": LookedUp(column="old"), "2": LookedUp(column="new")}
    bench = Bench(
        model=model_file(rows, task="regression", metrics=["mae"], data=data),
        data=rows,
        training=content,
        predictors=predictors,
    )
    bench.register("champion")
    bench.register("candidate")
    evidence = bench.evaluate().evidence
    assert evidence.baseline is not None
    assert (evidence.baseline.source, evidence.baseline.rows) == (LabelSource.TRAINING, 3)
    assert evidence.baseline.predicts == {"mean": 51.0, "median": 60.0}
    assert evidence.changes is not None
    assert (evidence.changes.keys, evidence.changes.movers[0].key) == (Keys.PLACES, "3")
