"""Does this evidence satisfy this policy? Two files in, a verdict out: no registry, forge or git."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, assert_never

from coronet.commands.governed import decode
from coronet.commands.policies import effective_policy
from coronet.core.decision import Check, Result, Verdict
from coronet.core.documents import Document
from coronet.core.evidence import evidence_from_json
from coronet.core.judging.judgement import Judgement
from coronet.core.judging.judgement import judge as judge_evidence
from coronet.core.proposal import Kind
from coronet.core.render.changes import what_would_change
from coronet.core.render.comparison import compare
from coronet.core.render.page import Heading, Page, Tree
from coronet.core.render.paged import Paged
from coronet.errors import Refused
from coronet.ports.documents import Documents


@dataclass(frozen=True, kw_only=True, slots=True)
class JudgeReport(Paged):
    judgement: Judgement

    @property
    def checks(self) -> tuple[Check, ...]:
        return self.judgement.checks

    @property
    def exit_code(self) -> int:
        return 0 if self.judgement.verdict is Verdict.PASS else Refused.exit_code

    def to_json(self) -> dict[str, Any]:
        return self.judgement.to_json()

    def page(self) -> Page:
        judgement = self.judgement
        measured = (*compare(judgement.evidence), *what_would_change(judgement.evidence))
        blocks = (Tree(checks=judgement.checks), Heading(text="Comparison"), *measured)
        return Page(headline=self._headline(), verdict=judgement.verdict, blocks=blocks)

    def _headline(self) -> str:
        judgement = self.judgement
        match judgement.verdict:
            case Verdict.PASS:
                return "Every enforced gate passes, so that it may be proposed."
            case Verdict.INCONCLUSIVE if judgement.admits:
                return "The data cannot tell, and the policy leaves it to the reviewers."
            case Verdict.INCONCLUSIVE:
                return (
                    "The data cannot tell, and the policy refuses. Measure on more rows, or choose another candidate."
                )
            case Verdict.FAIL:
                return f"{_say_failed(judgement)}. Mend what is marked below, or choose another candidate."
            case _:
                assert_never(judgement.verdict)


def _say_failed(judgement: Judgement) -> str:
    """By name: whether the evidence is unfit to be judged, or which gates it does not pass."""
    first_gate = len(judgement.checks) - len(judgement.policy.gates)
    parts = (("check", judgement.checks[:first_gate]), ("gate", judgement.checks[first_gate:]))
    broken = [(kind, [check.name for check in checks if check.result is Result.FAIL]) for kind, checks in parts]
    return ", and ".join(_say_names(kind, names) for kind, names in broken if names)


def _say_names(kind: str, names: list[str]) -> str:
    return f"{kind} {names[0]} fails" if len(names) == 1 else f"{kind}s {', '.join(names)} fail"


def judge(
    evidence: Document, policies: Sequence[Document], documents: Documents, *, now: datetime, kind: Kind
) -> JudgeReport:
    """Judge one evidence document under policy documents, widest first."""
    measured = decode(evidence, documents, "evidence", evidence_from_json)
    return JudgeReport(judgement=judge_evidence(measured, effective_policy(policies, documents), now=now, kind=kind))
