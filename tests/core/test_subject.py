"""Is the evidence about what the proposal asks for?"""

from dataclasses import replace
from typing import Any

import pytest

from coronet.core.evidence import EvaluationData, Subject
from coronet.core.proposal import Kind, Replaced
from coronet.core.subject import about
from tests.core.examples import CANDIDATE, CHAMPION, digest, evidence, proposal

RENEWAL = proposal(kind=Kind.RENEWAL, replaces=Replaced(version="7", digest=CANDIDATE, proposal="iris-v7-00000000"))


def test_evidence_about_the_very_thing() -> None:
    assert about(evidence(), proposal()).result == "pass"


@pytest.mark.parametrize(
    ("fields", "saw"),
    [
        ({"model": "churn"}, "model churn instead of iris"),
        ({"candidate": Subject(digest=digest("8"))}, f"candidate {digest('8')} instead of {CANDIDATE}"),
        ({"candidate": Subject(version="7")}, f"candidate none instead of {CANDIDATE}"),
        ({"champion": None}, f"champion none instead of {CHAMPION}"),
        ({"champion": Subject(predictions=digest("1"))}, f"champion none instead of {CHAMPION}"),
        (
            {"data": EvaluationData(name="iris", digest=digest("0"), rows=1000, label="y")},
            f"data {digest('0')} instead of {digest('d')}",
        ),
        (
            {"data": EvaluationData(name="wine", digest=digest("d"), rows=1, label="y")},
            "name of the data wine instead of iris; rows 1 instead of 1000",
        ),
    ],
)
def test_evidence_about_something_else_fails(fields: dict[str, Any], saw: str) -> None:
    made = about(evidence(**fields), proposal())
    assert (made.result, made.saw) == ("fail", saw)


def test_the_first_champion_is_compared_with_nothing() -> None:
    first = proposal(replaces=None)
    assert about(evidence(champion=None), first).result == "pass"
    assert about(evidence(), first).saw == f"champion {CHAMPION} instead of none"


def test_a_rollback_brings_the_evidence_of_its_day() -> None:
    back = proposal(kind=Kind.ROLLBACK)
    assert about(evidence(champion=Subject(digest=digest("3"))), back).result == "pass"
    assert about(evidence(candidate=Subject(digest=digest("3"))), back).result == "fail"


@pytest.mark.parametrize("champion", [None, Subject(digest=CANDIDATE)])
def test_a_renewal_measures_the_champion_alone_or_against_itself(champion: Subject | None) -> None:
    assert about(evidence(champion=champion), RENEWAL).result == "pass"


def test_a_renewal_keeps_the_very_files() -> None:
    """Else changed files could be approved under the champion's number without a comparison."""
    changed = replace(RENEWAL, replaces=Replaced(version="7", digest=digest("6")))
    made = about(evidence(champion=None), changed)
    assert (made.result, made.saw) == ("fail", f"renewed champion {CANDIDATE} instead of {digest('6')}")


def test_a_renewal_keeps_the_number_too() -> None:
    """Else the alias would move to a copy that nobody asked to be champion."""
    copied = replace(RENEWAL, replaces=Replaced(version="5", digest=CANDIDATE))
    made = about(evidence(champion=None), copied)
    assert (made.result, made.saw) == ("fail", "renewed version 7 instead of 5")
