"""Gathering what proves an approval: the facts of git and the forge, and their silences."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pytest

from coronet.commands.promote import promote
from coronet.commands.proof import approvers_at, owners_of, prove_approval, required_approvals
from coronet.commands.world import World
from coronet.core.approval import ApprovalDecision
from coronet.core.decision import Verdict
from coronet.core.policy import Approvals
from coronet.core.proposal import Kind, Replaced
from coronet.ports.forge import Forge, Review, ReviewState
from coronet.ports.repository import Landing
from tests.stage.looking import broken, find
from tests.stage.quick import QuickStage
from tests.stage.states import Asked, approved, merged, on_a_branch, opened

APPROVALS = Approvals()


def no_guards() -> None:
    """What protects the branch is unknown."""


def landing(quick: QuickStage, asked: Asked) -> Landing:
    repository = quick.repository()
    return repository.landings(repository.head("main") or "", [asked.proposal.path])[asked.proposal.path]


def proven(quick: QuickStage, asked: Asked, world: World | None = None) -> ApprovalDecision:
    decision, _ = prove_approval(world or quick.world(), asked.proposal, landing(quick, asked), APPROVALS, no_guards)
    return decision


def test_an_approval_with_all_that_belongs_to_it(quick: QuickStage) -> None:
    asked = merged(quick)
    decision, pull_request = prove_approval(quick.world(), asked.proposal, landing(quick, asked), APPROVALS, no_guards)
    assert decision.verdict is Verdict.PASS
    assert pull_request is not None
    assert pull_request.number == asked.pull_request.number
    (approval,) = decision.approvals
    assert (approval.login, approval.review, approval.commit) == ("model-owner", "1-1", asked.pull_request.head)


@dataclass
class Silent:
    """A forge that keeps some of its answers to itself."""

    forge: Forge
    unknown: frozenset[str]

    def __getattr__(self, name: str) -> object:
        if name in self.unknown:
            return lambda *arguments: None
        return getattr(self.forge, name)


@pytest.mark.parametrize(
    ("unknown", "check", "saw"),
    [
        ("reviews", "owners", "unknown: reviews"),
        ("commit_logins", "owners", "unknown: who wrote its commits"),
        ("members", "owners", "unknown: owners of"),
        ("pull_request_of", "merged", "no merged pull request brought it"),
    ],
)
def test_what_the_forge_cannot_tell_refuses(quick: QuickStage, unknown: str, check: str, saw: str) -> None:
    asked = merged(quick)
    world = quick.world()
    silent: Forge = Silent(world.forge, frozenset({unknown}))  # type: ignore[assignment]
    decision = proven(quick, asked, replace(world, forge=silent))
    assert decision.verdict is Verdict.FAIL
    assert check in broken(decision.checks)
    assert find(decision.checks, check).saw.startswith(saw)


def test_a_commit_that_is_not_to_be_had_any_more_proves_nothing(quick: QuickStage) -> None:
    """The branch was squashed and its commits were lost: what the owner looked at cannot be compared."""
    asked = approved(quick)
    quick.merge(asked.pull_request, method="squash")
    world = quick.world()
    quick.remote.forget(asked.pull_request.head)
    decision, _ = prove_approval(world, asked.proposal, landing(quick, asked), APPROVALS, no_guards)
    assert decision.verdict is Verdict.FAIL
    assert find(decision.checks, "approved").saw.endswith(
        f"{asked.pull_request.head[:8]}, which is not to be had any more"
    )


def test_comments_are_no_opinions(quick: QuickStage) -> None:
    asked = approved(quick)
    quick.clock.pass_by(minutes=1)
    quick.forge("model-owner").review(asked.pull_request.number, state=ReviewState.COMMENTED, body="nice")
    quick.merge(asked.pull_request)
    assert proven(quick, asked).verdict is Verdict.PASS


def test_a_bot_does_not_approve(quick: QuickStage) -> None:
    quick.push({"CODEOWNERS": "* @model-owner @owner[bot]\n"}, message="a bot owns it")
    asked = opened(quick)
    quick.approve(asked.pull_request, by="owner[bot]")
    quick.merge(asked.pull_request, admin=True)
    assert "is a bot" in find(proven(quick, asked).checks, "approved").saw


def test_logins_do_not_differ_by_case(quick: QuickStage) -> None:
    quick.push({"CODEOWNERS": "* @Model-Owner\n"}, message="capitals")
    assert proven(quick, merged(quick)).verdict is Verdict.PASS
    asked = opened(quick)
    upper = replace(asked.proposal, requested_by=replace(asked.proposal.requested_by, login="MODEL-OWNER"))
    assert approvers_at(quick.world(), quick.repository().head("main") or "", upper) == ()


CODEOWNERS: Mapping[str, tuple[str, set[str]]] = {
    "everything": ("* @model-owner @second-owner\n", {"model-owner", "second-owner"}),
    "the last line wins": ("* @model-owner\npromotions/ @second-owner\n", {"second-owner"}),
    "evidence is others'": ("* @model-owner\n*.json @second-owner\n", set()),
    "a line without owners frees": ("* @model-owner\npromotions/churn/\n", set()),
    "a broken line is skipped": ("* @model-owner\n!promotions/ @second-owner\n", {"model-owner"}),
    "an unknown team": ("* @model-owner @company/team\n", set()),
    "nobody": ("", set()),
}


@pytest.mark.parametrize("case", CODEOWNERS)
def test_owners_are_those_of_both_files(quick: QuickStage, case: str) -> None:
    text, owners = CODEOWNERS[case]
    quick.push({"CODEOWNERS": text}, message=case)
    asked = opened(quick)
    assert owners_of(quick.world(), quick.repository().head("main") or "", asked.proposal) == owners


@pytest.mark.parametrize("place", [".github/CODEOWNERS", "docs/CODEOWNERS"])
def test_the_first_place_wins(quick: QuickStage, place: str) -> None:
    quick.push({place: "* @passer-by\n"}, message="another")
    asked = approved(quick, by="passer-by")
    quick.merge(asked.pull_request, admin=True)
    wanted = Verdict.PASS if place.startswith(".github") else Verdict.FAIL
    assert proven(quick, asked).verdict is wanted


def test_owners_of_the_commit_before_the_merge_count_not_todays(quick: QuickStage) -> None:
    asked = merged(quick)
    quick.push({"CODEOWNERS": "* @second-owner\n"}, message="another owner from now on")
    assert proven(quick, asked).verdict is Verdict.PASS
    late = approved(quick)
    quick.merge(late.pull_request, admin=True)
    assert proven(quick, late).verdict is Verdict.FAIL


def test_a_repository_that_begins_with_a_proposal_has_no_owners_before_it(quick: QuickStage) -> None:
    asked = merged(quick)
    alone = replace(landing(quick, asked), parent=None)
    decision, _ = prove_approval(quick.world(), asked.proposal, alone, APPROVALS, no_guards)
    assert "nobody owns" in find(decision.checks, "owners").saw


def test_what_was_reviewed_before_the_proposal_was_there_is_no_approval(quick: QuickStage) -> None:
    asked = opened(quick)
    branch = asked.pull_request.branch
    quick.push({asked.proposal.path: None}, message="away", branch=branch)
    quick.approve(asked.pull_request)
    on_a_branch(quick, branch, {asked.proposal.path: asked.draft.document})
    quick.merge(asked.pull_request, admin=True)
    assert proven(quick, asked).verdict is Verdict.FAIL
    assert promote(quick.world()).exit_code != 0


@pytest.mark.parametrize(
    ("kind", "first", "wanted"),
    [
        (Kind.PROMOTION, True, 2),
        (Kind.PROMOTION, False, 3),
        (Kind.ROLLBACK, False, 4),
        (Kind.RENEWAL, False, 5),
    ],
)
def test_each_kind_has_its_own_number(quick: QuickStage, kind: Kind, first: bool, wanted: int) -> None:
    approvals = Approvals(count=1, bootstrap=2, promotion=3, rollback=4, renewal=5)
    replaces = None if first else Replaced(version="1", digest="sha256:" + "0" * 64)
    proposal = replace(opened(quick).proposal, kind=kind, replaces=replaces)
    assert required_approvals(proposal, approvals) == wanted


def test_reviews_of_other_pull_requests_do_not_count(quick: QuickStage) -> None:
    other = approved(quick)
    asked = opened(quick)
    quick.merge(asked.pull_request, admin=True)
    reviews: tuple[Review, ...] | None = quick.forge("x").reviews(other.pull_request.number)
    assert reviews
    assert proven(quick, asked).approvals == ()
