"""The reasons for which pull requests are closed, read back as what they said."""

from datetime import UTC, datetime

import pytest

from coronet.core.changelog.entry import Event
from coronet.core.closing import event_of_closing, expired_at, superseded_by


def test_the_programs_own_reasons_are_read_back() -> None:
    assert event_of_closing(superseded_by("iris-v7-7c2f9a41", 12)) is Event.SUPERSEDED
    assert event_of_closing(expired_at(datetime(2026, 12, 4, 21, 5, tzinfo=UTC))) is Event.EXPIRED


@pytest.mark.parametrize(
    "reason",
    ["", "insufficient uplift", "superseded by nobody", "expired: said who?", "not expired: it was to be merged and"],
)
def test_a_persons_reason_rejects(reason: str) -> None:
    assert event_of_closing(reason) is Event.REJECTED
