"""The whole road on real git and the local forge: from the first proposal to the rollback."""

import pytest

from coronet.adapters.documents import FileDocuments
from coronet.commands.drafting import Request
from coronet.commands.gate.question import GateQuestion
from coronet.commands.gate.release import gate
from coronet.commands.gate.report import GateReport
from coronet.commands.log import show_log
from coronet.commands.promote import promote
from coronet.commands.rollback import rollback
from coronet.commands.status import status
from coronet.commands.verify import verify
from tests.stage.road import ask, promote_next
from tests.stage.stage import MODEL, Stage, asked_by, why


def pass_gate(stage: Stage) -> GateReport:
    return gate(
        GateQuestion(model=MODEL),
        repository=stage.repository(),
        registry=stage.registry,
        documents=FileDocuments(),
        clock=stage.clock,
    )


def test_first_champion_then_a_better_one_then_back(stage: Stage) -> None:
    first = promote_next(stage)
    second = promote_next(stage, against=first)
    assert pass_gate(stage).exit_code == 0, pass_gate(stage).to_text()
    request = Request(why=why("errors in production"), requester=asked_by("engineer"))
    report = rollback(stage.world("engineer"), MODEL, request)
    stage.approve(report.publication.pull_request)
    stage.merge(report.publication.pull_request)
    assert promote(stage.world()).exit_code == 0
    assert stage.champion == first.version
    gated = pass_gate(stage)
    assert gated.exit_code == 0, gated.to_text()
    repository = stage.repository()
    events = [str(entry.event) for entry in show_log(repository, "promotions-log", model=MODEL).entries]
    assert sorted(events) == ["held", "promoted", "promoted", "rolled_back"]
    verified = verify(repository, main="main", log_branch="promotions-log", progress=stage.note)
    assert verified.exit_code == 0, verified.to_text()
    assert status(stage.world()).verdict == "pass"
    assert second.version != first.version


def test_nothing_to_do_is_nothing_done(stage: Stage) -> None:
    promote_next(stage)
    head = stage.git("rev-parse", "promotions-log", folder=stage.origin)
    again = promote(stage.world())
    assert again.exit_code == 0
    assert "Nothing to do" in again.to_text()
    assert stage.git("rev-parse", "promotions-log", folder=stage.origin) == head


@pytest.mark.parametrize("method", ["merge", "squash", "rebase"])
def test_every_way_of_merging_is_proven(stage: Stage, method: str) -> None:
    version = stage.train()
    stage.evaluate(version)
    report = ask(stage)
    assert report.publication is not None
    stage.approve(report.publication.pull_request)
    stage.merge(report.publication.pull_request, method=method)
    promoted = promote(stage.world())
    assert promoted.exit_code == 0, promoted.to_text()
    assert stage.champion == version.version
