"""Joins the adapters, from options and the environment: what every command takes from here."""

import functools
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

import click

from coronet.adapters.git.repository import GitRepository
from coronet.cli.clock import find_clock, say_fixed_time
from coronet.cli.forges import AUTO, FORGES, Place
from coronet.cli.output import show_progress
from coronet.errors import WrongUsage
from coronet.ports.clock import Clock
from coronet.ports.documents import Documents

if TYPE_CHECKING:  # hot verbs start without what they do not call
    from coronet.commands.world import World
    from coronet.ports.forge import Forge, ReviewDesk
    from coronet.ports.notifier import Notifier
    from coronet.ports.registry import Registry
    from coronet.ports.repository import Person

FORGE_REF = "refs/coronet/forge"
_GIT_TIMEOUT = 120.0

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """What the options say; `environment` stands for everything that they leave open."""

    folder: Path = Path()
    remote: str = "origin"
    main: str = "main"
    log_branch: str = "promotions-log"
    registry: str | None = None
    forge: str = AUTO
    actor: str | None = None
    environment: Mapping[str, str] = field(repr=False)


class Wiring:
    """The adapters that these settings mean, each made when it is first asked for."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def close(self) -> None:
        """End what was started."""
        if "repository" in self.__dict__:
            self.repository.close()
        self.place.close()

    @cached_property
    def place(self) -> Place:
        settings = self.settings
        return Place(
            forge=settings.forge, folder=settings.folder, remote=settings.remote, environment=settings.environment
        )

    @cached_property
    def repository(self) -> GitRepository:
        """The repository, whose first fetch has begun: what comes next need not wait for it."""
        settings = self.settings
        forge_refs = () if self.place.is_github else (FORGE_REF,)
        repository = GitRepository(
            settings.folder,
            environment=self.place.git_environment,
            remote=settings.remote,
            watched=(settings.main, settings.log_branch, *forge_refs),
            timeout=self._git_timeout(),
        )
        repository.refresh()
        return repository

    @cached_property
    def forge(self) -> "Forge":
        if not self.place.is_github:
            return self.desk
        self._refuse_claims()
        return self.place.github(clock=self.clock, main=self.settings.main, run_url=self.run_url)

    @cached_property
    def notifier(self) -> "Notifier":
        """Where people and other workflows hear of what happened."""
        from coronet.ports.notifier import Nobody

        return self.place.notifier(clock=self.clock) if self.place.is_github else Nobody()

    @property
    def teller(self) -> "Notifier":
        """The notifier, where there is somebody to tell."""
        if not self.place.is_github:
            raise WrongUsage(
                "the local forge has nobody to tell: issues are GitHub's",
                hint="leave the issue out, or run it in a clone whose remote is on GitHub",
            )
        return self.notifier

    @cached_property
    def desk(self) -> "ReviewDesk":
        """The forge, where people review and merge from the command line: only the local one."""
        from coronet.adapters.local_forge.forge import LocalForge

        if self.place.is_github:
            raise WrongUsage(
                "this verb is for the local forge: on GitHub people review and merge on its pages",
                hint="go to the repository's page; --forge local keeps pull requests in the repository itself",
            )
        return LocalForge(self.repository, actor=self.actor, clock=self.clock, main=self.settings.main, ref=FORGE_REF)

    @cached_property
    def registry(self) -> "Registry":
        from coronet.adapters.registry import open_registry

        return open_registry(self.settings.registry, self.settings.environment)

    @cached_property
    def documents(self) -> Documents:
        from coronet.adapters.documents import FileDocuments

        return FileDocuments()

    @cached_property
    def clock(self) -> Clock:
        return find_clock(self.settings.environment)

    @cached_property
    def actor(self) -> str | None:
        """Who acts: what --as or CORONET_ACTOR claims, else whom git's user.email names; None for nobody.

        On GitHub None: its token says it, and nothing else.
        """
        if self.place.is_github:
            self._refuse_claims()
            return None
        if self.settings.actor:
            return self.settings.actor
        from coronet.adapters.git.checkout import user_email
        from coronet.adapters.local_forge.identities import said_login

        return said_login(user_email(self.settings.folder, self.settings.environment))

    @property
    def run_url(self) -> str | None:
        """The page of the workflow run that this is, where it is one."""
        names = ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID")
        server, repository, run = (self.settings.environment.get(name) for name in names)
        return f"{server}/{repository}/actions/runs/{run}" if server and repository and run else None

    def world(self, *, acts: bool = True) -> "World":
        """Everything at once. Commands that only read say `acts=False`: they work as nobody, too."""
        from coronet.commands.world import World

        return World(
            repository=self.repository,
            forge=self.forge,
            registry=self.registry,
            documents=self.documents,
            clock=self.clock,
            progress=show_progress,
            actor=self.forge.login() if acts else self.actor or "",
            main=self.settings.main,
            log_branch=self.settings.log_branch,
            run_url=self.run_url,
            notifier=self.notifier,
            person_of=self._person_of(),
        )

    def _person_of(self) -> "Callable[[str], Person]":
        """How the author of a commit is written: on GitHub with an address that it knows."""
        from coronet.ports.repository import Person

        if self.place.is_github:
            return lambda login: self.place.identity.person(login)  # asks GitHub when something is written
        return Person.of_login

    def _refuse_claims(self) -> None:
        if self.settings.actor:
            raise WrongUsage(
                f"--as {self.settings.actor} is a claim, and GitHub knows who acts",
                hint="leave --as and CORONET_ACTOR out; the token, or who started the workflow, says who acts",
            )

    def _git_timeout(self) -> float:
        text = self.settings.environment.get("CORONET_GIT_TIMEOUT") or str(_GIT_TIMEOUT)
        with suppress(ValueError):
            if 0 < float(text) < float("inf"):
                return float(text)
        raise WrongUsage(f"CORONET_GIT_TIMEOUT is {text!r}, and no number of seconds", hint="write it as in 120")


_OPTIONS = (
    click.option(
        "--repository",
        "folder",
        type=click.Path(path_type=Path),
        default=Path(),
        envvar="CORONET_REPOSITORY",
        show_envvar=True,
        help="A clone of the repository that holds promotions/.  [default: the current folder]",
    ),
    click.option(
        "--remote",
        default="origin",
        envvar="CORONET_REMOTE",
        show_envvar=True,
        show_default=True,
        help="Whose branches count: a remote's name, its address, or its folder.",
    ),
    click.option(
        "--branch",
        "main",
        default="main",
        envvar="CORONET_BRANCH",
        show_envvar=True,
        show_default=True,
        help="The branch that says what should be.",
    ),
    click.option(
        "--log-branch",
        default="promotions-log",
        envvar="CORONET_LOG_BRANCH",
        show_envvar=True,
        show_default=True,
        help="The branch that holds the change logs.",
    ),
    click.option(
        "--forge",
        type=click.Choice(FORGES),
        default=AUTO,
        envvar="CORONET_FORGE",
        show_envvar=True,
        show_default=True,
        help="Where pull requests and reviews are; auto: on GitHub where the remote is there, else local.",
    ),
    click.option(
        "--as",
        "actor",
        metavar="LOGIN",
        envvar="CORONET_ACTOR",
        show_envvar=True,
        help="Who acts on the local forge: a claim that nobody verifies.  [default: who git's user.email names]",
    ),
)
_REGISTRY = click.option(
    "--registry",
    metavar="URI",
    help="The model registry: http(s)://… or sqlite:///FILE.  [default: MLFLOW_TRACKING_URI]",
)


def wired(*, registry: bool = True) -> Callable[[Callable[Concatenate[Wiring, P], R]], Callable[P, R]]:
    """A decorator for click commands: adds the shared options, and gives what they mean as first argument.

    Without `registry` the command has no --registry. What was started ends with the command.
    """

    def decorate(function: Callable[Concatenate[Wiring, P], R]) -> Callable[P, R]:
        @functools.wraps(function)
        def run(*arguments: P.args, **options: P.kwargs) -> R:
            names = ("folder", "remote", "main", "log_branch", "registry", "forge", "actor")
            chosen = {name: options.pop(name) for name in names if name in options}
            settings = Settings(environment=dict(os.environ), **chosen)  # type: ignore[arg-type]
            say_fixed_time(settings.environment)
            wiring = Wiring(settings)
            click.get_current_context().call_on_close(wiring.close)
            return function(wiring, *arguments, **options)

        decorated: Callable[P, R] = run
        for option in reversed((*_OPTIONS, *([_REGISTRY] if registry else []))):
            decorated = option(decorated)
        return decorated

    return decorate
