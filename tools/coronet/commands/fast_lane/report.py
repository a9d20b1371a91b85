"""What `coronet rollback --now` says."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from coronet.core.changelog.entry import Entry
from coronet.core.decision import Check, Verdict, combine
from coronet.core.fast_lane import CONFIRM_WITHIN
from coronet.core.render.page import Items, Page, Tree
from coronet.core.render.paged import Paged
from coronet.core.timestamps import format_time
from coronet.errors import Conflict, Refused, Unavailable
from coronet.ports.forge import PullRequest

SCHEMA = "coronet/rollback-now/v1"


class Done(StrEnum):
    """What became of the wish to roll back at once."""

    ROLLED_BACK = "rolled back"
    REQUESTED = "requested"
    STANDING = "rolled back already"
    REFUSED = "refused"
    CONFLICT = "conflict"
    DRY_RUN = "not written (dry run)"


@dataclass(frozen=True, kw_only=True, slots=True)
class FastReport(Paged):
    """`entry` is what the log says of it, or would say; `problems` what could not be told to others."""

    model: str
    done: Done
    entry: Entry
    checks: tuple[Check, ...]
    pull_request: PullRequest | None = None
    problems: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 where the alias is where it should be, or a second person was asked."""
        match self.done:
            case Done.REFUSED:
                return Refused.exit_code
            case Done.CONFLICT:
                return Conflict.exit_code
            case _:
                return Unavailable.exit_code if self.problems else 0

    @property
    def verdict(self) -> Verdict:
        if self.done in (Done.REFUSED, Done.CONFLICT):
            return Verdict.FAIL
        return combine(self.checks) if self.checks else Verdict.PASS

    def to_json(self) -> dict[str, Any]:
        entry, found = self.entry, self.pull_request
        lane = entry.fast_lane
        return {
            "schema": SCHEMA,
            "verdict": str(self.verdict),
            "model": self.model,
            "alias": entry.alias,
            "outcome": str(self.done),
            "proposal": entry.proposal,
            "from": entry.origin.version if entry.origin else None,
            "to": entry.target.version if entry.target else None,
            "digest": entry.target.digest if entry.target else None,
            "ratify_by": format_time(lane.ratify_by) if lane else None,
            "pull_request": found.number if found else None,
            "url": found.url if found else None,
            "problems": list(self.problems),
            "checks": [check.to_json() for check in self.checks],
        }

    def page(self) -> Page:
        found = self.pull_request
        blocks = (Items(lines=self.problems), Tree(checks=self._shown()))
        links = (found.url,) if found and found.url.startswith("https://") else ()
        return Page(headline=self._headline(), verdict=self.verdict, blocks=blocks, links=links)

    def _shown(self) -> tuple[Check, ...]:
        return self.checks if self.done in (Done.REFUSED, Done.CONFLICT, Done.DRY_RUN) else ()

    def _headline(self) -> str:
        entry = self.entry
        name, to = f"{self.model}@{entry.alias}", f"version {entry.target.version}" if entry.target else "nothing"
        match self.done:
            case Done.REQUESTED:
                until = format_time(entry.at + CONFIRM_WITHIN)
                return (
                    f"{entry.actor} asks to roll {name} back to {to}: a second person confirms before {until} with "
                    f"`coronet rollback {self.model} --now --confirm {entry.proposal}`."
                )
            case Done.ROLLED_BACK | Done.STANDING:
                return f"{name} is {self.done} to {to} by {entry.proposal}; {self._next()}."
            case Done.DRY_RUN:
                return f"{name} would be rolled back to {to} by {entry.proposal}."
            case Done.REFUSED | Done.CONFLICT:
                return f"{self.done}: {name} was not rolled back to {to}."

    def _next(self) -> str:
        until = format_time(self.entry.fast_lane.ratify_by) if self.entry.fast_lane else "its end"
        if self.pull_request is None:
            return f"`coronet promote` opens its pull request, to be approved and merged before {until}"
        return f"approve and merge pull request {self.pull_request.number} before {until}: {self.pull_request.url}"
