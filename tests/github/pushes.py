"""What follows when a branch moves: pull requests get new heads, approvals go stale, merges are noticed."""

from typing import TYPE_CHECKING, Any

from tests.github.events import tell
from tests.github.git import BareGit
from tests.github.rules import rulesets_of
from tests.github.shapes.accounts import account_shape, node_id
from tests.github.shapes.pulls import whole_pull_shape
from tests.github.shapes.repositories import page_url, repository_url
from tests.github.state import Account, Issue, Json, Pull, Repository, Token

if TYPE_CHECKING:
    from tests.github.hub import Hub

ZERO = "0" * 40


def moved(
    hub: "Hub",
    repository: Repository,
    ref: str,
    old: str | None,
    new: str | None,
    *,
    by: Account,
    token: Token | None = None,
    kind: str = "push",
) -> None:
    """Everything that GitHub does after `ref` went from `old` to `new`; `kind` as the activity list names it."""
    if not ref.startswith("refs/heads/") or old == new:
        return
    branch = ref.removeprefix("refs/heads/")
    _record(hub, repository, ref, old, new, by=by, kind=kind)
    _follow_head(hub, repository, branch, new, by=by, token=token)
    if new:
        _follow_base(hub, repository, branch, new, by=by)
    tell(
        hub,
        repository,
        "push",
        _push_payload(hub, repository, ref, old, new, by),
        by=by,
        token=token,
        ref=ref,
        sha=new or ZERO,
    )


def _record(
    hub: "Hub", repository: Repository, ref: str, old: str | None, new: str | None, *, by: Account, kind: str
) -> None:
    git = BareGit(repository.folder)
    if old is None:
        kind = "branch_creation"
    elif new is None:
        kind = "branch_deletion"
    elif kind == "push" and not git.is_ancestor(old, new):
        kind = "force_push"
    number = len(repository.activity) + 1
    repository.activity.append(
        {
            "id": number,
            "node_id": node_id("Activity", number),
            "before": old or ZERO,
            "after": new or ZERO,
            "ref": ref,
            "timestamp": hub.stamp(),
            "activity_type": kind,
            "actor": account_shape(hub, by),
        }
    )


def _follow_head(
    hub: "Hub", repository: Repository, branch: str, new: str | None, *, by: Account, token: Token | None
) -> None:
    """Pull requests of this branch, also those that a fork's branch has in its parent, get its new head."""
    for target in (repository, repository.parent):
        for issue in target.pulls() if target else ():
            pull = issue.pull
            if pull and issue.state == "open" and pull.head_ref == branch and (pull.fork or target) is repository:
                assert target is not None
                _new_head(hub, target, issue, pull, new, by=by, token=token)


def _follow_base(hub: "Hub", repository: Repository, branch: str, new: str, *, by: Account) -> None:
    """The base of an open pull request follows its branch; a head that it now contains was merged by hand."""
    git = BareGit(repository.folder)
    bound = [each for each in repository.pulls() if each.state == "open" and each.pull and each.pull.base_ref == branch]
    merged = set(git("for-each-ref", "--merged", new, "--format=%(refname)", "refs/pull").split()) if bound else set()
    for issue in bound:
        pull = issue.pull
        assert pull is not None
        if f"refs/pull/{issue.number}/head" not in merged:
            pull.base = new
            continue
        pull.merge_base = git.merge_base(pull.base, pull.head)
        pull.landed = [new]
        end_merged(hub, repository, issue, new, by=by, token=None)


def _new_head(
    hub: "Hub", repository: Repository, issue: Issue, pull: Pull, new: str | None, *, by: Account, token: Token | None
) -> None:
    issue.changed = hub.clock.now
    if new is None:
        close(hub, repository, issue, by=by, token=token)
        return
    git = BareGit(repository.folder)
    take_head(git, pull, issue.number, new)
    changed = _changes(git, pull.base, pull.head) != _changes(git, pull.base, new)
    before, pull.head, pull.pushed_by = pull.head, new, by.login
    if changed and _dismisses_stale(repository, pull.base_ref):
        for review in pull.reviews:
            if review.state == "APPROVED":
                review.state = "DISMISSED"
    payload = {"before": before, "after": new}
    tell_pull(hub, repository, issue, "synchronize", by=by, token=token, **payload)


def take_head(git: BareGit, pull: Pull, number: int, head: str) -> None:
    """Keep the head in the base's repository, for ever."""
    if pull.fork:
        git(
            "fetch",
            "--quiet",
            "--no-tags",
            str(pull.fork.folder),
            f"+refs/heads/{pull.head_ref}:refs/pull/{number}/head",
        )
    git.set_ref(f"refs/pull/{number}/head", head)


def _changes(git: BareGit, base: str, head: str) -> str:
    """What a head changes; merging the base into it changes nothing of that."""
    return git("diff", "--raw", "--no-renames", "--no-abbrev", git.merge_base(base, head) or base, head)


def _dismisses_stale(repository: Repository, branch: str) -> bool:
    return any(
        rule["type"] == "pull_request" and rule["parameters"].get("dismiss_stale_reviews_on_push")
        for ruleset in rulesets_of(repository, branch)
        for rule in ruleset["rules"]
    )


def end_merged(
    hub: "Hub", repository: Repository, issue: Issue, commit: str, *, by: Account, token: Token | None
) -> None:
    pull = issue.pull
    assert pull is not None
    pull.merged_at, pull.merged_by, pull.merge_commit = hub.clock.now, by, commit
    close(hub, repository, issue, by=by, token=token)


def close(
    hub: "Hub",
    repository: Repository,
    issue: Issue,
    *,
    by: Account,
    token: Token | None,
    reason: str | None = None,
) -> None:
    issue.state, issue.reason, issue.closed_at, issue.closed_by = "closed", reason, hub.clock.now, by
    issue.changed = hub.clock.now
    if issue.pull:
        tell_pull(hub, repository, issue, "closed", by=by, token=token)


def tell_pull(
    hub: "Hub", repository: Repository, issue: Issue, action: str, *, by: Account, token: Token | None, **more: Any
) -> None:
    assert issue.pull is not None
    payload = {
        "action": action,
        "number": issue.number,
        "pull_request": whole_pull_shape(hub, repository, issue),
        **more,
    }
    ref, sha = f"refs/pull/{issue.number}/merge", issue.pull.merge_commit or issue.pull.head
    tell(hub, repository, "pull_request", payload, by=by, token=token, ref=ref, sha=sha)


def _push_payload(hub: "Hub", repository: Repository, ref: str, old: str | None, new: str | None, by: Account) -> Json:
    git = BareGit(repository.folder)
    person = {"name": by.login, "email": by.noreply}
    commits = [_push_commit(hub, repository, git, each) for each in git.commits(old, new)] if old and new else []
    if new and not old:
        commits = [_push_commit(hub, repository, git, new)]
    return {
        "ref": ref,
        "before": old or ZERO,
        "after": new or ZERO,
        "base_ref": None,
        "created": old is None,
        "deleted": new is None,
        "forced": bool(old and new and not git.is_ancestor(old, new)),
        "compare": f"{page_url(hub, repository)}/compare/{(old or ZERO)[:12]}...{(new or ZERO)[:12]}",
        "pusher": person,
        "commits": commits,
        "head_commit": commits[-1] if commits else None,
    }


def _push_commit(hub: "Hub", repository: Repository, git: BareGit, sha: str) -> Json:
    names = git("show", "--no-patch", "--format=%T%x00%an%x00%ae%x00%cn%x00%ce%x00%aI%x00%B", sha)
    tree, an, ae, cn, ce, at, message = names.split("\0", 6)
    return {
        "id": sha,
        "tree_id": tree,
        "distinct": True,
        "message": message.rstrip("\n"),
        "timestamp": at,
        "url": f"{repository_url(hub, repository)}/commits/{sha}",
        "author": {"name": an, "email": ae},
        "committer": {"name": cn, "email": ce},
        "added": [],
        "removed": [],
        "modified": [],
    }
