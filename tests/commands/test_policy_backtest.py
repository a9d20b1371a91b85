"""`policy backtest`: every past proposal under another policy."""

from datetime import datetime

import pytest

from coronet.adapters.documents import FileDocuments
from coronet.commands.policy.backtest import BacktestReport, backtest
from coronet.commands.promote import promote
from coronet.core.changelog.entry import Event
from coronet.core.fates import Fate
from coronet.errors import InvalidInput
from tests.fakes.memory_files import MemoryFiles
from tests.stage.quick import QuickStage
from tests.stage.reports import told
from tests.stage.stage import FILES, MODEL
from tests.stage.states import champion, merged, opened, rolled_back, two_champions, unapproved_merge


def replayed(
    quick: QuickStage, *, since: datetime | None = None, main: str = "main", closed: bool = False, **policies: str
) -> BacktestReport:
    texts = {**FILES, **{f"policy/{name}.yaml": text for name, text in policies.items()}}
    report = backtest(
        quick.repository(),
        MemoryFiles({path: text.encode() for path, text in texts.items()}),
        FileDocuments(),
        main=main,
        log_branch="promotions-log",
        models=(),
        since=since,
        progress=quick.note,
        forge=quick.forge("reader") if closed else None,
    )
    return told(report)


STRICTER = "schema: coronet/policy/v1\ngates: {good_enough: {value: 0.999}}\n"
WITHOUT = "schema: coronet/policy/v1\ngates: {good_enough: {mode: 'off'}}\n"


def test_the_same_policy_flips_nothing(quick: QuickStage) -> None:
    two_champions(quick)
    report = replayed(quick)
    assert [one.flips for one in report.replayed] == [False, False]
    assert report.to_text().startswith("0 of 2 decisions would flip, 2 would not.")
    assert all(one.because == () for one in report.replayed)


def test_a_stricter_policy_flips_what_it_would_have_refused(quick: QuickStage) -> None:
    two_champions(quick)
    report = replayed(quick, churn=STRICTER)
    assert report.flips == 2
    assert report.replayed[0].because == ("good_enough: pass then, fail now",)
    assert "fail (flips)" in report.to_text()
    assert report.to_json()["replayed"][0]["then"] == "pass"


def test_a_gate_that_is_gone_is_said(quick: QuickStage) -> None:
    champion(quick)
    (one,) = replayed(quick, churn=WITHOUT).replayed
    assert "good_enough: pass then, off now" in one.because


def test_what_became_of_the_champions(quick: QuickStage) -> None:
    two_champions(quick)
    first, second = replayed(quick).replayed
    assert "replaced after" in str(first.fate)
    assert str(second.fate) == "promoted, champion still"


def test_a_champion_that_was_rolled_back(quick: QuickStage) -> None:
    rolled_back(quick)
    first, second, back = replayed(quick).replayed
    assert "replaced after" in str(first.fate)
    assert "rolled back after" in str(second.fate)
    assert str(back.fate) == "rolled back, champion still"


def test_what_was_never_applied(quick: QuickStage) -> None:
    merged(quick, against=champion(quick))
    assert replayed(quick).replayed[1].fate == Fate()


def test_what_was_refused_for_good(quick: QuickStage) -> None:
    unapproved_merge(quick, against=champion(quick))
    promote(quick.world())
    assert replayed(quick).replayed[1].fate == Fate(ended=Event.REFUSED)


def test_since_leaves_out_what_is_older(quick: QuickStage) -> None:
    two_champions(quick)
    second = replayed(quick).replayed[1]
    assert [one.proposal for one in replayed(quick, since=second.merged_at).replayed] == [second.proposal]


def test_a_proposal_that_cannot_be_read_is_said_and_not_judged(quick: QuickStage) -> None:
    quick.push({f"promotions/{MODEL}/broken.yaml": "no: proposal\n"}, message="by hand")
    (one,) = replayed(quick).replayed
    assert one.problem
    assert (one.then, one.now, one.flips) == (None, None, False)
    assert one.problem in replayed(quick).to_text()


def test_nothing_to_replay(quick: QuickStage) -> None:
    assert replayed(quick).to_text() == "There is no past proposal to judge again."
    assert replayed(quick).to_markdown() == "**There is no past proposal to judge again.**"
    with pytest.raises(InvalidInput, match="no branch elsewhere"):
        replayed(quick, main="elsewhere")


WITHOUT_ANY = "schema: coronet/policy/v1\ngates: {good_enough: {value: 0.1}, better: {mode: 'off'}}\n"


def test_what_the_flips_would_have_spared_is_counted(quick: QuickStage) -> None:
    rolled_back(quick)
    text = replayed(quick, churn=STRICTER).to_text()
    assert "3 that passed would be refused, of which 1 had to be rolled back." in text


def test_a_proposal_that_would_now_pass(quick: QuickStage) -> None:
    """Merged under `ask`, by reviewers who knew, or under rules that were too strict."""
    asked = opened(quick)
    quick.push({"policy/churn.yaml": STRICTER}, message="ask for too much")
    quick.merge(asked.pull_request, admin=True)
    report = replayed(quick, churn=WITHOUT_ANY)
    (one,) = report.replayed
    assert one.would_pass
    assert report.to_json()["would_pass"] == 1
    assert "1 that did not pass would pass." in report.to_text()


def test_decisions_that_flip_come_first(quick: QuickStage) -> None:
    two_champions(quick)
    report = replayed(quick, churn="schema: coronet/policy/v1\ngates: {better: {margin: 0.5}}\n")
    stays, flips = report.replayed
    assert (stays.flips, flips.flips) == (False, True)
    text = report.to_text()
    assert 0 < text.index(flips.proposal) < text.index(stays.proposal)


def test_many_decisions_that_stay_are_folded_on_a_page(quick: QuickStage) -> None:
    champion(quick)
    report = replayed(quick)
    many = BacktestReport(replayed=report.replayed * 30, since=None)
    assert "<summary>30 decisions that stay</summary>" in told(many).to_markdown()
    assert "<summary>" not in report.to_markdown()


# --- never merged ---------------------------------------------------------------------------------


def rejected(quick: QuickStage) -> str:
    """A pull request that its reviewer closed, which the log knows."""
    asked = opened(quick, against=champion(quick))
    quick.forge("model-owner").close(asked.pull_request.number, reason="too slow")
    promote(quick.world())
    return asked.draft.proposal.id


def test_what_was_closed_is_judged_where_the_forge_is_asked(quick: QuickStage) -> None:
    proposal = rejected(quick)
    assert [one.proposal for one in replayed(quick).replayed if one.proposal == proposal] == []
    (one,) = [one for one in replayed(quick, closed=True, churn=STRICTER).replayed if one.proposal == proposal]
    assert one.merged_at is None
    assert one.fate == Fate(ended=Event.REJECTED)
    assert one.flips
    assert "never" in replayed(quick, closed=True).to_text()


def test_since_and_models_hold_for_what_was_closed(quick: QuickStage) -> None:
    proposal = rejected(quick)
    quick.clock.pass_by(hours=1)
    assert proposal not in {one.proposal for one in replayed(quick, closed=True, since=quick.clock.now()).replayed}


def test_a_pull_request_that_is_gone_is_said(quick: QuickStage) -> None:
    proposal = rejected(quick)
    forge = NoPullRequests(quick.forge("reader"))
    report = backtest(
        quick.repository(),
        MemoryFiles({path: text.encode() for path, text in FILES.items()}),
        FileDocuments(),
        main="main",
        log_branch="promotions-log",
        models=(MODEL,),
        since=None,
        progress=quick.note,
        forge=forge,  # type: ignore[arg-type]
    )
    (one,) = [one for one in told(report).replayed if one.proposal == proposal]
    assert "no proposal at" in one.problem
    assert not one.flips


class NoPullRequests:
    """A forge that has forgotten."""

    def __init__(self, forge: object) -> None:
        self.forge = forge

    def pull_request(self, number: int) -> None:
        return None
