"""A policy: the gates evidence must pass, and the rules of proposals, approvals, freezes and rollbacks.

`policy/default.yaml` holds for every model; `policy/<m>.yaml` changes it key by key. The merged mapping
is the effective policy; its digest is what a proposal pins.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from coronet.core.canonical import digest_json
from coronet.core.protection import ProtectionDemand
from coronet.core.timestamps import parse_duration

SCHEMA = "coronet/policy/v1"
DEFAULT_PATH = "policy/default.yaml"

DEFAULTS: Mapping[str, Any] = {
    "schema": SCHEMA,
    "confidence": 0.95,
    "correction": "holm",
    "on_inconclusive": "refuse",
    "gates": {},
    "evidence": {},
    "proposals": {"expire_after": "14d", "valid_for": "90d"},
    "approvals": {"count": 1},
    "freeze": [],
    "ranking": {"consider": 5},
    "rollback": {"depth": 5},
}


def policy_path(model: str) -> str:
    return f"policy/{model}.yaml"


class Rule(StrEnum):
    SUPERIOR = "superior"
    NON_INFERIOR = "non_inferior"
    FLOOR = "floor"
    CEILING = "ceiling"
    GAP = "gap"
    UNCHANGED = "unchanged"


class Mode(StrEnum):
    ENFORCE = "enforce"
    WARN = "warn"
    OFF = "off"


class Statistics(StrEnum):
    INTERVAL = "interval"
    POINT = "point"


class Correction(StrEnum):
    HOLM = "holm"
    NONE = "none"


class OnInconclusive(StrEnum):
    REFUSE = "refuse"
    ASK = "ask"


class BelowMinimum(StrEnum):
    """What a segment with too few rows does to its gate."""

    INCONCLUSIVE = "inconclusive"
    SKIP = "skip"


@dataclass(frozen=True, kw_only=True, slots=True)
class Gate:
    """One rule. `bar` is the margin of a comparison or the value of a bound; `unchanged` has none."""

    name: str
    rule: Rule
    metric: str = ""
    bar: float = 0.0
    relative: bool = False
    by: tuple[str, ...] = ()
    weight: str | None = None
    minimum_rows: int = 0
    below_minimum: BelowMinimum = BelowMinimum.INCONCLUSIVE
    statistics: Statistics = Statistics.INTERVAL
    mode: Mode = Mode.ENFORCE
    of: tuple[str, ...] = ()
    only_new: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Freeze:
    """No alias moves from `start` to `end`, both days included, as the zone's calendar counts them."""

    start: str
    end: str
    zone: str
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Approvals:
    """How many owners must approve, for each kind of proposal, and what of a branch that is not protected."""

    count: int = 1
    bootstrap: int = 1
    promotion: int = 1
    rollback: int = 1
    renewal: int = 1
    protection: ProtectionDemand = ProtectionDemand.WARN


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


@dataclass(frozen=True, kw_only=True, slots=True)
class Rollback:
    """How far back one may go, and who may go there before anybody approves (nobody where `who` is empty).

    `who` are logins, `@organization/team`, and `owners` for the owners of the model's proposals; with
    `four_eyes` a second one of them confirms.
    """

    depth: int
    who: tuple[str, ...] = ()
    four_eyes: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    confidence: float
    correction: Correction
    on_inconclusive: OnInconclusive
    gates: tuple[Gate, ...]
    evidence_maximum_age: timedelta | None
    expire_after: timedelta
    valid_for: timedelta
    approvals: Approvals
    freeze: tuple[Freeze, ...]
    ranking: Ranking
    rollback: Rollback
    digest: str


def merge_policies(*layers: Mapping[str, Any]) -> dict[str, Any]:
    """The effective mapping of policies from widest to narrowest: mappings merge, all else is replaced."""
    merged: dict[str, Any] = {}
    for layer in layers:
        for key, value in layer.items():
            below = merged.get(key)
            if isinstance(value, Mapping) and isinstance(below, Mapping):
                merged[key] = merge_policies(below, value)
            else:
                merged[key] = value
    return merged


def policy_origins(layers: Mapping[str, Mapping[str, Any]]) -> dict[tuple[str, ...], str]:
    """For every value of the policy that `layers` (by name, widest first) make, by its path, where it comes from.

    That is the narrowest layer that has something at its path: what is wider was replaced or merged.
    """
    narrowest_first = list(layers.items())[::-1]
    paths = _leaves(merge_policies(*layers.values()))
    return {path: next(name for name, layer in narrowest_first if _has(layer, path)) for path in paths}


def policy_from_json(*layers: Mapping[str, Any]) -> Policy:
    """The effective policy of `layers` over the built-in defaults; each layer satisfies `coronet schema policy`."""
    value = merge_policies(DEFAULTS, *layers)
    proposals, maximum_age = value["proposals"], value["evidence"].get("maximum_age")
    return Policy(
        confidence=float(value["confidence"]),
        correction=Correction(value["correction"]),
        on_inconclusive=OnInconclusive(value["on_inconclusive"]),
        gates=tuple(_gate(name, gate) for name, gate in value["gates"].items()),
        evidence_maximum_age=parse_duration(maximum_age) if maximum_age else None,
        expire_after=parse_duration(proposals["expire_after"]),
        valid_for=parse_duration(proposals["valid_for"]),
        approvals=_approvals(value["approvals"]),
        freeze=tuple(_freeze(window) for window in value["freeze"]),
        ranking=_ranking(value["ranking"]),
        rollback=_rollback(value["rollback"]),
        digest=digest_json(value),
    )


def _gate(name: str, gate: Mapping[str, Any]) -> Gate:
    rule = Rule(gate["rule"])
    return Gate(
        name=name,
        rule=rule,
        metric=gate.get("metric", ""),
        bar=float(gate.get("value", gate.get("margin", 0.0))),
        relative=gate.get("relative", False),
        by=tuple(gate.get("by", ())),
        weight=gate.get("weight"),
        minimum_rows=gate.get("minimum_rows", 0),
        below_minimum=BelowMinimum(gate.get("below_minimum", "inconclusive")),
        statistics=Statistics(gate.get("statistics", "interval")),
        mode=Mode(gate.get("mode", "enforce")),
        of=tuple(gate.get("of", ())),
        only_new=gate.get("only_new", False),
    )


def _approvals(approvals: Mapping[str, Any]) -> Approvals:
    count = approvals["count"]
    kinds = {kind: approvals.get(kind, count) for kind in ("bootstrap", "promotion", "rollback", "renewal")}
    return Approvals(count=count, **kinds, protection=ProtectionDemand(approvals.get("protection", "warn")))


def _freeze(window: Mapping[str, str]) -> Freeze:
    return Freeze(start=window["from"], end=window["until"], zone=window.get("zone", "UTC"), why=window["why"])


def _rollback(rollback: Mapping[str, Any]) -> Rollback:
    return Rollback(
        depth=rollback["depth"],
        who=tuple(rollback.get("who", ())),
        four_eyes=rollback.get("four_eyes", False),
    )


def _ranking(ranking: Mapping[str, Any]) -> Ranking:
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


def _leaves(value: Mapping[str, Any], path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    for key, inner in value.items():
        found += _leaves(inner, (*path, key)) if isinstance(inner, Mapping) and inner else [(*path, key)]
    return found


def _has(layer: Any, path: tuple[str, ...]) -> bool:
    for key in path:
        if not isinstance(layer, Mapping) or key not in layer:
            return False
        layer = layer[key]
    return True
