"""Ranked candidates for people: one row each, best first."""

from collections.abc import Sequence

from coronet.core.decision import Check, Result
from coronet.core.judging.wording import say_number
from coronet.core.ranking import Ranked
from coronet.core.render.page import Row, Table

_HEADER = ("Candidate", "Verdict", "Score", "Why")


def rank_table(ranking: Sequence[Ranked]) -> Table:
    return Table(header=_HEADER, rows=[_row(ranked) for ranked in ranking])


def _row(ranked: Ranked) -> Row:
    judgement = ranked.judgement
    score = say_number(ranked.score) if ranked.score is not None else ranked.problem
    reasons = "; ".join(_reason(check) for check in judgement.checks if _counts(check))
    version = judgement.evidence.candidate.version
    return (
        f"version {version}" if version else "candidate",
        str(judgement.verdict),
        score,
        reasons or "every gate passes",
    )


def _counts(check: Check) -> bool:
    return check.result in (Result.FAIL, Result.INCONCLUSIVE, Result.WARN)


def _reason(check: Check) -> str:
    return f"{check.name}: {check.saw}"
