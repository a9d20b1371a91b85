"""`propose`: what is judged, what is opened, and that nothing is opened twice."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from coronet.adapters.documents import FileDocuments
from coronet.commands.drafting import Request
from coronet.commands.hold import hold
from coronet.commands.promote import promote
from coronet.commands.propose import ProposeReport, propose
from coronet.commands.rollback import rollback
from coronet.core.changelog.entry import Event
from coronet.core.evidence import Evidence, Subject, run_file
from coronet.core.proposal import Proposal, proposal_branch
from coronet.core.version_tags import Tag
from coronet.errors import Conflict, CoronetError, InvalidInput, Refused
from coronet.ports.forge import PullRequest, PullRequestState
from coronet.ports.registry import ModelVersion
from tests.commands.test_promote_survives import PowerCut
from tests.stage.looking import events, written
from tests.stage.quick import QuickStage
from tests.stage.road import ask, promote_next
from tests.stage.stage import FILES, MODEL, asked_by, evidence_of, why
from tests.stage.states import champion, legacy_champion, merged, on_a_branch, opened, request, rolled_back

POLICY = FILES["policy/default.yaml"]


def proposed(report: ProposeReport) -> Proposal:
    assert report.draft is not None, report.to_text()
    return report.draft.proposal


def pull_of(report: ProposeReport) -> PullRequest:
    assert report.publication is not None
    assert report.publication.pull_request is not None
    return report.publication.pull_request


def found(report: ProposeReport) -> str:
    assert report.publication is not None
    return str(report.publication.found)


def measured(stage: QuickStage, *, gain: float = 0.1, against: ModelVersion | None = None) -> ModelVersion:
    version = stage.train()
    stage.evaluate(version, gain=gain, against=against)
    return version


def number_of_open(stage: QuickStage) -> int:
    return len(stage.forge("engineer").pull_requests(PullRequestState.OPEN))


def refused(quick: QuickStage, error: type[CoronetError], *, candidate: str | None = None, again: bool = False) -> str:
    """What `propose` says instead of opening anything."""
    before = written(quick)
    with pytest.raises(error) as caught:
        ask(quick, candidate=candidate, again=again)
    assert written(quick) == before
    return f"{caught.value.message} ({caught.value.hint})"


# --- nothing twice --------------------------------------------------------------------------------


def test_the_same_inputs_give_the_same_id_on_another_stage_and_day(quick: QuickStage) -> None:
    measured(quick)
    other = QuickStage(quick.folder)
    measured(other)
    other.clock.pass_by(days=3)
    assert proposed(ask(quick)).id == proposed(ask(other, by="second-owner")).id


def test_each_input_that_is_asked_for_gives_another_id(quick: QuickStage) -> None:
    measured(quick)
    first = proposed(ask(quick)).id
    for change in ("value: 0.71", "value: 0.7}\n  more: {metric: roc_auc, rule: floor, value: 0.1"):
        quick.push({"policy/default.yaml": POLICY.replace("value: 0.7", change)}, message="ask for more")
        again = proposed(ask(quick)).id
        assert again != first
        first = again


def test_proposing_twice_finds_the_first(quick: QuickStage) -> None:
    version = measured(quick)
    first = ask(quick)
    quick.clock.pass_by(days=1)
    before = written(quick)
    second = ask(quick, by="second-owner")
    assert (found(first), found(second)) == ("opened", "already open")
    assert pull_of(second).number == pull_of(first).number
    assert written(quick) == before
    assert proposed(second).candidate.version == version.version


def test_merged_but_not_applied_is_found(quick: QuickStage) -> None:
    asked = merged(quick)
    report = ask(quick, candidate=asked.version.version)
    assert found(report) == "merged, not applied yet"
    assert pull_of(report).number == asked.pull_request.number


def test_the_power_is_cut_between_push_and_pull_request(quick: QuickStage) -> None:
    """Asked again a day later, the pull request says what the branch holds."""
    measured(quick)
    world = quick.world("engineer")

    def cut(step: str, detail: str = "") -> None:
        if step == "open":
            raise PowerCut

    with pytest.raises(PowerCut):
        propose(replace(world, progress=cut), MODEL, request())
    assert number_of_open(quick) == 0
    quick.clock.pass_by(days=1)
    report = ask(quick)
    assert found(report) == "opened"
    assert quick.show(f"{pull_of(report).branch}:{proposed(report).path}").encode() == (
        FileDocuments().render(proposed(report).to_json())
    )
    assert number_of_open(quick) == 1


def test_a_branch_that_somebody_else_made_gets_a_commit_on_top(quick: QuickStage) -> None:
    """Nobody may prepare other evidence under the name that the bot will open a pull request for."""
    measured(quick)
    asked = proposed(ask(quick, by="engineer"))
    other = QuickStage(quick.folder)
    measured(other)
    branch = proposal_branch(MODEL, asked.id)
    there = on_a_branch(other, branch, {asked.evidence_path: b"{}\n"})
    report = ask(other)
    repository = other.repository()
    main, head = (str(repository.head(name)) for name in ("main", pull_of(report).branch))
    assert sorted(change.path for change in repository.changes(main, head)) == [asked.evidence_path, asked.path]
    assert other.show(f"{branch}:{asked.evidence_path}") != "{}\n"
    assert repository.is_ancestor(there, head)


def test_a_branch_that_changes_other_files_as_well_is_not_built_on(quick: QuickStage) -> None:
    """A change of the policy must not ride along under the bot's name."""
    measured(quick)
    asked = proposed(ask(quick, by="engineer"))
    other = QuickStage(quick.folder)
    measured(other)
    there = on_a_branch(other, proposal_branch(MODEL, asked.id), {"policy/default.yaml": b""})
    with pytest.raises(Conflict, match=r"changes policy/default\.yaml as well"):
        ask(other)
    assert other.repository().head(proposal_branch(MODEL, asked.id)) == there
    assert number_of_open(other) == 0


def test_another_run_that_pushes_the_same_at_the_same_moment_is_no_conflict(quick: QuickStage) -> None:
    measured(quick)

    def write() -> None:
        assert found(ask(quick)) == "opened"

    quick.remote.before_push.append(write)
    assert found(ask(quick)) == "opened"
    assert number_of_open(quick) == 1


def test_another_run_that_pushes_something_else_at_the_same_moment_is_a_conflict(quick: QuickStage) -> None:
    measured(quick)
    other = QuickStage(quick.folder)
    measured(other)
    asked = proposed(ask(other))

    def write() -> None:
        on_a_branch(quick, proposal_branch(MODEL, asked.id), {asked.path: b"x"})

    quick.remote.before_push.append(write)
    with pytest.raises(Conflict, match="somebody else writes the branch"):
        ask(quick)


# --- after an end ---------------------------------------------------------------------------------


def test_rejected_is_asked_for_again_only_on_purpose(quick: QuickStage) -> None:
    measured(quick)
    first = ask(quick)
    quick.forge("model-owner").close(pull_of(first).number, reason="not now")
    assert "was rejected" in refused(quick, Refused)
    promote(quick.world())
    said = refused(quick, Refused)
    assert "was rejected" in said
    assert "--again" in said
    second = ask(quick, again=True)
    assert (found(second), proposed(second).attempt) == ("opened", 2)
    assert proposed(second).id != proposed(first).id
    assert found(ask(quick)) == "already open"
    assert found(ask(quick, again=True)) == "already open"


def test_refused_at_promotion_is_asked_for_again_only_on_purpose(quick: QuickStage) -> None:
    measured(quick)
    first = ask(quick)
    quick.merge(pull_of(first), admin=True)
    assert promote(quick.world()).exit_code == Refused.exit_code
    assert "was refused" in refused(quick, Refused)
    assert found(ask(quick, again=True)) == "opened"


@pytest.mark.parametrize("logged", [True, False])
def test_expired_while_open_is_asked_for_anew(quick: QuickStage, logged: bool) -> None:
    measured(quick)
    first = ask(quick)
    quick.clock.pass_by(days=14)
    if logged:
        promote(quick.world())
    second = ask(quick)
    assert (found(second), proposed(second).attempt) == ("opened", 2)
    assert number_of_open(quick) == 1
    assert pull_of(second).number != pull_of(first).number
    promote(quick.world())
    assert events(quick, proposed(first).id) == [Event.EXPIRED if logged else Event.SUPERSEDED]


def test_expired_after_the_merge_is_asked_for_anew(quick: QuickStage) -> None:
    asked = merged(quick)
    quick.clock.pass_by(days=14)
    assert promote(quick.world()).exit_code == Refused.exit_code
    assert events(quick, asked.id) == [Event.EXPIRED]
    report = ask(quick, candidate=asked.version.version)
    assert (found(report), proposed(report).attempt) == ("opened", 2)


def test_superseded_is_no_rejection(quick: QuickStage) -> None:
    """Nobody said no to the first: when the second is rejected, the first may be asked for anew."""
    first = measured(quick)
    older = ask(quick, candidate=first.version)
    second = measured(quick)
    newer = ask(quick, candidate=second.version)
    assert newer.publication is not None
    assert newer.publication.superseded == (pull_of(older).number,)
    quick.forge("model-owner").close(pull_of(newer).number, reason="too slow")
    promote(quick.world())
    assert events(quick) == [Event.SUPERSEDED, Event.REJECTED]
    assert found(ask(quick, candidate=first.version)) == "opened"


# --- superseding ----------------------------------------------------------------------------------


def test_a_promotion_leaves_the_rollback_open_that_somebody_waits_for(quick: QuickStage) -> None:
    first = champion(quick)
    second = promote_next(quick, against=first)
    asked = rollback(quick.world("engineer"), MODEL, request(summary="errors"))
    third = measured(quick, against=second)
    report = ask(quick, candidate=third.version)
    assert report.publication is not None
    assert report.publication.superseded == ()
    assert asked.publication.pull_request is not None
    assert [p.number for p in quick.forge("engineer").pull_requests(PullRequestState.OPEN)] == [
        asked.publication.pull_request.number,
        pull_of(report).number,
    ]


def test_a_rollback_takes_the_place_of_an_open_promotion(quick: QuickStage) -> None:
    first = champion(quick)
    second = promote_next(quick, against=first)
    promotion = opened(quick, against=second)
    asked = rollback(quick.world("engineer"), MODEL, request(summary="errors"))
    assert asked.publication.superseded == (promotion.pull_request.number,)
    closed = quick.forge("engineer").pull_request(promotion.pull_request.number)
    assert closed is not None
    assert closed.close_reason == (
        f"superseded by {asked.draft.proposal.id} (pull request {promotion.pull_request.number + 1})"
    )


def test_what_was_left_open_by_a_crash_is_superseded_by_the_next_run(quick: QuickStage) -> None:
    older = ask(quick, candidate=measured(quick).version)
    newer = measured(quick)

    def cut(step: str, detail: str = "") -> None:
        if step == "supersede":
            raise PowerCut

    with pytest.raises(PowerCut):
        propose(replace(quick.world("engineer"), progress=cut), MODEL, request(), candidate=newer.version)
    assert number_of_open(quick) == 2
    again = ask(quick, candidate=newer.version)
    assert found(again) == "already open"
    assert again.publication is not None
    assert again.publication.superseded == (pull_of(older).number,)
    assert number_of_open(quick) == 1


def test_a_pull_request_that_cannot_be_read_is_left_alone(quick: QuickStage) -> None:
    asked = opened(quick)
    on_a_branch(quick, asked.pull_request.branch, {asked.proposal.path: b"what: ever\n"})
    report = ask(quick, candidate=measured(quick).version)
    assert report.publication is not None
    assert report.publication.superseded == ()


# --- on which evidence ----------------------------------------------------------------------------


def from_files(against: bool = False) -> Evidence:
    """Evidence as two prediction files give it: it names no version."""
    quick = QuickStage(Path("unused"))
    version = quick.train()
    evidence = evidence_of(version, version if against else None, value=0.9, gain=0.1, clock=quick.clock)
    nameless = Subject(predictions="sha256:" + "1" * 64)
    other = Subject(predictions="sha256:" + "2" * 64)
    return replace(evidence, candidate=nameless, champion=other if against else None)


def given(quick: QuickStage, evidence: Evidence, candidate: str | None = None) -> ProposeReport:
    return propose(quick.world("engineer"), MODEL, request(), given=[evidence], candidate=candidate)


def test_evidence_from_prediction_files_is_bound_to_the_version_that_is_named(quick: QuickStage) -> None:
    first = champion(quick)
    second = quick.train()
    report = given(quick, from_files(against=True), second.version)
    assert found(report) == "opened"
    assert report.draft is not None
    assert report.draft.evidence.candidate == Subject(
        version=second.version,
        run_id=second.run_id,
        digest=second.tags[Tag.DIGEST],
        predictions="sha256:" + "1" * 64,
    )
    assert report.draft.evidence.champion is not None
    assert report.draft.evidence.champion.digest == first.tags[Tag.DIGEST]


def test_evidence_that_names_no_version_needs_one_named(quick: QuickStage) -> None:
    quick.train()
    with pytest.raises(InvalidInput, match="names no version"):
        given(quick, from_files())


def test_evidence_about_one_version_is_not_taken_for_another(quick: QuickStage) -> None:
    version, other = quick.train(), quick.train()
    evidence = evidence_of(version, None, value=0.9, gain=0.1, clock=quick.clock)
    with pytest.raises(InvalidInput, match="about version 1, and not about version 2"):
        given(quick, evidence, other.version)


def test_evidence_about_another_model_is_refused(quick: QuickStage) -> None:
    version = quick.train()
    evidence = replace(evidence_of(version, None, value=0.9, gain=0.1, clock=quick.clock), model="iris")
    with pytest.raises(InvalidInput, match="about 'iris'"):
        given(quick, evidence)


def test_evidence_against_an_old_champion_is_a_conflict(quick: QuickStage) -> None:
    first = champion(quick)
    promote_next(quick, against=first)
    third = quick.train()
    stale = evidence_of(third, first, value=0.9, gain=0.1, clock=quick.clock)
    for old in (stale, replace(stale, champion=Subject(version=first.version)), replace(stale, champion=None)):
        with pytest.raises(Conflict, match="the log has version 2"):
            given(quick, old)


def test_logged_evidence_against_an_old_champion_is_passed_over(quick: QuickStage) -> None:
    first = champion(quick)
    candidate = quick.train()
    quick.evaluate(candidate, against=first)
    promote_next(quick, against=first)
    assert "no evidence against version 3" in refused(quick, InvalidInput)


def test_files_that_changed_since_the_evaluation_are_a_conflict(quick: QuickStage) -> None:
    version = measured(quick)
    quick.registry.change_digest(MODEL, version.version, "sha256:" + "f" * 64)
    assert "its evidence was made of" in refused(quick, Conflict)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"{", "cannot be read"),
        (b"\xff\xfe", "cannot be read"),
        (b"{}\n", "is not valid"),
    ],
)
def test_one_run_with_broken_evidence_does_not_stop_the_others(quick: QuickStage, data: bytes, why: str) -> None:
    good = measured(quick)
    bad = quick.train()
    quick.registry.save_run_file(bad.run_id, run_file(None), data)
    report = ask(quick)
    assert proposed(report).candidate.version == good.version
    assert [(left.version, why in left.why) for left in report.passed_over] == [(bad.version, True)]


def test_evidence_in_the_wrong_run_is_passed_over(quick: QuickStage) -> None:
    good, bad = measured(quick), quick.train()
    for evidence in (
        evidence_of(good, None, value=0.9, gain=0.1, clock=quick.clock),
        replace(evidence_of(bad, None, value=0.9, gain=0.1, clock=quick.clock), model="iris"),
        evidence_of(bad, good, value=0.9, gain=0.1, clock=quick.clock),
    ):
        quick.registry.save_run_file(bad.run_id, run_file(None), evidence.to_bytes())
        report = ask(quick)
        assert [left.version for left in report.passed_over] == [bad.version]
        assert proposed(report).candidate.version == good.version


# --- which candidates -----------------------------------------------------------------------------


def test_ranking_picks_the_best_and_tags_what_is_not_good_enough(quick: QuickStage) -> None:
    first = champion(quick)
    worse, better, good = (measured(quick, gain=gain, against=first) for gain in (-0.1, 0.2, 0.05))
    report = ask(quick)
    assert proposed(report).candidate.version == better.version
    assert [ranked.judgement.evidence.candidate.version for ranked in report.ranking] == [
        better.version,
        good.version,
        worse.version,
    ]
    assert lifecycles(quick) == {first.version: "production", "2": "staging", "3": "created", "4": "created"}


def lifecycles(quick: QuickStage) -> dict[str, str]:
    return {v.version: v.tags[Tag.LIFECYCLE] for v in reversed(quick.registry.versions(MODEL))}


def test_none_is_good_enough(quick: QuickStage) -> None:
    first = champion(quick)
    measured(quick, gain=-0.1, against=first)
    measured(quick, gain=0.0, against=first)
    report = ask(quick)
    assert report.exit_code == Refused.exit_code
    assert report.draft is None
    first_line = report.to_text().splitlines()[0]
    assert first_line.startswith("inconclusive: No candidate of churn satisfies the policy, and the champion stays.")
    assert lifecycles(quick) == {first.version: "production", "2": "staging", "3": "staging"}
    assert quick.champion == first.version


def test_what_was_judged_before_is_judged_again_only_by_name(quick: QuickStage) -> None:
    first = champion(quick)
    loser = measured(quick, gain=0.0, against=first)
    ask(quick)
    assert "staging: name it with --candidate" in refused(quick, Refused)
    quick.evaluate(loser, against=first, gain=0.3)
    assert found(ask(quick, candidate=loser.version)) == "opened"


def test_judging_a_former_champion_leaves_its_tags(quick: QuickStage) -> None:
    first = champion(quick)
    second = promote_next(quick, against=first)
    quick.evaluate(first, against=second, gain=-0.1)
    assert ask(quick, candidate=first.version).exit_code == Refused.exit_code
    assert lifecycles(quick) == {first.version: "archived", second.version: "production"}


def test_the_champion_is_not_proposed(quick: QuickStage) -> None:
    first = champion(quick)
    quick.evaluate(first, against=first)
    assert "it is the champion" in refused(quick, Refused, candidate=first.version)
    assert "version 1: it is the champion" in refused(quick, Refused)


@pytest.mark.parametrize("by_name", [True, False])
def test_a_held_version_is_not_proposed(quick: QuickStage, by_name: bool) -> None:
    first, second = rolled_back(quick)
    quick.registry.set_version_tags(MODEL, second.version, {Tag.LIFECYCLE: "created"})
    quick.evaluate(second, against=first)
    said = refused(quick, Refused, candidate=second.version if by_name else None)
    assert "it is held: rolled back by" in said


def test_a_held_version_cannot_hide_behind_other_tags(quick: QuickStage) -> None:
    """The tag of the digest is anybody's word: the digest of the files decides."""
    first, second = rolled_back(quick)
    quick.registry.set_version_tags(MODEL, second.version, {Tag.DIGEST: "sha256:" + "0" * 64})
    evidence = evidence_of(second, first, value=0.9, gain=0.1, clock=quick.clock)
    with pytest.raises(Refused, match="version 2 is held by promoter"):
        given(quick, evidence)


def test_nothing_is_proposed_while_the_model_is_held(quick: QuickStage) -> None:
    first = champion(quick)
    hold(quick.world("model-owner"), MODEL, version=None, release=False, reason="audit")
    measured(quick, against=first)
    assert "it is held: audit" in refused(quick, Refused)


@pytest.mark.parametrize(
    ("tags", "why"),
    [
        ({Tag.LIFECYCLE: ""}, "its registration was never finished"),
        ({Tag.DIGEST: ""}, "it bears no digest of its files"),
        ({Tag.RUN_KIND: "backtest"}, "its run is of the kind 'backtest', and only 'train' is eligible"),
        ({Tag.LIFECYCLE: "archived"}, "it is archived: name it with --candidate"),
        ({Tag.OWNER: ""}, "it lacks owner"),
    ],
)
def test_every_version_that_is_not_eligible_is_told_with_its_reason(
    quick: QuickStage, tags: dict[str, str], why: str
) -> None:
    quick.push({"policy/default.yaml": POLICY + "ranking: {require: [owner]}\n"}, message="require an owner")
    version = measured(quick)
    quick.registry.set_version_tags(MODEL, version.version, {str(tag): value for tag, value in tags.items()})
    assert f"version 1: {why}" in refused(quick, Refused)


@pytest.mark.parametrize("tags", [{Tag.RUN_KIND: "backtest"}, {Tag.OWNER: ""}])
def test_naming_a_version_does_not_make_it_eligible(quick: QuickStage, tags: dict[str, str]) -> None:
    quick.push({"policy/default.yaml": POLICY + "ranking: {require: [owner]}\n"}, message="require an owner")
    version = measured(quick)
    quick.registry.set_version_tags(MODEL, version.version, {str(tag): value for tag, value in tags.items()})
    assert "version 1 of churn cannot be proposed" in refused(quick, Refused, candidate=version.version)


def test_a_version_that_is_not_ready_is_not_proposed(quick: QuickStage) -> None:
    quick.registry.add_version(MODEL, status="FAILED_REGISTRATION", tags={Tag.LIFECYCLE: "created"})
    assert "its status is FAILED_REGISTRATION" in refused(quick, Refused)


def test_no_version_and_no_such_version(quick: QuickStage) -> None:
    assert "no version is registered" in refused(quick, InvalidInput)
    measured(quick)
    assert "no version '9' (versions in the registry, newest first: 1)" in refused(quick, InvalidInput, candidate="9")


def test_no_evidence_says_how_to_get_it(quick: QuickStage) -> None:
    quick.train()
    assert "`coronet evaluate churn --candidate 1`" in refused(quick, InvalidInput)


def test_only_as_many_are_considered_as_the_policy_says(quick: QuickStage) -> None:
    quick.push({"policy/default.yaml": POLICY + "ranking: {consider: 2}\n"}, message="consider two")
    for _ in range(4):
        measured(quick)
    assert [ranked.judgement.evidence.candidate.version for ranked in ask(quick).ranking] == ["4", "3"]


# --- the first champion ---------------------------------------------------------------------------


def test_the_first_proposal_replaces_nothing(quick: QuickStage) -> None:
    measured(quick)
    assert proposed(ask(quick)).replaces is None


def test_bootstrap_is_refused_where_somebody_made_a_champion_by_hand(quick: QuickStage) -> None:
    legacy = legacy_champion(quick)
    other = measured(quick)
    said = refused(quick, Conflict, candidate=other.version)
    assert "churn@champion is version 1, which no proposal made" in said
    assert f"`coronet propose churn --candidate {legacy.version}` adopts it" in said


def test_a_champion_made_by_hand_is_adopted_without_tags(quick: QuickStage) -> None:
    legacy = legacy_champion(quick)
    evidence = replace(
        evidence_of(quick.train(), None, value=0.9, gain=0.1, clock=quick.clock),
        candidate=Subject(version=legacy.version, predictions="sha256:" + "1" * 64),
    )
    report = given(quick, evidence, legacy.version)
    assert found(report) == "opened"
    assert proposed(report).candidate.digest == quick.registry.artifact_digest(legacy)


def test_nothing_is_proposed_while_the_alias_is_elsewhere(quick: QuickStage) -> None:
    first = champion(quick)
    other = measured(quick, against=first)
    quick.registry.change_alias(MODEL, "champion", other.version)
    assert "the log says version 1" in refused(quick, Conflict)


def test_an_alias_that_two_models_govern_is_proposed_for_neither(quick: QuickStage) -> None:
    quick.push({"models/iris/model.yaml": FILES["models/churn/model.yaml"] + "registered_model: churn\n"}, message="x")
    assert "churn@champion is governed by 2 models" in refused(quick, InvalidInput)


# --- what it writes -------------------------------------------------------------------------------


def test_a_dry_run_writes_nothing(quick: QuickStage) -> None:
    first = champion(quick)
    older = opened(quick, against=first)
    measured(quick, gain=-0.1, against=first)
    measured(quick, gain=0.3, against=first)
    before = written(quick)
    report = propose(quick.world("engineer"), MODEL, request(), dry_run=True)
    assert found(report) == "not written (dry run)"
    assert written(quick) == before
    again = propose(quick.world("engineer"), MODEL, request(), candidate=older.version.version, dry_run=True)
    assert found(again) == "already open"
    assert written(quick) == before
    measured(quick, gain=-0.1, against=first)
    before = written(quick)
    assert propose(quick.world("engineer"), MODEL, request(), candidate="5", dry_run=True).exit_code == 4
    assert written(quick) == before


def test_dates_come_from_the_policy(quick: QuickStage) -> None:
    quick.push(
        {"policy/default.yaml": POLICY + "proposals: {expire_after: 2d, valid_for: 3w}\n"}, message="shorter terms"
    )
    measured(quick)
    asked = proposed(ask(quick))
    assert asked.created_at == quick.clock.now()
    assert asked.expires_at - asked.created_at == timedelta(days=2)
    assert asked.valid_until - asked.created_at == timedelta(weeks=3)


def test_the_reasons_are_the_versions_own_unless_somebody_gives_others(quick: QuickStage) -> None:
    measured(quick)
    assert proposed(ask(quick)).why == replace(why("more trees"), owner="model-owner")
    other = measured(quick)
    asked = Request(why=replace(why("deeper trees"), hypothesis_id="H-7"), requester=asked_by("engineer"))
    report = propose(quick.world("engineer"), MODEL, asked, candidate=other.version)
    assert proposed(report).why == replace(why("deeper trees"), owner="model-owner", hypothesis_id="H-7")


@pytest.mark.parametrize("summary", ["two\nlines", "x" * 501, "\x1b[31mred"])
def test_what_the_check_would_refuse_is_not_opened(quick: QuickStage, summary: str) -> None:
    version = quick.train(summary=summary)
    quick.evaluate(version)
    refused(quick, InvalidInput)


def test_reviewers_are_the_owners_who_did_not_ask(quick: QuickStage) -> None:
    measured(quick)
    report = ask(quick, by="ci[bot]", requested_by="Second-Owner")
    assert pull_of(report).reviewers == ("model-owner",)


def test_reviewers_own_the_evidence_too(quick: QuickStage) -> None:
    owners = "* @model-owner @second-owner\n*.evidence.json @second-owner\n"
    quick.push({"CODEOWNERS": owners}, message="evidence is the second owner's")
    measured(quick)
    assert pull_of(ask(quick)).reviewers == ("second-owner",)


def test_a_model_that_nobody_owns_is_proposed_and_says_so(quick: QuickStage) -> None:
    quick.push({"CODEOWNERS": None}, message="no owners")
    measured(quick)
    report = ask(quick)
    assert "Nobody who may approve" in quick.forge("engineer").body(pull_of(report).number)
