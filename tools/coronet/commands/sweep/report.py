"""What a run of `sweep` says."""

from dataclasses import dataclass
from typing import Any

from coronet.commands.promote.closings import Overdue
from coronet.core.decision import Check
from coronet.core.render.markup import escape_markdown, plain_line
from coronet.ports.forge import PullRequest

SCHEMA = "coronet/sweep/v1"


@dataclass(frozen=True, kw_only=True, slots=True)
class Stale:
    """An open pull request whose proposal can never be applied, by these checks; `closing` where it is closed."""

    model: str
    proposal: str
    pull_request: PullRequest
    checks: tuple[Check, ...]
    closing: Overdue | None

    @property
    def why(self) -> str:
        return "; ".join(f"{check.name}: {check.saw}" for check in self.checks)

    def say(self) -> str:
        done = "closed" if self.closing else "left open"
        return f"{self.proposal} (pull request {self.pull_request.number}) was left behind, {done}: {self.why}"


@dataclass(frozen=True, kw_only=True, slots=True)
class SweepReport:
    """`overdue` are the pull requests that are closed because their time is over or they ended before."""

    head: str
    overdue: tuple[Overdue, ...]
    stale: tuple[Stale, ...]
    dry_run: bool

    @property
    def exit_code(self) -> int:
        return 0

    def to_json(self) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "dry_run": self.dry_run,
            "head": self.head,
            "closed": [
                {"model": found.model, "pull_request": found.pull_request.number, "why": found.reason}
                for found in self._closed
            ],
            "stale": [
                {
                    "model": found.model,
                    "proposal": found.proposal,
                    "pull_request": found.pull_request.number,
                    "url": found.pull_request.url,
                    "closed": found.closing is not None,
                    "checks": [check.to_json() for check in found.checks],
                }
                for found in self.stale
            ],
        }

    def to_text(self) -> str:
        return "\n".join([plain_line(self._headline()), *(f"· {plain_line(line)}" for line in self._lines())])

    def to_markdown(self) -> str:
        lines = "\n".join(f"- {escape_markdown(line)}" for line in self._lines())
        return "\n\n".join(part for part in (f"**{escape_markdown(self._headline())}**", lines) if part)

    @property
    def _closed(self) -> tuple[Overdue, ...]:
        return (*self.overdue, *(found.closing for found in self.stale if found.closing))

    def _headline(self) -> str:
        if not self.overdue and not self.stale:
            return "Nothing to sweep: every open proposal may still be applied."
        waiting = sum(found.closing is None for found in self.stale)
        counts = ((len(self._closed), "closed"), (waiting, "left behind, and told so"))
        said = ", ".join(f"{count} {word}" for count, word in counts if count)
        return f"{'Would be: ' if self.dry_run else ''}{said}."

    def _lines(self) -> list[str]:
        overdue = [
            f"pull request {found.pull_request.number} of {found.model}: {found.reason}" for found in self.overdue
        ]
        return [*overdue, *(found.say() for found in self.stale)]
