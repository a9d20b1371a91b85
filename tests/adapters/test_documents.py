"""Reading YAML and JSON: strict, quick, every finding with its place."""

import time
from typing import Any

import pytest

from coronet.adapters.documents import FileDocuments
from coronet.adapters.documents.yaml_text import SLOW, read_yaml
from coronet.errors import InvalidInput

DOCUMENTS = FileDocuments()


def read(text: str, file: str = "f.yaml") -> Any:
    return DOCUMENTS.parse(text.encode(), file=file).value


def complaints(text: str | bytes, file: str = "f.yaml") -> list[str]:
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    with pytest.raises(InvalidInput) as caught:
        DOCUMENTS.parse(data, file=file)
    findings = caught.value.findings
    assert all(found.location and found.location.line and found.location.column for found in findings)
    return [str(found) for found in findings]


# --- what a scalar means --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("7", 7),
        ("-7", -7),
        ("+7", 7),
        ("0", 0),
        ("0.5", 0.5),
        (".5", 0.5),
        ("5.", 5.0),
        ("1e3", 1000.0),
        ("-1.5e-3", -0.0015),
        ('"7"', "7"),
        ("'true'", "true"),
        ("sha256:ab", "sha256:ab"),
    ],
)
def test_scalars_mean_what_json_would_mean(written: str, meant: object) -> None:
    value = read(f"a: {written}\n")["a"]
    assert value == meant
    assert type(value) is type(meant)


OLD_SURPRISES = """
yes no on off y True TRUE Null 010 0o10 0x1F 0b1 1_000 12:30 190:20:30 007 00.5 1e e5 . = -x v2.1 20d
2026-11-20 2026-11-20T21:05:00Z
"""


@pytest.mark.parametrize("written", OLD_SURPRISES.split())
def test_what_yaml_once_took_for_something_else_is_text(written: str) -> None:
    assert read(f"a: {written}\n") == {"a": written}


@pytest.mark.parametrize("written", [".nan", ".NaN", "NaN", "nan", ".inf", "-.Inf", "Infinity", "-Infinity", "1e999"])
def test_what_is_not_finite_is_refused(written: str) -> None:
    (said,) = complaints(f"a: 1\nb: {written}\n")
    assert said.startswith("f.yaml:2:4: ")
    assert written in said


def test_what_is_not_finite_is_text_in_quotes() -> None:
    assert read("a: 'NaN'\n") == {"a": "NaN"}


@pytest.mark.parametrize("digits", ["9007199254740992", "-9007199254740992", "9" * 20, "9" * 100_000])
def test_numbers_that_others_could_not_read_are_refused(digits: str) -> None:
    assert "too large" in complaints(f"a: {digits}\n")[0]
    assert "too large" in complaints(f'{{"a": {digits}}}', "f.json")[0]


def test_the_largest_number_is_read() -> None:
    assert read("a: 9007199254740991\n") == read('{"a": 9007199254740991}', "f.json") == {"a": 2**53 - 1}


# --- places ---------------------------------------------------------------------------------------


def test_members_stand_at_their_keys_and_items_at_their_start() -> None:
    document = DOCUMENTS.parse(b"# c\na: {b: 1, c: [x, {d: 2}]}\ne:\n  - 1\n  - f: null\n", file="f.yaml")
    assert document.positions == {
        (): (2, 1),
        ("a",): (2, 1),
        ("a", "b"): (2, 5),
        ("a", "c"): (2, 11),
        ("a", "c", 0): (2, 15),
        ("a", "c", 1): (2, 18),
        ("a", "c", 1, "d"): (2, 19),
        ("e",): (3, 1),
        ("e", 0): (4, 5),
        ("e", 1): (5, 5),
        ("e", 1, "f"): (5, 5),
    }


def test_json_has_the_same_places() -> None:
    text = '{"a": {"b": 1, "": [true, {"d\\"": "x"}]},\r\n "e": [[], {}, null], "é😀": -0.5}\n'
    positions = DOCUMENTS.parse(text.encode(), file="f.json").positions
    assert dict(positions) == {
        (): (1, 1),
        ("a",): (1, 2),
        ("a", "b"): (1, 8),
        ("a", ""): (1, 16),
        ("a", "", 0): (1, 21),
        ("a", "", 1): (1, 27),
        ("a", "", 1, 'd"'): (1, 28),
        ("e",): (2, 2),
        ("e", 0): (2, 8),
        ("e", 1): (2, 12),
        ("e", 2): (2, 16),
        ("é😀",): (2, 23),
    }
    assert len(positions) == 12


def test_an_empty_yaml_file_is_null_and_has_a_place() -> None:
    for text in ("", "\n\n# only words\n", "---\n"):
        assert read(text) is None
        assert DOCUMENTS.parse(text.encode(), file="f.yaml").locate(("x",)).line == 1


# --- what is refused ------------------------------------------------------------------------------


def test_every_finding_is_told_at_once() -> None:
    text = "a: *x\nb: &y !!int 3\na: 2\n<<: {c: 1}\n7: x\n? [q]\n: y\nz: .nan\n? {r: 1, r: 2}\n: !t {s: &u 1}\n"
    assert complaints(text) == [
        "f.yaml:1:4: an alias (`*`): write the value itself",
        "f.yaml:2:4: an anchor (`&`): write the value where it is needed",
        "f.yaml:2:4: a tag (`!`): leave it out",
        "f.yaml:3:1: the key 'a' stands here a second time, first in line 1",
        "f.yaml:4:1: a merge key (`<<`): write the values themselves",
        "f.yaml:5:1: the key 7 is not text (put it in quotes where you mean the text)",
        "f.yaml:6:3: a key that is not text",
        "f.yaml:8:4: .nan is not a finite number (put it in quotes where you mean the text)",
        "f.yaml:9:3: a key that is not text",
        "f.yaml:9:10: the key 'r' stands here a second time, first in line 9",
        "f.yaml:10:3: a tag (`!`): leave it out",
        "f.yaml:10:10: an anchor (`&`): write the value where it is needed",
    ]


def test_an_alias_as_a_key_is_refused() -> None:
    assert "an alias" in complaints("*a : 1\nb: 2\n")[0]


def test_every_oddity_of_json_is_told_at_once() -> None:
    text = '{"a": 1, "a": 2, "b": NaN, "c": 1e999, "d": [-Infinity],\n'
    text += ' "e": "\\ud800", "f\\u0000": {"g": 1, "g": "\\u202e"}}'
    assert complaints(text, "f.json") == [
        "f.json:1:10: the key 'a' stands here a second time, first in line 1",
        "f.json:1:23: NaN is not a finite number",
        "f.json:1:33: 1e999 is not a finite number",
        "f.json:1:46: -Infinity is not a finite number",
        "f.json:2:7: text with a character that nobody sees (U+D800)",
        "f.json:2:17: text with a character that nobody sees (U+0000)",
        "f.json:2:37: the key 'g' stands here a second time, first in line 2",
        "f.json:2:42: text with a character that nobody sees (U+202E)",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"a": 1, "a": 1}', "f.json:1:10: the key 'a' stands here a second time, first in line 1"),
        ('[{"\\u0007": 1}]', "f.json:1:3: text with a character that nobody sees (U+0007)"),
        ('[{"a": "\\r"}]', "f.json:1:8: text with a character that nobody sees (U+000D)"),
        ("[NaN]", "f.json:1:2: NaN is not a finite number"),
        ("-1e999", "f.json:1:1: -1e999 is not a finite number"),
    ],
)
def test_one_oddity_of_json_is_enough(text: str, said: str) -> None:
    assert complaints(text, "f.json") == [said]


def test_escapes_that_name_what_shows_are_read() -> None:
    assert read('["\\ud83d\\ude00", "\\n\\t\\u00e9"]', "f.json") == ["😀", "\n\té"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "f.json:1:1: this is not JSON: a value is missing here"),
        ('{"a": 1,}', "f.json:1:9: this is not JSON: a key in double quotes is missing here"),
        ("[1] 2", "f.json:1:5: this is not JSON: something stands after the end of the value"),
        ('["\t"]', "f.json:1:3: this is not JSON: a line break or tab inside a text"),
        ('{"a": 1, "a": 2,, ', "f.json:1:17: this is not JSON: a key in double quotes is missing here"),
        ('["\\x"]', "f.json:1:3: this is not JSON: Invalid \\escape"),
    ],
)
def test_what_is_not_json_is_said_with_its_place(text: str, said: str) -> None:
    found = complaints(text, "f.json")
    assert len(found) == 1
    if "comma before" not in found[0]:  # Python 3.13 sees a comma too many, at its own place
        assert found == [said]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: b: c\n", "f.yaml:1:5: this is not YAML: mapping values are not allowed"),
        ("a: 1\n\tb: 2\n", "f.yaml:2:1: a tab (use spaces"),
        ("a: 1\n---\nb: 2\n", "f.yaml:2:1: a second document: a file holds one"),
        ("%YAML 1.1\n---\na: 1\n", "f.yaml:1:1: a directive (`%`): leave it out"),
        ("# c\n%FOO\n---\na: 1\n", "f.yaml:2:1: a directive (`%`): leave it out"),
        ("a: [1, 2\n", "f.yaml:2:1: this is not YAML: "),
        ('a: "\\U00110000"\n', "f.yaml:1:"),
        ('a: "\\ud83d\\ude00"\n', "f.yaml:1:"),
        ('a: "\\e[31m"\n', "f.yaml:1:4: text with a character that nobody sees (U+001B)"),
        ('"\\r": 1\n', "f.yaml:1:1: text with a character that nobody sees (U+000D)"),
    ],
)
def test_what_is_not_our_yaml_is_said_with_its_place(text: str, said: str) -> None:
    found = complaints(text)
    assert len(found) == 1
    assert found[0].startswith(said)
    with pytest.raises(InvalidInput) as caught:
        read_yaml(text.encode(), file="f.yaml", loader=SLOW)
    assert str(caught.value.findings[0]).startswith(said[: len("f.yaml:1:")])


@pytest.mark.parametrize("file", ["f.yaml", "f.json"])
@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\xef\xbb\xbf{}", "1:1: a byte order mark (U+FEFF) (take it out)"),
        (b'{"a": 1}\n\x00', "2:1: a character that nobody sees (U+0000)"),
        ('{"a":\n "é\u2028"}'.encode(), "2:4: a character that nobody sees (U+2028)"),
        ('{"a": "\u202e"}'.encode(), "1:8: a character that nobody sees (U+202E)"),
        (b'{"a":\r1}', "1:6: a character that nobody sees (U+000D)"),
        (b'{"a":\n "\xff"}', "2:3: byte 0xff is not UTF-8 (save the file as UTF-8)"),
        (b'{"a": "\xed\xa0\x80"}', "1:8: byte 0xed is not UTF-8"),
    ],
)
def test_what_a_reviewer_cannot_see_is_refused(file: str, data: bytes, said: str) -> None:
    assert complaints(data, file)[0].startswith(f"{file}:{said}")


def test_windows_line_ends_are_read() -> None:
    assert read("a: 1\r\nb: |\r\n  x\r\n  y\r\n") == {"a": 1, "b": "x\ny\n"}
    assert read('{"a":\r\n1}', "f.json") == {"a": 1}


def test_findings_stop_at_a_hundred() -> None:
    assert len(complaints("- *a\n" * 1000)) == 100
    assert len(complaints("[" + ",".join(["NaN"] * 1000) + "]", "f.json")) == 100


# --- bombs ----------------------------------------------------------------------------------------

LAUGHS = "a: &a [x,x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [*{chr(97 + i)},*{chr(97 + i)}]\n" for i in range(24)
)
BOMBS = {
    "billion laughs": (LAUGHS, "f.yaml"),
    "deep flow": ("[" * 100_000, "f.yaml"),
    "deep flow mappings": ("{a: " * 60_000, "f.yaml"),
    "deep blocks": ("- " * 100_000, "f.yaml"),
    "deep keys": ("? " * 100_000, "f.yaml"),
    "many documents": ("---\n" * 60_000, "f.yaml"),
    "huge number": ("a: " + "9" * 250_000, "f.yaml"),
    "huge float": ("a: 1" + "0" * 250_000 + ".5", "f.yaml"),
    "deep json": ("[" * 1_000_000, "f.json"),
    "deep json mappings": ('{"a":' * 1_000_000, "f.json"),
    "deep json that ends": ("[" * 10_000 + "]" * 10_000, "f.json"),
    "huge json number": ("[" + "9" * 1_000_000 + "]", "f.json"),
    "huge json float": ("[" + "9" * 1_000_000 + ".5]", "f.json"),
    "large yaml": ("#" * 256_001, "f.yaml"),
    "large json": (" " * 8_000_001, "f.json"),
    "hidden": ("\x01" * 200_000, "f.yaml"),
    "tabs": ("\t" * 200_000, "f.yaml"),
}


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_do_not_go_off(name: str) -> None:
    text, file = BOMBS[name]
    began = time.process_time()
    assert complaints(text, file)
    assert time.process_time() - began < 0.5


def test_depth_is_bounded_alike() -> None:
    for file in ("f.yaml", "f.json"):
        assert read("[" * 32 + "]" * 32, file)
        assert complaints("[" * 33 + "]" * 33, file) == [f"{file}:1:33: nested deeper than 32 levels"]


@pytest.mark.parametrize(
    ("data", "file"),
    [
        pytest.param(b'{"a": 1}', "/dev/fd/63", id="a pipe with JSON"),
        pytest.param(b"a: 1\n", "/dev/fd/63", id="a pipe with YAML"),
        pytest.param(b"a: 1\n", "policy.yml", id="the other ending of YAML"),
    ],
)
def test_a_file_without_a_known_ending_is_read_as_it_begins(data: bytes, file: str) -> None:
    assert FileDocuments().parse(data, file=file).value == {"a": 1}
