"""Versions as the registry has them now."""

from coronet.commands.world import World
from coronet.core.proposal import Candidate
from coronet.errors import InvalidInput
from coronet.ports import ModelVersion


def find_candidate(world: World, registered_model: str, version: str) -> Candidate | None:
    """The version with its digest read from its files just now; None where it is not there."""
    found = world.registry.version(registered_model, version)
    return _read(world, found) if found else None


def require_version(world: World, registered_model: str, version: str) -> ModelVersion:
    """InvalidInput with the versions that are there where it is not."""
    if found := world.registry.version(registered_model, version):
        return found
    known = ", ".join(found.version for found in world.registry.versions(registered_model)[:10]) or "none"
    raise InvalidInput(
        f"{registered_model} has no version {version!r}", hint=f"versions in the registry, newest first: {known}"
    )


def require_candidate(world: World, registered_model: str, version: str) -> Candidate:
    """As `find_candidate`; InvalidInput where it is not there."""
    return _read(world, require_version(world, registered_model, version))


def _read(world: World, found: ModelVersion) -> Candidate:
    world.progress("digest", f"{found.name} version {found.version}")
    return Candidate(
        version=found.version,
        run_id=found.run_id,
        created=found.created,
        source=found.source,
        digest=world.registry.artifact_digest(found),
    )
