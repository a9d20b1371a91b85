"""What came of versions in use, added up."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from coronet.core.abtest.comparing import ArmSums
    from coronet.core.abtest.judging import Units


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """Columns of a table of outcomes. `arm` says which version a row met: `champion` or `candidate`, as texts.

    Rows with the same `unit` are of one customer, session or machine; without one each row is a unit of its own.
    """

    arm: str
    champion: str
    candidate: str
    outcomes: tuple[str, ...]
    unit: str | None = None
    segments: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class OutcomeSums:
    """One outcome over all rows (`segment` empty), or in one segment; (champion, candidate)."""

    outcome: str
    segment: Mapping[str, str]
    champion: "ArmSums"
    candidate: "ArmSums"


@dataclass(frozen=True, kw_only=True, slots=True)
class Added:
    """`arms` are some of those that there are, in their order.

    `others` are rows of neither arm, `nameless` those without a unit, `missing` by outcome those without a number.

    All of these are left out, and so are units that met both arms.
    """

    sha256: str
    units: "Units"
    arms: tuple[str, ...]
    others: int
    nameless: int
    missing: Mapping[str, int]
    sums: tuple[OutcomeSums, ...]


class Outcomes(Protocol):
    def add_up(self, location: str, asked: Asked) -> Added:
        """Of a file, a folder or pattern of Parquet files, or a table of a database, larger than memory if need be.

        Raises `InvalidInput` where nothing of the kind can be read, where columns are not there, or hold texts where
        numbers or truths are wanted.
        """
        ...
