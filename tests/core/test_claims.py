"""What a proposal claims for itself."""

from datetime import timedelta

import pytest

from coronet.core.changelog.state import LogState
from coronet.core.claims import asks_no_more_time, was_champion
from coronet.core.proposal import Candidate, Kind
from tests.core.examples import NOW, digest, entry, policy, proposal

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("made", "expires", "valid", "result"),
    [
        (-DAY, 14 * DAY, 90 * DAY, "pass"),  # exactly what the policy gives
        (-DAY, 15 * DAY, 90 * DAY, "fail"),
        (-DAY, 14 * DAY, 91 * DAY, "fail"),
        (timedelta(minutes=5), DAY, DAY, "pass"),  # clocks differ
        (timedelta(minutes=6), DAY, DAY, "fail"),
        (365 * DAY, 14 * DAY, 90 * DAY, "fail"),  # a term that begins in a year
        (-365 * DAY, DAY, DAY, "pass"),  # long gone, which another check says
    ],
)
def test_it_asks_for_no_more_time_than_the_policy_gives(
    made: timedelta, expires: timedelta, valid: timedelta, result: str
) -> None:
    at = NOW + made
    asked = proposal(created_at=at, expires_at=at + expires, valid_until=at + valid)
    assert asks_no_more_time(asked, policy(), now=NOW).result == result


def back_to(version: str, letter: str = "") -> Candidate:
    return Candidate(version=version, run_id="r", created=NOW, source="s", digest=digest(letter or version))


STATE = LogState().after(
    [entry(version="3"), entry(version="4"), entry(version="5"), entry(alias="other", version="2")]
)


@pytest.mark.parametrize(
    ("candidate", "depth", "result"),
    [
        (back_to("4"), None, "pass"),
        (back_to("3"), None, "pass"),
        (back_to("3"), 2, "pass"),
        (back_to("3"), 1, "fail"),  # deeper than the policy allows
        (back_to("7"), None, "fail"),  # never won
        (back_to("4", "9"), None, "fail"),  # other files under its number
        (back_to("5"), None, "fail"),  # is champion
        (back_to("2"), None, "fail"),  # of another alias
    ],
)
def test_a_rollback_returns_to_a_former_champion(candidate: Candidate, depth: int | None, result: str) -> None:
    made = was_champion(proposal(kind=Kind.ROLLBACK, candidate=candidate), STATE, depth=depth)
    assert made.result == result


def test_the_former_champions_are_told() -> None:
    made = was_champion(proposal(kind=Kind.ROLLBACK), STATE)
    assert made.saw == "version 7; former champions: 4, 3"
    assert was_champion(proposal(kind=Kind.ROLLBACK), LogState()).saw == "version 7; former champions: none"


@pytest.mark.parametrize("kind", [Kind.PROMOTION, Kind.RENEWAL])
def test_others_need_not_have_been(kind: Kind) -> None:
    assert was_champion(proposal(kind=kind), LogState()).result == "off"
