"""`coronet train`: a version that is whole and eligible, or none."""

import hashlib
import io
import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from coronet.adapters.documents import FileDocuments
from coronet.adapters.tables.column_files import FileColumns
from coronet.commands.profile import read_profile
from coronet.commands.provenance import AliasChoice, Provenance
from coronet.commands.recording import Desk
from coronet.commands.run_report import RunReport
from coronet.commands.train import TrainRequest, Workshop, train
from coronet.core.proposal import ChangeType, Why
from coronet.core.recorded_run import Checkout
from coronet.core.version_tags import Tag, why_ineligible
from coronet.errors import InvalidInput, Refused, Unavailable
from coronet.ports.models import TrainerCode
from tests.fakes.cut_trainer import CutTrainer
from tests.fakes.memory_files import MemoryFiles
from tests.fakes.memory_registry import MemoryRegistry, Moment
from tests.fakes.memory_tables import MemoryTables
from tests.fakes.memory_tracker import MemoryTracker
from tests.stage.clock import StageClock

TRAIN = b"id,width,length,kind,species\n1,0.1,9,a,no\n2,0.9,9,b,yes\n3,0.8,9,a,yes\n4,0.7,9,b,no\n"
EVALUATION = b"id,width,length,kind,species\n5,0.2,9,a,no\n6,0.6,9,b,yes\n7,0.4,9,a,yes\n8,0.9,9,b,yes\n"
TABLES = {"models/iris/data/train.csv": TRAIN, "models/iris/data/evaluation.csv": EVALUATION}


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


MODEL: dict[str, Any] = {
    "schema": "coronet/model/v1",
    "registered_model": "iris-classifier",
    "owner": "model-owner",
    "task": "binary",
    "positive": "yes",
    "data": {
        "name": "flowers",
        "version": "20260211",
        "label": "species",
        "key": "id",
        "segments": ["kind"],
        "features": ["width", "length"],
        "train": {"path": "data/train.csv", "sha256": sha256(TRAIN)},
        "evaluation": {"path": "data/evaluation.csv", "sha256": sha256(EVALUATION)},
    },
    "feature_set_version": "v2",
    "trainer": "tests.Cut",
    "hyperparameters": {"cut": 0.5},
    "metrics": ["accuracy", "log_loss"],
}
WHY = Why(summary="Cut elsewhere", hypothesis_id="H-021", change_type=ChangeType.TUNING)
PROVENANCE = Provenance(
    why=WHY,
    checkout=Checkout(commit="ab" * 20, dirty=False, repository="https://example.org/models"),
    requester="engineer",
    environment="local",
)
REQUEST = TrainRequest(model="iris", provenance=PROVENANCE)


def changed(**changes: Any) -> dict[str, Any]:
    """MODEL with the keys of `data` in `data`, all others on top."""
    data = {name: changes.pop(name) for name in [*changes] if name in {*MODEL["data"], "weight"}}
    return {**MODEL, **changes, "data": {**MODEL["data"], **data}}


def without(key: str, model: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in model.items() if name != key}


@dataclass
class Bench:
    """Everything that a training needs, in memory."""

    model: dict[str, Any] = field(default_factory=lambda: MODEL)
    tables: dict[str, bytes] = field(default_factory=lambda: TABLES)
    others: dict[str, bytes] = field(default_factory=dict)
    registry: MemoryRegistry = field(default_factory=MemoryRegistry)
    trainer: CutTrainer = field(default_factory=CutTrainer)
    stop_at: str = ""

    def __post_init__(self) -> None:
        self.tracker = MemoryTracker(self.registry)
        self.steps: list[str] = []

    def progress(self, step: str, detail: str = "") -> None:
        self.steps.append(step)
        if step == self.stop_at:
            raise KeyboardInterrupt

    def train(self, request: TrainRequest = REQUEST, *, dry_run: bool = False) -> RunReport:
        files = {"models/iris/model.yaml": json.dumps(self.model).encode(), **self.others}
        workshop = Workshop(
            files=MemoryFiles(files),
            documents=FileDocuments(),
            tables=MemoryTables(self.tables),
            trainer=self.trainer,
            clock=StageClock(),
            progress=self.progress,
        )
        return train(request, workshop, None if dry_run else Desk(tracker=self.tracker, registry=self.registry))

    @property
    def statuses(self) -> list[str]:
        runs = [self.registry.run(run.id) for run in self.tracker.runs]
        return [run.status for run in runs if run]

    @property
    def eligible(self) -> list[str]:
        versions = self.registry.versions("iris-classifier")
        return [version.version for version in versions if why_ineligible(version.tags) is None]

    @property
    def aliases(self) -> dict[str, str]:
        model = self.registry.model("iris-classifier")
        return dict(model.aliases) if model else {}


@pytest.fixture
def bench() -> Bench:
    return Bench()


# --- what is recorded -----------------------------------------------------------------------------


def test_a_version_is_registered_and_eligible(bench: Bench) -> None:
    report = bench.train()
    assert report.run.version
    assert bench.eligible == ["1"]
    assert bench.aliases == {"candidate": "1"}
    assert bench.statuses == ["FINISHED"]
    tags = bench.registry.versions("iris-classifier")[0].tags
    assert tags == {
        Tag.DIGEST: report.run.version.digest,
        Tag.SEMANTIC_VERSION: "v1.0.0",
        Tag.SCHEMA: report.run.version.schema,
        Tag.TRAIN_DATA: sha256(TRAIN),
        Tag.EVALUATION_DATA: sha256(EVALUATION),
        Tag.PREDICTIONS: report.run.inputs["predictions"],
        Tag.DATASET_VERSION: "20260211",
        Tag.FEATURE_SET_VERSION: "v2",
        Tag.HYPOTHESIS_ID: "H-021",
        Tag.CHANGE_TYPE: "tuning",
        Tag.CHANGE_SUMMARY: "Cut elsewhere",
        Tag.OWNER: "model-owner",
        Tag.REQUESTER: "engineer",
        Tag.REPOSITORY: "https://example.org/models",
        Tag.COMMIT: "ab" * 20,
        Tag.DIRTY: "false",
        Tag.RUN_KIND: "train",
        Tag.LIFECYCLE: "created",
    }


def test_the_run_holds_parameters_metrics_and_tags(bench: Bench) -> None:
    bench.train()
    (recorded,) = bench.tracker.runs
    run = bench.registry.run(recorded.id)
    assert run
    assert run.name == "iris-20261120-120000"
    assert run.experiment == "iris-classifier"
    assert run.params == {"trainer": "tests.Cut", "seed": "0", "cut": "0.5"}
    assert run.metrics["train_accuracy"] == 0.75
    assert run.metrics["test_accuracy"] == 0.75
    assert set(run.metrics) == {"train_accuracy", "train_log_loss", "test_accuracy", "test_log_loss"}
    assert run.tags == {
        "project": "iris-classifier",
        "stage": "train",
        "status": "created",
        "environment": "local",
        "run_kind": "train",
        "requester": "engineer",
        "git_sha": "ab" * 20,
        "git_dirty": "false",
        "git_repository": "https://example.org/models",
        "hypothesis_id": "H-021",
        "change_type": "tuning",
        "change_summary": "Cut elsewhere",
        "owner": "model-owner",
        "feature_set_version": "v2",
        "dataset_version": "20260211",
    }
    assert [(data.context, data.sha256, data.rows) for data in recorded.data] == [
        ("training", sha256(TRAIN), 4),
        ("evaluation", sha256(EVALUATION), 4),
    ]


def test_the_run_keeps_card_metadata_schema_and_predictions(bench: Bench) -> None:
    report = bench.train()
    run_id = report.run.run_id

    def load(path: str) -> bytes:
        return bench.registry.load_run_file(run_id, path) or b""

    assert b"# Run card: iris" in load(f"run_card_{run_id}.md")
    metadata = json.loads(load("model_metadata.json"))
    assert metadata["version"] == "1"
    assert metadata["test_accuracy"] == 0.75
    assert metadata["promoted_to_production"] is False
    assert json.loads(load("schema.json"))["inputs"][0] == {"name": "width", "type": "double"}
    assert json.loads(load("feature_importance.json")) == {"width": 1.0}
    predictions = pd.read_parquet(io.BytesIO(load("predictions.parquet")))
    assert predictions.to_dict("list") == {
        "id": [5, 6, 7, 8],
        "species": ["no", "yes", "yes", "yes"],
        "kind": ["a", "b", "a", "b"],
        "prediction": ["no", "yes", "no", "yes"],
        "score": [pytest.approx(0.1), 0.9, pytest.approx(0.1), 0.9],
    }


def test_the_run_keeps_profiles_that_later_data_are_measured_against(bench: Bench, tmp_path: Path) -> None:
    run_id = bench.train().run.run_id
    for name, columns in (("profile.json", ["width", "length", "species"]), ("predictions.profile.json", None)):
        (tmp_path / name).write_bytes(bench.registry.load_run_file(run_id, name) or b"")
        found = read_profile(FileColumns(tmp_path), FileDocuments(), name)
        assert list(found) == (columns or ["species", "kind", "prediction", "score"])
        assert {profile.rows for profile in found.values()} == {4}


def test_code_beside_the_model_file_is_kept_with_the_run() -> None:
    bench = Bench(model=changed(trainer="train.py:fit"), others={"models/iris/train.py": b"# code"})
    report = bench.train()
    assert bench.trainer.trainings[0].trainer == TrainerCode(
        file="models/iris/train.py", source=b"# code", function="fit"
    )
    assert bench.registry.load_run_file(report.run.run_id, "code/train.py") == b"# code"


def test_the_command_line_goes_before_the_model_file(bench: Bench) -> None:
    report = bench.train(replace(REQUEST, overrides={"cut": 0.65, "sure": 0.8}, seed=7))
    training = bench.trainer.trainings[0]
    assert training.hyperparameters == {"cut": 0.65, "sure": 0.8}
    assert training.seed == 7
    assert report.run.overrides == {"seed": 7, "cut": 0.65, "sure": 0.8}
    run = bench.registry.run(report.run.run_id)
    assert run
    assert run.params["cut"] == "0.65"
    assert json.loads(run.tags["overrides"]) == report.run.overrides
    assert "0.65 (from the command line)" in report.to_markdown()


def test_the_same_inputs_give_the_same_metrics(bench: Bench) -> None:
    first, second = bench.train(), bench.train()
    assert first.run.metrics == second.run.metrics
    assert first.run.inputs == second.run.inputs
    assert bench.eligible == ["2", "1"]
    assert bench.aliases == {"candidate": "2"}


def test_a_metric_without_a_value_is_told_and_not_recorded() -> None:
    one_class = EVALUATION.replace(b"no", b"yes")
    data = {"path": "data/evaluation.csv", "sha256": sha256(one_class)}
    bench = Bench(
        model=changed(evaluation=data, metrics=["roc_auc"]),
        tables={**TABLES, "models/iris/data/evaluation.csv": one_class},
    )
    report = bench.train()
    assert set(report.run.metrics) == {"train_roc_auc"}
    assert set(report.run.problems) == {"test_roc_auc"}
    assert "test_roc_auc has no value" in report.to_text()


def test_the_metrics_of_the_task_are_measured_where_none_are_named() -> None:
    assert "test_roc_auc" in Bench(model=without("metrics", MODEL)).train().run.metrics


def test_the_decision_threshold_decides() -> None:
    strict = Bench(model=changed(threshold=0.95)).train()
    assert strict.run.metrics["test_accuracy"] == 0.25


def test_of_no_and_yes_everybody_knows_the_positive_one() -> None:
    assert Bench(model=without("positive", MODEL)).train().run.metrics == Bench().train().run.metrics


def test_a_regression_and_many_classes_are_measured_too() -> None:
    numbers = {name: data.replace(b"yes", b"1.0").replace(b"no", b"0.0") for name, data in TABLES.items()}
    pins = {
        part: {"path": f"data/{part}.csv", "sha256": sha256(numbers[f"models/iris/data/{part}.csv"])}
        for part in ("train", "evaluation")
    }
    regression = without("positive", changed(task="regression", metrics=["mae"], **pins))
    assert Bench(model=regression, tables=numbers).train().run.metrics["test_mae"] == 0.25
    many = without("positive", changed(task="multiclass", metrics=["accuracy"]))
    assert Bench(model=many).train().run.metrics["test_accuracy"] == 0.75


# --- semantic versions ----------------------------------------------------------------------------


def test_the_schema_gives_the_semantic_version(bench: Bench) -> None:
    seen = []
    for features in (["width"], ["width"], ["width", "length"], ["length", "width"]):
        bench.model = changed(features=features)
        report = bench.train()
        assert report.run.version
        seen.append(report.run.version.semantic_version)
    assert seen == ["v1.0.0", "v1.0.1", "v1.1.0", "v2.0.0"]


@pytest.mark.parametrize("kept", [b"", b"{}", b"[]", b"\xff", b'{"inputs": [], "outputs": []}'])
def test_a_schema_that_is_not_what_was_kept_counts_as_unknown(bench: Bench, kept: bytes) -> None:
    first = bench.train()
    bench.registry.save_run_file(first.run.run_id, "schema.json", kept)
    bench.model = changed(features=["width", "length", "id"])
    report = bench.train()
    assert report.run.version
    assert report.run.version.semantic_version == "v2.0.0"


def test_versions_that_others_registered_do_not_count(bench: Bench) -> None:
    bench.registry.add_version("iris-classifier", tags={Tag.SEMANTIC_VERSION: "7"})
    report = bench.train()
    assert report.run.version
    assert (report.run.version.version, report.run.version.semantic_version) == ("2", "v1.0.0")


# --- aliases --------------------------------------------------------------------------------------


def test_no_alias_where_none_is_wanted(bench: Bench) -> None:
    bench.train(replace(REQUEST, alias=AliasChoice.NONE))
    assert bench.aliases == {}
    assert bench.eligible == ["1"]


def test_the_champion_is_never_moved(bench: Bench) -> None:
    bench.train()
    bench.registry.change_alias("iris-classifier", "champion", "1")
    bench.train()
    assert bench.aliases == {"champion": "1", "candidate": "2"}
    with pytest.raises(Refused, match="has a champion already: version 1"):
        bench.train(replace(REQUEST, alias=AliasChoice.CHAMPION))


def test_aliases_go_by_the_names_of_the_model_file() -> None:
    bench = Bench(model=changed(aliases={"candidate": "next", "champion": "best"}))
    bench.train()
    assert bench.aliases == {"next": "1"}


# --- what goes wrong ------------------------------------------------------------------------------


def test_a_dry_run_measures_and_writes_nothing(bench: Bench) -> None:
    report = bench.train(dry_run=True)
    assert report.run.metrics["test_accuracy"] == 0.75
    assert report.run.version is None
    assert bench.registry.calls == []
    assert bench.tracker.runs == []
    assert "nothing was written" in report.to_text()
    assert report.to_json()["run_id"] is None


BAD_DATA = {"path": "data/train.csv", "sha256": "0" * 64}
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "wrong digest": (changed(train=BAD_DATA), "pins 0000"),
    "not pinned": (changed(train={"path": "data/train.csv"}), "not pinned"),
    "missing data": (changed(train={**BAD_DATA, "path": "data/nothing.csv"}), "nothing.csv"),
    "label missing": (changed(label="colour"), "no column colour"),
    "feature missing": (changed(features=["width", "height"]), "no column height"),
    "segment missing": (changed(segments=["region"]), "no column region"),
    "no trainer": (without("trainer", MODEL), "no trainer"),
    "no such file": (changed(trainer="train.py:fit"), "no file models/iris/train.py"),
    "outside": (changed(trainer="../../train.py:fit"), "not a valid model file"),
    "metric of another task": (changed(metrics=["mae"]), "cannot be measured"),
    "more than two classes": (changed(label="width", features=["length"]), "has the classes 0.1, 0.7"),
    "positive not said": (
        without("positive", changed(label="kind", segments=["length"], features=["width"])),
        "which of a and b is positive",
    ),
    "no such positive": (changed(positive="perhaps"), "perhaps"),
}


@pytest.mark.parametrize(("model", "said"), REFUSED.values(), ids=REFUSED)
def test_bad_input_is_refused_before_anything_is_recorded(model: dict[str, Any], said: str) -> None:
    bench = Bench(model=model)
    with pytest.raises(InvalidInput) as caught:
        bench.train()
    assert said in f"{caught.value.message} {caught.value.findings}"
    assert bench.tracker.runs == []
    assert bench.registry.writes == []


def test_digests_are_looked_at_before_the_first_fit() -> None:
    bench = Bench(model=changed(evaluation={"path": "data/evaluation.csv", "sha256": "0" * 64}))
    with pytest.raises(InvalidInput, match="pins 0000"):
        bench.train()
    assert bench.trainer.trainings == []


@pytest.mark.parametrize(
    ("provenance", "said"),
    [
        (replace(PROVENANCE, dataset_version="20250101"), "--dataset-version is 20250101"),
        (replace(PROVENANCE, why=replace(WHY, feature_set_version="v9")), "--feature-set-version is v9"),
    ],
)
def test_versions_that_the_model_file_does_not_say_are_refused(bench: Bench, provenance: Provenance, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        bench.train(replace(REQUEST, provenance=provenance))


@pytest.mark.parametrize("version", ["20260211", sha256(TRAIN), f"sha256:{sha256(EVALUATION)}"])
def test_a_data_version_may_be_a_digest(bench: Bench, version: str) -> None:
    report = bench.train(replace(REQUEST, provenance=replace(PROVENANCE, dataset_version=version)))
    assert report.run.dataset_version == version


STEPS = ("data", "fit", "measure", "run", "model", "register", "describe", "finish")


def test_every_step_is_told(bench: Bench) -> None:
    bench.train()
    assert tuple(bench.steps) == STEPS


@pytest.mark.parametrize("step", STEPS)
def test_an_interrupt_leaves_nothing_that_could_be_proposed(step: str) -> None:
    bench = Bench(stop_at=step)
    with pytest.raises(KeyboardInterrupt):
        bench.train()
    assert bench.eligible == []
    assert bench.aliases == {}
    inside = step in ("model", "register", "describe")
    assert bench.statuses == (["FAILED"] if inside else ["FINISHED"] if step == "finish" else [])


def test_after_an_interrupt_the_next_training_is_whole() -> None:
    bench = Bench(stop_at="describe")
    with pytest.raises(KeyboardInterrupt):
        bench.train()
    bench.stop_at = ""
    bench.train()
    assert bench.eligible == ["2"]
    assert bench.statuses == ["FAILED", "FINISHED"]


def writes_of_one_training() -> list[str]:
    bench = Bench()
    bench.train()
    return [call.method for call in bench.registry.writes]


@pytest.mark.parametrize("moment", Moment)
@pytest.mark.parametrize("number", range(len(writes_of_one_training())))
def test_a_registry_that_fails_leaves_a_whole_version_or_an_ineligible_one(number: int, moment: Moment) -> None:
    bench, method = Bench(), writes_of_one_training()[number]
    skip = writes_of_one_training()[:number].count(method)
    bench.registry.fail(method, Unavailable("the registry is down"), moment=moment, skip=skip)
    with pytest.raises(Unavailable):
        bench.train()
    for version in bench.eligible:
        tags = bench.registry.versions("iris-classifier")[0].tags
        assert version == "1"
        assert {Tag.DIGEST, Tag.SEMANTIC_VERSION, Tag.RUN_KIND, Tag.COMMIT} <= set(tags)
        assert bench.statuses == ["FINISHED"]
    if not bench.eligible:
        assert bench.aliases == {}


def test_a_trainer_that_fails_records_nothing() -> None:
    bench = Bench(trainer=CutTrainer(error=InvalidInput("the trainer failed")))
    with pytest.raises(InvalidInput, match="the trainer failed"):
        bench.train()
    assert bench.tracker.runs == []
