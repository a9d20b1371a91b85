"""What is odd about the policies: before any evidence comes, and whether it was meant or not."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from coronet.commands.governed import decode, governed_models, load_model
from coronet.commands.policies import effective_policy, policy_layers
from coronet.commands.policy.counting import DataCounter, count_in_evidence
from coronet.core.decision import Verdict
from coronet.core.documents import Document, lay_over
from coronet.core.evidence import evidence_from_json
from coronet.core.linting.policy import lint_policy
from coronet.core.linting.remarks import Remark
from coronet.core.linting.rows import CountedRows, lint_rows
from coronet.core.policy import DEFAULTS, merge_policies
from coronet.core.render.page import Block, Heading, Items, Page
from coronet.core.render.paged import Paged
from coronet.errors import Finding, InvalidInput, Severity
from coronet.ports.documents import Documents, Files

SCHEMA = "coronet/policy-lint/v1"


@dataclass(frozen=True, kw_only=True, slots=True)
class Linted:
    """One model, and what is odd about its effective policy.

    `counted` is where the rows of segments were counted; None where they were not, with the reason in `uncounted`
    where the policy asks about rows.
    """

    model: str
    findings: tuple[Finding, ...]
    counted: str | None = None
    uncounted: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class LintReport(Paged):
    models: tuple[Linted, ...]

    @property
    def errors(self) -> int:
        return sum(finding.severity is Severity.ERROR for linted in self.models for finding in linted.findings)

    @property
    def warnings(self) -> int:
        return sum(len(linted.findings) for linted in self.models) - self.errors

    @property
    def exit_code(self) -> int:
        return InvalidInput.exit_code if self.errors else 0

    def to_json(self) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "verdict": "fail" if self.errors else "pass",
            "models": [
                {
                    "model": linted.model,
                    "findings": [_finding_json(finding) for finding in linted.findings],
                    "counted": linted.counted,
                    "uncounted": linted.uncounted,
                }
                for linted in self.models
            ],
        }

    def page(self) -> Page:
        blocks: list[Block] = []
        for linted in self.models:
            lines = [_line(finding) for finding in linted.findings]
            lines += [f"rows were not counted: {linted.uncounted}"] if linted.uncounted else []
            blocks += [Heading(text=linted.model), Items(lines=lines)] if lines else []
        verdict = Verdict.FAIL if self.errors else Verdict.PASS
        return Page(headline=self._headline(), verdict=verdict, blocks=blocks)

    def _headline(self) -> str:
        of = f"of {_count(len(self.models), 'model')}"
        if not self.errors and not self.warnings:
            return f"Nothing is odd about the policies {of}."
        said = f"{_count(self.errors, 'error')} and {_count(self.warnings, 'warning')} in the policies {of}"
        return f"{said}. {'Mend the errors.' if self.errors else 'See whether they are meant.'}"


def _line(finding: Finding) -> str:
    hint = f" → {finding.hint}" if finding.hint else ""
    return f"{finding.severity}: {_where(finding)}: {finding.message}{hint}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def lint_policies(
    files: Files,
    documents: Documents,
    models: Sequence[str] = (),
    *,
    counter: DataCounter | None = None,
    evidence: Document | None = None,
) -> LintReport:
    """Look at the effective policies of `models`, or of all that have a model file.

    With `counter` the rows of segments are counted in the evaluation data of each model, and taken from `evidence`
    for the model that it is of. InvalidInput where a policy, a model file or the evidence cannot be read at all.
    """
    measured = decode(evidence, documents, "evidence", evidence_from_json) if evidence else None
    chosen = models or ([measured.model] if measured else governed_models(files))
    if evidence and measured and measured.model not in chosen:
        raise InvalidInput(
            f"{evidence.file} is evidence of {measured.model}, and {', '.join(chosen)} was asked for",
            hint="name evidence of the model",
        )
    known = {measured.model: count_in_evidence(measured, evidence.file)} if evidence and measured else {}
    return LintReport(models=tuple(_lint(files, documents, model, counter, known.get(model)) for model in chosen))


def _lint(
    files: Files, documents: Documents, model: str, counter: DataCounter | None, rows: CountedRows | None
) -> Linted:
    governed = load_model(files, documents, model)
    layers = policy_layers(files, documents, model)
    merged = lay_over(layers, merge_policies(DEFAULTS, *(layer.value for layer in layers)))
    policy = effective_policy(layers, documents)
    remarks = lint_policy(policy, governed, is_file=lambda path: files.read(path) is not None)
    why = ""
    if rows is None and counter is not None:
        rows, why = counter.count(governed, policy)
    remarks = (*remarks, *(lint_rows(policy, rows) if rows else ()))
    return Linted(
        model=model,
        findings=tuple(_located(merged, remark) for remark in remarks),
        counted=rows.source if rows else None,
        uncounted=why,
    )


def _located(document: Document, remark: Remark) -> Finding:
    location = document.locate(remark.path)
    return Finding(message=remark.message, hint=remark.hint, location=location, severity=remark.severity)


def _where(finding: Finding) -> str:
    return str(finding.location) if finding.location else ""


def _finding_json(finding: Finding) -> dict[str, Any]:
    place = finding.location
    return {
        "severity": str(finding.severity),
        "message": finding.message,
        "hint": finding.hint,
        "file": place.file if place else None,
        "line": place.line if place else None,
    }
