"""Pull requests: list, open, read, change, merge."""

from tests.github import desk, merging
from tests.github.git import BareGit
from tests.github.routing import Answer, Call, Refusal, invalid, missing, page, route
from tests.github.shapes.commits import commit_shape, files_shape
from tests.github.shapes.pulls import merge_base, pull_shape, review_shape, whole_pull_shape
from tests.github.state import Account, Issue, Json, Review, Right

_PULLS = "/repos/{owner}/{repo}/pulls"
_ONE = "/repos/{owner}/{repo}/pulls/{pull_number}"


@route("GET", _PULLS, "pull_requests:read")
def list_pulls(call: Call) -> Answer:
    state = call.query.get("state", "open")
    pulls = [issue for issue in call.repository.pulls() if state in {"all", issue.state} and _is_between(call, issue)]
    sort = call.query.get("sort", "created")
    if sort not in {"created", "updated", "popularity", "long-running"}:
        invalid("PullRequest", "sort")
    descending = call.query.get("direction", "desc" if sort == "created" else "asc") == "desc"
    pulls.sort(key=lambda issue: (issue.changed if sort == "updated" else issue.at, issue.number), reverse=descending)
    return page(call, pulls, shape=lambda issue: pull_shape(call.hub, call.repository, issue))


def _is_between(call: Call, issue: Issue) -> bool:
    """`head` is owner:branch; without an owner it filters nothing."""
    assert issue.pull is not None
    head, base = call.query.get("head", ""), call.query.get("base", "")
    named = f"{(issue.pull.fork or call.repository).owner.login}:{issue.pull.head_ref}".lower()
    return (":" not in head or head.lower() == named) and base in {"", issue.pull.base_ref}


@route("POST", _PULLS, "pull_requests:write")
def create_pull(call: Call) -> Answer:
    """A head in this repository is for who may write; one in a fork for everybody who may read."""
    if ":" not in call.text("head") and not call.right_in(call.repository).includes(Right.WRITE):
        raise Refusal(403, "Must have push access to repository")
    if call.token and call.token.kind == "actions" and not call.repository.settings["actions_may_open_pull_requests"]:
        raise Refusal(403, "GitHub Actions is not permitted to create or approve pull requests.")
    issue = desk.open_pull(
        call.hub,
        call.repository,
        head=call.text("head"),
        base=call.text("base"),
        title=call.text("title"),
        body=call.given.get("body"),
        draft=bool(call.given.get("draft")),
        by=call.account,
        token=call.token,
    )
    return Answer(body=whole_pull_shape(call.hub, call.repository, issue), status=201)


@route("GET", _ONE, "pull_requests:read")
def get_pull(call: Call) -> Json:
    return whole_pull_shape(call.hub, call.repository, call.pull()[0])


@route("PATCH", _ONE, "pull_requests:write")
def patch_pull(call: Call) -> Json:
    issue, _ = call.pull()
    if issue.account is not call.account and not call.right_in(call.repository).includes(Right.WRITE):
        missing()
    title, body, state = (call.given.get(name) for name in ("title", "body", "state"))
    desk.check_text("PullRequest", title=title, body=body)
    issue.title = title if title is not None else issue.title
    issue.body = body if body is not None else issue.body
    issue.changed = call.hub.clock.now
    if state == "closed" and issue.state == "open":
        desk.close_issue(call.hub, call.repository, issue, reason=None, by=call.account, token=call.token)
    if state == "open" and issue.state == "closed":
        desk.reopen_issue(call.hub, call.repository, issue, by=call.account, token=call.token)
    return whole_pull_shape(call.hub, call.repository, issue)


@route("GET", f"{_ONE}/commits", "pull_requests:read")
def list_commits(call: Call) -> Answer:
    """At most 250, oldest first."""
    _, pull = call.pull()
    git = BareGit(call.repository.folder)
    commits = git.commits(merge_base(git, pull), pull.head)[:250]
    return page(call, commits, shape=lambda sha: commit_shape(call.hub, call.repository, sha))


@route("GET", f"{_ONE}/files", "pull_requests:read")
def list_files(call: Call) -> Answer:
    """At most 3000."""
    _, pull = call.pull()
    base = merge_base(BareGit(call.repository.folder), pull)
    return page(call, files_shape(call.hub, call.repository, base, pull.head)[:3000])


@route("GET", f"{_ONE}/merge", "pull_requests:read")
def is_merged(call: Call) -> Answer:
    return Answer(status=204) if call.pull()[1].merged_at else missing()


@route("PUT", f"{_ONE}/merge", "contents:write", right=Right.WRITE)
def merge_pull(call: Call) -> Json:
    issue, _ = call.pull()
    method = call.text("merge_method", "merge")
    merging.refuse_merge(
        call.hub,
        call.repository,
        issue,
        method=method,
        by=call.account,
        token=call.token,
        sha=call.given.get("sha"),
        past_the_rules=True,
    )
    commit = merging.merge(
        call.hub,
        call.repository,
        issue,
        method=method,
        by=call.account,
        token=call.token,
        title=call.given.get("commit_title"),
        message=call.given.get("commit_message"),
    )
    return merging.merge_json(commit)


@route("PUT", f"{_ONE}/update-branch", "pull_requests:write", right=Right.WRITE)
def update_branch(call: Call) -> Answer:
    issue, pull = call.pull()
    if call.given.get("expected_head_sha", pull.head) != pull.head:
        raise Refusal(422, "expected head sha didn't match current head ref.")
    merging.update_branch(call.hub, call.repository, issue, by=call.account, token=call.token)
    return Answer(body={"message": "Updating pull request branch.", "url": call.hub.api + call.path}, status=202)


@route("GET", f"{_ONE}/reviews", "pull_requests:read")
def list_reviews(call: Call) -> Answer:
    """Oldest first."""
    issue, pull = call.pull()
    return page(call, pull.reviews, shape=lambda each: review_shape(call.hub, call.repository, issue, each))


@route("POST", f"{_ONE}/reviews", "pull_requests:write")
def create_review(call: Call) -> Json:
    issue, _ = call.pull()
    review = desk.submit_review(
        call.hub,
        call.repository,
        issue,
        event=call.text("event"),
        body=call.text("body"),
        commit=call.given.get("commit_id"),
        by=call.account,
        token=call.token,
    )
    return review_shape(call.hub, call.repository, issue, review)


@route("GET", f"{_ONE}/reviews/{{review_id}}", "pull_requests:read")
def get_review(call: Call) -> Json:
    return review_shape(call.hub, call.repository, call.pull()[0], _review(call))


@route("PUT", f"{_ONE}/reviews/{{review_id}}/dismissals", "pull_requests:write", right=Right.WRITE)
def dismiss_review(call: Call) -> Json:
    issue, _ = call.pull()
    review = _review(call)
    desk.dismiss_review(
        call.hub, call.repository, issue, review, call.text("message"), by=call.account, token=call.token
    )
    return review_shape(call.hub, call.repository, issue, review)


def _review(call: Call) -> Review:
    _, pull = call.pull()
    return next((each for each in pull.reviews if str(each.id) == call.names["review_id"]), None) or missing()


@route("GET", f"{_ONE}/requested_reviewers", "pull_requests:read")
def list_requested(call: Call) -> Json:
    shape = pull_shape(call.hub, call.repository, call.pull()[0])
    return {"users": shape["requested_reviewers"], "teams": shape["requested_teams"]}


@route("POST", f"{_ONE}/requested_reviewers", "pull_requests:write", right=Right.WRITE)
def request_reviewers(call: Call) -> Answer:
    """All or none: 422 where one is the author, or no collaborator."""
    issue, pull = call.pull()
    people = [_collaborator(call, issue, login) for login in call.given.get("reviewers") or []]
    teams = [f"{call.repository.owner.login}/{slug}".lower() for slug in call.given.get("team_reviewers") or []]
    if any(team not in call.hub.teams for team in teams):
        raise Refusal(422, "Could not resolve to a node with the global id of the team.")
    pull.requested += [each for each in people if each not in pull.requested]
    pull.requested_teams += [each for each in teams if each not in pull.requested_teams]
    return Answer(body=pull_shape(call.hub, call.repository, issue), status=201)


@route("DELETE", f"{_ONE}/requested_reviewers", "pull_requests:write", right=Right.WRITE)
def remove_reviewers(call: Call) -> Json:
    issue, pull = call.pull()
    gone = {login.lower() for login in call.given.get("reviewers") or []}
    pull.requested = [each for each in pull.requested if each.login.lower() not in gone]
    return pull_shape(call.hub, call.repository, issue)


def _collaborator(call: Call, issue: Issue, login: str) -> Account:
    account = call.hub.accounts.get(login.lower())
    if account is issue.account:
        raise Refusal(422, "Review cannot be requested from pull request author.")
    if account is None or account.login.lower() not in call.repository.rights:
        raise Refusal(
            422,
            "Reviews may only be requested from collaborators. One or more of the users or teams you specified "
            f"is not a collaborator of the {call.repository.full_name} repository.",
        )
    return account
