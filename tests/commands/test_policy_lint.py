"""`policy lint`, `policy test`, `policy power`: files in, reports out."""

from typing import Any

import pytest

from coronet.adapters.documents import FileDocuments
from coronet.commands.policy.cases import CasesReport, run_cases
from coronet.commands.policy.counting import DataCounter
from coronet.commands.policy.lint import LintReport, lint_policies
from coronet.commands.policy.power import PowerReport, power_by_assumptions, power_of_policy
from coronet.core.assumed_power import Assumptions
from coronet.errors import InvalidInput
from tests.core.examples import evidence, gain
from tests.fakes.memory_files import MemoryFiles
from tests.fakes.memory_tables import MemoryTables
from tests.fakes.no_streams import NoStreams
from tests.stage.reports import told
from tests.stage.stage import FILES

DOCUMENTS = FileDocuments()
CASES = """\
schema: coronet/policy-cases/v1
cases:
  - name: clearly better
    metrics: [{metric: roc_auc, champion: 0.8, candidate: 0.85, within: 0.01}]
    expect: {verdict: pass, gates: {better: pass}}
  - name: clearly worse
    metrics: [{metric: roc_auc, champion: 0.85, candidate: 0.8, within: 0.01}]
    expect: {verdict: fail}
"""


def files(**more: str) -> MemoryFiles:
    """The stage's models and policy, and more policy files by their names."""
    given = {**FILES, **{f"policy/{name}": text for name, text in more.items()}}
    return MemoryFiles({path: text.encode() for path, text in given.items()})


# --- lint -----------------------------------------------------------------------------------------


def linted(**more: str) -> LintReport:
    return told(lint_policies(files(**more), DOCUMENTS))


def test_a_sound_policy_passes() -> None:
    report = linted()
    assert report.exit_code == 0
    assert report.to_text() == "pass: Nothing is odd about the policies of 1 model."


def test_a_finding_stands_where_its_key_stands() -> None:
    own = "schema: coronet/policy/v1\ngates:\n  good_enough:\n    value: 1.5\n"
    report = linted(**{"churn.yaml": own})
    (finding,) = report.models[0].findings
    assert str(finding.location) == "policy/churn.yaml:4:5"
    assert report.exit_code == InvalidInput.exit_code
    assert report.to_json()["verdict"] == "fail"
    assert "error: policy/churn.yaml:4:5: good_enough can never pass: no roc_auc is above 1" in report.to_text()
    assert "policy/churn.yaml:4:5" in report.to_markdown()


def test_a_warning_may_be_meant() -> None:
    own = "schema: coronet/policy/v1\nproposals: {expire_after: 90d, valid_for: 30d}\n"
    report = linted(**{"churn.yaml": own})
    assert (report.errors, report.warnings, report.exit_code) == (0, 1, 0)
    assert report.to_text().startswith("pass: 0 errors and 1 warning in the policies of 1 model.")


def test_a_model_that_is_not_there_cannot_be_linted() -> None:
    with pytest.raises(InvalidInput):
        lint_policies(files(), DOCUMENTS, ["nobody"])


# --- cases ----------------------------------------------------------------------------------------


def ran(**more: str) -> CasesReport:
    return told(run_cases(files(**more), DOCUMENTS))


def test_cases_that_are_answered_as_expected() -> None:
    report = ran(**{"churn.cases.yaml": CASES})
    assert report.exit_code == 0
    assert report.to_text().startswith("pass: 2 cases are answered as expected.")


def test_a_changed_policy_that_answers_otherwise_is_refused() -> None:
    own = "schema: coronet/policy/v1\ngates: {better: {margin: 0.2}}\n"
    report = ran(**{"churn.cases.yaml": CASES, "churn.yaml": own})
    assert report.exit_code == 4
    assert report.failed == 1
    text = report.to_text()
    assert text.startswith("fail: 1 of 2 cases are answered otherwise than expected.")
    assert "✗ clearly better: fail" in text
    assert "better is fail, and pass was expected" in text
    assert "| ❌ fail | clearly better | fail |" in report.to_markdown()


def test_gates_that_no_case_makes_say_no_are_named() -> None:
    report = ran(**{"churn.cases.yaml": CASES})
    assert report.to_json()["models"][0]["untried"] == ["good_enough"]
    assert "No case makes these say no: good_enough." in report.to_text()
    worse = CASES + "  - {name: bad, metrics: [{metric: roc_auc, candidate: 0.1}], expect: {verdict: fail}}\n"
    report = ran(**{"churn.cases.yaml": worse})
    assert report.to_json()["models"][0]["untried"] == []
    assert "No case makes" not in report.to_text()


def test_no_cases_at_all_are_no_pass() -> None:
    with pytest.raises(InvalidInput, match="no model has cases"):
        ran()
    with pytest.raises(InvalidInput, match="no cases at policy/churn"):
        run_cases(files(), DOCUMENTS, ["churn"])


def test_two_cases_of_one_name() -> None:
    with pytest.raises(InvalidInput) as caught:
        ran(**{"churn.cases.yaml": CASES.replace("clearly worse", "clearly better")})
    assert "there are two cases 'clearly better'" in caught.value.findings[0].message


KEPT = """\
schema: coronet/policy-cases/v1
cases:
  - {name: kept, evidence: FILE, expect: {verdict: pass}}
"""


def test_evidence_that_was_kept_beside_the_cases() -> None:
    facts = (gain(0.4, metric="roc_auc"), gain(0.4))
    kept = {"better.evidence.json": evidence(*facts).to_bytes().decode()}
    report = ran(**{"churn.cases.yaml": KEPT.replace("FILE", "better.evidence.json")}, **kept)
    assert report.exit_code == 0


@pytest.mark.parametrize("path", ["gone.evidence.json", "../../secret", "/etc/passwd"])
def test_evidence_that_is_not_there(path: str) -> None:
    with pytest.raises(InvalidInput, match="no evidence at"):
        ran(**{"churn.cases.yaml": KEPT.replace("FILE", path)})


@pytest.mark.parametrize(
    "case",
    [
        "{name: both, evidence: a.json, metrics: [{metric: mae, candidate: 1}], expect: {verdict: pass}}",
        "{name: neither, expect: {verdict: pass}}",
        "{name: misspelt, metrics: [{metric: mae, candidat: 1}], expect: {verdict: pass}}",
        "{name: unknown, metrics: [{metric: mae, candidate: 1}], expect: {verdict: good}}",
    ],
)
def test_a_case_that_cannot_be_read(case: str) -> None:
    with pytest.raises(InvalidInput, match="not a valid policy_cases file"):
        ran(**{"churn.cases.yaml": f"schema: coronet/policy-cases/v1\ncases:\n  - {case}\n"})


# --- power ----------------------------------------------------------------------------------------


def power(*facts: object, effect: float | None = None) -> PowerReport:
    made = evidence(*facts)  # type: ignore[arg-type]
    document = DOCUMENTS.parse(made.to_bytes(), file="evidence.json")
    return told(power_of_policy(files(), DOCUMENTS, "churn", document, power=0.8, effect=effect))


def test_the_rows_that_each_gate_needs() -> None:
    report = power(gain(0.3, 0.01, metric="roc_auc"))
    assert report.to_text().startswith("The rows suffice: each of 2 scopes of the gates of churn")
    short = power(gain(0.3, 0.01, metric="roc_auc"), effect=0.001)
    assert "1 of 2 scopes of the gates of churn would pass less than 80 % of the time." in short.to_text()
    better = next(gate for gate in short.to_json()["gates"] if gate["gate"] == "better")
    assert better["rows_needed"] > better["rows"]
    assert "| better | all rows | 1000 |" in short.to_markdown()


def test_what_no_number_of_rows_proves() -> None:
    assert "no number of rows" in power(gain(-0.1, 0.01, metric="roc_auc")).to_text()


def test_evidence_without_what_the_policy_asks_for() -> None:
    with pytest.raises(InvalidInput, match="no gate of churn compares a number"):
        power(gain(0.1, metric="log_loss"))


# --- rows of segments -----------------------------------------------------------------------------

BY_REGION = """\
schema: coronet/policy/v1
gates: {safe: {metric: accuracy, rule: non_inferior, margin: 0.1, by: [region], minimum_rows: 2}}
"""
TABLE = b"id,left,region\n1,0,north\n2,1,north\n3,0,south\n4,,south\n5,1,\n"


class Rows(NoStreams):
    """Streams that know how many rows a table has."""

    def __init__(self, rows: int | None) -> None:
        self.known = rows

    def rows(self, location: str) -> int | None:
        return self.known


def counted(churn: str | None = None, *, table: bytes = TABLE, rows: int | None = 5) -> LintReport:
    tables = MemoryTables({"models/churn/data/evaluation.csv": table})
    counter = DataCounter(tables=tables, streams=Rows(rows))
    more = {"churn.yaml": churn} if churn else {}
    return told(lint_policies(files(**more), DOCUMENTS, counter=counter))


def test_segments_are_counted_in_the_evaluation_data_by_their_labelled_rows() -> None:
    report = counted(BY_REGION)
    found = report.models[0].findings[-1]
    assert "2 of 3 segments by region ((missing) 1, south 1) have fewer than 2 rows" in found.message
    assert str(found.location) == "policy/churn.yaml:2:81"
    assert report.exit_code == 3
    assert report.to_json()["models"][0]["counted"] == "models/churn/data/evaluation.csv"


def test_a_policy_that_asks_for_no_rows_reads_no_data() -> None:
    report = counted(table=b"", rows=None)
    assert report.to_json()["models"][0] == {"model": "churn", "findings": [], "counted": None, "uncounted": ""}


@pytest.mark.parametrize(
    ("table", "rows", "said"),
    [
        (TABLE, None, "models/churn/data/evaluation.csv is not a file of the repository"),
        (TABLE, 6_000_000, "has about 6000000 rows: name evidence on them with --evidence"),
        (b"id,region\n1,north\n", 1, "has no column 'left'"),
    ],
)
def test_data_that_cannot_be_counted_are_said_to_be_uncounted(table: bytes, rows: int | None, said: str) -> None:
    report = counted(BY_REGION, table=table, rows=rows)
    assert said in report.models[0].uncounted
    assert f"rows were not counted: {report.models[0].uncounted}" in report.to_text()
    assert report.exit_code == 0


def test_segments_are_counted_in_evidence() -> None:
    facts = [gain(0.1, rows=rows, segment={"region": name}) for name, rows in (("north", 900), ("south", 1))]
    document = DOCUMENTS.parse(evidence(*facts, model="churn").to_bytes(), file="evidence.json")
    report = told(lint_policies(files(**{"churn.yaml": BY_REGION}), DOCUMENTS, evidence=document))
    assert "1 of 2 segments by region (south 1)" in report.models[0].findings[-1].message
    assert report.models[0].counted == "evidence.json"
    with pytest.raises(InvalidInput, match=r"evidence\.json is evidence of churn, and other was asked for"):
        lint_policies(files(), DOCUMENTS, ["other"], evidence=document)


# --- power without evidence -----------------------------------------------------------------------


def assumed(churn: str | None = None, *, table: bytes = TABLE, **assumptions: Any) -> PowerReport:
    tables = MemoryTables({"models/churn/data/evaluation.csv": table})
    counter = DataCounter(tables=tables, streams=Rows(5 if table else None))
    more = {"churn.yaml": churn} if churn else {}
    asked = Assumptions(**assumptions)
    return told(power_by_assumptions(files(**more), DOCUMENTS, "churn", asked, power=0.8, counter=counter))


def test_rows_are_told_by_what_is_assumed() -> None:
    report = assumed(BY_REGION, values={"roc_auc": 0.8, "accuracy": 0.9}, positive=0.5, effect=0.01)
    assert {scope.gate for scope in report.scopes} == {"better", "good_enough", "safe"}
    text = report.to_text()
    assert "assumed, not measured: roc_auc 0.8, accuracy 0.9, 50 % of the rows positive, a correlation of 0.5" in text
    assert "rows counted in models/churn/data/evaluation.csv" in text
    assert "safe passes where all 3 segments do: 51 % of the time, if each just passes alone" in text


def test_without_data_the_rows_needed_are_told_alone() -> None:
    report = assumed(table=b"", deviations={"mae": 3.0}, values={"roc_auc": 0.8}, positive=0.5, effect=0.01)
    text = report.to_text()
    assert text.startswith("The rows that the gates of churn need, by what is assumed of the models.")
    assert "mae of a row ± 3" in text
    assert "rows were not counted" in text


def test_gates_that_no_rows_help_are_named() -> None:
    own = (
        "schema: coronet/policy/v1\ngates: {contract: {rule: unchanged, of: [features]}, good_enough: {mode: 'off'}}\n"
    )
    report = assumed(own, values={"roc_auc": 0.8}, positive=0.5, effect=0.01)
    assert list(report.left_out) == ["contract"]
    assert "contract is not told of: unchanged compares no one number with a bar" in report.to_text()
