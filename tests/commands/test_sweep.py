"""`sweep`: what is over is closed, what was left behind is told so, and nothing else is touched."""

from collections.abc import Sequence

import pytest

from coronet.commands.promote import promote
from coronet.commands.sweep import sweep
from coronet.commands.sweep.report import SweepReport
from coronet.core.changelog.entry import Event
from coronet.errors import Conflict, InvalidInput, Unavailable
from coronet.ports.forge import PullRequest, PullRequestState
from tests.stage.looking import events, last_entry, written
from tests.stage.quick import QuickStage
from tests.stage.reports import told
from tests.stage.road import promote_next
from tests.stage.stage import FILES, MODEL
from tests.stage.states import Asked, champion, forged, opened

POLICY = FILES["policy/default.yaml"]
NOTHING = "Nothing to sweep: every open proposal may still be applied."


def run(
    quick: QuickStage, *, close_stale: bool = False, dry_run: bool = False, models: Sequence[str] = ()
) -> SweepReport:
    report = sweep(quick.world("sweeper"), models=models, close_stale=close_stale, dry_run=dry_run)
    return told(report)


def pull(quick: QuickStage, asked: Asked) -> PullRequest:
    found = quick.forge("x").pull_request(asked.pull_request.number)
    assert found is not None
    return found


def comments(quick: QuickStage, asked: Asked) -> list[str]:
    return [comment.body for comment in quick.forge("x").comments(asked.pull_request.number)]


def policy_moved(quick: QuickStage) -> Asked:
    asked = opened(quick)
    quick.push({"policy/default.yaml": POLICY.replace("0.7", "0.75")}, message="ask for more")
    return asked


def champion_moved_on(quick: QuickStage) -> Asked:
    """Opened first, and another was promoted before it."""
    first = champion(quick)
    other = opened(quick, against=first)
    asked = opened(quick, against=first)
    branch = other.pull_request.branch
    assert pull(quick, other).state is PullRequestState.CLOSED  # superseded
    forge = quick.forge("engineer")
    again = forge.open_pull_request(branch=branch, title="first", body="", labels=(), reviewers=())
    quick.approve(again)
    quick.merge(again)
    assert promote(quick.world()).exit_code == 0
    return asked


def evidence_aged(quick: QuickStage) -> Asked:
    quick.push({"policy/default.yaml": POLICY + "evidence: {maximum_age: 2d}\n"}, message="fresh evidence")
    asked = opened(quick)
    quick.clock.pass_by(days=3)
    return asked


def test_where_all_may_still_be_applied_nothing_is_done(quick: QuickStage) -> None:
    opened(quick)
    before = written(quick)
    report = run(quick, close_stale=True)
    assert (report.to_text(), report.exit_code) == (NOTHING, 0)
    assert written(quick) == before


def test_what_expired_is_closed_and_logged_as_promote_does(quick: QuickStage) -> None:
    asked = opened(quick)
    quick.clock.pass_by(days=14)
    report = run(quick)
    reason = "expired: it was to be merged and applied before 2026-12-04T12:00:00Z"
    assert report.to_text().splitlines() == ["1 closed.", f"· pull request 1 of churn: {reason}"]
    assert (pull(quick, asked).state, pull(quick, asked).close_reason) == (PullRequestState.CLOSED, reason)
    assert (last_entry(quick).event, last_entry(quick).actor) == (Event.EXPIRED, "sweeper")
    assert run(quick).to_text() == NOTHING
    assert "Nothing to do" in promote(quick.world()).to_text()


@pytest.mark.parametrize(
    ("state", "check"), [(policy_moved, "policy"), (champion_moved_on, "champion"), (evidence_aged, "fresh")]
)
def test_what_was_left_behind_is_told_so_once(quick: QuickStage, state: object, check: str) -> None:
    asked: Asked = state(quick)  # type: ignore[operator]
    report = run(quick)
    assert report.to_text().splitlines()[0] == "1 left behind, and told so."
    (stale,) = report.stale
    assert [found.name for found in stale.checks] == [check]
    (said,) = comments(quick, asked)
    assert "was left behind" in said
    assert f"| {check} |" in said
    assert pull(quick, asked).state is PullRequestState.OPEN
    before = written(quick)
    run(quick)
    assert written(quick) == before


def test_what_was_left_behind_is_closed_where_that_is_asked_for(quick: QuickStage) -> None:
    asked = policy_moved(quick)
    report = run(quick, close_stale=True)
    assert report.to_text().startswith("1 closed.")
    assert comments(quick, asked) == []
    assert pull(quick, asked).close_reason == "stale: it could never be applied (policy)"
    assert events(quick, asked.id) == [Event.EXPIRED]
    assert last_entry(quick).why == "stale: it could never be applied (policy)"
    assert run(quick).to_text() == NOTHING
    assert "Nothing to do" in promote(quick.world()).to_text()


def test_what_cannot_be_merged_for_other_reasons_is_left_alone(quick: QuickStage) -> None:
    """Its author or its owners can still mend that."""
    asked = opened(quick)
    document = quick.show(f"{asked.pull_request.branch}:{asked.proposal.path}")
    quick.push({asked.proposal.path: document + "what: now\n"}, message="edit", branch=asked.pull_request.branch)
    assert run(quick, close_stale=True).to_text() == NOTHING


def test_a_dry_run_says_the_same_and_writes_nothing(quick: QuickStage) -> None:
    policy_moved(quick)
    before = written(quick)
    for close_stale in (False, True):
        report = run(quick, close_stale=close_stale, dry_run=True)
        assert report.to_text().startswith("Would be: 1 ")
        assert written(quick) == before


def test_only_the_named_models_are_swept(quick: QuickStage) -> None:
    opened(quick)
    quick.clock.pass_by(days=14)
    assert run(quick, models=["iris"]).to_text() == NOTHING
    assert run(quick, models=[MODEL]).to_text().startswith("1 closed.")


def test_other_pull_requests_are_none_of_its_business(quick: QuickStage) -> None:
    quick.push({"README.md": "hello\n"}, message="x", branch="promotions/x")
    assert run(quick).to_text() == NOTHING


def test_a_log_forged_with_its_index_closes_nothing(quick: QuickStage) -> None:
    opened(quick, against=champion(quick))
    quick.clock.pass_by(days=14)
    forged(quick, "more trees", "no trees")
    before = written(quick)
    with pytest.raises(InvalidInput, match="the change log of churn is broken"):
        run(quick)
    assert written(quick) == before


def test_the_power_is_cut_between_the_log_and_the_closing(quick: QuickStage) -> None:
    asked = policy_moved(quick)
    quick.remote.answers_lost = 1
    with pytest.raises(Unavailable):
        run(quick, close_stale=True)
    run(quick, close_stale=True)
    assert pull(quick, asked).state is PullRequestState.CLOSED
    assert events(quick, asked.id) == [Event.EXPIRED]


def somebody_logs(quick: QuickStage) -> None:
    quick.push({"notes/other.md": str(len(quick.remote.commits))}, message="else", branch="promotions-log")


def test_the_log_branch_moves_while_it_is_written(quick: QuickStage) -> None:
    promote_next(quick)
    opened(quick, against=quick.registry.version(MODEL, "1"))
    quick.clock.pass_by(days=14)
    quick.remote.before_push = [lambda: somebody_logs(quick)] * 3
    assert run(quick).to_text().startswith("1 closed.")


def test_the_log_branch_moves_for_ever(quick: QuickStage) -> None:
    promote_next(quick)
    opened(quick, against=quick.registry.version(MODEL, "1"))
    quick.clock.pass_by(days=14)
    quick.remote.before_push = [lambda: somebody_logs(quick)] * 20
    with pytest.raises(Conflict, match="moved 8 times"):
        run(quick)
