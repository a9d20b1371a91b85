"""The main branch says what should be, the log branch what was: what guards them?"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from coronet.core.doctor.commands import log_ruleset, main_ruleset
from coronet.core.doctor.facts import Branch, BranchRules, ForgeSettings, RequiredStatus, Unknown
from coronet.core.doctor.finding import Finding, Severity, unknown, well

Holds = Callable[[BranchRules], bool]


class Guard(NamedTuple):
    """A rule that must hold on main: its name, how bad its lack is, what is lacking, and what that allows."""

    name: str
    severity: Severity
    holds: Holds
    is_there: str
    lacks: str
    why: str


def _guards(approvals: int) -> tuple[Guard, ...]:
    return (
        Guard(
            "main.pull_request",
            Severity.BROKEN,
            lambda rules: rules.pull_request,
            "a change needs a pull request",
            "whoever may write can push straight to it",
            "a proposal that was pushed was reviewed by nobody; promote refuses it, and policy and owners go unguarded",
        ),
        Guard(
            "main.approvals",
            Severity.WEAK,
            lambda rules: rules.approvals >= approvals,
            f"a merge needs {approvals} approvals or more",
            f"a merge does not need the {approvals} approvals that the policy asks for",
            "what is merged with fewer is refused by promote, and has to be proposed again",
        ),
        Guard(
            "main.code_owner_review",
            Severity.BROKEN,
            lambda rules: rules.code_owner_review,
            "an owner must approve",
            "anybody's approval will do",
            "without it CODEOWNERS is a suggestion: policy, owners and workflows can be changed past their owners",
        ),
        Guard(
            "main.stale_reviews",
            Severity.WEAK,
            lambda rules: rules.dismisses_stale,
            "a push dismisses the approvals before it",
            "an approval outlives later pushes",
            "what was approved can be changed before the merge; promote notices for proposals, nobody for policy",
        ),
        Guard(
            "main.last_push",
            Severity.WEAK,
            lambda rules: rules.last_push_approval,
            "somebody else approves the last push",
            "who pushed last may approve it",
            "a writer can push to a bot's branch and approve their own change",
        ),
        Guard(
            "main.history",
            Severity.WEAK,
            lambda rules: rules.blocks_force_push and rules.blocks_deletion,
            "its history cannot be rewritten",
            "its history can be rewritten, or the branch deleted",
            "what was approved, and under which policy, is read from this history",
        ),
    )


def judge_main(settings: ForgeSettings, *, approvals: int, check: str) -> Iterator[Finding]:
    """`approvals` as the policy asks for; `check` is the name of the status that must have passed."""
    branch = settings.main
    if not settings.has_rulesets:
        yield _no_rules(settings)
        return
    click = f"{settings.page}/settings/rules → New branch ruleset → target {branch.name}"
    command = main_ruleset(settings, approvals=approvals, check=check)
    for guard in _guards(approvals):
        yield _judge(branch, guard, click=click, command=command)
    yield _required_check(settings, check, click=click, command=command)
    yield from _classic(branch, click=click, command=command)
    yield from _bypasses(branch, "main.bypass", page=settings.page)


def judge_log(settings: ForgeSettings) -> Iterator[Finding]:
    branch = settings.log
    if not settings.has_rulesets:
        return
    click = f"{settings.page}/settings/rules → New branch ruleset → target {branch.name}"
    guard = Guard(
        "log.history",
        Severity.BROKEN,
        lambda rules: rules.blocks_force_push and rules.blocks_deletion,
        f"{branch.name} only ever grows",
        f"{branch.name} can be rewritten or deleted",
        "it is the record of who approved what; the chain shows an edit, and a rewrite from the start leaves no trace",
    )
    yield _judge(branch, guard, click=click, command=log_ruleset(settings))
    yield _writers(branch, click=click)
    yield from _bypasses(branch, "log.bypass", page=settings.page)


def _no_rules(settings: ForgeSettings) -> Finding:
    return Finding(
        name="main.rulesets",
        severity=Severity.BROKEN,
        saw=f"{settings.repository} is private, and its plan has no rulesets and no CODEOWNERS",
        why="GitHub guards nothing here: promote's own proof of approval is the ONLY control. It refuses proposals "
        "that no owner approved, and cannot stop a change of policy, owners or workflows",
        click=f"{settings.page}/settings → make it public, or upgrade the plan of its owner",
    )


def _judge(branch: Branch, guard: Guard, *, click: str, command: str) -> Finding:
    holds = _holds(branch, guard.holds)
    if isinstance(holds, Unknown):
        return unknown(guard.name, holds.why, why=guard.why, click=click, command=command)
    if holds:
        return well(guard.name, guard.is_there)
    return Finding(
        name=guard.name, severity=guard.severity, saw=guard.lacks, why=guard.why, click=click, command=command
    )


def _holds(branch: Branch, test: Holds) -> bool | Unknown:
    """By a ruleset or by classic protection; unknown where neither says yes and one of them cannot be read."""
    known = [found for found in (branch.rules, branch.classic) if isinstance(found, BranchRules)]
    if any(test(rules) for rules in known):
        return True
    hidden = [found for found in (branch.rules, branch.classic) if isinstance(found, Unknown)]
    return hidden[0] if hidden else False


def _required_check(settings: ForgeSettings, check: str, *, click: str, command: str) -> Finding:
    name, why = "main.required_check", "a proposal that check refuses can be merged; promote would refuse it later"
    holds = _holds(settings.main, lambda rules: bool(_named(rules, check)))
    if isinstance(holds, Unknown):
        return unknown(name, holds.why, why=why, click=click, command=command)
    saw, severity = f"a merge does not wait for the check {check!r}", Severity.WEAK
    if holds:
        if _holds(settings.main, lambda rules: any(status.app for status in _named(rules, check))) is True:
            return well(name, f"a merge waits for the check {check!r} of one app")
        saw = f"a merge waits for {check!r}, which anybody may report"
        why = "whoever may write to the repository can set the status of that name"
    return Finding(name=name, severity=severity, saw=saw, why=why, click=click, command=command)


def _named(rules: BranchRules, check: str) -> tuple[RequiredStatus, ...]:
    return tuple(status for status in rules.statuses if status.name == check)


def _classic(branch: Branch, *, click: str, command: str) -> Iterator[Finding]:
    """Classic protection holds as well, and hides what it demands from everybody but administrators."""
    if isinstance(branch.classic, BranchRules) and not (
        isinstance(branch.rules, BranchRules) and branch.rules.pull_request
    ):
        yield Finding(
            name="main.classic",
            severity=Severity.ADVICE,
            saw="main is guarded by classic branch protection",
            why="only administrators may read it: promote and a doctor without that right cannot see that it is there",
            click=click,
            command=command,
        )


def _bypasses(branch: Branch, name: str, *, page: str) -> Iterator[Finding]:
    click = f"{page}/settings/rules → the ruleset → Bypass list"
    why = "for them no rule holds, and in the mode `exempt` nothing is recorded; promote still asks for an approval"
    if isinstance(branch.bypasses, Unknown):
        yield unknown(name, branch.bypasses.why, why=why, click=click)
        return
    for bypass in branch.bypasses:
        mild = bypass.mode == "pull_request"
        yield Finding(
            name=name,
            severity=Severity.ADVICE if mild else Severity.WEAK,
            saw=f"{bypass.who} may bypass the ruleset {bypass.ruleset!r} (mode {bypass.mode})",
            why="they may merge a pull request past its rules" if mild else why,
            click=click,
        )
    if not branch.bypasses:
        yield well(name, f"nobody may bypass the rules of {branch.name}")


def _writers(branch: Branch, *, click: str) -> Finding:
    name, why = "log.writers", "whoever may write to the repository may append entries of their own; verify shows them"
    holds = _holds(branch, lambda rules: rules.restricts_updates)
    if holds is True:
        return well(name, f"only those who may bypass its ruleset write to {branch.name}")
    saw = holds.why if isinstance(holds, Unknown) else f"all who may write to the repository may write to {branch.name}"
    return Finding(
        name=name,
        severity=Severity.ADVICE,
        saw=saw,
        why=why,
        click=f"{click} → Restrict updates, with your GitHub App as bypass (the workflows' own token cannot be one)",
    )
