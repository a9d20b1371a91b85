"""What every registry adapter refuses in the same words, before or after it asks."""

import re

from coronet.core.names import NAME_RULE, is_alias
from coronet.errors import Conflict, InvalidInput

# The registry reads "007" and " 7" as 7; a version that can be written twice is one that can be mistaken.
_VERSION = re.compile(r"[1-9][0-9]{0,9}")
_RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,255}")


def check_alias(alias: str) -> None:
    """Raise `InvalidInput` for a name that the registry would accept and people would mistake for another."""
    if not is_alias(alias):
        raise InvalidInput(
            f"{alias!r} cannot be an alias",
            hint=f"use {NAME_RULE}; 'latest' and 'v1', 'v2', … belong to the registry",
        )


def is_version(version: str) -> bool:
    """Whether `version` is the one way to write a version number."""
    return _VERSION.fullmatch(version) is not None


def is_run_id(run_id: str) -> bool:
    """Whether a run can have this id; the registry would take others for a wrong request."""
    return _RUN_ID.fullmatch(run_id) is not None


def missing_version(name: str, version: str) -> Conflict:
    return Conflict(
        f"version {version} of {name} is not in the registry",
        hint="it was deleted, or never registered here: see `coronet status`",
    )


def missing_files(name: str, version: str) -> Conflict:
    return Conflict(
        f"version {version} of {name} has no files in the registry",
        hint="its artifacts were deleted, or the model was never logged: register it again",
    )


def missing_run(run_id: str) -> Conflict:
    return Conflict(f"run {run_id} is not in the registry", hint="it was deleted, or belongs to another server")


def search_filter(name: str) -> str:
    """MLflow's search filter for one model; its language has no escapes, but two kinds of quotes."""
    if "'" not in name:
        return f"name = '{name}'"
    if '"' not in name:
        return f'name = "{name}"'
    raise InvalidInput(f"{name!r} cannot be searched for", hint="rename the model: use one kind of quotes at most")
