"""The brake: no promotion of a model, or of one version of it, until a person releases it."""

from dataclasses import dataclass
from typing import Any

from coronet.commands.drafting import Ground, survey
from coronet.commands.ledger import append, read_ledger
from coronet.commands.world import World
from coronet.core.changelog.entry import Entry, Event, Pinned
from coronet.core.render.markup import escape_markdown, plain_line
from coronet.errors import Conflict, InvalidInput
from coronet.ports.repository import RefMoved

SCHEMA = "coronet/hold/v1"
TRIES = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class HoldReport:
    """`entry` is None where there was nothing to do."""

    model: str
    entry: Entry | None
    said: str
    dry_run: bool

    def to_json(self) -> dict[str, Any]:
        event = str(self.entry.event) if self.entry else None
        return {"schema": SCHEMA, "model": self.model, "event": event, "dry_run": self.dry_run, "said": self.said}

    def to_text(self) -> str:
        return plain_line(self.said)

    def to_markdown(self) -> str:
        return f"**{escape_markdown(self.said)}**"


def hold(
    world: World, model: str, *, version: str | None, release: bool, reason: str, dry_run: bool = False
) -> HoldReport:
    """Hold a model (`version` None) or one of its versions, or release it; the log says who, and why."""
    if not reason.strip():
        raise InvalidInput("a hold needs a reason", hint="say why with --reason: the next on call will read it")
    ground = survey(world, model, aligned=False)
    target = _pinned(world, ground, version)
    what = f"{model} version {version}" if version else model
    for _ in range(TRIES):
        ledger = read_ledger(world.repository, world.log_branch, [model])
        held = (target.digest if target else "") in ledger.state(model).holds
        if held is not release:
            return HoldReport(
                model=model, entry=None, said=f"{what} is {'held' if held else 'not held'} already.", dry_run=dry_run
            )
        entry = _entry(world, ground, target, event=Event.RELEASED if release else Event.HELD, reason=reason)
        if not dry_run:
            try:
                message = f"{entry.event}: {what}"
                author, at = world.author, world.clock.now()
                append(
                    world.repository, ledger, world.log_branch, {model: [entry]}, author=author, at=at, message=message
                )
            except RefMoved:
                world.repository.refresh()
                continue
        return HoldReport(model=model, entry=entry, said=f"{what} is {entry.event}: {reason}", dry_run=dry_run)
    raise Conflict(f"the log branch moved {TRIES} times", hint="run it again")


def _entry(world: World, ground: Ground, target: Pinned | None, *, event: Event, reason: str) -> Entry:
    return Entry(
        at=world.clock.now(),
        model=ground.model.name,
        registered_model=ground.model.registered_model,
        alias=ground.alias,
        event=event,
        target=target,
        actor=world.actor,
        run_url=world.run_url,
        why=reason,
    )


def _pinned(world: World, ground: Ground, version: str | None) -> Pinned | None:
    """The version to hold, by the digest that the log knows, else by its files."""
    if version is None:
        return None
    for entry in (*ground.state.holds.values(), *ground.state.champions.values()):
        if entry.target and entry.target.version == version:
            return entry.target
    found = world.registry.version(ground.model.registered_model, version)
    if found is None:
        raise InvalidInput(
            f"{ground.model.registered_model} has no version {version!r}", hint="`coronet status` lists them"
        )
    return Pinned(version=version, digest=world.registry.artifact_digest(found))
