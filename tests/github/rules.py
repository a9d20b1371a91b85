"""What rulesets and reviews say of a merge or a push."""

from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from tests.github.git import BareGit
from tests.github.owners import codeowners, owners_of, owning_accounts
from tests.github.routing import invalid
from tests.github.shapes.accounts import node_id
from tests.github.state import Account, Issue, Json, Pull, Repository, Review, Right, Token

if TYPE_CHECKING:
    from tests.github.hub import Hub

ROLES = {"maintain": 2, "write": 4, "admin": 5}
ACTIONS_APP = 15368
_OPINIONS = {"APPROVED", "CHANGES_REQUESTED"}


def demand(
    approvals: int = 1,
    *,
    code_owners: bool = True,
    dismiss_stale: bool = True,
    last_push: bool = False,
    statuses: Sequence[str] = (),
    forward_only: bool = True,
    deletion: bool = False,
) -> list[Json]:
    """The rules of a well kept branch, in the API's shape."""
    pull = {
        "required_approving_review_count": approvals,
        "require_code_owner_review": code_owners,
        "dismiss_stale_reviews_on_push": dismiss_stale,
        "require_last_push_approval": last_push,
        "required_review_thread_resolution": False,
        "allowed_merge_methods": ["merge", "squash", "rebase"],
    }
    checks = {
        "required_status_checks": [{"context": name} for name in statuses],
        "strict_required_status_checks_policy": False,
    }
    return [
        {"type": "pull_request", "parameters": pull},
        *([{"type": "required_status_checks", "parameters": checks}] if statuses else []),
        *([{"type": "non_fast_forward"}] if forward_only else []),
        *([] if deletion else [{"type": "deletion"}]),
    ]


def rulesets_of(repository: Repository, branch: str) -> list[Json]:
    """The active rulesets that hold for a branch."""
    return [
        ruleset
        for ruleset in repository.rulesets
        if repository.has_rules
        and ruleset["enforcement"] == "active"
        and ruleset["target"] == "branch"
        and _covers(repository, ruleset, branch)
    ]


def _covers(repository: Repository, ruleset: Json, branch: str) -> bool:
    names = (ruleset.get("conditions") or {}).get("ref_name", {"include": ["~ALL"], "exclude": []})
    return any(_fits(repository, each, branch) for each in names["include"]) and not any(
        _fits(repository, each, branch) for each in names["exclude"]
    )


def _fits(repository: Repository, pattern: str, branch: str) -> bool:
    if pattern == "~DEFAULT_BRANCH":
        return branch == repository.default_branch
    return pattern == "~ALL" or fnmatchcase(f"refs/heads/{branch}", pattern)


def rules_of(
    repository: Repository, branch: str, *, token: Token | None = None, account: Account | None = None
) -> dict[str, Json]:
    """Type and parameters of what holds for a branch, without the rulesets that the caller may bypass."""
    return {
        rule["type"]: rule.get("parameters") or {}
        for ruleset in rulesets_of(repository, branch)
        if not may_bypass(repository, ruleset, token=token, account=account)
        for rule in ruleset["rules"]
    }


def may_bypass(repository: Repository, ruleset: Json, *, token: Token | None, account: Account | None) -> bool:
    """Roles and Apps may stand in a ruleset's bypass list; the Actions app never counts."""
    if token is not None and token.kind != "person":
        app = token.account.app if token.kind == "app" else None
        return any(
            each["actor_type"] == "Integration" and each["actor_id"] == app for each in ruleset.get("bypass_actors", [])
        )
    actor = token.account if token else account
    right = repository.right(actor)
    return actor is not None and any(
        each["actor_type"] == "RepositoryRole"
        and any(each["actor_id"] == number and right.includes(Right(role)) for role, number in ROLES.items())
        for each in ruleset.get("bypass_actors", [])
    )


def obstacles(hub: "Hub", repository: Repository, issue: Issue, rules: dict[str, Json] | None = None) -> list[str]:
    """What the rules say against merging it now, in GitHub's words."""
    pull = issue.pull
    assert pull is not None
    held = rules_of(repository, pull.base_ref) if rules is None else rules
    found = [*_review_obstacles(hub, repository, issue, pull, held.get("pull_request"))]
    wanted = held.get("required_status_checks", {}).get("required_status_checks", [])
    missing = [each["context"] for each in wanted if not _passed(repository, pull.head, each)]
    if missing:
        found.append(f"Required status check{_s(missing)} {_quoted(missing)} {_is(missing)} expected.")
    return found


def _review_obstacles(
    hub: "Hub", repository: Repository, issue: Issue, pull: Pull, wanted: dict[str, Any] | None
) -> list[str]:
    if wanted is None:
        return []
    latest = latest_opinions(repository, pull)
    approving = [review.account for review in latest if review.state == "APPROVED"]
    found = []
    if any(review.state == "CHANGES_REQUESTED" for review in latest):
        found.append("Changes have been requested.")
    if wanted.get("require_last_push_approval"):
        approving = [each for each in approving if each.login != pull.pushed_by]
        if not approving:
            found.append("New changes require approval from someone other than the last pusher.")
    count = wanted.get("required_approving_review_count", 0)
    if len(approving) < count:
        found.append(
            f"At least {count} approving review{'s' * (count > 1)} is required by reviewers with write access."
        )
    if wanted.get("require_code_owner_review") and not _owners_approve(hub, repository, issue, pull, approving):
        found.append("Waiting on code owner review.")
    return found


def latest_opinions(repository: Repository, pull: Pull) -> list[Review]:
    """The last review with an opinion of each person who may write."""
    latest: dict[str, Review] = {}
    for review in pull.reviews:
        if review.state in _OPINIONS and repository.right(review.account).includes(Right.WRITE):
            latest[review.account.login] = review
        elif review.state == "DISMISSED":
            latest.pop(review.account.login, None)
    return list(latest.values())


def _owners_approve(hub: "Hub", repository: Repository, issue: Issue, pull: Pull, approving: list[Account]) -> bool:
    """Whether every changed file that has owners has one of them among the approving."""
    git = BareGit(repository.folder)
    lines = codeowners(git, pull.base)
    return all(
        not owners_of(lines, path)
        or any(each in approving for each in owning_accounts(hub, repository, owners_of(lines, path)))
        for path in changed_paths(git, pull)
    )


def changed_paths(git: BareGit, pull: Pull) -> list[str]:
    base = pull.merge_base or git.merge_base(pull.base, pull.head) or pull.base
    return git("diff", "--name-only", "--no-renames", base, pull.head).splitlines()


def _passed(repository: Repository, commit: str, wanted: Json) -> bool:
    """A check may be expected of one App: what others say of that name does not count."""
    context, app = wanted["context"], wanted.get("integration_id")
    said = repository.statuses.get(commit, [])
    statuses = [each for each in said if each.context == context and app in {None, each.creator.app}]
    if statuses:
        return statuses[-1].state == "success"
    runs = [
        each
        for each in repository.check_runs
        if each["head_sha"] == commit and each["name"] == context and app in {None, each["app"]["id"]}
    ]
    return bool(runs) and runs[-1]["conclusion"] in {"success", "neutral", "skipped"}


def new_ruleset(repository: Repository, number: int, given: Json, *, at: str) -> Json:
    """The Actions app may bypass nothing: a list that names it is refused."""
    if any(each.get("actor_id") == ACTIONS_APP for each in given.get("bypass_actors", [])):
        invalid(
            "RepositoryRuleset",
            "bypass_actors",
            "custom",
            "Actor GitHub Actions integration must be part of the ruleset source or owner organization",
        )
    if any(each["name"] == given["name"] for each in repository.rulesets):
        invalid("RepositoryRuleset", "name", "custom", "Name must be unique")
    return {
        "id": number,
        "node_id": node_id("RepositoryRuleset", number),
        "name": given["name"],
        "target": given.get("target", "branch"),
        "source_type": "Repository",
        "source": repository.full_name,
        "enforcement": given["enforcement"],
        "bypass_actors": given.get("bypass_actors", []),
        "conditions": given.get("conditions", {"ref_name": {"include": ["~DEFAULT_BRANCH"], "exclude": []}}),
        "rules": given.get("rules", []),
        "created_at": at,
        "updated_at": at,
    }


def push_refusal(rules: dict[str, Json], branch: str, old: str | None, new: str | None, *, forward: bool) -> str | None:
    """Why a branch may not be moved so by a push, in GitHub's words; `forward` where `new` has `old` behind it."""
    if new is None:
        return "Cannot delete this branch" if old and "deletion" in rules else None
    if old is None:
        return "Cannot create ref due to creations being restricted." if "creation" in rules else None
    if not forward and "non_fast_forward" in rules:
        return "Cannot force-push to this branch"
    if "pull_request" in rules:
        return "Changes must be made through a pull request."
    if "update" in rules:
        return "Cannot update this protected ref."
    if "merge_queue" in rules:
        return "Changes must be made through the merge queue"
    return None


def _s(names: list[str]) -> str:
    return "s" if len(names) > 1 else ""


def _is(names: list[str]) -> str:
    return "are" if len(names) > 1 else "is"


def _quoted(names: list[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
