"""Pull requests and reviews as the API shows them."""

from typing import TYPE_CHECKING, Any

from tests.github.clock import stamp, stamp_or_none
from tests.github.departures import is_ghost
from tests.github.git import WEB_FLOW, BareGit
from tests.github.shapes.accounts import account_or_none, account_shape, node_id, team_shape
from tests.github.shapes.commits import files_shape
from tests.github.shapes.issues import association, label_shape
from tests.github.shapes.repositories import page_url, repository_shape, repository_url
from tests.github.state import Issue, Json, Pull, Repository, Review

if TYPE_CHECKING:
    from tests.github.hub import Hub

_LINKS = {
    "commits_url": "/commits",
    "review_comments_url": "/comments",
    "review_comment_url": "/comments{/number}",
}


def _head_shape(hub: "Hub", repository: Repository, pull: Pull) -> Json:
    """A fork that was deleted leaves neither repository nor user."""
    shape = _side_shape(hub, pull.fork or repository, pull.head_ref, pull.head)
    return {**shape, "label": "unknown repository", "repo": None, "user": None} if pull.gone else shape


def _side_shape(hub: "Hub", repository: Repository, ref: str, sha: str) -> Json:
    return {
        "label": f"{repository.owner.login}:{ref}",
        "ref": ref,
        "sha": sha,
        "user": account_shape(hub, repository.owner),
        "repo": repository_shape(hub, repository),
    }


def pull_shape(hub: "Hub", repository: Repository, issue: Issue) -> Json:
    """A pull request as lists show it."""
    pull = _of(issue)
    root = repository_url(hub, repository)
    url, issue_url = f"{root}/pulls/{issue.number}", f"{root}/issues/{issue.number}"
    page = f"{page_url(hub, repository)}/pull/{issue.number}"
    assignees = [account_shape(hub, each) for each in issue.assignees]
    statuses = f"{root}/statuses/{pull.head}"
    return {
        "id": issue.id,
        "node_id": node_id("PullRequest", issue.id),
        "url": url,
        "html_url": page,
        "diff_url": f"{page}.diff",
        "patch_url": f"{page}.patch",
        "issue_url": issue_url,
        "comments_url": f"{issue_url}/comments",
        "statuses_url": statuses,
        **{name: url + end for name, end in _LINKS.items()},
        "number": issue.number,
        "state": issue.state,
        "locked": False,
        "title": issue.title,
        "user": account_shape(hub, issue.account),
        "body": issue.body,
        "labels": [label_shape(hub, repository, name) for name in issue.labels],
        "milestone": None,
        "active_lock_reason": None,
        "created_at": stamp(issue.at),
        "updated_at": stamp(issue.changed),
        "closed_at": stamp_or_none(issue.closed_at),
        "merged_at": stamp_or_none(pull.merged_at),
        "merge_commit_sha": pull.merge_commit or pull.trial,
        "assignee": assignees[0] if assignees else None,
        "assignees": assignees,
        "requested_reviewers": [account_shape(hub, each) for each in pull.requested],
        "requested_teams": [team_shape(hub, each) for each in pull.requested_teams],
        "head": _head_shape(hub, repository, pull),
        "base": _side_shape(hub, repository, pull.base_ref, pull.base),
        "_links": _links(url, page, issue_url, statuses),
        "author_association": association(repository, issue.account),
        "auto_merge": None,
        "draft": pull.draft,
    }


def _links(url: str, page: str, issue: str, statuses: str) -> dict[str, Any]:
    links = {
        "self": url,
        "html": page,
        "issue": issue,
        "comments": f"{issue}/comments",
        "review_comments": f"{url}/comments",
        "review_comment": f"{url}/comments{{/number}}",
        "commits": f"{url}/commits",
        "statuses": statuses,
    }
    return {name: {"href": value} for name, value in links.items()}


def whole_pull_shape(hub: "Hub", repository: Repository, issue: Issue) -> Json:
    """A pull request by its number says also whether it can be merged, and how much it changes."""
    pull = _of(issue)
    git = BareGit(repository.folder)
    base = merge_base(git, pull)
    files = files_shape(hub, repository, base, pull.head)
    if issue.state == "open":
        try_merge(hub, git, issue, pull)
    mergeable = None if pull.merged_at else pull.trial is not None
    return {
        **pull_shape(hub, repository, issue),
        "merged": pull.merged_at is not None,
        "mergeable": mergeable,
        "rebaseable": mergeable,
        "mergeable_state": _mergeable_state(hub, repository, issue, mergeable),
        "merged_by": account_or_none(hub, pull.merged_by),
        "comments": len(issue.comments),
        "review_comments": 0,
        "maintainer_can_modify": False,
        "commits": len(git.commits(base, pull.head)),
        "additions": sum(each["additions"] for each in files),
        "deletions": sum(each["deletions"] for each in files),
        "changed_files": len(files),
    }


def try_merge(hub: "Hub", git: BareGit, issue: Issue, pull: Pull) -> None:
    """GitHub's trial merge, at refs/pull/N/merge: `merge_commit_sha` of an open pull request is no merge."""
    ref = f"refs/pull/{issue.number}/merge"
    parents = [pull.base, pull.head]
    if pull.trial and git("show", "--no-patch", "--format=%P", pull.trial).split() == parents:
        return
    tree = git.merged_tree(*parents)
    if tree is None:
        pull.trial = None
        return
    text, who = f"Merge {pull.head} into {pull.base}", ("GitHub", WEB_FLOW)
    pull.trial = git.commit_tree(tree, parents, text, author=who, committer=who, at=hub.clock.now)
    hub.signed.add(pull.trial)
    git.set_ref(ref, pull.trial)


def merge_base(git: BareGit, pull: Pull) -> str:
    """Where the head left the base; for a merged one, where it did so then."""
    return pull.merge_base or git.merge_base(pull.base, pull.head) or pull.base


def _mergeable_state(hub: "Hub", repository: Repository, issue: Issue, mergeable: bool | None) -> str:
    from tests.github.rules import obstacles

    if mergeable is None:
        return "unknown"
    if not mergeable:
        return "dirty"
    if _of(issue).draft:
        return "draft"
    return "blocked" if obstacles(hub, repository, issue) else "clean"


def review_shape(hub: "Hub", repository: Repository, issue: Issue, review: Review) -> Json:
    pull = f"{repository_url(hub, repository)}/pulls/{issue.number}"
    page = f"{page_url(hub, repository)}/pull/{issue.number}#pullrequestreview-{review.id}"
    return {
        "id": review.id,
        "node_id": node_id("PullRequestReview", review.id),
        "user": None if is_ghost(review.account) else account_shape(hub, review.account),
        "body": review.body,
        "state": review.state,
        "html_url": page,
        "pull_request_url": pull,
        "_links": {"html": {"href": page}, "pull_request": {"href": pull}},
        "submitted_at": stamp(review.at),
        "commit_id": review.commit,
        "author_association": association(repository, review.account),
    }


def _of(issue: Issue) -> Pull:
    assert issue.pull is not None
    return issue.pull
