"""The doctor looks at everything, and says what it found; nothing is written."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from coronet.adapters.documents import FileDocuments
from coronet.commands.doctor.examine import DoctorPorts, DoctorQuestion, examine
from coronet.commands.doctor.report import DoctorReport
from coronet.core.doctor.facts import ForgeSettings, OwnersError, Unknown
from coronet.core.doctor.finding import Finding, Severity
from coronet.errors import InvalidInput, Unavailable
from coronet.ports.registry import Registry
from tests.core.doctor.examples import GUARDED as GUARDED_BRANCH
from tests.core.doctor.examples import settings
from tests.stage.quick import QuickStage
from tests.stage.reports import told
from tests.stage.states import champion

SHA = "0123456789abcdef0123456789abcdef01234567"


class FixedSettings:
    """The port `RepositorySettings`, with the answers that it was given."""

    def __init__(self, answers: ForgeSettings) -> None:
        self._answers = answers

    def read(self, *, main: str, log_branch: str, environment: str) -> ForgeSettings:
        return self._answers


def look(
    quick: QuickStage,
    answers: ForgeSettings | None = None,
    *,
    members: Mapping[str, frozenset[str] | None] | None = None,
    registry: Registry | None = None,
    strict: bool = False,
) -> DoctorReport:
    def open_registry() -> Registry:
        if registry is None:
            raise Unavailable("the registry does not answer")
        return registry

    repository = quick.repository()
    ports = DoctorPorts(
        repository=repository,
        documents=FileDocuments(),
        members=(lambda owner: members.get(owner))
        if members is not None
        else quick.forge("reader", repository).members,
        settings=FixedSettings(answers) if answers else None,
        registry=open_registry,
        progress=quick.note,
    )
    return told(examine(DoctorQuestion(strict=strict), ports))


def named(report: DoctorReport, name: str) -> list[Finding]:
    return [finding for finding in report.findings if finding.name == name]


def severity(report: DoctorReport, name: str) -> Severity:
    (finding,) = named(report, name)
    return finding.severity


GUARDED = {
    "CODEOWNERS": "* @model-owner @second-owner\n",
    ".github/workflows/x.yml": "on: push\npermissions: {}\njobs: {}\n",
}


def test_a_repository_in_which_everything_is_set(quick: QuickStage) -> None:
    champion(quick)
    quick.push(GUARDED, message="guard")
    report = look(quick, settings(), registry=quick.registry)
    assert {f.severity for f in report.findings} <= {Severity.WELL, Severity.ADVICE}, report.to_text()
    assert report.exit_code == 0


def test_what_is_unknown_refuses_where_that_is_asked(quick: QuickStage) -> None:
    quick.push(GUARDED, message="guard")
    hidden = replace(settings(), actions=Unknown("403"))
    assert look(quick, hidden, registry=quick.registry, strict=True).exit_code == 4
    assert look(quick, hidden, registry=quick.registry).exit_code == 0
    assert look(quick, settings(), registry=quick.registry, strict=True).exit_code == 0


def test_a_missing_guard_ends_with_4_and_says_how_to_mend_it(quick: QuickStage) -> None:
    good = settings()
    report = look(quick, replace(good, main=replace(good.main, rules=replace(GUARDED_BRANCH, pull_request=False))))
    assert report.exit_code == 4
    (finding,) = named(report, "main.pull_request")
    assert finding.command == report.to_json()["findings"][0]["command"]
    text = report.to_text()
    assert text.startswith("Something must be mended: ")
    assert "why: " in text
    assert "$ gh api --method POST repos/acme/models/rulesets" in text
    assert '"require_code_owner_review": true' in report.to_markdown()


def test_the_local_forge_has_no_settings(quick: QuickStage) -> None:
    assert severity(look(quick), "forge") is Severity.ADVICE


def test_a_registry_that_does_not_answer_is_told(quick: QuickStage) -> None:
    (finding,) = named(look(quick), "registry")
    assert (finding.severity, finding.saw) == (Severity.WEAK, "the registry does not answer")


def test_what_github_says_of_codeowners(quick: QuickStage) -> None:
    wrong = replace(settings(), owners_errors=(OwnersError(line=2, message="Unknown owner"),))
    assert severity(look(quick, wrong), "owners.errors") is Severity.WEAK
    hidden = replace(settings(), owners_errors=Unknown("404"))
    assert severity(look(quick, hidden), "owners.errors") is Severity.UNKNOWN


@pytest.mark.parametrize("text", ["", "/models/ @model-owner\n"])
def test_what_nobody_owns_is_broken(quick: QuickStage, text: str) -> None:
    quick.push({"CODEOWNERS": text}, message="open")
    assert severity(look(quick), "owners.policy/default.yaml") is Severity.BROKEN


def test_without_codeowners_it_is_broken(quick: QuickStage) -> None:
    quick.push({"CODEOWNERS": None}, message="remove")
    assert severity(look(quick), "owners.file") is Severity.BROKEN


def test_as_many_people_as_the_policy_asks_for(quick: QuickStage) -> None:
    text = "schema: coronet/policy/v1\napprovals: {promotion: 2}\n"
    quick.push({"policy/churn.yaml": text, "CODEOWNERS": "* @ann\n"}, message="two")
    report = look(quick, settings(), members={"@ann": frozenset({"ann"})})
    assert severity(report, "owners.policy/default.yaml") is Severity.WEAK
    assert severity(report, "main.approvals") is Severity.WEAK


def test_workflows_are_read_where_they_lie(quick: QuickStage) -> None:
    action = "runs: {using: composite, steps: [{uses: acme/x@v1}]}\n"
    target = f"on: pull_request_target\npermissions: {{}}\njobs: {{a: {{steps: [{{uses: 'acme/x@{SHA}'}}]}}}}\n"
    files = {".github/actions/x/action.yml": action, ".github/workflows/y.yaml": target, ".github/workflows/n.txt": "x"}
    quick.push({**files, ".github/workflows/z.yml": "a: [\n"}, message="work")
    report = look(quick)
    assert severity(report, "workflows.pins") is Severity.WEAK
    assert severity(report, "workflows.triggers") is Severity.BROKEN
    assert severity(report, "workflows") is Severity.UNKNOWN


def test_a_credential_in_a_file_is_found_once_and_not_repeated(quick: QuickStage) -> None:
    secret = "ghp_" + "a1" * 18
    workflow = f"on: push\npermissions: {{}}\njobs: {{}}\nenv:\n  API_TOKEN: {secret}\n  # {secret}\n"
    quick.push({".github/workflows/x.yml": workflow, "policy/churn.yaml": f"# {secret}\na: [\n"}, message="leak")
    report = look(quick)
    assert sorted(f.saw.split(" ")[0] for f in named(report, "leaks")) == [
        ".github/workflows/x.yml:5",
        ".github/workflows/x.yml:6",
        "policy/churn.yaml:1",
    ]
    assert secret not in str(report.to_json())


def test_a_model_whose_files_are_wrong_is_told(quick: QuickStage) -> None:
    quick.push({"models/iris/model.yaml": "owner: [\n"}, message="break")
    assert severity(look(quick), "models.iris") is Severity.BROKEN


def test_a_merged_proposal_that_is_none_is_told(quick: QuickStage) -> None:
    champion(quick)
    quick.push({"promotions/churn/churn-v9-00000000.yaml": "id: x\n", "promotions/churn/y.yaml": "a: [\n"}, message="x")
    assert {f.severity for f in named(look(quick), "proposals")} == {Severity.WEAK}


def test_a_proposal_that_has_its_outcome_is_left_to_verify(quick: QuickStage) -> None:
    champion(quick)
    repository = quick.repository()
    found = repository.paths(repository.head("main") or "", "promotions/churn")
    (path,) = [path for path in found if not path.endswith(".evidence.json")]
    quick.push({path: "id: x\n"}, message="edit")
    report = look(quick)
    assert severity(report, "proposals") is Severity.WELL
    assert severity(report, "record.churn.proposals") is Severity.BROKEN


def test_a_log_that_was_edited_is_broken(quick: QuickStage) -> None:
    champion(quick)
    log = quick.show("promotions-log:changelog/churn.jsonl").replace("more trees", "no trees", 1) + "\n"
    quick.push({"changelog/churn.jsonl": log}, message="tidy", branch="promotions-log")
    assert severity(look(quick), "record.churn.chain") is Severity.BROKEN


def test_without_a_main_branch_there_is_nothing_to_look_at(quick: QuickStage) -> None:
    ports = DoctorPorts(
        repository=quick.repository(),
        documents=FileDocuments(),
        members=lambda owner: None,
        settings=None,
        registry=lambda: quick.registry,
        progress=quick.note,
    )
    with pytest.raises(InvalidInput, match="no branch trunk"):
        examine(DoctorQuestion(main="trunk"), ports)
