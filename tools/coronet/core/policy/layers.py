"""Policies laid over each other: the files they lie in, and where each value of what they make comes from."""

from collections.abc import Mapping
from typing import Any

DEFAULT_PATH = "policy/default.yaml"


def policy_path(model: str) -> str:
    return f"policy/{model}.yaml"


def merge_policies(*layers: Mapping[str, Any]) -> dict[str, Any]:
    """The effective mapping of policies from widest to narrowest: mappings merge, all else is replaced."""
    merged: dict[str, Any] = {}
    for layer in layers:
        for key, value in layer.items():
            below = merged.get(key)
            if isinstance(value, Mapping) and isinstance(below, Mapping):
                merged[key] = merge_policies(below, value)
            else:
                merged[key] = value
    return merged


def policy_origins(layers: Mapping[str, Mapping[str, Any]]) -> dict[tuple[str, ...], str]:
    """For every value of the policy that `layers` (by name, widest first) make, by its path, where it comes from.

    That is the narrowest layer that has something at its path: what is wider was replaced or merged.
    """
    narrowest_first = list(layers.items())[::-1]
    paths = _leaves(merge_policies(*layers.values()))
    return {path: next(name for name, layer in narrowest_first if _has(layer, path)) for path in paths}


def _leaves(value: Mapping[str, Any], path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    for key, inner in value.items():
        found += _leaves(inner, (*path, key)) if isinstance(inner, Mapping) and inner else [(*path, key)]
    return found


def _has(layer: Any, path: tuple[str, ...]) -> bool:
    for key in path:
        if not isinstance(layer, Mapping) or key not in layer:
            return False
        layer = layer[key]
    return True
