"""What `coronet evaluate --verify` answers: reproduced, or what differs."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from coronet.commands.evaluate.again.question import Again, Pinned, Question
from coronet.core.decision import Verdict
from coronet.core.evidence import Evidence, Source, Way
from coronet.core.judging.facts import describe_segment
from coronet.core.render.page import Block, Items, Page, Table, Words
from coronet.core.render.paged import Paged
from coronet.core.reproduction import Comparison, Difference, compare_evidence
from coronet.errors import Refused

SCHEMA = "coronet/evaluate-verify/v1"
_HEADER = ("What", "Segment", "Field", "Was", "Is")
_SHOWN = 50
_MADE_ANEW = "the models made them anew, and the bytes of their file depend on the versions of libraries"


@dataclass(frozen=True, kw_only=True, slots=True)
class ReproductionReport(Paged):
    """`differences` go before those of the comparison: what the proposal beside the evidence pins otherwise."""

    question: Question
    again: Again
    comparison: Comparison
    unpinned: tuple[Difference, ...] = ()

    @property
    def differences(self) -> tuple[Difference, ...]:
        return (*self.unpinned, *self.comparison.differences)

    @property
    def is_reproduced(self) -> bool:
        return not self.differences

    @property
    def exit_code(self) -> int:
        return 0 if self.is_reproduced else Refused.exit_code

    def to_json(self) -> dict[str, Any]:
        evidence = self.question.evidence
        return {
            "schema": SCHEMA,
            "verdict": str(self._verdict),
            "reproduced": self.is_reproduced,
            "model": evidence.model,
            "evidence": {
                "file": self.question.file,
                "digest": self.question.digest,
                "facts_digest": evidence.facts_digest,
            },
            "measured": {"facts_digest": self.again.evidence.facts_digest, "way": str(self._way)},
            "inputs": [{"name": one.name, "place": one.place, "digest": one.digest} for one in self.again.inputs],
            "compared": self.comparison.compared,
            "differences": [_difference_json(one) for one in self.differences],
            "not_compared": [{"what": what, "why": why} for what, why in self.comparison.left_out.items()],
            "notes": list(self.again.notes),
        }

    def page(self) -> Page:
        blocks: list[Block] = []
        if self.differences:
            rows = [_difference_row(one) for one in self.differences[:_SHOWN]]
            blocks.append(Table(header=_HEADER, rows=rows))
        if more := len(self.differences) - _SHOWN:
            blocks += [Words(text=f"{more} more differ: `--format json` tells all.")] if more > 0 else []
        blocks.append(Table(header=("Input", "Place", "Digest"), rows=[_input_row(one) for one in self.again.inputs]))
        blocks.append(Items(lines=list(self._notes())))
        return Page(headline=self._headline(), verdict=self._verdict, blocks=blocks)

    @property
    def _verdict(self) -> Verdict:
        return Verdict.PASS if self.is_reproduced else Verdict.FAIL

    @property
    def _way(self) -> str:
        recipe = self.again.evidence.recipe
        return recipe.way if recipe else ""

    def _headline(self) -> str:
        compared, different = self.comparison.compared, len(self.differences)
        if self.is_reproduced:
            return f"{self.question.file} is reproduced: {compared} values, measured again from the pinned inputs."
        return (
            f"{self.question.file} is NOT reproduced: {different} of {compared + len(self.unpinned)} values differ. "
            "Do not rest a decision on it: see who wrote it, and evaluate anew."
        )

    def _notes(self) -> Iterator[str]:
        yield from self.again.notes
        yield from (f"not compared: {what}, {why}" for what, why in self.comparison.left_out.items())
        yield "never compared: when it was measured, and its recipe"


def report_on(question: Question, again: Again) -> ReproductionReport:
    """Compare: nothing is forgiven but what a clock measured, and the bytes in which models' predictions were kept."""
    was, now, gone = _without_former(question.evidence, again.evidence)
    recipe = again.recipe
    same_way = now.recipe is None or now.recipe.way is recipe.way
    same_program = _program(was) is not None and _program(was) == _program(now)
    recipes = (recipe, now.recipe or recipe)
    ways, engines = {each.way for each in recipes}, {each.engine for each in recipes}
    # The embedded engine repeats to the last bit what the same program did.
    comparison = compare_evidence(
        was,
        now,
        same_way=same_way,
        streamed=Way.STREAMED in ways and not (same_way and same_program and engines == {None}),
        new_sections=not same_program,
        made_anew=_MADE_ANEW if recipe.source is Source.MODELS else "",
    )
    comparison = replace(comparison, left_out={**comparison.left_out, **gone})
    return ReproductionReport(
        question=question, again=again, comparison=comparison, unpinned=tuple(_unpinned(question))
    )


def _without_former(was: Evidence, now: Evidence) -> tuple[Evidence, Evidence, dict[str, str]]:
    """What the policy asked for then and does not now, or the other way round, cannot be compared: it is said."""
    names = {check.name for check in now.checks}
    gone = {f"check {check.name}": "the policy does not ask for it any more" for check in was.checks}
    gone = {what: why for what, why in gone.items() if what.removeprefix("check ") not in names}
    was = replace(was, checks=tuple(check for check in was.checks if check.name in names))
    if (was.look is None) is (now.look is None):
        return was, now, gone
    gone["look"] = "the policy counted looks at one of the two times only"
    return replace(was, look=None), replace(now, look=None), gone


def _program(evidence: Evidence) -> str | None:
    return evidence.recipe.computed_with.get("coronet") if evidence.recipe else None


def _unpinned(question: Question) -> Iterator[Difference]:
    """The evidence beside a proposal is the one that it pins: these bytes, or the canonical ones of the same."""
    proposal = question.proposal
    if proposal and proposal.evidence_digest not in (question.digest, question.evidence.digest):
        yield Difference(place=f"evidence.digest in {proposal.path}", was=proposal.evidence_digest, now=question.digest)


def _difference_json(one: Difference) -> dict[str, Any]:
    return {
        "metric": one.metric or None,
        "segment": dict(one.segment),
        "field": one.place,
        "was": one.was,
        "is": one.now,
    }


def _difference_row(one: Difference) -> tuple[str, ...]:
    return (
        one.metric or "evidence",
        describe_segment(one.segment) if one.segment else ("all rows" if one.metric else "—"),
        one.place,
        _said(one.was),
        _said(one.now),
    )


def _said(value: object) -> str:
    """With all the digits that count: what differs in the ninth shall be seen to differ."""
    if value is None:
        return "—"
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def _input_row(one: Pinned) -> tuple[str, ...]:
    return one.name, one.place, f"{one.digest[:19]}… as pinned"
