"""What people are shown of the predictions, put into the evidence: keys hidden, and within its size."""

from dataclasses import replace

from coronet.core.evidence import Evidence, Keys, hash_keys
from coronet.core.evidence.fitting import fit
from coronet.core.statistics.streaming.pictures.sections import Sections


def put_sections(evidence: Evidence, sections: Sections, keys: Keys) -> Evidence:
    """The evidence with its sections; `keys` says how rows are named."""
    changes = sections.changes
    if changes is not None:
        named = hash_keys(changes, evidence.model, evidence.data.name) if keys is Keys.HASHED else changes
        changes = replace(named, keys=keys)
    shown = replace(
        evidence,
        changes=changes,
        baseline=sections.baseline,
        curves=sections.curves,
        confusion=sections.confusion,
    )
    return fit(shown)


def choose_keys(key: str | None, *, shown: bool) -> Keys:
    """A place says nothing of anybody; a key is hidden unless it is asked for."""
    if key is None:
        return Keys.PLACES
    return Keys.SHOWN if shown else Keys.HASHED
