"""`coronet owners`: who must approve a change to these paths."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from coronet.core.codeowners import LOCATIONS, CodeOwners, Owners, parse_codeowners
from coronet.core.render.markup import escape_markdown, markdown_table, plain_line
from coronet.errors import Finding, InvalidInput, WrongUsage
from coronet.ports.documents import Files

SCHEMA = "coronet/owners/v1"

# What no path of git holds, and bytes of a command line that are no UTF-8.
_UNWRITABLE = re.compile("[\\0\ud800-\udfff]")


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnersReport:
    codeowners: str
    paths: tuple[Owners, ...]
    findings: tuple[Finding, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "codeowners": self.codeowners,
            "paths": [{"path": found.path, "owners": list(found.owners), "line": found.line} for found in self.paths],
            "findings": [_finding_to_json(finding) for finding in self.findings],
        }

    def to_text(self) -> str:
        return "\n".join(f"{plain_line(found.path)}\t{_say_owners(found)}" for found in self.paths)

    def to_markdown(self) -> str:
        rows = [(escape_markdown(found.path), escape_markdown(_say_owners(found))) for found in self.paths]
        return markdown_table(("Path", f"Owners by {escape_markdown(self.codeowners)}"), rows)


def find_owners(paths: Sequence[str], codeowners: CodeOwners, files: Files) -> OwnersReport:
    """The owners of each path, which need not exist in `files`.

    Raises `WrongUsage` for a path that leaves the repository or names a folder: only files have owners.
    """
    return OwnersReport(
        codeowners=codeowners.file,
        paths=tuple(codeowners.owners_of(_repository_path(path, files)) for path in paths),
        findings=codeowners.findings,
    )


def load_codeowners(files: Files) -> CodeOwners:
    """The CODEOWNERS that counts among `files`; `InvalidInput` where there is none that GitHub would load."""
    for location in LOCATIONS:
        if (data := files.read(location)) is not None:
            return require_loaded(parse_codeowners(data, file=location))
    raise InvalidInput(
        f"no CODEOWNERS: neither {LOCATIONS[0]} nor {LOCATIONS[1]} nor {LOCATIONS[2]} is there",
        hint="write one at the root of the repository, or name a file with --codeowners",
    )


def require_loaded(codeowners: CodeOwners) -> CodeOwners:
    """`codeowners`, where GitHub would load the file."""
    if not codeowners.is_loaded:
        raise InvalidInput(f"{codeowners.file} says nothing about owners", findings=codeowners.findings)
    return codeowners


def _repository_path(path: str, files: Files) -> str:
    """`path` as git lists it."""
    if path.startswith("/"):
        raise WrongUsage(f"{path!r} is absolute", hint="write paths from the root of the repository: models/iris.yaml")
    names = path.split("/")
    if ".." in names or _UNWRITABLE.search(path):
        raise WrongUsage(f"{path!r} is no path in a repository", hint="write paths from the root of the repository")
    plain = "/".join(name for name in names if name not in ("", "."))
    if names[-1] in ("", ".") or files.paths(plain):
        raise WrongUsage(
            f"{path!r} is a folder, and only files have owners",
            hint=f"ask for its files: git ls-files {plain or '.'} | coronet owners -",
        )
    return plain


def _say_owners(found: Owners) -> str:
    if found.owners:
        return " ".join(found.owners)
    return "(nobody: no rule matches)" if found.line is None else f"(nobody: line {found.line} has no owners)"


def _finding_to_json(finding: Finding) -> dict[str, Any]:
    place = finding.location
    return {
        "line": place.line if place else None,
        "column": place.column if place else None,
        "severity": finding.severity.value,
        "message": finding.message,
        "hint": finding.hint,
    }
