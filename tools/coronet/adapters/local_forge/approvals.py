"""What a merge needs: the owners' approval of the head as it is, and checks that passed.

The rules are those that a protected branch has on GitHub with code owner reviews required and stale
reviews dismissed, except that an owner nobody knows is no reason to let everybody approve.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from coronet.adapters.local_forge.records import Status
from coronet.core.codeowners import LOCATIONS, parse_codeowners
from coronet.errors import Finding, Severity
from coronet.ports.forge import MergeRules, Review, ReviewState
from coronet.ports.repository import Repository

_OPINIONS = (ReviewState.APPROVED, ReviewState.CHANGES_REQUESTED, ReviewState.DISMISSED)
Members = Callable[[str], frozenset[str] | None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """`owners` maps what owns some changed files (as CODEOWNERS writes it; nothing: nobody does) to these files."""

    head: str
    author: str
    reviews: Sequence[Review]
    owners: Mapping[tuple[str, ...], Sequence[str]]
    members: Members
    statuses: Mapping[str, Status]
    rules: MergeRules


def find_owners(repository: Repository, base: str, head: str) -> dict[tuple[str, ...], list[str]]:
    """The files that `head` changes, by their owners in the CODEOWNERS at `base`."""
    changed = [change.path for change in repository.changes(base, head)]
    places = repository.read_many([(base, path) for path in LOCATIONS])
    found = next(((path, blob) for path, blob in zip(LOCATIONS, places, strict=True) if blob), None)
    if found is None:
        return {(): changed}
    codeowners = parse_codeowners(found[1].data, file=found[0])
    groups: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for path in changed:
        groups[codeowners.owners_of(path).owners].append(path)
    return groups


def find_obstacles(facts: Facts) -> list[Finding]:
    """A warning for each rule that stands against merging now, which an administrator may pass over."""
    return [*_missing_approvals(facts), *_objections(facts), *_missing_statuses(facts)]


def _missing_approvals(facts: Facts) -> list[Finding]:
    findings = []
    standing = _standing(facts)
    approved = {login for login, review in standing.items() if _counts(review, facts)}
    stale = [r.login for r in standing.values() if r.state is ReviewState.APPROVED and r.commit != facts.head]
    said = f"; @{', @'.join(stale)} approved an older head" if stale else ""
    for owners, paths in facts.owners.items():
        logins = _logins(owners, facts)
        if approved and (not owners or approved & logins):
            continue
        who = " or ".join(f"@{login}" for login in sorted(logins - {facts.author.lower()})) or "somebody else"
        unknown = [owner for owner in owners if facts.members(owner) is None]
        hint = f"nobody here knows who {', '.join(unknown)} is: `coronet pr rules --team`" if unknown else ""
        findings.append(_obstacle(f"{_say(paths)} must be approved by {who}{said}", hint))
    return findings


def _objections(facts: Facts) -> list[Finding]:
    owners = {login for group in facts.owners for login in _logins(group, facts)}
    return [
        _obstacle(f"@{review.login} requests changes", "settle it, and have it reviewed again")
        for login, review in _standing(facts).items()
        if review.state is ReviewState.CHANGES_REQUESTED and login in owners
    ]


def _missing_statuses(facts: Facts) -> list[Finding]:
    findings = []
    for name in facts.rules.statuses:
        status = facts.statuses.get(name)
        if status is None:
            findings.append(_obstacle(f"the check {name} has not run on {facts.head[:12]}"))
        elif not status.passed:
            findings.append(_obstacle(f"the check {name} failed: {status.description}"))
    return findings


def _standing(facts: Facts) -> dict[str, Review]:
    """The latest opinion of each person, by login in lower case."""
    opinions = (review for review in facts.reviews if review.state in _OPINIONS)
    return {review.login.lower(): review for review in sorted(opinions, key=lambda review: review.at)}


def _counts(review: Review, facts: Facts) -> bool:
    own = review.login.lower() == facts.author.lower()
    return review.state is ReviewState.APPROVED and review.commit == facts.head and not (own or review.is_bot)


def _logins(owners: Sequence[str], facts: Facts) -> set[str]:
    return {login.lower() for owner in owners for login in facts.members(owner) or ()}


def _obstacle(message: str, hint: str = "") -> Finding:
    return Finding(message=message, hint=hint, severity=Severity.WARNING)


def _say(paths: Sequence[str]) -> str:
    more = f" and {len(paths) - 3} more" if len(paths) > 3 else ""
    return ", ".join(paths[:3]) + more
