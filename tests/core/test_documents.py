"""A document knows where its values stand, alone and laid over a wider one."""

import pytest

from coronet.core.documents import Document, lay_over
from coronet.errors import Location

WIDE = Document(file="wide.yaml", value={}, positions={(): (1, 1), ("a",): (2, 1), ("a", "b"): (3, 3)})
NARROW = Document(file="narrow.yaml", value={}, positions={(): (1, 1), ("a",): (5, 1)})


def test_a_value_stands_where_its_key_stands() -> None:
    assert WIDE.locate(("a", "b")) == Location(file="wide.yaml", line=3, column=3)


def test_what_is_not_there_stands_where_the_value_around_it_stands() -> None:
    assert WIDE.locate(("a", "missing", 0)) == Location(file="wide.yaml", line=2, column=1)


def test_a_document_without_positions_knows_its_file() -> None:
    assert Document(file="x.json", value=1).locate(("a",)) == Location(file="x.json")


def test_the_nearest_value_wins_and_among_equals_the_narrowest_document() -> None:
    merged = lay_over([WIDE, NARROW], {"a": {"b": 1}})
    assert merged.value == {"a": {"b": 1}}
    assert merged.locate(("a", "b")) == Location(file="wide.yaml", line=3, column=3)
    assert merged.locate(("a", "c")) == Location(file="narrow.yaml", line=5, column=1)


def test_a_finding_carries_message_hint_and_place() -> None:
    assert str(WIDE.finding("odd", ("a",), hint="fix it")) == "wide.yaml:2:1: odd (fix it)"


def test_nothing_cannot_be_laid_over_nothing() -> None:
    with pytest.raises(ValueError, match="nothing"):
        lay_over([], {})
