"""Which versions of a model are measured."""

from coronet.core.model_file import ModelFile
from coronet.errors import InvalidInput
from coronet.ports.registry import ModelVersion, RegisteredModel, Registry

_SHOWN = 10


def find_candidate(registry: Registry, model: ModelFile, version: str | None) -> ModelVersion:
    """The version named, else the one under the candidate alias."""
    registered = _registered(registry, model)
    under_alias = registered.aliases.get(model.candidate_alias)
    if version is None and under_alias is None:
        raise InvalidInput(
            f"{model.registered_model} has no alias {model.candidate_alias}",
            hint=f"`coronet train {model.name}` makes a candidate, or name a version: --candidate VERSION",
        )
    return _require_version(registry, model, str(version or under_alias))


def find_champion(
    registry: Registry, model: ModelFile, version: str | None, candidate: ModelVersion
) -> ModelVersion | None:
    """The version named, else the one under the champion alias; None where that alias is on none."""
    named = version or _registered(registry, model).aliases.get(model.champion_alias)
    if named is None:
        return None
    if named == candidate.version:
        raise InvalidInput(
            f"version {named} is the champion, and there is nothing to compare it with",
            hint=f"`coronet train {model.name}` makes a candidate; --champion none measures the champion alone",
        )
    return _require_version(registry, model, named)


def _registered(registry: Registry, model: ModelFile) -> RegisteredModel:
    registered = registry.model(model.registered_model)
    if registered is None:
        raise InvalidInput(
            f"the registry has no model {model.registered_model}",
            hint=f"`coronet train {model.name}` registers the first version",
        )
    return registered


def _require_version(registry: Registry, model: ModelFile, version: str) -> ModelVersion:
    found = registry.version(model.registered_model, version)
    if found is None:
        there = [known.version for known in registry.versions(model.registered_model)[:_SHOWN]]
        raise InvalidInput(
            f"{model.registered_model} has no version {version!r}",
            hint=f"versions in the registry, newest first: {', '.join(there) or 'none'}",
        )
    return found
