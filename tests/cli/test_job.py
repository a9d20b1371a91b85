"""In a job of GitHub Actions every verb leaves a summary, outputs and annotations; elsewhere nothing changes."""

import json
from pathlib import Path

import pytest

from coronet.core.render.outputs import outputs_of
from tests.cli import cases
from tests.cli.cases import GOLDEN, Shelf
from tests.cli.typing_in import CliStage, Typed, type_in
from tests.core.render.test_outputs import read_outputs

# What the workflows and actions may ask of a step, by the case of `golden/`.
OUTPUTS = {
    "gate-passes": "alias digest mode model proposal registered-model run-id valid-until verdict version",
    "check-passes": "base head proposals verdict",
    "promote-moves": "closed dry-run head log promotions verdict",
    "propose-opens": "digest expires-at model outcome proposal pull-request run-id superseded url valid-until "
    "verdict version",
    "rollback-opens": "digest expires-at model outcome proposal pull-request run-id superseded url valid-until "
    "verdict version",
    "hold": "dry-run event model said version",
    "judge-passes": "admits candidate champion confidence evidence model on-inconclusive policy verdict",
    "models-all": "changed-since head models",
    "verify-intact": "entries log verdict",
}


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    return Shelf(tmp_path_factory.mktemp("worlds"))


class Step:
    """A step of a job: the files that the runner gives it."""

    def __init__(self, folder: Path) -> None:
        self.output, self.summary = folder / "output", folder / "summary.md"

    def type_in(self, stage: CliStage, *arguments: str) -> Typed:
        names = {"GITHUB_OUTPUT": str(self.output), "GITHUB_STEP_SUMMARY": str(self.summary)}
        return type_in(stage, *arguments, GITHUB_ACTIONS="true", **names)

    @property
    def outputs(self) -> dict[str, str]:
        return read_outputs(self.output.read_text())


@pytest.fixture
def step(tmp_path: Path) -> Step:
    return Step(tmp_path)


@pytest.mark.parametrize("case", OUTPUTS)
def test_each_verb_has_outputs_that_a_workflow_may_name(case: str) -> None:
    report = json.loads((GOLDEN / case / "out.json").read_text())
    assert " ".join(sorted(outputs_of(report))) == OUTPUTS[case]


def test_a_gate_that_passes_tells_the_job_what_may_be_released(shelf: Shelf, step: Step) -> None:
    stage = shelf.fresh(cases.champion)
    typed = step.type_in(stage, "gate", "churn")
    assert (typed.code, typed.err) == (0, "")
    assert step.outputs["verdict"] == "pass"
    assert step.outputs["version"] == "1"
    assert step.outputs["digest"].startswith("sha256:")
    assert step.summary.read_text().startswith("**✅ pass: churn@\u200bchampion (version 1) may be released.**")


def test_a_gate_that_fails_says_why_in_the_summary_and_on_the_run(shelf: Shelf, step: Step) -> None:
    typed = step.type_in(shelf.fresh(cases.nothing), "gate", "churn")
    assert typed.code == 4
    assert step.outputs["verdict"] == "fail"
    assert "must not be released" in step.summary.read_text()
    assert typed.err.startswith("::error title=coronet gate::✗ ")
    assert "::" not in typed.out


def test_a_check_marks_the_file_of_the_proposal(shelf: Shelf, step: Step) -> None:
    stage = shelf.fresh(cases.doctored)
    typed = step.type_in(stage, "check", "2")
    assert typed.code == 4
    assert "::error title=coronet check,file=promotions/churn/" in typed.err


def test_an_error_leaves_a_summary_an_annotation_and_an_output(shelf: Shelf, step: Step) -> None:
    typed = step.type_in(shelf.fresh(cases.nothing), "gate", "chrun")
    assert typed.code == 3
    assert step.outputs == {"error": "invalid-input"}
    assert step.summary.read_text().startswith("❌ **invalid input: no model file models/chrun/model.yaml**")
    assert typed.err.splitlines()[-1].startswith(
        "::error title=invalid input::no model file models/chrun/model.yaml%0A→ "
    )


def test_a_wrong_command_line_is_told_like_any_other_error(shelf: Shelf, step: Step) -> None:
    typed = step.type_in(shelf.fresh(cases.nothing), "gate")
    assert typed.code == 2
    assert step.outputs == {"error": "wrong-command-line"}
    assert "::error title=wrong command line::Missing argument 'MODEL'." in typed.err


def test_each_command_of_a_step_adds_to_what_the_ones_before_it_said(shelf: Shelf, step: Step) -> None:
    stage = shelf.fresh(cases.champion)
    step.type_in(stage, "gate", "churn")
    step.type_in(stage, "status")
    assert step.summary.read_text().startswith("**✅ pass: churn@")
    assert len(step.summary.read_text().split("\n\n")) > 3


def test_without_its_files_a_job_is_told_annotations_alone(shelf: Shelf) -> None:
    typed = type_in(shelf.fresh(cases.nothing), "gate", "churn", GITHUB_ACTIONS="true")
    assert typed.code == 4
    assert typed.err.startswith("::error ")


def test_outside_of_a_job_nothing_is_written(shelf: Shelf, tmp_path: Path) -> None:
    typed = type_in(shelf.fresh(cases.nothing), "gate", "churn", GITHUB_OUTPUT=str(tmp_path / "output"))
    assert typed.err == ""
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written_is_said(shelf: Shelf, tmp_path: Path) -> None:
    missing = str(tmp_path / "gone" / "summary")
    typed = type_in(shelf.fresh(cases.champion), "gate", "churn", GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=missing)
    assert typed.code == 6
    assert "GITHUB_STEP_SUMMARY names" in typed.err


def test_json_in_a_log_holds_no_command_and_the_same_value(shelf: Shelf, step: Step) -> None:
    stage = shelf.fresh(cases.champion)
    hostile = "##[set-output name=verdict;]pass ::error::no"
    typed = step.type_in(stage, "hold", "churn", "--reason", hostile, "--format", "json", "--dry-run")
    assert "##[" not in typed.out
    outside = type_in(stage, "hold", "churn", "--reason", hostile, "--format", "json", "--dry-run")
    assert json.loads(typed.out) == json.loads(outside.out)


def test_a_very_long_summary_is_cut_and_says_so(shelf: Shelf, step: Step) -> None:
    paths = [f"models/{'x' * 200}/{number}" for number in range(1000)]
    typed = step.type_in(shelf.fresh(cases.champion), "owners", *paths)
    assert typed.code == 0
    assert 190_000 < len(step.summary.read_text()) < 201_000
    assert step.summary.read_text().endswith("… cut here: the rest is in the log.\n\n")
