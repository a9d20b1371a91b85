"""The stand-in as a test holds it: its accounts, its repositories, its clock, and what it was asked."""

import secrets
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING

from tests.github import departures
from tests.github.clock import HubClock, stamp
from tests.github.events import Event, Listener
from tests.github.faults import Faults
from tests.github.git import BareGit, create_bare, signature
from tests.github.pushes import moved
from tests.github.rules import ACTIONS_APP, ROLES, new_ruleset
from tests.github.state import Account, Json, Repository, Right, Token

if TYPE_CHECKING:
    from tests.github.person import Person

WEB_FLOW_ID = 19864447
ACTIONS_ID = 41898282
ACTIONS = "github-actions[bot]"
ACTIONS_LIMIT = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """One request that was answered; `kind` is api or git, `path` has neither /api/v3 nor a query."""

    kind: str
    method: str
    path: str
    query: Mapping[str, str]
    status: int
    login: str | None
    version: str | None = None


class Hub:
    def __init__(self, folder: Path, web: str) -> None:
        self.folder = folder
        self.web = web
        self.api = f"{web}/api/v3"
        self.clock = HubClock()
        self.began = self.clock.now
        self.faults = Faults(self.clock)
        self.lock = RLock()
        self.accounts: dict[str, Account] = {}
        self.tokens: dict[str, Token] = {}
        self.repositories: dict[str, Repository] = {}
        self.teams: dict[str, list[Account]] = {}
        self.signed: set[str] = set()
        self.requests: list[Asked] = []
        self.invalid: list[str] = []
        self.unknown_routes: list[str] = []
        self.failures: list[str] = []
        self.events: list[Event] = []
        self.untold: list[Event] = []
        self.listeners: list[Listener] = []
        self._last_id = 1000
        self._account("web-flow", "User", number=WEB_FLOW_ID).emails.add("noreply@github.com")
        self._account(ACTIONS, "Bot", number=ACTIONS_ID).app = ACTIONS_APP

    def next_id(self) -> int:
        self._last_id += 1
        return self._last_id

    def stamp(self) -> str:
        return stamp(self.clock.now)

    # Accounts, rights and tokens

    def _account(self, login: str, kind: str, number: int | None = None) -> Account:
        known = self.accounts.get(login.lower())
        if known is None:
            known = Account(id=number or self.next_id(), login=login, type=kind)
            self.accounts[login.lower()] = known
        return known

    def add_user(self, login: str, rights: Mapping[str, str] | None = None, *, email: str | None = None) -> Account:
        """A person, or more rights for one: `rights` is repository → read | triage | write | maintain | admin."""
        account = self._account(login, "User")
        for name, right in (rights or {}).items():
            self.repository(name).rights[login.lower()] = Right(right)
        if email:
            account.emails.add(email)
        return account

    def add_team(self, team: str, *logins: str) -> None:
        """`team` is organization/slug; a team has its members' rights and no more."""
        self.teams[team.lower()] = [self.accounts[login.lower()] for login in logins]

    def account_of(self, email: str) -> Account | None:
        """Whose address it is, as GitHub links commits to accounts."""
        return next((each for each in self.accounts.values() if email == each.noreply or email in each.emails), None)

    def token(self, login: str) -> str:
        """A token with all the rights of a person."""
        return self._token(self.accounts[login.lower()], "person")

    def actions_token(self, repository: str, permissions: Mapping[str, str] | None = None) -> str:
        """A job's GITHUB_TOKEN: acts as github-actions[bot]; permissions such as {"contents": "write"}."""
        account = self.accounts[ACTIONS]
        return self._token(account, "actions", repository, permissions, limit=ACTIONS_LIMIT)

    def app_token(self, repository: str, app: str = "coronet-app", permissions: Mapping[str, str] | None = None) -> str:
        """An installation token of a GitHub App: acts as <app>[bot]."""
        account = self._account(f"{app}[bot]", "Bot")
        account.app = account.app or self.next_id()
        return self._token(account, "app", repository, permissions)

    def _token(
        self,
        account: Account,
        kind: str,
        repository: str | None = None,
        permissions: Mapping[str, str] | None = None,
        limit: int = 5000,
    ) -> str:
        prefix = {"person": "ghp", "actions": "ghs", "app": "ghs"}[kind]
        value = f"{prefix}_{secrets.token_hex(18)}"
        full = self.repository(repository).full_name if repository else None
        self.tokens[value] = Token(
            value=value, account=account, kind=kind, repository=full, permissions=dict(permissions or {}), limit=limit
        )
        return value

    # Repositories

    def create_repository(
        self,
        name: str,
        files: Mapping[str, str | bytes | None] | None = None,
        *,
        private: bool = False,
        owner_type: str = "Organization",
        default_branch: str = "main",
    ) -> Repository:
        """`name` is owner/name; `files` are its first commit (none: an empty repository)."""
        owner, short = name.split("/")
        folder = self.folder / owner / f"{short}.git"
        create_bare(folder, default_branch)
        repository = Repository(
            id=self.next_id(),
            owner=self._account(owner, owner_type),
            name=short,
            folder=folder,
            private=private,
            at=self.clock.now,
            git_url=f"{self.web}/{name}.git",
            default_branch=default_branch,
            settings=_settings(),
        )
        self.repositories[name.lower()] = repository
        if files:
            self.commit(name, default_branch, files, "Begin", by=repository.owner)
        return repository

    def fork(self, name: str, login: str) -> Repository:
        """Somebody's own copy of a repository: login/name."""
        parent = self.repository(name)
        copy = self.create_repository(f"{login}/{parent.name}", private=parent.private, owner_type="User")
        copy.parent = parent
        copy.rights[login.lower()] = Right.ADMIN
        BareGit(copy.folder)("fetch", "--quiet", str(parent.folder), "+refs/heads/*:refs/heads/*")
        return copy

    def delete_repository(self, name: str) -> None:
        """Pull requests from a fork that is gone keep their heads, and name no repository."""
        departures.delete_repository(self, name)

    def delete_user(self, login: str) -> None:
        """Reviews of somebody who is gone name nobody."""
        departures.delete_user(self, login)

    def repository(self, name: str) -> Repository:
        return self.repositories[name.lower()]

    def git(self, name: str) -> BareGit:
        """git on the bare repository itself, past every rule and event."""
        return BareGit(self.repository(name).folder)

    def commit(
        self,
        name: str,
        branch: str,
        files: Mapping[str, str | bytes | None],
        message: str,
        *,
        by: Account,
        start: str | None = None,
        author: tuple[str, str] | None = None,
        committer: tuple[str, str] | None = None,
    ) -> str:
        """Commit on a branch as who pushes it past every rule; a new branch begins at `start`, else the default branch.

        `author` and `committer` are name and address, for commits in somebody else's name.
        """
        with self.lock:
            repository, git = self.repository(name), self.git(name)
            old = git.head(branch)
            parent = old or git.resolve(start or f"refs/heads/{repository.default_branch}")
            commit = git.commit_tree(
                git.write_tree(parent, files),
                [parent] if parent else [],
                message,
                author=author or signature(by),
                committer=committer or author or signature(by),
                at=self.clock.now,
            )
            git.set_ref(f"refs/heads/{branch}", commit)
            moved(self, repository, f"refs/heads/{branch}", old, commit, by=by)
        self.tell_listeners()
        return commit

    # People, rules and events

    def add_ruleset(
        self,
        name: str,
        rules: Sequence[Json],
        *,
        branches: Sequence[str] = ("~DEFAULT_BRANCH",),
        title: str = "rules",
        bypass: Sequence[str] = (),
        enforcement: str = "active",
    ) -> Json:
        """Rules in the API's shape (see `tests.github.rules.demand`); `bypass` are roles, or logins of Apps."""
        given = {
            "name": title,
            "enforcement": enforcement,
            "conditions": {"ref_name": {"include": [_full(each) for each in branches], "exclude": []}},
            "bypass_actors": [self._bypass_actor(each) for each in bypass],
            "rules": list(rules),
        }
        repository = self.repository(name)
        ruleset = new_ruleset(repository, self.next_id(), given, at=self.stamp())
        repository.rulesets.append(ruleset)
        return ruleset

    def _bypass_actor(self, who: str) -> Json:
        if who in ROLES:
            return {"actor_type": "RepositoryRole", "actor_id": ROLES[who], "bypass_mode": "always"}
        return {"actor_type": "Integration", "actor_id": self.accounts[who.lower()].app, "bypass_mode": "always"}

    def as_person(self, login: str, repository: str | None = None) -> "Person":
        """What somebody does on the pages of a repository (the only one, where none is named)."""
        from tests.github.person import Person

        name = repository or next(iter(self.repositories))
        return Person(self, self.repository(name), self.accounts[login.lower()])

    def listen(self, listener: Listener) -> None:
        """Call it with each event, when all is done but before the request that made it is answered.

        It may ask the stand-in itself; what takes long it should only note down.
        """
        self.listeners.append(listener)

    def tell_listeners(self) -> None:
        with self.lock:
            events, self.untold = self.untold, []
        for event in events:
            for listener in self.listeners:
                try:
                    listener(event)
                except Exception:  # noqa: BLE001  # told at the end of the test
                    self.failures.append(traceback.format_exc())

    def calls(self, kind: str = "api", since: int = 0) -> list[str]:
        """What was asked, as `GET /repos/acme/models 200`."""
        return [f"{each.method} {each.path} {each.status}" for each in self.requests[since:] if each.kind == kind]


def _full(branch: str) -> str:
    return branch if branch.startswith(("~", "refs/")) else f"refs/heads/{branch}"


def _settings() -> Json:
    return {
        "methods": ["merge", "squash", "rebase"],
        "delete_branch_on_merge": False,
        "actions_may_open_pull_requests": True,
        "actions_default_permissions": "read",
        "actions_enabled": True,
        "requests_owners": True,
    }
