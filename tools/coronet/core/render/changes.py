"""What would change, for a page: how many rows, from what to what, where most, and both confusion matrices."""

from collections.abc import Iterator, Sequence

from coronet.core.evidence import Answer, ChangeFact, Changes, Confusion, Evidence, Keys, Share
from coronet.core.judging.facts import describe_segment
from coronet.core.judging.wording import say_number
from coronet.core.render.markup import Verbatim
from coronet.core.render.page import Block, Folded, Heading, Items, Row, Table, Words

FLIPS_SHOWN, SEGMENTS_SHOWN, MOVERS_SHOWN, CLASSES_SHOWN = 8, 5, 10, 12


def what_would_change(evidence: Evidence) -> tuple[Block, ...]:
    """Nothing where the evidence says nothing of it."""
    changes = evidence.changes
    if changes is None:
        return ()
    blocks = [*_shares(changes, evidence.confidence), *_flips(changes), *_segments(changes), *_movers(changes)]
    confusion = [*_matrices(evidence.confusion)] if evidence.confusion else []
    return (Heading(text="What would change"), *blocks, *confusion)


def say_share(share: Share) -> str:
    """`3.1 % [2.8, 3.4]`."""
    low, high = (say_number(100 * end) for end in share.interval)
    return f"{say_number(100 * share.value)} % [{low}, {high}]"


def say_what(changes: Changes) -> str:
    """What a row does that changes."""
    beyond = changes.beyond
    if beyond is None:
        return "get another class"
    if beyond.relative:
        return f"move by more than {say_number(100 * beyond.amount)} % of the champion's prediction"
    return f"move by more than {say_number(beyond.amount)}"


def say_answer(answer: Answer) -> str:
    """`yes (0.81)`, or a number."""
    if answer.value is not None:
        return say_number(answer.value)
    score = "" if answer.score is None else f" ({say_number(answer.score)})"
    return f"{answer.label}{score}"


# --- blocks ---------------------------------------------------------------------------------------


def _shares(changes: Changes, confidence: float) -> Iterator[Block]:
    overall = next((fact for fact in changes.shares if not fact.segment), None)
    if overall is not None:
        yield Words(text=_say_overall(overall, changes, confidence))
    moves = changes.moves
    if moves is not None:
        quantiles = ", ".join(f"{percent} % within {say_number(value)}" for percent, value in moves.quantiles.items())
        named = {"value": "Predictions", "score": "Scores"}.get(str(moves.of), "Probabilities")
        yield Words(
            text=f"{named} move by {say_number(moves.mean)} on average: {quantiles}, "
            f"the farthest by {say_number(moves.largest)}."
        )


def _say_overall(fact: ChangeFact, changes: Changes, confidence: float) -> str:
    if fact.share is None:
        return f"How many of {fact.rows} rows {say_what(changes)} is not known: {fact.problem}."
    weight = f"; by weight {say_share(fact.weighted)}" if fact.weighted else ""
    interval = f"{100 * confidence:.4g} % interval"
    return f"{fact.changed} of {fact.rows} rows {say_what(changes)}: {say_share(fact.share)} ({interval}){weight}."


def _flips(changes: Changes) -> Iterator[Block]:
    if not changes.flips:
        return
    weighted = any(flip.weight is not None for flip in changes.flips)
    header = ("Champion", "Candidate", "Rows", "Candidate is right", *(("Weight",) if weighted else ()))
    rows = [
        (
            flip.champion,
            flip.candidate,
            str(flip.rows),
            f"{flip.right} ({say_number(100 * flip.right / flip.rows)} %)",
            *((say_number(flip.weight or 0.0),) if weighted else ()),
        )
        for flip in changes.flips[:FLIPS_SHOWN]
    ]
    yield Table(header=header, rows=rows)
    if others := changes.other_flips + sum(flip.rows for flip in changes.flips[FLIPS_SHOWN:]):
        yield Words(text=f"{others} rows change otherwise.")


def _segments(changes: Changes) -> Iterator[Block]:
    segments = [fact for fact in changes.shares if fact.segment]
    if not segments:
        return
    segments.sort(key=lambda fact: -(fact.share.interval[0] if fact.share else 2.0))
    rows = [
        (
            describe_segment(fact.segment),
            str(fact.rows),
            str(fact.changed),
            say_share(fact.share) if fact.share else fact.problem,
        )
        for fact in segments[:SEGMENTS_SHOWN]
    ]
    left = f", of {len(segments)}" if len(segments) > SEGMENTS_SHOWN else ""
    yield Words(text=f"Segments in which most rows change{left}:")
    yield Table(header=("Segment", "Rows", "Changed", "Share"), rows=rows)


def _movers(changes: Changes) -> Iterator[Block]:
    if not changes.movers:
        return
    header = ("Place" if changes.keys is Keys.PLACES else "Key", "Label", "Champion", "Candidate", "Moved", "Segments")
    rows: list[Row] = [
        (
            Verbatim(mover.key),
            mover.label if isinstance(mover.label, str) else say_number(mover.label),
            say_answer(mover.champion),
            say_answer(mover.candidate),
            say_number(mover.distance),
            describe_segment(mover.segments) if mover.segments else "",
        )
        for mover in changes.movers[:MOVERS_SHOWN]
    ]
    hidden = ", their keys hidden" if changes.keys is Keys.HASHED else ""
    table = Table(header=header, rows=rows)
    yield Folded(summary=f"{len(rows)} rows that moved farthest{hidden}", blocks=(table,))


def _matrices(confusion: Confusion) -> Iterator[Block]:
    classes = confusion.classes
    if not classes:
        return
    if len(classes) > CLASSES_SHOWN:
        yield Words(text=f"The confusion matrices of {len(classes)} classes are in the evidence.")
        return
    blocks: list[Block] = []
    for name, matrix in (("Champion", confusion.champion), ("Candidate", confusion.candidate)):
        if matrix is not None:
            blocks += [Words(text=f"{name}:"), Table(header=("Label", *classes), rows=_rows(classes, matrix))]
    if confusion.missing:
        blocks.append(Items(lines=(f"{confusion.missing} rows have no predicted class",)))
    what = "weights" if confusion.weighted else "rows"
    yield Folded(summary=f"Confusion matrices: {what} by label and predicted class", blocks=tuple(blocks))


def _rows(classes: Sequence[str], matrix: Sequence[Sequence[float]]) -> list[Row]:
    return [(name, *(say_number(cell) for cell in row)) for name, row in zip(classes, matrix, strict=True)]
