"""`log`: what happened, newest first; who was champion at a moment of the past."""

from datetime import timedelta

import pytest

from coronet.commands.log import LogReport, show_log
from coronet.commands.promote import promote
from coronet.core.changelog.entry import Event
from coronet.errors import InvalidInput
from tests.stage.clock import START
from tests.stage.looking import entries
from tests.stage.quick import QuickStage
from tests.stage.reports import told
from tests.stage.stage import FILES, MODEL
from tests.stage.states import champion, merged, opened, rolled_back, two_champions, unapproved_merge


def log(quick: QuickStage, model: str | None = MODEL, **options: object) -> LogReport:
    return told(show_log(quick.repository(), "promotions-log", model=model, **options))  # type: ignore[arg-type]


def test_newest_first_without_intents(quick: QuickStage) -> None:
    rolled_back(quick)
    assert [entry.event for entry in log(quick).entries] == [
        Event.HELD,
        Event.ROLLED_BACK,
        Event.PROMOTED,
        Event.PROMOTED,
    ]
    assert len(log(quick, intents=True).entries) == len(entries(quick))
    assert [entry.seq for entry in log(quick, intents=True).entries] == list(range(len(entries(quick)), 0, -1))


def test_only_the_newest(quick: QuickStage) -> None:
    rolled_back(quick)
    assert [entry.event for entry in log(quick, limit=1).entries] == [Event.HELD]


def test_every_way_a_proposal_can_end(quick: QuickStage) -> None:
    first = champion(quick)
    unapproved_merge(quick, against=first)
    asked = opened(quick, against=first)
    quick.forge("model-owner").close(asked.pull_request.number, reason="no")
    merged(quick, against=first)
    merged(quick, against=first)
    promote(quick.world())
    assert {str(entry.event) for entry in log(quick).entries} == {"promoted", "refused", "rejected", "conflict"}
    text = log(quick).to_text()
    assert text.splitlines()[0] == "The record of churn is intact: 5 entries, newest first."
    assert "Approved by" in text.splitlines()[2]
    assert "model-owner" in text


def test_who_was_champion_then(quick: QuickStage) -> None:
    first, second = two_champions(quick)
    promoted = [entry.at for entry in entries(quick) if entry.event is Event.PROMOTED]
    for moment, version in (
        (promoted[0], first.version),
        (promoted[1] - timedelta(seconds=1), first.version),
        (promoted[1], second.version),
        (promoted[1] + timedelta(days=3650), second.version),
    ):
        (entry,) = log(quick, at=moment).entries
        assert entry.target is not None
        assert entry.target.version == version
        assert [approval.login for approval in entry.approvals] == ["model-owner"]
    report = log(quick, at=START - timedelta(days=1))
    assert (report.entries, report.to_text()) == (
        (),
        "The record of churn is intact: no champion at 2026-11-19T12:00:00Z.",
    )


def test_who_was_champion_after_a_rollback(quick: QuickStage) -> None:
    first, _ = rolled_back(quick)
    (entry,) = log(quick, at=quick.clock.now()).entries
    assert entry.event is Event.ROLLED_BACK
    assert entry.target is not None
    assert entry.target.version == first.version


def test_all_models_at_once(quick: QuickStage) -> None:
    quick.push({"models/iris/model.yaml": FILES["models/churn/model.yaml"]}, message="govern iris")
    champion(quick)
    quick.push({"promotions/iris/x.yaml": "{"}, message="rubbish")
    promote(quick.world())
    report = log(quick, None)
    assert {entry.model for entry in report.entries} == {"churn", "iris"}
    assert [entry.model for entry in log(quick, None, at=quick.clock.now()).entries] == ["churn"]
    assert report.to_json()["model"] is None


def test_nothing_was_logged(quick: QuickStage) -> None:
    assert log(quick, None).to_text() == "Nothing was logged yet."
    with pytest.raises(InvalidInput, match="no change log of 'churn'") as caught:
        log(quick)
    assert caught.value.hint == "models with a log: none yet"


@pytest.mark.parametrize("model", ["iris", "../churn", ""])
def test_a_model_without_a_log(quick: QuickStage, model: str) -> None:
    champion(quick)
    with pytest.raises(InvalidInput, match="no change log of") as caught:
        log(quick, model)
    assert caught.value.hint == "models with a log: churn"


def test_a_broken_chain_is_not_shown_as_if_it_held(quick: QuickStage) -> None:
    champion(quick)
    text = quick.show("promotions-log:changelog/churn.jsonl")
    quick.push({"changelog/churn.jsonl": text.replace("more", "less")}, message="x", branch="promotions-log")
    with pytest.raises(InvalidInput, match="is broken") as caught:
        log(quick)
    assert [str(finding.location) for finding in caught.value.findings][:1] == ["changelog/churn.jsonl:1"]
    quick.push({"changelog/churn.index.json": None}, message="x", branch="promotions-log")
    with pytest.raises(InvalidInput, match="is broken"):
        log(quick, None)


def test_reasons_of_people_stay_in_their_cell(quick: QuickStage) -> None:
    asked = opened(quick)
    reason = "no | <b>@everyone</b>\nreally \x1b[31m ::error::"
    quick.forge("model-owner").close(asked.pull_request.number, reason=reason)
    promote(quick.world())
    report = log(quick)
    assert len(report.to_text().splitlines()) == 4
    assert "\x1b" not in report.to_text() + report.to_markdown()
    assert len(report.to_markdown().splitlines()) == 5
    assert "<b>" not in report.to_markdown().replace("\\<b", "")
    assert report.to_json()["entries"][0]["why"] == reason
