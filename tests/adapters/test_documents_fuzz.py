"""What holds of reading and writing whatever comes: round trips, one meaning, and a good end."""

import json
from typing import Any

import yaml
from hypothesis import given
from hypothesis import strategies as st

from coronet.adapters.documents import FileDocuments
from coronet.adapters.documents.yaml_text import FAST, SLOW, read_yaml
from coronet.core.documents import Document, Path
from coronet.errors import InvalidInput

DOCUMENTS = FileDocuments()

HIDDEN = "\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\ufffe\uffff"
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"], exclude_characters=HIDDEN))
TRICKY = st.text(st.sampled_from(list("a1 :#-\n\t\"'\\[]{},&*!|>%@`?=~.+_<eE0")), max_size=12) | st.sampled_from(
    ["null", "true", "yes", "NaN", ".inf", "1e999", "0x1f", "---", "...", "<<", "1_0", "12:30", "- a", "a: b", "a #b"]
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT
    | TRICKY
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT | TRICKY, inner, max_size=4),
    max_leaves=12,
)
MAPPINGS = st.dictionaries(TEXT | TRICKY, VALUES, max_size=5)


def same(left: object, right: object) -> bool:
    """Equal, and of the same kinds: 1 is neither 1.0 nor true; the order of keys counts."""
    return json.dumps(left) == json.dumps(right)


@given(MAPPINGS)
def test_what_is_written_is_read_back(value: dict[str, Any]) -> None:
    data = DOCUMENTS.render(value)
    assert same(DOCUMENTS.parse(data, file="f.yaml").value, value)
    assert same(read_yaml(data, file="f.yaml", loader=SLOW).value, value)


@given(MAPPINGS)
def test_what_is_written_is_written_the_same_again(value: dict[str, Any]) -> None:
    data = DOCUMENTS.render(value)
    assert DOCUMENTS.render(DOCUMENTS.parse(data, file="f.yaml").value) == data


@given(st.dictionaries(TRICKY, TRICKY, max_size=5))
def test_text_stays_text_for_readers_of_yaml_1_1(value: dict[str, str]) -> None:
    assert yaml.safe_load(DOCUMENTS.render(value)) == value


@given(VALUES)
def test_json_is_read_as_the_json_module_reads_it(value: object) -> None:
    text = json.dumps(value, ensure_ascii=False)
    document = DOCUMENTS.parse(text.encode(), file="f.json")
    assert same(document.value, value)
    assert set(document.positions) == set(paths(value))


def paths(value: object, path: Path = ()) -> list[Path]:
    parts: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        parts += value.items()
    elif isinstance(value, list):
        parts += enumerate(value)
    return [path, *(deeper for key, part in parts for deeper in paths(part, (*path, key)))]


def attempt(data: bytes, file: str, loader: Any = FAST) -> Document | None:
    """The document, or None where it was refused with findings that all have a line."""
    refusal: InvalidInput
    try:
        return read_yaml(data, file=file, loader=loader) if loader is SLOW else DOCUMENTS.parse(data, file=file)
    except InvalidInput as error:
        refusal = error
    assert refusal.findings
    assert all(found.location and found.location.line and found.location.column for found in refusal.findings)
    return None


PIECES = ["a", "key", ": ", ":", "- ", "-", "? ", "\n", "\n  ", "\n    ", " ", "{", "}", "[", "]", ",", "'", '"', "\\"]
PIECES += ["#", " #", "|", ">", "|+2", "&a", "*a", "!t", "%", "---", "...", "~", "1", ".nan", "é", "😀", "\t", "\r\n"]
PIECES += ["<<", "\\ud800", "\\U00110000", "a: 1", "\nb: ", "x: |\n  t\n", "NaN", "null", '"a": ', "9" * 20, "\x00"]
SHARDS = st.lists(st.sampled_from(PIECES), max_size=16).map("".join)


@given(st.binary(max_size=64), st.sampled_from(["f.yaml", "f.json"]))
def test_random_bytes_end_well(data: bytes, file: str) -> None:
    attempt(data, file)


@given(SHARDS)
def test_random_shards_end_well_and_have_one_meaning(text: str) -> None:
    fast, slow = attempt(text.encode(), "f.yaml"), attempt(text.encode(), "f.yaml", SLOW)
    if fast and slow:
        assert same(fast.value, slow.value)
        assert fast.positions == slow.positions


@given(SHARDS)
def test_random_shards_of_json_end_well(text: str) -> None:
    document = attempt(text.encode(), "f.json")
    if document:
        assert same(document.value, json.loads(text))


@given(VALUES, st.data())
def test_broken_json_ends_well(value: object, data: st.DataObject) -> None:
    text = json.dumps(value)
    cut = data.draw(st.integers(0, len(text)))
    attempt((text[:cut] + data.draw(SHARDS) + text[cut:]).encode(), "f.json")
