"""What would change: rows that the candidate predicts otherwise than the champion does."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from coronet.core.canonical import digest_json
from coronet.core.evidence.facts import without_none

# Hexadecimal digits of a key's digest that are shown: enough to tell a row from any other.
DIGITS = 16


class Keys(StrEnum):
    """How the sample of rows names them: by a digest of the key, by the key itself, or by the row's place."""

    HASHED = "hashed"
    SHOWN = "shown"
    PLACES = "places"


class Said(StrEnum):
    """What of the predictions is compared when it is asked how far they moved."""

    VALUE = "value"
    SCORE = "score"
    PROBABILITIES = "probabilities"
    CLASS = "class"


@dataclass(frozen=True, kw_only=True, slots=True)
class Beyond:
    """To move is to move by more than `amount`; `relative` to the champion's prediction, or in its own unit."""

    amount: float
    relative: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    value: float
    interval: tuple[float, float]


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangeFact:
    """How many rows of a segment change; `weighted` is their share of the weight, where rows have one.

    A share that could not be had is None, and `problem` says why.
    """

    segment: Mapping[str, str]
    rows: int
    changed: int
    share: Share | None
    weighted: Share | None = None
    problem: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Flip:
    """Rows of which the champion says one class and the candidate another; `right` of them the candidate's is true."""

    champion: str
    candidate: str
    rows: int
    right: int
    weight: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Moves:
    """How far predictions moved over all rows: `quantiles` by their percentage.

    `beyond` is the share of rows that moved by more than `amount`.
    """

    of: Said
    mean: float
    quantiles: Mapping[str, float]
    largest: float
    amount: float | None = None
    beyond: Share | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What one model says of a row: a number, or a class with its score where there are scores."""

    value: float | None = None
    label: str | None = None
    score: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Mover:
    """One of the rows that moved farthest."""

    key: str
    distance: float
    label: str | float
    champion: Answer
    candidate: Answer
    segments: Mapping[str, str] = field(default_factory=dict)
    weight: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Changes:
    """`of` says what changes: the class, or numbers by more than `beyond`.

    `flips` are the most frequent, `other_flips` the rows of all others; `movers` those that moved farthest,
    farthest first. `left_out` says what is not told, and why.
    """

    of: Said
    shares: tuple[ChangeFact, ...]
    beyond: Beyond | None = None
    flips: tuple[Flip, ...] = ()
    other_flips: int = 0
    moves: Moves | None = None
    movers: tuple[Mover, ...] = ()
    keys: Keys = Keys.HASHED
    left_out: tuple[str, ...] = ()


def hash_keys(changes: Changes, *about: str) -> Changes:
    """Each key as the beginning of the SHA-256 of the canonical JSON of [*about, key].

    Whoever has the data finds the row again; whoever has not cannot read the key, as long as it cannot be guessed.
    """
    movers = (replace(mover, key=hash_key(mover.key, *about)) for mover in changes.movers)
    return replace(changes, movers=tuple(movers), keys=Keys.HASHED)


def hash_key(key: str, *about: str) -> str:
    return digest_json([*about, key]).removeprefix("sha256:")[:DIGITS]


# --- as JSON --------------------------------------------------------------------------------------


def changes_json(changes: Changes) -> dict[str, Any]:
    fields: dict[str, Any] = {"of": str(changes.of), "shares": [_fact_json(fact) for fact in changes.shares]}
    if changes.beyond:
        fields["beyond"] = {"amount": changes.beyond.amount, "relative": changes.beyond.relative}
    if changes.flips:
        fields["flips"] = [_flip_json(flip) for flip in changes.flips]
    if changes.other_flips:
        fields["other_flips"] = changes.other_flips
    if changes.moves:
        fields["moves"] = _moves_json(changes.moves)
    if changes.movers:
        fields["movers"] = [_mover_json(mover) for mover in changes.movers]
    if changes.movers or changes.keys is not Keys.HASHED:
        fields["keys"] = str(changes.keys)
    if changes.left_out:
        fields["left_out"] = list(changes.left_out)
    return fields


def _share_json(share: Share | None) -> dict[str, Any] | None:
    return None if share is None else {"value": share.value, "interval": list(share.interval)}


def _fact_json(fact: ChangeFact) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "segment": dict(fact.segment),
        "rows": fact.rows,
        "changed": fact.changed,
        "share": _share_json(fact.share),
    }
    if fact.weighted:
        fields["weighted"] = _share_json(fact.weighted)
    if fact.problem:
        fields["problem"] = fact.problem
    return fields


def _flip_json(flip: Flip) -> dict[str, Any]:
    return without_none(
        champion=flip.champion, candidate=flip.candidate, rows=flip.rows, right=flip.right, weight=flip.weight
    )


def _moves_json(moves: Moves) -> dict[str, Any]:
    return without_none(
        of=str(moves.of),
        mean=moves.mean,
        quantiles=dict(moves.quantiles),
        largest=moves.largest,
        amount=moves.amount,
        beyond=_share_json(moves.beyond),
    )


def _answer_json(answer: Answer) -> dict[str, Any]:
    return without_none(value=answer.value, label=answer.label, score=answer.score)


def _mover_json(mover: Mover) -> dict[str, Any]:
    return without_none(
        key=mover.key,
        distance=mover.distance,
        label=mover.label,
        champion=_answer_json(mover.champion),
        candidate=_answer_json(mover.candidate),
        segments=dict(mover.segments) or None,
        weight=mover.weight,
    )


def changes_from_json(value: Mapping[str, Any]) -> Changes:
    beyond, moves = value.get("beyond"), value.get("moves")
    return Changes(
        of=Said(value["of"]),
        shares=tuple(_fact(fact) for fact in value["shares"]),
        beyond=Beyond(**beyond) if beyond else None,
        flips=tuple(Flip(**flip) for flip in value.get("flips", ())),
        other_flips=value.get("other_flips", 0),
        moves=_moves(moves) if moves else None,
        movers=tuple(_mover(mover) for mover in value.get("movers", ())),
        keys=Keys(value.get("keys", Keys.HASHED)),
        left_out=tuple(value.get("left_out", ())),
    )


def _share(value: Mapping[str, Any] | None) -> Share | None:
    if value is None:
        return None
    low, high = value["interval"]
    return Share(value=value["value"], interval=(low, high))


def _fact(value: Mapping[str, Any]) -> ChangeFact:
    return ChangeFact(
        segment=value["segment"],
        rows=value["rows"],
        changed=value["changed"],
        share=_share(value["share"]),
        weighted=_share(value.get("weighted")),
        problem=value.get("problem", ""),
    )


def _moves(value: Mapping[str, Any]) -> Moves:
    return Moves(**{**value, "of": Said(value["of"]), "beyond": _share(value.get("beyond"))})


def _mover(value: Mapping[str, Any]) -> Mover:
    sides = {name: Answer(**value[name]) for name in ("champion", "candidate")}
    return Mover(**{**value, **sides})
