"""The change log as Markdown: one row an event, newest first, and a note for each applied proposal."""

from collections.abc import Sequence

from coronet.core.changelog.entry import FOUNDING, Approval, Entry, Event, Pinned
from coronet.core.proposal import is_proposal_id
from coronet.core.render.markup import code_span, escape_markdown, markdown_table
from coronet.core.timestamps import format_time

PATH = "CHANGELOG.md"
_HEADER = ("When", "Model", "Entry", "Event", "From", "To", "Proposal", "Approved by", "Why")
_TABLE = markdown_table(_HEADER, []) + "\n"
_HEAD = (
    "# Change log of the models\n\n"
    "What happened to the aliases, newest first. Rendered from `changelog/*.jsonl`, which is the record:\n"
    "`coronet verify` proves it.\n\n" + _TABLE
)


def note_path(proposal_id: str) -> str:
    return f"notes/{proposal_id}.md"


def add_to_changelog(page: bytes | None, entries: Sequence[Entry]) -> bytes:
    """`page` (None: a new one) with a row for each entry, the newest on top; what stood above the rows is renewed."""
    text = (page or b"").decode(errors="replace")
    above, table, below = text.partition(_TABLE)
    rows = "".join(changelog_row(entry) + "\n" for entry in reversed(entries) if entry.event is not Event.INTENT)
    return (_HEAD + rows + (below if table else above)).encode()


def changelog_row(entry: Entry) -> str:
    """The row of one entry, without its line's end."""
    approvals = ", ".join(escape_markdown(f"@{approval.login}") for approval in entry.approvals) or "—"
    cells = (
        format_time(entry.at),
        escape_markdown(entry.model),
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
    return f"v{escape_markdown(pinned.version)}" if pinned else "—"


def _say_proposal(entry: Entry) -> str:
    """With a link where there is a note: an id that was applied is one that `identify` gives."""
    if entry.proposal is None:
        return "—"
    has_note = entry.event in FOUNDING and is_proposal_id(entry.proposal, model=entry.model)
    name = escape_markdown(entry.proposal)
    return f"[{name}]({note_path(entry.proposal)})" if has_note else name


def render_note(entry: Entry) -> bytes:
    """The promotion note: who moved what, on whose approval and on which evidence."""
    approvals = [_say_approval(approval) for approval in entry.approvals]
    lines = [
        f"# {escape_markdown(str(entry.proposal))}: {entry.event.replace('_', ' ')}",
        "",
        f"- Model: {escape_markdown(entry.model)}, alias {escape_markdown(entry.alias)}",
        f"- From: {_say_full(entry.origin)}",
        f"- To: {_say_full(entry.target)}",
        f"- When: {format_time(entry.at)}, by {escape_markdown(entry.actor)}",
        f"- Pull request: {entry.pull_request or '—'}, merge commit {_say_digest(entry.merge_commit)}",
        f"- Evidence: {_say_digest(entry.evidence)}",
        f"- Policy: {_say_digest(entry.policy)}",
        f"- Releases may rest on it until: {format_time(entry.valid_until) if entry.valid_until else '—'}",
        f"- Why: {escape_markdown(entry.why)}",
        "",
        "## Approvals",
        "",
        *(approvals or [_say_none(entry)]),
        "",
    ]
    return "\n".join(lines).encode()


def _say_none(entry: Entry) -> str:
    if entry.fast_lane is None:
        return "- none, by the policy"
    return f"- none yet: rolled back first, to be approved and merged before {format_time(entry.fast_lane.ratify_by)}"


def _say_approval(approval: Approval) -> str:
    login, review = escape_markdown(f"@{approval.login}"), escape_markdown(approval.review)
    return f"- {login} at {format_time(approval.at)} (review {review}, commit {code_span(approval.commit)})"


def _say_full(pinned: Pinned | None) -> str:
    return f"version {escape_markdown(pinned.version)}, {code_span(pinned.digest)}" if pinned else "nothing"


def _say_digest(digest: str | None) -> str:
    return code_span(digest) if digest else "—"
