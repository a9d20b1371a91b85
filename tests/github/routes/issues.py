"""Issues, their comments and labels. Pull requests are among them."""

from datetime import datetime

from tests.github import desk
from tests.github.routing import Answer, Call, Refusal, invalid, missing, page, route
from tests.github.shapes.issues import comment_shape, issue_shape, label_shape, whole_issue_shape
from tests.github.state import Comment, Issue, Json, Right

_ISSUES = "/repos/{owner}/{repo}/issues"
_ONE = "/repos/{owner}/{repo}/issues/{issue_number}"
_LABELS = "/repos/{owner}/{repo}/labels"
_READ = ("issues:read", "pull_requests:read")
_WRITE = ("issues:write", "pull_requests:write")


@route("GET", _ISSUES, *_READ)
def list_issues(call: Call) -> Answer:
    """Newest first; pull requests are among them."""
    state = call.query.get("state", "open")
    issues = [
        each for each in call.repository.issues.values() if state in {"all", each.state} and _is_asked(call, each)
    ]
    key = call.query.get("sort", "created")
    issues.sort(
        key=lambda each: (each.changed if key == "updated" else each.at, each.number),
        reverse=call.query.get("direction", "desc") == "desc",
    )
    return page(call, issues, shape=lambda each: issue_shape(call.hub, call.repository, each))


def _is_asked(call: Call, issue: Issue) -> bool:
    labels = {name.strip().lower() for name in call.query.get("labels", "").split(",") if name.strip()}
    creator, since = call.query.get("creator"), call.query.get("since")
    return (
        labels <= {name.lower() for name in issue.labels}
        and creator in {None, issue.account.login}
        and (since is None or issue.changed >= datetime.fromisoformat(since.replace("Z", "+00:00")))
    )


@route("POST", _ISSUES, "issues:write")
def create_issue(call: Call) -> Answer:
    """Labels of somebody without write access are dropped in silence."""
    may_label = call.right_in(call.repository).includes(Right.TRIAGE)
    issue = desk.open_issue(
        call.hub,
        call.repository,
        title=str(call.given.get("title") or ""),
        body=call.given.get("body"),
        labels=_names(call.given.get("labels") or []) if may_label else [],
        by=call.account,
        token=call.token,
    )
    return Answer(body=whole_issue_shape(call.hub, call.repository, issue), status=201)


@route("GET", _ONE, *_READ)
def get_issue(call: Call) -> Json:
    return whole_issue_shape(call.hub, call.repository, call.issue())


@route("PATCH", _ONE, *_WRITE)
def patch_issue(call: Call) -> Json:
    issue = call.issue()
    if issue.account is not call.account and not call.right_in(call.repository).includes(Right.TRIAGE):
        raise Refusal(403, "Must have admin rights to Repository.")
    title, body, state = (call.given.get(name) for name in ("title", "body", "state"))
    desk.check_text("Issue", title=title, body=body)
    issue.title = title if title is not None else issue.title
    issue.body = body if body is not None else issue.body
    if (labels := call.given.get("labels")) is not None:
        issue.labels = []
        desk.add_labels(call.hub, call.repository, issue, _names(labels))
    issue.changed = call.hub.clock.now
    if state == "closed" and issue.state == "open":
        reason = call.text("state_reason", "completed")
        desk.close_issue(call.hub, call.repository, issue, reason=reason, by=call.account, token=call.token)
    if state == "open" and issue.state == "closed":
        desk.reopen_issue(call.hub, call.repository, issue, by=call.account, token=call.token)
    return whole_issue_shape(call.hub, call.repository, issue)


@route("GET", f"{_ONE}/comments", *_READ)
def list_comments(call: Call) -> Answer:
    """Oldest first."""
    issue = call.issue()
    return page(call, issue.comments, shape=lambda each: comment_shape(call.hub, call.repository, issue, each))


@route("POST", f"{_ONE}/comments", *_WRITE)
def create_comment(call: Call) -> Answer:
    issue = call.issue()
    comment = desk.add_comment(call.hub, call.repository, issue, call.text("body"), by=call.account, token=call.token)
    return Answer(body=comment_shape(call.hub, call.repository, issue, comment), status=201)


@route("GET", f"{_ISSUES}/comments/{{comment_id}}", *_READ)
def get_comment(call: Call) -> Json:
    return comment_shape(call.hub, call.repository, *_comment(call))


@route("PATCH", f"{_ISSUES}/comments/{{comment_id}}", *_WRITE)
def patch_comment(call: Call) -> Json:
    issue, comment = _comment(call)
    _refuse_other(call, comment)
    desk.check_text("IssueComment", body=call.text("body"))
    comment.body, comment.changed = call.text("body"), call.hub.clock.now
    issue.changed = call.hub.clock.now
    return comment_shape(call.hub, call.repository, issue, comment)


@route("DELETE", f"{_ISSUES}/comments/{{comment_id}}", *_WRITE)
def delete_comment(call: Call) -> Answer:
    issue, comment = _comment(call)
    _refuse_other(call, comment)
    issue.comments.remove(comment)
    return Answer(status=204)


def _refuse_other(call: Call, comment: Comment) -> None:
    """Another's words are only for who may write here."""
    if comment.account is not call.account and not call.right_in(call.repository).includes(Right.WRITE):
        raise Refusal(403, "Must have admin rights to Repository.")


def _comment(call: Call) -> tuple[Issue, Comment]:
    wanted = call.names["comment_id"]
    pairs = ((issue, each) for issue in call.repository.issues.values() for each in issue.comments)
    return next((pair for pair in pairs if str(pair[1].id) == wanted), None) or missing()


@route("GET", f"{_ONE}/labels", *_READ)
def list_issue_labels(call: Call) -> Answer:
    return page(call, call.issue().labels, shape=lambda name: label_shape(call.hub, call.repository, name))


@route("POST", f"{_ONE}/labels", *_WRITE, right=Right.TRIAGE)
def add_labels(call: Call) -> list[Json]:
    issue = call.issue()
    desk.add_labels(call.hub, call.repository, issue, _given_names(call))
    return [label_shape(call.hub, call.repository, name) for name in issue.labels]


@route("PUT", f"{_ONE}/labels", *_WRITE, right=Right.TRIAGE)
def set_labels(call: Call) -> list[Json]:
    call.issue().labels = []
    return add_labels(call)  # type: ignore[no-any-return]


@route("DELETE", f"{_ONE}/labels/{{name}}", *_WRITE, right=Right.TRIAGE)
def remove_label(call: Call) -> list[Json]:
    issue = call.issue()
    gone = call.names["name"].lower()
    if gone not in {name.lower() for name in issue.labels}:
        raise Refusal(404, "Label does not exist")
    issue.labels = [name for name in issue.labels if name.lower() != gone]
    return [label_shape(call.hub, call.repository, name) for name in issue.labels]


@route("GET", _LABELS, *_READ)
def list_labels(call: Call) -> Answer:
    names = [each["name"] for each in call.repository.labels.values()]
    return page(call, names, shape=lambda name: label_shape(call.hub, call.repository, name))


@route("GET", f"{_LABELS}/{{name}}", *_READ)
def get_label(call: Call) -> Json:
    if call.names["name"].lower() not in call.repository.labels:
        missing()
    return label_shape(call.hub, call.repository, call.names["name"])


@route("POST", _LABELS, *_WRITE, right=Right.WRITE)
def create_label(call: Call) -> Answer:
    name = call.text("name")
    if name.lower() in call.repository.labels:
        invalid("Label", "name", "already_exists")
    desk.ensure_label(call.hub, call.repository, name)
    known = call.repository.labels[name.lower()]
    known.update(color=call.text("color", "ededed"), description=call.given.get("description"))
    return Answer(body=label_shape(call.hub, call.repository, name), status=201)


def _given_names(call: Call) -> list[str]:
    given = call.given.get("labels", call.given.get(""))
    return _names([given] if isinstance(given, str) else given or [])


def _names(labels: list[str | Json]) -> list[str]:
    """Labels come as words, or as objects with a name."""
    return [each if isinstance(each, str) else str(each["name"]) for each in labels]
