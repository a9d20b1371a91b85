"""The effective policy of a model, and where each of its values comes from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from coronet.commands.policies import effective_policy, policy_layers
from coronet.core.policy import DEFAULTS, merge_policies, policy_origins
from coronet.core.render.page import Page, Table
from coronet.core.render.paged import Paged
from coronet.ports.documents import Documents, Files

SCHEMA = "coronet/policy-show/v1"
BUILT_IN = "built in"


@dataclass(frozen=True, kw_only=True, slots=True)
class PolicyReport(Paged):
    """`origins` names for each value, by its path, the file it comes from."""

    model: str
    digest: str
    effective: Mapping[str, Any]
    origins: Mapping[tuple[str, ...], str]

    def to_json(self) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "model": self.model,
            "digest": self.digest,
            "policy": dict(self.effective),
            "origins": {".".join(path): origin for path, origin in self.origins.items()},
        }

    def page(self) -> Page:
        table = Table(header=("Value", "", "From"), rows=self._rows())
        return Page(headline=f"The effective policy of {self.model}: {self.digest}", blocks=(table,))

    def _rows(self) -> list[tuple[str, str, str]]:
        return [(".".join(path), str(self._value(path)), self.origins[path]) for path in sorted(self.origins)]

    def _value(self, path: tuple[str, ...]) -> object:
        value: Any = self.effective
        for key in path:
            value = value[key]
        return value


def show_policy(files: Files, documents: Documents, model: str) -> PolicyReport:
    """InvalidInput with every finding where the policy of `model` is missing or wrong."""
    layers = policy_layers(files, documents, model)
    policy = effective_policy(layers, documents)
    return PolicyReport(
        model=model,
        digest=policy.digest,
        effective=merge_policies(DEFAULTS, *(layer.value for layer in layers)),
        origins=policy_origins({BUILT_IN: DEFAULTS, **{layer.file: layer.value for layer in layers}}),
    )
