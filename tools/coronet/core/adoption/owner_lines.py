"""Adding to CODEOWNERS what has no owners of its own yet; what stands there is never changed."""

from collections.abc import Sequence

from coronet.core.codeowners import CodeOwners, Owners, parse_codeowners

_BOM = b"\xef\xbb\xbf"
_HEADING = "# Who must approve what moves a model, what is demanded of it, and what guards both."


def governed_patterns(codeowners: str) -> tuple[str, ...]:
    """The patterns that must have owners, `codeowners` being the path of the file itself."""
    itself = () if codeowners.startswith(".github/") else (f"/{codeowners}",)
    return ("/promotions/", "/policy/", "/models/", "/.github/", *itself)


def uncovered(codeowners: CodeOwners) -> tuple[str, ...]:
    """The patterns whose files are left to a wider rule (as in `*`), or to none."""
    return tuple(pattern for pattern in governed_patterns(codeowners.file) if not _has_own_rule(codeowners, pattern))


def without_owners(codeowners: CodeOwners) -> tuple[Owners, ...]:
    """Files of ours that a rule of their own leaves to nobody: there anyone who may write approves."""
    found = (codeowners.owners_of(_probe(pattern)) for pattern in governed_patterns(codeowners.file))
    return tuple(owned for owned in found if owned.line is not None and not owned.owners)


def add_owner_lines(before: bytes | None, *, file: str, owners: Sequence[str]) -> bytes:
    """`before` with a line for each uncovered pattern.

    The last match wins: the lines stand at the end, or above the first line for something below one of
    these patterns, which then goes on to count.
    """
    data = before or b""
    codeowners = parse_codeowners(data, file=file)
    missing = uncovered(codeowners)
    if not missing:
        return data
    width = max(len(pattern) for pattern in missing)
    lines = [_HEADING, *(f"{pattern:{width}}  {' '.join(owners)}" for pattern in missing)]
    inserted = _insert(data, lines, at=_first_below(codeowners, missing))
    return inserted if not uncovered(parse_codeowners(inserted, file=file)) else _insert(data, lines, at=None)


def _first_below(codeowners: CodeOwners, patterns: Sequence[str]) -> int | None:
    """The line of the first rule for something below one of the patterns."""
    folders = tuple(pattern.lstrip("/") for pattern in patterns if pattern.endswith("/"))
    return next((rule.line for rule in codeowners.rules if rule.pattern.text.lstrip("/").startswith(folders)), None)


def _insert(data: bytes, lines: Sequence[str], *, at: int | None) -> bytes:
    """`data` with `lines` before its line number `at`, or at its end."""
    newline = b"\r\n" if b"\r\n" in data else b"\n"
    block = newline.join(line.encode() for line in lines) + newline
    if at is not None:
        old = data.removeprefix(_BOM).split(b"\n")
        return data[: len(_BOM) * data.startswith(_BOM)] + b"\n".join(
            [*old[: at - 1], (block + newline)[:-1], *old[at - 1 :]]
        )
    gap = b"" if not data else newline if data.endswith(b"\n") else newline * 2
    return data + gap + block


def _has_own_rule(codeowners: CodeOwners, pattern: str) -> bool:
    """Whether the rule that decides was written for this folder or file."""
    line = codeowners.owners_of(_probe(pattern)).line
    rule = next((rule for rule in codeowners.rules if rule.line == line), None)
    return rule is not None and rule.pattern.text.lstrip("/").startswith(pattern.strip("/"))


def _probe(pattern: str) -> str:
    """A file below a folder's pattern, or the file itself."""
    return pattern.removeprefix("/") + ("some/file.yaml" if pattern.endswith("/") else "")
