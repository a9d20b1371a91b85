"""How many looks at the same evaluation data share the chance of one false promotion."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Spend(StrEnum):
    """Which part of the chance each look may spend; `core.judging.looks` says how much that is."""

    NONE = "none"
    EQUAL = "equal"
    POCOCK = "pocock"
    OBRIEN_FLEMING = "obrien_fleming"
    ENDLESS = "endless"


class LooksAt(StrEnum):
    """What makes two looks a look at the same data: the same bytes, or data of the same name that grow."""

    FIXED = "fixed"
    GROWING = "growing"


@dataclass(frozen=True, kw_only=True, slots=True)
class Looks:
    """`planned` is how many looks there will be; None where `spend` knows no end."""

    spend: Spend
    planned: int | None
    data: LooksAt


def looks_from_json(looks: Mapping[str, Any]) -> Looks | None:
    """None where every look is judged as if it were the only one."""
    spend = Spend(looks.get("spend", Spend.NONE))
    if spend is Spend.NONE:
        return None
    planned = None if spend is Spend.ENDLESS else looks["of"]
    return Looks(spend=spend, planned=planned, data=LooksAt(looks.get("data", LooksAt.FIXED)))
