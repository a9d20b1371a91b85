"""What a model version says of itself: the tags that `train` and `track` put on it.

The registry writes tags one by one, so `LIFECYCLE` is set last: a version without it was never finished.
"""

from collections.abc import Mapping
from enum import StrEnum

from coronet.core.proposal import ChangeType, Why

TRAIN = "train"
METADATA_FILE = "model_metadata.json"
SCHEMA_FILE = "schema.json"


class Tag(StrEnum):
    DIGEST = "coronet.digest"
    SEMANTIC_VERSION = "coronet.semantic_version"
    SCHEMA = "coronet.schema"
    TRAIN_DATA = "coronet.train_data"
    EVALUATION_DATA = "coronet.evaluation_data"
    METRICS = "coronet.metrics"
    PREDICTIONS = "coronet.predictions"
    SCORECARD = "coronet.scorecard"
    MODEL_ARTIFACT = "coronet.model_artifact"
    DATASET_VERSION = "coronet.dataset_version"
    FEATURE_SET_VERSION = "coronet.feature_set_version"
    HYPOTHESIS_ID = "coronet.hypothesis_id"
    CHANGE_TYPE = "coronet.change_type"
    CHANGE_SUMMARY = "coronet.change_summary"
    OWNER = "coronet.owner"
    REQUESTER = "coronet.requester"
    REPOSITORY = "coronet.repository"
    COMMIT = "coronet.commit"
    DIRTY = "coronet.dirty"
    RUN_KIND = "coronet.run_kind"
    PROPOSAL = "coronet.proposal"
    LIFECYCLE = "coronet.lifecycle"


class Lifecycle(StrEnum):
    """Where a version stands; `train` and `track` say `created`, `propose` and `promote` the rest."""

    CREATED = "created"
    STAGING = "staging"
    PRODUCTION = "production"
    ARCHIVED = "archived"


def why_ineligible(tags: Mapping[str, str]) -> str | None:
    """Why the version with these tags cannot be proposed, one clause; None where it can."""
    if not tags.get(Tag.LIFECYCLE):
        return "its registration was never finished"
    if not tags.get(Tag.DIGEST):
        return "it bears no digest of its files"
    kind = tags.get(Tag.RUN_KIND, "")
    return None if kind == TRAIN else f"its run is of the kind {kind or 'unknown'!r}, and only 'train' is eligible"


def tags_of(why: Why) -> dict[str, str]:
    """The tags that say why a version was made; what is not known has no tag."""
    fields = {
        Tag.CHANGE_SUMMARY: why.summary,
        Tag.OWNER: why.owner,
        Tag.HYPOTHESIS_ID: why.hypothesis_id,
        Tag.CHANGE_TYPE: why.change_type,
        Tag.FEATURE_SET_VERSION: why.feature_set_version,
    }
    return {str(tag): str(value) for tag, value in fields.items() if value}


def why_of(tags: Mapping[str, str]) -> Why:
    """What `tags_of` wrote; a change type that nobody knows is left out, since anybody may write tags."""
    change_type = tags.get(Tag.CHANGE_TYPE)
    return Why(
        summary=tags.get(Tag.CHANGE_SUMMARY, ""),
        owner=tags.get(Tag.OWNER),
        hypothesis_id=tags.get(Tag.HYPOTHESIS_ID),
        change_type=ChangeType(change_type) if change_type in set(ChangeType) else None,
        feature_set_version=tags.get(Tag.FEATURE_SET_VERSION),
    )
