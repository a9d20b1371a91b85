"""`hold`: the brake, which must work when little else does."""

import pytest

from coronet.commands.hold import TRIES, HoldReport, hold
from coronet.commands.promote import promote
from coronet.commands.rollback import rollback
from coronet.core.changelog.entry import Event
from coronet.core.version_tags import Tag
from coronet.errors import Conflict, CoronetError, InvalidInput, Refused, Unavailable
from tests.stage.looking import entries, events, last_entry, written
from tests.stage.quick import QuickStage
from tests.stage.reports import told
from tests.stage.stage import MODEL
from tests.stage.states import champion, diverged, forged, request, rolled_back, two_champions

RELEASED = "churn is released: audit. What waited for it goes on with the next `coronet promote`."


def brake(
    quick: QuickStage, *, version: str | None = None, release: bool = False, dry_run: bool = False, model: str = MODEL
) -> HoldReport:
    world = quick.world("model-owner")
    return told(hold(world, model, version=version, release=release, reason="audit", dry_run=dry_run))


def test_who_held_what_and_why(quick: QuickStage) -> None:
    report = brake(quick)
    assert report.to_text() == "churn is held: audit. `coronet hold churn --release --reason …` ends it."
    entry = last_entry(quick)
    assert (entry.event, entry.actor, entry.why, entry.target) == (Event.HELD, "model-owner", "audit", None)
    assert brake(quick, release=True).to_text() == RELEASED
    assert events(quick) == [Event.HELD, Event.RELEASED]


def test_a_version_is_held_by_its_digest(quick: QuickStage) -> None:
    version = quick.train()
    report = brake(quick, version="1")
    assert report.to_json() == {
        "schema": "coronet/hold/v1",
        "model": "churn",
        "version": "1",
        "event": "held",
        "dry_run": False,
        "said": "churn version 1 is held: audit",
    }
    target = last_entry(quick).target
    assert target is not None
    assert target.digest == version.tags[Tag.DIGEST]


def test_a_log_forged_with_its_index_is_not_written_on(quick: QuickStage) -> None:
    champion(quick)
    forged(quick, "more trees", "no trees")
    before = written(quick)
    with pytest.raises(InvalidInput, match="the change log of churn is broken"):
        brake(quick)
    assert written(quick) == before


@pytest.mark.parametrize("version", [None, "1"])
def test_twice_is_once(quick: QuickStage, version: str | None) -> None:
    quick.train()
    for release, said in ((False, "held already"), (True, "not held")):
        brake(quick, version=version, release=release)
        before = written(quick)
        report = brake(quick, version=version, release=release)
        assert (report.entry, said in report.to_text()) == (None, True)
        assert written(quick) == before


def test_the_model_and_its_versions_are_held_apart(quick: QuickStage) -> None:
    quick.train()
    brake(quick)
    assert "not held" in brake(quick, version="1", release=True).to_text()
    brake(quick, version="1")
    assert brake(quick, release=True).to_text() == RELEASED
    assert "held already" in brake(quick, version="1").to_text()


def test_a_version_that_was_rolled_back_is_released(quick: QuickStage) -> None:
    _, second = rolled_back(quick)
    quick.registry.delete_version(MODEL, second.version)
    assert brake(quick, version=second.version, release=True).entry is not None


def test_it_works_without_registry_policy_and_alignment(quick: QuickStage) -> None:
    diverged(quick)
    quick.push({"policy/default.yaml": "gates: [\n"}, message="break it")
    for method in ("model", "models", "version", "versions", "artifact_digest"):
        quick.registry.fail(method, Unavailable("the registry does not answer"), times=None)
    assert brake(quick).entry is not None
    assert brake(quick, version="1").entry is not None
    assert brake(quick, version="2").entry is not None


def test_a_version_that_nobody_knows(quick: QuickStage) -> None:
    champion(quick)
    with pytest.raises(InvalidInput, match="no version '9'"):
        brake(quick, version="9")
    with pytest.raises(InvalidInput, match="no version '0x1'"):
        brake(quick, version="0x1")


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_no_hold_without_a_reason(quick: QuickStage, reason: str) -> None:
    with pytest.raises(InvalidInput, match="needs a reason"):
        hold(quick.world("model-owner"), MODEL, version=None, release=False, reason=reason)


@pytest.mark.parametrize("model", ["nowhere", "../churn", ""])
def test_a_model_that_nobody_governs(quick: QuickStage, model: str) -> None:
    with pytest.raises(InvalidInput):
        brake(quick, model=model)


def test_a_dry_run_writes_nothing_and_does_not_say_that_it_did(quick: QuickStage) -> None:
    before = written(quick)
    report = brake(quick, dry_run=True)
    assert report.to_text() == "churn would be held: audit. `coronet hold churn --release --reason …` ends it."
    assert written(quick) == before


@pytest.mark.parametrize("times", [1, TRIES - 1])
def test_the_log_branch_moves_meanwhile(quick: QuickStage, times: int) -> None:
    champion(quick)
    quick.remote.before_push = [lambda: _something(quick)] * times
    assert brake(quick).entry is not None
    assert last_entry(quick).event is Event.HELD


def test_somebody_else_holds_it_meanwhile(quick: QuickStage) -> None:

    def meanwhile() -> None:
        brake(quick)

    quick.remote.before_push = [meanwhile]
    assert "held already" in brake(quick).to_text()
    assert events(quick) == [Event.HELD]


def test_the_log_branch_moves_for_ever(quick: QuickStage) -> None:
    champion(quick)
    quick.remote.before_push = [lambda: _something(quick)] * TRIES
    with pytest.raises(Conflict, match="moved 8 times"):
        brake(quick)


def _something(quick: QuickStage) -> None:
    quick.push({"notes/x.md": str(len(quick.remote.commits))}, message="x", branch="promotions-log")


def test_a_broken_log_is_not_written_to(quick: QuickStage) -> None:
    champion(quick)
    log = quick.show("promotions-log:changelog/churn.jsonl")
    quick.push({"changelog/churn.jsonl": log.replace("more trees", "x")}, message="x", branch="promotions-log")
    before = written(quick)
    with pytest.raises(InvalidInput, match="is broken"):
        brake(quick)
    assert written(quick) == before


def test_the_reason_is_anybodys_text_and_the_log_keeps_it(quick: QuickStage) -> None:
    reason = "line\nbreak | <b>@everyone</b> \x1b[31m ::error::x"
    report = hold(quick.world("model-owner"), MODEL, version=None, release=False, reason=reason)
    assert last_entry(quick).why == reason
    assert "\n" not in report.to_text()
    assert "\x1b" not in report.to_text()
    page = quick.show("promotions-log:CHANGELOG.md")
    assert "\x1b" not in page
    assert len([line for line in page.splitlines() if "everyone" in line]) == 1


def test_a_champion_under_hold_can_still_be_rolled_back_from(quick: QuickStage) -> None:
    first, second = two_champions(quick)
    brake(quick)
    brake(quick, version=second.version)
    report = rollback(quick.world("engineer"), MODEL, request(summary="errors"))
    quick.approve(report.publication.pull_request)
    quick.merge(report.publication.pull_request)
    assert promote(quick.world()).exit_code == 0
    assert quick.champion == first.version
    assert [entry.event for entry in entries(quick)][-2:] == [Event.ROLLED_BACK, Event.HELD]


def test_the_remote_refuses(quick: QuickStage) -> None:
    quick.remote.refuses["refs/heads/promotions-log"] = "protected"
    with pytest.raises(CoronetError) as caught:
        brake(quick)
    assert caught.type is Refused
