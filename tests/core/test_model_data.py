from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coronet.core.model_file import DataFile, ModelData, locate_beside

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
        ("../shared/train.csv", "models/shared/train.csv"),
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
