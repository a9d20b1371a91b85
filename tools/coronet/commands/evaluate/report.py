"""What `coronet evaluate` answers: the evidence, as a table for people."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from coronet.core.evidence import Evidence, Subject
from coronet.core.render.comparison import comparison_text
from coronet.core.render.markup import escape_markdown, plain_line
from coronet.core.render.proposal import comparison_markdown


@dataclass(frozen=True, kw_only=True, slots=True)
class EvaluateReport:
    """`saved` are the places where the evidence was, or in a dry run would be, written.

    `predictions` are Parquet files by name, where models made them.
    """

    evidence: Evidence
    predictions: Mapping[str, bytes] = field(default_factory=dict)
    saved: tuple[str, ...] = ()
    dry_run: bool = False

    def to_json(self) -> dict[str, Any]:
        """The evidence itself."""
        return self.evidence.to_json()

    def to_text(self) -> str:
        lines = [plain_line(line) for line in self._lines()]
        return "\n".join([lines[0], "", comparison_text(self.evidence), "", *lines[1:]])

    def to_markdown(self) -> str:
        first, *rest = (escape_markdown(line) for line in self._lines())
        return "\n".join([f"**{first}**", "", comparison_markdown(self.evidence), "", *(f"- {line}" for line in rest)])

    def _lines(self) -> list[str]:
        evidence, rows = self.evidence, self.evidence.rows
        against = _named(evidence.champion) if evidence.champion else "nothing"
        lines = [f"{evidence.model}: {_named(evidence.candidate)} against {against}, {rows.paired} rows measured"]
        left = {
            "of the candidate alone": rows.candidate_only,
            "of the champion alone": rows.champion_only,
            **rows.unusable,
        }
        lines += [f"left out: {reason}, {count} of the rows" for reason, count in left.items() if count]
        verb = "would be written" if self.dry_run else "written"
        lines += [f"evidence {verb} to {place}" for place in self.saved]
        return [*lines, f"evidence digest {evidence.digest}"]


def _named(subject: Subject) -> str:
    return f"version {subject.version}" if subject.version else f"predictions {(subject.predictions or '')[:19]}…"
