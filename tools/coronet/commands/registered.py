"""Versions as the registry has them now."""

from coronet.commands.world import World
from coronet.core.proposal import Candidate
from coronet.errors import Conflict, InvalidInput
from coronet.ports.registry import ModelVersion


def find_candidate(world: World, registered_model: str, version: str) -> Candidate | None:
    """The version with its digest read from its files just now; None where it is not there.

    Files that are gone or cannot be read have no digest, which fits none that anybody pinned.
    """
    found = world.registry.version(registered_model, version)
    if found is None:
        return None
    try:
        return _read(world, found)
    except (Conflict, InvalidInput) as error:
        return _pinned(found, digest=f"no digest ({error.message})")


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
    return _pinned(found, digest=world.registry.artifact_digest(found))


def _pinned(found: ModelVersion, *, digest: str) -> Candidate:
    return Candidate(
        version=found.version,
        run_id=found.run_id,
        created=found.created,
        source=found.source,
        digest=digest,
    )
