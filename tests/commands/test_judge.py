"""`judge`: two files in, a verdict out."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from coronet.adapters.documents import FileDocuments
from coronet.commands.judge import JudgeReport, judge
from coronet.core.decision import Result, Verdict
from coronet.core.documents import Document
from coronet.core.evidence import Evidence
from coronet.core.proposal import Kind
from coronet.errors import InvalidInput, Refused
from tests.stage.clock import START
from tests.stage.looking import broken, results
from tests.stage.quick import QuickStage
from tests.stage.reports import told
from tests.stage.stage import FILES, evidence_of

DOCUMENTS = FileDocuments()
POLICY = FILES["policy/default.yaml"]


def evidence(*, gain: float | None = 0.1, value: float = 0.9, **changes: Any) -> Evidence:
    quick = QuickStage(Path("unused"))
    champion, candidate = quick.train(), quick.train()
    against = None if gain is None else champion
    made = evidence_of(candidate, against, value=value, gain=gain or 0.0, clock=quick.clock)
    return replace(made, **changes)


def document(text: str | bytes, file: str = "policy.yaml") -> Document:
    return DOCUMENTS.parse(text if isinstance(text, bytes) else text.encode(), file=file)


def verdict(measured: Evidence, *policies: str, kind: Kind = Kind.PROMOTION, days: int = 0) -> JudgeReport:
    layers = [document(text, f"{number}.yaml") for number, text in enumerate(policies or (POLICY,))]
    given = document(measured.to_bytes(), "evidence.json")
    return told(judge(given, layers, DOCUMENTS, now=START + timedelta(days=days), kind=kind))


MEND = " Mend what is marked below, or choose another candidate."
MORE = " Measure on more rows, or choose another candidate."


@pytest.mark.parametrize(
    ("gain", "said", "code"),
    [
        (0.1, "✅ pass: Every enforced gate passes, so that it may be proposed.", 0),
        (-0.1, "❌ fail: gate better fails." + MEND, Refused.exit_code),
        (0.0, "❔ inconclusive: The data cannot tell, and the policy refuses." + MORE, Refused.exit_code),
    ],
)
def test_three_answers(gain: float, said: str, code: int) -> None:
    report = verdict(evidence(gain=gain))
    assert (report.to_text().splitlines()[0], report.exit_code) == (said[2:], code)
    assert report.to_markdown().splitlines()[0] == f"**{said}**"


def test_what_fails_is_called_by_its_name() -> None:
    """Evidence that is unfit to be judged is another matter than a gate."""
    stale = verdict(evidence(gain=-0.1), POLICY + "evidence: {maximum_age: 7d}\n", days=8)
    assert stale.to_text().startswith("fail: check fresh fails, and gate better fails.")
    low = verdict(evidence(gain=-0.1, value=0.5))
    assert low.to_text().startswith("fail: gates better, good_enough fail.")
    unfit = verdict(evidence(), POLICY + "evidence: {maximum_age: 7d}\n", days=8)
    assert unfit.to_text().startswith("fail: check fresh fails.")


def test_inconclusive_is_no_zero_even_where_the_policy_asks_the_reviewers() -> None:
    report = verdict(evidence(gain=0.0), POLICY + "on_inconclusive: ask\n")
    assert report.exit_code == Refused.exit_code
    assert report.to_text().startswith("inconclusive: The data cannot tell, and the policy leaves it to the reviewers.")
    assert report.to_json()["admits"] is True


def test_without_a_champion_comparisons_are_off() -> None:
    report = verdict(evidence(gain=None))
    assert results(report.judgement.checks)["better"] is Result.OFF
    assert report.judgement.verdict is Verdict.PASS


@pytest.mark.parametrize("kind", [Kind.ROLLBACK, Kind.RENEWAL])
def test_a_rollback_or_renewal_is_not_compared(kind: Kind) -> None:
    assert verdict(evidence(gain=-0.1), kind=kind).exit_code == 0


def test_policies_are_laid_over_each_other() -> None:
    narrower = "schema: coronet/policy/v1\ngates: {good_enough: {value: 0.95}}\n"
    assert broken(verdict(evidence(), POLICY, narrower).judgement.checks) == ["good_enough"]
    switched_off = "schema: coronet/policy/v1\ngates: {good_enough: {mode: 'off'}}\n"
    assert verdict(evidence(), POLICY, narrower, switched_off).exit_code == 0


def test_age_counts_from_the_moment_that_is_told() -> None:
    by = POLICY + "evidence: {maximum_age: 7d}\n"
    assert verdict(evidence(), by, days=7).exit_code == 0
    assert broken(verdict(evidence(), by, days=8).judgement.checks) == ["fresh"]
    assert broken(verdict(evidence(), days=-1).judgement.checks) == ["fresh"]


def test_an_empty_policy_proves_nothing() -> None:
    assert broken(verdict(evidence(), "schema: coronet/policy/v1\ngates: {}\n").judgement.checks) == ["policy"]


def test_the_candidate_that_is_the_champion() -> None:
    made = evidence()
    assert made.champion is not None
    same = replace(made, candidate=replace(made.candidate, digest=made.champion.digest))
    assert broken(verdict(same).judgement.checks) == ["not_the_champion"]


def test_other_rows() -> None:
    made = evidence()
    assert broken(verdict(replace(made, rows=replace(made.rows, candidate_only=1))).judgement.checks) == ["same_rows"]


@pytest.mark.parametrize(
    ("evidence_text", "policy_text", "said"),
    [
        (b"{}", POLICY, "evidence.json"),
        (b"[]", POLICY, "evidence.json"),
        (None, "gates: {better: {metric: roc_auc}}\n", "0.yaml"),
        (None, "schema: coronet/policy/v1\ngates: {better: {metric: rocauc, rule: superior, margin: 0}}\n", "roc_auc"),
        (None, "- a\n", "0.yaml"),
    ],
)
def test_what_is_not_valid_is_said_with_its_file(evidence_text: bytes | None, policy_text: str, said: str) -> None:
    given = document(evidence().to_bytes() if evidence_text is None else evidence_text, "evidence.json")
    with pytest.raises(InvalidInput) as caught:
        judge(given, [document(policy_text, "0.yaml")], DOCUMENTS, now=START, kind=Kind.PROMOTION)
    told = f"{caught.value.message} {[str(finding) for finding in caught.value.findings]}"
    assert said in told
    assert caught.value.findings


def test_the_json_is_all_that_the_verdict_rests_on() -> None:
    made = evidence()
    value = verdict(made).to_json()
    assert json.loads(json.dumps(value)) == value
    assert (value["schema"], value["verdict"], value["evidence"]) == ("coronet/judge/v1", "pass", made.digest)
    assert [check["name"] for check in value["checks"]][-2:] == ["better", "good_enough"]


def test_the_same_inputs_give_the_same_answer() -> None:
    assert verdict(evidence()).to_json() == verdict(evidence()).to_json()
