"""Moments and durations as the files write them: `2026-11-20T21:05:00Z` and `14d`."""

import re
from datetime import UTC, datetime, timedelta

_DURATION = re.compile(r"([0-9]{1,5})(m|h|d|w)")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def format_time(moment: datetime) -> str:
    """RFC 3339 in UTC with whole seconds; `moment` must know its zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone cannot be written")
    return moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def parse_time(text: str) -> datetime:
    """The UTC moment that an RFC 3339 text names; ValueError where it names none, no zone, or one out of reach."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone: end it with Z")
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{text!r} is not within the years 1 to 9999 in UTC") from None


def parse_duration(text: str) -> timedelta:
    """`90m`, `24h`, `14d` or `2w` as a timedelta; ValueError for anything else."""
    found = _DURATION.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is no duration: write minutes, hours, days or weeks, as in 90m, 24h, 14d, 2w")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def format_duration(duration: timedelta) -> str:
    """`duration` in days, hours or minutes, the widest that say it in whole numbers; seconds are dropped."""
    minutes = int(duration.total_seconds() // 60)
    for unit, size in (("d", 1440), ("h", 60)):
        if minutes and minutes % size == 0:
            return f"{minutes // size}{unit}"
    return f"{minutes}m"
