import pytest
from hypothesis import given
from hypothesis import strategies as st

from coronet.core.proposal import ChangeType, Why
from coronet.core.version_tags import Lifecycle, Tag, tags_of, why_ineligible, why_of

FINISHED: dict[str, str] = {Tag.LIFECYCLE: Lifecycle.CREATED, Tag.DIGEST: "sha256:" + "0" * 64, Tag.RUN_KIND: "train"}

words = st.text(min_size=1, max_size=20)
whys = st.builds(
    Why,
    summary=st.text(max_size=20),
    owner=st.none() | words,
    hypothesis_id=st.none() | words,
    change_type=st.none() | st.sampled_from(ChangeType),
    feature_set_version=st.none() | words,
)


def test_a_finished_training_is_eligible() -> None:
    assert why_ineligible(FINISHED) is None


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({Tag.LIFECYCLE: ""}, "never finished"),
        ({Tag.DIGEST: ""}, "no digest"),
        ({Tag.RUN_KIND: "experiment"}, "'experiment'"),
        ({Tag.RUN_KIND: ""}, "'unknown'"),
    ],
)
def test_what_is_missing_makes_it_ineligible(changed: dict[str, str], said: str) -> None:
    assert said in (why_ineligible({**FINISHED, **changed}) or "")


def test_an_empty_version_is_ineligible() -> None:
    assert why_ineligible({}) is not None


@given(why=whys)
def test_why_is_read_back_from_its_tags(why: Why) -> None:
    assert why_of(tags_of(why)) == why


def test_a_change_type_that_nobody_knows_is_left_out() -> None:
    assert why_of({Tag.CHANGE_TYPE: "magic"}).change_type is None
