"""Which models a change concerns."""

import pytest

from coronet.core.changed_models import changed_models, data_paths
from coronet.core.model_file import model_from_json

MODELS = ("churn", "iris")
DATA = {"churn": frozenset({"data/customers.csv"}), "iris": frozenset({"data/flowers.csv", "data/customers.csv"})}


@pytest.mark.parametrize(
    ("path", "models"),
    [
        ("models/iris/model.yaml", ["iris"]),
        ("models/iris/train.py", ["iris"]),
        ("models/iris/data/train.csv", ["iris"]),
        ("data/flowers.csv", ["iris"]),
        ("data/customers.csv", ["churn", "iris"]),
        ("data/others.csv", []),
        ("models/features.py", ["churn", "iris"]),
        ("models/shared/features.py", ["churn", "iris"]),
        ("models/iris-shared/features.py", ["churn", "iris"]),
        ("models/iris/README.md", []),
        ("models/README.md", []),
        ("policy/iris.yaml", []),
        ("promotions/iris/iris-v7.yaml", []),
        ("src/models/iris/train.py", []),
    ],
)
def test_a_changed_file_concerns_the_models_that_are_made_of_it(path: str, models: list[str]) -> None:
    assert changed_models(MODELS, DATA, changed=[path], deleted=[]) == dict.fromkeys(models, (path,))


@pytest.mark.parametrize(
    ("path", "models"),
    [
        ("models/iris/train.py", ["iris"]),
        ("data/flowers.csv", ["iris"]),
        ("models/fraud/model.yaml", []),
        ("models/shared/old.py", []),
    ],
)
def test_a_deleted_file_concerns_its_own_model_alone(path: str, models: list[str]) -> None:
    assert list(changed_models(MODELS, DATA, changed=[], deleted=[path])) == models


def test_each_model_is_told_every_path_and_models_come_in_order() -> None:
    found = changed_models({"iris", "churn"}, {}, changed=["models/iris/a", "models/b"], deleted=["models/iris/c"])
    assert list(found.items()) == [("churn", ("models/b",)), ("iris", ("models/iris/a", "models/b", "models/iris/c"))]


def test_data_of_a_model_are_where_its_file_says_as_far_as_they_are_in_the_repository() -> None:
    data = {
        "label": "y",
        "train": {"path": "../../data/train.csv"},
        "evaluation": {"path": "https://data.example/evaluation.csv"},
        "reference": {"path": "../../../outside.csv"},
    }
    file = model_from_json({"task": "binary", "owner": "model-owner", "data": data}, name="churn")
    assert data_paths(file) == {"data/train.csv"}
    del data["reference"]
    assert data_paths(model_from_json({"task": "binary", "owner": "o", "data": data}, name="churn")) == {
        "data/train.csv"
    }
