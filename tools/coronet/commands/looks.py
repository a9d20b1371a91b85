"""What the main branch shows of the looks at a model's evaluation data."""

from contextlib import suppress

from coronet.commands.proposals import parse_evidence, proposal_ids, read_proposals
from coronet.core.decision import Check
from coronet.core.evidence import Evidence
from coronet.core.judging.judgement import Judgement
from coronet.core.judging.looks import follows
from coronet.core.proposal import Kind, Proposal
from coronet.errors import InvalidInput
from coronet.ports.documents import Documents
from coronet.ports.repository import Repository


def check_look(
    repository: Repository, documents: Documents, commit: str, proposal: Proposal, judgement: Judgement
) -> tuple[Check, ...]:
    """Whether the look's number fits the other proposals at `commit`; nothing where looks share no chance."""
    looks = judgement.policy.looks
    if looks is None or proposal.kind is not Kind.PROMOTION:
        return ()
    ids = [found for found in proposal_ids(repository, commit, proposal.model) if found[1] != proposal.id]
    others: list[Evidence] = []
    for files in read_proposals(repository, commit, ids):
        with suppress(InvalidInput):
            others.append(parse_evidence(files, documents))
    return (follows(judgement.evidence, looks, others),)
