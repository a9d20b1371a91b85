"""What command lines write, and that `--dry-run` writes nothing at all."""

import pytest

from tests.cli import cases
from tests.cli.cases import Shelf, State
from tests.cli.typing_in import CliStage, type_in


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    return Shelf(tmp_path_factory.mktemp("worlds"))


def written(stage: CliStage) -> tuple[str, list[str]]:
    """Every ref of the remote, and every write to the registry."""
    return stage.git("show-ref", folder=stage.origin), [str(call) for call in stage.registry.writes]


@pytest.mark.parametrize(
    ("state", "typed", "code"),
    [
        (cases.candidates, "propose churn", 0),
        (cases.losers, "propose churn", 4),
        (cases.opened, "check 2 --comment", 0),
        (cases.merged, "promote", 0),
        (cases.unapproved, "promote", 4),
        (cases.two_merged, "promote", 5),
        (cases.turned_down, "promote", 0),
        (cases.diverged, "promote --heal", 0),
        (cases.diverged, "promote", 5),
        (cases.two_champions, "rollback churn", 0),
        (cases.fresh_evidence, "renew churn --evidence fresh.json", 0),
        (cases.champion, "hold churn --reason audit", 0),
    ],
)
def test_a_dry_run_writes_nothing_and_the_same_without_it_does(
    shelf: Shelf, state: State, typed: str, code: int
) -> None:
    stage = shelf.fresh(state)
    before = written(stage)
    tried = type_in(stage, *typed.split(), "--dry-run")
    assert (tried.code, written(stage)) == (code, before)
    done = type_in(stage, *typed.split())
    assert done.code == code
    assert written(stage) != before


@pytest.mark.parametrize(
    "typed", ["gate churn", "status --versions", "log churn", "verify", "check 2", "policy show churn"]
)
def test_looking_writes_nothing(shelf: Shelf, typed: str) -> None:
    stage = shelf.fresh(cases.opened)
    before = written(stage)
    assert type_in(stage, *typed.split()).code == 0
    assert written(stage) == before


def test_a_comment_is_kept_up_to_date_and_the_status_said(shelf: Shelf) -> None:
    stage = shelf.fresh(cases.opened)
    for _ in range(2):
        assert type_in(stage, "check", "2", "--comment", actor="ci[bot]").code == 0
    forge = stage.forge("reader")
    (comment,) = forge.comments(2)
    assert (comment.login, comment.marker) == ("ci[bot]", "check")
    assert comment.body == type_in(stage, "check", "2", "--format", "markdown").out.rstrip("\n")


def test_verbs_hand_over_to_each_other(shelf: Shelf) -> None:
    """The whole road by typing alone."""
    stage = shelf.fresh(cases.candidates)
    assert type_in(stage, "propose", "churn").code == 0
    assert type_in(stage, "pr", "approve", "2", actor="model-owner").code == 0
    assert type_in(stage, "pr", "merge", "2", actor="model-owner").code == 0
    assert type_in(stage, "promote", actor="promoter").code == 0
    assert stage.champion == "2"
    assert type_in(stage, "gate", "churn").code == 0
    assert type_in(stage, "rollback", "churn", "--summary", "errors").code == 0
    assert type_in(stage, "pr", "approve", "3", actor="model-owner").code == 0
    assert type_in(stage, "pr", "merge", "3", actor="model-owner").code == 0
    assert type_in(stage, "promote", actor="promoter").code == 0
    assert stage.champion == "1"
    assert type_in(stage, "verify").code == 0
