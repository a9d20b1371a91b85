"""Which of two versions in use does better? A table of outcomes in, differences with intervals out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from coronet.core.abtest.comparing import ArmSums, Comparison, compare
from coronet.core.abtest.judging import Demand, judge_demands, judge_split
from coronet.core.decision import Check, Verdict, combine
from coronet.core.judging.estimate import Estimate
from coronet.core.judging.facts import describe_segment
from coronet.core.judging.looks import say_confidence
from coronet.core.judging.wording import say_interval, say_number
from coronet.core.render.page import Block, Folded, Page, Table, Tree, Words
from coronet.core.render.paged import Paged
from coronet.errors import InvalidInput, Refused
from coronet.ports.clock import Progress
from coronet.ports.outcomes import Added, Asked, Outcomes, OutcomeSums

SCHEMA = "coronet/abtest/v1"
_HEADER = ("Outcome", "Segment", "Champion", "Candidate", "Difference", "Units", "How")
# Of so many segments all are shown at once.
_SHOWN = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """`demands` are what is wanted, `share` what part of the units was to meet the candidate.

    So many `looks` at the test, this one included, are planned; together they hold the `confidence`.
    """

    asked: Asked
    demands: tuple[Demand, ...] = ()
    share: float | None = None
    confidence: float = 0.95
    looks: int = 1

    @property
    def held(self) -> float:
        """The confidence of one look; by Boole's inequality all hold what is asked for together."""
        return 1 - (1 - self.confidence) / self.looks


@dataclass(frozen=True, kw_only=True, slots=True)
class AbTestReport(Paged):
    """`found` are comparisons beside the sums that they are of, over all rows and by segment."""

    data: str
    question: Question
    added: Added
    found: tuple[tuple[OutcomeSums, Comparison], ...]
    checks: tuple[Check, ...]

    @property
    def verdict(self) -> Verdict:
        return combine(self.checks)

    @property
    def exit_code(self) -> int:
        return 0 if self.verdict is Verdict.PASS else Refused.exit_code

    def to_json(self) -> dict[str, Any]:
        asked, added = self.question.asked, self.added
        return {
            "schema": SCHEMA,
            "verdict": str(self.verdict),
            "data": {"location": self.data, "sha256": added.sha256, "arm": asked.arm, "unit": asked.unit},
            "champion": {"arm": asked.champion, "units": added.units.champion},
            "candidate": {"arm": asked.candidate, "units": added.units.candidate},
            "left_out": {
                "units_of_both_arms": added.units.both,
                "rows_of_other_arms": added.others,
                "rows_without_unit": added.nameless,
                "rows_without_outcome": dict(added.missing),
            },
            "confidence": self.question.confidence,
            "looks": self.question.looks,
            "share": self.question.share,
            "outcomes": [_outcome_json(sums, comparison) for sums, comparison in self.found],
            "checks": [check.to_json() for check in self.checks],
        }

    def page(self) -> Page:
        asked, units = self.question.asked, self.added.units
        arms = f"{asked.candidate} against {asked.champion}"
        headline = f"{self.verdict}: {arms} in {self.data}, {units.candidate} and {units.champion} units."
        asks = self.question.demands or self.verdict is not Verdict.PASS
        follows = _NEXT[self.verdict] if asks else "Nothing was asked of an outcome: --superior, --non-inferior."
        return Page(headline=f"{headline} {follows}", blocks=tuple(self._blocks()))

    def _blocks(self) -> Iterator[Block]:
        yield Tree(checks=self.checks)
        interval = f"Intervals hold {say_confidence(self.question.held)}"
        planned = f", each of {self.question.looks} looks" if self.question.looks > 1 else ""
        yield Words(text=f"{interval}{planned}; differences are candidate minus champion.")
        whole = [pair for pair in self.found if not pair[0].segment]
        parts = [pair for pair in self.found if pair[0].segment]
        yield _table(whole)
        if parts:
            yield Words(text="By segment, to look at: of many segments some differ by chance alone.")
            yield _table(parts[:_SHOWN])
        if more := parts[_SHOWN:]:
            yield Folded(summary=f"{len(more)} more", blocks=(_table(more),))
        if told := list(self._left_out()):
            yield Words(text=f"Left out: {'; '.join(told)}.")

    def _left_out(self) -> Iterator[str]:
        added = self.added
        if added.others:
            yield f"{added.others} rows of other arms"
        if added.nameless:
            yield f"{added.nameless} rows without {self.question.asked.unit}"
        for name, many in added.missing.items():
            if many:
                yield f"{many} rows without a number in {name}"


_NEXT = {
    Verdict.PASS: "Evaluate and propose it, if it is not champion yet.",
    Verdict.FAIL: "See what failed before anything else.",
    Verdict.INCONCLUSIVE: "Let the test go on, as long as was planned.",
}


def look_at_test(outcomes: Outcomes, data: str, question: Question, *, progress: Progress) -> AbTestReport:
    """Compare what came of two versions that were in use at the same time.

    InvalidInput for what cannot be read, and where no row met one of the two.
    """
    progress("read", data)
    added = outcomes.add_up(data, question.asked)
    _require_arms(data, question.asked, added)
    found = tuple((sums, compare(sums.champion, sums.candidate, confidence=question.held)) for sums in added.sums)
    whole = {sums.outcome: comparison for sums, comparison in found if not sums.segment}
    checks = (*judge_split(added.units, question.share), *judge_demands(question.demands, whole))
    return AbTestReport(data=data, question=question, added=added, found=found, checks=checks)


def _require_arms(data: str, asked: Asked, added: Added) -> None:
    units = added.units
    for name, arm, met in (
        ("champion", asked.champion, units.champion),
        ("candidate", asked.candidate, units.candidate),
    ):
        if not met and not units.both:
            there = ", ".join(repr(each) for each in added.arms) or "nothing"
            raise InvalidInput(
                f"no unit of {data} met the {name} {arm!r} in its column {asked.arm!r}", hint=f"there is {there}"
            )


def _outcome_json(sums: OutcomeSums, found: Comparison) -> dict[str, Any]:
    return {
        "outcome": sums.outcome,
        "segment": dict(sums.segment),
        "champion": _arm_json(sums.champion, found.champion),
        "candidate": _arm_json(sums.candidate, found.candidate),
        "difference": found.difference.value if found.difference else None,
        "interval": _ends(found.difference),
        "method": found.method,
        "problem": found.problem,
    }


def _arm_json(sums: ArmSums, found: Estimate | None) -> dict[str, Any]:
    value = sums.value if sums.rows else None
    return {"units": sums.units, "rows": sums.rows, "value": value, "interval": _ends(found)}


def _ends(found: Estimate | None) -> list[float] | None:
    return [found.lower, found.upper] if found else None


def _table(found: Sequence[tuple[OutcomeSums, Comparison]]) -> Table:
    rows = [
        (
            sums.outcome,
            describe_segment(sums.segment) if sums.segment else "",
            _say(comparison.champion),
            _say(comparison.candidate),
            _say(comparison.difference, sign=True),
            f"{sums.champion.units} · {sums.candidate.units}",
            comparison.problem or comparison.method,
        )
        for sums, comparison in found
    ]
    kept = [place for place in range(len(_HEADER)) if place != 1 or any(row[1] for row in rows)]
    return Table(header=[_HEADER[place] for place in kept], rows=[[row[place] for place in kept] for row in rows])


def _say(found: Estimate | None, *, sign: bool = False) -> str:
    return "—" if found is None else f"{say_number(found.value, sign=sign)}{say_interval(found)}"
