"""A proposal as its pull request shows it: the verdict and who must act first, then the comparison."""

import re
from collections.abc import Sequence
from typing import assert_never

from coronet.core.catalogue import find_metric
from coronet.core.decision import Verdict
from coronet.core.evidence import Evidence, MetricFact
from coronet.core.judging.facts import describe_segment
from coronet.core.judging.judgement import Judgement
from coronet.core.judging.wording import say_number
from coronet.core.proposal import Kind, Proposal
from coronet.core.render.checks import checks_markdown
from coronet.core.render.markup import code_span, escape_markdown, markdown_table, plain_line
from coronet.core.timestamps import format_time

LIMIT = 60_000
_CUT = "\n\n**Cut here: the whole is in the evidence file beside the proposal.**\n"
_SEGMENTS_SHOWN = 40
_VERBS = {Kind.PROMOTION: "Promote", Kind.ROLLBACK: "Roll back", Kind.RENEWAL: "Renew"}
_ROUND = str.maketrans("[]", "()")
_CALLS = re.compile(r"(@(?=\w)|#(?=\d)|\bGH-(?=\d))", re.IGNORECASE)
_LEADS = {
    Verdict.PASS: "✅ The evidence passes every enforced gate.",
    Verdict.FAIL: "❌ The evidence fails the policy: this must not be merged.",
    Verdict.INCONCLUSIVE: "❔ The evidence is inconclusive: the policy leaves it to you.",
}


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


def render_body(proposal: Proposal, judgement: Judgement, *, reviewers: Sequence[str]) -> str:
    """The pull request's body: Markdown within 60,000 characters, everything from outside made harmless."""
    sections = [
        _lead(proposal, judgement, reviewers),
        _summary(proposal),
        "### What the reviewer must decide\n\n" + _question(proposal),
        "### Gates\n\n" + checks_markdown(judgement.checks),
        "### Comparison\n\n" + comparison_markdown(judgement.evidence),
        "### What happens next\n\n" + _next(proposal),
    ]
    return clip("\n\n".join(sections))


def clip(text: str) -> str:
    """`text` within the limit of a body or comment, the cut marked."""
    return text if len(text) <= LIMIT else text[: LIMIT - len(_CUT)].rsplit("\n", 1)[0] + _CUT


def _lead(proposal: Proposal, judgement: Judgement, reviewers: Sequence[str]) -> str:
    who = ", ".join(code_span(login) for login in reviewers)
    ask = f"Waiting for an approval by {who}." if who else "Nobody who may approve was found in CODEOWNERS."
    return f"**{_LEADS[judgement.verdict]}** {ask} The merge moves `{proposal.model}@{proposal.alias}`."


def _summary(proposal: Proposal) -> str:
    before, why = proposal.replaces.version if proposal.replaces else None, proposal.why
    change = ", ".join(str(part) for part in (why.change_type, why.hypothesis_id) if part)
    rows = [
        ("Moves", f"`{proposal.model}@{proposal.alias}`: {_version(before)} → version {proposal.candidate.version}"),
        ("Why", escape_markdown(why.summary)),
        ("Change", escape_markdown(change) or "—"),
        ("Asked by", escape_markdown(proposal.requested_by.login)),
        ("Run", escape_markdown(proposal.candidate.run_id)),
        ("Data", f"{escape_markdown(proposal.data.name)}, {proposal.data.rows} rows, `{proposal.data.digest[:19]}…`"),
        ("Merge and apply before", format_time(proposal.apply_before)),
        ("Releases may rest on it until", format_time(proposal.valid_until)),
    ]
    return markdown_table(("", ""), rows)


def _version(version: str | None) -> str:
    return f"version {version}" if version else "nothing"


def _question(proposal: Proposal) -> str:
    match proposal.kind:
        case Kind.PROMOTION:
            asked = "Is this candidate better where it matters, and nowhere worse than you can bear?"
        case Kind.ROLLBACK:
            asked = "Shall the former champion serve again? What replaced it will be held."
        case Kind.RENEWAL:
            asked = "May releases go on resting on this champion?"
        case _:
            assert_never(proposal.kind)
    return f"{asked} Approve and merge, or close with a reason."


def _next(proposal: Proposal) -> str:
    return "\n".join(
        (
            "1. An owner who neither asked for it nor wrote it approves.",
            f"2. The merge starts `coronet promote`, which proves the approval and moves `{proposal.alias}`"
            " if it is still where this proposal says.",
            "3. The change log records it, and `coronet gate` lets releases through.",
        )
    )


def comparison_markdown(evidence: Evidence) -> str:
    """Every metric over all rows, then the segments in which the candidate does worst."""
    overall = [fact for fact in evidence.metrics if not fact.segment]
    segments = sorted((fact for fact in evidence.metrics if fact.segment), key=_worst_first)
    shown = [*overall, *segments[:_SEGMENTS_SHOWN]]
    header = ("Metric", "Rows", "Champion", "Candidate", "Difference", f"{100 * evidence.confidence:.4g} % interval")
    table = markdown_table(header, [_row(fact) for fact in shown])
    left = len(segments) - _SEGMENTS_SHOWN
    return table + (f"\n\n{left} more segments are in the evidence file." if left > 0 else "")


def _worst_first(fact: MetricFact) -> tuple[str, float]:
    metric = find_metric(fact.metric)
    sign = 1 if metric is None or metric.higher_is_better else -1
    return fact.metric, sign * (fact.difference or 0.0)


def _row(fact: MetricFact) -> tuple[str, ...]:
    name = fact.metric + (f", {describe_segment(fact.segment)}" if fact.segment else "")
    ends = [say_number(end, sign=fact.difference is not None) for end in fact.interval or ()]
    interval = f"[{', '.join(ends)}]" if ends else fact.problem or "—"
    return (
        escape_markdown(name),
        str(fact.rows),
        "—" if fact.champion is None else say_number(fact.champion),
        "—" if fact.candidate is None else say_number(fact.candidate),
        "—" if fact.difference is None else say_number(fact.difference, sign=True),
        escape_markdown(interval),
    )
