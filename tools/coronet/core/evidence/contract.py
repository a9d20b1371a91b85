"""What callers rely on: digests for both models, and what changed between them by name."""

from collections.abc import Mapping, Sequence

from coronet.core.evidence.facts import Contract, ContractChange
from coronet.core.semantic_version import Column, Schema

LISTED = 50


def compare_columns(before: Schema | None, after: Schema | None) -> tuple[ContractChange, ...]:
    """What callers of a model with schema `before` find otherwise in one with schema `after`.

    Nothing where one of them is not known: that the digests differ is said elsewhere.
    """
    if before is None or after is None:
        return ()
    inputs = _compare(before.inputs, after.inputs, "input")
    return (*inputs, *_compare(before.outputs, after.outputs, "output"))


def _compare(before: Sequence[Column], after: Sequence[Column], side: str) -> list[ContractChange]:
    """Columns that are gone, then those that are new or of another type, then those in another place."""
    old, new = ({column.name: column.type for column in columns} for columns in (before, after))
    gone = [name for name in old if name not in new]
    other = [name for name, type_ in new.items() if old.get(name) != type_]
    stayed, now = [name for name in old if name in new], [name for name in new if name in old]
    moved = [name for name, there in zip(stayed, now, strict=True) if name != there and name not in other]
    return [
        ContractChange(side=side, name=name, champion=old.get(name), candidate=new.get(name))
        for name in (*gone, *other, *moved)
    ]


def contract_of(
    candidate: Mapping[str, str], champion: Mapping[str, str], before: Schema | None, after: Schema | None
) -> Contract:
    """The contract of two models by their digests and schemas (`before` is the champion's)."""
    changes = compare_columns(before, after)
    return Contract(
        candidate=candidate,
        champion=champion,
        changes=changes[:LISTED],
        more_changes=max(0, len(changes) - LISTED),
    )
