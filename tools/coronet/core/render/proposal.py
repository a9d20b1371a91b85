"""A proposal as its pull request shows it: the verdict and who must act first, then what they need to know."""

import re
from collections.abc import Sequence
from typing import assert_never

from coronet.core.decision import Result, Verdict
from coronet.core.judging.judgement import Judgement
from coronet.core.proposal import Code, Kind, Proposal
from coronet.core.render.changes import what_would_change
from coronet.core.render.comparison import compare
from coronet.core.render.markup import Verbatim, plain_line
from coronet.core.render.page import Block, Folded, Heading, Items, Page, Row, Table, Tree, Words
from coronet.core.render.printing import page_markdown
from coronet.core.timestamps import format_time

_VERBS = {Kind.PROMOTION: "Promote", Kind.ROLLBACK: "Roll back", Kind.RENEWAL: "Renew"}
_ROUND = str.maketrans("[]", "()")
_CALLS = re.compile(r"(@(?=\w)|#(?=\d)|\bGH-(?=\d))", re.IGNORECASE)
_REMOTE = re.compile(
    r"(?:https://(?P<web>[\w.-]+(?::\d+)?/[\w./-]+?)|git@(?P<host>[\w.-]+):(?P<path>[\w./-]+?))(?:\.git)?/?"
)
_ADDRESS = re.compile(r"https?://[\w.:/?#@!$&'+,;=%-]*[\w/]", re.ASCII)


def render_title(proposal: Proposal) -> str:
    """The title of its pull request and commits: one line without square brackets, mentions and issues.

    A `[skip ci]` in it would keep the required check, and after a squash the promotion, from running; a
    `fixes #12` in a commit would close an issue.
    """
    verb, version = _VERBS[proposal.kind], proposal.candidate.version
    moved = "as" if proposal.kind is Kind.RENEWAL else "to"
    title = plain_line(f"{verb} {proposal.model} {moved} version {version}: {proposal.why.summary}")
    title = _CALLS.sub(r"\1 ", title.translate(_ROUND))
    return title if len(title) <= 200 else f"{title[:199]}…"


def render_body(
    proposal: Proposal,
    judgement: Judgement,
    *,
    reviewers: Sequence[str],
    needed: int = 1,
    before: Code | None = None,
) -> str:
    """The pull request's body: Markdown within 60,000 characters, everything from outside made harmless.

    `needed` is how many of the reviewers must approve, `before` the code that made the champion.
    """
    page = Page(
        headline=say_decision(proposal, judgement, who=reviewers, needed=needed),
        verdict=judgement.verdict,
        blocks=(
            what_changes(proposal, before=before),
            *_what_you_decide(proposal, judgement),
            Heading(text="What happens next"),
            Items(lines=_next(proposal, judgement, reviewers, needed), numbered=True),
            *what_was_measured(judgement),
            where_from(proposal),
        ),
        links=addresses(proposal),
        whole=f"the whole is in `{proposal.evidence_path}` of this pull request; `coronet judge` prints it",
    )
    return page_markdown(page)


def say_decision(proposal: Proposal, judgement: Judgement, *, who: Sequence[str], needed: int) -> str:
    """What the evidence says, and who must do what next."""
    moves = f"{say_merge(who, needed)}, which {_effect(proposal)}" if who else say_merge(who, needed)
    if judgement.verdict is Verdict.PASS:
        return f"The evidence satisfies the policy. {moves}."
    if judgement.admits:
        return f"The evidence cannot tell, and the policy leaves it to you. {moves}."
    broken = [check.name for check in judgement.checks if check.result in (Result.FAIL, Result.INCONCLUSIVE)]
    by = proposal.requested_by.login
    return f"This must not be merged: {', '.join(broken)}. {by} proposes a better one, or closes it."


def say_approvers(who: Sequence[str], needed: int) -> str:
    """`One of a, b approves`, or `2 of a, b, c approve`."""
    if not who:
        return "Nobody who may approve was found in CODEOWNERS: name owners there first"
    if len(who) == needed == 1:
        return f"{who[0]} approves"
    return f"{'One' if needed == 1 else needed} of {', '.join(who)} approve{'s' if needed == 1 else ''}"


def say_merge(who: Sequence[str], needed: int) -> str:
    return f"{say_approvers(who, needed)} and merge{'s' if needed == 1 else ''}" if who else say_approvers(who, needed)


def what_changes(proposal: Proposal, *, before: Code | None = None) -> Table:
    """What the merge moves, why, on which code, and the dates."""
    rows: list[Row] = [
        ("Moves", f"`{proposal.model}@{proposal.alias}`: {_from(proposal)} → version {proposal.candidate.version}"),
        ("Why", proposal.why.summary),
        ("Asked by", " in ".join(filter(None, (proposal.requested_by.login, proposal.requested_by.run_url)))),
        ("Digest", Verbatim(proposal.candidate.digest)),
    ]
    if commit := proposal.code.commit:
        address = _commit_address(proposal.code)
        rows.append(("Code", f"`{commit[:12]}`{f' {address}' if address else ''}"))
        if before and before.commit and before.commit != commit:
            rows.append(("What changed in it", f"`git diff {before.commit[:12]} {commit[:12]}`"))
    rows += [
        ("Merge and apply before", format_time(proposal.apply_before)),
        ("Releases may rest on it until", format_time(proposal.valid_until)),
    ]
    return Table(header=(), rows=rows)


def what_was_measured(judgement: Judgement) -> tuple[Block, ...]:
    return (
        Heading(text="Gates"),
        Tree(checks=judgement.checks),
        Heading(text="Comparison"),
        *compare(judgement.evidence),
        *what_would_change(judgement.evidence),
    )


def where_from(proposal: Proposal) -> Folded:
    """Everything by which the proposal can be traced."""
    why, candidate = proposal.why, proposal.candidate
    facts = (
        ("Proposal", proposal.id),
        ("Hypothesis", why.hypothesis_id),
        ("Change", why.change_type and str(why.change_type)),
        ("Owner", why.owner),
        ("Feature set", why.feature_set_version),
        ("Asked at", format_time(proposal.created_at)),
        ("Training run", Verbatim(candidate.run_id)),
        ("Registered", f"{format_time(candidate.created)}, {candidate.source}"),
        ("Code in", proposal.code.repository),
        ("Replaces", proposal.replaces.proposal if proposal.replaces else None),
        ("Data", f"{proposal.data.name}, {proposal.data.rows} rows"),
        ("Data digest", Verbatim(proposal.data.digest)),
        ("Evidence digest", Verbatim(proposal.evidence_digest)),
        ("Policy digest", Verbatim(proposal.policy_digest)),
    )
    table = Table(header=(), rows=[(name, said) for name, said in facts if said])
    return Folded(summary="Where it comes from", blocks=(table,))


def addresses(proposal: Proposal) -> tuple[str, ...]:
    """The addresses of a proposal that may be links: of the run that asked, and of the commit."""
    found = (proposal.requested_by.run_url, _commit_address(proposal.code))
    return tuple(address for address in found if address and _ADDRESS.fullmatch(address))


def _commit_address(code: Code) -> str | None:
    """Where a forge shows the commit; None where the repository has no address on the web."""
    found = _REMOTE.fullmatch(code.repository or "")
    if not found or not code.commit:
        return None
    return f"https://{found['web'] or '{}/{}'.format(found['host'], found['path'])}/commit/{code.commit}"


def _from(proposal: Proposal) -> str:
    return f"version {proposal.replaces.version}" if proposal.replaces else "nothing"


def _effect(proposal: Proposal) -> str:
    target = f"{proposal.model}@{proposal.alias}"
    if proposal.kind is Kind.RENEWAL:
        return f"lets releases rest on {target} until {format_time(proposal.valid_until)}"
    return f"moves {target} to version {proposal.candidate.version}"


def _what_you_decide(proposal: Proposal, judgement: Judgement) -> tuple[Block, ...]:
    """The one question; none where the evidence has answered it."""
    return (Heading(text="What you decide"), Words(text=_question(proposal))) if judgement.admits else ()


def _question(proposal: Proposal) -> str:
    match proposal.kind:
        case Kind.PROMOTION:
            return "Is this candidate better where it matters, and nowhere worse than you can bear?"
        case Kind.ROLLBACK:
            return "Shall the former champion serve again? What replaced it will be held."
        case Kind.RENEWAL:
            return "May releases go on resting on this champion?"
        case _:
            assert_never(proposal.kind)


def _next(proposal: Proposal, judgement: Judgement, who: Sequence[str], needed: int) -> tuple[str, ...]:
    saying_no = (
        "To say no, give a reason and close the pull request: a comment `/reject REASON` first, or"
        " `coronet pr close NUMBER --reason REASON` on a forge without pages. The champion stays.",
        f"What is not merged and applied by {format_time(proposal.apply_before)} is closed by itself.",
    )
    if not judgement.admits:
        return saying_no
    return (
        f"{say_approvers(who, needed)}: owners who neither asked for it nor wrote it.",
        f"The merge starts `coronet promote`, which proves the approval and moves `{proposal.alias}`"
        " if it is still where this proposal says.",
        "The change log records it, and `coronet gate` lets releases through.",
        *saying_no,
    )
