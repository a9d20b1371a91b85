"""The change log as Markdown: one row an event, newest first, and a note for each applied proposal."""

from collections.abc import Sequence

from coronet.core.changelog.entry import APPLIED, Approval, Entry, Event, Pinned
from coronet.core.render.markup import escape_markdown, markdown_table
from coronet.core.timestamps import format_time

PATH = "CHANGELOG.md"
_HEADER = ("When", "Model", "Entry", "Event", "From", "To", "Proposal", "Approved by", "Why")
_HEAD = (
    "# Change log of the models\n\n"
    "What happened to the aliases, newest first. Rendered from `changelog/*.jsonl`, which is the record:\n"
    "`coronet verify` proves it.\n\n" + markdown_table(_HEADER, []) + "\n"
)


def note_path(proposal_id: str) -> str:
    return f"notes/{proposal_id}.md"


def add_to_changelog(page: bytes | None, entries: Sequence[Entry]) -> bytes:
    """`page` (None: a new one) with a row for each entry, the newest on top."""
    body = page.decode().removeprefix(_HEAD) if page else ""
    rows = "".join(changelog_row(entry) + "\n" for entry in reversed(entries) if entry.event is not Event.INTENT)
    return (_HEAD + rows + body).encode()


def changelog_row(entry: Entry) -> str:
    """The row of one entry, without its line's end."""
    approvals = ", ".join(escape_markdown(f"@{approval.login}") for approval in entry.approvals) or "—"
    cells = (
        format_time(entry.at),
        entry.model,
        str(entry.seq),
        entry.event.replace("_", " "),
        _say_pinned(entry.origin),
        _say_pinned(entry.target),
        _say_proposal(entry),
        approvals,
        escape_markdown(entry.why) or "—",
    )
    return f"| {' | '.join(cells)} |"


def _say_pinned(pinned: Pinned | None) -> str:
    return f"v{pinned.version}" if pinned else "—"


def _say_proposal(entry: Entry) -> str:
    if entry.proposal is None:
        return "—"
    return f"[{entry.proposal}]({note_path(entry.proposal)})" if entry.event in APPLIED else entry.proposal


def render_note(entry: Entry) -> bytes:
    """The promotion note: who moved what, on whose approval and on which evidence."""
    approvals = [_say_approval(approval) for approval in entry.approvals]
    lines = [
        f"# {entry.proposal}: {entry.event.replace('_', ' ')}",
        "",
        f"- Model: {entry.model}, alias {entry.alias}",
        f"- From: {_say_full(entry.origin)}",
        f"- To: {_say_full(entry.target)}",
        f"- When: {format_time(entry.at)}, by {escape_markdown(entry.actor)}",
        f"- Pull request: {entry.pull_request or '—'}, merge commit `{entry.merge_commit}`",
        f"- Evidence: `{entry.evidence}`",
        f"- Policy: `{entry.policy}`",
        f"- Releases may rest on it until: {format_time(entry.valid_until) if entry.valid_until else '—'}",
        f"- Why: {escape_markdown(entry.why)}",
        "",
        "## Approvals",
        "",
        *(approvals or ["- none, by the policy"]),
        "",
    ]
    return "\n".join(lines).encode()


def _say_approval(approval: Approval) -> str:
    login, review = escape_markdown(f"@{approval.login}"), escape_markdown(approval.review)
    return f"- {login} at {format_time(approval.at)} (review {review}, commit `{approval.commit}`)"


def _say_full(pinned: Pinned | None) -> str:
    return f"version {pinned.version}, `{pinned.digest}`" if pinned else "nothing"
