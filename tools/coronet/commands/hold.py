"""The brake: no promotion of a model, or of one version of it, until a person releases it."""

from dataclasses import dataclass
from typing import Any

from coronet.commands.governed import AtCommit, load_model
from coronet.commands.ledger import Ledger, append, read_ledger, read_whole
from coronet.commands.registered import require_candidate
from coronet.commands.world import World
from coronet.core.changelog.entry import Entry, Event, Pinned
from coronet.core.changelog.state import LogState
from coronet.core.model_file import ModelFile
from coronet.core.render.page import Page
from coronet.core.render.paged import Paged
from coronet.errors import Conflict, InvalidInput
from coronet.ports.repository import RefMoved

SCHEMA = "coronet/hold/v1"
TRIES = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class HoldReport(Paged):
    """`entry` is None where there was nothing to do."""

    model: str
    version: str | None
    entry: Entry | None
    said: str
    dry_run: bool

    def to_json(self) -> dict[str, Any]:
        entry = self.entry
        return {
            "schema": SCHEMA,
            "model": self.model,
            "version": self.version,
            "event": str(entry.event) if entry else None,
            "dry_run": self.dry_run,
            "said": self.said,
        }

    def page(self) -> Page:
        return Page(headline=f"{self.said.rstrip('.')}. {self._next()}.")

    def _next(self) -> str:
        what = f"{self.model} --version {self.version}" if self.version else self.model
        if self.entry is None:
            return "Nothing to do"
        if self.entry.event is Event.RELEASED:
            return "What waited for it goes on with the next `coronet promote`"
        return f"`coronet hold {what} --release --reason …` ends it"


def hold(
    world: World, model: str, *, version: str | None, release: bool, reason: str, dry_run: bool = False
) -> HoldReport:
    """Hold a model (`version` None) or one of its versions, or release it; the log says who, and why.

    The registry is asked only about a version that the log does not know: a brake must work when it is down.
    """
    if not reason.strip():
        raise InvalidInput("a hold needs a reason", hint="say why with --reason: the next on call will read it")
    world.repository.refresh()
    governed = _governed(world, model)
    what = f"{model} version {version}" if version else model
    for _ in range(TRIES):
        ledger = read_whole(world.repository, read_ledger(world.repository, world.log_branch, []), [model])
        state = ledger.state(model)
        target = _pinned(world, governed, state, version)
        if ((target.digest if target else "") in state.holds) is not release:
            said = f"{what} is {'not held' if release else 'held already'}."
            return HoldReport(model=model, version=version, entry=None, said=said, dry_run=dry_run)
        entry = _entry(world, governed, target, event=Event.RELEASED if release else Event.HELD, reason=reason)
        if dry_run or _append(world, ledger, entry, what):
            said = f"{what} {'would be' if dry_run else 'is'} {entry.event}: {reason}"
            return HoldReport(model=model, version=version, entry=entry, said=said, dry_run=dry_run)
    raise Conflict(f"the log branch moved {TRIES} times", hint="run it again")


def _governed(world: World, model: str) -> ModelFile:
    main = world.repository.head(world.main)
    if main is None:
        raise InvalidInput(f"the remote has no branch {world.main}", hint="name the branch with --branch")
    files = AtCommit(repository=world.repository, commit=main)
    return load_model(files, world.documents, model, validated=False)


def _append(world: World, ledger: Ledger, entry: Entry, what: str) -> bool:
    """Whether it is in the log; not where somebody else was quicker."""
    message, at = f"{entry.event}: {what}", world.clock.now()
    try:
        append(
            world.repository,
            ledger,
            world.log_branch,
            {entry.model: [entry]},
            author=world.author,
            at=at,
            message=message,
        )
    except RefMoved:
        world.repository.refresh()
        return False
    return True


def _entry(world: World, governed: ModelFile, target: Pinned | None, *, event: Event, reason: str) -> Entry:
    return Entry(
        at=world.clock.now(),
        model=governed.name,
        registered_model=governed.registered_model,
        alias=governed.champion_alias,
        event=event,
        target=target,
        actor=world.actor,
        run_url=world.run_url,
        why=reason,
    )


def _pinned(world: World, governed: ModelFile, state: LogState, version: str | None) -> Pinned | None:
    """The version to hold, by the digest that the log knows, else by its files."""
    if version is None:
        return None
    held = [entry.target for entry in state.holds.values()]
    served = state.served.get(governed.champion_alias, ())
    for known in (*held, *reversed(served)):
        if known and known.version == version:
            return known
    pinned = require_candidate(world, governed.registered_model, version)
    return Pinned(version=version, digest=pinned.digest)
