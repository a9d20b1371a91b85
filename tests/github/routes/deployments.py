"""Deployments, their statuses, and environments."""

from urllib.parse import quote

from tests.github.events import tell
from tests.github.routes.commits import resolve
from tests.github.routing import Answer, Call, Refusal, missing, page, route
from tests.github.shapes.accounts import account_shape, node_id
from tests.github.shapes.repositories import page_url, repository_url
from tests.github.state import Json, Right

_DEPLOYMENTS = "/repos/{owner}/{repo}/deployments"
_STATUSES = "/repos/{owner}/{repo}/deployments/{deployment_id}/statuses"
_ENVIRONMENTS = "/repos/{owner}/{repo}/environments"
_ONE = "/repos/{owner}/{repo}/environments/{environment_name}"
_FILTERS = ("sha", "ref", "task", "environment")


@route("GET", _DEPLOYMENTS, "deployments:read")
def list_deployments(call: Call) -> Answer:
    """Newest first."""
    wanted = {name: call.query[name] for name in _FILTERS if name in call.query}
    found = [each for each in call.repository.deployments if all(each[name] == wanted[name] for name in wanted)]
    return page(call, reversed(found), shape=_shown)


@route("POST", _DEPLOYMENTS, "deployments:write", right=Right.WRITE)
def create_deployment(call: Call) -> Answer:
    """`required_contexts` (all, where none are given) must have passed: else 409."""
    sha = resolve(call, call.text("ref"))
    contexts = call.given.get("required_contexts")
    last = {each.context: each.state for each in call.repository.statuses.get(sha, [])}
    wanted = list(last) if contexts is None else contexts
    if bad := [each for each in wanted if last.get(each) != "success"]:
        raise Refusal(409, f"Conflict: Commit status checks failed for {call.text('ref')}: {', '.join(bad)}")
    number = call.hub.next_id()
    url = f"{repository_url(call.hub, call.repository)}/deployments/{number}"
    environment = call.text("environment", "production")
    deployment: Json = {
        "id": number,
        "node_id": node_id("Deployment", number),
        "url": url,
        "sha": sha,
        "ref": call.text("ref"),
        "task": call.text("task", "deploy"),
        "payload": call.given.get("payload") or {},
        "original_environment": environment,
        "environment": environment,
        "description": call.given.get("description"),
        "creator": account_shape(call.hub, call.account),
        "created_at": call.hub.stamp(),
        "updated_at": call.hub.stamp(),
        "statuses_url": f"{url}/statuses",
        "repository_url": repository_url(call.hub, call.repository),
        "transient_environment": bool(call.given.get("transient_environment")),
        "production_environment": call.given.get("production_environment", environment == "production"),
        "statuses": [],
    }
    call.repository.deployments.append(deployment)
    _environment(call, environment)
    payload = {"action": "created", "deployment": _shown(deployment), "workflow": None, "workflow_run": None}
    tell(call.hub, call.repository, "deployment", payload, by=call.account, token=call.token, ref=sha, sha=sha)
    return Answer(body=_shown(deployment), status=201)


def _shown(deployment: Json) -> Json:
    return {name: value for name, value in deployment.items() if name != "statuses"}


@route("GET", f"{_DEPLOYMENTS}/{{deployment_id}}", "deployments:read")
def get_deployment(call: Call) -> Json:
    return _shown(_deployment(call))


@route("GET", _STATUSES, "deployments:read")
def list_statuses(call: Call) -> Answer:
    """Newest first."""
    return page(call, reversed(_deployment(call)["statuses"]))


@route("POST", _STATUSES, "deployments:write", right=Right.WRITE)
def create_status(call: Call) -> Answer:
    """A success makes the earlier deployments of the environment inactive, unless told otherwise."""
    deployment = _deployment(call)
    status = _new_status(call, deployment, call.text("state"))
    if call.text("state") == "success" and call.given.get("auto_inactive", True):
        _end_others(call, deployment)
    return Answer(body=status, status=201)


def _new_status(call: Call, deployment: Json, state: str) -> Json:
    number = call.hub.next_id()
    status = {
        "id": number,
        "node_id": node_id("DeploymentStatus", number),
        "url": f"{deployment['statuses_url']}/{number}",
        "state": state,
        "creator": account_shape(call.hub, call.account),
        "description": call.text("description"),
        "environment": deployment["environment"],
        "target_url": call.text("target_url"),
        "log_url": call.text("log_url"),
        "environment_url": call.text("environment_url"),
        "created_at": call.hub.stamp(),
        "updated_at": call.hub.stamp(),
        "deployment_url": deployment["url"],
        "repository_url": deployment["repository_url"],
    }
    deployment["statuses"].append(status)
    deployment["updated_at"] = call.hub.stamp()
    return status


def _end_others(call: Call, deployment: Json) -> None:
    for other in call.repository.deployments:
        if (
            other is not deployment
            and other["environment"] == deployment["environment"]
            and not other["transient_environment"]
            and other["statuses"]
            and other["statuses"][-1]["state"] == "success"
        ):
            _new_status(call, other, "inactive")


def _deployment(call: Call) -> Json:
    wanted = call.names["deployment_id"]
    return next((each for each in call.repository.deployments if str(each["id"]) == wanted), None) or missing()


@route("GET", _ENVIRONMENTS, "actions:read")
def list_environments(call: Call) -> Answer:
    answer = page(call, call.repository.environments.values())
    answer.body = {"total_count": len(call.repository.environments), "environments": answer.body}
    return answer


@route("GET", _ONE, "actions:read")
def get_environment(call: Call) -> Json:
    return call.repository.environments.get(call.names["environment_name"]) or missing()


@route("PUT", _ONE, "administration:write", right=Right.ADMIN)
def put_environment(call: Call) -> Json:
    environment = _environment(call, call.names["environment_name"])
    environment["deployment_branch_policy"] = call.given.get("deployment_branch_policy")
    return environment


def _environment(call: Call, name: str) -> Json:
    """The environment, made where there is none."""
    if name not in call.repository.environments:
        number = call.hub.next_id()
        call.repository.environments[name] = {
            "id": number,
            "node_id": node_id("Environment", number),
            "name": name,
            "url": f"{repository_url(call.hub, call.repository)}/environments/{quote(name, safe='')}",
            "html_url": f"{page_url(call.hub, call.repository)}/deployments/activity_log?environments_filter={name}",
            "created_at": call.hub.stamp(),
            "updated_at": call.hub.stamp(),
            "protection_rules": [],
            "deployment_branch_policy": None,
        }
    return call.repository.environments[name]


@route("GET", f"{_ONE}/deployment-branch-policies", "actions:read")
def list_branch_policies(call: Call) -> Answer:
    get_environment(call)
    policies = _policies(call)
    answer = page(call, policies)
    answer.body = {"total_count": len(policies), "branch_policies": answer.body}
    return answer


@route("POST", f"{_ONE}/deployment-branch-policies", "administration:write", right=Right.ADMIN)
def create_branch_policy(call: Call) -> Json:
    get_environment(call)
    number = call.hub.next_id()
    policy = {
        "id": number,
        "node_id": node_id("GateBranchPolicy", number),
        "name": call.text("name"),
        "type": call.text("type", "branch"),
    }
    _policies(call).append(policy)
    return policy


def _policies(call: Call) -> list[Json]:
    kept: dict[str, list[Json]] = call.repository.settings.setdefault("branch_policies", {})
    return kept.setdefault(call.names["environment_name"], [])
