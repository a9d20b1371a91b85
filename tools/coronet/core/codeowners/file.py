"""A CODEOWNERS file: its rules in order, what is wrong with it, and who owns a path."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from coronet.core.codeowners.pattern import Fault, Pattern, parse_pattern
from coronet.errors import Finding, Location, Severity

# Where GitHub looks for the file, in its order; the first found counts, on the base branch.
LOCATIONS = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")

# "CODEOWNERS files must be under 3 MB in size": the smaller of the two readings of MB.
SIZE_LIMIT = 3_000_000

# Any spelling that could name somebody counts as an owner, so that a rule with an owner nobody knows
# stands, and refuses, instead of leaving its paths to the rules above it.
_OWNER = re.compile(
    r"@[A-Za-z0-9_-]+"
    r"|@[A-Za-z0-9_-]+/[A-Za-z0-9._-]+"
    r"|[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}"
)
_BLANKS = " \t"
_PATTERN = re.compile(r"(?:[^ \t#\\]|\\.|\\$)+", re.DOTALL)
_WORD = re.compile(r"[^ \t]+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """`owners` as written: `@login`, `@organization/team` or an e-mail address; none means nobody."""

    line: int
    pattern: Pattern
    owners: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Owners:
    """Who owns `path`: the owners of the rule at `line`, or nobody because no rule matches (`line` None).

    A rule without owners also leaves the path to nobody: GitHub then asks for no owner's approval at all.
    """

    path: str
    owners: tuple[str, ...] = ()
    line: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CodeOwners:
    """`findings` of severity error stand for lines that GitHub skips; warnings for lines that count.

    A file that GitHub does not load at all has no rules, and `is_loaded` false: nobody owns anything.
    """

    file: str
    rules: tuple[Rule, ...] = ()
    findings: tuple[Finding, ...] = ()
    is_loaded: bool = True

    def owners_of(self, path: str) -> Owners:
        """The last rule that matches decides, alone. `path` is a file's, relative, with `/`."""
        for rule in reversed(self.rules):
            if rule.pattern.matches(path):
                return Owners(path=path, owners=rule.owners, line=rule.line)
        return Owners(path=path)


def parse_codeowners(text: str | bytes, *, file: str = "CODEOWNERS") -> CodeOwners:
    """Every rule that GitHub follows, and a finding for every line that it skips."""
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    if fault := _find_fault(data, file):
        return CodeOwners(file=file, findings=(fault,), is_loaded=False)
    rules: list[Rule] = []
    findings: list[Finding] = []
    for number, line in enumerate(data.decode("utf-8-sig").split("\n"), start=1):
        rule, faults = _parse_line(line.removesuffix("\r"), file, number)
        findings += faults
        if rule is not None:
            rules.append(rule)
    return CodeOwners(file=file, rules=tuple(rules), findings=tuple(findings))


def _find_fault(data: bytes, file: str) -> Finding | None:
    """Why the whole file says nothing."""
    if len(data) >= SIZE_LIMIT:
        return Finding(
            message=f"CODEOWNERS has {len(data)} bytes, and GitHub loads none of 3 MB or more",
            hint="use wildcards to say the same in fewer lines",
            location=Location(file=file),
        )
    try:
        data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return Finding(
            message="CODEOWNERS is not UTF-8", hint="save it as UTF-8", location=Location(file=file, line=line)
        )
    return None


def _parse_line(line: str, file: str, number: int) -> tuple[Rule | None, list[Finding]]:
    """The rule of one line, None where it has none or GitHub skips it."""
    start, end = _find_pattern(line)
    if start == end:
        return None, []
    findings = list(_judge_owners(line, end, file, number))
    meaning = parse_pattern(line[start:end])
    if isinstance(meaning, Fault):
        location = Location(file=file, line=number, column=start + 1)
        return None, [Finding(message=meaning.message, hint=meaning.hint, location=location), *findings]
    if any(finding.severity is Severity.ERROR for finding in findings):
        return None, findings
    owners = tuple(owner for _, owner in _find_owners(line, end))
    return Rule(line=number, pattern=meaning, owners=owners), findings


def _find_pattern(line: str) -> tuple[int, int]:
    """Where the pattern stands: up to the first blank or # without a backslash."""
    start = len(line) - len(line.lstrip(_BLANKS))
    found = _PATTERN.match(line, start)
    return start, found.end() if found else start


def _find_owners(line: str, start: int) -> Iterator[tuple[int, str]]:
    """Column (from 1) and text of each owner between the pattern and a comment."""
    comment = line.find("#", start)
    for word in _WORD.finditer(line, start, len(line) if comment < 0 else comment):
        yield word.start() + 1, word.group()


def _judge_owners(line: str, start: int, file: str, number: int) -> Iterator[Finding]:
    if line[start : start + 1] == "#":
        yield Finding(
            message="the # ends the pattern and begins a comment, so that this line has no owners",
            hint="write \\# for a # in a name, or a blank before a comment",
            location=Location(file=file, line=number, column=start + 1),
            severity=Severity.WARNING,
        )
    for column, owner in _find_owners(line, start):
        if not _OWNER.fullmatch(owner):
            yield Finding(
                message=f"{owner!r} is no owner, and GitHub skips the whole line",
                hint="write owners as @login, @organization/team or an e-mail address, with blanks between",
                location=Location(file=file, line=number, column=column),
            )
