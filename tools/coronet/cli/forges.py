"""Which forge the settings mean, and how GitHub is reached."""

from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from coronet.adapters.git.credentials import ask_helpers, remote_url, with_token
from coronet.adapters.github.address import Address, find_address, is_on_github, read_remote
from coronet.adapters.github.tokens import find_token, token_of_environment
from coronet.cli.output import show_progress
from coronet.errors import WrongUsage

if TYPE_CHECKING:
    from coronet.adapters.github.connection import Connection
    from coronet.adapters.github.forge import GithubForge
    from coronet.adapters.github.identity import Identity
    from coronet.adapters.github.notifier import GithubNotifier
    from coronet.adapters.github.settings import GithubSettings
    from coronet.ports.clock import Clock

AUTO, LOCAL, GITHUB = "auto", "local", "github"
FORGES = (AUTO, LOCAL, GITHUB)
_LONGEST_TIMEOUT = 600


class Place:
    """Where the pull requests of a clone are; looked up when it is first asked for."""

    def __init__(self, *, forge: str, folder: Path, remote: str, environment: Mapping[str, str]) -> None:
        self._forge = forge
        self._folder = folder
        self._remote = remote
        self._environment = environment

    @cached_property
    def is_github(self) -> bool:
        return self._forge == GITHUB or (self._forge == AUTO and is_on_github(self._url, self._environment))

    @cached_property
    def address(self) -> Address:
        return find_address(self._environment, self._url)

    @cached_property
    def token(self) -> str:
        def ask() -> str | None:
            return ask_helpers(self._folder, self._environment, self.address.web, f"{self.address.repository}.git")

        return find_token(self.address, self._environment, ask)

    @cached_property
    def git_environment(self) -> Mapping[str, str]:
        """The environment for git: with the token that this process was given for the server of the remote.

        A token that git's own helpers know need not be shown to git.
        """
        remote = read_remote(self._url) if self.is_github else None
        if remote is None or not self._url.startswith(("https://", "http://")):
            return self._environment
        with suppress(WrongUsage):
            token = token_of_environment(self.address, self._environment)
            if token and remote.web == self.address.web:
                return with_token(self._environment, remote.web, token)
        return self._environment

    @cached_property
    def connection(self) -> "Connection":
        from coronet.adapters.github.connection import Connection

        return Connection(self.address, self.token, timeout=self._timeout(), tell=show_progress)

    @cached_property
    def identity(self) -> "Identity":
        from coronet.adapters.github.identity import Identity

        return Identity(self.connection, self._environment)

    def github(self, *, clock: "Clock", main: str, run_url: str | None) -> "GithubForge":
        from coronet.adapters.github.forge import GithubForge

        return GithubForge(
            self.connection,
            self.identity,
            clock=clock,
            main=main,
            check_workflow=self._environment.get("CORONET_CHECK_WORKFLOW") or None,
            run_url=run_url,
            tell=show_progress,
        )

    def settings(self) -> "GithubSettings | None":
        """The forge's live settings; None for the local forge, which has none."""
        if not self.is_github:
            return None
        from coronet.adapters.github.settings import GithubSettings

        return GithubSettings(self.connection)

    def notifier(self, *, clock: "Clock") -> "GithubNotifier":
        from coronet.adapters.github.notifier import GithubNotifier

        return GithubNotifier(self.connection, self.identity, clock=clock)

    def close(self) -> None:
        if "connection" in self.__dict__:
            self.connection.close()

    # --- within ---

    @cached_property
    def _url(self) -> str:
        return remote_url(self._folder, self._environment, self._remote)

    def _timeout(self) -> int:
        from coronet.adapters.github.connection import TIMEOUT

        text = self._environment.get("CORONET_GITHUB_TIMEOUT") or str(TIMEOUT)
        if text.isdecimal() and 0 < int(text) <= _LONGEST_TIMEOUT:
            return int(text)
        raise WrongUsage(
            f"CORONET_GITHUB_TIMEOUT is {text!r}, and no number of seconds",
            hint=f"write a whole number up to {_LONGEST_TIMEOUT}, as in 30",
        )
