"""Evidence is written and read back as the same bytes."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from coronet.core.canonical import digest_bytes
from coronet.core.evidence import (
    CustomMetric,
    EvaluationData,
    Evidence,
    Look,
    Recipe,
    RowCounts,
    Source,
    Subject,
    Way,
    evidence_from_json,
    run_file,
)
from tests.core.examples import NOW, digest, evidence, fact

WHOLE = evidence(
    fact(),
    fact(segment={"kind": "flat"}, problem="few rows", half=None),
    fact(champion=None, own=None),
    threshold=0.5,
    look=Look(number=7, data=digest("d")),
    rows=RowCounts(paired=997, unusable={"label missing": 3}),
)
BARE = evidence(
    fact(champion=None, candidate=None, problem="no row is positive"),
    candidate=Subject(predictions=digest("1")),
    champion=None,
    data=EvaluationData(name="iris", digest=digest("d"), rows=0, label="y"),
    contract=None,
)


ASKED = Recipe(source=Source.FILES, asked={"candidate": "B.csv", "segments": ["kind"]})
STREAMED = Recipe(
    source=Source.FILES,
    asked={"candidate": "B.csv"},
    way=Way.STREAMED,
    engine="spark",
    computed_with={"coronet": "1.0", "numpy": "2.0"},
)


@pytest.mark.parametrize("made", [WHOLE, BARE, replace(WHOLE, recipe=ASKED), replace(WHOLE, recipe=STREAMED)])
def test_evidence_is_read_back(made: Evidence) -> None:
    assert evidence_from_json(json.loads(made.to_bytes())) == made
    assert made.digest == digest_bytes(made.to_bytes())


def test_what_is_not_there_is_not_written() -> None:
    written = BARE.to_json()
    assert written["candidate"] == {"predictions": digest("1")}
    assert "key" not in written["data"]
    assert "threshold" not in written
    assert "contract" not in written
    assert "look" not in written
    assert written["champion"] is None
    assert written["metrics"][0]["interval"] is None
    assert "candidate_interval" not in written["metrics"][0]


def test_other_programs_may_leave_out_what_has_a_default() -> None:
    written = WHOLE.to_json()
    for each in written["metrics"]:
        del each["method"]
        each.pop("problem", None)
        each.pop("candidate_interval", None)
    written["rows"] = {"paired": 5}
    read = evidence_from_json(written)
    assert read.rows == RowCounts(paired=5)
    assert [each.method for each in read.metrics] == [""] * 3
    assert read.metrics[0].candidate_interval is None


def test_a_champion_of_whom_nothing_is_known_is_a_champion() -> None:
    """Without one, nothing would be compared."""
    assert evidence_from_json({**WHOLE.to_json(), "champion": {}}).champion == Subject()


def test_the_facts_do_not_change_with_the_clock() -> None:
    later = replace(WHOLE, created_at=NOW + timedelta(days=1))
    assert later.facts_digest == WHOLE.facts_digest
    assert later.digest != WHOLE.digest
    assert replace(WHOLE, confidence=0.9).facts_digest != WHOLE.facts_digest


def test_how_it_was_asked_is_no_fact() -> None:
    """The same measurement from another folder, by another library, keeps the id of its proposal."""
    asked = replace(WHOLE, recipe=STREAMED)
    assert asked.facts_digest == WHOLE.facts_digest
    assert asked.digest != WHOLE.digest
    assert "engine" not in replace(WHOLE, recipe=ASKED).to_json()["recipe"]


def test_a_run_keeps_its_evidence_by_champion() -> None:
    assert run_file("5") == "evidence/against-v5.json"
    assert run_file(None) == "evidence/against-nothing.json"


def test_the_last_bits_of_a_number_make_no_other_facts() -> None:
    """0.1 + 0.2 on one processor may be 0.3 on another."""
    first, same, other = (evidence(fact(candidate=value)) for value in (0.1 + 0.2, 0.3, 0.300001))
    assert first.metrics[0].candidate != same.metrics[0].candidate
    assert first.facts_digest == same.facts_digest
    assert other.facts_digest != first.facts_digest


def test_the_column_of_the_clusters_is_kept() -> None:
    clustered = replace(WHOLE, data=replace(WHOLE.data, cluster="customer"))
    assert clustered.to_json()["data"]["cluster"] == "customer"
    assert evidence_from_json(clustered.to_json()) == clustered


def test_metrics_that_are_not_in_the_catalogue_are_described() -> None:
    described = (
        CustomMetric(name="custom.profit", meaning="money", higher_is_better=True, unit="EUR", code=digest("c")),
        CustomMetric(name="custom.cost", meaning="money lost", higher_is_better=False, lowest=0.0, highest=9.0),
    )
    evidence = replace(WHOLE, custom_metrics=described)
    assert evidence_from_json(evidence.to_json()) == evidence
    assert evidence.to_json()["custom_metrics"][1] == {
        "name": "custom.cost",
        "meaning": "money lost",
        "direction": "lower",
        "lowest": 0.0,
        "highest": 9.0,
    }
    assert "custom_metrics" not in WHOLE.to_json()
