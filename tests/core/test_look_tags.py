"""Looks counted by the tags of versions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coronet.core.look_tags import PREFIX, look_tag, number_look
from tests.core.examples import CHAMPION, DATA, digest

MINE = look_tag(DATA, DATA, CHAMPION)
AGAINST_ANOTHER = look_tag(DATA, DATA, digest("1"))
ELSEWHERE = look_tag(digest("9"), digest("9"), CHAMPION)


def number(tags: dict[str, dict[str, str]], version: str = "7") -> int:
    return number_look(MINE, DATA, version, tags)


def test_a_tag_names_data_and_champion() -> None:
    assert MINE.startswith(PREFIX)
    assert MINE.rpartition(".")[0] == AGAINST_ANOTHER.rpartition(".")[0] != ELSEWHERE.rpartition(".")[0]
    assert len({MINE, AGAINST_ANOTHER, ELSEWHERE, look_tag(DATA, DATA, None)}) == 4
    assert len(MINE) < 50


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({}, 1),
        ({"7": {}, "6": {"coronet.owner": "model-owner"}}, 1),
        ({"6": {MINE: "1"}}, 2),
        ({"6": {MINE: "1", AGAINST_ANOTHER: "2"}, "5": {MINE: "9"}}, 10),
        ({"6": {ELSEWHERE: "4"}}, 1),
        # The same comparison again is the same look.
        ({"7": {MINE: "3"}, "6": {MINE: "8"}}, 3),
        # Its version against another champion is another look.
        ({"7": {AGAINST_ANOTHER: "1"}}, 2),
        # Two were counted at once: the one that is evaluated again goes behind.
        ({"7": {MINE: "3"}, "6": {MINE: "3"}}, 4),
        # A tag that says nothing was a look all the same.
        ({"6": {MINE: "many"}, "5": {MINE: "1"}}, 3),
        ({"7": {MINE: "0"}}, 1),
        ({"7": {MINE: "−1"}, "6": {MINE: "1"}}, 2),
    ],
)
def test_a_look_is_one_beyond_all_others(tags: dict[str, dict[str, str]], expected: int) -> None:
    assert number(tags) == expected


@given(st.lists(st.sampled_from("abcdef"), max_size=30))
def test_evaluated_in_any_order_every_version_has_a_number_of_its_own(order: list[str]) -> None:
    tags: dict[str, dict[str, str]] = {}
    for version in order:
        tags.setdefault(version, {})[MINE] = str(number(tags, version))
    numbers = sorted(int(found[MINE]) for found in tags.values())
    assert numbers == list(range(1, len(set(order)) + 1))
