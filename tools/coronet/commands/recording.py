"""Recording a run and registering its version, for `train` and `track` alike.

Whatever stops it in the middle, the run ends as failed, and the version, if there is one already, lacks
the tag that makes it eligible: that one is set when everything else is there.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from coronet.core.canonical import canonical_json
from coronet.core.recorded_run import RecordedRun, RegisteredVersion
from coronet.core.render.run_card import render_run_card
from coronet.core.semantic_version import Schema, SemanticVersion, next_version, schema_from_json
from coronet.core.version_tags import METADATA_FILE, SCHEMA_FILE, Lifecycle, Tag, tags_of
from coronet.errors import Conflict
from coronet.ports.clock import Progress
from coronet.ports.models import OpenRun, Tracker
from coronet.ports.registry import ModelVersion, Registry


@dataclass(frozen=True, kw_only=True, slots=True)
class Recording:
    """What is to be recorded: `run` knows neither its id nor its version yet.

    `files` are the run's own, by path. `save` writes the model and answers its source; `register` makes a
    version of what was saved. `schema` is None where the model shows none; `alias` None leaves the aliases alone.
    """

    run: RecordedRun
    experiment: str
    stage: str
    files: Mapping[str, bytes] = field(default_factory=dict)
    save: Callable[[OpenRun], str] | None = None
    register: bool = True
    schema: Schema | None = None
    alias: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """What recording needs of the world."""

    tracker: Tracker
    registry: Registry


def record(recording: Recording, desk: Desk, progress: Progress) -> RecordedRun:
    """The run with its id and version, after everything is written."""
    run, registry = recording.run, desk.registry
    progress("run", run.name)
    with desk.tracker.run(experiment=recording.experiment, name=run.name, tags=_run_tags(recording)) as opened:
        run = replace(run, run_id=opened.id)
        opened.log(params={name: str(value) for name, value in run.params.items()}, metrics=run.metrics)
        opened.log_data(run.data)
        for path, data in recording.files.items():
            registry.save_run_file(run.run_id, path, data)
        if recording.save:
            progress("model", run.model_type)
            source = recording.save(opened)
            if recording.register:
                progress("register", run.registered_model)
                run = replace(run, version=_register(opened, source, recording, registry))
        progress("describe")
        registry.save_run_file(run.run_id, METADATA_FILE, canonical_json(run.metadata()))
        registry.save_run_file(run.run_id, run.card_path, render_run_card(run).encode())
        if run.version:
            registry.set_version_tags(run.registered_model, run.version.version, _version_tags(run))
    if run.version:
        progress("finish", f"version {run.version.version}")
        _make_eligible(registry, run.registered_model, run.version)
    return run


def _register(opened: OpenRun, source: str, recording: Recording, registry: Registry) -> RegisteredVersion:
    """The new version, with the digest of its files as the registry has them."""
    name, schema = recording.run.registered_model, recording.schema
    before = registry.versions(name)
    number = opened.register(name, source)
    if (version := registry.version(name, number)) is None:
        raise Conflict(f"version {number} of {name} was deleted while it was being registered", hint="try again")
    if schema:
        registry.save_run_file(opened.id, SCHEMA_FILE, canonical_json(schema.to_json()))
    return RegisteredVersion(
        version=number,
        source=version.source,
        digest=registry.artifact_digest(version),
        semantic_version=str(_next_version(registry, before, schema)) if schema else None,
        schema=schema.digest if schema else None,
        alias=recording.alias,
    )


def _next_version(registry: Registry, before: tuple[ModelVersion, ...], schema: Schema) -> SemanticVersion:
    """The semantic version after the newest of `before` that has one."""
    for version in before:
        if newest := SemanticVersion.parse(version.tags.get(Tag.SEMANTIC_VERSION, "")):
            is_same = version.tags.get(Tag.SCHEMA) == schema.digest
            return next_version(newest, before=schema if is_same else _load_schema(registry, version), after=schema)
    return next_version(None, before=None, after=schema)


def _load_schema(registry: Registry, version: ModelVersion) -> Schema | None:
    """The schema that the version's run kept; None where it is gone, or is not what was kept."""
    data = registry.load_run_file(version.run_id, SCHEMA_FILE)
    try:
        schema = schema_from_json(json.loads(data)) if data else None
    except (ValueError, KeyError, TypeError):
        return None
    return schema if schema and schema.digest == version.tags.get(Tag.SCHEMA) else None


def _make_eligible(registry: Registry, name: str, version: RegisteredVersion) -> None:
    registry.set_version_tags(name, version.version, {str(Tag.LIFECYCLE): str(Lifecycle.CREATED)})
    if version.alias:
        registry.set_alias(name, version.alias, version.version)


def _run_tags(recording: Recording) -> dict[str, str]:
    """The tags that people filter runs by."""
    run, why = recording.run, recording.run.why
    dirty = {True: "true", False: "false", None: None}[run.checkout.dirty]
    fields = {
        "project": recording.experiment,
        "stage": recording.stage,
        "status": str(Lifecycle.CREATED),
        "environment": run.environment,
        "run_kind": run.kind,
        "requester": run.requester,
        "git_sha": run.checkout.commit,
        "git_dirty": dirty,
        "git_repository": run.checkout.repository,
        "hypothesis_id": why.hypothesis_id,
        "change_type": why.change_type,
        "change_summary": why.summary,
        "owner": why.owner,
        "feature_set_version": why.feature_set_version,
        "dataset_version": run.dataset_version,
        "overrides": canonical_json(dict(run.overrides)).decode().strip() if run.overrides else None,
    }
    return {name: str(value) for name, value in fields.items() if value}


def _version_tags(run: RecordedRun) -> dict[str, str]:
    """All tags of the version but the one that makes it eligible."""
    version, data = run.version, {one.context: one.sha256 for one in run.data}
    fields = {
        Tag.DIGEST: version.digest if version else None,
        Tag.SEMANTIC_VERSION: version.semantic_version if version else None,
        Tag.SCHEMA: version.schema if version else None,
        Tag.TRAIN_DATA: data.get("training"),
        Tag.EVALUATION_DATA: data.get("evaluation"),
        Tag.METRICS: run.inputs.get("metrics"),
        Tag.PREDICTIONS: run.inputs.get("predictions"),
        Tag.SCORECARD: run.inputs.get("scorecard"),
        Tag.MODEL_ARTIFACT: run.inputs.get("model_artifact"),
        Tag.DATASET_VERSION: run.dataset_version,
        Tag.REQUESTER: run.requester,
        Tag.REPOSITORY: run.checkout.repository,
        Tag.COMMIT: run.checkout.commit,
        Tag.DIRTY: None if run.checkout.dirty is None else str(run.checkout.dirty).lower(),
        Tag.RUN_KIND: run.kind,
    }
    return {**{str(tag): value for tag, value in fields.items() if value}, **tags_of(run.why)}
