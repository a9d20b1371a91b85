"""What is odd about the policies: before any evidence comes, and whether it was meant or not."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from coronet.commands.governed import governed_models, load_model
from coronet.commands.policies import effective_policy, policy_layers
from coronet.core.decision import Verdict
from coronet.core.documents import Document, lay_over
from coronet.core.policy import DEFAULTS, merge_policies
from coronet.core.policy_lint import lint_policy
from coronet.core.remarks import Remark
from coronet.core.render.page import Block, Heading, Items, Page
from coronet.core.render.paged import Paged
from coronet.errors import Finding, InvalidInput, Severity
from coronet.ports.documents import Documents, Files

SCHEMA = "coronet/policy-lint/v1"


@dataclass(frozen=True, kw_only=True, slots=True)
class Linted:
    """One model, and what is odd about its effective policy."""

    model: str
    findings: tuple[Finding, ...]


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
                {"model": linted.model, "findings": [_finding_json(finding) for finding in linted.findings]}
                for linted in self.models
            ],
        }

    def page(self) -> Page:
        blocks: list[Block] = []
        for linted in self.models:
            lines = [_line(finding) for finding in linted.findings]
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


def lint_policies(files: Files, documents: Documents, models: Sequence[str] = ()) -> LintReport:
    """Look at the effective policies of `models`, or of all that have a model file.

    InvalidInput where a policy or a model file cannot be read at all.
    """
    return LintReport(models=tuple(_lint(files, documents, model) for model in models or governed_models(files)))


def _lint(files: Files, documents: Documents, model: str) -> Linted:
    governed = load_model(files, documents, model)
    layers = policy_layers(files, documents, model)
    merged = lay_over(layers, merge_policies(DEFAULTS, *(layer.value for layer in layers)))
    policy = effective_policy(layers, documents)
    remarks = lint_policy(policy, governed, is_file=lambda path: files.read(path) is not None)
    return Linted(model=model, findings=tuple(_located(merged, remark) for remark in remarks))


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
