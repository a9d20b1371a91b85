"""Evidence as a page with drawings and as CSV: from the evidence alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from coronet.commands.governed import decode
from coronet.core.documents import Document
from coronet.core.evidence import Evidence, evidence_from_json
from coronet.core.render.evaluation import evaluation_html, evaluation_sheets
from coronet.core.render.page import Items, Page
from coronet.core.render.paged import Paged
from coronet.ports.documents import Documents

SCHEMA = "coronet/report/v1"
PAGE, METRICS = "evaluation.html", "metrics.csv"


@dataclass(frozen=True, kw_only=True, slots=True)
class EvaluationReport(Paged):
    """`files` are the contents by name; `folder` is where they were, or in a dry run would be, written."""

    evidence: Evidence
    files: Mapping[str, bytes]
    folder: str
    dry_run: bool = False

    def to_json(self) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "model": self.evidence.model,
            "evidence": self.evidence.digest,
            "folder": self.folder,
            "files": [{"name": name, "bytes": len(content)} for name, content in self.files.items()],
            "written": not self.dry_run,
        }

    def page(self) -> Page:
        verb = "would be written" if self.dry_run else "written"
        lines = tuple(f"{name}, {len(content)} bytes" for name, content in self.files.items())
        headline = f"The evaluation of {self.evidence.model} {verb} to {self.folder}. Open {PAGE} in a browser."
        return Page(headline=headline, blocks=(Items(lines=lines),))


def report_evidence(evidence: Document, documents: Documents, *, folder: str, dry_run: bool) -> EvaluationReport:
    """InvalidInput with every finding where the document is no evidence."""
    return make_report(decode(evidence, documents, "evidence", evidence_from_json), folder=folder, dry_run=dry_run)


def make_report(evidence: Evidence, *, folder: str, dry_run: bool = False) -> EvaluationReport:
    sheets = {name: text.encode() for name, text in evaluation_sheets(evidence).items()}
    files = {PAGE: evaluation_html(evidence).encode(), **sheets}
    return EvaluationReport(evidence=evidence, files=files, folder=folder, dry_run=dry_run)
