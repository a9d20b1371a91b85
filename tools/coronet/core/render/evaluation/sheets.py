"""The curves, matrices and changes of evidence as CSV, for spreadsheets and other programs."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from types import SimpleNamespace

from coronet.core.evidence import Curves, Evidence
from coronet.core.evidence.curves import SIDES
from coronet.core.judging.facts import describe_segment
from coronet.core.render.comparison import comparison_csv, harmless

_POINTS = ("x", "y", "mean", "low", "high", "rows")


def evaluation_sheets(evidence: Evidence) -> Mapping[str, str]:
    """CSV by the name of its file; only of what the evidence has."""
    sheets = {"metrics.csv": comparison_csv(evidence)}
    if evidence.curves:
        sheets["curves.csv"] = _write(("model", "curve", *_POINTS), _points(evidence.curves))
    if evidence.confusion and evidence.confusion.classes:
        sheets["confusion.csv"] = _write(("model", "label", "predicted", "count"), _cells(evidence))
    if evidence.changes:
        header = ("segment", "rows", "changed", "share", "low", "high")
        sheets["changes.csv"] = _write(header, _changes(evidence))
    return sheets


def _write(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines: list[str] = []
    writer = csv.writer(SimpleNamespace(write=lines.append), lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return "".join(lines)


def _points(curves: Curves) -> Iterable[Sequence[str]]:
    for model in SIDES:
        for name, curve in sorted(getattr(curves, model).items()):
            for place in range(len(curve)):
                columns = (curve.columns.get(key, ()) for key in _POINTS)
                yield (model, name, *(repr(column[place]) if place < len(column) else "" for column in columns))


def _cells(evidence: Evidence) -> Iterable[Sequence[str]]:
    confusion = evidence.confusion
    for model in SIDES:
        for label, row in zip(confusion.classes, getattr(confusion, model) or (), strict=False) if confusion else ():
            for predicted, count in zip(confusion.classes, row, strict=True) if confusion else ():
                yield model, harmless(label), harmless(predicted), repr(count)


def _changes(evidence: Evidence) -> Iterable[Sequence[str]]:
    for fact in evidence.changes.shares if evidence.changes else ():
        share = ("", "", "") if fact.share is None else map(repr, (fact.share.value, *fact.share.interval))
        segment = describe_segment(fact.segment) if fact.segment else ""
        yield (harmless(segment), str(fact.rows), str(fact.changed), *share)
