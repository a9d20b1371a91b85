"""What `coronet evaluate` answers: the evidence, as a table for people."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from coronet.core.evidence import Evidence, Subject
from coronet.core.render.page import Items, Page
from coronet.core.render.paged import Paged


@dataclass(frozen=True, kw_only=True, slots=True)
class EvaluateReport(Paged):
    """`saved` are the places where the evidence was, or in a dry run would be, written; `drawn` that of its page.

    `predictions` are Parquet files by name, where models made them.
    """

    evidence: Evidence
    predictions: Mapping[str, bytes] = field(default_factory=dict)
    saved: tuple[str, ...] = ()
    dry_run: bool = False
    drawn: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The evidence itself."""
        return self.evidence.to_json()

    def page(self) -> Page:
        # Evidence that is only written takes no page, and of small data no longer than to import what makes one.
        from coronet.core.render.changes import what_would_change
        from coronet.core.render.comparison import compare

        evidence, rows = self.evidence, self.evidence.rows
        against = _named(evidence.champion) if evidence.champion else "nothing"
        measured = f"{evidence.model}: {_named(evidence.candidate)} against {against}, {rows.paired} rows measured"
        blocks = (*compare(evidence), *what_would_change(evidence), Items(lines=tuple(self._notes())))
        return Page(headline=f"{measured}. {self._next()}.", blocks=blocks)

    def _next(self) -> str:
        """Evidence is facts alone: who judges it."""
        if self.evidence.candidate.version and not self.dry_run:
            return f"`coronet propose {self.evidence.model}` judges it"
        return "`coronet judge` judges it by a policy"

    def _notes(self) -> Iterator[str]:
        from coronet.core.render.sections import describe_sections

        rows = self.evidence.rows
        left = {
            "of the candidate alone": rows.candidate_only,
            "of the champion alone": rows.champion_only,
            **rows.unusable,
        }
        yield from (f"left out: {reason}, {count} of the rows" for reason, count in left.items() if count)
        yield from describe_sections(self.evidence)
        verb = "would be written" if self.dry_run else "written"
        yield from (f"evidence {verb} to {place}" for place in self.saved)
        if self.drawn:
            yield f"page with drawings {verb} to {self.drawn}"
        yield f"evidence digest {self.evidence.digest}"


def _named(subject: Subject) -> str:
    return f"version {subject.version}" if subject.version else f"predictions {(subject.predictions or '')[:19]}…"
