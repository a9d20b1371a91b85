"""The port `Forge` over GitHub's REST API."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from coronet.adapters.github.answers import Absent, Forbidden
from coronet.adapters.github.authors import logins_of_commits
from coronet.adapters.github.connection import Connection, quiet
from coronet.adapters.github.conversation import CLOSED, Conversation
from coronet.adapters.github.identity import WORKFLOW_LOGIN, Identity
from coronet.adapters.github.people import People
from coronet.adapters.github.protection import read_protection
from coronet.adapters.github.pull_requests import is_for, is_from_here, read_pull_request, read_review, read_time
from coronet.core.proposal import BRANCH_PREFIX
from coronet.errors import CoronetError, InvalidInput, Refused
from coronet.ports.clock import Clock
from coronet.ports.forge import Protection, PullRequest, PullRequestState, Review
from coronet.ports.repository import Person

LOOK_BACK = timedelta(days=30)
_MOST_REVIEWERS = 15
_LONGEST_DESCRIPTION = 140


@dataclass
class _Proof:
    """What the proof of one approval asks, asked once."""

    reviews: tuple[Review, ...] | None = None
    logins: frozenset[str] | None = None
    logins_asked: bool = False


class GithubForge:
    """`check_workflow` is the file of the workflow that is started by hand where GitHub starts none by itself.

    `run_url` is the page that a commit status leads to; `tell` is told what went less well than it should.
    """

    def __init__(
        self,
        connection: Connection,
        identity: Identity,
        *,
        clock: Clock,
        main: str = "main",
        check_workflow: str | None = None,
        run_url: str | None = None,
        tell: Callable[[str, str], None] = quiet,
    ) -> None:
        self._api = connection
        self._address = connection.address
        self._root = f"/repos/{connection.address.repository}"
        self._identity = identity
        self._people = People(connection)
        self._conversation = Conversation(connection, identity)
        self._clock = clock
        self._main = main
        self._check_workflow = check_workflow
        self._run_url = run_url
        self._tell = tell
        self._proofs: dict[int, _Proof] = {}

    def login(self) -> str:
        """Who acts: in a workflow the person who started it, in whose name others hear of it.

        What is written bears the token's own login.
        """
        return self._identity.actor()

    def person(self, login: str) -> Person:
        """A login with the address by which GitHub knows its commits."""
        return self._identity.person(login)

    # --- pull requests ---

    def open_pull_request(
        self, *, branch: str, title: str, body: str, labels: Sequence[str], reviewers: Sequence[str]
    ) -> PullRequest:
        """One call, one for the labels and one for the reviewers; what these two refuse is told, and no more."""
        asked = {"title": " ".join(title.split()) or branch, "head": branch, "base": self._main, "body": body}
        try:
            opened = self._api.create(
                f"{self._root}/pulls", asked, find=lambda: self._find_open(branch), read=read_pull_request
            )
        except Forbidden as error:
            raise self._not_allowed_to_open(error, branch) from None
        except Refused:
            there = self._find_open(branch)
            if there is None:
                raise
            return there
        opened = self._label(opened, labels)
        opened = self._ask_reviewers(opened, reviewers)
        self._start_check(opened)
        return opened

    def find_pull_request(self, branch: str) -> PullRequest | None:
        found = self._of_branch(branch, state="all")
        return self._with_closing(found) if found else None

    def pull_request(self, number: int) -> PullRequest | None:
        data = self._api.find(f"{self._root}/pulls/{number}")
        return self._with_closing(read_pull_request(data)) if data else None

    def pull_request_of(self, commit: str) -> PullRequest | None:
        """Asked anew each time, and with it everything that the proof asks of the pull request."""
        try:
            found = self._api.items(f"{self._root}/commits/{commit}/pulls")
        except (Absent, Refused):
            found = []  # GitHub does not know the commit
        merged = self._merged(found)
        if not merged:  # it tells which commits a merge brought some time after it; its list knows at once
            merged = [pull for pull in self._merged(self._ended_last()) if pull.merge_commit == commit]
        # A rebase brings several commits, of which the last is the one that is named.
        pull = min(merged, key=lambda pull: (pull.merge_commit != commit, pull.number), default=None)
        if pull:
            self._proofs[pull.number] = _Proof()
        return pull

    def pull_requests(self, state: PullRequestState) -> tuple[PullRequest, ...]:
        """Of those that are not open, the hundred to which something happened last, in the last thirty days.

        That is many times what ends between two runs of promote, which follow each merge.

        Who closed one, and why, is asked by `pull_request` of each.
        """
        if state is PullRequestState.OPEN:
            listed = self._api.items(f"{self._root}/pulls", state="open", base=self._main)
        else:
            listed = self._ended_lately()
        pulls = [read_pull_request(data) for data in listed if self._carries_proposal(data)]
        return tuple(sorted((pull for pull in pulls if pull.state is state), key=lambda pull: pull.number))

    def body(self, number: int) -> str:
        data = self._api.find(f"{self._root}/pulls/{number}")
        if data is None:
            raise InvalidInput(f"there is no pull request {number}", hint=f"see {self._address.page}/pulls")
        return str(data.get("body") or "")

    # --- saying something ---

    def comment(self, number: int, *, marker: str, body: str, fresh: bool = False) -> None:
        self._conversation.keep(number, marker, body, fresh=fresh)

    def close(self, number: int, *, reason: str) -> None:
        """The reason goes first: a run that ends in between leaves no pull request closed without one."""
        if not reason.strip():
            raise InvalidInput("a pull request is not closed without a reason", hint="say why")
        data = self._api.find(f"{self._root}/pulls/{number}")
        if data is None:
            raise InvalidInput(f"there is no pull request {number}", hint=f"see {self._address.page}/pulls")
        pull = read_pull_request(data)
        if pull.state is PullRequestState.MERGED:
            raise Refused(f"pull request {number} is merged", hint="undo it by `coronet rollback`")
        if pull.state is PullRequestState.OPEN:
            self.comment(number, marker=CLOSED, body=reason.strip())
            self._api.send("PATCH", f"{self._root}/pulls/{number}", {"state": "closed"})

    def set_status(self, commit: str, *, name: str, passed: bool, description: str) -> None:
        said = " ".join(description.split())
        body = {
            "state": "success" if passed else "failure",
            "context": name,
            "description": said if len(said) <= _LONGEST_DESCRIPTION else f"{said[: _LONGEST_DESCRIPTION - 1]}…",
        }
        self._api.send(
            "POST",
            f"{self._root}/statuses/{commit}",
            {**body, **({"target_url": self._run_url} if self._run_url else {})},
        )

    # --- who ---

    def reviews(self, number: int) -> tuple[Review, ...] | None:
        proof = self._proofs.get(number, _Proof())
        if proof.reviews is None:
            found = self._api.items(f"{self._root}/pulls/{number}/reviews")
            read = [review for data in found if (review := read_review(data))]
            proof.reviews = tuple(sorted(read, key=lambda review: review.at))
        return proof.reviews

    def commit_logins(self, number: int) -> frozenset[str] | None:
        proof = self._proofs.get(number, _Proof())
        if not proof.logins_asked:
            found = self._api.items(f"{self._root}/pulls/{number}/commits")
            proof.logins, proof.logins_asked = logins_of_commits(found, mail=self._address.mail), True
        return proof.logins

    def members(self, owner: str) -> frozenset[str] | None:
        return self._people.members(owner)

    def protection(self, branch: str) -> Protection | None:
        try:
            return read_protection(self._api.items(f"{self._root}/rules/branches/{quote(branch, safe='')}"))
        except (Absent, Forbidden):
            return None

    # --- within ---

    def _merged(self, listed: Iterable[Any]) -> list[PullRequest]:
        return [
            read_pull_request(data)
            for data in listed
            if data.get("merged_at") and is_for(data, self._main, self._address)
        ]

    def _ended_last(self) -> list[Any]:
        return next(
            self._api.pages(f"{self._root}/pulls", state="closed", base=self._main, sort="updated", direction="desc")
        )

    def _of_branch(self, branch: str, *, state: str) -> PullRequest | None:
        """The newest of a branch of this repository; forks may have branches of the same name."""
        found = self._api.get(
            f"{self._root}/pulls", head=f"{self._address.owner}:{branch}", base=self._main, state=state, per_page=100
        )
        pulls = [
            read_pull_request(data)
            for data in found
            if is_for(data, self._main, self._address) and is_from_here(data, self._address)
        ]
        return max((pull for pull in pulls if pull.branch == branch), key=lambda pull: pull.number, default=None)

    def _find_open(self, branch: str) -> PullRequest | None:
        return self._of_branch(branch, state="open")

    def _with_closing(self, pull: PullRequest) -> PullRequest:
        if pull.state is not PullRequestState.CLOSED:
            return pull
        closer, reason = self._conversation.closing(pull)
        return replace(pull, closed_by=closer, close_reason=reason)

    def _carries_proposal(self, data: Any) -> bool:
        """Forks are left out: whoever closes their own must not end a proposal that has the same name here."""
        is_ours = is_for(data, self._main, self._address) and is_from_here(data, self._address)
        return is_ours and str(data["head"]["ref"]).startswith(BRANCH_PREFIX)

    def _ended_lately(self) -> list[Any]:
        oldest = self._clock.now() - LOOK_BACK
        return [data for data in self._ended_last() if (at := read_time(data["updated_at"])) and at >= oldest]

    def _not_allowed_to_open(self, error: Forbidden, branch: str) -> Forbidden:
        page = self._address.compare_page(self._main, branch)
        return Forbidden(
            f"the branch {branch} is pushed, and its pull request cannot be opened: {error.message}",
            hint=f"open it by hand at {page}; for workflows allow it under Settings, Actions, General: "
            '"Allow GitHub Actions to create and approve pull requests"',
        )

    def _label(self, pull: PullRequest, labels: Sequence[str]) -> PullRequest:
        if not labels:
            return pull
        try:
            found = self._api.send("POST", f"{self._root}/issues/{pull.number}/labels", {"labels": list(labels)})
        except CoronetError as error:
            self._tell("label", f"pull request {pull.number} has no labels: {error.message}")
            return pull
        return replace(pull, labels=tuple(label["name"] for label in found))

    def _ask_reviewers(self, pull: PullRequest, reviewers: Sequence[str]) -> PullRequest:
        """GitHub refuses all of them where one may not read, or opened it; it asks code owners by itself as well."""
        wanted = [login for login in reviewers if login.lower() != pull.author.lower()][:_MOST_REVIEWERS]
        if not wanted:
            return pull
        path = f"{self._root}/pulls/{pull.number}/requested_reviewers"
        try:
            found = self._api.send("POST", path, {"reviewers": wanted})
        except CoronetError as error:
            self._tell("ask", f"pull request {pull.number} asks nobody for a review: {error.message}")
            return pull
        return replace(pull, reviewers=tuple(user["login"] for user in found.get("requested_reviewers") or ()))

    def _start_check(self, pull: PullRequest) -> None:
        """A pull request that a workflow's own token opened starts no workflow; a second start does no harm."""
        if not self._check_workflow or pull.author != WORKFLOW_LOGIN:
            return
        path = f"{self._root}/actions/workflows/{quote(self._check_workflow, safe='')}/dispatches"
        try:
            self._api.send("POST", path, {"ref": pull.branch})
        except CoronetError as error:
            self._tell("check", f"{self._check_workflow} was not started on {pull.branch}: {error.message}")
