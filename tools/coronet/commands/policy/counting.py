"""How many rows the segments have that a policy asks about: by evidence, or by the evaluation data themselves."""

from collections import Counter
from dataclasses import dataclass

from coronet.commands.pinned_data import locate_data
from coronet.core.evidence import Evidence
from coronet.core.linting.rows import CountedRows, segment_columns
from coronet.core.model_file import ModelFile
from coronet.core.policy import Mode, Policy
from coronet.core.statistics.pairing import MISSING_SEGMENT
from coronet.errors import InvalidInput
from coronet.ports.streams import Streams
from coronet.ports.tables import Tables

# More rows are not read just to be counted.
MOST_ROWS = 5_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class DataCounter:
    """Counts in tables; `streams` knows how large one is before it is read."""

    tables: Tables
    streams: Streams

    def count(self, model: ModelFile, policy: Policy, *, always: bool = False) -> tuple[CountedRows | None, str]:
        """What there is, of the rows with a label; or nothing, and why.

        "" where the policy asks for no rows, and they are not wanted `always`.
        """
        columns = segment_columns(policy)
        if (
            not always
            and not columns
            and not any(gate.minimum_rows for gate in policy.gates if gate.mode is not Mode.OFF)
        ):
            return None, ""
        try:
            return self._count(model, columns)
        except InvalidInput as error:
            return None, error.message

    def _count(self, model: ModelFile, columns: tuple[str, ...]) -> tuple[CountedRows | None, str]:
        place = locate_data(model, model.data.evaluation)
        rows = self.streams.rows(place)
        if rows is None:
            return None, f"{place} is not a file of the repository"
        if rows > MOST_ROWS:
            return None, f"{place} has about {rows} rows: name evidence on them with --evidence"
        known = self.tables.columns(place)
        wanted = tuple(dict.fromkeys((model.data.label, *(column for column in columns if column in known))))
        frame = self.tables.read(place, columns=wanted, text=wanted)
        frame = frame[frame[model.data.label].notna()]
        by = {
            column: dict(Counter(frame[column].fillna(MISSING_SEGMENT).tolist()))
            for column in columns
            if column in known
        }
        return CountedRows(source=place, total=len(frame), by=by), ""


def count_in_evidence(evidence: Evidence, source: str) -> CountedRows:
    """As the evidence has measured them."""
    by: dict[str, dict[str, int]] = {}
    for fact in evidence.metrics:
        if len(fact.segment) == 1:
            ((column, value),) = fact.segment.items()
            by.setdefault(column, {})[value] = fact.rows
    return CountedRows(source=source, total=evidence.rows.paired, by=by)
