"""`coronet track`: what was trained elsewhere is recorded as it is, or not at all."""

import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from coronet.adapters.documents import FileDocuments
from coronet.commands.provenance import AliasChoice, Provenance
from coronet.commands.recording import Desk
from coronet.commands.run_report import RunReport
from coronet.commands.track import GivenFile, TrackPorts, TrackRequest, track
from coronet.core.canonical import digest_bytes
from coronet.core.proposal import ChangeType, Why
from coronet.core.recorded_run import Checkout
from coronet.core.semantic_version import Column, Schema
from coronet.core.version_tags import Tag, why_ineligible
from coronet.errors import InvalidInput, Refused, WrongUsage
from tests.fakes.memory_files import MemoryFiles
from tests.fakes.memory_registry import MemoryRegistry
from tests.fakes.memory_tracker import MemoryTracker
from tests.stage.clock import StageClock

METRICS = GivenFile(
    name="models/metrics_v1.json",
    data=b'{"overall": {"mdape": 0.21, "n": 100}, "per_segment": {"kind": {"A": {"mdape": 0.2}}},'
    b' "metadata": {"model_version": "v1"}}',
)
SCORECARD = GivenFile(name="scorecard_v1.csv", data=b"kind,mdape\nA,0.2\n")
PREDICTIONS = GivenFile(name="predictions_v1.csv", data=b"id,price,predicted\n1,2,3\n")
MODEL: dict[str, Any] = {
    "schema": "coronet/model/v1",
    "registered_model": "spec-nyc-avm",
    "owner": "model-owner",
    "task": "regression",
    "experiment": "avm",
    "aliases": {"candidate": "next", "champion": "best"},
    "data": {
        "version": "20260211",
        "label": "price",
        "train": {"path": "data/train.csv", "sha256": "1" * 64},
        "evaluation": {"path": "data/evaluation.csv", "sha256": "2" * 64},
    },
    "feature_set_version": "v2.1",
}


@dataclass
class Office:
    """Everything that recording needs, in memory; without a model file unless one is given."""

    folder: Path
    models: dict[str, dict[str, Any]] = field(default_factory=dict)
    schema: Schema | None = None
    registry: MemoryRegistry = field(default_factory=MemoryRegistry)

    def __post_init__(self) -> None:
        self.tracker = MemoryTracker(self.registry, schema=self.schema)
        self.artifact = self.folder / "model_v1.joblib"
        self.artifact.write_bytes(b"a model")

    @property
    def request(self) -> TrackRequest:
        return TrackRequest(
            provenance=Provenance(
                why=Why(
                    summary="Added spatiotemporal lag features",
                    hypothesis_id="H-021",
                    change_type=ChangeType.FEATURE,
                    owner="ml-engineer",
                    feature_set_version="v2.1",
                ),
                checkout=Checkout(commit="ab" * 20),
                requester="engineer",
                environment="local",
                dataset_version="20260211",
                run_name="train-v2-featurewave",
            ),
            metrics=METRICS,
            scorecard=SCORECARD,
            predictions=PREDICTIONS,
            artifact=str(self.artifact),
            register=True,
            registered_model="spec-nyc-avm",
        )

    def track(self, request: TrackRequest | None = None) -> RunReport:
        files = {f"models/{name}/model.yaml": json.dumps(model).encode() for name, model in self.models.items()}
        ports = TrackPorts(
            files=MemoryFiles(files),
            documents=FileDocuments(),
            desk=Desk(tracker=self.tracker, registry=self.registry),
            clock=StageClock(),
            progress=lambda step, detail="": None,
        )
        return track(request or self.request, ports)

    @property
    def aliases(self) -> dict[str, str]:
        model = self.registry.model("spec-nyc-avm")
        return dict(model.aliases) if model else {}


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


@pytest.fixture
def governed(tmp_path: Path) -> Office:
    """An office where a model file in another folder governs the registered model."""
    return Office(tmp_path, models={"avm": MODEL, "other": {**MODEL, "registered_model": "other"}})


def test_everything_handed_in_is_recorded_with_its_digest(office: Office) -> None:
    report = office.track()
    assert report.run.inputs == {
        "metrics": digest_bytes(METRICS.data),
        "scorecard": digest_bytes(SCORECARD.data),
        "predictions": digest_bytes(PREDICTIONS.data),
        "model_artifact": digest_bytes(b"a model"),
    }
    run = office.registry.run(report.run.run_id)
    assert run
    assert (run.name, run.experiment, run.status) == ("train-v2-featurewave", "spec-nyc-avm", "FINISHED")
    assert run.metrics == {"mdape": 0.21, "n": 100.0, "per_segment/kind/A/mdape": 0.2}
    assert run.params == {"model_version": "v1"}
    assert run.tags["stage"] == "track"
    for path, given in (("metrics.json", METRICS), ("scorecard.csv", SCORECARD), ("predictions.csv", PREDICTIONS)):
        assert office.registry.load_run_file(run.id, path) == given.data
    card = office.registry.load_run_file(run.id, f"run_card_{run.id}.md") or b""
    assert b"| A | 0.2 |" in card


def test_the_version_is_eligible_and_bears_the_digests(office: Office) -> None:
    report = office.track()
    assert report.run.version
    (version,) = office.registry.versions("spec-nyc-avm")
    assert why_ineligible(version.tags) is None
    assert version.tags[Tag.METRICS] == digest_bytes(METRICS.data)
    assert version.tags[Tag.PREDICTIONS] == digest_bytes(PREDICTIONS.data)
    assert version.tags[Tag.SCORECARD] == digest_bytes(SCORECARD.data)
    assert version.tags[Tag.MODEL_ARTIFACT] == digest_bytes(b"a model")
    assert version.tags[Tag.DIGEST] == office.registry.artifact_digest(version)
    assert version.tags[Tag.CHANGE_SUMMARY] == "Added spatiotemporal lag features"
    assert Tag.SEMANTIC_VERSION not in version.tags
    assert office.aliases == {"candidate": "1"}


def test_a_model_that_shows_its_schema_gets_a_semantic_version(tmp_path: Path) -> None:
    schema = Schema(inputs=(Column(name="area", type="double"),), outputs=())
    office = Office(tmp_path, schema=schema)
    assert [office.track().to_json()["semantic_version"] for _ in range(2)] == ["v1.0.0", "v1.0.1"]


def test_the_model_file_of_the_registered_model_governs(governed: Office) -> None:
    report = governed.track()
    assert report.run.model == "avm"
    assert governed.aliases == {"next": "1"}
    run = governed.registry.run(report.run.run_id)
    assert run
    assert run.experiment == "avm"
    assert report.next == "coronet propose avm"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"dataset_version": "20250101"}, "--dataset-version is 20250101, and models/avm/model.yaml says 20260211"),
        ({"why": Why(summary="", feature_set_version="v3")}, "--feature-set-version is v3"),
    ],
)
def test_versions_that_the_model_file_does_not_say_are_refused(
    governed: Office, change: dict[str, Any], said: str
) -> None:
    request = governed.request
    with pytest.raises(InvalidInput, match=said):
        governed.track(replace(request, provenance=replace(request.provenance, **change)))
    assert governed.tracker.runs == []


def test_what_is_not_said_comes_from_the_model_file(governed: Office) -> None:
    request = governed.request
    bare = replace(request.provenance, why=Why(summary=""), dataset_version=None, run_name=None)
    report = governed.track(replace(request, provenance=bare))
    assert report.run.dataset_version == "20260211"
    assert report.run.why == Why(summary="", owner="model-owner", feature_set_version="v2.1")
    assert report.run.name == "avm-20261120-120000"


# --- the first champion ---------------------------------------------------------------------------


def test_asking_for_the_champion_makes_a_candidate_and_says_what_comes_next(governed: Office) -> None:
    report = governed.track(replace(governed.request, alias=AliasChoice.CHAMPION))
    assert governed.aliases == {"next": "1"}
    assert report.next == "coronet propose avm (there is no champion: the first is proposed like any other)"


def test_asking_for_the_champion_is_refused_where_there_is_one(governed: Office) -> None:
    governed.track()
    governed.registry.change_alias("spec-nyc-avm", "best", "1")
    with pytest.raises(Refused, match="has a champion already: version 1") as caught:
        governed.track(replace(governed.request, alias=AliasChoice.CHAMPION))
    assert "coronet propose" in caught.value.hint
    assert governed.aliases == {"best": "1", "next": "1"}
    assert len(governed.tracker.runs) == 1


def test_no_alias_where_none_is_wanted(office: Office) -> None:
    office.track(replace(office.request, alias=AliasChoice.NONE))
    assert office.aliases == {}


def test_without_a_model_file_the_next_step_is_to_write_one(office: Office) -> None:
    assert office.track().next.startswith("write models/spec-nyc-avm/model.yaml")


# --- less than everything -------------------------------------------------------------------------


def test_a_run_of_another_kind_is_recorded_and_not_eligible(office: Office) -> None:
    request = office.request
    office.track(replace(request, provenance=replace(request.provenance, run_kind="experiment")))
    (version,) = office.registry.versions("spec-nyc-avm")
    assert "'experiment'" in (why_ineligible(version.tags) or "")


def test_a_model_may_be_recorded_without_being_registered(office: Office) -> None:
    report = office.track(replace(office.request, register=False))
    assert report.run.version is None
    assert office.registry.versions("spec-nyc-avm") == ()
    assert "no version was registered" in report.to_text()
    assert "--register-model" in report.next


def test_a_run_may_have_metrics_alone(office: Office) -> None:
    bare = TrackRequest(provenance=office.request.provenance, metrics=METRICS, experiment="trials")
    report = office.track(bare)
    assert report.run.model == "trials"
    assert report.run.model_type == "no model"
    assert report.to_json()["version"] is None


def test_a_dry_run_reads_everything_and_writes_nothing(office: Office) -> None:
    report = office.track(replace(office.request, dry_run=True))
    assert report.run.metrics["mdape"] == 0.21
    assert office.tracker.runs == []
    assert office.registry.writes == []


# --- what goes wrong ------------------------------------------------------------------------------


@pytest.mark.parametrize("change", [{"registered_model": None}, {"artifact": None}])
def test_registering_needs_a_name_and_a_model(office: Office, change: dict[str, Any]) -> None:
    with pytest.raises(WrongUsage, match="needs a name and a model"):
        office.track(replace(office.request, **change))


def test_a_run_must_belong_somewhere(office: Office) -> None:
    with pytest.raises(WrongUsage, match="belongs"):
        office.track(replace(office.request, register=False, registered_model=None))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"metrics": GivenFile(name="m.json", data=b'{"mae": NaN}')}, "NaN"),
        ({"metrics": GivenFile(name="m.json", data=b'{"mae": 1e999}')}, "1e999|inf|large"),
        ({"metrics": GivenFile(name="m.json", data=b"{")}, "JSON"),
        ({"metrics": GivenFile(name="m.json", data=b"{}")}, "no number"),
        ({"metrics": GivenFile(name="m.txt", data=b"{}")}, "no number"),
        ({"scorecard": GivenFile(name="s.csv", data=b"")}, "is empty"),
        ({"artifact": "nowhere.joblib"}, "nowhere.joblib"),
    ],
    ids=["NaN", "infinity", "broken", "empty", "no ending that is known", "scorecard", "no model"],
)
def test_bad_input_is_refused_before_anything_is_recorded(office: Office, change: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        office.track(replace(office.request, **change))
    text = " ".join([caught.value.message, caught.value.hint, *map(str, caught.value.findings)])
    assert any(part in text for part in said.split("|")), text
    assert office.tracker.runs == []
