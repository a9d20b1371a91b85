"""`policy backtest`: every past proposal under another policy."""

from datetime import datetime

import pytest

from coronet.adapters.documents import FileDocuments
from coronet.commands.policy.backtest import BacktestReport, backtest
from coronet.commands.promote import promote
from coronet.errors import InvalidInput
from tests.fakes.memory_files import MemoryFiles
from tests.stage.quick import QuickStage
from tests.stage.reports import told
from tests.stage.stage import FILES, MODEL
from tests.stage.states import champion, merged, rolled_back, two_champions, unapproved_merge


def replayed(
    quick: QuickStage, *, since: datetime | None = None, main: str = "main", **policies: str
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
    assert "replaced after" in first.became
    assert second.became == "promoted, champion still"


def test_a_champion_that_was_rolled_back(quick: QuickStage) -> None:
    rolled_back(quick)
    first, second, back = replayed(quick).replayed
    assert "replaced after" in first.became
    assert "rolled back after" in second.became
    assert back.became == "rolled back, champion still"


def test_what_was_never_applied(quick: QuickStage) -> None:
    merged(quick, against=champion(quick))
    assert replayed(quick).replayed[1].became == "not applied yet"


def test_what_was_refused_for_good(quick: QuickStage) -> None:
    unapproved_merge(quick, against=champion(quick))
    promote(quick.world())
    assert replayed(quick).replayed[1].became == "refused"


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
