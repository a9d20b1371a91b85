"""The table of `tests/approvals.py` on GitHub: each row on its pages, and through `promote` over its API."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from coronet.commands.promote import promote
from coronet.commands.world import World
from tests.approvals import CASES, Case, MergesCopy, Says
from tests.commands.test_proof_cases import Scene, assert_is_so, begun
from tests.github import Refusal, run_github
from tests.github.rules import demand
from tests.github.state import Review
from tests.stage.github_stage import NAME, GithubStage

pytestmark = pytest.mark.server

# GitHub tells a workflow's token of no team, and no bot reviews on a page.
ELSEWHERE = {"a team that is known", "a bot approves"}
PROTECTED = next(case for case in CASES if case.name == "nothing protects main where the policy requires it")


@dataclass
class GithubScene(Scene):
    reviews: dict[str, Review] = field(default_factory=dict)

    def say(self, step: Says) -> None:
        stage, number = self.stage, self.asked.pull_request.number
        assert isinstance(stage, GithubStage)
        stage.clock.pass_by(minutes=1)
        person = stage.hub.as_person(step.who)
        if step.what == "dismissed":
            person.dismiss(number, self.reviews[step.who])
        elif step.refused:
            with pytest.raises(Refusal):
                person.review(number, step.what)
        else:
            self.reviews[step.who] = person.review(number, step.what)

    def merge_copy(self, step: MergesCopy) -> None:
        stage = self.stage
        assert isinstance(stage, GithubStage)
        person = stage.hub.as_person(step.who)
        person.commit("patch-1", dict(self.copied()), "copy")
        stage.hub.as_person("admin").merge(person.open_pull_request("patch-1"), admin=True)


class ProofStage(GithubStage):
    """Nothing protects main, so that the proof stands alone; a bot is the workflow's own token."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.hub.repository(NAME).rulesets.clear()

    def world(self, actor: str = "promoter") -> World:
        return super().world("promoter" if actor == "ci[bot]" else actor)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[GithubStage]:
    with run_github(tmp_path / "github") as hub:
        stage = ProofStage(folder=tmp_path, hub=hub)
        for login in ("passer-by", "admin"):
            hub.add_user(login, {NAME: "admin" if login == "admin" else "write"})
        yield stage


@pytest.mark.parametrize("case", [case for case in CASES if case.name not in ELSEWHERE], ids=str)
def test_a_way_of_trying(stage: GithubStage, case: Case) -> None:
    scene = begun(stage, case, scene=GithubScene)
    for step in case.steps:
        scene.play(step)
    assert_is_so(scene, case, promote(stage.world()))


@pytest.mark.parametrize("last_push", [True, False])
def test_what_protects_main_is_asked_of_its_rulesets(stage: GithubStage, last_push: bool) -> None:
    stage.hub.add_ruleset(NAME, demand(last_push=last_push), bypass=["write"])
    scene = begun(stage, PROTECTED, scene=GithubScene)
    for step in PROTECTED.steps:
        scene.play(step)
    before = len(stage.calls())
    promote(stage.world())
    asked = [call for call in stage.calls()[before:] if "/rules/branches/main" in call]
    assert len(asked) == 1
    assert (stage.champion is not None) is last_push
