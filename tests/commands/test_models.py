"""`coronet models`: the list of a workflow's matrix."""

import pytest

from coronet.adapters.documents import FileDocuments
from coronet.commands.models import ModelsReport, list_models
from coronet.errors import InvalidInput
from tests.stage.quick import QuickStage
from tests.stage.reports import told
from tests.stage.stage import FILES

TRAINED = FILES["models/churn/model.yaml"] + "trainer: train.py:fit\n"


@pytest.fixture
def trained(quick: QuickStage) -> QuickStage:
    """Two models with a trainer, one without."""
    quick.push(
        {
            "models/churn/model.yaml": TRAINED,
            "models/fraud/model.yaml": TRAINED,
            "models/bought/model.yaml": FILES["models/churn/model.yaml"],
        },
        message="govern more",
    )
    return quick


def listed(quick: QuickStage, *names: str, since: str | None = None) -> ModelsReport:
    repository = quick.repository()
    head = repository.head("main")
    assert head is not None
    report = list_models(repository, FileDocuments(), head=head, names=names, since=since)
    told(report)
    return report


def models_of(report: ModelsReport) -> list[str]:
    return [listed.model for listed in report.chosen]


def head_of(quick: QuickStage) -> str:
    return quick.repository().head("main") or ""


def test_all_models_with_a_trainer_are_told_and_the_others_with_the_reason(trained: QuickStage) -> None:
    report = listed(trained)
    assert models_of(report) == ["churn", "fraud"]
    assert [(left.model, left.why) for left in report.left_out] == [
        ("bought", "it has no trainer: coronet track records it")
    ]
    assert report.changed_since is None


def test_only_models_that_changed_since_a_commit(trained: QuickStage) -> None:
    before = head_of(trained)
    trained.push({"models/fraud/train.py": "x = 1\n", "policy/churn.yaml": "x: 1\n"}, message="edit")
    trained.push({"models/fraud/model.yaml": TRAINED + "seed: 1\n"}, message="edit again")
    report = listed(trained, since=before)
    assert [(each.model, each.why) for each in report.chosen] == [
        ("fraud", "changed: models/fraud/model.yaml and 1 more")
    ]
    assert report.changed_since == before


def test_nothing_changed_is_an_empty_list(trained: QuickStage) -> None:
    before = head_of(trained)
    trained.push({"README.md": "hello\n"}, message="document")
    report = listed(trained, since=before)
    assert report.to_json()["models"] == []


def test_a_changed_model_without_a_trainer_stays_left_out(trained: QuickStage) -> None:
    before = head_of(trained)
    trained.push({"models/bought/model.yaml": FILES["models/churn/model.yaml"] + "seed: 1\n"}, message="edit")
    assert models_of(listed(trained, since=before)) == []


def test_where_the_commit_before_is_not_to_be_had_all_are_told(trained: QuickStage) -> None:
    report = listed(trained, since="ab" * 20)
    assert models_of(report) == ["churn", "fraud"]
    assert report.chosen[0].why == f"all, as {'ab' * 20} is not in its history"
    assert report.changed_since is None


def test_named_models_are_told_whatever_changed(trained: QuickStage) -> None:
    report = listed(trained, "bought", "churn", since=head_of(trained))
    assert models_of(report) == ["bought", "churn"]


def test_the_word_all_wins_over_what_changed(trained: QuickStage) -> None:
    assert models_of(listed(trained, "all", since=head_of(trained))) == ["churn", "fraud"]


@pytest.mark.parametrize("name", ["nope", "../churn", "default", "a b"])
def test_a_model_that_is_none_is_invalid(trained: QuickStage, name: str) -> None:
    with pytest.raises(InvalidInput):
        listed(trained, name)


def test_a_broken_model_file_does_not_hide_the_other_models(trained: QuickStage) -> None:
    trained.push({"models/fraud/model.yaml": "task: [\n"}, message="break it")
    assert models_of(listed(trained)) == ["churn", "fraud"]


def test_a_folder_that_can_name_no_model_reaches_no_matrix(trained: QuickStage) -> None:
    trained.push({"models/$(touch x)/model.yaml": TRAINED}, message="try it")
    report = listed(trained)
    assert models_of(report) == ["churn", "fraud"]
    assert report.left_out[0].model == "$(touch x)"


def test_people_read_why(trained: QuickStage) -> None:
    assert listed(trained).to_text() == (
        "2 models are to be trained.\n\nModel  Why\nchurn  all\nfraud  all\n\n"
        "· bought is left out: it has no trainer: coronet track records it"
    )
    assert listed(trained, "churn").to_markdown().endswith("| Model | Why |\n| --- | --- |\n| churn | named |")


def test_an_empty_list_says_so(quick: QuickStage) -> None:
    quick.push({"models/churn/model.yaml": None}, message="nothing is governed")
    report = listed(quick)
    assert report.to_text() == "No model is to be trained."
