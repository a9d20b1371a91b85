"""The pull request after the fact: what asks for the approval of a rollback that was done already."""

from coronet.commands.drafting import Draft
from coronet.commands.governed import AtCommit
from coronet.commands.policies import load_policy
from coronet.commands.proof import approvers_at
from coronet.commands.proposals import parse_evidence, parse_proposal, provisional_files, read_proposals
from coronet.commands.publishing import push_draft
from coronet.commands.world import World
from coronet.core.canonical import digest_bytes
from coronet.core.changelog.entry import Entry
from coronet.core.judging.judgement import judge
from coronet.core.proposal import Kind, proposal_branch
from coronet.core.render.fast_lane import render_ratification
from coronet.core.render.proposal import render_title
from coronet.errors import InvalidInput
from coronet.ports.forge import PullRequest, PullRequestState


def draft_of(world: World, main: str, entry: Entry) -> Draft:
    """The rollback of `entry` as a draft, its evidence judged under today's policy.

    InvalidInput where the log's document is not the one that was pinned, or its evidence is gone.
    """
    files = provisional_files(world.repository, world.documents, main, entry)
    if files.proposal is None or digest_bytes(files.proposal.data) != entry.proposal_digest:
        raise InvalidInput(f"the document of {entry.proposal} in the log is not the one that was pinned")
    proposal = parse_proposal(files, world.documents, trusted=entry.proposal_digest)
    evidence = parse_evidence(files, world.documents, trusted=entry.evidence)
    policy = load_policy(AtCommit(repository=world.repository, commit=main), world.documents, entry.model)
    judgement = judge(evidence, policy, now=world.clock.now(), kind=Kind.ROLLBACK)
    return Draft(proposal=proposal, evidence=evidence, judgement=judgement, document=files.proposal.data)


def ask_for_approval(world: World, main: str, entry: Entry) -> PullRequest:
    """The open pull request of a provisional rollback, opened where it is not there; safe to repeat."""
    branch = proposal_branch(entry.model, str(entry.proposal))
    there = world.forge.find_pull_request(branch)
    drafted = draft_of(world, main, entry)
    if there and there.state is PullRequestState.OPEN:
        (found,) = read_proposals(world.repository, there.head, [(entry.model, str(entry.proposal))])
        if found.proposal_digest == entry.proposal_digest:
            return there
    world.progress("push", branch)
    push_draft(world, main, drafted)
    reviewers = approvers_at(world, main, drafted.proposal)
    title = render_title(drafted.proposal)
    world.progress("open", title)
    return world.forge.open_pull_request(
        branch=branch,
        title=title,
        body=render_ratification(entry, drafted.proposal, drafted.judgement, reviewers=reviewers),
        labels=("promotion", entry.model),
        reviewers=reviewers,
    )
