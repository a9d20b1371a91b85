"""Can everything that governs be approved, by somebody, and by enough of them?"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from shlex import quote

from coronet.core.codeowners import CodeOwners
from coronet.core.doctor.finding import Finding, Severity, unknown, well

WHY_NOBODY = "without owners whoever may write can approve it, and for a proposal promote refuses"


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnersFacts:
    """`codeowners` None: there is no file that the forge would load. `people` maps each owner to the logins that
    it stands for and that may write; None where that cannot be known. `approvals` is what the policy asks for."""

    codeowners: CodeOwners | None
    paths: Sequence[str]
    people: Mapping[str, frozenset[str] | None]
    approvals: int


def judge_owners(facts: OwnersFacts, *, file: str) -> Iterator[Finding]:
    """`file` is the path to name where there is no CODEOWNERS."""
    if facts.codeowners is None:
        yield Finding(
            name="owners.file",
            severity=Severity.BROKEN,
            saw=f"there is no {file} that can be read",
            why=WHY_NOBODY,
            click="write one",
            command="coronet init --owner @login",
        )
        return
    for skipped in facts.codeowners.findings:
        yield Finding(
            name="owners.file",
            severity=Severity.WEAK,
            saw=str(skipped),
            why="a line that GitHub skips leaves its paths to the lines above it",
            click=f"mend {facts.codeowners.file}",
        )
    for path in facts.paths:
        yield _judge(facts, facts.codeowners, path)


def _judge(facts: OwnersFacts, codeowners: CodeOwners, path: str) -> Finding:
    owned, name = codeowners.owners_of(path), f"owners.{path}"
    click = f"mend {codeowners.file}" + (f", line {owned.line}" if owned.line else "")
    command = f"coronet owners {quote(path)}"
    if not owned.owners:
        return Finding(
            name=name, severity=Severity.BROKEN, saw="nobody owns it", why=WHY_NOBODY, click=click, command=command
        )
    said = " ".join(owned.owners)
    known = [people for owner in owned.owners if (people := facts.people.get(owner)) is not None]
    people = frozenset[str]().union(*known)
    hidden = [owner for owner in owned.owners if facts.people.get(owner) is None]
    if len(people) > facts.approvals:
        return well(name, said)
    if hidden:
        why = "an owner whose people cannot be told is not counted: the proof of approval refuses"
        return unknown(name, f"who {' '.join(hidden)} is cannot be told", why=why, click=click, command=command)
    if not people:
        why = "nobody can approve it: nothing of it can ever be merged or promoted"
        severity, saw = Severity.BROKEN, f"none of {said} may write to this repository"
    elif len(people) < facts.approvals:
        why = "it can never get the approvals that the policy asks for"
        severity, saw = Severity.WEAK, f"{len(people)} of {said} may approve, and {facts.approvals} must"
    else:
        why = "who asks cannot approve: when one of them asks, the others do not suffice"
        severity, saw = Severity.ADVICE, f"only {', '.join(sorted(people))} may approve, and {facts.approvals} must"
    return Finding(name=name, severity=severity, saw=saw, why=why, click=click, command=command)


def judge_errors(errors: Sequence[tuple[int, str]], *, file: str) -> Iterator[Finding]:
    """What the forge itself finds wrong with the file, as (line, message)."""
    for line, message in errors:
        yield Finding(
            name="owners.errors",
            severity=Severity.WEAK,
            saw=f"{file}:{line}: {message}",
            why="GitHub skips such a line or drops its unknown owners, and says so nowhere else",
            click=f"mend {file}, line {line}",
        )
    if not errors:
        yield well("owners.errors", f"GitHub finds nothing wrong with {file}")
