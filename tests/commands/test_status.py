"""`status`: what is, and the one thing to do next."""

from dataclasses import replace

import pytest

from coronet.commands.hold import hold
from coronet.commands.model_status import ModelStatus
from coronet.commands.promote import promote
from coronet.commands.status import StatusReport, status
from coronet.core.decision import Result, Verdict
from coronet.errors import InvalidInput, Unavailable
from tests.stage.looking import broken, entries, results, written
from tests.stage.quick import QuickStage
from tests.stage.reports import told
from tests.stage.stage import FILES, MODEL
from tests.stage.states import champion, diverged, legacy_champion, merged, opened, rolled_back, two_champions

MODEL_FILE = FILES["models/churn/model.yaml"]


def look(quick: QuickStage, *, model: str | None = None, versions: bool = False) -> StatusReport:
    before = written(quick)
    report = status(quick.world("reader"), model=model, versions=versions)
    assert written(quick) == before
    return told(report)


def one(quick: QuickStage) -> ModelStatus:
    """The same from both ways of asking."""
    (found,) = look(quick, model=MODEL).models
    (among_all,) = look(quick).models
    assert found == among_all
    return found


def test_nothing_yet(quick: QuickStage) -> None:
    found = one(quick)
    assert (found.verdict, found.next_step) == (Verdict.PASS, "coronet propose churn")
    assert found.to_json()["champion"] is None


def test_a_pull_request_waits(quick: QuickStage) -> None:
    opened(quick)
    assert one(quick).next_step == "review pull request 1 (model-owner, second-owner): coronet pr view 1"


def test_merged_and_not_applied(quick: QuickStage) -> None:
    asked = merged(quick)
    found = one(quick)
    assert (found.next_step, found.merged, found.verdict) == ("coronet promote", (asked.id,), Verdict.INCONCLUSIVE)
    promote(quick.world())
    assert one(quick).merged == ()


def test_a_champion(quick: QuickStage) -> None:
    champion(quick)
    found = one(quick)
    assert (found.verdict, found.next_step) == (Verdict.PASS, "coronet gate churn")
    value = found.to_json()
    assert (value["champion"], value["proposal"]) == ("1", entries(quick)[-1].proposal)
    assert value["since"] == "2026-11-20T12:03:00Z"
    assert value["latest"] == {"proposal": entries(quick)[-1].proposal, "event": "promoted"}


def test_a_champion_and_its_next(quick: QuickStage) -> None:
    first = champion(quick)
    opened(quick, against=first)
    assert one(quick).next_step == "review pull request 2 (model-owner, second-owner): coronet pr view 2"


def test_expired(quick: QuickStage) -> None:
    champion(quick)
    quick.clock.pass_by(days=90)
    found = one(quick)
    assert (broken(found.checks), found.next_step) == (["valid"], "coronet renew churn")


def test_the_alias_was_moved(quick: QuickStage) -> None:
    _, second = diverged(quick)
    found = one(quick)
    assert broken(found.checks) == ["aligned"]
    assert found.next_step == "coronet promote --heal (puts back what was moved behind git's back)"
    merged_ = merged_over(quick, second.version)
    assert one(quick).next_step == "coronet promote --heal"
    assert one(quick).merged == (merged_,)


def merged_over(quick: QuickStage, version: str) -> str:
    """Merge a proposal while the alias is elsewhere."""
    quick.registry.change_alias(MODEL, "champion", version)
    asked = merged(quick, against=quick.registry.version(MODEL, version))
    quick.registry.change_alias(MODEL, "champion", "1")
    return asked.id


def test_the_champion_is_gone(quick: QuickStage) -> None:
    champion(quick)
    quick.registry.delete_model(MODEL)
    found = one(quick)
    assert broken(found.checks) == ["aligned"]
    assert "the registry says version none, the log version 1" in look(quick).to_text()


def test_a_champion_made_by_hand(quick: QuickStage) -> None:
    legacy_champion(quick)
    assert one(quick).next_step == "coronet propose churn --candidate 1 (adopts the champion that is there)"


def test_holds_are_told(quick: QuickStage) -> None:
    rolled_back(quick)
    hold(quick.world("model-owner"), MODEL, version=None, release=False, reason="audit")
    found = one(quick)
    assert results(found.checks)["holds"] is Result.WARN
    text = look(quick).to_text()
    assert "the whole model: audit" in text
    assert "version 2: rolled back by" in text
    assert found.verdict is Verdict.PASS


def test_versions_with_their_aliases_and_tags(quick: QuickStage) -> None:
    two_champions(quick)
    quick.registry.add_version(MODEL, run_id="")
    text = look(quick, versions=True).to_text()
    lines = [line.split() for line in text.splitlines() if "—" in line or "champion" in line][-3:]
    assert [line[0] for line in lines] == ["3", "2", "1"]
    assert "champion" in lines[1]
    (found,) = look(quick, versions=True).to_json()["models"]
    assert [version["lifecycle"] for version in found["versions"]] == [None, "production", "archived"]
    assert look(quick, versions=True).to_markdown().count("| --- |") >= 1
    assert look(quick).to_json()["models"][0]["versions"] == []


def test_one_broken_model_does_not_hide_the_others(quick: QuickStage) -> None:
    champion(quick)
    quick.push({"models/iris/model.yaml": "{", "models/mood/model.yaml": "x: 1\n"}, message="break two")
    report = look(quick)
    assert [(model.model, str(model.verdict)) for model in report.models] == [
        ("churn", "pass"),
        ("iris", "fail"),
        ("mood", "fail"),
    ]
    assert report.verdict is Verdict.FAIL
    assert "models/iris/model.yaml" in report.to_text()
    assert report.models[1].next_step == "coronet status iris (says where)"
    with pytest.raises(InvalidInput):
        look(quick, model="iris")


def test_one_broken_log_does_not_hide_the_others(quick: QuickStage) -> None:
    champion(quick)
    quick.push({"models/iris/model.yaml": MODEL_FILE}, message="govern iris")
    quick.push({"changelog/iris.jsonl": "{}\n"}, message="rubbish", branch="promotions-log")
    report = look(quick)
    assert [str(model.verdict) for model in report.models] == ["pass", "fail"]
    assert "changelog/iris.jsonl:1" in report.to_text()
    with pytest.raises(InvalidInput, match="the change log of iris is broken"):
        look(quick, model="iris")


def test_no_model_at_all(quick: QuickStage) -> None:
    quick.push({"models/churn/model.yaml": None}, message="govern nothing")
    report = look(quick)
    assert (report.models, report.verdict) == ((), Verdict.PASS)
    assert report.to_json()["checks"] == []
    assert "model" in report.to_text()


@pytest.mark.parametrize("model", ["nowhere", "../churn", ""])
def test_a_model_that_nobody_governs(quick: QuickStage, model: str) -> None:
    with pytest.raises(InvalidInput):
        look(quick, model=model)


def test_a_remote_without_the_branch(quick: QuickStage) -> None:
    with pytest.raises(InvalidInput, match="no branch trunk"):
        status(replace(quick.world(), main="trunk"))


def test_a_registry_that_does_not_answer(quick: QuickStage) -> None:
    quick.registry.fail("models", Unavailable("the registry does not answer"))
    with pytest.raises(Unavailable):
        look(quick)


def test_the_json_names_each_check_by_its_model(quick: QuickStage) -> None:
    champion(quick)
    assert [check["name"] for check in look(quick).to_json()["checks"]] == [
        "churn.aligned",
        "churn.valid",
        "churn.settled",
        "churn.holds",
    ]
