"""What the gate says."""

from dataclasses import dataclass
from typing import Any

from coronet.commands.gate.question import Mode
from coronet.core.changelog.entry import Entry
from coronet.core.decision import Check, Result, Verdict
from coronet.core.proposal import Candidate
from coronet.core.render.page import Page, Tree
from coronet.core.render.paged import Paged
from coronet.core.timestamps import format_time
from coronet.errors import Refused

SCHEMA = "coronet/gate/v1"


@dataclass(frozen=True, kw_only=True, slots=True)
class GateReport(Paged):
    model: str
    registered_model: str
    alias: str
    mode: Mode
    verdict: Verdict
    checks: tuple[Check, ...]
    entry: Entry | None
    found: Candidate | None

    @property
    def exit_code(self) -> int:
        return 0 if self.verdict is Verdict.PASS else Refused.exit_code

    def to_json(self) -> dict[str, Any]:
        entry, found = self.entry, self.found
        return {
            "schema": SCHEMA,
            "verdict": str(self.verdict),
            "mode": str(self.mode),
            "model": self.model,
            "registered_model": self.registered_model,
            "alias": self.alias,
            "version": found.version if found else None,
            "run_id": found.run_id if found else None,
            "proposal": entry.proposal if entry else None,
            "digest": found.digest if found and found.digest.startswith("sha256:") else None,
            "valid_until": format_time(entry.valid_until) if entry and entry.valid_until else None,
            "checks": [check.to_json() for check in self.checks],
        }

    def page(self) -> Page:
        return Page(headline=self._headline(), verdict=self.verdict, blocks=(Tree(checks=self.checks),))

    def _headline(self) -> str:
        name = f"{self.model}@{self.alias}"
        version = f"version {self.found.version}" if self.found else "no version"
        if self.verdict is Verdict.PASS:
            return f"{name} ({version}) may be released."
        broken = [check for check in self.checks if check.result in (Result.FAIL, Result.INCONCLUSIVE)]
        hints = [check.hint for check in broken if check.hint]
        said = f"{name} ({version}) must not be released: {', '.join(check.name for check in broken)}."
        return f"{said} First: {hints[0]}." if hints else said
