"""Evidence within its size: what people are shown is thinned, then left out, and the evidence says so.

Facts that gates judge are never left out: with thousands of segments they alone may be more.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from coronet.core.evidence.curves import Confusion, Curve, Curves
from coronet.core.evidence.document import Evidence

LIMIT = 300_000
_WHY = f"evidence has at most {LIMIT // 1000} kB"
_FEW = 5


def fit(evidence: Evidence, *, limit: int = LIMIT) -> Evidence:
    """`evidence` with no more than `limit` bytes, as far as leaving out helps; the least useful goes first."""
    for shorten in _STEPS:
        if len(evidence.to_bytes()) <= limit:
            break
        evidence = shorten(evidence)
    return evidence


def _thin_curves(evidence: Evidence) -> Evidence:
    curves = evidence.curves
    if curves is None:
        return evidence
    note = f"every other point of the curves: {_WHY}"
    thinned = replace(
        curves,
        candidate=_halve(curves.candidate),
        champion=_halve(curves.champion),
        left_out=(*curves.left_out, note),
    )
    return replace(evidence, curves=thinned)


def _halve(curves: Mapping[str, Curve]) -> Mapping[str, Curve]:
    """Every other point, and the last; how far the line is off is not known any more."""
    return {
        name: Curve(columns={key: (*column[:-1:2], *column[-1:]) for key, column in curve.columns.items()})
        for name, curve in curves.items()
    }


def _shorten_movers(evidence: Evidence) -> Evidence:
    return _keep_changes(evidence, movers=_FEW, flips=_FEW, note=f"more than {_FEW} rows and flips: {_WHY}")


def _leave_out_confusion(evidence: Evidence) -> Evidence:
    if evidence.confusion is None:
        return evidence
    note = f"the matrices: {_WHY}"
    empty = Confusion(classes=(), weighted=evidence.confusion.weighted, candidate=(), left_out=(note,))
    return replace(evidence, confusion=empty)


def _leave_out_curves(evidence: Evidence) -> Evidence:
    if evidence.curves is None:
        return evidence
    return replace(evidence, curves=Curves(candidate={}, left_out=(f"the curves: {_WHY}",)))


def _leave_out_movers(evidence: Evidence) -> Evidence:
    return _keep_changes(evidence, movers=0, flips=0, note=f"rows and flips: {_WHY}")


def _keep_changes(evidence: Evidence, *, movers: int, flips: int, note: str) -> Evidence:
    changes = evidence.changes
    if changes is None or (len(changes.movers) <= movers and len(changes.flips) <= flips):
        return evidence
    others = changes.other_flips + sum(flip.rows for flip in changes.flips[flips:])
    kept = replace(
        changes,
        movers=changes.movers[:movers],
        flips=changes.flips[:flips],
        other_flips=others,
        left_out=(*(said for said in changes.left_out if _WHY not in said), note),
    )
    return replace(evidence, changes=kept)


_STEPS: tuple[Callable[[Evidence], Evidence], ...] = (
    _thin_curves,
    _shorten_movers,
    _leave_out_confusion,
    _leave_out_curves,
    _leave_out_movers,
)
