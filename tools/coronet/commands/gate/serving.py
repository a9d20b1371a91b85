"""What the registry would serve as the champion."""

from dataclasses import dataclass

from coronet.core.proposal import Candidate
from coronet.core.version_tags import Tag
from coronet.errors import Conflict, InvalidInput
from coronet.ports.registry import ModelVersion, Registry


@dataclass(frozen=True, kw_only=True, slots=True)
class Serving:
    """Where the alias points (None: nowhere), and that version with its digest (None: not there)."""

    version: str | None
    found: Candidate | None


def find_serving(registry: Registry, name: str, alias: str, *, deep: bool) -> Serving:
    """The champion as the registry has it now; `deep` reads its files again instead of believing its tag."""
    registered = registry.model(name)
    version = registered.aliases.get(alias) if registered else None
    found = registry.version(name, version) if version else None
    if found is None:
        return Serving(version=version, found=None)
    digest = _read_digest(registry, found) if deep else found.tags.get(Tag.DIGEST, "no digest tag")
    candidate = Candidate(
        version=found.version, run_id=found.run_id, created=found.created, source=found.source, digest=digest
    )
    return Serving(version=version, found=candidate)


def _read_digest(registry: Registry, version: ModelVersion) -> str:
    """The digest of its files; files that are gone or lead astray are an answer of the gate, not its failure."""
    try:
        return registry.artifact_digest(version)
    except (Conflict, InvalidInput) as error:
        return f"no digest: {error.message}"
