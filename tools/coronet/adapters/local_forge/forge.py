"""A forge in the repository itself: pull requests and reviews in one ref, for laptops and plain git hosts.

Who acts is what the caller says: a claim, not an authentication. Whoever may push to the remote may write
anything here, as anybody. Where that matters, use a forge that knows its users.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from coronet.adapters.git.store import RefStore, RefUpdate
from coronet.adapters.local_forge import records
from coronet.adapters.local_forge.book import Book, Edit, move_index
from coronet.adapters.local_forge.identities import require_login
from coronet.adapters.local_forge.reading import LocalForgeReader
from coronet.adapters.local_forge.records import PullRecord, Status
from coronet.errors import Finding, InvalidInput, Refused, Severity
from coronet.ports.clock import Clock
from coronet.ports.forge import Comment, MergeRules, PullRequest, PullRequestState, Review, ReviewState
from coronet.ports.repository import MergeMethod, Person, RefMoved

Result = TypeVar("Result")


class LocalForge(LocalForgeReader):
    """The port `ReviewDesk`. `actor` None is nobody: enough for reading."""

    def __init__(
        self,
        store: RefStore,
        *,
        actor: str | None,
        clock: Clock,
        main: str = "main",
        ref: str = "refs/coronet/forge",
        pause: Callable[[int], None] | None = None,
    ) -> None:
        super().__init__(store, Book(store, ref, pause), main)
        self._actor = actor
        self._clock = clock

    def login(self) -> str:
        return require_login(self._actor)

    # --- pull requests ---

    def open_pull_request(
        self,
        *,
        branch: str,
        title: str,
        body: str,
        labels: Sequence[str],
        reviewers: Sequence[str],
        dry_run: bool = False,
    ) -> PullRequest:
        login, at = self.login(), self._clock.now()

        def plan() -> Edit[PullRequest]:
            there = self.find_pull_request(branch)
            if there is not None and there.state is PullRequestState.OPEN:
                return Edit(message="", result=there)
            head = self._open_head(branch)
            index = self._book.index()
            number = index.last + 1
            pull = PullRequest(
                number=number,
                title=records.storable(" ".join(title.split())) or branch,
                state=PullRequestState.OPEN,
                branch=branch,
                head=head,
                author=login,
                url=f"coronet pr view {number}",
                labels=tuple(labels),
                reviewers=tuple(reviewers),
            )
            record = PullRecord(pull=pull, body=records.storable(body), opened_at=at, kept=head)
            files = {
                records.pull_path(number): records.write_pull(record),
                records.branch_path(branch): records.write_numbers((*self._book.numbers_of(branch), number)),
                records.INDEX_PATH: records.write_index(move_index(index, number, PullRequestState.OPEN)),
            }
            kept = RefUpdate(ref=_kept_ref(number), expected=None, commit=head)
            return Edit(message=f"Open pull request {number}", files=files, updates=(kept,), result=pull)

        return self._change(plan, dry_run=dry_run)

    # --- saying something ---

    def comment(self, number: int, *, marker: str, body: str, fresh: bool = False) -> None:
        self._comment(number, marker=marker, body=body, dry_run=False)

    def say(self, number: int, body: str, *, dry_run: bool = False) -> None:
        self._comment(number, marker=None, body=body, dry_run=dry_run)

    def review(self, number: int, *, state: ReviewState, body: str = "", dry_run: bool = False) -> Review:
        login, at = self.login(), self._clock.now()

        def plan() -> Edit[Review]:
            record = self._require(number)
            pull = self._current([record])[0]
            _require_reviewable(pull, login, state)
            review = Review(
                id=f"{number}-{len(record.reviews) + 1}",
                login=login,
                state=state,
                at=_after_merge(at, pull),
                commit=pull.head,
                is_bot=records.is_bot(login),
                body=records.storable(body),
            )
            reviewed = replace(record, pull=pull, reviews=(*record.reviews, review), kept=pull.head)
            return Edit(
                message=f"Review pull request {number}: {state}",
                files=_file(reviewed),
                updates=_keep(record, pull.head),
                result=review,
            )

        return self._change(plan, dry_run=dry_run)

    def set_status(self, commit: str, *, name: str, passed: bool, description: str) -> None:
        status = Status(
            passed=passed, description=records.storable(description), login=self.login(), at=self._clock.now()
        )

        def plan() -> Edit[None]:
            there = dict(self._book.statuses(commit))
            if (known := there.get(name)) and replace(known, at=status.at) == status:
                return Edit(message="", result=None)
            files = {records.statuses_path(commit): records.write_statuses({**there, name: status})}
            said = "passed" if passed else "failed"
            return Edit(message=f"Say that {name} {said} on {commit[:12]}", files=files, result=None)

        self._change(plan)

    # --- ending it ---

    def close(self, number: int, *, reason: str, dry_run: bool = False) -> None:
        login, at = self.login(), self._clock.now()
        if not reason.strip():
            raise InvalidInput("a pull request is not closed without a reason", hint="say why with --reason")

        def plan() -> Edit[None]:
            record = self._require(number)
            if record.pull.state is PullRequestState.MERGED:
                raise Refused(f"pull request {number} is merged", hint="undo it by `coronet rollback`")
            if record.pull.state is PullRequestState.CLOSED:
                return Edit(message="", result=None)
            pull = self._current([record])[0]
            state = PullRequestState.CLOSED
            closed = replace(
                pull, state=state, closed_by=login, closed_at=at, close_reason=records.storable(reason.strip())
            )
            ended = replace(record, pull=closed, kept=pull.head, base=self._store.head(self._main))
            return Edit(
                message=f"Close pull request {number}",
                files={**_file(ended), **self._index_files(number, state)},
                updates=_keep(record, pull.head),
                result=None,
            )

        self._change(plan, dry_run=dry_run)

    def merge(self, number: int, *, method: MergeMethod, admin: bool = False, dry_run: bool = False) -> PullRequest:
        login, at = self.login(), self._clock.now()

        def plan() -> Edit[PullRequest]:
            _refuse(number, self.obstacles(number), admin=admin)
            record = self._require(number)
            pull = self._current([record])[0]
            base = self._store.head(self._main)
            if base is None:
                raise RefMoved
            commit = self._merge_commit(base, pull, method)
            merged = replace(pull, state=PullRequestState.MERGED, merged_at=at, merge_commit=commit)
            merged = replace(merged, closed_by=login, closed_at=at)
            ended = replace(record, pull=merged, kept=pull.head, base=base)
            return Edit(
                message=f"Merge pull request {number}",
                files={
                    **_file(ended),
                    **self._index_files(number, PullRequestState.MERGED),
                    records.merge_path(commit): records.write_number(number),
                },
                updates=(
                    RefUpdate(ref=f"refs/heads/{self._main}", expected=base, commit=commit),
                    RefUpdate(ref=f"refs/heads/{pull.branch}", expected=pull.head, commit=None),
                    *_keep(record, pull.head),
                ),
                result=merged,
            )

        return self._change(plan, dry_run=dry_run)

    def set_merge_rules(self, rules: MergeRules, *, dry_run: bool = False) -> None:
        self.login()

        def plan() -> Edit[None]:
            files = {} if rules == self._book.rules() else {records.RULES_PATH: records.write_rules(rules)}
            return Edit(message="Change the rules of merging", files=files, result=None)

        self._change(plan, dry_run=dry_run)

    # --- within ---

    def _change(self, plan: Callable[[], Edit[Result]], *, dry_run: bool = False) -> Result:
        author = Person.of_login(self.login())
        return self._book.change(plan, author=author, at=self._clock.now(), dry_run=dry_run)

    def _comment(self, number: int, *, marker: str | None, body: str, dry_run: bool) -> None:
        said = Comment(login=self.login(), at=self._clock.now(), body=records.storable(body), marker=marker)

        def plan() -> Edit[None]:
            record = self._require(number)
            there = next((c for c in record.comments if marker and c.marker == marker), None)
            if there and there.body == said.body:
                return Edit(message="", result=None)
            kept = tuple(said if c is there else c for c in record.comments)
            changed = replace(record, comments=kept if there else (*kept, said))
            return Edit(message=f"Comment on pull request {number}", files=_file(changed), result=None)

        self._change(plan, dry_run=dry_run)

    def _merge_commit(self, base: str, pull: PullRequest, method: MergeMethod) -> str:
        messages = {
            MergeMethod.MERGE: f"Merge pull request #{pull.number} from {pull.branch}\n\n{pull.title}\n",
            MergeMethod.SQUASH: f"{pull.title} (#{pull.number})\n",
            MergeMethod.REBASE: f"{pull.title}\n",
        }
        author = Person.of_login(self.login())
        at = self._clock.now()
        return self._store.merge(base, pull.head, method=method, message=messages[method], author=author, at=at)

    def _open_head(self, branch: str) -> str:
        """The head of a branch that a pull request can be opened for."""
        head, main = self._store.head(branch), self._store.head(self._main)
        if head is None:
            raise Refused(f"there is no branch {branch} at the remote", hint="push it first")
        if main is None or self._store.is_ancestor(head, main):
            raise Refused(f"{branch} has no commit that {self._main} does not have", hint="commit to it, and push")
        self._store.changes(main, head)  # refuses a branch that has no history in common with main
        return head

    def _index_files(self, number: int, state: PullRequestState) -> dict[str, bytes]:
        return {records.INDEX_PATH: records.write_index(move_index(self._book.index(), number, state))}


def _kept_ref(number: int) -> str:
    return f"refs/coronet/pull/{number}"


def _file(record: PullRecord) -> dict[str, bytes]:
    return {records.pull_path(record.pull.number): records.write_pull(record)}


def _keep(record: PullRecord, head: str) -> tuple[RefUpdate, ...]:
    """Move the ref that keeps a pull request's commits alive, where they are others than before."""
    ref = _kept_ref(record.pull.number)
    return () if record.kept == head else (RefUpdate(ref=ref, expected=record.kept, commit=head),)


def _after_merge(at: datetime, pull: PullRequest) -> datetime:
    """`at`, but later than the merge where there was one: times are whole seconds, and the order matters."""
    return at if pull.merged_at is None else max(at, pull.merged_at + timedelta(seconds=1))


def _require_reviewable(pull: PullRequest, login: str, state: ReviewState) -> None:
    if pull.state is PullRequestState.CLOSED:
        raise Refused(f"pull request {pull.number} is closed", hint="open another one")
    if state is not ReviewState.COMMENTED and login.lower() == pull.author.lower():
        verb = "approve" if state is ReviewState.APPROVED else "request changes of"
        raise Refused(f"@{login} cannot {verb} their own pull request", hint="ask a code owner to review it")


def _refuse(number: int, obstacles: Sequence[Finding], *, admin: bool) -> None:
    """Refused with everything that stands against the merge."""
    standing = [finding for finding in obstacles if not (admin and finding.severity is Severity.WARNING)]
    if standing:
        raise Refused(
            f"pull request {number} cannot be merged",
            hint="`coronet pr view` shows who must still approve",
            findings=tuple(standing),
        )
