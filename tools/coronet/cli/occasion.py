"""What a run of `check` is about: the commit that is judged, and the pull request that is told."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coronet.cli.output import is_job
from coronet.cli.wiring import Wiring
from coronet.errors import Conflict, InvalidInput

_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_PULL_REF = re.compile(r"refs/pull/(\d{1,9})/(?:merge|head)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Occasion:
    """`judged` is the commit that is judged; `marked` the one that bears the status: the pull request's head.

    `number` None: no pull request was named. `in_queue`: a merge queue asks, which has no pull request to write to.
    """

    judged: str
    marked: str
    number: int | None = None
    branch: str | None = None
    in_queue: bool = False


def find_occasion(wiring: Wiring, what: str | None) -> Occasion:
    """What the argument names, else what is checked out; InvalidInput where there is no such commit."""
    if what is None:
        return _checked_out(wiring, wiring.settings.environment)
    if what.isdigit() and len(what) < 10:
        pull_request = wiring.forge.pull_request(int(what))
        found = _require(pull_request.head if pull_request else None, f"pull request {what}")
        return Occasion(judged=found, marked=found, number=int(what))
    if _COMMIT.fullmatch(what):
        return Occasion(judged=what, marked=what)
    found = _require(wiring.repository.head(what), what)
    return Occasion(judged=found, marked=found, branch=what)


def number_to_tell(wiring: Wiring, occasion: Occasion) -> int | None:
    """The pull request to write to: the one that was named, or that of the branch; None where there is none."""
    if occasion.number is not None or occasion.branch is None:
        return occasion.number
    found = wiring.forge.find_pull_request(occasion.branch)
    return found.number if found and found.head == occasion.marked else None


def _checked_out(wiring: Wiring, environment: Mapping[str, str]) -> Occasion:
    head = _require(wiring.repository.checked_out(), "what is checked out")
    if not is_job(environment):
        return Occasion(judged=head, marked=head)
    ref = environment.get("GITHUB_REF", "")
    if found := _PULL_REF.fullmatch(ref):
        return Occasion(judged=head, marked=_event_head(wiring, environment, head), number=int(found[1]))
    if environment.get("GITHUB_EVENT_NAME") == "merge_group":
        return Occasion(judged=head, marked=head, in_queue=True)
    branch = ref.removeprefix("refs/heads/") if ref.startswith("refs/heads/") else None
    return Occasion(judged=head, marked=head, branch=branch)


def _event_head(wiring: Wiring, environment: Mapping[str, str], checked_out: str) -> str:
    """The pull request's head that this run was started for; a newer one has a run of its own.

    What is checked out is GitHub's trial merge, or that head itself; a status on any other commit would say of
    that commit what was never looked at.
    """
    head = str((_event(environment).get("pull_request") or {}).get("head", {}).get("sha", ""))
    if not _COMMIT.fullmatch(head):
        return checked_out
    if not wiring.repository.is_ancestor(head, checked_out):
        raise Conflict(
            f"what is checked out, {checked_out[:12]}, does not hold the pull request's head {head[:12]}",
            hint="let the checkout step take what started the workflow: leave its `ref` out",
        )
    return head


def _event(environment: Mapping[str, str]) -> Mapping[str, Any]:
    path = environment.get("GITHUB_EVENT_PATH")
    try:
        value = json.loads(Path(path).read_bytes()) if path else {}
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def _require(commit: str | None, what: str) -> str:
    if commit is None:
        raise InvalidInput(f"there is no commit for {what}", hint="name a pull request, a pushed branch or a commit")
    return commit
