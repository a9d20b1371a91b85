"""The reasons for which pull requests are closed, read back as what they said."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coronet.core.changelog.entry import Event
from coronet.core.closing import (
    LONGEST_REASON,
    NO_REASON,
    Remark,
    event_of_closing,
    expired_at,
    parse_rejection,
    reason_of,
    stale_by,
    superseded_by,
)

THEN = datetime(2026, 12, 4, 21, 5, tzinfo=UTC)
OURS = (superseded_by("iris-v7-7c2f9a41", 12), expired_at(THEN), stale_by(["champion", "fresh"]))


def test_the_programs_own_reasons_are_read_back() -> None:
    assert [event_of_closing(reason) for reason in OURS] == [Event.SUPERSEDED, Event.EXPIRED, Event.EXPIRED]


@pytest.mark.parametrize(
    "reason",
    [
        "",
        "insufficient uplift",
        "superseded by nobody",
        "expired: said who?",
        "stale: it could never be applied (I say)",
        "not expired: it was to be merged and",
    ],
)
def test_a_persons_reason_rejects(reason: str) -> None:
    assert event_of_closing(reason) is Event.REJECTED


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("/reject insufficient uplift", "insufficient uplift"),
        ("/reject\t  too slow  \n\nmore about it", "too slow"),
        ("/reject a\x1b[31mb\u202ec", "a [31mb c"),
        ("/reject fixes #12, says @engineer", "fixes #12, says @engineer"),  # escaped where it is printed
    ],
)
def test_the_first_line_of_a_comment_rejects_with_its_reason(body: str, reason: str) -> None:
    assert parse_rejection(body) == reason


@pytest.mark.parametrize(
    "body",
    [
        "",
        "\n/reject not on the first line",
        "/reject",
        "/reject   ",
        "/reject \u200b\u2060",  # a reason that nobody can see is none
        "/rejected because",
        "/reject-this now",
        "please /reject this",
        "> /reject quoted",
        " /reject indented is code, or an example",
        "/REJECT loudly",
        "no /reject",
    ],
)
def test_all_else_is_a_comment(body: str) -> None:
    assert parse_rejection(body) is None


@pytest.mark.parametrize("ours", OURS)
def test_nobody_rejects_in_the_programs_words(ours: str) -> None:
    reason = parse_rejection(f"/reject {ours}")
    assert reason == f"“{ours}”"
    assert event_of_closing(reason) is Event.REJECTED


def test_a_reason_is_no_book() -> None:
    assert parse_rejection(f"/reject {'x' * 5000}") == "x" * LONGEST_REASON
    assert parse_rejection(f"/reject {'x' * (LONGEST_REASON - 1)} y") == "x" * (LONGEST_REASON - 1)


@given(st.text())
def test_whatever_is_rejected_has_one_visible_line_that_rejects(text: str) -> None:
    reason = parse_rejection(f"/reject {text}")
    if reason is not None:
        assert reason.strip()
        assert len(reason.splitlines()) == 1
        assert event_of_closing(reason) is Event.REJECTED


def remark(login: str, body: str, *, minutes: int = 0, may_reject: bool = True) -> Remark:
    return Remark(login=login, at=THEN + timedelta(minutes=minutes), body=body, may_reject=may_reject)


def test_the_reason_is_that_of_who_closed_it() -> None:
    remarks = [
        remark("second-owner", "/reject later, and of another", minutes=9),
        remark("model-owner", "/reject newer", minutes=2),
        remark("model-owner", "thank you", minutes=3),
        remark("model-owner", "/reject older", minutes=1),
    ]
    assert reason_of(remarks, closed_by="model-owner") == "newer"
    assert reason_of(remarks, closed_by="engineer") == "later, and of another (said by second-owner)"
    assert reason_of(remarks, closed_by=None) == "later, and of another (said by second-owner)"


def test_who_closed_it_could_close_it_and_needs_no_other_right() -> None:
    said = [remark("engineer", "/reject my mistake", may_reject=False)]
    assert reason_of(said, closed_by="engineer") == "my mistake"


def test_a_strangers_word_rejects_nothing() -> None:
    said = [remark("stranger", "/reject because I say so", may_reject=False), remark("model-owner", "no")]
    assert reason_of(said, closed_by="model-owner") == NO_REASON
    assert reason_of([], closed_by="model-owner") == NO_REASON
