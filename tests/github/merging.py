"""The three ways to merge a pull request, and the queue that merges several in one push."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tests.github.git import WEB_FLOW, BareGit, signature
from tests.github.pushes import end_merged, moved
from tests.github.routing import Refusal
from tests.github.rules import obstacles, rules_of
from tests.github.state import Account, Issue, Json, Pull, Repository, Right, Token

if TYPE_CHECKING:
    from tests.github.hub import Hub

METHODS = ("merge", "squash", "rebase")
GITHUB = ("GitHub", WEB_FLOW)


def refuse_merge(
    hub: "Hub",
    repository: Repository,
    issue: Issue,
    *,
    method: str,
    by: Account,
    token: Token | None,
    sha: str | None = None,
    past_the_rules: bool = False,
) -> None:
    """Raise what GitHub answers where it may not be merged so."""
    pull = _of(issue)
    if issue.state != "open" or pull.draft:
        raise Refusal(405, "Pull Request is still a draft" if pull.draft else "Pull Request is not mergeable")
    if sha and sha != pull.head:
        raise Refusal(409, "Head branch was modified. Review and try the merge again.")
    if method not in repository.settings["methods"]:
        names = {"merge": "Merge commits", "squash": "Squash merges", "rebase": "Rebase merges"}
        raise Refusal(405, f"{names[method]} are not allowed on this repository.")
    rules = rules_of(repository, pull.base_ref)
    if past_the_rules:
        rules = rules_of(repository, pull.base_ref, token=token, account=by)
    if found := obstacles(hub, repository, issue, rules):
        raise Refusal(405, "Repository rule violations found\n\n" + "\n\n".join(found) + "\n\n")
    allowed = rules.get("pull_request", {}).get("allowed_merge_methods") or METHODS
    if "merge_queue" in rules:
        raise Refusal(405, "Repository rule violations found\n\nChanges must be made through the merge queue\n\n")
    if method not in allowed or (method == "merge" and "required_linear_history" in rules):
        raise Refusal(405, f"Repository rule violations found\n\nMerge method {method} is not allowed.\n\n")
    if BareGit(repository.folder).merged_tree(pull.base, pull.head) is None:
        raise Refusal(405, "Pull Request is not mergeable")


def merge(
    hub: "Hub",
    repository: Repository,
    issue: Issue,
    *,
    method: str,
    by: Account,
    token: Token | None = None,
    title: str | None = None,
    message: str | None = None,
) -> str:
    """Merge it, whatever the rules say, and answer the commit that is the base's new head."""
    pull = _of(issue)
    commit = _made(hub, repository, issue, pull, pull.base, method=method, by=by, title=title, message=message)
    _land(hub, repository, [issue], [commit], by=by, token=token, kind="pr_merge")
    return commit


def land_queue(hub: "Hub", repository: Repository, issues: Sequence[Issue], *, method: str, by: Account) -> list[str]:
    """Merge several, each on top of the one before, and move the base once, as a merge queue does."""
    base = _of(issues[0]).base
    commits = []
    for issue in issues:
        base = _made(hub, repository, issue, _of(issue), base, method=method, by=by)
        commits.append(base)
    _land(hub, repository, issues, commits, by=by, token=None, kind="merge_queue_merge")
    return commits


def _land(
    hub: "Hub",
    repository: Repository,
    issues: Sequence[Issue],
    commits: Sequence[str],
    *,
    by: Account,
    token: Token | None,
    kind: str,
) -> None:
    git = BareGit(repository.folder)
    first = _of(issues[0])
    ref, old = f"refs/heads/{first.base_ref}", first.base
    start = old
    for issue, commit in zip(issues, commits, strict=True):
        pull = _of(issue)
        pull.merge_base = git.merge_base(old, pull.head)
        pull.landed = git.commits(start, commit)
        start = commit
        end_merged(hub, repository, issue, commit, by=by, token=token)
    git.set_ref(ref, commits[-1], old)
    moved(hub, repository, ref, old, commits[-1], by=by, token=token, kind=kind)
    if repository.settings["delete_branch_on_merge"]:
        for issue in issues:
            if not _of(issue).fork:
                delete_branch(hub, repository, _of(issue).head_ref, by=by, token=token)


def delete_branch(hub: "Hub", repository: Repository, branch: str, *, by: Account, token: Token | None = None) -> None:
    git = BareGit(repository.folder)
    if old := git.head(branch):
        git.set_ref(f"refs/heads/{branch}", None, old)
        moved(hub, repository, f"refs/heads/{branch}", old, None, by=by, token=token)


def _made(
    hub: "Hub",
    repository: Repository,
    issue: Issue,
    pull: Pull,
    base: str,
    *,
    method: str,
    by: Account,
    title: str | None = None,
    message: str | None = None,
) -> str:
    """The commit that stands on `base` and has the pull request in it."""
    if method == "rebase":
        return _rebased(hub, repository, pull, base, by)
    git = BareGit(repository.folder)
    tree = git.merged_tree(base, pull.head)
    if tree is None:
        raise Refusal(405, "Pull Request is not mergeable")
    if method == "merge":
        parents = [base, pull.head]
        owner = (pull.fork or repository).owner.login
        first = title or f"Merge pull request #{issue.number} from {owner}/{pull.head_ref}"
        text, author = f"{first}\n\n{message if message is not None else issue.title}", signature(by)
    else:
        parents = [base]
        text = (
            f"{title or f'{issue.title} (#{issue.number})'}\n\n{message if message is not None else issue.body or ''}"
        )
        author = signature(issue.account)
    commit = git.commit_tree(tree, parents, text.rstrip() + "\n", author=author, committer=GITHUB, at=hub.clock.now)
    hub.signed.add(commit)
    return commit


def _rebased(hub: "Hub", repository: Repository, pull: Pull, base: str, by: Account) -> str:
    """Replay each commit; the committer is who pressed the button, and nobody signs."""
    git = BareGit(repository.folder)
    for commit in git.commits(git.merge_base(base, pull.head) or base, pull.head):
        base = _replayed(hub, git, commit, base, by)
    return base


def _replayed(hub: "Hub", git: BareGit, commit: str, onto: str, by: Account) -> str:
    names = git("show", "--no-patch", "--format=%P%x00%an%x00%ae%x00%ad%x00%B", "--date=raw", commit)
    parents, name, address, date, message = names.split("\0", 4)
    if len(parents.split()) > 1:
        raise Refusal(405, "This branch can't be rebased")
    # A commit with the tree of `onto` beside the one to be replayed: their merge is the replay.
    side = git.commit_tree(f"{onto}^{{tree}}", [parents], "side", author=GITHUB, committer=GITHUB, at=hub.clock.now)
    tree = git.merged_tree(side, commit)
    if tree is None:
        raise Refusal(405, "This branch can't be rebased due to conflicts")
    return git.commit_tree(
        tree,
        [onto],
        message,
        author=(name, address),
        committer=signature(by),
        at=hub.clock.now,
        authored=date,
    )


def update_branch(hub: "Hub", repository: Repository, issue: Issue, *, by: Account, token: Token | None = None) -> str:
    """Merge the base into the head, as the button does; the commit is signed by GitHub."""
    pull = _of(issue)
    git = BareGit(repository.folder)
    tree = git.merged_tree(pull.head, pull.base)
    if tree is None:
        raise Refusal(422, "merge conflict between base and head")
    text = f"Merge branch '{pull.base_ref}' into {pull.head_ref}"
    commit = git.commit_tree(
        tree, [pull.head, pull.base], text, author=signature(by), committer=GITHUB, at=hub.clock.now
    )
    hub.signed.add(commit)
    ref, old = f"refs/heads/{pull.head_ref}", pull.head
    git.set_ref(ref, commit, old)
    moved(hub, repository, ref, old, commit, by=by, token=token)
    return commit


def merge_json(commit: str) -> Json:
    return {"sha": commit, "merged": True, "message": "Pull Request successfully merged"}


def may_merge(right: Right) -> bool:
    return right.includes(Right.WRITE)


def _of(issue: Issue) -> Pull:
    assert issue.pull is not None
    return issue.pull
