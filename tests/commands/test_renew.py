"""`renew`: more time for the champion that is there, with fresh evidence."""

from dataclasses import replace

import pytest

from coronet.commands.promote import promote
from coronet.commands.renew import renew
from coronet.commands.rollback import RoadReport
from coronet.core.changelog.entry import Event
from coronet.core.evidence import Evidence, Subject
from coronet.core.proposal import Kind
from coronet.core.version_tags import Tag
from coronet.errors import Conflict, CoronetError, InvalidInput, Refused
from coronet.ports.registry import ModelVersion
from tests.stage.looking import entries, events, written
from tests.stage.quick import QuickStage
from tests.stage.reports import told
from tests.stage.stage import DATA, FILES, MODEL, evidence_of
from tests.stage.states import champion, diverged, merged, request, two_champions

POLICY = FILES["policy/default.yaml"]


def fresh(quick: QuickStage, version: ModelVersion, *, value: float = 0.9) -> Evidence:
    return evidence_of(version, None, value=value, gain=0.0, clock=quick.clock)


def more_time(quick: QuickStage, evidence: Evidence, *, dry_run: bool = False) -> RoadReport:
    return told(renew(quick.world("engineer"), MODEL, request(), evidence, dry_run=dry_run))


def refused(quick: QuickStage, evidence: Evidence, error: type[CoronetError]) -> str:
    before = written(quick)
    with pytest.raises(error) as caught:
        more_time(quick, evidence)
    assert written(quick) == before
    return f"{caught.value.message} ({caught.value.hint})"


def test_it_keeps_the_champion_and_gives_it_time(quick: QuickStage) -> None:
    version = champion(quick)
    quick.clock.pass_by(days=60)
    report = more_time(quick, fresh(quick, version))
    assert report.draft.proposal.kind is Kind.RENEWAL
    quick.approve(report.publication.pull_request)
    quick.merge(report.publication.pull_request)
    quick.registry.calls.clear()
    assert promote(quick.world()).exit_code == 0
    assert quick.registry.writes == []
    entry = entries(quick)[-1]
    assert (entry.event, entry.valid_until) == (Event.RENEWED, report.draft.proposal.valid_until)
    assert (entry.origin, entry.target) == (entries(quick)[-2].target, entries(quick)[-2].target)


def test_asking_twice_finds_the_first_and_the_next_year_is_another(quick: QuickStage) -> None:
    version = champion(quick)
    evidence = fresh(quick, version)
    first = more_time(quick, evidence)
    assert str(more_time(quick, evidence).publication.found) == "already open"
    quick.approve(first.publication.pull_request)
    quick.merge(first.publication.pull_request)
    promote(quick.world())
    second = more_time(quick, evidence)
    assert str(second.publication.found) == "opened"
    assert second.draft.proposal.id != first.draft.proposal.id


def test_evidence_about_another_version(quick: QuickStage) -> None:
    first, _ = two_champions(quick)
    said = refused(quick, fresh(quick, first), Conflict)
    assert "the evidence is about version 1 of churn, the champion is version 2" in said
    assert "`coronet evaluate churn --candidate 2 --champion none`" in said


def test_evidence_that_names_no_version(quick: QuickStage) -> None:
    version = champion(quick)
    nameless = replace(fresh(quick, version), candidate=Subject(predictions=f"sha256:{DATA}"))
    assert "about version (unnamed) of churn" in refused(quick, nameless, Conflict)


def test_evidence_about_another_model(quick: QuickStage) -> None:
    version = champion(quick)
    assert "of iris" in refused(quick, replace(fresh(quick, version), model="iris"), Conflict)


def test_evidence_on_other_data(quick: QuickStage) -> None:
    version = champion(quick)
    evidence = fresh(quick, version)
    other = replace(evidence, data=replace(evidence.data, digest="sha256:" + "0" * 64))
    assert "same_data: " in refused(quick, other, Refused)


def test_files_that_changed_behind_everybodys_back_are_not_renewed(quick: QuickStage) -> None:
    """Even with evidence that was honestly measured on them."""
    version = champion(quick)
    other = "sha256:" + "f" * 64
    quick.registry.change_digest(MODEL, version.version, other)
    measured = replace(fresh(quick, version), candidate=Subject(version="1", run_id=version.run_id, digest=other))
    assert "are not those that were approved" in refused(quick, measured, Conflict)


def test_a_champion_that_is_gone(quick: QuickStage) -> None:
    version = champion(quick)
    evidence = fresh(quick, version)
    quick.registry.delete_version(MODEL, "1")
    assert "--heal" in refused(quick, evidence, Conflict)
    quick.registry.change_alias(MODEL, "champion", "1")
    assert "no version '1'" in refused(quick, evidence, InvalidInput)


def test_the_champion_is_not_good_enough_any_more(quick: QuickStage) -> None:
    version = champion(quick)
    assert "good_enough: " in refused(quick, fresh(quick, version, value=0.6), Refused)
    assert "good_enough: " in refused(quick, fresh(quick, version, value=0.7), Refused)


def test_evidence_that_is_too_old(quick: QuickStage) -> None:
    quick.push({"policy/default.yaml": POLICY + "evidence: {maximum_age: 7d}\n"}, message="fresh evidence")
    version = champion(quick)
    evidence = fresh(quick, version)
    quick.clock.pass_by(days=8)
    assert "fresh: " in refused(quick, evidence, Refused)


def test_there_is_no_champion(quick: QuickStage) -> None:
    version = quick.train()
    assert "has no champion to renew" in refused(quick, fresh(quick, version), Refused)


def test_the_alias_must_be_where_the_log_left_it(quick: QuickStage) -> None:
    _, second = diverged(quick)
    assert "--heal" in refused(quick, fresh(quick, second), Conflict)


def test_a_renewal_of_a_champion_that_was_replaced_is_a_conflict(quick: QuickStage) -> None:
    first = champion(quick)
    report = more_time(quick, fresh(quick, first))
    merged(quick, against=first)
    promote(quick.world())
    quick.approve(report.publication.pull_request)
    quick.merge(report.publication.pull_request)
    assert promote(quick.world()).exit_code == Conflict.exit_code
    assert events(quick, report.draft.proposal.id) == [Event.CONFLICT]


def test_a_dry_run_writes_nothing(quick: QuickStage) -> None:
    version = champion(quick)
    before = written(quick)
    report = more_time(quick, fresh(quick, version), dry_run=True)
    assert report.to_text() == (f"pass: {report.draft.proposal.id} would be proposed. Nothing was written (dry run).")
    assert report.draft.evidence.candidate.digest == version.tags[Tag.DIGEST]
    assert written(quick) == before
