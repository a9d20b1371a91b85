"""Pull requests as their reviewers read them."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from coronet.core.render.markup import escape_markdown, markdown_table, plain_line, plain_text, text_table
from coronet.core.timestamps import format_time
from coronet.errors import Finding, InvalidInput
from coronet.ports.forge import Comment, PullRequest, PullRequestState, Review, ReviewDesk
from coronet.ports.repository import Blob, Change, Repository

LIST = "coronet/pr_list/v1"
VIEW = "coronet/pr/v1"
DIFF = "coronet/pr_diff/v1"
_HEADER = ("#", "State", "Title", "By", "Branch")


@dataclass(frozen=True, kw_only=True, slots=True)
class PullRequestList:
    pull_requests: tuple[PullRequest, ...]

    def to_json(self) -> dict[str, Any]:
        return {"schema": LIST, "pull_requests": [pull_request_json(pull) for pull in self.pull_requests]}

    def to_text(self) -> str:
        rows = [[plain_line(cell) for cell in self._row(pull)] for pull in self.pull_requests]
        return text_table(rows) or "No pull requests."

    def to_markdown(self) -> str:
        return markdown_table(
            _HEADER, [[escape_markdown(cell) for cell in self._row(pull)] for pull in self.pull_requests]
        )

    def _row(self, pull: PullRequest) -> tuple[str, ...]:
        return (str(pull.number), str(pull.state), pull.title, f"@{pull.author}", pull.branch)


@dataclass(frozen=True, kw_only=True, slots=True)
class PullRequestView:
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

    def to_text(self) -> str:
        return "\n".join([*self._head(), "", plain_text(self.body), *self._said(), *self._next()])

    def to_markdown(self) -> str:
        """The body is Markdown already."""
        lines = [f"# {escape_markdown(self.pull.title)} (#{self.pull.number})", ""]
        lines += [f"{escape_markdown(line.strip())}  " for line in self._head()[1:]]
        rest = [escape_markdown(line) for line in (*self._said(), *self._next())]
        return "\n".join([*lines, "", plain_text(self.body), *("- " + line if line else "" for line in rest)])

    def _head(self) -> list[str]:
        pull = self.pull
        lines = [
            f"#{pull.number} {plain_line(pull.title)}",
            f"  {pull.state}, by @{pull.author}, {plain_line(pull.branch)} at {pull.head[:12]}",
        ]
        if pull.reviewers:
            lines.append("  asked to review: " + ", ".join(f"@{plain_line(login)}" for login in pull.reviewers))
        if pull.merged_at:
            lines.append(f"  merged {format_time(pull.merged_at)} as {(pull.merge_commit or '')[:12]}")
        if pull.close_reason and pull.closed_at:
            lines.append(
                f"  closed {format_time(pull.closed_at)} by @{pull.closed_by}: {plain_line(pull.close_reason)}"
            )
        return lines

    def _said(self) -> Iterator[str]:
        if self.reviews:
            yield from ("", "Reviews")
        for review in self.reviews:
            words = f": {plain_line(review.body)}" if review.body else ""
            state = review.state.replace("_", " ")
            yield f"  @{review.login} {state} {review.commit[:12]} {format_time(review.at)}{words}"
        if self.comments:
            yield from ("", "Comments")
        for said in self.comments:
            yield f"  @{said.login} {format_time(said.at)}: {plain_line(said.body)}"

    def _next(self) -> Iterator[str]:
        if self.pull.state is not PullRequestState.OPEN:
            return
        yield from ("", "Before it can be merged" if self.obstacles else "It can be merged.")
        for found in self.obstacles:
            yield f"  {plain_line(str(found))}"


@dataclass(frozen=True, kw_only=True, slots=True)
class PullRequestDiff:
    """Unified diffs of what a pull request changes, by path."""

    number: int
    files: tuple[tuple[Change, str], ...]

    def to_json(self) -> dict[str, Any]:
        files = [{"path": change.path, "change": str(change.kind), "diff": diff} for change, diff in self.files]
        return {"schema": DIFF, "number": self.number, "files": files}

    def to_text(self) -> str:
        parts = [f"{change.kind} {plain_line(change.path)}\n{plain_text(diff)}" for change, diff in self.files]
        return "\n".join(parts) or "It changes nothing."

    def to_markdown(self) -> str:
        return "\n\n".join(
            f"**{escape_markdown(change.path)}** ({change.kind})\n\n" + _fenced(plain_text(diff))
            for change, diff in self.files
        )


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


def _fenced(text: str) -> str:
    """A fence that is longer than any in the text, so that the text cannot end it."""
    longest = max((len(line) - len(line.lstrip("`")) for line in text.split("\n")), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}diff\n{text}\n{fence}"
