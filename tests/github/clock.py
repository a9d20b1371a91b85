"""What time it is on the stand-in: the test says, and each request takes a second."""

from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class HubClock:
    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def set(self, now: datetime) -> None:
        self.now = now

    def advance(self, by: timedelta) -> None:
        self.now += by

    def tick(self) -> None:
        self.now += timedelta(seconds=1)


def stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def stamp_or_none(at: datetime | None) -> str | None:
    return stamp(at) if at else None
