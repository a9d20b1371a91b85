"""Which models there are to train: all, those that are named, or those that a change concerns."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from coronet.commands.governed import AtCommit, governed_models, load_model
from coronet.core.changed_models import changed_models, data_paths
from coronet.core.model_file import ModelFile
from coronet.core.names import NAME_RULE, is_name
from coronet.core.render.page import Items, Page, Table
from coronet.core.render.paged import Paged
from coronet.errors import InvalidInput
from coronet.ports.documents import Documents
from coronet.ports.repository import ChangeKind, Repository

SCHEMA = "coronet/models/v1"
ALL = "all"


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """A model and why it is told: what is to be trained, or what is left out."""

    model: str
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelsReport(Paged):
    """`changed_since` is the commit compared with, None where changes were not asked for."""

    head: str
    changed_since: str | None
    chosen: tuple[Listed, ...]
    left_out: tuple[Listed, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "head": self.head,
            "changed_since": self.changed_since,
            "models": [listed.model for listed in self.chosen],
            "why": {listed.model: listed.why for listed in self.chosen},
            "left_out": [{"model": left.model, "why": left.why} for left in self.left_out],
        }

    def page(self) -> Page:
        count = len(self.chosen)
        said = f"{count or 'No'} {'model is' if count <= 1 else 'models are'} to be trained."
        table = Table(header=("Model", "Why"), rows=[(listed.model, listed.why) for listed in self.chosen])
        left = Items(lines=[f"{left.model} is left out: {left.why}" for left in self.left_out])
        return Page(headline=said, blocks=(table, left))


def list_models(
    repository: Repository, documents: Documents, *, head: str, names: Sequence[str] = (), since: str | None = None
) -> ModelsReport:
    """The models at `head` (a commit) that are to be trained.

    `names` are models, or the word `all`; they win over `since`, the commit before the change. Where that
    is not to be had (a first push, a history written anew) nobody knows what changed, and all are told.
    Models without a trainer are made elsewhere and left out, unless they are named.
    """
    files = AtCommit(repository=repository, commit=head)
    governed = governed_models(files)
    if named := [name for name in names if name != ALL]:
        return _report(head, None, {load_model(files, documents, name).name: "named" for name in named}, {})
    loaded = {model: _load(files, documents, model) for model in governed}
    left = {model: why for model, file in loaded.items() if (why := _obstacle(model, file))}
    compared = None if names or since is None or not repository.is_ancestor(since, head) else since
    if compared:
        chosen = _changed(repository, compared, head, loaded)
    else:
        why = f"all, as {since} is not in its history" if since and not names else ALL
        chosen = dict.fromkeys(governed, why)
    return _report(head, compared, {name: why for name, why in chosen.items() if name not in left}, left)


def _report(head: str, since: str | None, chosen: Mapping[str, str], left: Mapping[str, str]) -> ModelsReport:
    listed, out = (tuple(Listed(model=model, why=why) for model, why in told.items()) for told in (chosen, left))
    return ModelsReport(head=head, changed_since=since, chosen=listed, left_out=out)


def _load(files: AtCommit, documents: Documents, model: str) -> ModelFile | None:
    """None for a model file that is wrong: training will say how, and the other models do not wait for it."""
    with suppress(InvalidInput):
        return load_model(files, documents, model, validated=False)
    return None


def _obstacle(model: str, file: ModelFile | None) -> str | None:
    """Why it cannot be trained by its name; None where it can, or where training says better why not."""
    if not is_name(model):
        return f"no model may be called so: a model's name is {NAME_RULE}"
    if file is not None and file.trainer is None:
        return "it has no trainer: coronet track records it"
    return None


def _changed(
    repository: Repository, since: str, head: str, loaded: Mapping[str, ModelFile | None]
) -> Mapping[str, str]:
    changes = repository.changes(since, head)
    gone = [change.path for change in changes if change.kind is ChangeKind.DELETED]
    kept = [change.path for change in changes if change.kind is not ChangeKind.DELETED]
    data = {model: data_paths(file) for model, file in loaded.items() if file}
    found = changed_models(list(loaded), data, changed=kept, deleted=gone)
    return {model: _say(paths) for model, paths in found.items()}


def _say(paths: Sequence[str]) -> str:
    return f"changed: {paths[0]}" + (f" and {len(paths) - 1} more" if len(paths) > 1 else "")
