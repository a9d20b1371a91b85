"""Starting workflows, what Actions may do in a repository, and who pushed what."""

import re

from tests.github.events import tell
from tests.github.git import BareGit
from tests.github.routing import Answer, Call, Refusal, missing, page, route
from tests.github.state import Json, Right

_ACTIONS = "/repos/{owner}/{repo}/actions"
_MOST_PROPERTIES = 10
_LONGEST_TYPE = 100


@route("POST", "/repos/{owner}/{repo}/dispatches", "contents:write", right=Right.WRITE)
def dispatch_repository(call: Call) -> Answer:
    kind, payload = call.text("event_type"), call.given.get("client_payload") or {}
    if len(kind) > _LONGEST_TYPE:
        raise Refusal(422, f"event_type is too long (maximum is {_LONGEST_TYPE} characters)")
    if len(payload) > _MOST_PROPERTIES:
        raise Refusal(422, f"No more than {_MOST_PROPERTIES} properties are allowed; {len(payload)} were supplied.")
    branch = call.repository.default_branch
    call.repository.dispatched.append({"event_type": kind, "client_payload": payload})
    event = {"action": kind, "branch": branch, "client_payload": payload, "installation": {"id": 1, "node_id": "x"}}
    _tell(call, "repository_dispatch", event, f"refs/heads/{branch}")
    return Answer(status=204)


@route("POST", f"{_ACTIONS}/workflows/{{workflow_id}}/dispatches", "actions:write", right=Right.WRITE)
def dispatch_workflow(call: Call) -> Answer:
    """404 for a file that is not on the default branch, 422 where it takes no dispatch."""
    name, ref = call.names["workflow_id"], call.text("ref")
    git = BareGit(call.repository.folder)
    path = f".github/workflows/{name}"
    if git.file(call.repository.default_branch, path) is None:
        missing()
    full = ref if ref.startswith("refs/") else f"refs/heads/{ref}"
    commit = git.head(full)
    if commit is None:
        raise Refusal(422, f"No ref found for: {ref}")
    text = git.file(commit, path)
    if text is None or not re.search(
        rb"^\s*[\"']?workflow_dispatch\b|\[.*\bworkflow_dispatch\b.*\]|on: workflow_dispatch", text, re.MULTILINE
    ):
        raise Refusal(422, "Workflow does not have 'workflow_dispatch' trigger")
    inputs = call.given.get("inputs") or {}
    call.repository.dispatched.append({"workflow": name, "ref": ref, "inputs": inputs})
    _tell(call, "workflow_dispatch", {"inputs": inputs, "ref": full, "workflow": path}, full)
    return Answer(status=204)


def _tell(call: Call, name: str, payload: Json, ref: str) -> None:
    sha = BareGit(call.repository.folder).head(ref) or ""
    tell(call.hub, call.repository, name, payload, by=call.account, token=call.token, ref=ref, sha=sha)


@route("GET", f"{_ACTIONS}/workflows", "actions:read")
def list_workflows(call: Call) -> Json:
    git = BareGit(call.repository.folder)
    branch = call.repository.default_branch
    names = git.run("ls-tree", "--name-only", branch, ".github/workflows/").stdout.decode().split()
    url = f"{call.hub.api}/repos/{call.repository.full_name}/actions/workflows"
    workflows = [
        {
            "id": number,
            "node_id": f"W_{number}",
            "name": path.rsplit("/", 1)[-1],
            "path": path,
            "state": "active",
            "created_at": call.hub.stamp(),
            "updated_at": call.hub.stamp(),
            "url": f"{url}/{number}",
            "html_url": f"{call.hub.web}/{call.repository.full_name}/blob/{branch}/{path}",
            "badge_url": f"{call.hub.web}/{call.repository.full_name}/workflows/{number}/badge.svg",
        }
        for number, path in enumerate(names, 1)
    ]
    return {"total_count": len(workflows), "workflows": workflows}


@route("GET", f"{_ACTIONS}/permissions", "administration:read", right=Right.ADMIN)
def get_permissions(call: Call) -> Json:
    return {
        "enabled": call.repository.settings["actions_enabled"],
        "allowed_actions": "all",
        "sha_pinning_required": False,
    }


@route("GET", f"{_ACTIONS}/permissions/workflow", "administration:read", right=Right.ADMIN)
def get_workflow_permissions(call: Call) -> Json:
    settings = call.repository.settings
    return {
        "default_workflow_permissions": settings["actions_default_permissions"],
        "can_approve_pull_request_reviews": settings["actions_may_open_pull_requests"],
    }


@route("GET", f"{_ACTIONS}/secrets", "secrets:read", right=Right.WRITE)
def list_secrets(call: Call) -> Json:
    """Their names; nobody is ever told what they hold."""
    at = call.hub.stamp()
    names = call.repository.settings.get("secrets", [])
    return {
        "total_count": len(names),
        "secrets": [{"name": name, "created_at": at, "updated_at": at} for name in names],
    }


@route("GET", "/repos/{owner}/{repo}/activity", "contents:read")
def list_activity(call: Call) -> Answer:
    """Who moved which branch, newest first."""
    wanted, kind = call.query.get("ref"), call.query.get("activity_type")
    refs = {None} if wanted is None else {wanted, f"refs/heads/{wanted}"}
    found = [
        each
        for each in call.repository.activity
        if (wanted is None or each["ref"] in refs) and kind in {None, each["activity_type"]}
    ]
    return page(call, reversed(found))
