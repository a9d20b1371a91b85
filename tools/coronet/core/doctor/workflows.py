"""What the repository's own workflows rest on: pins, triggers, permissions."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from coronet.core.doctor.finding import Finding, Severity
from coronet.core.documents import Document, Path

_FIXED = re.compile(r"[^@]+@[0-9a-f]{40}|docker://[^@]+@sha256:[0-9a-f]{64}|\./.*")


def judge_workflow(document: Document) -> Iterator[Finding]:
    """A workflow, or a composite action (which has neither triggers nor permissions)."""
    yield from _pins(document)
    value = document.value if isinstance(document.value, Mapping) else {}
    if "jobs" not in value:
        return
    yield from _triggers(document, value)
    yield from _permissions(document, value)


def _pins(document: Document) -> Iterator[Finding]:
    for path, used in _uses(document.value, ()):
        if not _FIXED.fullmatch(used):
            where = document.locate(path)
            action, _, ref = used.partition("@")
            yield Finding(
                name="workflows.pins",
                severity=Severity.WEAK,
                saw=f"{where}: {used}",
                why="a tag or a branch can be moved to other code, which then runs with this workflow's rights",
                click=f"write the commit in its place: {action}@<40 digits> # {ref or 'version'}",
                command=f"git ls-remote https://github.com/{_repository(action)}" if _is_name(action) else "",
            )


def _uses(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """Every `uses:` with its place; what is no text is judged as the text it would be."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key == "uses":
                yield (*path, key), str(inner)
            else:
                yield from _uses(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _uses(inner, (*path, index))


def _is_name(action: str) -> bool:
    return re.fullmatch(r"[A-Za-z0-9-]+/[A-Za-z0-9._/-]+", action) is not None


def _repository(action: str) -> str:
    return "/".join(action.split("/")[:2])


def _triggers(document: Document, value: Mapping[str, Any]) -> Iterator[Finding]:
    on = value.get("on")
    names = [on] if isinstance(on, str) else list(on) if isinstance(on, (list, Mapping)) else []
    if "pull_request_target" in names:
        yield Finding(
            name="workflows.triggers",
            severity=Severity.BROKEN,
            saw=f"{document.locate(('on',))}: pull_request_target",
            why="it runs for pull requests of strangers with the secrets and rights of this repository",
            click="use pull_request: it has neither, and coronet check needs neither",
        )


def _permissions(document: Document, value: Mapping[str, Any]) -> Iterator[Finding]:
    given = value.get("permissions")
    if given is None:
        saw = f"{document.file}: no permissions at the top"
    elif given == "write-all":
        saw = f"{document.locate(('permissions',))}: write-all"
    else:
        return
    yield Finding(
        name="workflows.permissions",
        severity=Severity.WEAK,
        saw=saw,
        why="its jobs get whatever the repository's settings give, to every step alike",
        click="write `permissions: {}` at the top, and what each job needs in the job",
    )
