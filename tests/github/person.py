"""What people do on a repository's pages, where no API is involved."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from tests.github import desk, merging, pushes, rules
from tests.github.routing import Refusal
from tests.github.state import Account, Comment, Issue, Repository, Review, Right

if TYPE_CHECKING:
    from tests.github.hub import Hub


T = TypeVar("T")


class Person:
    """Somebody with a browser. Raises Refusal, as a page shows an error."""

    def __init__(self, hub: "Hub", repository: Repository, account: Account) -> None:
        self._hub = hub
        self._repository = repository
        self._account = account

    def commit(
        self,
        branch: str,
        files: Mapping[str, str | bytes | None],
        message: str = "Edit",
        *,
        start: str | None = None,
        author: tuple[str, str] | None = None,
        committer: tuple[str, str] | None = None,
    ) -> str:
        """Commit files on a branch (None removes one) past its rules; answers the commit."""
        self._need(Right.WRITE)
        commit = self._hub.commit(
            self._repository.full_name,
            branch,
            files,
            message,
            by=self._account,
            start=start,
            author=author,
            committer=committer,
        )
        return self._done(commit)

    def open_pull_request(
        self, branch: str, title: str = "A change", body: str = "", *, base: str | None = None, draft: bool = False
    ) -> int:
        self._need(Right.READ)
        with self._hub.lock:
            issue = desk.open_pull(
                self._hub,
                self._repository,
                head=branch,
                base=base or self._repository.default_branch,
                title=title,
                body=body,
                draft=draft,
                by=self._account,
                token=None,
            )
        return self._done(issue.number)

    def review(self, number: int, state: str = "approved", body: str = "", *, commit: str | None = None) -> Review:
        """`state` is approved, changes_requested or commented."""
        self._need(Right.READ)
        event = {"approved": "APPROVE", "changes_requested": "REQUEST_CHANGES", "commented": "COMMENT"}[state]
        with self._hub.lock:
            review = desk.submit_review(
                self._hub,
                self._repository,
                self._issue(number),
                event=event,
                body=body or ("" if event == "APPROVE" else "Please look again."),
                commit=commit,
                by=self._account,
                token=None,
            )
        return self._done(review)

    def approve(self, number: int) -> Review:
        return self.review(number)

    def dismiss(self, number: int, review: Review, message: str = "Out of date") -> None:
        self._need(Right.WRITE)
        with self._hub.lock:
            desk.dismiss_review(
                self._hub, self._repository, self._issue(number), review, message, by=self._account, token=None
            )
        self._done(None)

    def comment(self, number: int, body: str) -> Comment:
        self._need(Right.READ)
        with self._hub.lock:
            comment = desk.add_comment(
                self._hub, self._repository, self._issue(number), body, by=self._account, token=None
            )
        return self._done(comment)

    def merge(self, number: int, method: str = "merge", *, admin: bool = False) -> str:
        """Press the button; `admin` ticks the box that passes over the rules one may bypass. Answers the commit."""
        self._need(Right.WRITE)
        with self._hub.lock:
            issue = self._issue(number)
            merging.refuse_merge(
                self._hub,
                self._repository,
                issue,
                method=method,
                by=self._account,
                token=None,
                past_the_rules=admin,
            )
            commit = merging.merge(self._hub, self._repository, issue, method=method, by=self._account)
        return self._done(commit)

    def queue(self, numbers: Sequence[int], method: str = "merge") -> list[str]:
        """Let the merge queue land several at once: one push, a commit each."""
        self._need(Right.WRITE)
        with self._hub.lock:
            issues = [self._issue(number) for number in numbers]
            for issue in issues:
                if found := rules.obstacles(self._hub, self._repository, issue):
                    raise Refusal(405, "\n".join(found))
            commits = merging.land_queue(self._hub, self._repository, issues, method=method, by=self._account)
        return self._done(commits)

    def close(self, number: int, comment: str | None = None) -> None:
        """Close a pull request or an issue, with a comment in the same click."""
        issue = self._issue(number)
        if issue.account is not self._account:
            self._need(Right.TRIAGE)
        with self._hub.lock:
            if comment:
                desk.add_comment(self._hub, self._repository, issue, comment, by=self._account, token=None)
            desk.close_issue(self._hub, self._repository, issue, reason="completed", by=self._account, token=None)
        self._done(None)

    def reopen(self, number: int) -> None:
        self._need(Right.WRITE)
        with self._hub.lock:
            desk.reopen_issue(self._hub, self._repository, self._issue(number), by=self._account, token=None)
        self._done(None)

    def update_branch(self, number: int) -> str:
        """Merge the base into the pull request's branch; answers its new head."""
        self._need(Right.WRITE)
        with self._hub.lock:
            commit = merging.update_branch(self._hub, self._repository, self._issue(number), by=self._account)
        return self._done(commit)

    def delete_branch(self, branch: str) -> None:
        self._need(Right.WRITE)
        with self._hub.lock:
            merging.delete_branch(self._hub, self._repository, branch, by=self._account)
        self._done(None)

    def force(self, branch: str, commit: str) -> None:
        """Put a branch on any commit, as `git push --force` would where no rule forbids it."""
        self._need(Right.WRITE)
        with self._hub.lock:
            git = self._hub.git(self._repository.full_name)
            old = git.head(branch)
            git.set_ref(f"refs/heads/{branch}", commit)
            pushes.moved(self._hub, self._repository, f"refs/heads/{branch}", old, commit, by=self._account)
        self._done(None)

    def _issue(self, number: int) -> Issue:
        return self._repository.issues[number]

    def _need(self, right: Right) -> None:
        if not self._repository.right(self._account).includes(right):
            raise Refusal(403, f"{self._account.login} has no {right} right in {self._repository.full_name}")

    def _done(self, value: T) -> T:
        self._hub.clock.tick()
        self._hub.tell_listeners()
        return value
