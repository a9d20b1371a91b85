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
from coronet.core.decision import Result, Verdict, combine
from coronet.core.proposal import proposal_of_branch
from coronet.core.render.page import Block, Heading, Page, Row, Table, Tree
from coronet.core.render.paged import Paged
from coronet.core.timestamps import format_time
from coronet.core.version_tags import Tag
from coronet.errors import InvalidInput
from coronet.ports.forge import PullRequest, PullRequestState
from coronet.ports.registry import ModelVersion, RegisteredModel

SCHEMA = "coronet/status/v1"
_HEADER = ("Model", "Champion", "Valid until", "Open", "Merged", "Next")
_OPEN = ("Pull request", "Model", "Title", "Asked to review", "Where")
_VERSIONS = ("Version", "Aliases", "Lifecycle", "Semantic version", "Run", "Created")
_SAID = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class StatusReport(Paged):
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

    def page(self) -> Page:
        blocks: list[Block] = [Table(header=_HEADER, rows=[_row(model) for model in self.models])]
        opened = [(model, pull_request) for model in self.models for pull_request in model.opened]
        if opened:
            rows = [_open_row(model, pull_request) for model, pull_request in opened]
            blocks += [Heading(text="Open proposals"), Table(header=_OPEN, rows=rows)]
        for model in self.models:
            blocks += _details(model)
        links = [pull_request.url for _, pull_request in opened]
        return Page(headline=self._headline(), verdict=self.verdict, blocks=blocks, links=links)

    def _headline(self) -> str:
        """What somebody must do next, for the first models of which that is so."""
        waiting = [f"{model.model}: {model.next_step}" for model in self.models if model.waits]
        count = f"{len(self.models)} {'model' if len(self.models) == 1 else 'models'}"
        if not waiting:
            return f"{count}, nothing to do."
        verb, said = "waits" if len(waiting) == 1 else "wait", "; ".join(waiting[:_SAID])
        more = f"; and {len(waiting) - _SAID} more" if len(waiting) > _SAID else ""
        return f"{len(waiting)} of {count} {verb} for somebody. {said}{more}"


def _details(model: ModelStatus) -> list[Block]:
    notable = [check for check in model.checks if check.result is not Result.PASS]
    blocks: list[Block] = [Tree(checks=notable)] if notable else []
    if model.versions:
        rows = [_version_row(version, model.aliases) for version in model.versions]
        blocks.append(Table(header=_VERSIONS, rows=rows))
    return [Heading(text=model.model), *blocks] if blocks else []


def _row(model: ModelStatus) -> Row:
    entry = model.entry
    champion = f"v{entry.target.version} by {entry.proposal}" if entry and entry.target else "none"
    until = format_time(entry.valid_until) if entry and entry.valid_until else "—"
    opened = ", ".join(str(pull_request.number) for pull_request in model.opened) or "—"
    return (model.model, champion, until, opened, ", ".join(model.merged) or "—", model.next_step)


def _open_row(model: ModelStatus, pull_request: PullRequest) -> Row:
    who = ", ".join(pull_request.reviewers) or "—"
    return (str(pull_request.number), model.model, pull_request.title, who, pull_request.url)


def _version_row(version: ModelVersion, aliases: Mapping[str, str]) -> Row:
    names = ", ".join(sorted(alias for alias, at in aliases.items() if at == version.version))
    return (
        version.version,
        names or "—",
        version.tags.get(Tag.LIFECYCLE, "—"),
        version.tags.get(Tag.SEMANTIC_VERSION, "—"),
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
