"""The hash chain: what was appended verifies, and whatever somebody changes is found."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coronet.core.canonical import canonical_json, digest_bytes
from coronet.core.changelog.chain import chain, hash_entry, read_entries, verify_chain
from coronet.core.changelog.entry import Entry, Event
from tests.core.changelog.entries import LOGS
from tests.core.changelog.test_entry import FORGERIES
from tests.core.examples import entry

FOUR = chain(
    [entry(Event.INTENT, "5"), entry(version="5"), entry(Event.INTENT, "7"), entry(version="7")], seq=0, prev=None
)
LINES = [made.line() for made in FOUR]


def found(*lines: bytes, model: str = "iris") -> list[tuple[int, str]]:
    """(line, what is wrong) of a log made of these lines."""
    return [
        (finding.location.line or 0, finding.message)
        for finding in verify_chain(b"".join(lines), model=model)
        if finding.location
    ]


def edited(line: bytes, **fields: Any) -> bytes:
    return canonical_json({**json.loads(line), **fields})


def rehashed(line: bytes, **fields: Any) -> bytes:
    """Edited by somebody who can count."""
    made = json.loads(edited(line, **fields))
    del made["hash"]
    return canonical_json({**made, "hash": digest_bytes(canonical_json(made).rstrip(b"\n"))})


@given(LOGS)
def test_what_was_appended_verifies_and_is_read_back(made: list[Entry]) -> None:
    chained = chain(made, seq=0, prev=None)
    data = b"".join(each.line() for each in chained)
    assert verify_chain(data, model="iris") == ()
    assert read_entries(data) == chained
    assert [each.seq for each in chained] == list(range(1, len(made) + 1))


@given(LOGS, st.integers(0, 5))
def test_appending_in_two_steps_is_appending_at_once(made: list[Entry], at: int) -> None:
    first = chain(made[:at], seq=0, prev=None)
    last = first[-1] if first else None
    second = chain(made[at:], seq=last.seq if last else 0, prev=last.hash if last else None)
    assert (*first, *second) == chain(made, seq=0, prev=None)


@settings(max_examples=200)
@given(st.data())
def test_any_single_byte_that_changes_is_found(data: st.DataObject) -> None:
    """Replaced, taken out or put in, wherever."""
    log = b"".join(LINES)
    place = data.draw(st.integers(0, len(log) - 1))
    byte = bytes([data.draw(st.integers(0, 255).filter(lambda byte: byte != log[place]))])
    for tampered in (
        log[:place] + byte + log[place + 1 :],
        log[:place] + log[place + 1 :],
        log[:place] + byte + log[place:],
    ):
        assert verify_chain(tampered, model="iris") != ()


def test_every_entry_names_the_hash_before_it() -> None:
    assert [made.prev for made in FOUR] == [None, *(made.hash for made in FOUR[:-1])]
    assert all(hash_entry(made) == made.hash for made in FOUR)


@pytest.mark.parametrize(
    ("lines", "findings"),
    [
        pytest.param(LINES[1:], [(1, "entry 2 does not follow the entry before it")], id="the first was dropped"),
        pytest.param(
            [LINES[0], *LINES[2:]], [(2, "entry 3 does not follow the entry before it")], id="one was dropped"
        ),
        pytest.param(
            [LINES[0], LINES[1], LINES[1], *LINES[2:]],
            [(3, "entry 2 does not follow the entry before it")],
            id="one stands twice",
        ),
        pytest.param(
            [LINES[0], LINES[2], LINES[1], LINES[3]],
            [
                (2, "entry 3 does not follow the entry before it"),
                (3, "entry 2 does not follow the entry before it"),
                (4, "entry 4 does not follow the entry before it"),
            ],
            id="two changed places",
        ),
        pytest.param(
            [LINES[0], edited(LINES[1], why="because"), *LINES[2:]],
            [(2, "entry 2 was changed: its hash does not fit what it says")],
            id="one was edited",
        ),
        pytest.param(
            [LINES[0], rehashed(LINES[1], why="because"), *LINES[2:]],
            [(3, "entry 3 does not follow the entry before it")],
            id="one was edited and hashed again",
        ),
        pytest.param(
            [*LINES[:3], rehashed(LINES[3], seq=9)],
            [(4, "entry 9 does not follow the entry before it")],
            id="the last has another number",
        ),
        pytest.param(
            [*LINES, b"garbage\n"],
            [(5, "this line is no entry of a change log, or not written as one")],
            id="garbage was appended",
        ),
        pytest.param(
            [LINES[0], b"\n", *LINES[1:]],
            [(2, "this line is no entry of a change log, or not written as one")],
            id="an empty line",
        ),
        pytest.param(
            [*LINES[:3], LINES[3][:40]],
            [(4, "this line is no entry of a change log, or not written as one")],
            id="the last line was cut",
        ),
        pytest.param(
            [*LINES[:3], LINES[3].rstrip(b"\n")],
            [(4, "this line is no entry of a change log, or not written as one")],
            id="no newline at the end",
        ),
        pytest.param(
            [LINES[0].replace(b":", b": "), *LINES[1:]],
            [
                (1, "this line is no entry of a change log, or not written as one"),
                (2, "entry 2 does not follow the entry before it"),
            ],
            id="the same in another layout",
        ),
        pytest.param(
            [LINES[0].replace(b"\n", b"\r\n"), *LINES[1:]],
            [
                (1, "this line is no entry of a change log, or not written as one"),
                (2, "entry 2 does not follow the entry before it"),
            ],
            id="other ends of lines",
        ),
        pytest.param(
            [edited(LINES[0], more=1), *LINES[1:]],
            [
                (1, "this line is no entry of a change log, or not written as one"),
                (2, "entry 2 does not follow the entry before it"),
            ],
            id="a field of somebody's own",
        ),
        pytest.param(
            [*LINES[:3], rehashed(LINES[3], model="churn")],
            [(4, "entry 4 is about churn")],
            id="an entry of another model",
        ),
    ],
)
def test_tampering_is_found_where_it_is(lines: list[bytes], findings: list[tuple[int, str]]) -> None:
    assert found(*lines) == findings


def test_a_log_of_another_model_is_found() -> None:
    assert [message for _, message in found(*LINES, model="churn")] == [f"entry {n} is about iris" for n in range(1, 5)]


def test_a_log_that_was_cut_after_an_entry_holds() -> None:
    """The chain cannot know; the history of the branch does, which `verify` reads as well."""
    assert found(*LINES[:2]) == []
    assert found() == []


@pytest.mark.parametrize("forged", [forged for forged in FORGERIES if "hash" not in forged])
def test_values_of_another_kind_are_found_even_with_a_hash_that_fits(forged: dict[str, Any]) -> None:
    assert len(found(rehashed(LINES[0], **forged))) == 1


@pytest.mark.parametrize(
    "line",
    [
        b'{"seq":NaN}\n',
        LINES[0].replace(b'"seq":1', b'"seq":NaN'),
        LINES[0].replace(b'"why":""', b'"why":"\\ud800"'),
        LINES[0].replace(b'"why":""', b'"why":"\xff"'),
        LINES[0].replace(b"2026-11-20T21:05:00Z", b"0001-01-01T00:00:00+23:59"),
        b"[" * 100_000 + b"\n",
        b'"' + b"9" * 5000 + b'"\n',
        b"9" * 5000 + b"\n",
        b"null\n",
        b"[]\n",
        LINES[0].decode().encode("utf-16"),
    ],
)
def test_nothing_that_stands_in_a_log_breaks_the_verifier(line: bytes) -> None:
    assert line != LINES[0]
    assert (1, "this line is no entry of a change log, or not written as one") in found(line)


@given(st.binary(max_size=200))
def test_whatever_stands_in_a_log_is_said_or_is_nothing(data: bytes) -> None:
    assert bool(verify_chain(data, model="iris")) is bool(data)


def test_a_finding_says_where_to_look() -> None:
    (finding,) = verify_chain(b"x\n", model="iris")
    assert str(finding) == (
        "changelog/iris.jsonl:1: this line is no entry of a change log, or not written as one "
        "(`git log -p` of the log branch shows when)"
    )
