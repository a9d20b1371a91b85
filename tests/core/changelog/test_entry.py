"""One event, one line."""

import json
from typing import Any

import pytest
from hypothesis import given

from coronet.core.changelog.entry import APPLIED, ENDED, Entry, Event, entry_from_json, log_path
from tests.core.changelog.entries import LANE, entries
from tests.core.examples import approval, entry


@given(entries())
def test_an_entry_is_read_back(made: Entry) -> None:
    assert entry_from_json(json.loads(made.line())) == made


def test_a_line_is_one_line_with_every_field() -> None:
    line = entry(why="a\nb\u2028c").line()
    assert line.count(b"\n") == 1
    assert set(json.loads(line)) == {
        "seq", "at", "model", "registered_model", "alias", "event", "proposal", "proposal_digest", "from", "to",
        "approvals", "pull_request", "merge_commit", "policy", "evidence", "valid_until", "actor", "run_url", "why",
        "prev", "hash",
    }  # fmt: skip


def test_what_went_the_fast_lane_has_one_field_more() -> None:
    """No other entry has it, so that logs written before it keep their hashes."""
    assert "fast_lane" not in entry().to_json()
    assert set(entry(fast_lane=LANE).to_json()) - set(entry().to_json()) == {"fast_lane"}


def test_what_was_applied_has_ended() -> None:
    assert APPLIED < ENDED
    open_events = {Event.INTENT, Event.DIVERGED, Event.HEALED, Event.HELD, Event.RELEASED}
    afterwards = {Event.REQUESTED, Event.RATIFIED, Event.UNRATIFIED, Event.ENDED_ALREADY}
    assert set(Event) - ENDED == open_events | afterwards


def test_each_model_has_a_log() -> None:
    assert log_path("iris") == "changelog/iris.jsonl"


FORGERIES: list[dict[str, Any]] = [
    {"seq": "1"},
    {"seq": True},
    {"seq": 1.0},
    {"pull_request": "12"},
    {"pull_request": False},
    {"why": None},
    {"why": ["a"]},
    {"model": 7},
    {"actor": {}},
    {"hash": 1},
    {"prev": 1},
    {"proposal": 1},
    {"run_url": []},
    {"at": "yesterday"},
    {"at": 5},
    {"valid_until": 5},
    {"event": "exploded"},
    {"event": []},
    {"to": {"version": 7, "digest": "x"}},
    {"to": {"version": "7"}},
    {"from": ["7"]},
    {"approvals": None},
    {"approvals": [{"login": "x"}]},
    {"approvals": [{"login": 1, "at": "2026-11-20T00:00:00Z", "review": "1", "commit": "c"}]},
    {"approvals": ["x"]},
    {"fast_lane": "x"},
    {"fast_lane": {"ratify_by": "2026-11-20T00:00:00Z", "restores": "x"}},
    {"fast_lane": {"ratify_by": "2026-11-20T00:00:00Z", "restores": 1, "document": ""}},
    {"fast_lane": {"ratify_by": "soon", "restores": "x", "document": ""}},
]


@pytest.mark.parametrize("forged", FORGERIES)
def test_a_forged_value_makes_no_entry(forged: dict[str, Any]) -> None:
    """Else it would break whoever shows it."""
    value = {**entry(approvals=(approval(),)).to_json(), **forged}
    with pytest.raises((KeyError, TypeError, ValueError)):
        entry_from_json(value)


@pytest.mark.parametrize("key", entry().to_json())
def test_every_field_must_be_there(key: str) -> None:
    value = entry().to_json()
    del value[key]
    with pytest.raises(KeyError):
        entry_from_json(value)
