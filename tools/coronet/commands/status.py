"""What is champion, what is proposed, what is under way, and what comes next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from coronet.commands.governed import AtCommit, governed_models, load_model, require_name
from coronet.commands.ledger import read_ledger
from coronet.commands.proposals import proposal_ids
from coronet.commands.world import World
from coronet.core.changelog.entry import Entry, Event
from coronet.core.changelog.state import LogState
from coronet.core.decision import Check, Result, Verdict, combine, demand
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
class ModelStatus:
    """One model. `merged` are proposals on the main branch that have no outcome yet."""

    model: str
    registered_model: str
    alias: str
    aliases: Mapping[str, str]
    entry: Entry | None
    latest: tuple[str, Event] | None
    opened: tuple[PullRequest, ...]
    merged: tuple[str, ...]
    holds: tuple[Entry, ...]
    versions: tuple[ModelVersion, ...]
    now: datetime

    @property
    def checks(self) -> tuple[Check, ...]:
        return (self._aligned(), self._valid(), self._settled(), self._free())

    @property
    def verdict(self) -> Verdict:
        return combine(self.checks)

    @property
    def next_step(self) -> str:
        """The one thing to do next."""
        if self.merged:
            return "coronet promote"
        for check in self.checks:
            if check.result is Result.FAIL and check.hint:
                return check.hint
        if self.opened:
            return f"review pull request {self.opened[-1].number}: {self.opened[-1].url}"
        return f"coronet gate {self.model}" if self.entry else f"coronet propose {self.model}"

    def to_json(self) -> dict[str, Any]:
        entry = self.entry
        return {
            "model": self.model,
            "registered_model": self.registered_model,
            "verdict": str(self.verdict),
            "aliases": dict(self.aliases),
            "champion": entry.target.version if entry and entry.target else None,
            "proposal": entry.proposal if entry else None,
            "since": format_time(entry.at) if entry else None,
            "valid_until": format_time(entry.valid_until) if entry and entry.valid_until else None,
            "latest": {"proposal": self.latest[0], "event": str(self.latest[1])} if self.latest else None,
            "open": [{"pull_request": p.number, "title": p.title, "url": p.url} for p in self.opened],
            "merged": list(self.merged),
            "holds": [{"digest": h.target.digest if h.target else None, "why": h.why} for h in self.holds],
            "versions": [_version_json(version) for version in self.versions],
            "next": self.next_step,
            "checks": [check.to_json() for check in self.checks],
        }

    def _aligned(self) -> Check:
        logged = self.entry.target.version if self.entry and self.entry.target else None
        there = self.aliases.get(self.alias)
        return demand(
            "aligned",
            logged == there,
            saw=f"the registry says version {there or 'none'}, the log version {logged or 'none'}",
            wanted="registry and log agree",
            hint=self._align_hint(logged, there),
        )

    def _align_hint(self, logged: str | None, there: str | None) -> str:
        if logged is None and there is not None:
            return f"coronet propose {self.model} --candidate {there} (adopts the champion that is there)"
        return "coronet promote --heal (puts back what was moved behind git's back)"

    def _valid(self) -> Check:
        until = self.entry.valid_until if self.entry else None
        return demand(
            "valid",
            until is None or self.now < until,
            saw=f"valid until {format_time(until)}" if until else "no champion yet",
            wanted=f"a champion that is valid at {format_time(self.now)}",
            hint=f"coronet renew {self.model}",
        )

    def _settled(self) -> Check:
        waiting = ", ".join(self.merged)
        result = Result.INCONCLUSIVE if self.merged else Result.PASS
        return Check(
            name="settled",
            result=result,
            saw=f"merged, without an outcome: {waiting}" if self.merged else "every merged proposal has its outcome",
            wanted="an outcome for every merged proposal",
            hint="coronet promote",
        )

    def _free(self) -> Check:
        said = "; ".join(f"{_held(hold)}: {hold.why}" for hold in self.holds)
        return Check(
            name="holds",
            result=Result.WARN if self.holds else Result.PASS,
            saw=said or "no hold",
            wanted="no hold",
            hint=self._release_hint(),
        )

    def _release_hint(self) -> str:
        versions = [f" --version {hold.target.version}" for hold in self.holds if hold.target]
        return f"coronet hold {self.model}{versions[0] if versions else ''} --release --reason …"


def _held(hold: Entry) -> str:
    return f"version {hold.target.version}" if hold.target else "the whole model"


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
            lines += [text_table(_version_rows(model))] if self.with_versions else []
        return "\n".join(lines)

    def to_markdown(self) -> str:
        header = ("Model", "Champion", "Valid until", "Open", "Merged", "Next")
        parts = [markdown_table(header, [[escape_markdown(cell) for cell in _row(model)] for model in self.models])]
        for model in self.models if self.with_versions else ():
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


def _version_json(version: ModelVersion) -> dict[str, Any]:
    return {
        "version": version.version,
        "run_id": version.run_id,
        "created": format_time(version.created),
        "lifecycle": version.tags.get(Tag.LIFECYCLE),
        "semantic_version": version.tags.get(Tag.SEMANTIC_VERSION),
        "digest": version.tags.get(Tag.DIGEST),
    }


def status(world: World, *, model: str | None = None, versions: bool = False) -> StatusReport:
    """The state of one model or of all, from git, the forge, the log and the registry; nothing is written."""
    world.repository.refresh()
    main = world.repository.head(world.main)
    if main is None:
        raise InvalidInput(f"the remote has no branch {world.main}", hint="name the branch with --branch")
    files = AtCommit(repository=world.repository, commit=main)
    names = [require_name(model)] if model else list(governed_models(files))
    ledger = read_ledger(world.repository, world.log_branch, names)
    opened = world.forge.pull_requests(PullRequestState.OPEN)
    registered = _registered(world, one=model is not None)
    return StatusReport(
        models=tuple(
            _status_of(world, files, name, ledger.state(name), opened, registered, versions=versions) for name in names
        ),
        with_versions=versions,
    )


def _registered(world: World, *, one: bool) -> Mapping[str, RegisteredModel] | None:
    """All registered models in one call; None where one model is asked for by itself."""
    return None if one else {found.name: found for found in world.registry.models()}


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
    return ModelStatus(
        model=name,
        registered_model=model.registered_model,
        alias=model.champion_alias,
        aliases=there.aliases if there else {},
        entry=state.champions.get(model.champion_alias),
        latest=list(state.ended.items())[-1] if state.ended else None,
        opened=tuple(p for p in opened if (proposal_of_branch(p.branch) or ("",))[0] == name),
        merged=tuple(found for _, found in ids if found not in state.ended),
        holds=tuple(state.holds.values()),
        versions=world.registry.versions(model.registered_model) if versions else (),
        now=world.clock.now(),
    )
