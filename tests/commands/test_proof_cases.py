"""The table of `tests/approvals.py` as people live it: each row on a forge, and through `promote`."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar, assert_never

import pytest

from coronet.commands.promote import promote
from coronet.commands.promote.report import PromoteReport
from coronet.core.changelog.entry import Event
from coronet.errors import Refused
from coronet.ports.forge import MergeRules, PullRequest, ReviewState
from tests.approvals import (
    CASES,
    Case,
    File,
    MainMoves,
    Merges,
    MergesCopy,
    Pushes,
    PushesOwners,
    PushesStraight,
    RenamesEvidence,
    Says,
    Step,
)
from tests.stage.looking import broken, events
from tests.stage.quick import QuickStage
from tests.stage.reports import told
from tests.stage.road import ask
from tests.stage.stage import FILES, MODEL, Stage
from tests.stage.states import Asked, by_hand, on_a_branch, opened

S = TypeVar("S", bound="Scene")
OF_APPROVAL = {"merged", "owners", "objections", "approved", "protection"}


@dataclass
class Scene:
    """A pull request, and what people do about it."""

    stage: Stage
    asked: Asked

    @property
    def files(self) -> dict[File, str]:
        proposal = self.asked.proposal
        return {File.PROPOSAL: proposal.path, File.EVIDENCE: proposal.evidence_path, File.OTHER: "README.md"}

    def play(self, step: Step) -> None:
        stage, pull = self.stage, self.asked.pull_request
        match step:
            case Says():
                self.say(step)
            case Pushes():
                edited = self._edited(pull.branch, step.file)
                stage.push({self.files[step.file]: edited}, message="edit", branch=pull.branch, by=step.who)
            case PushesOwners():
                stage.push({"CODEOWNERS": step.text}, message="other owners", branch=pull.branch)
            case RenamesEvidence():
                path = self.asked.proposal.evidence_path
                elsewhere = {path: None, f"{path}.json": stage.show(f"{pull.branch}:{path}")}
                stage.push(elsewhere, message="rename", branch=pull.branch)
            case Merges():
                stage.merge(pull, by="admin", method=step.method, admin=True)
            case MainMoves():
                path = "NOTES.md" if step.file is File.OTHER else self.files[step.file]
                stage.push({path: self._edited("main", step.file)}, message="something else")
            case PushesStraight():
                stage.push(self.copied(), message="quickly")
            case MergesCopy():
                self.merge_copy(step)
            case _:
                assert_never(step)

    def say(self, step: Says) -> None:
        self.stage.clock.pass_by(minutes=1)
        number = self.asked.pull_request.number
        if not step.refused:
            self.stage.review(number, by=step.who, state=ReviewState(step.what))
            return
        with pytest.raises(Refused):
            self.stage.review(number, by=step.who, state=ReviewState(step.what))

    def _edited(self, branch: str, file: File) -> str:
        """Another content, which is as valid as the one before."""
        if file is File.OTHER:
            return f"written at {self.stage.clock.now()}\n"
        there = self.stage.show(f"{branch}:{self.files[file]}")
        return f"{there}\n# a remark\n" if file is File.PROPOSAL else f"{there}\n "

    def copied(self) -> dict[str, str]:
        branch = self.asked.pull_request.branch
        paths = (self.asked.proposal.path, self.asked.proposal.evidence_path)
        return {path: self.stage.show(f"{branch}:{path}") for path in paths}

    def merge_copy(self, step: MergesCopy) -> None:
        on_a_branch(self.stage, "patch-1", {path: text.encode() for path, text in self.copied().items()}, by=step.who)
        forge = self.stage.forge(step.who)
        copy = forge.open_pull_request(branch="patch-1", title="copy", body="", labels=(), reviewers=())
        self.stage.merge(copy, by="admin", admin=True)


def begun(stage: Stage, case: Case, scene: type[S]) -> S:
    """The pull request of the case, open."""
    policy = FILES["policy/default.yaml"] + case.policy
    stage.push({"CODEOWNERS": case.codeowners or None, "policy/default.yaml": policy}, message=case.name)
    if case.teams:
        stage.forge("admin").set_merge_rules(MergeRules(teams=case.teams))
    version = stage.train()
    stage.evaluate(version)
    report = ask(stage, by=case.opened_by, requested_by=case.asked_by)
    assert report.draft is not None
    assert report.publication is not None
    assert report.publication.pull_request is not None
    return scene(stage, Asked(version=version, draft=report.draft, pull_request=report.publication.pull_request))


def assert_is_so(scene: Scene, case: Case, report: PromoteReport) -> None:
    (step,) = (step for step in report.steps if step.proposal_id == scene.asked.id)
    assert OF_APPROVAL & {*broken(step.decision.checks)} == case.refused, report.to_text()
    wanted = Event.PROMOTED if case.applied else Event.REFUSED
    assert events(scene.stage, scene.asked.id) == [wanted], report.to_text()
    assert (scene.stage.champion is not None) is case.applied


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_way_of_trying(quick: QuickStage, case: Case) -> None:
    scene = begun(quick, case, Scene)
    for step in case.steps:
        scene.play(step)
    assert_is_so(scene, case, told(promote(quick.world())))
    assert "Nothing to do" in promote(quick.world()).to_text()


@pytest.mark.parametrize("unapproved", [0, 1, 2, None])
def test_three_proposals_come_in_one_push_of_a_merge_queue(quick: QuickStage, unapproved: int | None) -> None:
    """Each has its own pull request, and one that was not approved says nothing of the others."""
    models = (MODEL, "iris", "wine")
    quick.push({f"models/{name}/model.yaml": FILES["models/churn/model.yaml"] for name in models}, message="govern")
    asked = opened(quick)
    pulls = [asked.pull_request, *(queued(quick, asked, name) for name in models[1:])]
    for number, pull in enumerate(pulls):
        if number != unapproved:
            quick.approve(pull)
    for pull in pulls:
        quick.merge(pull, by="admin", admin=True)
    steps = promote(quick.world()).steps
    assert [step.model for step in steps] == list(models)
    answers = [bool(OF_APPROVAL & {*broken(step.decision.checks)}) for step in steps]
    assert answers == [number == unapproved for number in range(3)]


def queued(quick: QuickStage, asked: Asked, model: str) -> PullRequest:
    """The pull request of the same proposal for another model."""
    proposal = replace(asked.proposal, model=model, id=asked.id.replace(MODEL, model))
    return by_hand(quick, proposal, asked.draft.evidence.to_bytes())


def test_the_warning_that_main_is_not_protected_is_said_once(quick: QuickStage) -> None:
    scene = begun(quick, CASES[0], Scene)
    for step in CASES[0].steps:
        scene.play(step)
    report = promote(quick.world())
    assert [check.name for check in report.checks] == [scene.asked.id, "protection"]
    assert report.exit_code == 0


GIT = (
    "an owner approves",
    "a later push edits the proposal",
    "several commits rebased",
    "squashed",
    "the evidence is renamed",
)


@pytest.mark.parametrize("case", [case for case in CASES if case.name in GIT], ids=str)
def test_the_same_on_real_git(tmp_path: Path, case: Case) -> None:
    stage = Stage(tmp_path)
    scene = begun(stage, case, Scene)
    for step in case.steps:
        scene.play(step)
    assert_is_so(scene, case, promote(stage.world()))
