"""What would change, as a page tells it."""

from dataclasses import replace

from coronet.core.evidence import Answer, Beyond, Changes, Confusion, Evidence, Flip, Keys, Said
from coronet.core.render.changes import (
    FLIPS_SHOWN,
    MOVERS_SHOWN,
    SEGMENTS_SHOWN,
    say_answer,
    say_what,
    what_would_change,
)
from coronet.core.render.page import Block, Folded, Page, Table
from coronet.core.render.printing import page_markdown, page_text
from tests.core.examples import evidence, fact
from tests.core.predictions import CONFUSION, MOVED, change, changes, mover


def told(made: Evidence) -> str:
    return page_text(Page(headline="it", blocks=what_would_change(made)))


def tables(blocks: tuple[Block, ...]) -> list[Table]:
    return [block for block in blocks if isinstance(block, Table)]


def test_without_a_champion_there_is_nothing_to_tell() -> None:
    assert what_would_change(evidence(fact(), confusion=CONFUSION)) == ()


def test_how_many_change_and_from_what_to_what() -> None:
    text = told(evidence(changes=changes(change(0.03, 0.01, weighted=0.2), other_flips=4)))
    assert "30 of 1000 rows get another class: 3 % [2, 4] (95 % interval); by weight 20 % [19, 21]." in text
    assert "Scores move by 0.02 on average: 50 % within 0.01, 90 % within 0.05" in text
    assert "no        yes        20    15 (75 %)           31.5" in text
    assert "4 rows change otherwise." in text


def test_rows_without_weight_have_no_column_of_it() -> None:
    flips = (Flip(champion="no", candidate="yes", rows=3, right=1),)
    first = tables(what_would_change(evidence(changes=changes(flips=flips))))[0]
    assert first.header == ("Champion", "Candidate", "Rows", "Candidate is right")
    assert first.rows == [("no", "yes", "3", "1 (33.33 %)")]


def test_a_share_that_is_not_known_says_why() -> None:
    text = told(evidence(changes=changes(change(None, problem="3 predictions are missing"))))
    assert "How many of 1000 rows get another class is not known: 3 predictions are missing." in text


def test_segments_come_by_how_many_change_at_least_and_the_unknown_first() -> None:
    named = [
        change(0.1 * place, 0.01, segment={"region": f"r{place}"}, rows=100) for place in range(SEGMENTS_SHOWN + 1)
    ]
    odd = change(None, segment={"region": "odd"}, problem="2 predictions are missing")
    blocks = what_would_change(evidence(changes=changes(change(), *named, odd, flips=(), moves=None, movers=())))
    (table,) = tables(blocks)
    assert [row[0] for row in table.rows] == ["region odd", "region r5", "region r4", "region r3", "region r2"]
    assert table.rows[0][3] == "2 predictions are missing"
    assert "Segments in which most rows change, of 7:" in page_text(Page(headline="", blocks=blocks))


def test_numbers_that_move() -> None:
    text = told(evidence(changes=MOVED))
    assert "400 of 1000 rows move by more than 10 % of the champion's prediction: 40 % [39, 41]" in text
    assert "Predictions move by 3 on average" in text
    assert "1 rows that moved farthest\n" in text
    assert say_what(replace(MOVED, beyond=Beyond(amount=5.0))) == "move by more than 5"
    assert say_answer(Answer(value=140.25)) == "140.2"
    assert say_answer(Answer(label="yes")) == "yes"


def test_hidden_keys_are_said_to_be_hidden() -> None:
    hidden = changes(keys=Keys.HASHED, movers=tuple(mover(f"{place:016x}") for place in range(MOVERS_SHOWN + 3)))
    (folded,) = [block for block in what_would_change(evidence(changes=hidden)) if isinstance(block, Folded)]
    assert folded.summary == f"{MOVERS_SHOWN} rows that moved farthest, their keys hidden"


def test_probabilities_and_flips_beyond_those_shown() -> None:
    many = tuple(Flip(champion=f"c{place}", candidate="d", rows=2, right=0) for place in range(FLIPS_SHOWN + 2))
    made = changes(flips=many)
    assert made.moves is not None
    text = told(evidence(changes=replace(made, moves=replace(made.moves, of=Said.PROBABILITIES))))
    assert "Probabilities move by" in text
    assert "4 rows change otherwise." in text


def matrices_of(confusion: Confusion) -> str:
    bare = Changes(of=changes().of, shares=())
    return told(evidence(changes=bare, confusion=confusion))


def test_both_matrices_are_folded_beside_each_other() -> None:
    text = matrices_of(CONFUSION)
    assert "Confusion matrices: rows by label and predicted class\nChampion:\n\nLabel  no   yes\nno     540  60" in text
    assert "Candidate:\n\nLabel  no   yes\nno     550  50\nyes    40   360" in text
    assert "2 rows have no predicted class" in text
    alone = matrices_of(replace(CONFUSION, champion=None, missing=0, weighted=True))
    assert "Champion:" not in alone
    assert "weights by label" in alone
    assert "no predicted class" not in alone


def test_matrices_that_are_too_large_or_left_out_are_not_shown() -> None:
    names = tuple(f"c{place}" for place in range(13))
    large = replace(CONFUSION, classes=names, candidate=tuple((0,) * 13 for _ in names), champion=None)
    assert "The confusion matrices of 13 classes are in the evidence." in matrices_of(large)
    assert "matri" not in matrices_of(Confusion(classes=(), weighted=False, candidate=(), left_out=("why",)))


def test_what_came_from_outside_is_harmless() -> None:
    hostile = change(segment={"region": "<b>@all</b> | #12"})
    row = replace(mover("`rm -rf`"), label="@all", segments={"region": "[x](http://evil.example)"})
    made = what_would_change(evidence(changes=changes(change(), hostile, movers=(row,))))
    markdown = page_markdown(Page(headline="it", blocks=made))
    assert "@all" not in markdown
    assert "<b>" not in markdown
    assert "](http" not in markdown
