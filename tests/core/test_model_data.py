from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coronet.core.evidence import CustomMetric, Task
from coronet.core.model_file import DataFile, ModelData, OwnMetric, locate_beside, model_from_json, model_path

DATA = ModelData(
    name="iris",
    version=None,
    label="species",
    key="id",
    time="at",
    weight="share",
    train=DataFile(path="data/train.csv"),
    evaluation=DataFile(path="data/evaluation.csv"),
)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("data/train.csv", "models/iris/data/train.csv"),
        ("../common/train.csv", "models/common/train.csv"),
        ("./data//train.csv", "models/iris/data/train.csv"),
        ("s3://bucket/../train.csv", "s3://bucket/../train.csv"),
        ("../../data.csv", "data.csv"),
        ("../../../data.csv", None),
        ("../../..", None),
        ("/etc/passwd", None),
        ("data/../../../../etc/passwd", None),
    ],
)
def test_paths_are_relative_to_the_model_and_stay_in_the_repository(path: str, found: str | None) -> None:
    assert locate_beside("iris", path) == found


@given(parts=st.lists(st.sampled_from(["..", ".", "a", "", "b.csv", "..."]), max_size=8))
def test_no_path_climbs_out(parts: list[str]) -> None:
    found = locate_beside("iris", "/".join(parts))
    assert found is None or (not found.startswith("/") and ".." not in found.split("/"))


def test_the_model_sees_every_column_that_is_nothing_else() -> None:
    columns = ("id", "at", "width", "length", "share", "species")
    assert DATA.features_among(columns) == ("width", "length")


def test_features_in_the_model_file_are_taken_as_they_stand() -> None:
    chosen = replace(DATA, features=("length", "width"))
    assert chosen.features_among(("width", "length", "colour")) == ("length", "width")


LEAST: dict[str, Any] = {
    "owner": "model-owner",
    "task": "binary",
    "data": {"label": "species", "train": {"path": "t.csv"}, "evaluation": {"path": "e.csv"}},
}


def test_what_a_model_file_leaves_out_follows_from_its_name() -> None:
    model = model_from_json(LEAST, name="iris")
    assert (model.registered_model, model.experiment, model.data.name) == ("iris", "iris", "iris")
    assert (model.champion_alias, model.candidate_alias) == ("champion", "candidate")
    assert (model.trainer, model.seed, model.hyperparameters, model.metrics) == (None, 0, {}, ())
    assert (model.threshold, model.positive, model.feature_set_version, model.data.version) == (None, None, None, None)
    assert (model.data.features, model.data.reference, model.data.segments) == (None, None, ())
    assert model_path("iris") == "models/iris/model.yaml"


def test_a_full_model_file_is_read_as_it_says() -> None:
    data = {
        **LEAST["data"],
        "name": "flowers",
        "version": 20260211,
        "features": ["width"],
        "segments": ["kind"],
        "reference": {"path": "r.csv", "sha256": "1" * 64},
    }
    value = {
        **LEAST,
        "data": data,
        "registered_model": "iris-classifier",
        "aliases": {"champion": "best", "candidate": "next"},
        "positive": True,
        "threshold": 0.4,
        "feature_set_version": 2,
        "metrics": ["accuracy"],
    }
    model = model_from_json(value, name="iris")
    assert (model.name, model.registered_model, model.experiment) == ("iris", "iris-classifier", "iris-classifier")
    assert (model.champion_alias, model.candidate_alias) == ("best", "next")
    assert (model.positive, model.threshold, model.feature_set_version) == ("True", 0.4, "2")
    assert (model.data.name, model.data.version, model.data.features) == ("flowers", "20260211", ("width",))
    assert model.data.reference == DataFile(path="r.csv", sha256="1" * 64)
    assert model.task is Task.BINARY


def test_a_model_file_describes_metrics_of_its_own() -> None:
    own = {"call": "metrics.py:cost", "direction": "lower", "meaning": "money lost", "unit": "EUR", "lowest": 0}
    model = model_from_json({**LEAST, "custom_metrics": {"cost": own}}, name="iris")
    described = CustomMetric(name="custom.cost", meaning="money lost", higher_is_better=False, unit="EUR", lowest=0)
    assert model.custom_metrics == (OwnMetric(described=described, call="metrics.py:cost"),)
    assert model.own_metrics == ("custom.cost",)


def test_the_column_of_the_clusters_is_no_feature() -> None:
    model = model_from_json({**LEAST, "data": {**LEAST["data"], "cluster": "customer"}}, name="iris")
    assert model.data.cluster == "customer"
    assert model.data.features_among(("customer", "width")) == ("width",)
