"""Issues, comments and labels as the API shows them."""

from typing import TYPE_CHECKING

from tests.github.clock import stamp, stamp_or_none
from tests.github.shapes.accounts import account_or_none, account_shape, node_id
from tests.github.shapes.repositories import page_url, repository_url
from tests.github.state import Account, Comment, Issue, Json, Repository, Right

if TYPE_CHECKING:
    from tests.github.hub import Hub


def association(repository: Repository, account: Account) -> str:
    if account is repository.owner:
        return "OWNER"
    own = repository.rights.get(account.login.lower(), Right.NONE)
    if own is Right.NONE:
        return "NONE"
    return "MEMBER" if repository.owner.type == "Organization" else "COLLABORATOR"


def label_shape(hub: "Hub", repository: Repository, name: str) -> Json:
    known = repository.labels.get(name.lower(), {})
    return {
        "id": known.get("id", 0),
        "node_id": node_id("Label", known.get("id", 0)),
        "url": f"{repository_url(hub, repository)}/labels/{name}",
        "name": known.get("name", name),
        "color": known.get("color", "ededed"),
        "default": False,
        "description": known.get("description"),
        "archived_at": None,
        "archived_by": None,
    }


def issue_shape(hub: "Hub", repository: Repository, issue: Issue) -> Json:
    url = f"{repository_url(hub, repository)}/issues/{issue.number}"
    kind = "pull" if issue.pull else "issues"
    page = f"{page_url(hub, repository)}/{kind}/{issue.number}"
    assignees = [account_shape(hub, each) for each in issue.assignees]
    shape: Json = {
        "id": issue.id,
        "node_id": node_id("Issue", issue.id),
        "url": url,
        "repository_url": repository_url(hub, repository),
        "labels_url": f"{url}/labels{{/name}}",
        "comments_url": f"{url}/comments",
        "events_url": f"{url}/events",
        "timeline_url": f"{url}/timeline",
        "html_url": page,
        "number": issue.number,
        "state": issue.state,
        "state_reason": issue.reason,
        "title": issue.title,
        "body": issue.body,
        "user": account_shape(hub, issue.account),
        "labels": [label_shape(hub, repository, name) for name in issue.labels],
        "assignee": assignees[0] if assignees else None,
        "assignees": assignees,
        "milestone": None,
        "locked": False,
        "active_lock_reason": None,
        "comments": len(issue.comments),
        "closed_at": stamp_or_none(issue.closed_at),
        "created_at": stamp(issue.at),
        "updated_at": stamp(issue.changed),
        "author_association": association(repository, issue.account),
        "reactions": _no_reactions(f"{url}/reactions"),
    }
    if issue.pull:
        pull = f"{repository_url(hub, repository)}/pulls/{issue.number}"
        shape["pull_request"] = {
            "url": pull,
            "html_url": page,
            "diff_url": f"{page}.diff",
            "patch_url": f"{page}.patch",
            "merged_at": stamp_or_none(issue.pull.merged_at),
        }
    return shape


def whole_issue_shape(hub: "Hub", repository: Repository, issue: Issue) -> Json:
    """One issue by its number says also who closed it; a list does not."""
    return {**issue_shape(hub, repository, issue), "closed_by": account_or_none(hub, issue.closed_by)}


def _no_reactions(url: str) -> Json:
    kinds = ("total_count", "+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes")
    return {"url": url, **dict.fromkeys(kinds, 0)}


def comment_shape(hub: "Hub", repository: Repository, issue: Issue, comment: Comment) -> Json:
    url = repository_url(hub, repository)
    page = issue_shape(hub, repository, issue)["html_url"]
    return {
        "id": comment.id,
        "node_id": node_id("IssueComment", comment.id),
        "url": f"{url}/issues/comments/{comment.id}",
        "html_url": f"{page}#issuecomment-{comment.id}",
        "issue_url": f"{url}/issues/{issue.number}",
        "body": comment.body,
        "user": account_shape(hub, comment.account),
        "created_at": stamp(comment.at),
        "updated_at": stamp(comment.changed),
        "author_association": association(repository, comment.account),
        "reactions": _no_reactions(f"{url}/issues/comments/{comment.id}/reactions"),
        "performed_via_github_app": None,
    }
