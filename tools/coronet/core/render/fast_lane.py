"""A rollback that went before its approval, as its pull request and its issue show it."""

from collections.abc import Sequence

from coronet.core.changelog.entry import Entry, Pinned
from coronet.core.evidence import Evidence
from coronet.core.judging.judgement import Judgement
from coronet.core.proposal import Proposal
from coronet.core.render.checks import checks_markdown
from coronet.core.render.clipping import clip
from coronet.core.render.comparison import compare
from coronet.core.render.markup import code_span, escape_markdown, markdown_table
from coronet.core.render.printing import blocks_markdown
from coronet.core.timestamps import format_time


def render_ratification(entry: Entry, proposal: Proposal, judgement: Judgement, *, reviewers: Sequence[str]) -> str:
    """The pull request's body: what was done, and who must stand behind it until when."""
    who = ", ".join(code_span(login) for login in reviewers)
    ask = f"{who}: approve and merge" if who else "Nobody who may approve was found in CODEOWNERS: it must be merged"
    lead = f"**⏪ Done already: `{entry.model}@{entry.alias}` is back on version {proposal.candidate.version}.** {ask} "
    lead += f"before {_until(entry)}, or close this with a reason."
    sections = [
        lead,
        _facts(entry),
        "### What the reviewer must decide\n\nWas it right to return to this version? The alias is there whatever "
        "you decide: closing this, or letting it expire, says that nobody stands behind it, and releases stop.",
        "### Gates, of the evidence of its day under today's policy\n\n" + checks_markdown(judgement.checks),
        "### Comparison, of its day\n\n" + blocks_markdown(compare(judgement.evidence)),
    ]
    return clip("\n\n".join(sections), whole=_whole(entry))


def render_rollback_issue(entry: Entry, *, pull_request: str, rolled_back: Evidence | None) -> str:
    """The issue that tells the team, and with what to begin: `rolled_back` is the evidence of what failed."""
    lead = f"**⏪ `{entry.model}@{entry.alias}` was rolled back to {_say(entry.target)}** by "
    lead += f"{code_span(entry.actor)}, before anybody approved. "
    lead += f"An owner must approve and merge {pull_request or 'its pull request'} before {_until(entry)}."
    held = entry.origin.version if entry.origin else "?"
    evidence = (
        "Its evidence is not on the main branch." if rolled_back is None else blocks_markdown(compare(rolled_back))
    )
    sections = [
        lead,
        _facts(entry),
        "### What to do next\n\n"
        f"1. Find out why {_say(entry.origin)} failed; it is held, and cannot be proposed while it is.\n"
        f"2. `coronet status {entry.model}` and `coronet log {entry.model}` say what is, and what happened.\n"
        f"3. If it was not the model: `coronet hold {entry.model} --version {held} --release --reason …`, "
        "then propose it again.",
        f"### What the evidence had said of {_say(entry.origin)}\n\n{evidence}",
        "This issue closes itself when the rollback is approved, or another champion takes its place.",
    ]
    return clip("\n\n".join(sections), whole=_whole(entry))


def render_unratified_issue(entry: Entry) -> str:
    """Loud: releases are stopped, since the champion rests on nobody's approval."""
    return clip(
        "\n\n".join(
            (
                f"**❌ `{entry.model}@{entry.alias}` rests on a rollback that nobody approved: releases are stopped.**",
                _facts(entry),
                "### What to do next\n\n"
                f"1. To keep it: `coronet evaluate {entry.model} --champion none`, then `coronet renew {entry.model}`, "
                "and an owner approves.\n"
                f"2. Or propose another version, or `coronet rollback {entry.model} --to VERSION`.\n\n"
                "This issue closes itself when the champion rests on an approval again.",
            )
        ),
        whole=_whole(entry),
    )


def render_request_issue(entry: Entry, *, until: str) -> str:
    """Who is asked to be the second person, and how."""
    command = f"coronet rollback {entry.model} --now --confirm {entry.proposal}"
    lead = f"**⏳ {code_span(entry.actor)} asks to roll `{entry.model}@{entry.alias}` back to {_say(entry.target)}.** "
    lead += f"A second person whom the policy names must confirm before {until}."
    return "\n\n".join((lead, _facts(entry), f"```\n{command}\n```"))


def _facts(entry: Entry) -> str:
    rows = [
        ("Moves", f"`{entry.model}@{entry.alias}`: {_say(entry.origin)} → {_say(entry.target)}"),
        ("Why", escape_markdown(entry.why) or "—"),
        ("By", f"{code_span(entry.actor)}, {format_time(entry.at)}"),
        ("Proposal", code_span(str(entry.proposal))),
        ("Evidence of its day", code_span(entry.evidence or "")),
        ("Run", escape_markdown(entry.run_url or "", links=(entry.run_url or "",)) or "—"),
    ]
    return markdown_table(("", ""), rows)


def _whole(entry: Entry) -> str:
    return f"the evidence is in git, and {code_span(f'coronet log {entry.model}')} prints what happened"


def _say(pinned: Pinned | None) -> str:
    return f"version {escape_markdown(pinned.version)}" if pinned else "nothing"


def _until(entry: Entry) -> str:
    return format_time(entry.fast_lane.ratify_by) if entry.fast_lane else "—"
