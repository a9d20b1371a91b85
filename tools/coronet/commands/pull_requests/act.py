"""Opening, reviewing, merging and closing a pull request; each answers what became of it."""

from dataclasses import dataclass
from typing import Any

from coronet.commands.pull_requests.look import pull_request_json, require_pull_request
from coronet.core.render.page import Page
from coronet.core.render.paged import Paged
from coronet.errors import InvalidInput
from coronet.ports.forge import PullRequest, ReviewDesk, ReviewState
from coronet.ports.repository import MergeMethod

SCHEMA = "coronet/pr_action/v1"


@dataclass(frozen=True, kw_only=True, slots=True)
class Action(Paged):
    """`done` says what was done, or with `dry_run` what would be done."""

    done: str
    pull: PullRequest
    dry_run: bool

    def to_json(self) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "done": self.done,
            "dry_run": self.dry_run,
            "pull_request": pull_request_json(self.pull),
        }

    def page(self) -> Page:
        would = " (dry run: nothing was written)" if self.dry_run else ""
        return Page(headline=f"Pull request {self.pull.number} {self.done}{would}: {self.pull.title}")


def open_pull_request(
    desk: ReviewDesk, *, branch: str, title: str, body: str, reviewers: tuple[str, ...], dry_run: bool = False
) -> Action:
    """Open a pull request for a branch that was pushed, or answer the one that is open."""
    if not title.strip():
        raise InvalidInput("a pull request needs a title", hint="say in --title what it changes")
    pull = desk.open_pull_request(
        branch=branch, title=title, body=body, labels=(), reviewers=reviewers, dry_run=dry_run
    )
    return Action(done=f"is open for {branch}", pull=pull, dry_run=dry_run)


def approve(desk: ReviewDesk, number: int, *, body: str = "", dry_run: bool = False) -> Action:
    review = desk.review(number, state=ReviewState.APPROVED, body=body, dry_run=dry_run)
    return _action(desk, number, f"approved by @{review.login} at {review.commit[:12]}", dry_run=dry_run)


def request_changes(desk: ReviewDesk, number: int, *, body: str, dry_run: bool = False) -> Action:
    _require_words(body, "a request for changes")
    review = desk.review(number, state=ReviewState.CHANGES_REQUESTED, body=body, dry_run=dry_run)
    return _action(desk, number, f"stopped by @{review.login}, who requests changes", dry_run=dry_run)


def comment(desk: ReviewDesk, number: int, *, body: str, dry_run: bool = False) -> Action:
    _require_words(body, "a comment")
    desk.say(number, body, dry_run=dry_run)
    return _action(desk, number, f"commented by @{desk.login()}", dry_run=dry_run)


def merge(desk: ReviewDesk, number: int, *, method: MergeMethod, admin: bool = False, dry_run: bool = False) -> Action:
    pull = desk.merge(number, method=method, admin=admin, dry_run=dry_run)
    passed_over = ", passing over the rules" if admin else ""
    done = f"merged by @{desk.login()} as {(pull.merge_commit or '')[:12]}{passed_over}"
    return Action(done=done, pull=pull, dry_run=dry_run)


def close(desk: ReviewDesk, number: int, *, reason: str, dry_run: bool = False) -> Action:
    desk.close(number, reason=reason, dry_run=dry_run)
    return _action(desk, number, f"closed by @{desk.login()}: {reason.strip()}", dry_run=dry_run)


def _action(desk: ReviewDesk, number: int, done: str, *, dry_run: bool) -> Action:
    return Action(done=done, pull=require_pull_request(desk, number), dry_run=dry_run)


def _require_words(body: str, what: str) -> None:
    if not body.strip():
        raise InvalidInput(f"{what} says something", hint="say it with --body")
