"""A clock that stands still until it is told otherwise."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from coronet.adapters.clock import local_date

START = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@dataclass
class StageClock:
    moment: datetime = START

    def now(self) -> datetime:
        return self.moment

    def date_in(self, zone: str) -> date:
        return local_date(self.moment, zone)

    def pass_by(self, **duration: float) -> None:
        self.moment += timedelta(**duration)
