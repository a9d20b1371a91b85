"""What became of a proposal, as the change log tells: how it ended, and what followed."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from coronet.core.changelog.entry import APPLIED, ENDED, Entry, Event
from coronet.core.timestamps import format_duration


@dataclass(frozen=True, kw_only=True, slots=True)
class Fate:
    """`ended` is None where nothing ended it yet; `followed` is what took its version's place, after `lasted`."""

    ended: Event | None = None
    followed: Event | None = None
    lasted: timedelta | None = None

    @property
    def was_rolled_back(self) -> bool:
        """Whether somebody went back behind it, however soon."""
        return self.ended in APPLIED and self.followed is Event.ROLLED_BACK

    def __str__(self) -> str:
        if self.ended is None:
            return "not applied yet"
        said = str(self.ended).replace("_", " ")
        if self.ended not in APPLIED:
            return said
        if self.followed is None or self.lasted is None:
            return f"{said}, champion still"
        how = "rolled back" if self.followed is Event.ROLLED_BACK else "replaced"
        return f"{said}, {how} after {format_duration(self.lasted)}"


def find_fates(log: Sequence[Entry]) -> dict[str, Fate]:
    """The fate of every proposal that `log`, oldest first, says something ended."""
    applied: dict[str, list[Entry]] = {}
    for entry in log:
        if entry.event in APPLIED and entry.target:
            applied.setdefault(entry.alias, []).append(entry)
    fates: dict[str, Fate] = {}
    for entry in log:
        if entry.proposal and entry.event in ENDED and entry.proposal not in fates:
            fates[entry.proposal] = _fate(entry, applied.get(entry.alias, ()))
    return fates


def _fate(ended: Entry, applied: Sequence[Entry]) -> Fate:
    """Of the same files put there again, as by a renewal, nothing became."""
    if ended.event not in APPLIED or ended.target is None:
        return Fate(ended=ended.event)
    digest = ended.target.digest
    for later in _after(applied, ended.seq):
        if later.target and later.target.digest != digest:
            return Fate(ended=ended.event, followed=later.event, lasted=later.at - ended.at)
    return Fate(ended=ended.event)


def _after(applied: Sequence[Entry], seq: int) -> Sequence[Entry]:
    """Those of `applied`, whose numbers rise, that come after `seq`."""
    return applied[bisect_right(applied, seq, key=lambda entry: entry.seq) :]
