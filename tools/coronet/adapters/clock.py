"""The time: the machine's, or one that is fixed for demonstrations and tests."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from coronet.errors import InvalidInput


class SystemClock:
    """Whole seconds, as the files write them: what was written compares as equal when it is read back."""

    def now(self) -> datetime:
        return datetime.now(UTC).replace(microsecond=0)

    def date_in(self, zone: str) -> date:
        return local_date(self.now(), zone)


@dataclass(frozen=True, slots=True)
class FixedClock:
    moment: datetime

    def now(self) -> datetime:
        return self.moment

    def date_in(self, zone: str) -> date:
        return local_date(self.moment, zone)


def local_date(moment: datetime, zone: str) -> date:
    """The date of `moment` in a zone of the IANA database; InvalidInput for a zone that is not in it."""
    from zoneinfo import ZoneInfo

    try:
        return moment.astimezone(ZoneInfo(zone)).date()
    except (KeyError, ValueError, OSError):
        raise InvalidInput(
            f"{zone!r} is no time zone", hint="name one of the IANA database, as in Europe/Paris or UTC"
        ) from None
