"""Opening the pull request of a draft: once, with what it says, in the place of those that it puts out of date."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from coronet.commands.drafting import Draft, Ground
from coronet.commands.proof import approvers_at, required_approvals
from coronet.commands.proposals import proposal_ids, proposals_of
from coronet.commands.world import World
from coronet.core.closing import superseded_by
from coronet.core.judging.judgement import Judgement
from coronet.core.proposal import Proposal, gives_way, proposal_branch
from coronet.core.render.page import Block, Page
from coronet.core.render.proposal import render_body, render_title, say_merge
from coronet.errors import Conflict
from coronet.ports.forge import PullRequest, PullRequestState
from coronet.ports.repository import RefMoved


class Found(StrEnum):
    """What became of a draft."""

    OPENED = "opened"
    ALREADY_OPEN = "already open"
    MERGED = "merged, not applied yet"
    APPLIED = "already applied"
    DRY_RUN = "not written (dry run)"


@dataclass(frozen=True, kw_only=True, slots=True)
class Publication:
    """`reviewers` are those who may approve what is open, of whom `needed` must."""

    found: Found
    pull_request: PullRequest | None
    superseded: tuple[int, ...] = ()
    reviewers: tuple[str, ...] = ()
    needed: int = 1

    def page(self, proposal: Proposal, judgement: Judgement, *blocks: Block) -> Page:
        """What became of `proposal`, and who must do what next."""
        where = self.pull_request.url if self.pull_request else ""
        links = (where,) if where.startswith("https://") else ()
        headline = f"{proposal.id} {self._said(where if links else f'`{where}`')}"
        return Page(headline=headline, verdict=judgement.verdict, blocks=blocks, links=links)

    def _said(self, where: str) -> str:
        closes = "".join(f", which closes pull request {number}" for number in self.superseded)
        pull_request = f"pull request {self.pull_request.number} ({where})" if self.pull_request else "the main branch"
        match self.found:
            case Found.OPENED | Found.ALREADY_OPEN:
                again = " already" if self.found is Found.ALREADY_OPEN else ""
                return f"is proposed{again} in {pull_request}{closes}. {say_merge(self.reviewers, self.needed)}."
            case Found.MERGED:
                return f"is merged by {pull_request}, and not applied yet. `coronet promote` applies it."
            case Found.APPLIED:
                return "is applied already. Nothing is left to do."
            case Found.DRY_RUN:
                return "would be proposed. Nothing was written (dry run)."
            case _:
                assert_never(self.found)


def publish_draft(world: World, ground: Ground, drafted: Draft, *, dry_run: bool) -> Publication:
    """Open the draft's pull request, unless what it asks for is open, merged or applied already."""
    proposal = drafted.proposal
    if proposal.id in ground.state.ended:
        return Publication(found=Found.APPLIED, pull_request=None)
    if (proposal.model, proposal.id) in proposal_ids(world.repository, ground.main, proposal.model):
        return Publication(found=Found.MERGED, pull_request=world.forge.find_pull_request(drafted.branch))
    there = world.forge.find_pull_request(drafted.branch)
    if there is not None and there.state is PullRequestState.OPEN:
        superseded = () if dry_run else supersede(world, ground, proposal, there)
        return _asking(world, ground, proposal, Found.ALREADY_OPEN, there, superseded)
    if dry_run:
        return Publication(found=Found.DRY_RUN, pull_request=None)
    world.progress("push", drafted.branch)
    push_draft(world, ground.main, drafted)
    world.progress("open", render_title(proposal))
    return _open(world, ground, drafted)


def push_draft(world: World, main: str, drafted: Draft) -> None:
    """Bring the branch to what was drafted, by a commit on top of what is there, or of the commit `main`.

    It may be there without a pull request: a run before this one ended in between, or somebody else made
    it. What the pull request says is what this draft says; nothing that was pushed is ever taken away, and
    nothing that does not belong to a proposal is carried along.
    """
    proposal = drafted.proposal
    files = {proposal.path: drafted.document, proposal.evidence_path: drafted.evidence.to_bytes()}
    there = world.repository.head(drafted.branch)
    if there and (others := _other_changes(world, main, there, files)):
        raise Conflict(
            f"the branch {drafted.branch} is there already, and changes {', '.join(others)} as well",
            hint="see who pushed it, delete it, and run this again",
        )
    if there and _holds(world, there, files):
        return
    try:
        world.repository.publish(
            drafted.branch,
            expected=there,
            parent=there or main,
            files=files,
            message=render_title(proposal),
            author=world.author,
            at=proposal.created_at,
        )
    except RefMoved:
        _require_same(world, drafted, files)


def _require_same(world: World, drafted: Draft, files: Mapping[str, bytes]) -> None:
    """Somebody wrote the branch just now: well where it was the same, by another run at the same moment."""
    world.repository.refresh()
    head = world.repository.head(drafted.branch)
    if not head or not _holds(world, head, files):
        raise Conflict(f"somebody else writes the branch {drafted.branch}", hint="run it again when that has ended")


def _other_changes(world: World, main: str, head: str, files: Mapping[str, bytes]) -> list[str]:
    """The first few files that a branch changes beside those of the proposal."""
    return [change.path for change in world.repository.changes(main, head) if change.path not in files][:3]


def _holds(world: World, commit: str, files: Mapping[str, bytes]) -> bool:
    there = world.repository.read_many([(commit, path) for path in files])
    return [blob.data if blob else None for blob in there] == list(files.values())


def _open(world: World, ground: Ground, drafted: Draft) -> Publication:
    proposal = drafted.proposal
    reviewers = approvers_at(world, ground.main, proposal)
    pull_request = world.forge.open_pull_request(
        branch=drafted.branch,
        title=render_title(proposal),
        body=render_body(
            proposal,
            drafted.judgement,
            reviewers=reviewers,
            needed=required_approvals(proposal, ground.policy.approvals),
            before=drafted.before,
        ),
        labels=("promotion", proposal.model),
        reviewers=reviewers,
    )
    superseded = supersede(world, ground, proposal, pull_request)
    return _asking(world, ground, proposal, Found.OPENED, pull_request, superseded)


def _asking(
    world: World, ground: Ground, proposal: Proposal, found: Found, opened: PullRequest, superseded: tuple[int, ...]
) -> Publication:
    return Publication(
        found=found,
        pull_request=opened,
        superseded=superseded,
        reviewers=approvers_at(world, ground.main, proposal),
        needed=required_approvals(proposal, ground.policy.approvals),
    )


def supersede(world: World, ground: Ground, proposal: Proposal, opened: PullRequest) -> tuple[int, ...]:
    """Close older pull requests that this one takes the place of: only one of them could ever be applied.

    Not those that ask to approve a rollback that was done already.
    """
    older = [
        other
        for other in world.forge.pull_requests(PullRequestState.OPEN)
        if other.number < opened.number and other.branch.startswith(proposal_branch(proposal.model, ""))
    ]
    closed = []
    for number, asked in proposals_of(world, older).items():
        if gives_way(asked, proposal) and asked.id not in ground.state.provisional:
            world.progress("supersede", f"pull request {number}")
            world.forge.close(number, reason=superseded_by(proposal.id, opened.number))
            closed.append(number)
    return tuple(closed)
