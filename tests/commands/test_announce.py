"""What `promote` tells others: only after it was done, told again until it was heard, never in the way of it."""

from dataclasses import replace

import pytest

from coronet.commands.promote import promote
from coronet.commands.promote.report import PromoteReport
from coronet.core.changelog.entry import Event
from coronet.errors import Conflict, Refused, Unavailable
from coronet.ports.forge import PullRequest
from tests.commands.test_promote_survives import PowerCut, cut_before
from tests.fakes.memory_notifier import MemoryNotifier
from tests.stage.looking import events, find
from tests.stage.quick import QuickStage
from tests.stage.reports import told
from tests.stage.stage import MODEL
from tests.stage.states import champion, champion_moved, diverged, merged, rolled_back, unapproved_merge


@pytest.fixture
def notifier() -> MemoryNotifier:
    return MemoryNotifier()


def run(quick: QuickStage, notifier: MemoryNotifier, *, heal: bool = False, dry_run: bool = False) -> PromoteReport:
    return told(promote(replace(quick.world(), notifier=notifier), heal=heal, dry_run=dry_run))


def outcome_of(quick: QuickStage, pull_request: PullRequest) -> str:
    (comment,) = [c for c in quick.forge("anybody").comments(pull_request.number) if c.marker == "outcome"]
    return comment.body


def test_a_new_champion_is_told_once(quick: QuickStage, notifier: MemoryNotifier) -> None:
    asked = merged(quick)
    assert run(quick, notifier).exit_code == 0
    (change,) = notifier.changes
    assert (change.event, change.proposal, change.version) == ("promoted", asked.id, asked.version.version)
    assert (change.previous_version, change.alias) == (None, "champion")
    assert len(change.commit) == 40
    run(quick, notifier)
    assert len(notifier.changes) == 1


def test_a_rollback_is_told_with_what_it_replaced(quick: QuickStage, notifier: MemoryNotifier) -> None:
    first, second = rolled_back(quick)
    run(quick, notifier)
    (change,) = notifier.changes
    assert (change.event, change.version, change.previous_version) == ("rolled_back", first.version, second.version)


def test_with_nothing_to_do_the_issues_are_looked_at_and_nothing_else(
    quick: QuickStage, notifier: MemoryNotifier
) -> None:
    champion(quick)
    quick.clock.pass_by(days=1)
    assert run(quick, notifier).exit_code == 0
    assert notifier.calls == ["issues"]


def test_a_dry_run_tells_nobody(quick: QuickStage, notifier: MemoryNotifier) -> None:
    merged(quick)
    run(quick, notifier, dry_run=True)
    assert notifier.calls == []


# --- comments --------------------------------------------------------------------------------------


def test_the_pull_request_is_told_that_it_was_promoted(quick: QuickStage, notifier: MemoryNotifier) -> None:
    asked = merged(quick)
    run(quick, notifier)
    said = outcome_of(quick, asked.pull_request)
    assert said.startswith(f"**✅ Promoted: `{MODEL}@champion`, nothing → version {asked.version.version}")


def test_the_pull_request_is_told_why_it_was_refused(quick: QuickStage, notifier: MemoryNotifier) -> None:
    asked = unapproved_merge(quick)
    assert run(quick, notifier).exit_code == Refused.exit_code
    said = outcome_of(quick, asked.pull_request)
    assert said.startswith("**❌ Refused: nothing was moved")
    assert "approved" in said


def test_the_pull_request_is_told_of_a_conflict(quick: QuickStage, notifier: MemoryNotifier) -> None:
    asked = champion_moved(quick)
    assert run(quick, notifier).exit_code == Conflict.exit_code
    assert outcome_of(quick, asked.pull_request).startswith("**⚠️ Conflict: nothing was moved")


# --- issues ----------------------------------------------------------------------------------------


def test_a_diverged_model_has_one_issue_until_it_is_healed(quick: QuickStage, notifier: MemoryNotifier) -> None:
    diverged(quick)
    for _ in range(2):
        run(quick, notifier)
        assert list(notifier.open) == [f"diverged-{MODEL}"]
    assert "is version 1, the log says version 2" in notifier.bodies[f"diverged-{MODEL}"]
    run(quick, notifier, heal=True)
    assert notifier.open == {}
    assert notifier.closed == [(f"diverged-{MODEL}", "registry and log agree again")]


def test_it_is_rewritten_when_it_changes(quick: QuickStage, notifier: MemoryNotifier) -> None:
    diverged(quick)
    run(quick, notifier)
    quick.registry.change_alias(MODEL, "champion", None)
    run(quick, notifier)
    assert "is gone, the log says version 2" in notifier.bodies[f"diverged-{MODEL}"]


def test_it_closes_when_somebody_put_the_alias_back(quick: QuickStage, notifier: MemoryNotifier) -> None:
    _, second = diverged(quick)
    run(quick, notifier)
    quick.registry.change_alias(MODEL, "champion", second.version)
    run(quick, notifier)
    assert notifier.open == {}


def test_what_cannot_be_put_back_stays_open(quick: QuickStage, notifier: MemoryNotifier) -> None:
    _, second = diverged(quick)
    quick.registry.delete_version(MODEL, second.version)
    run(quick, notifier, heal=True)
    assert "It cannot be put back: version 2 is gone" in notifier.bodies[f"diverged-{MODEL}"]


def test_issues_of_others_are_left_alone(quick: QuickStage, notifier: MemoryNotifier) -> None:
    champion(quick)
    for key in ("workflow-train", f"drift-{MODEL}", "diverged-elsewhere", "diverged"):
        notifier.raise_issue(key, title="", body="")
    run(quick, notifier)
    assert notifier.closed == []


# --- when it fails ---------------------------------------------------------------------------------


def test_what_cannot_be_told_undoes_nothing_and_is_told_later(quick: QuickStage, notifier: MemoryNotifier) -> None:
    asked = merged(quick)
    notifier.fails = Unavailable("GitHub does not answer", hint="wait")
    report = run(quick, notifier)
    assert report.exit_code == Unavailable.exit_code
    assert events(quick, asked.id) == [Event.PROMOTED]
    assert quick.champion == asked.version.version
    assert "GitHub does not answer (wait)" in find(report.checks, "told").saw
    assert "1 applied" in report.to_text()
    notifier.fails = None
    assert run(quick, notifier).exit_code == 0
    assert [change.proposal for change in notifier.changes] == [asked.id]


def test_a_refusal_is_not_hidden_by_what_could_not_be_told(quick: QuickStage, notifier: MemoryNotifier) -> None:
    unapproved_merge(quick)
    notifier.fails = Unavailable("GitHub does not answer")
    assert run(quick, notifier).exit_code == Refused.exit_code


@pytest.mark.parametrize("step", range(9, 15))
def test_killed_while_it_tells(quick: QuickStage, notifier: MemoryNotifier, step: int) -> None:
    asked = merged(quick)
    try:
        promote(cut_before(step, replace(quick.world(), notifier=notifier)))
    except PowerCut:
        run(quick, notifier)
    assert [change.proposal for change in notifier.changes] == [asked.id]
    assert events(quick, asked.id) == [Event.PROMOTED]
