"""How proposals ended, and what followed, as the log tells."""

from dataclasses import replace
from datetime import timedelta

import pytest

from coronet.core.changelog.entry import Entry, Event, Pinned
from coronet.core.fates import Fate, find_fates
from tests.core.examples import NOW, digest


def entry(seq: int, event: Event, proposal: str | None, target: str | None = None, *, alias: str = "champion") -> Entry:
    pinned = Pinned(version=target, digest=digest(target)) if target else None
    at = NOW + timedelta(days=seq)
    return Entry(at=at, model="iris", alias=alias, event=event, proposal=proposal, target=pinned, seq=seq)


LOG = (
    entry(1, Event.PROMOTED, "one", "1"),
    entry(2, Event.INTENT, "two", "2"),
    entry(3, Event.PROMOTED, "two", "2"),
    entry(4, Event.HELD, None),
    entry(5, Event.RENEWED, "two-again", "2"),
    entry(6, Event.PROMOTED, "elsewhere", "7", alias="shadow"),
    entry(7, Event.REFUSED, "three", "3"),
    entry(8, Event.ROLLED_BACK, "back", "1"),
    entry(9, Event.REJECTED, "four"),
    entry(10, Event.PROMOTED, "three", "3"),
)


@pytest.mark.parametrize(
    ("proposal", "fate", "said"),
    [
        (
            "one",
            Fate(ended=Event.PROMOTED, followed=Event.PROMOTED, lasted=timedelta(days=2)),
            "promoted, replaced after 2d",
        ),
        (
            "two",
            Fate(ended=Event.PROMOTED, followed=Event.ROLLED_BACK, lasted=timedelta(days=5)),
            "promoted, rolled back after 5d",
        ),
        (
            "two-again",
            Fate(ended=Event.RENEWED, followed=Event.ROLLED_BACK, lasted=timedelta(days=3)),
            "renewed, rolled back after 3d",
        ),
        ("elsewhere", Fate(ended=Event.PROMOTED), "promoted, champion still"),
        ("back", Fate(ended=Event.ROLLED_BACK, followed=Event.PROMOTED, lasted=timedelta(days=2)), "rolled back, repl"),
        ("three", Fate(ended=Event.REFUSED), "refused"),
        ("four", Fate(ended=Event.REJECTED), "rejected"),
    ],
)
def test_each_has_its_fate(proposal: str, fate: Fate, said: str) -> None:
    found = find_fates(LOG)[proposal]
    assert found == fate
    assert str(found).startswith(said)


def test_what_nothing_ended_has_none_yet() -> None:
    assert set(find_fates(LOG)) == {"one", "two", "two-again", "elsewhere", "three", "back", "four"}
    assert str(Fate()) == "not applied yet"


def test_only_what_was_applied_can_be_rolled_back() -> None:
    fates = find_fates(LOG)
    assert [name for name, fate in fates.items() if fate.was_rolled_back] == ["two", "two-again"]
    assert not replace(fates["four"], followed=Event.ROLLED_BACK).was_rolled_back


def test_an_entry_without_a_target_is_only_an_end() -> None:
    assert find_fates((entry(1, Event.ADOPTED, "one"),)) == {"one": Fate(ended=Event.ADOPTED)}
