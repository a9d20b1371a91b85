"""What the registry shows of a promotion beside the alias: tags on the versions, and the run's metadata file."""

import json

from coronet.commands.world import World
from coronet.core.canonical import canonical_json
from coronet.core.changelog.entry import Entry, Event
from coronet.core.version_tags import METADATA_FILE, Lifecycle, Tag


def record_lifecycle(world: World, outcome: Entry) -> None:
    """Tag the new champion and the one it replaced; safe to repeat, and never what a decision rests on."""
    if outcome.target is None or outcome.event is Event.RENEWED:
        return
    name, registry = outcome.registered_model, world.registry
    tags = {str(Tag.PROPOSAL): str(outcome.proposal), str(Tag.LIFECYCLE): str(Lifecycle.PRODUCTION)}
    registry.set_version_tags(name, outcome.target.version, tags)
    origin = outcome.origin
    if origin and origin.version != outcome.target.version and registry.version(name, origin.version):
        registry.set_version_tags(name, origin.version, {str(Tag.LIFECYCLE): str(Lifecycle.ARCHIVED)})
    _mark_promoted(world, name, outcome.target.version)


def _mark_promoted(world: World, name: str, version: str) -> None:
    """Set `promoted_to_production` in the metadata file of the run: promotion alone does, training never."""
    found = world.registry.version(name, version)
    data = world.registry.load_run_file(found.run_id, METADATA_FILE) if found and found.run_id else None
    if found is None or data is None:
        return
    try:
        metadata = json.loads(data)
    except ValueError:
        return  # a file of the user's own under that name: not ours to change
    if isinstance(metadata, dict) and metadata.get("promoted_to_production") is False:
        updated = canonical_json({**metadata, "promoted_to_production": True})
        world.registry.save_run_file(found.run_id, METADATA_FILE, updated)
