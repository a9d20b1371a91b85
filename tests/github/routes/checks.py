"""Commit statuses and check runs."""

from tests.github.clock import stamp
from tests.github.events import tell
from tests.github.git import BareGit
from tests.github.routes.commits import resolve
from tests.github.routing import Answer, Call, Refusal, invalid, missing, page, route
from tests.github.shapes.accounts import account_shape, app_shape, node_id
from tests.github.shapes.commits import commit_shape
from tests.github.shapes.repositories import minimal_shape, page_url, repository_url
from tests.github.state import Json, Repository, Right, Status

_STATES = {"error", "failure", "pending", "success"}
_LONGEST = 140
_CONCLUSIONS = {"success", "failure", "neutral", "cancelled", "skipped", "timed_out", "action_required"}


@route("POST", "/repos/{owner}/{repo}/statuses/{sha}", "statuses:write", right=Right.WRITE)
def create_status(call: Call) -> Answer:
    sha, state = call.names["sha"], call.text("state")
    if BareGit(call.repository.folder).resolve(sha) != sha:
        raise Refusal(422, f"No commit found for SHA: {sha}")
    if state not in _STATES:
        invalid("Status", "state")
    if len(call.text("description")) > _LONGEST:
        invalid("Status", "description", "custom", f"description is too long (maximum is {_LONGEST} characters)")
    status = Status(
        id=call.hub.next_id(),
        state=state,
        context=call.text("context", "default"),
        description=call.given.get("description"),
        target_url=call.given.get("target_url"),
        creator=call.account,
        at=call.hub.clock.now,
    )
    call.repository.statuses.setdefault(sha, []).append(status)
    _tell_status(call, sha, status)
    return Answer(body=_status_shape(call, sha, status), status=201)


def _tell_status(call: Call, sha: str, status: Status) -> None:
    payload = {
        "id": status.id,
        "sha": sha,
        "name": call.repository.full_name,
        "avatar_url": None,
        "target_url": status.target_url,
        "context": status.context,
        "description": status.description,
        "state": status.state,
        "commit": commit_shape(call.hub, call.repository, sha),
        "branches": [],
        "created_at": stamp(status.at),
        "updated_at": stamp(status.at),
    }
    tell(call.hub, call.repository, "status", payload, by=call.account, token=call.token, ref=sha, sha=sha)


@route("GET", "/repos/{owner}/{repo}/commits/{ref}/statuses", "statuses:read")
def list_statuses(call: Call) -> Answer:
    """Newest first, every one that was ever set."""
    sha = resolve(call, call.names["ref"])
    found = reversed(call.repository.statuses.get(sha, []))
    return page(call, found, shape=lambda each: _status_shape(call, sha, each))


@route("GET", "/repos/{owner}/{repo}/commits/{ref}/status", "statuses:read")
def get_status(call: Call) -> Json:
    """The last word of each context, and one word for all."""
    sha = resolve(call, call.names["ref"])
    last = {each.context: each for each in call.repository.statuses.get(sha, [])}
    states = {each.state for each in last.values()}
    word = "failure" if states & {"failure", "error"} else "success" if states == {"success"} else "pending"
    url = f"{repository_url(call.hub, call.repository)}/commits/{sha}"
    return {
        "state": word,
        "statuses": [_simple_shape(call, sha, each) for each in last.values()],
        "sha": sha,
        "total_count": len(last),
        "repository": minimal_shape(call.hub, call.repository),
        "commit_url": url,
        "url": f"{url}/status",
    }


def _simple_shape(call: Call, sha: str, status: Status) -> Json:
    return {
        "id": status.id,
        "node_id": node_id("Status", status.id),
        "url": f"{repository_url(call.hub, call.repository)}/statuses/{sha}",
        "avatar_url": None,
        "state": status.state,
        "context": status.context,
        "description": status.description,
        "target_url": status.target_url,
        "required": None,
        "created_at": stamp(status.at),
        "updated_at": stamp(status.at),
    }


def _status_shape(call: Call, sha: str, status: Status) -> Json:
    shape = _simple_shape(call, sha, status)
    shape.pop("required")
    return {**shape, "creator": account_shape(call.hub, status.creator)}


@route("POST", "/repos/{owner}/{repo}/check-runs", "checks:write", right=Right.WRITE)
def create_check_run(call: Call) -> Answer:
    """Only Apps may: 403 for a person's token."""
    if call.token is None or call.token.kind == "person":
        raise Refusal(403, "You must authenticate via a GitHub App.")
    conclusion = call.given.get("conclusion")
    if conclusion is not None and conclusion not in _CONCLUSIONS:
        invalid("CheckRun", "conclusion")
    run = add_check_run(call, call.text("name"), call.text("head_sha"), conclusion)
    run["output"].update(
        {name: value for name, value in (call.given.get("output") or {}).items() if name in run["output"]}
    )
    return Answer(body=run, status=201)


def add_check_run(call: Call, name: str, sha: str, conclusion: str | None) -> Json:
    number = call.hub.next_id()
    url, shown = repository_url(call.hub, call.repository), page_url(call.hub, call.repository)
    run: Json = {
        "id": number,
        "node_id": node_id("CheckRun", number),
        "head_sha": sha,
        "external_id": None,
        "url": f"{url}/check-runs/{number}",
        "html_url": f"{shown}/runs/{number}",
        "details_url": call.given.get("details_url"),
        "status": "completed" if conclusion else call.text("status", "queued"),
        "conclusion": conclusion,
        "started_at": call.hub.stamp(),
        "completed_at": call.hub.stamp() if conclusion else None,
        "name": name,
        "check_suite": {"id": number},
        "app": app_shape(call.hub, call.account),
        "pull_requests": [],
        "output": {
            "title": None,
            "summary": None,
            "text": None,
            "annotations_count": 0,
            "annotations_url": f"{url}/check-runs/{number}/annotations",
        },
    }
    call.repository.check_runs.append(run)
    return run


@route("GET", "/repos/{owner}/{repo}/commits/{ref}/check-runs", "checks:read")
def list_check_runs(call: Call) -> Answer:
    sha, wanted = resolve(call, call.names["ref"]), call.query.get("check_name")
    runs = [run for run in call.repository.check_runs if run["head_sha"] == sha and wanted in {None, run["name"]}]
    answer = page(call, runs)
    answer.body = {"total_count": len(runs), "check_runs": answer.body}
    return answer


@route("GET", "/repos/{owner}/{repo}/check-runs/{check_run_id}", "checks:read")
def get_check_run(call: Call) -> Json:
    wanted = call.names["check_run_id"]
    return next((run for run in call.repository.check_runs if str(run["id"]) == wanted), None) or missing()


@route("GET", "/repos/{owner}/{repo}/commits/{ref}/check-suites", "checks:read")
def list_check_suites(call: Call) -> Json:
    """Always none: suites are what GitHub makes of runs, and nobody here does."""
    resolve(call, call.names["ref"])
    return {"total_count": 0, "check_suites": []}


def statuses_of(repository: Repository, sha: str) -> dict[str, str]:
    """The last state of each context, for tests."""
    return {each.context: each.state for each in repository.statuses.get(sha, [])}
