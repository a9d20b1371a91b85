"""Can everything that governs be approved, by somebody, and by enough of them?"""

from collections.abc import Mapping

import pytest

from coronet.core.codeowners import parse_codeowners
from coronet.core.doctor.finding import Severity
from coronet.core.doctor.owners import OwnersFacts, judge_errors, judge_owners

ANN, BOB = frozenset({"ann"}), frozenset({"bob"})


def judge(text: str, people: Mapping[str, frozenset[str] | None], approvals: int = 1) -> tuple[Severity, str]:
    facts = OwnersFacts(codeowners=parse_codeowners(text), paths=["policy/x.yaml"], people=people, approvals=approvals)
    *_, finding = judge_owners(facts, file="CODEOWNERS")
    assert finding.name == "owners.policy/x.yaml"
    return finding.severity, finding.saw


@pytest.mark.parametrize(
    ("text", "people", "approvals", "severity", "said"),
    [
        ("* @ann @bob", {"@ann": ANN, "@bob": BOB}, 1, Severity.WELL, "@ann @bob"),
        ("* @a/team", {"@a/team": ANN | BOB}, 1, Severity.WELL, "@a/team"),
        ("* @ann @a/team", {"@ann": ANN, "@a/team": None}, 1, Severity.UNKNOWN, "who @a/team is cannot be told"),
        ("* @ann @bob @a/t", {"@ann": ANN, "@bob": BOB, "@a/t": None}, 1, Severity.WELL, "@ann @bob @a/t"),
        ("* @ann", {"@ann": ANN}, 1, Severity.ADVICE, "only ann may approve, and 1 must"),
        ("* @ann", {"@ann": ANN}, 2, Severity.WEAK, "1 of @ann may approve, and 2 must"),
        ("* @gone", {"@gone": frozenset()}, 1, Severity.BROKEN, "none of @gone may write to this repository"),
        ("/policy/", {}, 1, Severity.BROKEN, "nobody owns it"),
        ("/models/ @ann", {"@ann": ANN}, 1, Severity.BROKEN, "nobody owns it"),
    ],
)
def test_who_may_approve(
    text: str, people: Mapping[str, frozenset[str] | None], approvals: int, severity: Severity, said: str
) -> None:
    assert judge(text, people, approvals) == (severity, said)


def test_without_a_file_there_are_no_owners() -> None:
    facts = OwnersFacts(codeowners=None, paths=["x"], people={}, approvals=1)
    (finding,) = judge_owners(facts, file="CODEOWNERS")
    assert finding.severity is Severity.BROKEN


def test_a_line_that_is_skipped_is_told() -> None:
    facts = OwnersFacts(codeowners=parse_codeowners("!x @ann\n"), paths=[], people={}, approvals=1)
    (finding,) = judge_owners(facts, file="CODEOWNERS")
    assert finding.severity is Severity.WEAK
    assert "CODEOWNERS:1" in finding.saw


def test_what_the_forge_finds_wrong_is_told() -> None:
    (finding,) = judge_errors([(3, "Unknown owner: @gone")], file="CODEOWNERS")
    assert (finding.severity, finding.saw) == (Severity.WEAK, "CODEOWNERS:3: Unknown owner: @gone")
    (nothing,) = judge_errors([], file="CODEOWNERS")
    assert nothing.severity is Severity.WELL
