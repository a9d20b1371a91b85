"""The time, and the date that it is somewhere."""

import time
from datetime import UTC, date, datetime

import pytest

from coronet.adapters.clock import FixedClock, SystemClock
from coronet.errors import InvalidInput

NEW_YEAR = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)


def test_the_machines_time_is_in_whole_seconds() -> None:
    before = int(time.time())
    now = SystemClock().now()
    assert before <= now.timestamp() <= time.time()
    assert now.microsecond == 0
    assert now.tzinfo is UTC
    assert abs((SystemClock().date_in("UTC") - now.date()).days) <= 1


def test_a_date_is_that_of_a_zone() -> None:
    clock = FixedClock(NEW_YEAR)
    assert clock.now() == NEW_YEAR
    assert clock.date_in("UTC") == date(2026, 12, 31)
    assert clock.date_in("Europe/Paris") == date(2027, 1, 1)
    assert clock.date_in("America/New_York") == date(2026, 12, 31)


@pytest.mark.parametrize("zone", ["Mars/Base", "", "../etc/passwd", "/etc/passwd", "Europe", "\0", "x" * 300])
def test_what_is_no_zone(zone: str) -> None:
    with pytest.raises(InvalidInput, match="no time zone"):
        FixedClock(NEW_YEAR).date_in(zone)
