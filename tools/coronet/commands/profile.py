"""A profile: what drift is measured against later, without the data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from coronet.commands.governed import decode
from coronet.commands.measuring import profile_table
from coronet.core.render.markup import plain_line
from coronet.core.render.page import Page, Table
from coronet.core.render.printing import page_markdown, page_text
from coronet.core.statistics.drift.profile_json import parse_profile, profile_json, quantiles
from coronet.core.statistics.drift.profiles import CategoryProfile, NumberProfile, Profile
from coronet.errors import InvalidInput
from coronet.ports.clock import Progress
from coronet.ports.columns import ColumnTables
from coronet.ports.documents import Documents

SCHEMA = "coronet/profile/v1"
_HEADER = ("column", "kind", "missing", "mean", "deviation", "median", "least", "greatest", "values")
_FREQUENT = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class ProfileReport:
    """`source` is where the table was; `digest` is the SHA-256 of its bytes."""

    source: str
    digest: str
    rows: int
    profiles: Mapping[str, Profile]

    def to_json(self) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "source": self.source,
            "digest": self.digest,
            "rows": self.rows,
            "columns": [profile_json(name, profile) for name, profile in self.profiles.items()],
        }

    def to_text(self) -> str:
        return page_text(self._page())

    def to_markdown(self) -> str:
        return page_markdown(self._page())

    def _page(self) -> Page:
        rows = [_row(name, profile) for name, profile in self.profiles.items()]
        headline = f"{len(self.profiles)} columns of {plain_line(self.source)}, {self.rows} rows."
        return Page(headline=headline, blocks=(Table(header=_HEADER, rows=rows),))


def make_profile(
    tables: ColumnTables, source: str, *, columns: Sequence[str], leave_out: Sequence[str], progress: Progress
) -> ProfileReport:
    """The profile of all columns that hold numbers or texts; InvalidInput where there is none."""
    chosen = [name for name in columns or tables.columns(source) if name not in leave_out]
    progress("read", source)
    with tables.open(source, chosen) as table:
        profiles, rows = dict(profile_table(table, chosen)), table.rows
    if not profiles:
        raise InvalidInput(f"no column of {source} can be profiled", hint="name columns of numbers or texts")
    return ProfileReport(source=source, digest=f"sha256:{tables.sha256(source)}", rows=rows, profiles=profiles)


def read_profile(tables: ColumnTables, documents: Documents, location: str) -> dict[str, Profile]:
    """The profiles by column of a file that `make_profile` wrote; InvalidInput for anything else."""
    document = documents.parse(tables.document(location), file=location)
    try:
        return decode(document, documents, "profile", _parse)
    except ValueError as error:
        raise InvalidInput(f"{location} is no profile: {error}", hint="write it anew with `coronet profile`") from error


def _parse(value: Mapping[str, Any]) -> dict[str, Profile]:
    return {column["column"]: parse_profile(column) for column in value["columns"]}


def _row(name: str, profile: Profile) -> tuple[str, ...]:
    missing = f"{100 * profile.missing / profile.rows:.3g} %"
    match profile:
        case NumberProfile():
            known = profile.moments
            numbers = (known.mean, known.deviation, quantiles(profile)["0.5"], known.least, known.greatest)
            return (name, "number", missing, *("" if n is None else f"{n:.4g}" for n in numbers), "")
        case CategoryProfile():
            frequent = sorted(profile.counts.items(), key=lambda item: (-item[1], item[0]))[:_FREQUENT]
            said = ", ".join(f"{text} {100 * many / profile.present:.3g} %" for text, many in frequent)
            more = " …" if len(profile.counts) > _FREQUENT or profile.pooled is not None else ""
            return (name, "category", missing, "", "", "", "", "", said + more)
