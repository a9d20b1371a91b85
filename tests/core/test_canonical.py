"""The same facts are the same bytes."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coronet.core.canonical import canonical_json, digest_bytes, digest_json, digest_tree

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)
EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@given(VALUES)
def test_what_is_read_back_is_written_the_same(value: Any) -> None:
    written = canonical_json(value)
    assert json.loads(written) == value
    assert canonical_json(json.loads(written)) == written
    assert written.count(b"\n") == 1


def test_keys_are_sorted_and_text_is_itself() -> None:
    assert canonical_json({"b": [1, 2.5], "a": "é\n"}) == '{"a":"é\\n","b":[1,2.5]}\n'.encode()


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "\ud800"])
def test_what_json_cannot_say_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"JSON|surrogates"):
        canonical_json({"a": value})


def test_a_digest_says_how_it_was_made() -> None:
    assert digest_bytes(b"") == f"sha256:{EMPTY}"
    assert digest_json({}) == digest_bytes(b"{}\n")


def test_a_tree_is_its_names_and_bytes() -> None:
    """As `sha256sum` of the lines would say, whatever the order of the files."""
    files = {"b/c": ("1" * 64, 3), "a": (EMPTY, 0)}
    assert digest_tree(files) == digest_bytes(f"{EMPTY} 0 a\n{'1' * 64} 3 b/c\n".encode())
    assert digest_tree(dict(reversed(files.items()))) == digest_tree(files)


@pytest.mark.parametrize(
    "other",
    [
        {"a": ("1" * 64, 3)},
        {"a": ("2" * 64, 3), "b": ("1" * 64, 3)},
        {"a": ("1" * 64, 4), "b": ("1" * 64, 3)},
        {"a": ("1" * 64, 3), "c": ("1" * 64, 3)},
    ],
)
def test_any_difference_makes_another_tree(other: dict[str, tuple[str, int]]) -> None:
    assert digest_tree(other) != digest_tree({"a": ("1" * 64, 3), "b": ("1" * 64, 3)})


def test_one_file_cannot_pass_for_two() -> None:
    with pytest.raises(ValueError, match="line break"):
        digest_tree({f"a\n{'1' * 64} 3 b": ("1" * 64, 3)})
