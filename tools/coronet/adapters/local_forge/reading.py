"""What the local forge knows: its pull requests, what was said on them, and who people are."""

from collections.abc import Iterable
from dataclasses import replace

from coronet.adapters.git.store import RefStore
from coronet.adapters.local_forge.approvals import Facts, find_obstacles, find_owners
from coronet.adapters.local_forge.book import Book
from coronet.adapters.local_forge.identities import members_of, said_login
from coronet.adapters.local_forge.records import PullRecord
from coronet.core.proposal import BRANCH_PREFIX
from coronet.errors import Conflict, Finding, InvalidInput
from coronet.ports.forge import Comment, MergeRules, Protection, PullRequest, PullRequestState, Review
from coronet.ports.repository import MergeMethod, Person


class LocalForgeReader:
    """The half of the port `ReviewDesk` that changes nothing."""

    def __init__(self, store: RefStore, book: Book, main: str) -> None:
        self._store = store
        self._book = book
        self._main = main

    # --- pull requests ---

    def find_pull_request(self, branch: str) -> PullRequest | None:
        numbers = self._book.numbers_of(branch)
        return self.pull_request(numbers[-1]) if numbers else None

    def pull_request(self, number: int) -> PullRequest | None:
        record = self._book.pull(number)
        return self._current([record])[0] if record else None

    def pull_request_of(self, commit: str) -> PullRequest | None:
        number = self._book.number_merged_as(commit)
        return self.pull_request(number) if number else None

    def pull_requests(self, state: PullRequestState) -> tuple[PullRequest, ...]:
        return tuple(pull for pull in self.every_pull_request(state) if pull.branch.startswith(BRANCH_PREFIX))

    def every_pull_request(self, state: PullRequestState) -> tuple[PullRequest, ...]:
        found = self._book.pulls(self._book.index().states[state])
        return tuple(self._current(record for record in found if record))

    def body(self, number: int) -> str:
        return self._require(number).body

    def base(self, number: int) -> str | None:
        return self._require(number).base or self._store.head(self._main)

    def comments(self, number: int) -> tuple[Comment, ...]:
        return self._require(number).comments

    def reviews(self, number: int) -> tuple[Review, ...] | None:
        return self._require(number).reviews

    def obstacles(self, number: int) -> tuple[Finding, ...]:
        record = self._require(number)
        pull = self._current([record])[0]
        main = self._store.head(self._main)
        if pull.state is not PullRequestState.OPEN:
            return (Finding(message=f"it is {pull.state}"),)
        if self._store.head(pull.branch) is None:
            return (Finding(message=f"its branch {pull.branch} is gone", hint="push it again, or close this"),)
        if main is None:
            return (Finding(message=f"there is no branch {self._main} to merge it into"),)
        if self._store.is_ancestor(pull.head, main):
            return (Finding(message=f"its commits are on {self._main} already", hint="close it"),)
        try:
            owners = find_owners(self._store, main, pull.head)
        except InvalidInput as error:
            return (Finding(message=error.message, hint=error.hint),)
        facts = Facts(
            head=pull.head,
            author=pull.author,
            reviews=record.reviews,
            owners=owners,
            members=self.members,
            statuses=self._book.statuses(pull.head),
            rules=self._book.rules(),
        )
        return (*self._conflicts(main, record, pull), *find_obstacles(facts))

    def merge_rules(self) -> MergeRules:
        return self._book.rules()

    # --- who ---

    def commit_logins(self, number: int) -> frozenset[str] | None:
        record = self._require(number)
        pull = self._current([record])[0]
        base = record.base or self._store.head(self._main)
        try:
            commits = self._store.commits(base, pull.head) if base else ()
        except InvalidInput:
            return None  # the commits are not to be had any more
        people = [person for commit in commits for person in (commit.author, commit.committer)]
        logins = [said_login(person.email) for person in people]
        return frozenset(login for login in logins if login) if commits and all(logins) else None

    def members(self, owner: str) -> frozenset[str] | None:
        return members_of(owner, self._book.rules().teams)

    def protection(self, branch: str) -> Protection:
        """Nothing: whoever may push to the remote may move its branches past every rule that is kept here."""
        return Protection()

    # --- within ---

    def _conflicts(self, main: str, record: PullRecord, pull: PullRequest) -> tuple[Finding, ...]:
        author = Person.of_login(pull.author)
        try:
            self._store.merge(main, pull.head, method=MergeMethod.MERGE, message="", author=author, at=record.opened_at)
        except Conflict as conflict:
            return (Finding(message=conflict.message, hint=conflict.hint),)
        return ()

    def _require(self, number: int) -> PullRecord:
        record = self._book.pull(number)
        if record is None:
            raise InvalidInput(f"there is no pull request {number}", hint="`coronet pr list` shows those there are")
        return record

    def _current(self, found: Iterable[PullRecord]) -> list[PullRequest]:
        """The pull requests with the head that their branch has now, as long as they are open."""
        pulls = [record.pull for record in found]
        opened = [pull.branch for pull in pulls if pull.state is PullRequestState.OPEN]
        heads = self._store.heads(opened) if opened else {}
        return [
            replace(pull, head=heads.get(pull.branch) or pull.head) if pull.state is PullRequestState.OPEN else pull
            for pull in pulls
        ]
