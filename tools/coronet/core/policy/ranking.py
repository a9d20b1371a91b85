"""How several candidates are compared."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Take(StrEnum):
    """Which number a score term takes of the segments' improvements."""

    OVERALL = "overall"
    WEIGHTED = "weighted"
    WORST = "worst"


@dataclass(frozen=True, kw_only=True, slots=True)
class ScoreTerm:
    """weight × clamp(offset + improvement ÷ scale)."""

    name: str
    metric: str
    weight: float
    scale: float
    take: Take = Take.OVERALL
    by: tuple[str, ...] = ()
    minimum_rows: int = 0
    relative: bool = False
    offset: float = 0.0
    clamp: tuple[float, float] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class TieBreak:
    metric: str
    take: Take = Take.OVERALL
    by: tuple[str, ...] = ()
    minimum_rows: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Ranking:
    """How several candidates are compared: the newest `consider` eligible ones, by score, then tie-breaks."""

    consider: int
    score: tuple[ScoreTerm, ...]
    tie_breaks: tuple[TieBreak, ...]
    require: tuple[str, ...]


def ranking_from_json(ranking: Mapping[str, Any]) -> Ranking:
    return Ranking(
        consider=ranking["consider"],
        score=tuple(_term(name, term) for name, term in ranking.get("score", {}).items()),
        tie_breaks=tuple(
            TieBreak(
                metric=tie["metric"],
                take=Take(tie.get("take", "overall")),
                by=tuple(tie.get("by", ())),
                minimum_rows=tie.get("minimum_rows", 0),
            )
            for tie in ranking.get("tie_breaks", ())
        ),
        require=tuple(ranking.get("require", ())),
    )


def _term(name: str, term: Mapping[str, Any]) -> ScoreTerm:
    clamp = term.get("clamp")
    return ScoreTerm(
        name=name,
        metric=term["metric"],
        weight=float(term["weight"]),
        scale=float(term.get("scale", 1.0)),
        take=Take(term.get("take", "overall")),
        by=tuple(term.get("by", ())),
        minimum_rows=term.get("minimum_rows", 0),
        relative=term.get("relative", False),
        offset=float(term.get("offset", 0.0)),
        clamp=(float(clamp[0]), float(clamp[1])) if clamp else None,
    )
