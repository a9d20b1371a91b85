"""Which workflows an event starts, as their files say."""

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

import yaml

from tests.github.events import Event

Workflow = Mapping[Any, Any]


def load_workflow(text: bytes) -> Workflow:
    value: Workflow = yaml.safe_load(text)
    return value


def starts(workflow: Workflow, event: Event, *, changed: Sequence[str], path: str) -> bool:
    """Whether this event starts the workflow at `path`; `changed` are the paths that a push changed."""
    on = workflow[True]  # the word `on` is a truth in YAML 1.1
    triggers = on if isinstance(on, dict) else dict.fromkeys([on] if isinstance(on, str) else on)
    if event.name not in triggers:
        return False
    wanted = triggers[event.name] or {}
    match event.name:
        case "push":
            return _fits(wanted.get("branches"), [event.ref.removeprefix("refs/heads/")]) and _fits(
                wanted.get("paths"), changed
            )
        case "pull_request":
            return event.action in wanted.get("types", ("opened", "synchronize", "reopened"))
        case "repository_dispatch":
            return _fits(wanted.get("types"), [event.action or ""])
        case "workflow_dispatch":
            return event.payload["workflow"] in (path, path.rsplit("/", 1)[-1])
    return event.name in ("merge_group", "schedule")


def is_foreign(event: Event) -> bool:
    """Whether a fork started it: GitHub gives its runs no secrets, and a token that only reads."""
    head = event.payload.get("pull_request", {}).get("head", {})
    return bool((head.get("repo") or {}).get("fork"))


def rights_of(workflow: Workflow) -> dict[str, str]:
    """The rights of all jobs together, which is what one token of act's can have; never less than one of them asks."""
    found: dict[str, str] = {}
    for job in workflow["jobs"].values():
        for name, right in job.get("permissions", {}).items():
            found[name.replace("-", "_")] = "write" if "write" in (right, found.get(name.replace("-", "_"))) else right
    return found


def _fits(patterns: Sequence[str] | None, names: Sequence[str]) -> bool:
    return patterns is None or any(fnmatchcase(name, pattern) for pattern in patterns for name in names)
