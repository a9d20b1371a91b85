from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coronet.core.semantic_version import FIRST, Column, Schema, SemanticVersion, next_version, schema_from_json

AGE, BMI = Column(name="age", type="long"), Column(name="bmi", type="double")
SCORE = Column(name="prediction", type="double")
AGE_ONLY = Schema(inputs=(AGE,), outputs=(SCORE,))
AGE_AND_BMI = replace(AGE_ONLY, inputs=(AGE, BMI))
V2_3_4 = SemanticVersion(major=2, minor=3, patch=4)

columns = st.builds(Column, name=st.text(min_size=1, max_size=3), type=st.sampled_from(["double", "long", "string"]))
schemas = st.builds(
    Schema, inputs=st.lists(columns, max_size=4).map(tuple), outputs=st.lists(columns, max_size=2).map(tuple)
)
versions = st.builds(SemanticVersion, major=st.integers(0, 99), minor=st.integers(0, 99), patch=st.integers(0, 99))


def test_the_first_version_is_1_0_0() -> None:
    assert str(next_version(None, before=None, after=AGE_ONLY)) == "v1.0.0"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (AGE_ONLY, AGE_ONLY, "v2.3.5"),
        (AGE_ONLY, AGE_AND_BMI, "v2.4.0"),
        (AGE_ONLY, replace(AGE_ONLY, inputs=(BMI, AGE)), "v2.4.0"),
        (AGE_AND_BMI, AGE_ONLY, "v3.0.0"),
        (AGE_AND_BMI, replace(AGE_AND_BMI, inputs=(BMI, AGE)), "v3.0.0"),
        (AGE_ONLY, replace(AGE_ONLY, inputs=(replace(AGE, type="double"),)), "v3.0.0"),
        (AGE_ONLY, replace(AGE_AND_BMI, outputs=(replace(SCORE, type="string"),)), "v3.0.0"),
        (None, AGE_ONLY, "v3.0.0"),
    ],
    ids=["same", "added", "added in front", "removed", "reordered", "retyped", "other output", "unknown before"],
)
def test_the_schema_decides_which_number_moves(before: Schema | None, after: Schema, expected: str) -> None:
    assert str(next_version(V2_3_4, before=before, after=after)) == expected


@given(newest=versions, before=st.none() | schemas, after=schemas)
def test_the_next_version_is_always_greater(newest: SemanticVersion, before: Schema | None, after: Schema) -> None:
    assert next_version(newest, before=before, after=after) > newest


@given(version=versions)
def test_a_written_version_is_read_back(version: SemanticVersion) -> None:
    assert SemanticVersion.parse(str(version)) == version


@pytest.mark.parametrize("text", ["", "1.0.0", "v1.0", "v01.0.0", "v1.0.0\n", "v1.0.0-rc1", "v٣.0.0", "v1٣.0.0"])
def test_anything_else_is_no_version(text: str) -> None:
    assert SemanticVersion.parse(text) is None


@given(schema=schemas, other=schemas)
def test_schemas_are_equal_as_their_digests_are(schema: Schema, other: Schema) -> None:
    assert schema_from_json(schema.to_json()) == schema
    assert (schema.digest == other.digest) == (schema == other)


def test_versions_are_ordered_by_number() -> None:
    assert FIRST < SemanticVersion(major=1, minor=2) < SemanticVersion(major=1, minor=10) < V2_3_4
