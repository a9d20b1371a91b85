"""The record and the registry."""

from coronet.core.decision import failed, passed
from coronet.core.doctor.facts import Unknown
from coronet.core.doctor.finding import Finding, Severity
from coronet.core.doctor.record import GovernedModel, judge_log, judge_models, judge_proposals, judge_registry

CHURN = GovernedModel(name="churn", registered="Churn", alias="champion", gates=2)


def severities(findings: list[Finding]) -> list[Severity]:
    return [finding.severity for finding in findings]


def test_models_are_well_where_they_have_gates() -> None:
    assert severities(list(judge_models([CHURN]))) == [Severity.WELL]
    none = GovernedModel(name="churn", registered="Churn", alias="champion")
    assert severities(list(judge_models([none]))) == [Severity.ADVICE]
    assert severities(list(judge_models([]))) == [Severity.ADVICE]


def test_what_is_wrong_with_a_models_files_is_broken() -> None:
    broken = GovernedModel(name="x y", registered="x", alias="champion", problems=("a", "b"))
    found = list(judge_models([broken]))
    assert severities(found) == [Severity.BROKEN, Severity.BROKEN]
    assert found[0].command == "coronet policy show 'x y'"


def test_two_models_on_one_alias_are_broken() -> None:
    other = GovernedModel(name="churn-2", registered="Churn", alias="champion", gates=1)
    *_, found = judge_models([CHURN, other])
    assert found.severity is Severity.BROKEN
    assert found.saw == "churn and churn-2 both govern Churn@champion"


def test_merged_proposals_are_readable() -> None:
    assert severities(list(judge_proposals({}, count=3, waiting=1))) == [Severity.WELL]
    (found,) = judge_proposals({"promotions/a b/x.yaml": "bad"}, count=3, waiting=1)
    assert found.severity is Severity.WEAK
    assert found.command == "git log --follow -- 'promotions/a b/x.yaml'"


def test_a_log_that_is_not_intact_is_broken() -> None:
    bad = failed("churn.chain", saw="line 3", wanted="a chain", hint="compare")
    (found,) = judge_log([bad, passed("page", saw="", wanted="")], entries=4)
    assert (found.severity, found.name, found.click) == (Severity.BROKEN, "record.churn.chain", "compare")
    assert [f.saw for f in judge_log([passed("page", saw="", wanted="")], entries=4)] == ["4 entries, intact"]
    assert [f.saw for f in judge_log([], entries=0)] == ["nothing was logged yet"]


def test_the_registry_answers_and_its_rights_stay_unknown() -> None:
    found = list(judge_registry({"Churn": {"champion": "1"}}, [CHURN]))
    assert severities(found) == [Severity.WELL, Severity.ADVICE]
    assert severities(list(judge_registry({}, [CHURN]))) == [Severity.WELL, Severity.ADVICE, Severity.ADVICE]
    assert severities(list(judge_registry(Unknown("refused"), [CHURN]))) == [Severity.WEAK]
