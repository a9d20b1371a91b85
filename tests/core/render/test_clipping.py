"""Markdown that is too long for a page of GitHub's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coronet.core.render.clipping import LIMIT, clip
from tests.gfm import read_markdown

WHOLE = "the whole is in `evidence.json`"


@pytest.mark.parametrize("length", [0, LIMIT - 1, LIMIT])
def test_what_fits_is_left_alone(length: int) -> None:
    assert clip("x" * length, whole=WHOLE) == "x" * length


def test_the_cut_says_how_much_is_missing_and_where_the_whole_is() -> None:
    cut = clip("\n".join(["x" * 99] * 1000), whole=WHOLE)
    *kept, before, mark, end = cut.split("\n")
    assert kept == ["x" * 99] * 590
    assert (before, end) == ("", "")
    assert mark == f"**✂ Cut: 410 of 1000 lines are not shown here; {WHOLE}.**"


def test_a_line_too_long_for_any_page_is_not_begun() -> None:
    cut = clip(f"first\n{'x' * LIMIT * 2}\nlast", whole=WHOLE)
    assert cut == f"first\n\n**✂ Cut: 2 of 3 lines are not shown here; {WHOLE}.**\n"
    assert clip("x" * LIMIT * 2, whole=WHOLE) == f"**✂ Cut: 1 of 1 lines are not shown here; {WHOLE}.**\n"


TABLE = ["| a | b |", "| --- | --- |", *(f"| row {number} | {'y' * 50} |" for number in range(1500)), ""]
FENCE = ["````diff", *(f"+ {'z' * 60}" for _ in range(1500)), "```", "<details>", "````", ""]


def folded(lines: list[str]) -> list[str]:
    return ["<details><summary>more</summary>", "", *lines, "", "</details>", ""]


def test_no_row_is_cut_and_every_element_is_closed() -> None:
    cut = clip("\n".join(["first", "", *folded(folded(TABLE))]), whole=WHOLE)
    page = read_markdown(cut)
    assert page.tags.count("details") == 2
    assert page.rows[0] == ["a", "b"]
    assert {len(row) for row in page.rows} == {2}
    assert {row[1] for row in page.rows[1:]} == {"y" * 50}
    assert page.words.rstrip().endswith("evidence.json.")
    assert page.tags[-3:] == ["p", "strong", "code"]


def test_every_fence_is_closed_by_its_own_length() -> None:
    page = read_markdown(clip("\n".join(folded(FENCE)), whole=WHOLE))
    assert page.tags == ["details", "summary", "pre", "code", "p", "strong", "code"]
    closed = clip("\n".join([*FENCE[:2], *FENCE[-4:], *TABLE]), whole=WHOLE)
    assert read_markdown(closed).tags[:2] == ["pre", "code"]
    assert "<details>" in read_markdown(closed).words
    assert "details" not in read_markdown(closed).tags


LINES = st.lists(
    st.sampled_from([TABLE[:3], TABLE[:300], FENCE[:2] + FENCE[-2:], FENCE[:200] + FENCE[-4:], ["words", ""]]),
    min_size=1,
).map(lambda parts: [line for part in parts for line in [*part, ""]])


@given(LINES, st.lists(st.booleans(), max_size=3), st.integers(0, 400))
def test_whatever_is_cut_stays_whole(lines: list[str], folds: list[bool], more: int) -> None:
    for fold in folds:
        lines = folded(lines) if fold else [*lines, ""]
    text = "\n".join([*lines, *(["word " * 30, ""] * more)])
    cut = clip(text, whole=WHOLE)
    assert len(cut) <= LIMIT
    assert (cut == text) is (len(text) <= LIMIT)
    page = read_markdown(cut)  # which fails where something is left open
    assert {len(row) for row in page.rows} <= {2}
    assert ("✂ Cut" in page.words) is (len(text) > LIMIT)
    assert set(cut.split("\n")) - set(text.split("\n")) - {"</details>", "````"} == set() or "✂" in cut
