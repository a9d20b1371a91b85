"""Who acts on GitHub: the person who started a workflow, or whose token it is."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from coronet.adapters.github.address import CLOUD
from coronet.adapters.github.answers import Absent, Forbidden
from coronet.adapters.github.connection import Connection
from coronet.adapters.github.pull_requests import is_bot, login_of
from coronet.errors import WrongUsage
from coronet.ports.repository import Person

WORKFLOW_LOGIN = "github-actions[bot]"
_WORKFLOW_ID = 41898282  # its account on github.com


class Identity:
    """`environment` is the process's; inside of a workflow it says who started it, and nothing is asked."""

    def __init__(self, connection: Connection, environment: Mapping[str, str]) -> None:
        self._connection = connection
        self._environment = environment
        self._users: dict[str, int | None] = {}
        self._token_login: str | None = None
        self._is_certain = True

    @property
    def in_workflow(self) -> bool:
        return self._environment.get("GITHUB_ACTIONS") == "true"

    def actor(self) -> str:
        """The person who started the workflow; on a schedule, which nobody starts, and elsewhere, the token's login."""
        if self.in_workflow and self._environment.get("GITHUB_EVENT_NAME") != "schedule":
            started = self._environment.get("GITHUB_TRIGGERING_ACTOR") or self._environment.get("GITHUB_ACTOR")
            if started:
                return started
        return self.token_login()

    def token_login(self) -> str:
        """In whose name the token writes.

        An App's token cannot be asked whose it is: CORONET_GITHUB_LOGIN says it (`my-app[bot]`), else in a
        workflow it is taken for the workflow's own.
        """
        if self._token_login is None:
            self._token_login = self._find_token_login()
        return self._token_login

    def wrote(self, author: Mapping[str, Any] | None) -> bool:
        """Whether something is ours by its author, as the API writes them.

        In a workflow an App's token looks like the workflow's own: where nobody said whose it is, it is what a
        bot wrote. (No person can: whoever can let a bot write can write themselves.)
        """
        login = (login_of(author) or "").lower()
        return login == self.token_login().lower() or (not self._is_certain and is_bot(author))

    def person(self, login: str) -> Person:
        """`login` with the address by which GitHub knows its commits."""
        number = self._number(login)
        local = f"{number}+{login}" if number else login
        return Person(name=login, email=f"{local}@{self._connection.address.mail}")

    # --- within ---

    def _find_token_login(self) -> str:
        if said := self._environment.get("CORONET_GITHUB_LOGIN"):
            return said
        if not self._connection.of_installation:
            try:
                return self._note(self._connection.get("/user"))
            except (Absent, Forbidden):
                pass  # an App's token after all
        if self.in_workflow:
            self._is_certain = False
            return WORKFLOW_LOGIN
        raise WrongUsage(
            "whose token this is is not known: an App's token has no user",
            hint="say it with CORONET_GITHUB_LOGIN, as in CORONET_GITHUB_LOGIN='my-app[bot]'",
        )

    def _number(self, login: str) -> int | None:
        if login not in self._users:
            self._users[login] = self._find_number(login)
        return self._users[login]

    def _find_number(self, login: str) -> int | None:
        given = self._environment.get("GITHUB_ACTOR_ID", "")
        if self.in_workflow and login == self._environment.get("GITHUB_ACTOR") and given.isdigit():
            return int(given)
        if login == WORKFLOW_LOGIN and self._connection.address.host == CLOUD:
            return _WORKFLOW_ID
        user = self._connection.find(f"/users/{quote(login)}")
        return int(user["id"]) if user else None

    def _note(self, user: Mapping[str, Any]) -> str:
        login = str(user["login"])
        self._users[login] = int(user["id"])
        return login
