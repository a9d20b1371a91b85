"""The effective policy of a model, and where each of its values comes from."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from coronet.commands.policies import effective_policy, policy_layers
from coronet.core.documents import Document
from coronet.core.policy import DEFAULTS, merge_policies, policy_origins
from coronet.core.policy.implied import implied_values
from coronet.core.render.page import Page, Table
from coronet.core.render.paged import Paged
from coronet.ports.documents import Documents, Files

SCHEMA = "coronet/policy-show/v1"
BUILT_IN = "built in"
IMPLIED = "built in, where nothing is said"

Path = tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Replaced:
    """A value that does not hold, because a narrower layer has another at its path."""

    value: Any
    origin: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PolicyReport(Paged):
    """By path: `origins` names the file that each value comes from, `lines` its line there.

    `replaced` is what it replaced, and `implied` what holds although no file says it.
    """

    model: str
    digest: str
    effective: Mapping[str, Any]
    origins: Mapping[Path, str]
    lines: Mapping[Path, int]
    replaced: Mapping[Path, Replaced]
    implied: Mapping[Path, Any]

    def to_json(self) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "model": self.model,
            "digest": self.digest,
            "policy": dict(self.effective),
            "origins": {".".join(path): origin for path, origin in self.origins.items()},
            "lines": {".".join(path): line for path, line in self.lines.items()},
            "replaced": {
                ".".join(path): {"value": one.value, "origin": one.origin} for path, one in self.replaced.items()
            },
            "implied": {".".join(path): value for path, value in self.implied.items()},
        }

    def page(self) -> Page:
        table = Table(header=("Value", "", "From", "Instead of"), rows=list(self._rows()))
        return Page(headline=f"The effective policy of {self.model}: {self.digest}", blocks=(table,))

    def _rows(self) -> Iterator[tuple[str, ...]]:
        for path in sorted({*self.origins, *self.implied}):
            value = _value(self.effective, path) if path in self.origins else self.implied[path]
            yield ".".join(path), say_value(value), self._from(path), self._instead(path)

    def _from(self, path: Path) -> str:
        origin = self.origins.get(path, IMPLIED)
        return f"{origin}:{self.lines[path]}" if path in self.lines else origin

    def _instead(self, path: Path) -> str:
        replaced = self.replaced.get(path)
        return f"{say_value(replaced.value)} ({replaced.origin})" if replaced else ""


def say_value(value: object) -> str:
    """As a policy file would have it, on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {say_value(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(say_value(inner) for inner in value)}]"
    return value if isinstance(value, str) else json.dumps(value)


def show_policy(files: Files, documents: Documents, model: str) -> PolicyReport:
    """InvalidInput with every finding where the policy of `model` is missing or wrong."""
    layers = policy_layers(files, documents, model)
    policy = effective_policy(layers, documents)
    named = {BUILT_IN: DEFAULTS, **{layer.file: layer.value for layer in layers}}
    effective, origins = merge_policies(*named.values()), policy_origins(named)
    return PolicyReport(
        model=model,
        digest=policy.digest,
        effective=effective,
        origins=origins,
        lines=dict(_lines(layers, origins)),
        replaced=dict(_replaced(named, origins)),
        implied=implied_values(effective),
    )


def _lines(layers: Sequence[Document], origins: Mapping[Path, str]) -> Iterator[tuple[Path, int]]:
    by_file = {layer.file: layer for layer in layers}
    for path, origin in origins.items():
        if origin in by_file and (line := by_file[origin].locate(path).line):
            yield path, line


def _replaced(named: Mapping[str, Mapping[str, Any]], origins: Mapping[Path, str]) -> Iterator[tuple[Path, Replaced]]:
    """The nearest wider layer that says something else at the path."""
    names = list(named)
    for path, origin in origins.items():
        here = _value(named[origin], path)
        for wider in reversed(names[: names.index(origin)]):
            there = _value(named[wider], path)
            if there is not None and there != here:
                yield path, Replaced(value=there, origin=wider)
                break


def _value(layer: Mapping[str, Any], path: Path) -> Any:
    value: Any = layer
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value
