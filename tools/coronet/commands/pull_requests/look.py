"""Pull requests as their reviewers read them."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from coronet.core.render.page import Block, Heading, Items, Listing, Page, Row, Table, Written
from coronet.core.render.paged import Paged
from coronet.core.timestamps import format_time
from coronet.errors import Finding, InvalidInput
from coronet.ports.forge import Comment, PullRequest, PullRequestState, Review, ReviewDesk
from coronet.ports.repository import Blob, Change, Repository

LIST = "coronet/pr_list/v1"
VIEW = "coronet/pr/v1"
DIFF = "coronet/pr_diff/v1"
_HEADER = ("#", "State", "Title", "By", "Branch")


@dataclass(frozen=True, kw_only=True, slots=True)
class PullRequestList(Paged):
    pull_requests: tuple[PullRequest, ...]

    def to_json(self) -> dict[str, Any]:
        return {"schema": LIST, "pull_requests": [pull_request_json(pull) for pull in self.pull_requests]}

    def page(self) -> Page:
        count = len(self.pull_requests)
        said = (
            f"{count} pull {'request' if count == 1 else 'requests'}, oldest first." if count else "No pull requests."
        )
        return Page(headline=said, blocks=(Table(header=_HEADER, rows=[_row(pull) for pull in self.pull_requests]),))


@dataclass(frozen=True, kw_only=True, slots=True)
class PullRequestView(Paged):
    """`obstacles` are what stands against merging it now; none for one that is not open."""

    pull: PullRequest
    body: str
    reviews: tuple[Review, ...]
    comments: tuple[Comment, ...]
    obstacles: tuple[Finding, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "schema": VIEW,
            "pull_request": pull_request_json(self.pull),
            "body": self.body,
            "reviews": [
                {
                    "id": review.id,
                    "login": review.login,
                    "state": str(review.state),
                    "at": format_time(review.at),
                    "commit": review.commit,
                    "body": review.body,
                }
                for review in self.reviews
            ],
            "comments": [
                {"login": said.login, "at": format_time(said.at), "body": said.body} for said in self.comments
            ],
            "obstacles": [{"message": found.message, "hint": found.hint} for found in self.obstacles],
        }

    def page(self) -> Page:
        blocks: list[Block] = [Items(lines=tuple(self._facts())), Written(markdown=self.body)]
        if self.obstacles:
            found = Items(lines=[str(obstacle) for obstacle in self.obstacles])
            blocks += [Heading(text="Before it can be merged"), found]
        if self.reviews:
            blocks += [Heading(text="Reviews"), Items(lines=[_say_review(review) for review in self.reviews])]
        if self.comments:
            blocks += [Heading(text="Comments"), Items(lines=[_say_comment(said) for said in self.comments])]
        return Page(headline=f"Pull request {self.pull.number} {self._state()}: {self.pull.title}", blocks=blocks)

    def _state(self) -> str:
        """What is so, and what it still needs."""
        pull = self.pull
        if pull.merged_at:
            return f"was merged {format_time(pull.merged_at)} as {(pull.merge_commit or '')[:12]}"
        if pull.close_reason and pull.closed_at:
            return f"was closed {format_time(pull.closed_at)} by @{pull.closed_by} ({pull.close_reason})"
        if pull.state is not PullRequestState.OPEN:
            return f"is {pull.state}"
        if not self.obstacles:
            return "can be merged"
        more = f", and {len(self.obstacles) - 1} more" if len(self.obstacles) > 1 else ""
        return f"cannot be merged yet ({self.obstacles[0].message}{more})"

    def _facts(self) -> Iterator[str]:
        pull = self.pull
        yield f"{pull.state}, by @{pull.author}, {pull.branch} at {pull.head[:12]}"
        if pull.reviewers:
            yield "asked to review: " + ", ".join(f"@{login}" for login in pull.reviewers)


@dataclass(frozen=True, kw_only=True, slots=True)
class PullRequestDiff(Paged):
    """Unified diffs of what a pull request changes, by path."""

    number: int
    files: tuple[tuple[Change, str], ...]

    def to_json(self) -> dict[str, Any]:
        files = [{"path": change.path, "change": str(change.kind), "diff": diff} for change, diff in self.files]
        return {"schema": DIFF, "number": self.number, "files": files}

    def page(self) -> Page:
        if not self.files:
            return Page(headline="It changes nothing.")
        blocks: list[Block] = []
        for change, diff in self.files:
            blocks += [Heading(text=f"{change.kind} {change.path}"), Listing(text=diff, language="diff")]
        count = len(self.files)
        said = f"Pull request {self.number} changes {count} {'file' if count == 1 else 'files'}."
        return Page(headline=said, blocks=blocks, whole="git shows the whole: `git diff`")


def list_pull_requests(desk: ReviewDesk, state: PullRequestState) -> PullRequestList:
    """The pull requests in a state, oldest first."""
    return PullRequestList(pull_requests=desk.every_pull_request(state))


def view_pull_request(desk: ReviewDesk, number: int) -> PullRequestView:
    pull = require_pull_request(desk, number)
    is_open = pull.state is PullRequestState.OPEN
    return PullRequestView(
        pull=pull,
        body=desk.body(number),
        reviews=desk.reviews(number) or (),
        comments=desk.comments(number),
        obstacles=desk.obstacles(number) if is_open else (),
    )


def diff_pull_request(desk: ReviewDesk, repository: Repository, number: int) -> PullRequestDiff:
    """What a pull request changes against the main branch, as that was when it was merged or closed."""
    pull = require_pull_request(desk, number)
    base = desk.base(number)
    changes = repository.changes(base, pull.head) if base else ()
    before = repository.read_many([(base or "", change.path) for change in changes])
    after = repository.read_many([(pull.head, change.path) for change in changes])
    files = zip(changes, before, after, strict=True)
    return PullRequestDiff(number=number, files=tuple((change, _diff(old, new)) for change, old, new in files))


def require_pull_request(desk: ReviewDesk, number: int) -> PullRequest:
    pull = desk.pull_request(number)
    if pull is None:
        raise InvalidInput(f"there is no pull request {number}", hint="`coronet pr list` shows those there are")
    return pull


def pull_request_json(pull: PullRequest) -> dict[str, Any]:
    return {
        "number": pull.number,
        "title": pull.title,
        "state": str(pull.state),
        "branch": pull.branch,
        "head": pull.head,
        "author": pull.author,
        "url": pull.url,
        "labels": list(pull.labels),
        "reviewers": list(pull.reviewers),
        "merged_at": format_time(pull.merged_at) if pull.merged_at else None,
        "merge_commit": pull.merge_commit,
        "closed_at": format_time(pull.closed_at) if pull.closed_at else None,
        "closed_by": pull.closed_by,
        "close_reason": pull.close_reason,
    }


def _diff(old: Blob | None, new: Blob | None) -> str:
    try:
        before, after = (blob.data.decode().splitlines() if blob else [] for blob in (old, new))
    except UnicodeDecodeError:
        return "(binary)"
    return "\n".join(list(difflib.unified_diff(before, after, lineterm=""))[2:])


def _row(pull: PullRequest) -> Row:
    return (str(pull.number), str(pull.state), pull.title, f"@{pull.author}", pull.branch)


def _say_review(review: Review) -> str:
    words = f": {review.body}" if review.body else ""
    return f"@{review.login} {review.state.replace('_', ' ')} {review.commit[:12]} {format_time(review.at)}{words}"


def _say_comment(said: Comment) -> str:
    return f"@{said.login} {format_time(said.at)}: {said.body}"
