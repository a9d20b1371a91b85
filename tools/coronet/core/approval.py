"""Was this proposal approved? Being on the main branch is no proof; this is the proof.

The facts come from the forge and from git; what the forge could not say is None, and unknown refuses.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from coronet.core.changelog.entry import Approval
from coronet.core.decision import Check, Verdict, combine, demand, failed, passed
from coronet.core.protection import Guards, ProtectionDemand, is_protected


class Opinion(StrEnum):
    APPROVED = "approved"
    CHANGES_REQUESTED = "changes_requested"
    DISMISSED = "dismissed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Vote:
    """One review with an opinion.

    `same_content` says whether the proposal and its evidence at the reviewed commit are what was merged;
    None where that commit is not to be had.
    """

    review: str
    login: str
    opinion: Opinion
    at: datetime
    commit: str
    same_content: bool | None
    is_bot: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class ApprovalFacts:
    """`owners` gives for each file of the proposal the logins that own it, by the CODEOWNERS before the merge.

    None stands for unknown; an empty set for a file that nobody owns. `authors` are the logins of every
    author and committer of the pull request's commits. `guards` is what the forge demands of the main
    branch now, and `protection` what the policy makes of it.
    """

    pull_request: int | None
    merged_at: datetime | None
    requested_by: str
    opened_by: str | None
    authors: frozenset[str] | None
    votes: tuple[Vote, ...] | None
    owners: Mapping[str, frozenset[str] | None]
    required: int
    guards: Guards | None
    protection: ProtectionDemand


@dataclass(frozen=True, kw_only=True, slots=True)
class ApprovalDecision:
    verdict: Verdict
    checks: tuple[Check, ...]
    approvals: tuple[Approval, ...]


def decide_approval(facts: ApprovalFacts) -> ApprovalDecision:
    """Count what counts.

    An approval counts when it is the latest opinion of a person, given before the merge, by an owner of
    every file, on the content that was merged, by nobody who asked for the move or wrote a commit of it.
    (Times have whole seconds, and a merge may follow an approval at once: the same second is before.) An
    owner's standing request for changes blocks whatever the others say, even where no approval is needed.
    """
    votes, protection = _standing(facts), is_protected(facts.guards, facts.protection)
    if facts.required == 0:
        waived = (
            _objections(votes, facts),
            passed("approved", saw="waived", wanted="no approval, by the policy"),
            protection,
        )
        return ApprovalDecision(verdict=combine(waived), checks=waived, approvals=())
    counted = tuple(vote for vote in votes if _refusal(vote, facts) is None)
    checks = (_merged(facts), _known(facts), _objections(votes, facts), _approved(votes, counted, facts), protection)
    return ApprovalDecision(
        verdict=combine(checks),
        checks=checks,
        approvals=tuple(Approval(login=v.login, at=v.at, review=v.review, commit=v.commit) for v in counted),
    )


def _standing(facts: ApprovalFacts) -> tuple[Vote, ...]:
    """The latest opinion of each person before the merge, in the order of their times."""
    before = [vote for vote in facts.votes or () if facts.merged_at is None or vote.at <= facts.merged_at]
    latest = {_key(vote.login): vote for vote in sorted(before, key=lambda vote: vote.at)}
    return tuple(sorted(latest.values(), key=lambda vote: vote.at))


def _key(login: str) -> str:
    """Logins do not differ by case."""
    return login.lower()


def _owns(login: str, owners: frozenset[str] | None) -> bool:
    return _key(login) in {_key(owner) for owner in owners or ()}


def _not_owned(login: str, facts: ApprovalFacts) -> list[str]:
    """The files of the proposal that somebody does not own; without any file known, all of it."""
    return [path for path, owners in facts.owners.items() if not _owns(login, owners)] if facts.owners else ["it"]


def _refusal(vote: Vote, facts: ApprovalFacts) -> str | None:
    """Why an opinion is no approval that counts, or None where it is one."""
    who = f"@{vote.login}"
    if vote.opinion is not Opinion.APPROVED:
        return f"{who}: {vote.opinion.replace('_', ' ')}"
    if vote.is_bot:
        return f"{who} is a bot"
    if _key(vote.login) == _key(facts.requested_by):
        return f"{who} asked for it"
    if facts.opened_by and _key(vote.login) == _key(facts.opened_by):
        return f"{who} opened the pull request"
    if facts.authors is not None and _key(vote.login) in {_key(author) for author in facts.authors}:
        return f"{who} wrote a commit of it"
    if strange := _not_owned(vote.login, facts):
        return f"{who} is no owner of {' and '.join(strange)}"
    if vote.same_content is None:
        return f"{who} approved {vote.commit[:8]}, which is not to be had any more"
    return None if vote.same_content else f"{who} approved other content, at {vote.commit[:8]}"


def _merged(facts: ApprovalFacts) -> Check:
    wanted = "merged through a pull request"
    if facts.pull_request is None or facts.merged_at is None:
        hint = "open a pull request for it: what was pushed straight to the branch was approved by nobody"
        return failed("merged", saw="no merged pull request brought it", wanted=wanted, hint=hint)
    return passed("merged", saw=f"pull request {facts.pull_request}", wanted=wanted)


def _known(facts: ApprovalFacts) -> Check:
    """Everything that the proof rests on must be known; the forge's silence is no approval."""
    unknown = [f"owners of {path}" for path, owners in facts.owners.items() if owners is None]
    unknown += ["reviews"] if facts.votes is None else []
    unknown += ["who wrote its commits"] if facts.authors is None else []
    unknown += ["who opened it"] if facts.pull_request is not None and not facts.opened_by else []
    nobody = [path for path, owners in facts.owners.items() if owners is not None and not owners]
    if not facts.owners or nobody:
        return failed(
            "owners",
            saw=f"nobody owns {', '.join(nobody) or 'it'}",
            wanted="an owner in CODEOWNERS of the commit before the merge",
            hint="give promotions/ owners in CODEOWNERS; `coronet owners PATH` shows who counts",
        )
    return demand(
        "owners",
        not unknown,
        saw=f"unknown: {', '.join(unknown)}" if unknown else _say_owners(facts),
        wanted="owners, reviews and authors all known",
        hint="list people in CODEOWNERS instead of teams, or give the token the right to read members",
    )


def _say_owners(facts: ApprovalFacts) -> str:
    everybody = {owner for owners in facts.owners.values() for owner in owners or ()}
    return ", ".join(f"@{owner}" for owner in sorted(everybody))


def _objections(votes: tuple[Vote, ...], facts: ApprovalFacts) -> Check:
    wanted = "no owner who asks for changes"
    standing = [
        f"@{vote.login}"
        for vote in votes
        if vote.opinion is Opinion.CHANGES_REQUESTED and not vote.is_bot and _owns_any(vote.login, facts)
    ]
    if not standing:
        return passed("objections", saw="none stands", wanted=wanted)
    return failed("objections", saw=f"changes requested by {', '.join(standing)}", wanted=wanted)


def _owns_any(login: str, facts: ApprovalFacts) -> bool:
    return any(_owns(login, owners) for owners in facts.owners.values())


def _approved(votes: tuple[Vote, ...], counted: tuple[Vote, ...], facts: ApprovalFacts) -> Check:
    wanted = f"{facts.required} approval{'s' if facts.required > 1 else ''} by owners who neither asked nor wrote"
    names = ", ".join(f"@{vote.login}" for vote in counted)
    if len(counted) >= facts.required:
        return passed("approved", saw=f"approved by {names}", wanted=wanted)
    reasons = [reason for vote in votes if (reason := _refusal(vote, facts))]
    late = [
        f"@{vote.login} only after the merge"
        for vote in facts.votes or ()
        if vote.opinion is Opinion.APPROVED and facts.merged_at is not None and vote.at > facts.merged_at
    ]
    saw = "; ".join([*([f"approved by {names}"] if names else []), *reasons, *late]) or "no approval"
    return failed("approved", saw=saw, wanted=wanted, hint="ask an owner to approve, then merge")
