"""The log folded into what holds now."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coronet.core.canonical import canonical_json
from coronet.core.changelog.chain import chain
from coronet.core.changelog.entry import ENDED, Entry, Event, Pinned
from coronet.core.changelog.state import LogState, state_from_json
from tests.core.changelog.entries import LANE, LOGS
from tests.core.examples import digest, entry


def fold(*entries: Entry) -> LogState:
    return LogState().after(entries)


def versions(pinned: tuple[Pinned, ...]) -> str:
    return " ".join(each.version for each in pinned)


@given(LOGS, st.integers(0, 5))
def test_folding_in_two_steps_is_folding_at_once(made: list[Entry], at: int) -> None:
    assert LogState().after(made[:at]).after(made[at:]) == LogState().after(made)


@given(LOGS)
def test_a_state_is_read_back(made: list[Entry]) -> None:
    state = LogState().after(chain(made, seq=0, prev=None))
    again = state_from_json(json.loads(canonical_json(state.to_json())))
    assert again == state
    assert list(again.ended) == list(state.ended)  # the newest stands last


@given(LOGS)
def test_it_remembers_where_the_log_ends(made: list[Entry]) -> None:
    chained = chain(made, seq=0, prev=None)
    state = LogState().after(chained)
    assert (state.seq, state.hash) == ((chained[-1].seq, chained[-1].hash) if chained else (0, None))


@given(LOGS)
def test_what_has_ended_is_not_under_way(made: list[Entry]) -> None:
    """Unless it was begun again afterwards."""
    state = LogState().after(made)
    for proposal, intent in state.intents.items():
        assert intent in made
        after = made[len(made) - made[::-1].index(intent) :]
        assert not any(each.proposal == proposal and each.event in ENDED for each in after)


def test_nothing_holds_before_the_first_entry() -> None:
    assert fold() == LogState()
    assert fold().hold_on(digest("7")) is None
    assert fold().former_champions("champion") == ()


# --- champions ------------------------------------------------------------------------------------


@pytest.mark.parametrize("event", ["promoted", "rolled_back", "renewed", "adopted"])
def test_what_is_applied_is_what_an_alias_rests_on(event: str) -> None:
    made = entry(Event(event), "7")
    assert fold(entry(version="5"), made).champions == {"champion": made}


@pytest.mark.parametrize(
    "event",
    ["intent", "refused", "conflict", "rejected", "superseded", "expired", "diverged", "healed", "held", "released"],
)
def test_what_is_not_applied_changes_no_champion(event: str) -> None:
    there = entry(version="5")
    assert fold(there, entry(Event(event), "7")).champions == {"champion": there}


def test_each_alias_has_its_own() -> None:
    state = fold(entry(version="5"), entry(version="6", alias="challenger"))
    assert {alias: made.target.version for alias, made in state.champions.items() if made.target} == {
        "champion": "5",
        "challenger": "6",
    }


@pytest.mark.parametrize(
    ("made", "former"),
    [
        ([entry(version="3"), entry(version="4"), entry(version="5")], "4 3"),
        ([entry(version="3"), entry(version="4"), entry(Event.ROLLED_BACK, "3")], "4"),
        ([entry(version="3"), entry(Event.RENEWED, "3"), entry(version="4")], "3"),  # each once
        ([entry(version="3"), entry(version="4"), entry(version="3"), entry(version="5")], "3 4"),  # newest first
        ([entry(version="3"), entry(Event.INTENT, "4"), entry(Event.REFUSED, "4")], ""),
        ([entry(version="3"), entry(version="4", alias="challenger")], ""),
        ([entry(version="3"), entry(version="4", target=None)], "3"),
    ],
)
def test_former_champions_are_those_an_alias_rested_on(made: list[Entry], former: str) -> None:
    assert versions(fold(*made).former_champions("champion")) == former


def test_a_version_made_anew_takes_the_place_of_its_number() -> None:
    first = entry(version="4")
    again = entry(version="4", target=Pinned(version="4", digest=digest("9")))
    state = fold(first, again, entry(version="5"))
    assert state.former_champions("champion") == (again.target,)


# --- intents --------------------------------------------------------------------------------------


@pytest.mark.parametrize("event", sorted(ENDED))
def test_an_intent_is_closed_by_every_ending(event: Event) -> None:
    intent = entry(Event.INTENT, "7")
    assert fold(intent).intents == {"iris-v7-00000000": intent}
    state = fold(intent, entry(event, "7"))
    assert state.intents == {}
    assert state.ended == {"iris-v7-00000000": event}


@pytest.mark.parametrize("event", sorted(set(Event) - ENDED - {Event.INTENT}))
def test_nothing_else_closes_it(event: Event) -> None:
    assert list(fold(entry(Event.INTENT, "7"), entry(event, "7")).intents) == ["iris-v7-00000000"]


def test_an_ending_closes_its_own_intent_alone() -> None:
    state = fold(entry(Event.INTENT, "7"), entry(Event.INTENT, "8"), entry(version="8"))
    assert list(state.intents) == ["iris-v7-00000000"]


def test_what_names_no_proposal_ends_none() -> None:
    state = fold(entry(Event.INTENT, "7", proposal=None), entry(Event.REFUSED, "7", proposal=None))
    assert (state.intents, state.ended) == ({}, {})


# --- merged all the same --------------------------------------------------------------------------


@pytest.mark.parametrize("event", ["rejected", "superseded", "expired"])
def test_what_ended_without_a_merge_is_remembered_until_a_merge_of_it_is_found(event: str) -> None:
    closed = entry(Event(event), "7")
    assert fold(closed).unmerged == {"iris-v7-00000000": Event(event)}
    found = fold(closed, entry(Event.ENDED_ALREADY, "7"))
    assert (found.unmerged, found.ended) == ({}, {"iris-v7-00000000": Event(event)})


@pytest.mark.parametrize(
    "made",
    [
        entry(Event.EXPIRED, "7", merge_commit="c" * 40),
        entry(Event.REFUSED, "7"),
        entry(version="7"),
        entry(Event.REJECTED, "7", proposal=None),
        entry(Event.ENDED_ALREADY, "7"),
        entry(Event.ENDED_ALREADY, "7", proposal=None),
    ],
)
def test_nothing_else_waits_for_a_merge(made: Entry) -> None:
    assert fold(made).unmerged == {}


# --- holds ----------------------------------------------------------------------------------------

HELD = entry(Event.HELD, "7", proposal=None)
WHOLE = entry(Event.HELD, None)


def test_a_version_is_held_until_it_is_released() -> None:
    assert fold(HELD).hold_on(digest("7")) == HELD
    assert fold(HELD).hold_on(digest("8")) is None
    assert fold(HELD, entry(Event.RELEASED, "7")).hold_on(digest("7")) is None


def test_a_model_that_is_held_holds_every_promotion_and_nothing_else() -> None:
    assert fold(WHOLE).hold_on(digest("8")) == WHOLE
    assert fold(WHOLE).hold_on(digest("8"), promotes=False) is None
    assert fold(WHOLE, entry(Event.RELEASED, None)).hold_on(digest("8")) is None


def test_each_is_released_by_itself() -> None:
    both = fold(HELD, WHOLE)
    assert both.hold_on(digest("7")) == HELD
    assert both.after([entry(Event.RELEASED, None)]).hold_on(digest("7")) == HELD
    assert both.after([entry(Event.RELEASED, "7")]).hold_on(digest("7")) == WHOLE


def test_to_release_what_is_not_held_does_nothing() -> None:
    assert fold(entry(Event.RELEASED, "7"), entry(Event.RELEASED, None)).holds == {}


# --- divergence -----------------------------------------------------------------------------------

DIVERGED = entry(Event.DIVERGED, "7", proposal=None)


@pytest.mark.parametrize("event", ["healed", "promoted", "rolled_back", "renewed", "adopted"])
def test_a_divergence_stands_until_it_is_healed_or_a_new_champion_comes(event: str) -> None:
    assert fold(DIVERGED).diverged == {"champion": DIVERGED}
    assert fold(DIVERGED, entry(Event(event), "8")).diverged == {}
    assert fold(DIVERGED, entry(Event(event), "8", alias="challenger")).diverged == {"champion": DIVERGED}


@pytest.mark.parametrize("event", ["intent", "refused", "held", "released"])
def test_nothing_else_heals_it(event: str) -> None:
    assert fold(DIVERGED, entry(Event(event), "8")).diverged == {"champion": DIVERGED}


def test_the_newest_divergence_is_the_one_that_stands() -> None:
    newer = entry(Event.DIVERGED, "8", proposal=None)
    assert fold(DIVERGED, newer).diverged == {"champion": newer}


# --- the fast lane --------------------------------------------------------------------------------

BEGUN = entry(Event.INTENT, "4", fast_lane=LANE)
ROLLED_BACK = entry(Event.ROLLED_BACK, "4", fast_lane=LANE)
RATIFIED = entry(Event.RATIFIED, "4")


def test_a_rollback_before_its_approval_is_provisional() -> None:
    state = fold(entry(), BEGUN)
    assert state.is_fast(str(BEGUN.proposal))
    state = state.after([ROLLED_BACK])
    assert state.champions["champion"] == ROLLED_BACK
    assert state.provisional == {ROLLED_BACK.proposal: ROLLED_BACK}
    assert state.is_fast(str(BEGUN.proposal))
    assert not state.is_fast(str(entry().proposal))


def test_other_moves_do_not_go_the_fast_lane() -> None:
    state = fold(entry(Event.INTENT, "4"))
    assert not state.is_fast("iris-v4-00000000")
    assert state.after([entry(Event.ROLLED_BACK, "4")]).provisional == {}
    assert fold(entry(Event.ROLLED_BACK, None, fast_lane=LANE)).provisional == {}


def test_an_approval_afterwards_is_what_the_champion_rests_on() -> None:
    state = fold(entry(), ROLLED_BACK, RATIFIED)
    assert state.champions["champion"] == RATIFIED
    assert state.provisional == {}
    assert state.ended[str(RATIFIED.proposal)] is Event.ROLLED_BACK


def test_an_approval_of_what_was_replaced_meanwhile_moves_nothing() -> None:
    state = fold(entry(), ROLLED_BACK, entry(version="6"), RATIFIED)
    assert state.champions["champion"] == entry(version="6")
    assert fold(RATIFIED).champions == {}


def test_what_nobody_approved_stays_what_it_was_and_waits_no_more() -> None:
    state = fold(entry(), ROLLED_BACK, entry(Event.UNRATIFIED, "4"))
    assert state.champions["champion"] == ROLLED_BACK
    assert state.provisional == {}


@pytest.mark.parametrize("then", [BEGUN, ROLLED_BACK, entry(Event.REJECTED, "4")])
def test_what_waits_for_a_second_person(then: Entry) -> None:
    asked = entry(Event.REQUESTED, "4", fast_lane=LANE)
    assert fold(asked).requested == {asked.proposal: asked}
    assert fold(asked, entry(Event.PROMOTED, "5")).requested == {asked.proposal: asked}
    assert fold(asked, then).requested == {}
