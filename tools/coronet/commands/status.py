"""What is champion, what is proposed, what is under way, and what comes next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from coronet.commands.governed import AtCommit, governed_models, load_model, require_name
from coronet.commands.ledger import read_ledger
from coronet.commands.model_status import ModelStatus
from coronet.commands.proposals import proposal_ids
from coronet.commands.world import World
from coronet.core.changelog.state import LogState
from coronet.core.decision import Check, Result, Verdict, combine
from coronet.core.proposal import proposal_of_branch
from coronet.core.render.checks import checks_text
from coronet.core.render.markup import escape_markdown, markdown_table, plain_line, text_table
from coronet.core.timestamps import format_time
from coronet.core.version_tags import Tag
from coronet.errors import InvalidInput
from coronet.ports.forge import PullRequest, PullRequestState
from coronet.ports.registry import ModelVersion, RegisteredModel

SCHEMA = "coronet/status/v1"


@dataclass(frozen=True, kw_only=True, slots=True)
class StatusReport:
    models: tuple[ModelStatus, ...]
    with_versions: bool

    @property
    def verdict(self) -> Verdict:
        return combine(check for model in self.models for check in model.checks) if self.models else Verdict.PASS

    def to_json(self) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "verdict": str(self.verdict),
            "models": [model.to_json() for model in self.models],
            "checks": [
                {**check.to_json(), "name": f"{model.model}.{check.name}"}
                for model in self.models
                for check in model.checks
            ],
        }

    def to_text(self) -> str:
        rows = [("model", "champion", "valid until", "open", "merged", "next"), *(_row(model) for model in self.models)]
        lines = [text_table(rows)]
        for model in self.models:
            lines += (
                [f"{model.model}:", *checks_text(_notable(model.checks), depth=1)] if _notable(model.checks) else []
            )
            lines += [text_table(_version_rows(model))] if self.with_versions and model.versions else []
        return "\n".join(lines)

    def to_markdown(self) -> str:
        header = ("Model", "Champion", "Valid until", "Open", "Merged", "Next")
        parts = [markdown_table(header, [[escape_markdown(cell) for cell in _row(model)] for model in self.models])]
        for model in (model for model in self.models if model.versions):
            head, *rows = _version_rows(model)
            parts.append(markdown_table(head, [[escape_markdown(cell) for cell in row] for row in rows]))
        return "\n\n".join(parts)


def _notable(checks: Sequence[Check]) -> list[Check]:
    return [check for check in checks if check.result is not Result.PASS]


def _row(model: ModelStatus) -> tuple[str, ...]:
    entry = model.entry
    champion = f"v{entry.target.version} by {entry.proposal}" if entry and entry.target else "none"
    until = format_time(entry.valid_until) if entry and entry.valid_until else "—"
    opened = ", ".join(f"#{pull_request.number}" for pull_request in model.opened) or "—"
    return (model.model, champion, until, opened, ", ".join(model.merged) or "—", plain_line(model.next_step))


def _version_rows(model: ModelStatus) -> list[tuple[str, ...]]:
    header = ("version", "aliases", "lifecycle", "semantic version", "run", "created")
    return [header, *(_version_row(version, model.aliases) for version in model.versions)]


def _version_row(version: ModelVersion, aliases: Mapping[str, str]) -> tuple[str, ...]:
    names = ", ".join(sorted(alias for alias, at in aliases.items() if at == version.version))
    return (
        version.version,
        names or "—",
        plain_line(version.tags.get(Tag.LIFECYCLE, "—")),
        plain_line(version.tags.get(Tag.SEMANTIC_VERSION, "—")),
        version.run_id[:12] or "—",
        format_time(version.created),
    )


def status(world: World, *, model: str | None = None, versions: bool = False) -> StatusReport:
    """The state of one model or of all, from git, the forge, the log and the registry; nothing is written."""
    world.repository.refresh()
    main = world.repository.head(world.main)
    if main is None:
        raise InvalidInput(f"the remote has no branch {world.main}", hint="name the branch with --branch")
    files = AtCommit(repository=world.repository, commit=main)
    names = list(governed_models(files)) if model is None else [require_name(model)]
    opened = world.forge.pull_requests(PullRequestState.OPEN)
    if model is not None:
        state = read_ledger(world.repository, world.log_branch, names).state(model)
        found = [_status_of(world, files, model, state, opened, None, versions=versions)]
    else:
        registered = {there.name: there for there in world.registry.models()}
        states = _states(world, names)
        found = [_try_status(world, files, name, states[name], opened, registered, versions=versions) for name in names]
    return StatusReport(models=tuple(found), with_versions=versions)


def _states(world: World, names: Sequence[str]) -> Mapping[str, LogState | InvalidInput]:
    """The folded logs; where one is broken, the others are told all the same."""
    try:
        return read_ledger(world.repository, world.log_branch, names).states
    except InvalidInput:
        return {name: _state(world, name) for name in names}


def _state(world: World, name: str) -> LogState | InvalidInput:
    try:
        return read_ledger(world.repository, world.log_branch, [name]).state(name)
    except InvalidInput as error:
        return error


def _try_status(
    world: World,
    files: AtCommit,
    name: str,
    state: LogState | InvalidInput,
    opened: Sequence[PullRequest],
    registered: Mapping[str, RegisteredModel],
    *,
    versions: bool,
) -> ModelStatus:
    """The status of one of many models: what is wrong with it must not hide the others."""
    try:
        if isinstance(state, InvalidInput):
            raise state
        return _status_of(world, files, name, state, opened, registered, versions=versions)
    except InvalidInput as error:
        where = "; ".join(str(finding) for finding in error.findings[:1]) or str(error.location or "")
        return ModelStatus(
            model=name,
            registered_model=name,
            alias="champion",
            aliases={},
            entry=None,
            latest=None,
            opened=(),
            merged=(),
            holds=(),
            versions=(),
            now=world.clock.now(),
            problem=f"{error.message}{f' ({where})' if where else ''}",
        )


def _status_of(
    world: World,
    files: AtCommit,
    name: str,
    state: LogState,
    opened: Sequence[PullRequest],
    registered: Mapping[str, RegisteredModel] | None,
    *,
    versions: bool,
) -> ModelStatus:
    model = load_model(files, world.documents, name, validated=False)
    there = (
        world.registry.model(model.registered_model) if registered is None else registered.get(model.registered_model)
    )
    ids = proposal_ids(world.repository, files.commit, name)
    champion = state.champions.get(model.champion_alias)
    return ModelStatus(
        model=name,
        registered_model=model.registered_model,
        alias=model.champion_alias,
        aliases=there.aliases if there else {},
        entry=champion,
        latest=list(state.ended.items())[-1] if state.ended else None,
        opened=tuple(p for p in opened if (proposal_of_branch(p.branch) or ("",))[0] == name),
        merged=tuple(found for _, found in ids if found not in state.ended or found in state.provisional),
        holds=tuple(state.holds.values()),
        versions=world.registry.versions(model.registered_model) if versions else (),
        now=world.clock.now(),
        is_provisional=champion is not None and champion.proposal in state.provisional,
    )
