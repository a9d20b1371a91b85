"""`promote`: what is applied, what never is, and that it says why."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from coronet.commands.hold import hold
from coronet.commands.promote import TRIES, promote
from coronet.commands.promote.report import PromoteReport
from coronet.commands.propose import propose
from coronet.commands.renew import renew
from coronet.commands.rollback import rollback
from coronet.core.changelog.entry import Event
from coronet.core.decision import Result
from coronet.core.evidence import Subject
from coronet.core.proposal import Kind, proposal_branch
from coronet.core.version_tags import METADATA_FILE, Tag
from coronet.errors import Conflict, CoronetError, InvalidInput, Refused, Unavailable
from coronet.ports.forge import PullRequest, PullRequestState, ReviewState
from coronet.ports.repository import MergeMethod, Person
from tests.fakes.memory_registry import Moment
from tests.fakes.memory_repository import MemoryRepository
from tests.stage.looking import broken, entries, events, last_entry, written
from tests.stage.quick import QuickStage
from tests.stage.reports import told
from tests.stage.road import ask, open_proposal
from tests.stage.stage import FILES, MODEL, Stage, evidence_of
from tests.stage.states import (
    Asked,
    approved,
    by_hand,
    champion,
    champion_moved,
    diverged,
    forged,
    legacy_champion,
    merged,
    on_a_branch,
    opened,
    request,
    rolled_back,
    two_champions,
    unapproved_merge,
)

POLICY = FILES["policy/default.yaml"]
MODEL_FILE = FILES["models/churn/model.yaml"]
FREEZE = POLICY + 'freeze: [{from: "2026-12-20", until: "2026-12-24", zone: Pacific/Auckland, why: year end}]\n'


def run(stage: Stage, *, heal: bool = False, models: tuple[str, ...] = ()) -> PromoteReport:
    return told(promote(stage.world(), heal=heal, models=models))


def refused(stage: Stage, asked: Asked, *, check: str, event: Event = Event.REFUSED) -> str:
    """The run that ends a proposal without moving anything, and what its check saw; the next finds nothing to do."""
    before = stage.champion
    report = run(stage)
    (step,) = report.steps
    assert step.proposal_id == asked.id
    assert check in broken(step.decision.checks), report.to_text()
    assert events(stage, asked.id) == [event]
    assert stage.champion == before
    assert report.exit_code == (Conflict.exit_code if event is Event.CONFLICT else Refused.exit_code)
    assert "Nothing to do" in run(stage).to_text()
    return next(c.saw for c in step.decision.checks if c.name == check and c.result is not Result.PASS)


# --- what is applied ------------------------------------------------------------------------------


def test_the_entry_says_who_let_it_through_and_what_it_rests_on(quick: QuickStage) -> None:
    first = champion(quick)
    asked = merged(quick, against=first)
    assert run(quick).exit_code == 0
    entry = last_entry(quick)
    assert entry.event is Event.PROMOTED
    assert entry.origin is not None
    assert entry.target is not None
    assert (entry.origin.version, entry.target.version) == (first.version, asked.version.version)
    assert [approval.login for approval in entry.approvals] == ["model-owner"]
    assert entry.pull_request == asked.pull_request.number
    assert entry.evidence == asked.draft.evidence.digest
    assert entry.policy == asked.proposal.policy_digest
    assert entry.valid_until == asked.proposal.valid_until
    assert entry.why == "more trees"


def test_the_versions_say_where_they_stand(quick: QuickStage) -> None:
    first, second = two_champions(quick)
    tags = {version.version: version.tags for version in quick.registry.versions(MODEL)}
    assert tags[first.version][Tag.LIFECYCLE] == "archived"
    assert tags[second.version][Tag.LIFECYCLE] == "production"
    assert tags[second.version][Tag.PROPOSAL] == last_entry(quick).proposal


def test_the_runs_metadata_says_that_it_was_promoted(quick: QuickStage) -> None:
    version = quick.train()
    quick.registry.save_run_file(version.run_id, METADATA_FILE, b'{"promoted_to_production": false, "a": 1}')
    quick.evaluate(version)
    report = ask(quick)
    assert report.publication is not None
    quick.approve(report.publication.pull_request)
    quick.merge(report.publication.pull_request)
    run(quick)
    assert quick.registry.load_run_file(version.run_id, METADATA_FILE) == b'{"a":1,"promoted_to_production":true}\n'


@pytest.mark.parametrize("data", [b"\xff", b"[1]", b'{"promoted_to_production": "perhaps"}'])
def test_a_file_of_somebody_elses_under_that_name_is_left(quick: QuickStage, data: bytes) -> None:
    asked = merged(quick)
    quick.registry.save_run_file(asked.version.run_id, METADATA_FILE, data)
    assert run(quick).exit_code == 0
    assert quick.registry.load_run_file(asked.version.run_id, METADATA_FILE) == data


@pytest.mark.parametrize("method", ["save_run_file", "set_version_tags"])
def test_tags_that_cannot_be_written_keep_nobody_from_the_outcome(quick: QuickStage, method: str) -> None:
    """A run that was deleted would else be announced for ever, and promoted never."""
    asked = merged(quick)
    quick.registry.save_run_file(asked.version.run_id, METADATA_FILE, b'{"promoted_to_production": false}')
    quick.registry.fail(method, Conflict("run 1 is not in the registry"), times=None)
    assert run(quick).exit_code == 0
    assert events(quick, asked.id) == [Event.PROMOTED]


def test_several_merges_are_applied_in_their_order(quick: QuickStage) -> None:
    first = champion(quick)
    second = merged(quick, against=first)
    late = merged(quick, against=first)
    report = run(quick)
    assert [step.proposal_id for step in report.steps] == [second.id, late.id]
    assert (events(quick, second.id), events(quick, late.id)) == ([Event.PROMOTED], [Event.CONFLICT])
    assert quick.champion == second.version.version
    assert report.exit_code == Conflict.exit_code


def test_two_bootstraps_of_one_model(quick: QuickStage) -> None:
    first, second = merged(quick), merged(quick)
    run(quick)
    assert (events(quick, first.id), events(quick, second.id)) == ([Event.PROMOTED], [Event.CONFLICT])
    assert quick.champion == first.version.version


def test_adoption_logs_the_champion_and_moves_nothing(quick: QuickStage) -> None:
    legacy = legacy_champion(quick)
    evidence = replace(
        evidence_of(quick.train(), None, value=0.9, gain=0.1, clock=quick.clock),
        candidate=Subject(version=legacy.version, predictions="sha256:" + "1" * 64),
    )
    report = propose(quick.world("engineer"), MODEL, request(), given=[evidence], candidate=legacy.version)
    assert report.publication is not None
    quick.approve(report.publication.pull_request)
    quick.merge(report.publication.pull_request)
    quick.registry.calls.clear()
    assert run(quick).exit_code == 0
    assert events(quick) == [Event.ADOPTED]
    assert not [call for call in quick.registry.calls if call.method == "set_alias"]
    assert quick.champion == legacy.version


def test_bootstrap_is_a_conflict_where_the_alias_got_another_version_meanwhile(quick: QuickStage) -> None:
    asked = merged(quick)
    other = quick.train()
    quick.registry.change_alias(MODEL, "champion", other.version)
    assert "the registry version 2" in refused(quick, asked, check="champion", event=Event.CONFLICT)


def test_only_the_named_models_are_looked_at(quick: QuickStage) -> None:
    merged(quick)
    quick.push({"models/iris/model.yaml": MODEL_FILE}, message="govern iris")
    assert "Nothing to do" in run(quick, models=("iris",)).to_text()
    assert quick.champion is None
    with pytest.raises(InvalidInput, match="no model nowhere on main"):
        run(quick, models=("nowhere",))
    run(quick, models=(MODEL,))
    assert quick.champion == "1"


def test_a_remote_without_the_branch_is_said(quick: QuickStage) -> None:
    with pytest.raises(InvalidInput, match="no branch trunk"):
        promote(replace(quick.world(), main="trunk"))


def test_a_dry_run_says_what_would_be_and_writes_nothing(quick: QuickStage) -> None:
    asked = merged(quick)
    other = opened(quick)
    quick.clock.pass_by(days=13, hours=23, minutes=55)
    closed = opened(quick)
    quick.forge("model-owner").close(closed.pull_request.number, reason="no")
    before = written(quick)
    report = promote(quick.world(), dry_run=True)
    assert written(quick) == before
    assert report.to_text().startswith("pass: Would be: ")
    assert [step.proposal_id for step in report.steps] == [asked.id]
    assert other.id != asked.id
    diverged_before = quick.champion
    promote(quick.world(), heal=True, dry_run=True)
    assert written(quick) == before
    assert quick.champion == diverged_before


# --- who approved ---------------------------------------------------------------------------------


def test_merged_past_the_rules_without_approval(quick: QuickStage) -> None:
    assert refused(quick, unapproved_merge(quick), check="approved") == "no approval"


def test_approved_by_somebody_who_owns_nothing(quick: QuickStage) -> None:
    asked = approved(quick, by="passer-by")
    quick.merge(asked.pull_request, admin=True)
    assert "@passer-by is no owner of" in refused(quick, asked, check="approved")


def test_approved_by_the_one_who_asked(quick: QuickStage) -> None:
    """The bot opened it, so that the forge lets the owner approve what they asked for themselves."""
    version = quick.train()
    quick.evaluate(version)
    report = ask(quick, by="ci[bot]", requested_by="model-owner")
    assert report.draft is not None
    assert report.publication is not None
    assert report.publication.pull_request is not None
    asked = Asked(version=version, draft=report.draft, pull_request=report.publication.pull_request)
    quick.approve(asked.pull_request, by="model-owner")
    quick.merge(asked.pull_request, admin=True)
    assert refused(quick, asked, check="approved") == "@model-owner asked for it"


def test_approved_by_the_one_who_pushed_to_the_bots_branch(quick: QuickStage) -> None:
    asked = opened(quick)
    on_a_branch(quick, asked.pull_request.branch, {"README.md": b"hello\n"}, by="model-owner")
    quick.approve(asked.pull_request)
    quick.merge(asked.pull_request, admin=True)
    assert refused(quick, asked, check="approved") == "@model-owner wrote a commit of it"


def test_a_pull_request_cannot_make_its_author_an_owner(quick: QuickStage) -> None:
    asked = opened(quick)
    on_a_branch(quick, asked.pull_request.branch, {"CODEOWNERS": b"* @passer-by\n"})
    quick.approve(asked.pull_request, by="passer-by")
    quick.merge(asked.pull_request, admin=True)
    assert "@passer-by is no owner of" in refused(quick, asked, check="approved")


def test_edited_after_the_approval(quick: QuickStage) -> None:
    asked = approved(quick)
    document = quick.show(f"{asked.pull_request.branch}:{asked.proposal.path}")
    edited = document.replace("more trees", "fewer trees").encode()
    on_a_branch(quick, asked.pull_request.branch, {asked.proposal.path: edited})
    quick.merge(asked.pull_request, admin=True)
    assert "approved other content" in refused(quick, asked, check="approved")


def test_other_commits_after_the_approval_do_not_void_it(quick: QuickStage) -> None:
    """As when the branch is brought up to date: what counts is what the owner saw of the proposal."""
    asked = approved(quick)
    on_a_branch(quick, asked.pull_request.branch, {"README.md": b"hello\n"})
    quick.merge(asked.pull_request, admin=True)
    run(quick)
    assert events(quick, asked.id) == [Event.PROMOTED]


def test_a_change_of_mind_before_the_merge_blocks(quick: QuickStage) -> None:
    asked = approved(quick)
    quick.approve(asked.pull_request, by="second-owner")
    quick.clock.pass_by(minutes=1)
    quick.forge("model-owner").review(asked.pull_request.number, state=ReviewState.CHANGES_REQUESTED)
    quick.merge(asked.pull_request, admin=True)
    assert refused(quick, asked, check="objections") == "changes requested by @model-owner"


def test_approved_only_after_the_merge(quick: QuickStage) -> None:
    asked = unapproved_merge(quick)
    quick.approve(asked.pull_request)
    assert "@model-owner only after the merge" in refused(quick, asked, check="approved")


def test_pushed_straight_to_main(quick: QuickStage) -> None:
    asked = opened(quick)
    proposal, evidence = (
        quick.show(f"{asked.pull_request.branch}:{path}")
        for path in (asked.proposal.path, asked.proposal.evidence_path)
    )
    quick.push({asked.proposal.path: proposal, asked.proposal.evidence_path: evidence}, message="quickly")
    assert refused(quick, asked, check="merged") == "no merged pull request brought it"


def test_removed_and_pushed_again_is_judged_by_what_brought_it_last(quick: QuickStage) -> None:
    asked = merged(quick)
    proposal, evidence = (quick.show(f"main:{path}") for path in (asked.proposal.path, asked.proposal.evidence_path))
    quick.push({asked.proposal.path: None, asked.proposal.evidence_path: None}, message="undo")
    quick.push({asked.proposal.path: proposal, asked.proposal.evidence_path: evidence}, message="redo")
    assert refused(quick, asked, check="merged") == "no merged pull request brought it"


def test_nobody_owns_it(quick: QuickStage) -> None:
    quick.push({"CODEOWNERS": "models/ @model-owner\n"}, message="forget the proposals")
    asked = approved(quick)
    quick.merge(asked.pull_request, admin=True)
    assert "nobody owns" in refused(quick, asked, check="owners")


def test_a_team_that_nobody_knows_refuses(quick: QuickStage) -> None:
    quick.push({"CODEOWNERS": "* @model-owner @company/owners\n"}, message="a team")
    asked = approved(quick)
    quick.merge(asked.pull_request, admin=True)
    assert refused(quick, asked, check="owners").startswith("unknown: owners of")


def test_two_approvals_where_the_policy_wants_two(quick: QuickStage) -> None:
    quick.push({"policy/default.yaml": POLICY + "approvals: {count: 2}\n"}, message="two pairs of eyes")
    one = approved(quick)
    quick.merge(one.pull_request, admin=True)
    assert refused(quick, one, check="approved") == "approved by @model-owner"
    two = approved(quick)
    quick.approve(two.pull_request, by="second-owner")
    quick.merge(two.pull_request)
    run(quick)
    assert [approval.login for approval in last_entry(quick).approvals] == ["model-owner", "second-owner"]


def test_no_approval_where_the_policy_of_the_merge_wants_none(quick: QuickStage) -> None:
    quick.push({"policy/default.yaml": POLICY + "approvals: {bootstrap: 0}\n"}, message="an easy start")
    asked = unapproved_merge(quick)
    quick.push({"policy/default.yaml": POLICY}, message="and no easier")
    run(quick)
    assert events(quick, asked.id) == [Event.PROMOTED]
    assert last_entry(quick).approvals == ()


def test_a_policy_that_comes_with_the_proposal_waives_nothing(quick: QuickStage) -> None:
    asked = opened(quick)
    easy = (POLICY + "approvals: {count: 0}\n").encode()
    on_a_branch(quick, asked.pull_request.branch, {"policy/default.yaml": easy})
    quick.merge(asked.pull_request, admin=True)
    assert refused(quick, asked, check="approved") == "no approval"


@pytest.mark.parametrize("method", list(MergeMethod))
def test_a_pull_request_of_several_commits_is_proven_however_it_is_merged(stage: Stage, method: MergeMethod) -> None:
    asked = opened(stage)
    on_a_branch(stage, asked.pull_request.branch, {"README.md": b"hello\n"})
    stage.approve(asked.pull_request)
    stage.merge(asked.pull_request, method=method, admin=True)
    run(stage)
    assert events(stage, asked.id) == [Event.PROMOTED]


# --- what was merged ------------------------------------------------------------------------------


def edit_on_main(quick: QuickStage, asked: Asked, path: str) -> None:
    quick.push({path: quick.show(f"main:{path}").replace("0.9", "0.99") + "\n"}, message="polish")


def test_the_proposal_is_edited_on_main(quick: QuickStage) -> None:
    asked = merged(quick)
    edit_on_main(quick, asked, asked.proposal.path)
    assert refused(quick, asked, check="unchanged") == "edited after the merge"


def test_the_evidence_is_edited_on_main(quick: QuickStage) -> None:
    asked = merged(quick)
    edit_on_main(quick, asked, asked.proposal.evidence_path)
    assert refused(quick, asked, check="unchanged") == "edited after the merge"


def test_the_evidence_is_removed_from_main(quick: QuickStage) -> None:
    asked = merged(quick)
    quick.push({asked.proposal.evidence_path: None}, message="tidy")
    assert "no evidence at" in refused(quick, asked, check="verdict")


def test_merged_without_evidence(quick: QuickStage) -> None:
    asked = opened(quick)
    other = QuickStage(quick.folder)
    other.evaluate(other.train())
    pull = without_evidence(other, asked)
    other.approve(pull)
    other.merge(pull)
    assert refused(other, asked, check="evidence") == "evidence missing"


def without_evidence(quick: QuickStage, asked: Asked) -> PullRequest:
    """The pull request of a proposal whose evidence was forgotten."""
    branch = proposal_branch(MODEL, asked.id)
    on_a_branch(quick, branch, {asked.proposal.path: asked.draft.document})
    return quick.forge("engineer").open_pull_request(branch=branch, title="alone", body="", labels=(), reviewers=())


def rewritten(quick: QuickStage, asked: Asked, **changes: object) -> Asked:
    """The same proposal as a person rewrote it, approved and merged past the check."""
    proposal = replace(asked.proposal, **changes)  # type: ignore[arg-type]
    draft = replace(asked.draft, proposal=proposal)
    quick.forge("engineer").close(asked.pull_request.number, reason="by hand")
    pull = by_hand(quick, proposal, asked.draft.evidence.to_bytes())
    quick.approve(pull)
    quick.merge(pull)
    return Asked(version=asked.version, draft=draft, pull_request=pull)


def test_evidence_about_another_candidate(quick: QuickStage) -> None:
    first = champion(quick)
    asked, other = opened(quick, against=first), quick.train()
    pinned = replace(asked.proposal.candidate, version=other.version, digest=other.tags[Tag.DIGEST])
    pinned = replace(pinned, run_id=other.run_id, source=other.source, created=other.created)
    asked = rewritten(quick, asked, candidate=pinned, id=f"churn-v{other.version}-{asked.id[-8:]}")
    assert "candidate sha256:" in refused(quick, asked, check="subject")


def test_evidence_that_fails_the_policy_of_the_merge(quick: QuickStage) -> None:
    first = champion(quick)
    asked = opened(quick, against=first)
    worse = evidence_of(asked.version, first, value=0.8, gain=-0.1, clock=quick.clock)
    lying = Asked(version=asked.version, draft=replace(asked.draft, evidence=worse), pull_request=asked.pull_request)
    asked = rewritten(quick, lying, evidence_digest=worse.digest)
    assert refused(quick, asked, check="verdict").startswith("fail; better: ")


def test_a_bootstrap_written_by_hand_where_a_champion_is(quick: QuickStage) -> None:
    first = champion(quick)
    asked = opened(quick, against=first)
    alone = evidence_of(asked.version, None, value=0.9, gain=0.0, clock=quick.clock)
    asked = Asked(version=asked.version, draft=replace(asked.draft, evidence=alone), pull_request=asked.pull_request)
    asked = rewritten(quick, asked, replaces=None, evidence_digest=alone.digest)
    refused(quick, asked, check="champion", event=Event.CONFLICT)


def test_a_rollback_written_by_hand_to_what_never_was_champion(quick: QuickStage) -> None:
    first = champion(quick)
    asked = rewritten(quick, opened(quick, against=first), kind=Kind.ROLLBACK)
    assert "former champions: none" in refused(quick, asked, check="former_champion")


@pytest.mark.parametrize("alias", ["candidate", "production"])
def test_another_alias_than_the_champions(quick: QuickStage, alias: str) -> None:
    """Nobody compares what another alias points at, so that it would take anything as its first."""
    asked = rewritten(quick, opened(quick), alias=alias)
    report = run(quick)
    assert report.exit_code == Refused.exit_code
    assert f"asks for the alias '{alias}'" in last_entry(quick).why
    assert quick.registry.model(MODEL) == replace(quick.registry.model(MODEL), aliases={})  # type: ignore[type-var]
    assert events(quick, asked.id) == [Event.REFUSED]


def test_more_time_than_the_policy_gives(quick: QuickStage) -> None:
    asked = opened(quick)
    for_ever = asked.proposal.created_at + timedelta(days=3650)
    assert "longer than the policy allows" in refused(
        quick, rewritten(quick, asked, valid_until=for_ever), check="dates"
    )


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"{",
        b"\xff",
        b"a: &a [*a]\n",
        b"schema: coronet/proposal/v1\n",
        b"- a list\n",
        b"null\n",
        b"!!python/object/apply:os.system [true]\n",
    ],
)
def test_what_cannot_be_read_is_refused_once(quick: QuickStage, document: bytes) -> None:
    asked = opened(quick)
    on_a_branch(quick, asked.pull_request.branch, {asked.proposal.path: document})
    quick.approve(asked.pull_request)
    quick.merge(asked.pull_request, admin=True)
    report = run(quick)
    assert report.exit_code == Refused.exit_code
    assert events(quick) == [Event.REFUSED]
    assert asked.proposal.path in last_entry(quick).why
    assert "Nothing to do" in run(quick).to_text()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("created_at", "2026-02-30T00:00:00Z"),
        ("created_at", "0000-01-01T00:00:00Z"),
        ("expires_at", "9999-12-31T23:59:60Z"),
        ("candidate.created", "2026-13-01T00:00:00Z"),
        ("valid_until", "tomorrow"),
        ("attempt", "1e3"),
        ("attempt", "-1"),
        ("id", "churn-v1-00000000"),
        ("model", "iris"),
        ("kind", "coup"),
    ],
)
def test_a_value_that_is_none_is_refused_and_stops_nothing_else(quick: QuickStage, field: str, value: str) -> None:
    asked = opened(quick)
    key = field.split(".")[-1]
    lines = asked.draft.document.decode().splitlines()
    edited = [
        f"{line[: len(line) - len(line.lstrip())]}{key}: {value}" if line.strip().startswith(f"{key}:") else line
        for line in lines
    ]
    on_a_branch(quick, asked.pull_request.branch, {asked.proposal.path: "\n".join(edited).encode() + b"\n"})
    quick.approve(asked.pull_request)
    quick.merge(asked.pull_request, admin=True)
    good = merged(quick)
    run(quick)
    assert events(quick, asked.id) == [Event.REFUSED]
    assert events(quick, good.id) == [Event.PROMOTED]


def test_a_proposal_under_a_wrong_name_is_refused_once(quick: QuickStage) -> None:
    asked = opened(quick)
    quick.push({f"promotions/{MODEL}/wrong.yaml": asked.draft.document.decode()}, message="misnamed")
    run(quick)
    assert events(quick, "wrong") == [Event.REFUSED]
    assert "Nothing to do" in run(quick).to_text()


def test_a_folder_that_cannot_be_a_models_is_overlooked(quick: QuickStage) -> None:
    quick.push({"promotions/NO model\n/x.yaml": "x", "promotions/README.md": "hello\n"}, message="odd")
    assert "Nothing to do" in run(quick).to_text()


def test_a_proposal_for_a_model_that_nobody_governs(quick: QuickStage) -> None:
    asked = opened(quick)
    document = asked.draft.document.decode().replace("model: churn", "model: iris").replace("churn-v1", "iris-v1")
    quick.push({f"promotions/iris/{asked.id.replace('churn', 'iris')}.yaml": document}, message="stray")
    report = run(quick)
    assert report.exit_code == Refused.exit_code
    assert "no model file models/iris/model.yaml" in entries(quick, "iris")[-1].why


def test_a_broken_model_file_at_the_merge_refuses(quick: QuickStage) -> None:
    asked = opened(quick)
    quick.push({"models/churn/model.yaml": "schema: [\n"}, message="break it")
    quick.approve(asked.pull_request)
    quick.merge(asked.pull_request)
    run(quick)
    assert events(quick, asked.id) == [Event.REFUSED]
    quick.push({"models/churn/model.yaml": MODEL_FILE}, message="mend it")
    assert "Nothing to do" in run(quick).to_text()


def test_a_broken_policy_at_the_merge_refuses(quick: QuickStage) -> None:
    asked = opened(quick)
    quick.push({"policy/default.yaml": "gates: [\n"}, message="break it")
    quick.approve(asked.pull_request)
    quick.merge(asked.pull_request)
    assert "policy/default.yaml" in refused(quick, asked, check="approved")


def test_a_broken_policy_today_holds_promotions_and_lets_rollbacks_pass(quick: QuickStage) -> None:
    first, second = two_champions(quick)
    asked = rollback(quick.world("engineer"), MODEL, request(summary="errors"))
    quick.approve(asked.publication.pull_request)
    quick.merge(asked.publication.pull_request)
    quick.push({"policy/default.yaml": "gates: [\n"}, message="break it")
    assert run(quick).exit_code == 0
    assert quick.champion == first.version
    assert second.version != first.version


def test_a_policy_broken_after_the_merge_makes_it_wait(quick: QuickStage) -> None:
    asked = merged(quick)
    quick.push({"policy/default.yaml": "gates: [\n"}, message="break it")
    report = run(quick)
    assert (report.exit_code, str(report.verdict), events(quick, asked.id)) == (0, "inconclusive", [])
    quick.push({"policy/default.yaml": POLICY}, message="mend it")
    run(quick)
    assert events(quick, asked.id) == [Event.PROMOTED]


def test_a_policy_that_changed_between_proposal_and_merge_is_a_conflict(quick: QuickStage) -> None:
    asked = opened(quick)
    quick.push({"policy/default.yaml": POLICY.replace("0.7", "0.71")}, message="ask for more")
    quick.approve(asked.pull_request)
    quick.merge(asked.pull_request)
    refused(quick, asked, check="policy", event=Event.CONFLICT)


def test_a_policy_that_changed_after_the_merge_changes_nothing(quick: QuickStage) -> None:
    asked = merged(quick)
    quick.push({"policy/default.yaml": POLICY.replace("0.7", "0.99")}, message="ask for more")
    run(quick)
    assert events(quick, asked.id) == [Event.PROMOTED]


# --- when -----------------------------------------------------------------------------------------


def test_the_champion_moved(quick: QuickStage) -> None:
    asked = champion_moved(quick)
    assert "the log has version 3" in refused(quick, asked, check="champion", event=Event.CONFLICT)


def test_expired_before_the_merge(quick: QuickStage) -> None:
    asked = approved(quick)
    quick.clock.pass_by(days=14)
    quick.merge(asked.pull_request)
    refused(quick, asked, check="in_time", event=Event.EXPIRED)


def test_expired_between_the_merge_and_promote(quick: QuickStage) -> None:
    asked = merged(quick)
    quick.clock.pass_by(days=14)
    refused(quick, asked, check="in_time", event=Event.EXPIRED)


def test_the_last_second_counts(quick: QuickStage) -> None:
    asked = merged(quick)
    quick.clock.moment = asked.proposal.expires_at - timedelta(seconds=1)
    run(quick)
    assert events(quick, asked.id) == [Event.PROMOTED]


@pytest.mark.parametrize(
    ("day", "hour", "frozen"),
    [(19, 10, False), (19, 11, True), (24, 10, True), (24, 11, False)],
)
def test_a_freeze_begins_and_ends_by_its_own_zones_calendar(
    quick: QuickStage, day: int, hour: int, frozen: bool
) -> None:
    """In Auckland it is thirteen hours later than in UTC."""
    quick.push({"policy/default.yaml": FREEZE}, message="freeze")
    quick.clock.moment = quick.clock.moment.replace(month=12, day=15)
    asked = merged(quick)
    quick.clock.moment = quick.clock.moment.replace(day=day, hour=hour, minute=0)
    report = run(quick)
    assert report.exit_code == 0
    assert events(quick, asked.id) == ([] if frozen else [Event.PROMOTED])
    assert ("year end" in report.to_text()) == frozen


def test_a_freeze_that_comes_after_the_merge_holds_as_well(quick: QuickStage) -> None:
    asked = merged(quick)
    today = FREEZE.replace("2026-12-20", "2026-11-20")
    quick.push({"policy/default.yaml": today}, message="freeze")
    run(quick)
    assert events(quick, asked.id) == []
    quick.push({"policy/default.yaml": POLICY}, message="thaw")
    run(quick)
    assert events(quick, asked.id) == [Event.PROMOTED]


def test_rollbacks_and_renewals_pass_a_freeze_and_a_hold_of_the_model(quick: QuickStage) -> None:
    quick.push({"policy/default.yaml": FREEZE.replace("2026-12-20", "2026-12-21")}, message="freeze later")
    first, second = two_champions(quick)
    quick.clock.moment = quick.clock.moment.replace(month=12, day=22)
    hold(quick.world("model-owner"), MODEL, version=None, release=False, reason="audit")
    fresh = evidence_of(second, None, value=0.9, gain=0.0, clock=quick.clock)
    renewal = renew(quick.world("engineer"), MODEL, request(), fresh)
    quick.approve(renewal.publication.pull_request)
    quick.merge(renewal.publication.pull_request)
    assert run(quick).exit_code == 0
    back = rollback(quick.world("engineer"), MODEL, request(summary="errors"))
    quick.approve(back.publication.pull_request)
    quick.merge(back.publication.pull_request)
    assert run(quick).exit_code == 0
    assert events(quick)[-3:] == [Event.RENEWED, Event.ROLLED_BACK, Event.HELD]
    assert quick.champion == first.version


def test_a_hold_of_the_model_makes_it_wait_until_it_is_released(quick: QuickStage) -> None:
    asked = merged(quick)
    hold(quick.world("model-owner"), MODEL, version=None, release=False, reason="audit")
    report = run(quick)
    assert (report.exit_code, events(quick, asked.id)) == (0, [])
    assert "held by model-owner" in report.to_text()
    hold(quick.world("model-owner"), MODEL, version=None, release=True, reason="done")
    run(quick)
    assert events(quick, asked.id) == [Event.PROMOTED]


def test_a_hold_of_the_version_makes_it_wait_and_another_version_passes(quick: QuickStage) -> None:
    held = merged(quick)
    hold(quick.world("model-owner"), MODEL, version=held.version.version, release=False, reason="it leaks")
    other = merged(quick)
    run(quick)
    assert (events(quick, held.id), events(quick, other.id)) == ([], [Event.PROMOTED])


def test_a_hold_that_comes_while_promote_runs_is_seen(quick: QuickStage) -> None:
    asked = merged(quick)
    world = quick.world()

    def progress(step: str, detail: str = "") -> None:
        if step == "confirm":
            hold(quick.world("model-owner"), MODEL, version=None, release=False, reason="stop")

    promote(replace(world, progress=progress))
    assert quick.champion is None
    assert events(quick, asked.id) == []
    hold(quick.world("model-owner"), MODEL, version=None, release=True, reason="go on")
    run(quick)
    assert quick.champion == asked.version.version


# --- the candidate --------------------------------------------------------------------------------


def test_the_candidate_was_deleted(quick: QuickStage) -> None:
    asked = merged(quick)
    quick.registry.delete_version(MODEL, asked.version.version)
    assert refused(quick, asked, check="candidate") == "no version 1 in the registry"


def test_the_candidate_was_recreated_under_its_number(quick: QuickStage) -> None:
    """Even with the same files: it is another version."""
    asked = merged(quick)
    quick.registry.delete_model(MODEL)
    quick.clock.pass_by(minutes=5)
    quick.train()
    assert "created" in refused(quick, asked, check="candidate")


def test_the_candidates_files_changed(quick: QuickStage) -> None:
    asked = merged(quick)
    quick.registry.change_files(MODEL, "1", {"MLmodel": b"other"})
    refused(quick, asked, check="candidate")


@pytest.mark.parametrize("error", [Conflict, InvalidInput])
def test_a_candidate_whose_files_are_gone_is_refused_and_stops_nothing_else(
    quick: QuickStage, error: type[CoronetError]
) -> None:
    asked = merged(quick)
    quick.registry.change_files(MODEL, "1", {})
    quick.registry.fail("artifact_digest", error("version 1 of churn has no files"), times=1)
    assert "no digest (version 1 of churn has no files)" in refused(quick, asked, check="candidate")


# --- behind git's back ----------------------------------------------------------------------------


def test_a_moved_alias_is_logged_once_and_told_each_time(quick: QuickStage) -> None:
    _, second = diverged(quick)
    for _ in range(3):
        report = run(quick)
        assert report.exit_code == Conflict.exit_code
        assert "churn@champion is version 1, the log says version 2" in report.to_text()
    assert events(quick).count(Event.DIVERGED) == 1
    assert second.version == "2"


def test_heal_puts_it_back(quick: QuickStage) -> None:
    diverged(quick)
    report = run(quick, heal=True)
    assert (report.exit_code, quick.champion) == (0, "2")
    assert events(quick)[-2:] == [Event.DIVERGED, Event.HEALED]
    assert "Nothing to do" in run(quick, heal=True).to_text()


def test_a_vanished_alias_is_healed(quick: QuickStage) -> None:
    champion(quick)
    quick.registry.change_alias(MODEL, "champion", None)
    assert "is gone, the log says version 1" in run(quick).to_text()
    assert run(quick, heal=True).exit_code == 0
    assert quick.champion == "1"


def test_a_champion_that_is_gone_cannot_be_healed_and_stops_nothing_else(quick: QuickStage) -> None:
    bad = unapproved_merge(quick, against=champion(quick))
    quick.registry.delete_version(MODEL, "1")
    report = run(quick, heal=True)
    assert report.exit_code == Refused.exit_code
    assert "version 1 is gone from the registry" in report.to_text()
    assert events(quick).count(Event.HEALED) == 0
    assert events(quick, bad.id) == [Event.REFUSED]
    assert run(quick, heal=True).exit_code == Conflict.exit_code


def test_an_alias_is_never_put_back_on_other_files_under_the_number(quick: QuickStage) -> None:
    diverged(quick)
    quick.registry.change_files(MODEL, "2", {"MLmodel": b"other"})
    report = run(quick, heal=True)
    assert (report.exit_code, quick.champion) == (Conflict.exit_code, "1")
    assert "the files of version 2 are not those of the log" in report.to_text()


def test_nothing_is_promoted_over_a_divergence(quick: QuickStage) -> None:
    first, second = two_champions(quick)
    asked = merged(quick, against=second)
    quick.registry.change_alias(MODEL, "champion", first.version)
    report = run(quick)
    assert (report.exit_code, events(quick, asked.id)) == (Conflict.exit_code, [])
    assert run(quick, heal=True).exit_code == 0
    assert events(quick, asked.id) == [Event.PROMOTED]
    assert quick.champion == asked.version.version


def test_the_alias_is_moved_by_somebody_right_after_promote_moved_it(quick: QuickStage) -> None:
    first = champion(quick)
    asked = merged(quick, against=first)

    def move(call: object) -> None:
        quick.registry.change_alias(MODEL, "champion", first.version)

    quick.registry.meanwhile("set_alias", move, moment=Moment.AFTER)
    with pytest.raises(Conflict, match="reads back as 1"):
        run(quick)
    assert run(quick).exit_code == 0
    assert (events(quick, asked.id), quick.champion) == ([Event.PROMOTED], asked.version.version)


def kept_by_hand(quick: QuickStage) -> Asked:
    """The alias was moved to a new version by hand, and an owner approved a proposal to keep it."""
    first = champion(quick)
    version = quick.train()
    quick.registry.change_alias(MODEL, "champion", version.version)
    report = open_proposal(quick, version, against=first)
    assert report.draft is not None
    assert report.publication is not None
    assert report.publication.pull_request is not None
    quick.approve(report.publication.pull_request)
    quick.merge(report.publication.pull_request)
    return Asked(version=version, draft=report.draft, pull_request=report.publication.pull_request)


@pytest.mark.parametrize("heal", [False, True])
def test_a_version_that_was_made_champion_by_hand_is_kept_by_a_proposal(quick: QuickStage, heal: bool) -> None:
    asked = kept_by_hand(quick)
    quick.registry.calls.clear()
    report = run(quick, heal=heal)
    assert report.exit_code == 0, report.to_text()
    assert "churn@champion is version 2, the log says version 1, kept by a proposal" in report.to_text()
    assert events(quick)[-2:] == [Event.DIVERGED, Event.ADOPTED]
    assert last_entry(quick).origin is not None
    assert not [call for call in quick.registry.calls if call.method == "set_alias"]
    assert quick.champion == asked.version.version
    assert "Nothing to do" in run(quick, heal=True).to_text()


def test_what_is_not_approved_is_not_kept(quick: QuickStage) -> None:
    first = champion(quick)
    version = quick.train()
    quick.registry.change_alias(MODEL, "champion", version.version)
    report = open_proposal(quick, version, against=first)
    assert report.publication is not None
    quick.merge(report.publication.pull_request, admin=True)
    assert run(quick, heal=True).exit_code == Refused.exit_code
    assert quick.champion == first.version
    assert events(quick)[-3:] == [Event.DIVERGED, Event.HEALED, Event.REFUSED]


def test_a_rollback_that_was_done_by_hand_is_recorded_and_what_it_left_is_held(quick: QuickStage) -> None:
    first, second = diverged(quick)
    report = rollback(quick.world("engineer"), MODEL, request(summary="errors"), to=first.version)
    quick.approve(report.publication.pull_request)
    quick.merge(report.publication.pull_request)
    assert run(quick, heal=True).exit_code == 0
    assert events(quick)[-3:] == [Event.DIVERGED, Event.ROLLED_BACK, Event.HELD]
    assert quick.champion == first.version
    assert second.version != first.version


def test_an_alias_put_back_by_hand_may_diverge_again_and_is_logged_again(quick: QuickStage) -> None:
    first, second = diverged(quick)
    run(quick)
    quick.registry.change_alias(MODEL, "champion", second.version)
    report = run(quick)
    assert report.to_text().startswith("pass: 1 put back by hand.")
    assert report.exit_code == 0
    assert (last_entry(quick).event, last_entry(quick).why) == (Event.HEALED, "found where the log left it again")
    assert "Nothing to do" in run(quick).to_text()
    quick.registry.change_alias(MODEL, "champion", first.version)
    assert run(quick).exit_code == Conflict.exit_code
    assert events(quick)[-3:] == [Event.DIVERGED, Event.HEALED, Event.DIVERGED]


def test_an_alias_that_two_models_govern_is_not_fought_over(quick: QuickStage) -> None:
    """Each would put back what was approved for it, and undo the other."""
    diverged(quick)
    quick.push({"models/iris/model.yaml": MODEL_FILE + "registered_model: churn\n"}, message="share it")
    report = run(quick, heal=True)
    assert report.exit_code == Conflict.exit_code
    assert "it is governed by models/churn/model.yaml and models/iris/model.yaml" in report.to_text()
    assert quick.champion == "1"


def test_a_proposal_for_an_alias_that_two_models_govern_is_refused(quick: QuickStage) -> None:
    asked = opened(quick)
    quick.push({"models/iris/model.yaml": MODEL_FILE + "registered_model: churn\n"}, message="share it")
    quick.approve(asked.pull_request)
    quick.merge(asked.pull_request)
    assert run(quick).exit_code == Refused.exit_code
    said = last_entry(quick).why
    assert "churn@champion is governed by 2 models" in said
    assert "models/churn/model.yaml" in said
    assert "models/iris/model.yaml:9:1" in said


@pytest.mark.parametrize("other", ["registered_model: churn\naliases: {champion: shadow}\n", "", "aliases: [\n"])
def test_models_with_aliases_of_their_own_share_nothing(quick: QuickStage, other: str) -> None:
    quick.push({"models/iris/model.yaml": MODEL_FILE + other}, message="beside it")
    assert champion(quick).version == quick.champion


# --- what fails -----------------------------------------------------------------------------------


@pytest.mark.parametrize("moment", list(Moment))
@pytest.mark.parametrize(
    "method", ["models", "version", "artifact_digest", "set_alias", "model", "set_version_tags", "load_run_file"]
)
def test_the_registry_fails_and_the_next_run_ends_well(quick: QuickStage, method: str, moment: Moment) -> None:
    first = champion(quick)
    asked = merged(quick, against=first)
    quick.registry.fail(method, Unavailable("the registry does not answer"), moment=moment)
    with pytest.raises(Unavailable):
        run(quick)
    assert run(quick).exit_code == 0
    assert (events(quick, asked.id), quick.champion) == ([Event.PROMOTED], asked.version.version)
    assert "Nothing to do" in run(quick).to_text()


def test_the_remote_is_down(quick: QuickStage) -> None:
    asked = merged(quick)
    quick.remote.is_down = True
    with pytest.raises(Unavailable):
        run(quick)
    quick.remote.is_down = False
    run(quick)
    assert events(quick, asked.id) == [Event.PROMOTED]


@pytest.mark.parametrize("lost", [1, 2])
def test_the_answer_to_a_push_is_lost(quick: QuickStage, lost: int) -> None:
    asked = merged(quick)
    quick.remote.answers_lost = lost
    for _ in range(lost):
        with pytest.raises(Unavailable):
            run(quick)
    assert run(quick).exit_code == 0
    assert (events(quick, asked.id), quick.champion) == ([Event.PROMOTED], "1")


def test_the_log_branch_refuses_the_push(quick: QuickStage) -> None:
    merged(quick)
    quick.remote.refuses["refs/heads/promotions-log"] = "protected"
    with pytest.raises(Refused, match="protected"):
        run(quick)
    assert quick.champion is None


def somebody_logs(quick: QuickStage) -> None:
    quick.push({"notes/other.md": str(len(quick.remote.commits))}, message="something else", branch="promotions-log")


@pytest.mark.parametrize("times", [1, 5])
def test_the_log_branch_moves_while_it_is_written(quick: QuickStage, times: int) -> None:
    first = champion(quick)
    asked = merged(quick, against=first)
    quick.remote.before_push = [lambda: somebody_logs(quick)] * times
    assert run(quick).exit_code == 0
    assert (events(quick, asked.id), quick.champion) == ([Event.PROMOTED], asked.version.version)
    assert [entry.event for entry in entries(quick)].count(Event.INTENT) == 2


def test_the_log_branch_moves_for_ever(quick: QuickStage) -> None:
    first = champion(quick)
    asked = merged(quick, against=first)
    quick.remote.before_push = [lambda: somebody_logs(quick)] * TRIES
    with pytest.raises(Conflict, match=f"moved {TRIES} times"):
        run(quick)
    assert quick.champion == first.version
    assert run(quick).exit_code == 0
    assert events(quick, asked.id) == [Event.PROMOTED]


def test_a_broken_chain_stops_everything_and_names_the_line(quick: QuickStage) -> None:
    first = champion(quick)
    merged(quick, against=first)
    log = quick.show("promotions-log:changelog/churn.jsonl")
    quick.push({"changelog/churn.jsonl": log.replace("more trees", "no trees")}, message="x", branch="promotions-log")
    with pytest.raises(InvalidInput, match="the change log of churn is broken") as caught:
        run(quick)
    assert str(caught.value.findings[0].location) == "changelog/churn.jsonl:1"
    assert quick.champion == first.version


FORGERY = ('"version":"1"', '"version":"9"')


def refuses_the_forgery(quick: QuickStage, *, heal: bool = False) -> None:
    before = written(quick)
    with pytest.raises(InvalidInput, match="the change log of churn is broken"):
        run(quick, heal=heal)
    assert written(quick) == before


def test_a_log_forged_with_its_index_moves_no_alias(quick: QuickStage) -> None:
    merged(quick, against=champion(quick))
    forged(quick, *FORGERY)
    refuses_the_forgery(quick)


@pytest.mark.parametrize("heal", [False, True])
def test_a_log_forged_with_its_index_heals_nothing(quick: QuickStage, heal: bool) -> None:
    champion(quick)
    forged(quick, *FORGERY)
    refuses_the_forgery(quick, heal=heal)


def test_a_log_forged_with_its_index_ends_no_pull_request(quick: QuickStage) -> None:
    first = champion(quick)
    opened(quick, against=first)
    quick.clock.pass_by(days=14)
    forged(quick, "more trees", "no trees")
    refuses_the_forgery(quick)


def test_an_index_forged_beside_an_intact_log_is_not_believed(quick: QuickStage) -> None:
    """It says of the log that is there that another version is champion: nothing is moved on its word."""
    asked = merged(quick, against=champion(quick))
    index = quick.show("promotions-log:changelog/churn.index.json").replace(*FORGERY)
    quick.push({"changelog/churn.index.json": index}, message="forge", branch="promotions-log")
    assert run(quick).exit_code == 0
    assert (events(quick, asked.id), quick.champion) == ([Event.PROMOTED], asked.version.version)


def test_an_index_forged_beside_an_intact_log_makes_no_divergence(quick: QuickStage) -> None:
    champion(quick)
    index = quick.show("promotions-log:changelog/churn.index.json").replace(*FORGERY)
    quick.push({"changelog/churn.index.json": index}, message="forge", branch="promotions-log")
    assert "Nothing to do" in run(quick, heal=True).to_text()


class Counting(MemoryRepository):
    """Notes every file of which it gives the content."""

    def __init__(self, repository: MemoryRepository) -> None:
        super().__init__(repository.remote)
        self.given: list[str] = []

    def read(self, commit: str, path: str) -> bytes | None:
        self.given.append(path)
        return super().read(commit, path)

    def blob_ids(self, wanted: Sequence[tuple[str, str]]) -> tuple[str | None, ...]:
        return self.remote.clone().blob_ids(wanted)


def test_where_nothing_is_to_be_done_no_log_is_read(quick: QuickStage) -> None:
    """With a thousand models that would take minutes; `coronet verify` reads them all."""
    champion(quick)
    world = quick.world()
    repository = Counting(quick.repository())
    assert "Nothing to do" in promote(replace(world, repository=repository)).to_text()
    assert [path for path in repository.given if path.endswith(".jsonl")] == []


# --- pull requests that end without a merge -------------------------------------------------------


def test_a_rejection_is_logged_once_with_who_and_why(quick: QuickStage) -> None:
    asked = opened(quick)
    quick.forge("second-owner").close(asked.pull_request.number, reason="insufficient uplift in major segments")
    report = run(quick)
    assert report.exit_code == 0
    assert report.to_text().splitlines() == [
        "pass: 1 rejected.",
        f"· {asked.id} (pull request 1): rejected by second-owner: insufficient uplift in major segments",
    ]
    entry = last_entry(quick)
    assert (entry.event, entry.actor, entry.why) == (
        Event.REJECTED,
        "second-owner",
        "insufficient uplift in major segments",
    )
    assert "Nothing to do" in run(quick).to_text()
    assert quick.champion is None


def test_a_rejection_leaves_the_champion(quick: QuickStage) -> None:
    first = champion(quick)
    asked = opened(quick, against=first)
    quick.forge("model-owner").close(asked.pull_request.number, reason="no")
    quick.registry.calls.clear()
    run(quick)
    assert quick.champion == first.version
    assert quick.registry.writes == []


def test_an_overdue_pull_request_is_closed_and_logged_as_expired(quick: QuickStage) -> None:
    asked = opened(quick)
    quick.clock.pass_by(days=14)
    report = run(quick)
    assert report.to_text().splitlines() == [
        "pass: 1 expired, 1 closed.",
        f"· {asked.id} (pull request 1): expired: it was to be merged and applied before 2026-12-04T12:00:00Z",
    ]
    closed = quick.forge("engineer").pull_request(asked.pull_request.number)
    assert closed is not None
    assert (closed.state, closed.close_reason) == (
        PullRequestState.CLOSED,
        "expired: it was to be merged and applied before 2026-12-04T12:00:00Z",
    )
    assert events(quick, asked.id) == [Event.EXPIRED]
    assert "Nothing to do" in run(quick).to_text()


def test_the_power_is_cut_before_an_overdue_pull_request_is_closed(quick: QuickStage) -> None:
    asked = opened(quick)
    quick.clock.pass_by(days=14)
    quick.remote.answers_lost = 1
    with pytest.raises(Unavailable):
        run(quick)
    run(quick)
    closed = quick.forge("engineer").pull_request(asked.pull_request.number)
    assert closed is not None
    assert closed.state is PullRequestState.CLOSED
    assert events(quick, asked.id) == [Event.EXPIRED]


def test_a_pull_request_that_was_opened_again_after_its_end_is_closed(quick: QuickStage) -> None:
    asked = opened(quick)
    quick.forge("model-owner").close(asked.pull_request.number, reason="no")
    run(quick)
    branch = asked.pull_request.branch
    again = quick.forge("engineer").open_pull_request(branch=branch, title="please", body="", labels=(), reviewers=())
    run(quick)
    closed = quick.forge("engineer").pull_request(again.number)
    assert closed is not None
    assert closed.close_reason == "it has ended already: rejected; propose it again"
    assert events(quick, asked.id) == [Event.REJECTED]


def test_what_was_merged_after_it_had_ended_is_said_once(quick: QuickStage) -> None:
    asked = approved(quick)
    quick.forge("model-owner").close(asked.pull_request.number, reason="no")
    run(quick)
    branch = asked.pull_request.branch
    again = quick.forge("engineer").open_pull_request(branch=branch, title="please", body="", labels=(), reviewers=())
    quick.approve(again)
    quick.merge(again)
    report = run(quick)
    assert report.exit_code == Refused.exit_code
    assert f"{asked.id}: ended already: rejected before it was merged" in report.to_text()
    assert events(quick, asked.id) == [Event.REJECTED, Event.ENDED_ALREADY]
    assert last_entry(quick).merge_commit is not None
    assert quick.champion is None
    assert "Nothing to do" in run(quick).to_text()


def test_a_forge_that_does_not_let_it_close_stops_nothing(quick: QuickStage) -> None:
    asked = opened(quick)
    quick.clock.pass_by(days=14)
    quick.remote.before_push = [lambda: None, lambda: quick.remote.refuses.update({"refs/coronet/forge": "read only"})]
    assert run(quick).exit_code == 0
    assert events(quick, asked.id) == [Event.EXPIRED]


def test_other_branches_are_none_of_its_business(quick: QuickStage) -> None:
    for branch in ("promotions/churn/@everyone", "promotions/churn/churn-v1-zzzzzzzz", "feature"):
        quick.repository().publish(
            branch,
            expected=None,
            parent=quick.repository().head("main"),
            files={"README.md": b"x"},
            message="x",
            author=Person.of_login("engineer"),
            at=quick.clock.now(),
        )
        forge = quick.forge("engineer")
        pull = forge.open_pull_request(branch=branch, title="x", body="", labels=(), reviewers=())
        forge.close(pull.number, reason="x")
    assert "Nothing to do" in run(quick).to_text()


# --- rollbacks ------------------------------------------------------------------------------------


def test_what_was_rolled_back_is_held_and_waits_when_it_comes_again(quick: QuickStage) -> None:
    first, second = rolled_back(quick)
    assert (quick.champion, last_entry(quick).event) == (first.version, Event.HELD)
    held = last_entry(quick)
    assert held.target is not None
    assert held.target.version == second.version


def test_a_rollback_that_an_owner_asks_for_needs_another_owner(quick: QuickStage) -> None:
    two_champions(quick)
    report = rollback(quick.world("model-owner"), MODEL, request(summary="errors", login="model-owner"))
    quick.approve(report.publication.pull_request, by="second-owner")
    quick.merge(report.publication.pull_request)
    run(quick)
    assert events(quick)[-2:] == [Event.ROLLED_BACK, Event.HELD]


def test_progress_is_told_before_each_step(quick: QuickStage) -> None:
    merged(quick)
    quick.progress.clear()
    run(quick)
    steps = [step for step in quick.progress if step not in ("judge", "digest")]
    assert steps == ["read", "intent", "confirm", "move", "read back", "lifecycle", "outcome", "announce"]


def test_the_report_is_for_programs_too(quick: QuickStage) -> None:
    first = champion(quick)
    asked = merged(quick, against=first)
    value = run(quick).to_json()
    assert value["verdict"] == "pass"
    assert value["promotions"] == [
        {
            "model": MODEL,
            "proposal": asked.id,
            "alias": "champion",
            "action": "move",
            "event": "promoted",
            "from": "1",
            "to": "2",
            "why": "more trees",
        }
    ]


def test_one_refusal_does_not_touch_the_next_proposal(quick: QuickStage) -> None:
    bad, good = unapproved_merge(quick), merged(quick)
    report = run(quick)
    assert report.exit_code == Refused.exit_code
    assert (events(quick, bad.id), events(quick, good.id)) == ([Event.REFUSED], [Event.PROMOTED])
