"""The whole page: what was measured, what would change, and the drawings, with nothing from elsewhere."""

from collections.abc import Iterator, Sequence

from coronet.core.evidence import Baseline, Changes, Confusion, Evidence, Keys, Subject
from coronet.core.judging.estimate import ROUNDING
from coronet.core.judging.facts import describe_segment
from coronet.core.judging.wording import say_number
from coronet.core.render.changes import say_answer, say_share, say_what
from coronet.core.render.evaluation.figures import draw_curves
from coronet.core.render.evaluation.forest import draw_forests
from coronet.core.render.evaluation.html import details, element, section, table, text
from coronet.core.render.evaluation.style import STYLE
from coronet.core.timestamps import format_time

SEGMENTS_SHOWN = 20


def evaluation_html(evidence: Evidence) -> str:
    """A page in light and dark; whatever stands in the evidence is text in it."""
    title = f"Evaluation of {evidence.model}"
    body = "".join(
        (
            f"<header><h1>{text(title)}</h1>{_about(evidence)}{_legend(evidence)}</header><main>",
            section("Metrics", *_metrics(evidence)),
            section("What would change", *_changes(evidence.changes)) if evidence.changes else "",
            section("Beside a guess", *_baseline(evidence.baseline)) if evidence.baseline else "",
            section("Curves", *_curves(evidence)),
            section("Confusion matrices", *_matrices(evidence.confusion)) if evidence.confusion else "",
            "</main>",
        )
    )
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{text(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def _about(evidence: Evidence) -> str:
    champion = _name(evidence.champion) if evidence.champion else "nothing"
    facts = (
        ("Candidate", _name(evidence.candidate)),
        ("Against", champion),
        ("Data", f"{evidence.data.name}, {evidence.rows.paired} rows measured"),
        ("Measured at", format_time(evidence.created_at)),
        ("Evidence", evidence.digest),
    )
    pairs = "".join(f"<dt>{text(name)}</dt><dd>{text(said)}</dd>" for name, said in facts)
    return f"<dl>{pairs}</dl>"


def _name(subject: Subject) -> str:
    return f"version {subject.version}" if subject.version else f"predictions {(subject.predictions or '')[:19]}…"


def _legend(evidence: Evidence) -> str:
    champion = '<span class="key champion"></span> champion' if evidence.champion else ""
    return f'<p class="legend"><span class="key candidate"></span> candidate {champion}</p>'


def _number(value: float | None) -> str:
    """What rounding leaves of nothing is nothing."""
    return "—" if value is None else say_number(0.0 if abs(value) < ROUNDING else value)


def _metrics(evidence: Evidence) -> Iterator[str]:
    rows = [
        (
            fact.metric,
            str(fact.rows),
            *(_number(value) for value in (fact.champion, fact.candidate)),
            "—" if fact.difference is None else say_number(fact.difference, sign=True),
            " to ".join(say_number(end, sign=fact.difference is not None) for end in fact.interval or ()),
            "; ".join(filter(None, (fact.problem, fact.method))),
        )
        for fact in evidence.metrics
        if not fact.segment
    ]
    interval = f"{100 * evidence.confidence:.4g} % interval"
    yield table(("Metric", "Rows", "Champion", "Candidate", "Difference", interval, "How"), rows)
    yield from draw_forests(evidence)


# --- what would change ----------------------------------------------------------------------------


def _changes(changes: Changes) -> Iterator[str]:
    rows = [
        (
            describe_segment(fact.segment) if fact.segment else "all rows",
            str(fact.rows),
            str(fact.changed),
            say_share(fact.share) if fact.share else fact.problem,
            say_share(fact.weighted) if fact.weighted else "",
        )
        for fact in changes.shares
    ]
    header = ("Rows of", "Rows", "Changed", "Share", "By weight")
    yield f"<p>Rows that {text(say_what(changes))}.</p>"
    yield table(header, rows[:SEGMENTS_SHOWN])
    if len(rows) > SEGMENTS_SHOWN:
        yield details(f"{len(rows) - SEGMENTS_SHOWN} more segments", table(header, rows[SEGMENTS_SHOWN:]))
    if changes.moves:
        moves = changes.moves
        names = ("Mean", *(f"{percent} % within" for percent in moves.quantiles), "Farthest")
        values = (moves.mean, *moves.quantiles.values(), moves.largest)
        yield table(
            names, [[say_number(value) for value in values]], caption=f"How far predictions move, by {moves.of}"
        )
    if changes.flips:
        flips = [(flip.champion, flip.candidate, str(flip.rows), str(flip.right)) for flip in changes.flips]
        flips += [("others", "", str(changes.other_flips), "")] if changes.other_flips else []
        yield table(("Champion", "Candidate", "Rows", "Candidate is right"), flips, caption="From what to what")
    yield from _movers(changes)
    yield _left_out(changes.left_out)


def _movers(changes: Changes) -> Iterator[str]:
    if not changes.movers:
        return
    header = ("Place" if changes.keys is Keys.PLACES else "Key", "Label", "Champion", "Candidate", "Moved", "Segments")
    rows = [
        (
            mover.key,
            mover.label if isinstance(mover.label, str) else say_number(mover.label),
            say_answer(mover.champion),
            say_answer(mover.candidate),
            say_number(mover.distance),
            describe_segment(mover.segments) if mover.segments else "",
        )
        for mover in changes.movers
    ]
    hidden = "; keys are hidden behind digests" if changes.keys is Keys.HASHED else ""
    yield table(header, rows, caption=f"Rows that moved farthest{hidden}")


def _baseline(baseline: Baseline) -> Iterator[str]:
    says = ", ".join(
        f"{name} {value if isinstance(value, str) else say_number(value)}"
        for name, value in baseline.predicts.items()
        if isinstance(value, str | int | float)
    )
    yield f"<p>A predictor that knows only {baseline.rows} {text(baseline.source)} always says: {text(says)}.</p>"
    rows = [
        (
            fact.metric,
            *(_number(value) for value in (fact.champion, fact.candidate)),
            "—" if fact.difference is None else say_number(fact.difference, sign=True),
            " to ".join(say_number(end, sign=True) for end in fact.interval or ()),
            fact.problem,
        )
        for fact in baseline.metrics
    ]
    yield table(("Metric", "Guess", "Candidate", "Difference", "Interval", ""), rows)
    yield _left_out([f"{metric}: {why}" for metric, why in baseline.left_out.items()])


# --- drawings -------------------------------------------------------------------------------------


def _curves(evidence: Evidence) -> Iterator[str]:
    if evidence.curves is None:
        return
    drawn = "".join(draw_curves(evidence.curves))
    yield element("div", drawn, class_="drawings") if drawn else ""
    yield _left_out(evidence.curves.left_out)


def _matrices(confusion: Confusion) -> Iterator[str]:
    sides = (("Champion", confusion.champion), ("Candidate", confusion.candidate))
    drawn = [_matrix(name, confusion.classes, matrix) for name, matrix in sides if matrix]
    yield element("div", "".join(drawn), class_="drawings") if drawn else ""
    missing = [f"{confusion.missing} rows have no predicted class"] if confusion.missing else []
    yield _left_out([*missing, *confusion.left_out])


def _matrix(name: str, classes: Sequence[str], matrix: Sequence[Sequence[float]]) -> str:
    """Each cell as dark as its share of the label's rows."""
    head = "".join(f'<th scope="col">{text(label)}</th>' for label in classes)
    rows = []
    for label, row in zip(classes, matrix, strict=True):
        total = sum(row) or 1
        cells = "".join(
            f'<td class="number" style="--share:{cell / total:.3f}">{text(say_number(cell))}</td>' for cell in row
        )
        rows.append(f'<tr><th scope="row">{text(label)}</th>{cells}</tr>')
    caption = f"<caption>{name}: label by line, predicted class by column</caption>"
    whole = f'{caption}<thead><tr><th scope="col"></th>{head}</tr></thead><tbody>{"".join(rows)}</tbody>'
    return f'<div class="wide"><table class="matrix">{whole}</table></div>'


def _left_out(notes: Sequence[str]) -> str:
    lines = "".join(f"<li>{text(note)}</li>" for note in notes)
    return f'<p>Left out:</p><ul class="notes">{lines}</ul>' if lines else ""
