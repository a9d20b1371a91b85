"""`check`: what a pull request may bring, and that nothing in it acts on who reads the answer."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from coronet.adapters.documents import FileDocuments
from coronet.commands.check import CheckReport, check
from coronet.commands.hold import hold
from coronet.commands.promote import promote
from coronet.commands.renew import renew
from coronet.commands.rollback import rollback
from coronet.core.decision import Result, Verdict
from coronet.core.evidence import Evidence
from coronet.core.proposal import Proposal, identify
from coronet.core.version_tags import Tag
from coronet.errors import Refused
from coronet.ports.registry import ModelVersion
from tests.gfm import read_markdown
from tests.stage.looking import broken, find, results, written
from tests.stage.quick import QuickStage
from tests.stage.reports import told
from tests.stage.road import ask
from tests.stage.stage import FILES, MODEL, evidence_of
from tests.stage.states import Asked, champion, champion_moved, on_a_branch, opened, request, rolled_back, two_champions

POLICY = FILES["policy/default.yaml"]


def judged(quick: QuickStage, branch: str, *, ask_registry: bool = True) -> CheckReport:
    world = quick.world("reader")
    base, head = world.repository.head("main"), world.repository.head(branch)
    assert base is not None
    assert head is not None
    before = written(quick)
    report = check(world, base=base, head=head, ask_registry=ask_registry)
    assert written(quick) == before
    return told(report)


def of(quick: QuickStage, asked: Asked, *, ask_registry: bool = True) -> CheckReport:
    return judged(quick, asked.pull_request.branch, ask_registry=ask_registry)


def wrong(quick: QuickStage, asked: Asked) -> list[str]:
    """What is broken in the one proposal."""
    report = of(quick, asked)
    assert report.exit_code == (Refused.exit_code if report.verdict is not Verdict.PASS else 0)
    (proposal,) = report.proposals
    return broken(proposal.checks)


def edited(quick: QuickStage, asked: Asked, **changes: Any) -> Asked:
    """The proposal as a person edited it on its branch."""
    changed = replace(asked.proposal, **changes)
    document = FileDocuments().render(changed.to_json())
    on_a_branch(quick, asked.pull_request.branch, {asked.proposal.path: document})
    return asked


def with_text(quick: QuickStage, asked: Asked, old: str, new: str) -> Asked:
    document = asked.draft.document.decode()
    assert old in document
    on_a_branch(quick, asked.pull_request.branch, {asked.proposal.path: document.replace(old, new).encode()})
    return asked


def renamed(proposal: Proposal, evidence: Evidence) -> Proposal:
    """The proposal under the id that what it asks for makes."""
    own = identify(
        kind=proposal.kind,
        model=proposal.model,
        alias=proposal.alias,
        candidate=proposal.candidate,
        replaces=proposal.replaces,
        facts_digest=evidence.facts_digest,
        policy_digest=proposal.policy_digest,
        attempt=proposal.attempt,
    )
    return replace(proposal, id=own)


# --- what passes ----------------------------------------------------------------------------------


def test_what_propose_opened_passes_and_says_who_acts_next(quick: QuickStage) -> None:
    report = of(quick, opened(quick))
    assert (report.exit_code, report.verdict) == (0, Verdict.PASS)
    assert report.to_text().splitlines()[0] == "pass: One of model-owner, second-owner approves and merges."


def test_every_kind_of_proposal_passes(quick: QuickStage) -> None:
    first, second = two_champions(quick)
    fresh = evidence_of(second, None, value=0.9, gain=0.0, clock=quick.clock)
    renewal = renew(quick.world("engineer"), MODEL, request(), fresh)
    back = rollback(quick.world("engineer"), MODEL, request(summary="errors"))
    for report in (judged(quick, renewal.draft.branch), judged(quick, back.draft.branch)):
        assert report.exit_code == 0, report.to_text()
    assert first.version != second.version


@pytest.mark.parametrize(
    "files",
    [
        {"README.md": b"hello\n"},
        {"models/churn/model.yaml": b"schema: [\n"},
        {"promotions/README.md": b"what lies here\n"},
        {"promotionss/churn/x.yaml": b"x"},
    ],
)
def test_a_pull_request_without_proposals_has_nothing_to_judge(quick: QuickStage, files: dict[str, bytes]) -> None:
    on_a_branch(quick, "feature", files)
    report = judged(quick, "feature")
    assert (report.exit_code, report.to_text()) == (0, "pass: No proposals here: nothing to judge.")


def test_a_branch_that_fell_behind_main_is_judged_under_todays_main(quick: QuickStage) -> None:
    asked = opened(quick)
    quick.push({"README.md": "hello\n"}, message="main goes on")
    assert wrong(quick, asked) == []
    quick.push({"policy/default.yaml": POLICY.replace("0.7", "0.71")}, message="ask for more")
    assert wrong(quick, asked) == ["policy"]


def test_without_a_registry_the_files_alone_are_judged(quick: QuickStage) -> None:
    asked = opened(quick)
    quick.registry.delete_model(MODEL)
    quick.registry.calls.clear()
    report = of(quick, asked, ask_registry=False)
    assert report.exit_code == 0
    assert quick.registry.calls == []
    assert wrong(quick, asked) == ["candidate"]


def test_a_doubt_that_the_policy_leaves_to_reviewers_is_told_and_passes(quick: QuickStage) -> None:
    quick.push({"policy/default.yaml": POLICY + "on_inconclusive: ask\n"}, message="ask")
    first = champion(quick)
    version = quick.train()
    quick.evaluate(version, against=first, gain=0.01)
    report = ask(quick)
    assert report.draft is not None
    checked = judged(quick, report.draft.branch)
    assert checked.exit_code == 0
    assert results(checked.proposals[0].checks)["verdict"] is Result.WARN
    assert "the policy leaves it to the reviewers" in checked.to_text()


# --- other files ----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["README.md", "CODEOWNERS", "policy/default.yaml", "models/churn/model.yaml"])
def test_a_proposal_comes_alone(quick: QuickStage, path: str) -> None:
    asked = opened(quick)
    on_a_branch(quick, asked.pull_request.branch, {path: b"* @passer-by\n"})
    report = of(quick, asked)
    assert report.exit_code == Refused.exit_code
    assert f"{path} is " in find(report.checks, "files").saw


def test_codeowners_and_policy_of_the_pull_request_itself_do_not_count(quick: QuickStage) -> None:
    asked = opened(quick)
    easy = POLICY + "approvals: {count: 0}\n"
    on_a_branch(quick, asked.pull_request.branch, {"CODEOWNERS": b"* @passer-by\n", "policy/churn.yaml": easy.encode()})
    (proposal,) = of(quick, asked).proposals
    assert proposal.approvers == ("model-owner", "second-owner")
    assert results(proposal.checks)["policy"] is Result.PASS


def test_a_merged_proposal_never_changes(quick: QuickStage) -> None:
    champion(quick)
    path = f"promotions/churn/{_only_proposal(quick)}.yaml"
    on_a_branch(quick, "edit", {path: quick.show(f"main:{path}").encode() + b"# better\n"})
    report = judged(quick, "edit")
    assert report.exit_code == Refused.exit_code
    assert find(report.checks, "files").saw == f"{path} is modified"


def test_a_merged_proposal_is_never_deleted_or_renamed(quick: QuickStage) -> None:
    champion(quick)
    name = _only_proposal(quick)
    old, new = f"promotions/churn/{name}.yaml", "promotions/churn/renamed.yaml"
    on_a_branch(quick, "rename", {new: quick.show(f"main:{old}").encode()})
    quick.push({old: None}, message="and away", branch="rename")
    report = judged(quick, "rename")
    assert report.exit_code == Refused.exit_code
    assert f"{old} is deleted" in find(report.checks, "files").saw


def _only_proposal(quick: QuickStage) -> str:
    repository = quick.repository()
    (path,) = (p for p in repository.paths(repository.head("main") or "", "promotions") if p.endswith(".yaml"))
    return path.split("/")[-1].removesuffix(".yaml")


def test_evidence_alone_is_no_proposal(quick: QuickStage) -> None:
    on_a_branch(quick, "alone", {"promotions/churn/x.evidence.json": b"{}\n"})
    report = judged(quick, "alone")
    assert report.exit_code == Refused.exit_code
    assert find(report.checks, "files").saw == "promotions/churn/x.evidence.json is added"


def test_two_proposals_of_one_model_cannot_both_be_applied(quick: QuickStage) -> None:
    one, two = opened(quick), opened(quick)
    files = {two.proposal.path: two.draft.document, two.proposal.evidence_path: two.draft.evidence.to_bytes()}
    on_a_branch(quick, one.pull_request.branch, files)
    report = of(quick, one)
    assert report.exit_code == Refused.exit_code
    assert find(report.checks, "files").saw == "2 proposals for churn, of which one can be applied"
    assert [broken(proposal.checks) for proposal in report.proposals] == [[], []]


def test_many_strange_files_are_not_all_listed(quick: QuickStage) -> None:
    asked = opened(quick)
    on_a_branch(quick, asked.pull_request.branch, {f"junk/{number}": b"x" for number in range(100)})
    assert "and 95 more" in find(of(quick, asked).checks, "files").saw


# --- one thing wrong ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("kind: promotion", "kind: coup", "`kind`"),
        ("alias: champion", "alias: latest", "an alias"),
        ("alias: champion", "alias: candidate", "asks for the alias 'candidate'"),
        ("id: churn-v1", "id: churn-v2", "wanted `churn-v1-` and 8 digits"),
        ("version: '1'", "version: 1", "version"),
        ("attempt: 1", "attempt: 1\nnonsense: true", "nonsense"),
        ("created_at: 2026", "created_at: 20261", "`created_at`"),
    ],
)
def test_what_is_not_valid_is_said_with_its_place(quick: QuickStage, old: str, new: str, said: str) -> None:
    asked = opened(quick)
    if old.endswith("'1'"):
        old = old if old in asked.draft.document.decode() else old.replace("'", '"')
    report = of(quick, with_text(quick, asked, old, new))
    assert report.exit_code == Refused.exit_code
    assert said in report.to_text(), report.to_text()


def test_every_finding_is_told_at_once_with_line_and_column(quick: QuickStage) -> None:
    asked = opened(quick)
    document = asked.draft.document.decode().replace("kind: promotion", "kind: coup").replace("alias: ", "alais: ")
    on_a_branch(quick, asked.pull_request.branch, {asked.proposal.path: document.encode()})
    text = of(quick, asked).to_text()
    assert len(re.findall(rf"{re.escape(asked.proposal.path)}:\d+:\d+: ", text)) >= 3


def test_a_name_of_its_own(quick: QuickStage) -> None:
    asked = opened(quick)
    other = replace(asked.proposal, id="churn-v1-00000000")
    document = FileDocuments().render(other.to_json())
    on_a_branch(quick, "named", {other.path: document, other.evidence_path: asked.draft.evidence.to_bytes()})
    (proposal,) = judged(quick, "named").proposals
    assert broken(proposal.checks) == ["id"]
    assert find(proposal.checks, "id").hint.startswith(f"call it {asked.id}, ")


def test_a_file_whose_name_is_not_its_id(quick: QuickStage) -> None:
    asked = opened(quick)
    path = asked.proposal.path.replace(asked.id, "mine")
    on_a_branch(quick, "named", {path: asked.draft.document})
    report = judged(quick, "named")
    assert "the file's name says 'mine'" in report.to_text()


def test_the_wrong_folder(quick: QuickStage) -> None:
    quick.push({"models/iris/model.yaml": FILES["models/churn/model.yaml"]}, message="govern iris")
    asked = opened(quick)
    files = {
        asked.proposal.path.replace("churn/", "iris/"): asked.draft.document,
        asked.proposal.evidence_path.replace("churn/", "iris/"): asked.draft.evidence.to_bytes(),
    }
    on_a_branch(quick, "wrong", files)
    report = judged(quick, "wrong")
    assert report.exit_code == Refused.exit_code
    assert "the folder says 'iris'" in report.to_text()


def test_an_alias_that_two_models_govern(quick: QuickStage) -> None:
    quick.push({"models/iris/model.yaml": FILES["models/churn/model.yaml"]}, message="govern iris")
    asked = opened(quick)
    shared = FILES["models/churn/model.yaml"] + "registered_model: churn\n"
    quick.push({"models/iris/model.yaml": shared}, message="the same alias")
    said = of(quick, asked).to_text()
    assert "churn@champion is governed by 2 models" in said
    assert "models/churn/model.yaml:1:1" in said
    assert "models/iris/model.yaml:9:1" in said


def test_a_model_that_nobody_governs(quick: QuickStage) -> None:
    on_a_branch(quick, "stray", {"promotions/iris/iris-v1-00000000.yaml": opened(quick).draft.document})
    assert judged(quick, "stray").exit_code == Refused.exit_code


def test_evidence_that_was_edited(quick: QuickStage) -> None:
    asked = opened(quick)
    better = asked.draft.evidence.to_bytes().replace(b"0.9", b"0.99")
    on_a_branch(quick, asked.pull_request.branch, {asked.proposal.evidence_path: better})
    assert "evidence" in wrong(quick, asked)


def test_evidence_that_was_forgotten(quick: QuickStage) -> None:
    asked = opened(quick)
    quick.push({asked.proposal.evidence_path: None}, message="forget", branch=asked.pull_request.branch)
    assert f"no evidence at {asked.proposal.evidence_path}" in of(quick, asked).to_text()


def test_evidence_with_a_nan_is_no_evidence(quick: QuickStage) -> None:
    asked = opened(quick)
    broken_evidence = asked.draft.evidence.to_bytes().replace(b'"candidate":0.9', b'"candidate":NaN')
    assert b"NaN" in broken_evidence
    on_a_branch(quick, asked.pull_request.branch, {asked.proposal.evidence_path: broken_evidence})
    report = of(quick, asked)
    assert report.exit_code == Refused.exit_code
    assert "NaN" in report.to_text()


def test_evidence_that_does_not_satisfy_the_policy(quick: QuickStage) -> None:
    first = champion(quick)
    asked = opened(quick, against=first)
    worse = evidence_of(asked.version, first, value=0.8, gain=-0.1, clock=quick.clock)
    other = renamed(replace(asked.proposal, evidence_digest=worse.digest, evidence_verdict="fail"), worse)
    files = {other.path: FileDocuments().render(other.to_json()), other.evidence_path: worse.to_bytes()}
    on_a_branch(quick, "worse", files)
    (proposal,) = judged(quick, "worse").proposals
    assert broken(proposal.checks) == ["verdict"]
    assert "better: " in judged(quick, "worse").to_text()


def test_a_verdict_that_its_evidence_does_not_give(quick: QuickStage) -> None:
    assert wrong(quick, edited(quick, opened(quick), evidence_verdict="inconclusive")) == ["said_verdict"]


def test_a_policy_that_is_not_todays(quick: QuickStage) -> None:
    asked = opened(quick)
    quick.push({"policy/default.yaml": POLICY.replace("0.7", "0.6")}, message="ask for less")
    assert wrong(quick, asked) == ["policy"]


@pytest.mark.parametrize("field", ["valid_until", "expires_at"])
def test_more_time_than_the_policy_gives(quick: QuickStage, field: str) -> None:
    asked = opened(quick)
    later = getattr(asked.proposal, field) + timedelta(seconds=1)
    assert wrong(quick, edited(quick, asked, **{field: later})) == ["dates"]


def test_a_date_of_the_future(quick: QuickStage) -> None:
    asked = opened(quick)
    made = asked.proposal.created_at + timedelta(days=365)
    dates = {"created_at": made, "expires_at": made + timedelta(days=14), "valid_until": made + timedelta(days=90)}
    assert wrong(quick, edited(quick, asked, **dates)) == ["dates"]


def test_expired(quick: QuickStage) -> None:
    asked = opened(quick)
    quick.clock.pass_by(days=14)
    assert wrong(quick, asked) == ["in_time"]


def test_the_champion_moved(quick: QuickStage) -> None:
    asked = champion_moved(quick)
    files = {
        asked.proposal.path: asked.draft.document,
        asked.proposal.evidence_path: asked.draft.evidence.to_bytes(),
    }
    quick.push(dict.fromkeys(files), message="make room")
    on_a_branch(quick, "stale", files)
    (proposal,) = judged(quick, "stale").proposals
    assert broken(proposal.checks) == ["champion"]
    assert find(proposal.checks, "champion").saw.startswith("the log has version 3")


def test_rejected_before_and_opened_again(quick: QuickStage) -> None:
    asked = opened(quick)
    quick.forge("model-owner").close(asked.pull_request.number, reason="no")
    promote(quick.world())
    assert wrong(quick, asked) == ["undecided"]


def test_a_held_version_and_a_held_model(quick: QuickStage) -> None:
    asked = opened(quick)
    hold(quick.world("model-owner"), MODEL, version="1", release=False, reason="it leaks")
    assert wrong(quick, asked) == ["held"]
    hold(quick.world("model-owner"), MODEL, version="1", release=True, reason="it does not")
    hold(quick.world("model-owner"), MODEL, version=None, release=False, reason="audit")
    assert wrong(quick, asked) == ["held"]


def test_what_was_rolled_back_is_held(quick: QuickStage) -> None:
    first, second = rolled_back(quick)
    evidence = evidence_of(second, first, value=0.9, gain=0.1, clock=quick.clock)
    asked = opened(quick, against=first)
    pinned = replace(asked.proposal.candidate, version=second.version, digest=second.tags[Tag.DIGEST])
    pinned = replace(pinned, run_id=second.run_id, source=second.source, created=second.created)
    again = replace(asked.proposal, candidate=pinned, evidence_digest=evidence.digest)
    again = renamed(again, evidence)
    files = {again.path: FileDocuments().render(again.to_json()), again.evidence_path: evidence.to_bytes()}
    on_a_branch(quick, "again", files)
    (proposal,) = judged(quick, "again").proposals
    assert broken(proposal.checks) == ["held"]


@pytest.mark.parametrize("change", ["deleted", "files", "no files", "recreated"])
def test_the_version_is_not_the_one_that_is_pinned(quick: QuickStage, change: str) -> None:
    asked = opened(quick)
    if change == "deleted":
        quick.registry.delete_version(MODEL, "1")
    elif change == "recreated":
        quick.registry.delete_model(MODEL)
        quick.clock.pass_by(minutes=5)
        quick.train()
    else:
        quick.registry.change_files(MODEL, "1", {"MLmodel": b"x"} if change == "files" else {})
    assert wrong(quick, asked) == ["candidate"]


def test_an_owner_who_owns_nothing_is_told_and_not_decided_on(quick: QuickStage) -> None:
    asked = edited(quick, opened(quick), why=replace(opened(quick).proposal.why, owner="engineer"))
    report = of(quick, asked)
    assert report.exit_code == 0
    assert results(report.proposals[0].checks)["owner"] is Result.WARN


def test_a_broken_log_is_told_as_what_stands_against_the_merge(quick: QuickStage) -> None:
    first = champion(quick)
    asked = opened(quick, against=first)
    log = quick.show("promotions-log:changelog/churn.jsonl")
    quick.push({"changelog/churn.jsonl": log.replace("more trees", "x")}, message="x", branch="promotions-log")
    report = of(quick, asked)
    assert report.exit_code == Refused.exit_code
    assert "the change log of churn is broken" in report.to_text()


def test_a_broken_policy_or_model_file_on_main_stands_against_it(quick: QuickStage) -> None:
    asked = opened(quick)
    quick.push({"policy/default.yaml": "gates: [\n"}, message="break it")
    assert "policy/default.yaml:" in of(quick, asked).to_text()
    quick.push({"policy/default.yaml": POLICY, "models/churn/model.yaml": "{"}, message="break another")
    assert "models/churn/model.yaml:" in of(quick, asked).to_text()


# --- hostile values -------------------------------------------------------------------------------

HOSTILE = (
    "\x1b[31mred",
    "@everyone look",
    "<script>alert(1)</script>",
    "| a | table |",
    "[link](https://example.com)",
    "`code` **bold**",
    "::error file=x::told",
    "##[group]x",
    "a\u2028b\u202ec",
    "x" * 5000,
)


def assert_harmless(markdown: str) -> None:
    """Nothing of it is a link, calls somebody, or makes other elements than a page of ours."""
    page = read_markdown(markdown)
    assert (page.links, page.calls) == ([], [])
    ours = {"p", "strong", "h3", "table", "thead", "tbody", "tr", "th", "td", "br", "code", "details", "summary"}
    assert set(page.tags) <= ours


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("key", ["summary", "owner", "hypothesis_id", "nonsense", "kind", "login"])
def test_no_value_acts_on_a_terminal_a_page_or_a_workflow(quick: QuickStage, key: str, text: str) -> None:
    asked = opened(quick)
    value = '"' + text.replace("\x1b", "\\e").replace('"', '\\"').encode("unicode_escape").decode() + '"'
    value = value.replace("\\\\e", "\\e")
    lines = asked.draft.document.decode().splitlines()
    changed = [re.sub(rf"^(\s*){key}: .*", lambda m: f"{m[1]}{key}: {value}", line) for line in lines]
    if changed == lines:
        changed.append(f"{key}: {value}")
    on_a_branch(quick, asked.pull_request.branch, {asked.proposal.path: "\n".join(changed).encode() + b"\n"})
    report = of(quick, asked)
    for form in (report.to_text(), report.to_markdown()):
        assert "\x1b" not in form
        assert "\u202e" not in form
        assert not re.search(r"^\s*::", form, re.MULTILINE)
        assert "##[" not in form
    markdown = report.to_markdown()
    assert_harmless(markdown)
    assert len(markdown) <= 60_000


def test_segments_with_hostile_names(quick: QuickStage) -> None:
    first = champion(quick)
    asked = opened(quick, against=first)
    fact = replace(asked.draft.evidence.metrics[0], segment={"region": "<b>@everyone</b> | x"})
    evidence = replace(asked.draft.evidence, metrics=(*asked.draft.evidence.metrics, fact))
    on_a_branch(quick, asked.pull_request.branch, {asked.proposal.evidence_path: evidence.to_bytes()})
    markdown = of(quick, asked).to_markdown()
    assert "region" in markdown
    assert_harmless(markdown)
    assert r"\| x" in markdown


def test_thousands_of_segments_fit_in_a_comment(quick: QuickStage) -> None:
    first = champion(quick)
    asked = opened(quick, against=first)
    fact = asked.draft.evidence.metrics[0]
    many = tuple(replace(fact, segment={"city": f"{number:05} {'x' * 200}"}) for number in range(2000))
    evidence = replace(asked.draft.evidence, metrics=(fact, *many))
    on_a_branch(quick, asked.pull_request.branch, {asked.proposal.evidence_path: evidence.to_bytes()})
    assert len(of(quick, asked).to_markdown()) <= 65_536


# --- looks ----------------------------------------------------------------------------------------

SHARING = POLICY + "looks: {spend: equal, of: 4}\n"


def compared(quick: QuickStage, against: ModelVersion, look: int | None, gain: float = 0.1) -> Asked:
    """The open pull request of a version whose evidence says that it is the look of that number."""
    version = quick.train()
    quick.evaluate(version, against=against, look=look, gain=gain)
    report = ask(quick, candidate=version.version)
    assert report.draft is not None, report.to_text()
    assert report.publication is not None
    assert report.publication.pull_request is not None
    return Asked(version=version, draft=report.draft, pull_request=report.publication.pull_request)


def test_a_look_says_its_number_and_what_is_left_for_it(quick: QuickStage) -> None:
    first = champion(quick)
    quick.push({"policy/default.yaml": SHARING}, message="share the chance")
    asked = compared(quick, first, 2)
    assert wrong(quick, asked) == []
    assert "look 2 of 4 at these data, at 98.8 % confidence" in of(quick, asked).to_text()
    version = quick.train()
    quick.evaluate(version, against=first, look=3, gain=0.022)
    assert ask(quick, candidate=version.version).draft is None, "0.022 ± 0.02 at 95 % is not certain at 98.75 %"
    quick.evaluate(version, against=first)
    assert ask(quick, candidate=version.version).draft is None, "which look it is must be said"


def test_a_look_that_git_contradicts_must_not_be_merged(quick: QuickStage) -> None:
    first = champion(quick)
    quick.push({"policy/default.yaml": SHARING}, message="share the chance")
    asked = compared(quick, first, 1)
    quick.approve(asked.pull_request)
    quick.merge(asked.pull_request)
    assert promote(quick.world()).exit_code == 0
    again = compared(quick, asked.version, 1)
    assert wrong(quick, again) == ["look_number"]
    assert "look 1, which another one is; other looks proposed before: 1" in of(quick, again).to_text()
    quick.approve(again.pull_request)
    quick.merge(again.pull_request, admin=True)
    (step,) = promote(quick.world()).steps
    assert "look_number" in broken(step.decision.checks)
    assert wrong(quick, compared(quick, asked.version, 3)) == []
    back = rollback(quick.world("engineer"), MODEL, request(summary="errors"))
    assert judged(quick, back.draft.branch).exit_code == 0
