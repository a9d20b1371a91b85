"""What can be done with pull requests, reviews, issues and comments, by the API and by people alike."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, NoReturn

from tests.github.events import tell
from tests.github.git import BareGit
from tests.github.owners import codeowners, owners_of, owning_accounts
from tests.github.pushes import close, take_head, tell_pull
from tests.github.routing import Refusal, invalid
from tests.github.rules import changed_paths
from tests.github.shapes.issues import comment_shape, whole_issue_shape
from tests.github.shapes.pulls import merge_base, pull_shape, review_shape
from tests.github.state import Account, Comment, Issue, Pull, Repository, Review, Token

if TYPE_CHECKING:
    from tests.github.hub import Hub

LONGEST_TITLE = 256
LONGEST_BODY = 65536
STATES = {"APPROVE": "APPROVED", "REQUEST_CHANGES": "CHANGES_REQUESTED", "COMMENT": "COMMENTED"}


def check_text(resource: str, *, title: str | None = None, body: str | None = None) -> None:
    if title is not None and not title.strip():
        invalid(resource, "title", "missing_field")
    if title and len(title) > LONGEST_TITLE:
        invalid(resource, "title", "custom", f"title is too long (maximum is {LONGEST_TITLE} characters)")
    if body and len(body) > LONGEST_BODY:
        invalid(resource, "body", "custom", f"body is too long (maximum is {LONGEST_BODY} characters)")


def new_issue(hub: "Hub", repository: Repository, *, title: str, body: str | None, by: Account) -> Issue:
    """The next number, for an issue or a pull request."""
    repository.last_number += 1
    now = hub.clock.now
    issue = Issue(
        id=hub.next_id(), number=repository.last_number, account=by, title=title, body=body, at=now, changed=now
    )
    repository.issues[issue.number] = issue
    return issue


def open_issue(
    hub: "Hub",
    repository: Repository,
    *,
    title: str,
    body: str | None,
    labels: list[str],
    by: Account,
    token: Token | None,
) -> Issue:
    check_text("Issue", title=title, body=body)
    issue = new_issue(hub, repository, title=title, body=body, by=by)
    add_labels(hub, repository, issue, labels)
    tell_issue(hub, repository, issue, "opened", by=by, token=token)
    return issue


def open_pull(
    hub: "Hub",
    repository: Repository,
    *,
    head: str,
    base: str,
    title: str,
    body: str | None,
    draft: bool,
    by: Account,
    token: Token | None,
) -> Issue:
    """Refusal 422 for unknown branches, nothing between them, or one that is open already."""
    check_text("PullRequest", title=title, body=body)
    git = BareGit(repository.folder)
    owner, _, branch = head.rpartition(":")
    source = _source(hub, repository, owner)
    heads = {"head": BareGit(source.folder).head(branch), "base": git.head(base)}
    for name, commit in heads.items():
        if commit is None:
            invalid("PullRequest", name)
    pull = Pull(head_ref=branch, head=heads["head"] or "", base_ref=base, base=heads["base"] or "", pushed_by=by.login)
    pull.draft = draft
    pull.fork = source if source is not repository else None
    if pull.fork:
        git("fetch", "--quiet", "--no-tags", str(source.folder), f"refs/heads/{branch}")
    _refuse_double(repository, pull)
    if git.merge_base(pull.base, pull.head) is None:
        _custom(f"The {branch} branch has no history in common with {base}")
    if git.is_ancestor(pull.head, pull.base):
        _custom(f"No commits between {base} and {branch}")
    issue = new_issue(hub, repository, title=title, body=body, by=by)
    issue.pull = pull
    take_head(git, pull, issue.number, pull.head)
    if repository.settings["requests_owners"] and not draft:
        _request_owners(hub, repository, issue, git, pull)
    tell_pull(hub, repository, issue, "opened", by=by, token=token)
    return issue


def _source(hub: "Hub", repository: Repository, owner: str) -> Repository:
    """The repository that `owner:branch` means: this one, or the owner's fork of it."""
    if owner.lower() in {"", repository.owner.login.lower()}:
        return repository
    for other in hub.repositories.values():
        if other.parent is repository and other.owner.login.lower() == owner.lower():
            return other
    return invalid("PullRequest", "head")


def _refuse_double(repository: Repository, pull: Pull) -> None:
    for other in repository.pulls():
        if (
            other.state == "open"
            and other.pull
            and other.pull.fork is pull.fork
            and other.pull.head_ref == pull.head_ref
            and other.pull.base_ref == pull.base_ref
        ):
            _custom(f"A pull request already exists for {repository.owner.login}:{pull.head_ref}.")


def _custom(message: str) -> NoReturn:
    raise Refusal(422, "Validation Failed", [{"resource": "PullRequest", "code": "custom", "message": message}])


def _request_owners(hub: "Hub", repository: Repository, issue: Issue, git: BareGit, pull: Pull) -> None:
    """GitHub asks the code owners of what changes, except the author."""
    lines = codeowners(git, pull.base)
    for path in changed_paths(git, pull):
        for owner in owning_accounts(hub, repository, [each for each in owners_of(lines, path) if "/" not in each]):
            if owner is not issue.account and owner not in pull.requested:
                pull.requested.append(owner)


def submit_review(
    hub: "Hub",
    repository: Repository,
    issue: Issue,
    *,
    event: str,
    body: str,
    commit: str | None,
    by: Account,
    token: Token | None,
) -> Review:
    """Refusal 422 for one's own pull request (unless it is a comment), for the Actions token, and without words."""
    pull = issue.pull
    assert pull is not None
    if event not in STATES:
        invalid("PullRequestReview", "event")
    if event != "COMMENT" and by is issue.account:
        verb = "approve" if event == "APPROVE" else "request changes on"
        _unprocessable(f"Can not {verb} your own pull request")
    if event == "APPROVE" and token and token.kind == "actions":
        _unprocessable("GitHub Actions is not permitted to approve pull requests.")
    if event != "APPROVE" and not body:
        _unprocessable("Body can't be blank")
    git = BareGit(repository.folder)
    if commit and commit != pull.head and commit not in git.commits(merge_base(git, pull), pull.head):
        _unprocessable("Commit is not part of the pull request")
    review = Review(
        id=hub.next_id(),
        account=by,
        state=STATES[event],
        body=body,
        commit=commit or pull.head,
        at=hub.clock.now,
    )
    pull.reviews.append(review)
    pull.requested = [each for each in pull.requested if each is not by]
    issue.changed = hub.clock.now
    _tell_review(hub, repository, issue, review, "submitted", by=by, token=token)
    return review


def dismiss_review(
    hub: "Hub", repository: Repository, issue: Issue, review: Review, message: str, *, by: Account, token: Token | None
) -> None:
    if review.state not in {"APPROVED", "CHANGES_REQUESTED"}:
        _unprocessable("Can not dismiss a commented pull request review")
    review.state = "DISMISSED"
    issue.changed = hub.clock.now
    _tell_review(hub, repository, issue, review, "dismissed", by=by, token=token)


def _unprocessable(message: str) -> NoReturn:
    raise Refusal(422, "Unprocessable Entity", [message])


def _tell_review(
    hub: "Hub", repository: Repository, issue: Issue, review: Review, action: str, *, by: Account, token: Token | None
) -> None:
    assert issue.pull is not None
    shown = {**review_shape(hub, repository, issue, review), "state": review.state.lower()}
    payload = {"action": action, "review": shown, "pull_request": pull_shape(hub, repository, issue)}
    ref = f"refs/pull/{issue.number}/merge"
    tell(hub, repository, "pull_request_review", payload, by=by, token=token, ref=ref, sha=issue.pull.head)


def add_comment(
    hub: "Hub", repository: Repository, issue: Issue, body: str, *, by: Account, token: Token | None
) -> Comment:
    if not body.strip():
        invalid("IssueComment", "body", "missing_field")
    check_text("IssueComment", body=body)
    now = hub.clock.now
    comment = Comment(id=hub.next_id(), account=by, body=body, at=now, changed=now)
    issue.comments.append(comment)
    issue.changed = now
    payload = {
        "action": "created",
        "issue": whole_issue_shape(hub, repository, issue),
        "comment": comment_shape(hub, repository, issue, comment),
    }
    _tell_default(hub, repository, "issue_comment", payload, by=by, token=token)
    return comment


def add_labels(hub: "Hub", repository: Repository, issue: Issue, names: list[str]) -> None:
    """A label that the repository does not have is made."""
    for name in names:
        ensure_label(hub, repository, name)
        if name.lower() not in {each.lower() for each in issue.labels}:
            issue.labels.append(name)
    issue.changed = hub.clock.now


def ensure_label(hub: "Hub", repository: Repository, name: str) -> None:
    repository.labels.setdefault(
        name.lower(), {"id": hub.next_id(), "name": name, "color": "ededed", "description": None}
    )


def close_issue(
    hub: "Hub", repository: Repository, issue: Issue, *, reason: str | None, by: Account, token: Token | None
) -> None:
    close(hub, repository, issue, by=by, token=token, reason=None if issue.pull else reason)
    if not issue.pull:
        tell_issue(hub, repository, issue, "closed", by=by, token=token)


def reopen_issue(hub: "Hub", repository: Repository, issue: Issue, *, by: Account, token: Token | None) -> None:
    """Refusal 422 for a pull request that was merged, or whose branch is gone or has another one open."""
    if issue.pull:
        if issue.pull.merged_at or BareGit(repository.folder).head(issue.pull.head_ref) is None:
            invalid("PullRequest", "state", "invalid", "state cannot be changed.")
        _refuse_double(repository, issue.pull)
    issue.state, issue.closed_at, issue.closed_by, issue.reason = "open", None, None, "reopened"
    issue.changed = hub.clock.now
    if issue.pull:
        issue.reason = None
        tell_pull(hub, repository, issue, "reopened", by=by, token=token)
    else:
        tell_issue(hub, repository, issue, "reopened", by=by, token=token)


def tell_issue(
    hub: "Hub", repository: Repository, issue: Issue, action: str, *, by: Account, token: Token | None
) -> None:
    payload = {"action": action, "issue": whole_issue_shape(hub, repository, issue)}
    _tell_default(hub, repository, "issues", payload, by=by, token=token)


def _tell_default(
    hub: "Hub", repository: Repository, name: str, payload: Mapping[str, object], *, by: Account, token: Token | None
) -> None:
    """Events that belong to no branch are told with the default branch."""
    branch = repository.default_branch
    sha = BareGit(repository.folder).head(branch) or ""
    tell(hub, repository, name, dict(payload), by=by, token=token, ref=f"refs/heads/{branch}", sha=sha)
