"""Moments and durations, written and read."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coronet.core.timestamps import format_duration, format_time, parse_duration, parse_time


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_moment_is_read_back_to_the_second(moment: datetime) -> None:
    written = format_time(moment)
    assert parse_time(written) == moment.replace(microsecond=0)
    assert len(written) == len("2026-11-20T21:05:00Z")  # the years before 1000 too


def test_a_moment_is_written_in_utc() -> None:
    assert format_time(datetime(2026, 11, 20, 22, 5, 0, 999, timezone(timedelta(hours=1)))) == "2026-11-20T21:05:00Z"


def test_a_moment_must_know_its_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        format_time(datetime(2026, 1, 1))  # noqa: DTZ001
    with pytest.raises(ValueError, match="end it with Z"):
        parse_time("2026-01-01T00:00:00")


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2026-02-30T00:00:00Z", "0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00"]
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_time(text)


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("90m", timedelta(minutes=90)),
        ("24h", timedelta(days=1)),
        ("14d", timedelta(days=14)),
        ("2w", timedelta(days=14)),
        ("99999w", timedelta(weeks=99999)),
    ],
)
def test_a_duration_is_a_number_and_a_letter(text: str, duration: timedelta) -> None:
    assert parse_duration(text) == duration


@pytest.mark.parametrize("text", ["", "14", "d", "1.5h", "-1d", "1 d", "1s", "999999d", "１d", "1d\n"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no duration"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("duration", "text"),
    [
        (timedelta(days=14), "14d"),
        (timedelta(hours=36), "36h"),
        (timedelta(minutes=90, seconds=59), "90m"),
        (timedelta(0), "0m"),
        (timedelta(minutes=-3), "-3m"),
    ],
)
def test_a_duration_is_written_by_the_widest_whole_unit(duration: timedelta, text: str) -> None:
    assert format_duration(duration) == text
