"""Repositories as the API shows them."""

from typing import TYPE_CHECKING

from tests.github.clock import stamp
from tests.github.shapes.accounts import account_shape, node_id
from tests.github.state import Json, Repository, Right

if TYPE_CHECKING:
    from tests.github.hub import Hub

_LINKS = {
    "archive_url": "/{archive_format}{/ref}",
    "assignees_url": "/assignees{/user}",
    "blobs_url": "/git/blobs{/sha}",
    "branches_url": "/branches{/branch}",
    "collaborators_url": "/collaborators{/collaborator}",
    "comments_url": "/comments{/number}",
    "commits_url": "/commits{/sha}",
    "compare_url": "/compare/{base}...{head}",
    "contents_url": "/contents/{+path}",
    "contributors_url": "/contributors",
    "deployments_url": "/deployments",
    "downloads_url": "/downloads",
    "events_url": "/events",
    "forks_url": "/forks",
    "git_commits_url": "/git/commits{/sha}",
    "git_refs_url": "/git/refs{/sha}",
    "git_tags_url": "/git/tags{/sha}",
    "hooks_url": "/hooks",
    "issue_comment_url": "/issues/comments{/number}",
    "issue_events_url": "/issues/events{/number}",
    "issues_url": "/issues{/number}",
    "keys_url": "/keys{/key_id}",
    "labels_url": "/labels{/name}",
    "languages_url": "/languages",
    "merges_url": "/merges",
    "milestones_url": "/milestones{/number}",
    "notifications_url": "/notifications{?since,all,participating}",
    "pulls_url": "/pulls{/number}",
    "releases_url": "/releases{/id}",
    "stargazers_url": "/stargazers",
    "statuses_url": "/statuses/{sha}",
    "subscribers_url": "/subscribers",
    "subscription_url": "/subscription",
    "tags_url": "/tags",
    "teams_url": "/teams",
    "trees_url": "/git/trees{/sha}",
}
_COUNTS = ("forks", "forks_count", "stargazers_count", "watchers", "watchers_count", "size")
_HAS = {"has_issues": True, "has_projects": False, "has_wiki": False, "has_pages": False, "has_discussions": False}


def repository_url(hub: "Hub", repository: Repository) -> str:
    return f"{hub.api}/repos/{repository.full_name}"


def page_url(hub: "Hub", repository: Repository) -> str:
    return f"{hub.web}/{repository.full_name}"


def minimal_shape(hub: "Hub", repository: Repository) -> Json:
    url = repository_url(hub, repository)
    return {
        "id": repository.id,
        "node_id": node_id("Repository", repository.id),
        "name": repository.name,
        "full_name": repository.full_name,
        "owner": account_shape(hub, repository.owner),
        "private": repository.private,
        "html_url": page_url(hub, repository),
        "description": None,
        "fork": repository.parent is not None,
        "url": url,
        **{name: url + end for name, end in _LINKS.items()},
    }


def repository_shape(hub: "Hub", repository: Repository, right: Right = Right.ADMIN) -> Json:
    """The whole of it, with the caller's rights and what may be merged how."""
    host = hub.web.split("://", 1)[1]
    open_issues = sum(issue.state == "open" for issue in repository.issues.values())
    return {
        **minimal_shape(hub, repository),
        **dict.fromkeys(_COUNTS, 0),
        **dict.fromkeys(("mirror_url", "homepage", "language", "license")),
        **_HAS,
        "clone_url": repository.git_url,
        "git_url": repository.git_url.replace("http", "git", 1),
        "ssh_url": f"git@{host}:{repository.full_name}.git",
        "svn_url": page_url(hub, repository),
        "default_branch": repository.default_branch,
        "open_issues": open_issues,
        "open_issues_count": open_issues,
        "archived": False,
        "disabled": False,
        "visibility": "private" if repository.private else "public",
        "pushed_at": stamp(repository.at),
        "created_at": stamp(repository.at),
        "updated_at": stamp(repository.at),
        "subscribers_count": 0,
        "network_count": 0,
        "topics": [],
        "is_template": False,
        "allow_forking": True,
        "web_commit_signoff_required": False,
        "permissions": permissions_shape(right),
        "allow_merge_commit": "merge" in repository.settings["methods"],
        "allow_squash_merge": "squash" in repository.settings["methods"],
        "allow_rebase_merge": "rebase" in repository.settings["methods"],
        "allow_auto_merge": False,
        "allow_update_branch": True,
        "delete_branch_on_merge": repository.settings["delete_branch_on_merge"],
    }


def permissions_shape(right: Right) -> dict[str, bool]:
    names = {"pull": Right.READ, "triage": Right.TRIAGE, "push": Right.WRITE}
    return {
        name: right.includes(needed)
        for name, needed in {**names, "maintain": Right.MAINTAIN, "admin": Right.ADMIN}.items()
    }
