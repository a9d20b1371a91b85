"""What `coronet init` says: every change as a difference, what it left alone, what comes next."""

from dataclasses import dataclass
from typing import Any

from coronet.core.adoption.change import Action, Change
from coronet.core.render.markup import escape_markdown, plain_line, plain_text

SCHEMA = "coronet/init/v1"


@dataclass(frozen=True, kw_only=True, slots=True)
class InitReport:
    """`written` says whether the changes were made; `notes` are what people should look at."""

    changes: tuple[Change, ...]
    notes: tuple[str, ...]
    next: tuple[str, ...]
    written: bool

    @property
    def to_write(self) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.is_written)

    def to_json(self) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "written": self.written,
            "changes": [change.to_json() for change in self.changes],
            "notes": list(self.notes),
            "next": list(self.next),
        }

    def to_text(self) -> str:
        diffs = [plain_diff(change) for change in self.to_write]
        notes = [f"! {plain_line(note)}" for note in self.notes]
        return "\n".join([*diffs, *notes, self._headline(), *self._steps()])

    def to_markdown(self) -> str:
        diffs = [f"{_fence(change)}diff\n{plain_diff(change)}\n{_fence(change)}\n" for change in self.to_write]
        notes = [f"- ⚠️ {escape_markdown(note)}" for note in self.notes]
        steps = [f"- {escape_markdown(step)}" for step in self._steps()]
        return "\n".join([f"**{escape_markdown(self._headline())}**\n", *diffs, *notes, *steps]).rstrip()

    def _headline(self) -> str:
        counted = {action: sum(change.action is action for change in self.changes) for action in Action}
        if not self.to_write:
            return "Nothing to do: everything is there."
        said = f"{counted[Action.CREATE]} files to make, {counted[Action.UPDATE]} to change"
        return f"Written: {said}." if self.written else f"{said}."

    def _steps(self) -> list[str]:
        return [plain_line(f"next: {step}") for step in self.next] if self.to_write else []


def plain_diff(change: Change) -> str:
    """A difference that acts on no terminal and no log, whatever the files hold."""
    return "\n".join(plain_text(line) for line in change.diff.split("\n"))


def _fence(change: Change) -> str:
    """A fence that no line of the difference closes."""
    fence = "```"
    while fence in change.diff:
        fence += "`"
    return fence
