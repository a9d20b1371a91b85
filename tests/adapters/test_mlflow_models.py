"""Models are saved so that they load elsewhere, and loaded only when they are what was registered."""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
import pytest

from coronet.adapters.mlflow_database import database_uri
from coronet.adapters.mlflow_models import MlflowModels
from coronet.adapters.mlflow_session import open_client
from coronet.adapters.mlflow_tracker import open_tracker
from coronet.adapters.registry import open_registry
from coronet.adapters.training import EstimatorTrainer, module_name
from coronet.core.evidence import Task
from coronet.core.recorded_run import RecordedData
from coronet.core.requirements import package_name
from coronet.core.version_tags import Tag
from coronet.errors import Conflict, InvalidInput
from coronet.ports.models import OpenRun, TrainerCode, Training
from coronet.ports.registry import ModelVersion

pytestmark = pytest.mark.mlflow

FRAME = pd.DataFrame(
    {
        "width": [0.1, 0.2, 0.8, 0.9] * 5,
        "length": [1, 2, 3, 4] * 5,
        "species": ["no", "no", "yes", "yes"] * 5,
        "price": [1.0, 2.0, 3.0, 4.0] * 5,
    }
)
FOREST = Training(
    trainer="sklearn.ensemble.RandomForestClassifier",
    frame=FRAME,
    features=("width", "length"),
    label="species",
    weight=None,
    task=Task.BINARY,
    hyperparameters={"n_estimators": 3},
    seed=0,
)
LINE = replace(
    FOREST, trainer="sklearn.linear_model.LinearRegression", label="price", task=Task.REGRESSION, hyperparameters={}
)
OWN_CLASS = """
from sklearn.base import BaseEstimator, ClassifierMixin

class Constant(ClassifierMixin, BaseEstimator):
    def fit(self, frame, target):
        self.classes_ = ["no", "yes"]
        return self
    def predict(self, frame):
        return ["{answer}"] * len(frame)

def fit(frame, target, *, hyperparameters, seed):
    return Constant().fit(frame, target)
"""


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """A registry in a file, and what the tests do with it."""

    uri: str

    def register(self, save: Callable[[OpenRun], str], *, name: str = "iris") -> ModelVersion:
        with open_tracker(self.uri).run(experiment="trials", name="run", tags={}) as run:
            number = run.register(name, save(run))
        version = open_registry(self.uri, {}).version(name, number)
        assert version
        return version

    def train(self, training: Training) -> ModelVersion:
        fitted = EstimatorTrainer().fit(training)
        code = training.trainer if isinstance(training.trainer, TrainerCode) else None
        return self.register(lambda run: run.save_model(fitted, example=FRAME.head(3), code=code))

    def sealed(self, version: ModelVersion) -> ModelVersion:
        """The version with the tag that a training gives it."""
        digest = open_registry(self.uri, {}).artifact_digest(version)
        return replace(version, tags={Tag.DIGEST: digest})

    def folder(self, version: ModelVersion) -> Path:
        uri = open_client(self.uri).get_model_version_download_uri(version.name, version.version)
        return Path(str(uri).removeprefix("file://"))

    @property
    def models(self) -> MlflowModels:
        return MlflowModels(self.uri)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    return Shelf(uri=database_uri(tmp_path_factory.mktemp("shelf") / "mlflow.db"))


@pytest.fixture
def forest(shelf: Shelf) -> ModelVersion:
    return shelf.sealed(shelf.train(FOREST))


def own(answer: str) -> Training:
    source = OWN_CLASS.format(answer=answer).encode()
    return replace(FOREST, trainer=TrainerCode(file="models/iris/train.py", source=source, function="fit"))


# --- saved and loaded -----------------------------------------------------------------------------


def test_a_classifier_loads_with_classes_and_probabilities(shelf: Shelf, forest: ModelVersion) -> None:
    loaded = shelf.models.load(forest)
    assert loaded.classes == ("no", "yes")
    shuffled = FRAME[["species", "length", "width"]].head(4)
    assert list(loaded.predict(shuffled)) == ["no", "no", "yes", "yes"]
    probabilities = loaded.probabilities(shuffled)
    assert probabilities is not None
    assert probabilities.shape == (4, 2)


def test_a_regression_loads_with_numbers(shelf: Shelf) -> None:
    loaded = shelf.models.load(shelf.train(LINE))
    assert loaded.classes is None
    assert loaded.probabilities(FRAME) is None
    assert loaded.predict(FRAME.head(2)) == pytest.approx([1.0, 2.0])


def test_what_others_need_is_saved_with_the_model(shelf: Shelf, forest: ModelVersion) -> None:
    files = {path.name for path in shelf.folder(forest).iterdir()}
    assert {"MLmodel", "model.skops", "input_example.json", "requirements.txt"} <= files
    requirements = (shelf.folder(forest) / "requirements.txt").read_text().splitlines()
    assert {line.partition("==")[0] for line in requirements} == {"mlflow", "numpy", "pandas", "scikit-learn", "skops"}
    assert all("==" in line for line in requirements)


def test_classes_of_the_training_code_travel_with_the_model(shelf: Shelf) -> None:
    versions = [shelf.train(own(answer)) for answer in ("no", "yes")]
    for name in [name for name in sys.modules if name.startswith("coronet_train_")]:
        del sys.modules[name]
    answers = [shelf.models.load(version).predict(FRAME.head(1))[0] for version in versions]
    assert answers == ["no", "yes"]


def test_code_without_classes_of_its_own_is_not_needed_to_load(shelf: Shelf) -> None:
    source = b"""
from sklearn.tree import DecisionTreeClassifier
def fit(frame, target, *, hyperparameters, seed):
    return DecisionTreeClassifier(random_state=seed).fit(frame, target)
"""
    code = TrainerCode(file="models/iris/train.py", source=source, function="fit")
    version = shelf.train(replace(FOREST, trainer=code))
    assert not (shelf.folder(version) / "code").exists()
    sys.modules.pop(module_name(code))
    assert shelf.models.load(version).classes == ("no", "yes")


def test_an_estimator_that_cannot_be_saved_is_told(shelf: Shelf) -> None:
    source = b"""
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.tree import DecisionTreeClassifier
def fit(frame, target, *, hyperparameters, seed):
    return make_pipeline(FunctionTransformer(lambda x: x), DecisionTreeClassifier()).fit(frame, target)
"""
    code = TrainerCode(file="models/iris/train.py", source=source, function="fit")
    with pytest.raises(InvalidInput, match="the Pipeline cannot be saved"):
        shelf.train(replace(FOREST, trainer=code))


def test_a_model_of_another_flavour_predicts(shelf: Shelf, tmp_path: Path) -> None:
    import mlflow.pyfunc

    class Double(mlflow.pyfunc.PythonModel):  # type: ignore[misc]
        def predict(self, context, model_input, params=None):  # type: ignore[no-untyped-def]  # MLflow reads them
            return model_input["width"] * 2

    mlflow.pyfunc.save_model(str(tmp_path / "model"), python_model=Double(), pip_requirements=[])
    version = shelf.register(lambda run: run.save_model_files(str(tmp_path / "model")))
    loaded = shelf.models.load(version)
    assert loaded.classes is None
    assert loaded.predict(FRAME.head(2)) == pytest.approx([0.2, 0.4])


# --- the contract with callers --------------------------------------------------------------------


def test_the_contract_is_the_signature(shelf: Shelf, forest: ModelVersion) -> None:
    same = shelf.models.contract(shelf.train(replace(FOREST, hyperparameters={"n_estimators": 5})))
    fewer = shelf.models.contract(shelf.train(replace(FOREST, features=("width",))))
    line = shelf.models.contract(shelf.train(LINE))
    contract = shelf.models.contract(forest)
    assert set(contract) == {"signature", "features", "schema"}
    assert contract == same
    assert contract["features"] != fewer["features"]
    assert contract["features"] == line["features"]
    assert contract["signature"] != line["signature"]


def test_a_file_has_no_contract(shelf: Shelf, tmp_path: Path) -> None:
    (tmp_path / "model.joblib").write_bytes(b"a model")
    version = shelf.register(lambda run: run.save_model_files(str(tmp_path / "model.joblib")))
    assert shelf.models.contract(version) == {}
    with pytest.raises(InvalidInput, match="no MLflow model"):
        shelf.models.load(version)


def test_a_saved_model_is_described_without_running_it(shelf: Shelf, forest: ModelVersion) -> None:
    described = open_tracker(shelf.uri).describe(str(shelf.folder(forest)))
    assert described.digest == forest.tags[Tag.DIGEST]
    assert described.kind == "sklearn model"
    assert described.schema
    assert [(column.name, column.type) for column in described.schema.inputs] == [
        ("width", "double"),
        ("length", "long"),
    ]


def test_a_folder_that_only_looks_like_a_model_is_told(shelf: Shelf, tmp_path: Path) -> None:
    (tmp_path / "MLmodel").write_text("flavors: [broken")
    with pytest.raises(InvalidInput, match="no description of an MLflow model"):
        open_tracker(shelf.uri).describe(str(tmp_path))


# --- what is not loaded ---------------------------------------------------------------------------


def test_files_that_changed_after_registration_are_not_loaded(shelf: Shelf, forest: ModelVersion) -> None:
    (shelf.folder(forest) / "requirements.txt").write_text("something-else\n")
    with pytest.raises(Conflict, match="not those that were registered"):
        shelf.models.load(forest)


@pytest.mark.parametrize("path", ["../../elsewhere.skops", "/tmp/elsewhere.skops", "a/../../b"])
def test_paths_that_lead_out_of_the_model_are_not_followed(shelf: Shelf, forest: ModelVersion, path: str) -> None:
    described = shelf.folder(forest) / "MLmodel"
    described.write_text(described.read_text().replace("model_path: model.skops", f"model_path: {path}"))
    with pytest.raises(InvalidInput, match="outside of the model"):
        shelf.models.load(shelf.sealed(forest))


def test_links_are_not_followed(shelf: Shelf, forest: ModelVersion, tmp_path: Path) -> None:
    (shelf.folder(forest) / "model.skops").rename(tmp_path / "model.skops")
    (shelf.folder(forest) / "model.skops").symlink_to(tmp_path / "model.skops")
    with pytest.raises(InvalidInput):
        shelf.models.load(forest)


def test_a_model_that_does_not_load_is_told(shelf: Shelf, forest: ModelVersion) -> None:
    (shelf.folder(forest) / "model.skops").write_bytes(b"broken")
    with pytest.raises(InvalidInput, match="cannot be loaded"):
        shelf.models.load(shelf.sealed(forest))


# --- runs -----------------------------------------------------------------------------------------


def test_data_and_code_are_shown_where_mlflow_shows_them(shelf: Shelf) -> None:
    data = RecordedData(name="flowers", context="training", location="models/x.csv", sha256="1" * 64, rows=4)
    tags = {"git_sha": "ab" * 20, "requester": "engineer"}
    with open_tracker(shelf.uri).run(experiment="trials", name="run", tags=tags) as run:
        run.log_data([data])
    found = open_client(shelf.uri).get_run(run.id)
    assert found.data.tags["mlflow.source.git.commit"] == "ab" * 20
    assert found.data.tags["mlflow.user"] == "engineer"
    (used,) = found.inputs.dataset_inputs
    assert (used.dataset.name, used.dataset.digest) == ("flowers", "1" * 36)


def test_a_deleted_experiment_is_told(shelf: Shelf) -> None:
    client = open_client(shelf.uri)
    client.delete_experiment(client.create_experiment("gone"))
    with (
        pytest.raises(InvalidInput, match="was deleted"),
        open_tracker(shelf.uri).run(experiment="gone", name="run", tags={}),
    ):
        pass


def test_files_lie_beside_the_database(shelf: Shelf, forest: ModelVersion) -> None:
    assert shelf.folder(forest).is_relative_to(
        Path(shelf.uri.removeprefix("sqlite:///")).parent / "artifacts" / "trials"
    )


def test_the_users_environment_stays_as_it_was(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:1")
    monkeypatch.delenv("MLFLOW_REGISTRY_URI", raising=False)
    open_client(shelf.uri)
    assert os.environ["MLFLOW_TRACKING_URI"] == "http://127.0.0.1:1"
    assert "MLFLOW_REGISTRY_URI" not in os.environ


# --- what a model is, without running it ----------------------------------------------------------


@pytest.mark.parametrize("loads", [False, True])
def test_the_footprint_of_a_version(shelf: Shelf, forest: ModelVersion, *, loads: bool) -> None:
    models = shelf.models
    if loads:
        models.load(forest)
    found = models.footprint(forest)
    files = [path for path in shelf.folder(forest).rglob("*") if path.is_file()]
    assert found.files == len(files)
    assert found.size_bytes == sum(path.stat().st_size for path in files)
    assert found.python == ".".join(map(str, sys.version_info[:3]))
    assert found.dependencies is not None
    assert {package_name(each) for each in found.dependencies} >= {"mlflow", "numpy", "pandas", "scikit-learn", "skops"}
    assert models.footprint(forest) == found


def test_a_file_that_is_no_model_has_a_size_and_says_no_more(shelf: Shelf, tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"12345")
    version = shelf.register(lambda run: run.save_model_files(str(tmp_path / "model.bin")))
    found = shelf.models.footprint(version)
    assert (found.size_bytes, found.files, found.python, found.dependencies) == (5, 1, None, None)
    assert shelf.models.schema(version) is None
    assert shelf.models.contract(version) == {}


@pytest.mark.parametrize(
    ("conda", "found"),
    [
        (b"dependencies:\n- python=3.11\n- pip:\n  - numpy==2.1\n", ("numpy==2.1",)),
        (b"dependencies: &a [numpy]\n", None),
        (None, None),
    ],
)
def test_an_older_version_says_what_it_needs_by_its_conda_environment(
    shelf: Shelf, tmp_path: Path, conda: bytes | None, found: tuple[str, ...] | None
) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "model.bin").write_bytes(b"12345")
    if conda is not None:
        (tmp_path / "model" / "conda.yaml").write_bytes(conda)
    version = shelf.register(lambda run: run.save_model_files(str(tmp_path / "model")))
    assert shelf.models.footprint(version).dependencies == found


def test_the_schema_of_a_version_is_part_of_its_contract(shelf: Shelf, forest: ModelVersion) -> None:
    schema = shelf.models.schema(forest)
    assert schema is not None
    assert [(column.name, column.type) for column in schema.inputs] == [("width", "double"), ("length", "long")]
    contract = shelf.models.contract(forest)
    assert contract["schema"] == schema.digest
    assert set(contract) == {"signature", "features", "schema"}
    other = shelf.models.contract(shelf.train(LINE))
    assert (other["features"], other["schema"] == contract["schema"]) == (contract["features"], False)
