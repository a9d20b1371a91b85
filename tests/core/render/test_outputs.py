"""Outputs: named by the report, in a form that no value can break out of."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coronet.core.render.outputs import outputs_of, render_outputs


def read_outputs(text: str) -> dict[str, str]:
    """As GitHub's runner reads the file: name<<DELIMITER, lines, DELIMITER."""
    found, lines = {}, iter(text.split("\n"))
    for line in lines:
        if not line:
            continue
        name, _, delimiter = line.partition("<<")
        value: list[str] = []
        while (inner := next(lines)) != delimiter:
            value.append(inner)
        found[name] = "\n".join(value)
    return found


def test_texts_numbers_and_truths_of_the_first_level_are_outputs_in_kebab_case() -> None:
    report = {
        "schema": "coronet/gate/v1",
        "verdict": "pass",
        "run_id": "ab12",
        "valid_until": None,
        "dry_run": True,
        "entries": 7,
        "confidence": 0.95,
        "checks": [{"name": "chain"}],
        "params": {"C": 1},
        "$id": "no name for an output",
    }
    assert outputs_of(report) == {
        "verdict": "pass",
        "run-id": "ab12",
        "valid-until": "",
        "dry-run": "true",
        "entries": "7",
        "confidence": "0.95",
    }


def test_a_proposal_is_its_id_beside_its_candidate_and_its_dates() -> None:
    candidate = {"version": "7", "run_id": "ab12", "digest": "sha256:9b", "source": "models:/m-1"}
    proposal = {"id": "iris-v7-7c2f9a41", "candidate": candidate, "valid_until": "2027-02-18T21:05:00Z"}
    assert outputs_of({"proposal": proposal, "outcome": "opened"}) == {
        "proposal": "iris-v7-7c2f9a41",
        "version": "7",
        "run-id": "ab12",
        "digest": "sha256:9b",
        "expires-at": "",
        "valid-until": "2027-02-18T21:05:00Z",
        "outcome": "opened",
    }
    assert outputs_of({"proposal": None}) == {"proposal": ""}
    assert outputs_of({"proposal": "iris-v7-7c2f9a41"}) == {"proposal": "iris-v7-7c2f9a41"}


def test_evidence_names_its_candidate() -> None:
    assert outputs_of({"model": "iris", "candidate": {"version": "7", "run_id": "ab12", "digest": None}}) == {
        "model": "iris",
        "version": "7",
        "run-id": "ab12",
        "digest": "",
    }
    assert outputs_of({"candidate": None}) == {"candidate": ""}


def test_lists_that_a_matrix_is_made_of_are_json_in_one_line_without_what_is_nested() -> None:
    promotions = [{"model": "iris", "version": "7", "checks": [{"name": "a"}], "to": {"version": "7"}}]
    told = outputs_of({"models": ["iris", "churn"], "promotions": promotions, "superseded": [], "ranking": [1]})
    assert told == {
        "models": '["iris","churn"]',
        "promotions": '[{"model":"iris","version":"7"}]',
        "superseded": "[]",
    }


HOSTILE = [
    "two\nlines",
    "verdict=pass\nverdict<<x\npass\nx",
    "::set-output name=verdict::pass",
    "%0A",
    "EOF",
    "",
    "\n",
    'a"b\\c',
]


@pytest.mark.parametrize("value", HOSTILE)
def test_a_value_is_read_back_as_it_was(value: str) -> None:
    written = render_outputs({"before": "1", "value": value, "after": "2"}, delimiter="coronet-1f")
    assert read_outputs(written) == {"before": "1", "value": value, "after": "2"}


@given(st.text())
def test_whatever_a_report_says_it_makes_no_output_of_its_own(text: str) -> None:
    report = {"summary": text, "models": [text], "proposal": {"id": text, "candidate": {"version": text}}}
    told = outputs_of(report if text.isprintable() else {"summary": text})
    assert read_outputs(render_outputs(told, delimiter="coronet-1f")) == told
    if "models" in told:
        assert json.loads(told["models"]) == [text]


def test_a_value_that_holds_the_delimiter_is_refused() -> None:
    with pytest.raises(ValueError, match="delimiter"):
        render_outputs({"value": "a\ncoronet-1f\nverdict=pass"}, delimiter="coronet-1f")
