"""Aliases that are not where the log left them: someone moved them behind git's back."""

from collections.abc import Mapping
from dataclasses import dataclass

from coronet.commands.governed import governing
from coronet.commands.ledger import Ledger
from coronet.commands.registered import find_candidate
from coronet.commands.world import World
from coronet.core.changelog.entry import Entry, Event, Pinned
from coronet.ports.documents import Files
from coronet.ports.registry import RegisteredModel


@dataclass(frozen=True, kw_only=True, slots=True)
class Divergence:
    """The log says `wanted`, the registry has `found` (None: no such alias). `known`: the log says so already.

    `obstacle` says why the alias cannot be put back ("" where it can).
    """

    model: str
    registered_model: str
    alias: str
    wanted: Pinned
    found: str | None
    known: bool
    obstacle: str

    def entry(self, event: Event, world: World, *, why: str) -> Entry:
        there = Pinned(version=self.found, digest="") if self.found else None
        healed = event is Event.HEALED
        return Entry(
            at=world.clock.now(),
            model=self.model,
            registered_model=self.registered_model,
            alias=self.alias,
            event=event,
            origin=there if healed else self.wanted,
            target=self.wanted if healed else there,
            actor=world.actor,
            run_url=world.run_url,
            why=why,
        )

    def say(self) -> str:
        found = f"version {self.found}" if self.found else "gone"
        return f"{self.registered_model}@{self.alias} is {found}, the log says version {self.wanted.version}"


def find_divergences(
    world: World, ledger: Ledger, files: Files, registered: Mapping[str, RegisteredModel]
) -> tuple[Divergence, ...]:
    """Compare every logged champion with the registry; a move that is under way is no divergence."""
    found = []
    for model, state in ledger.states.items():
        under_way = {(intent.alias, _version(intent.target)) for intent in state.intents.values()}
        for alias, entry in state.champions.items():
            if entry.target is None:
                continue
            there = registered.get(entry.registered_model)
            version = there.aliases.get(alias) if there else None
            if version == entry.target.version or (alias, version) in under_way:
                continue
            said = state.diverged.get(alias)
            found.append(
                Divergence(
                    model=model,
                    registered_model=entry.registered_model,
                    alias=alias,
                    wanted=entry.target,
                    found=version,
                    known=said is not None and _version(said.target) == version,
                    obstacle=_obstacle(world, files, entry),
                )
            )
    if found:
        world.progress("diverged", "; ".join(divergence.say() for divergence in found))
    return tuple(found)


def find_returned(ledger: Ledger, registered: Mapping[str, RegisteredModel]) -> tuple[Divergence, ...]:
    """Divergences that the log knows and that are no more: somebody put the alias back by hand."""
    found = []
    for model, state in ledger.states.items():
        for alias, said in state.diverged.items():
            entry, there = state.champions.get(alias), registered.get(said.registered_model)
            if entry and entry.target and there and there.aliases.get(alias) == entry.target.version:
                found.append(
                    Divergence(
                        model=model,
                        registered_model=said.registered_model,
                        alias=alias,
                        wanted=entry.target,
                        found=_version(said.target),
                        known=True,
                        obstacle="",
                    )
                )
    return tuple(found)


def _obstacle(world: World, files: Files, entry: Entry) -> str:
    """An alias goes back to the files that were approved, to no others under their number, against no other model."""
    name, wanted = entry.registered_model, entry.target
    if wanted is None:
        return "the log names no version"
    if len(sharing := governing(files, world.documents, name, entry.alias)) > 1:
        return f"it is governed by {' and '.join(document.file for document in sharing)}"
    there = find_candidate(world, name, wanted.version)
    if there is None:
        return f"version {wanted.version} is gone from the registry"
    return "" if there.digest == wanted.digest else f"the files of version {wanted.version} are not those of the log"


def _version(pinned: Pinned | None) -> str | None:
    return pinned.version if pinned else None
