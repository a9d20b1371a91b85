"""Commits, branches, and which pull requests brought them."""

from tests.github.git import BareGit
from tests.github.routing import Answer, Call, Refusal, missing, page, route
from tests.github.shapes.commits import commit_shape, files_shape, whole_commit_shape
from tests.github.shapes.pulls import pull_shape
from tests.github.shapes.repositories import page_url, repository_url
from tests.github.state import Issue, Json, Pull

_COMMITS = "/repos/{owner}/{repo}/commits"
_BRANCHES = "/repos/{owner}/{repo}/branches"


def resolve(call: Call, name: str) -> str:
    """The commit that a name (branch, tag, or whole or short id) stands for; 422 where there is none."""
    git = BareGit(call.repository.folder)
    found = git.head(name) or git.resolve(f"refs/tags/{name}") or git.resolve(name)
    if found is None:
        raise Refusal(422, f"No commit found for SHA: {name}")
    return found


@route("GET", f"{_COMMITS}/{{ref}}", "contents:read")
def get_commit(call: Call) -> Json:
    return whole_commit_shape(call.hub, call.repository, resolve(call, call.names["ref"]))


@route("GET", _COMMITS, "contents:read")
def list_commits(call: Call) -> Answer:
    """Newest first, of a branch (`sha`), perhaps only those that touch `path`."""
    start = resolve(call, call.query.get("sha", call.repository.default_branch))
    only = ["--", call.query["path"]] if "path" in call.query else []
    commits = BareGit(call.repository.folder)("rev-list", start, *only).split()
    return page(call, commits, shape=lambda sha: commit_shape(call.hub, call.repository, sha))


@route("GET", f"{_COMMITS}/{{commit_sha}}/pulls", "pull_requests:read")
def list_pulls_of_commit(call: Call) -> Answer:
    """The merged pull request that brought a commit to the default branch, else the open ones that have it."""
    sha = resolve(call, call.names["commit_sha"])
    git = BareGit(call.repository.folder)
    refs = git("for-each-ref", "--contains", sha, "--format=%(refname)", "refs/pull").split()
    heads = {int(ref.split("/")[2]) for ref in refs if ref.endswith("/head")}
    landed = git.is_ancestor(sha, call.repository.default_branch)
    found = [each for each in call.repository.pulls() if each.pull and _has(git, each, each.pull, sha, heads, landed)]
    return page(call, found, shape=lambda each: pull_shape(call.hub, call.repository, each))


def _has(git: BareGit, issue: Issue, pull: Pull, sha: str, heads: set[int], landed: bool) -> bool:
    """A merged one has its own commits and those that its merge made; an open one its own."""
    if landed != (pull.merged_at is not None):
        return False
    return sha in pull.landed or (
        issue.number in heads
        and not git.is_ancestor(sha, pull.merge_base or git.merge_base(pull.base, pull.head) or "")
    )


@route("GET", "/repos/{owner}/{repo}/compare/{basehead}", "contents:read")
def compare(call: Call) -> Json:
    git = BareGit(call.repository.folder)
    base, _, head = call.names["basehead"].partition("...")
    one, other = resolve(call, base), resolve(call, head)
    middle = git.merge_base(one, other) or missing()
    ahead, behind = git.commits(one, other), git.commits(other, one)
    status = "diverged" if ahead and behind else "ahead" if ahead else "behind" if behind else "identical"
    url, shown = (
        f"{repository_url(call.hub, call.repository)}/compare/{call.names['basehead']}",
        f"{page_url(call.hub, call.repository)}/compare/{call.names['basehead']}",
    )
    return {
        "url": url,
        "html_url": shown,
        "permalink_url": shown,
        "diff_url": f"{shown}.diff",
        "patch_url": f"{shown}.patch",
        "base_commit": commit_shape(call.hub, call.repository, one),
        "merge_base_commit": commit_shape(call.hub, call.repository, middle),
        "status": status,
        "ahead_by": len(ahead),
        "behind_by": len(behind),
        "total_commits": len(ahead),
        "commits": [commit_shape(call.hub, call.repository, sha) for sha in ahead[:250]],
        "files": files_shape(call.hub, call.repository, middle, other),
    }
