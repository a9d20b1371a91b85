"""What became of a proposal, said once on its pull request, and what differs from the log, on its issue."""

from collections.abc import Sequence

from coronet.core.changelog.entry import Entry, Event, Pinned
from coronet.core.decision import Check, Result
from coronet.core.render.checks import checks_markdown
from coronet.core.render.clipping import clip
from coronet.core.render.markup import code_span, escape_markdown
from coronet.core.timestamps import format_time

_DONE = {
    Event.PROMOTED: "✅ Promoted",
    Event.ROLLED_BACK: "⏪ Rolled back",
    Event.RENEWED: "✅ Renewed",
    Event.ADOPTED: "✅ Adopted",
    Event.RATIFIED: "✅ Approved afterwards",
}
_NOT_DONE = {
    Event.REFUSED: "❌ Refused: nothing was moved",
    Event.EXPIRED: "⌛ Expired: nothing was moved",
    Event.CONFLICT: "⚠️ Conflict: nothing was moved",
    Event.UNRATIFIED: "❌ Not approved: the alias is where the rollback left it, and releases stop",
}
_NEXT = {
    Event.REFUSED: "The champion stays. Mend what is named here, and propose anew: a merged proposal never changes.",
    Event.EXPIRED: "The champion stays. Propose it again.",
    Event.CONFLICT: "The champion stays. Evaluate against the one that is there, and propose anew.",
    Event.UNRATIFIED: "`coronet renew` asks for the champion that is there; or propose another.",
}


def render_outcome(entry: Entry, checks: Sequence[Check], *, hint: str = "") -> str:
    """The comment: what happened, when, and what to do; the checks that stood in the way as a table."""
    name, at = f"`{entry.model}@{entry.alias}`", format_time(entry.at)
    if lead := _DONE.get(entry.event):
        until = f" Releases may rest on it until {format_time(entry.valid_until)}." if entry.valid_until else ""
        moved = f"{_say(entry.origin)} → {_say(entry.target)}"
        said = f"**{lead}: {name}, {moved}, {at}.**{until}"
        return said + (f"\n\nRun: {escape_markdown(entry.run_url, links=(entry.run_url,))}" if entry.run_url else "")
    broken = [check for check in checks if check.result in (Result.FAIL, Result.INCONCLUSIVE)]
    sections = [
        f"**{_NOT_DONE.get(entry.event, entry.event)} ({name}, {at}).** {escape_markdown(entry.why)}",
        *([checks_markdown(broken)] if broken else []),
        escape_markdown(hint) if hint else _NEXT.get(entry.event, ""),
    ]
    return clip("\n\n".join(section for section in sections if section), whole="`coronet promote` prints the whole")


def render_divergence_issue(model: str, said: Sequence[str], obstacles: Sequence[str]) -> str:
    """What is elsewhere than the log left it, and how to put it back."""
    lines = [f"**⚠️ The registry is not what the log says of `{model}`: somebody moved it behind git's back.**", ""]
    lines += [f"- {escape_markdown(each)}" for each in said]
    lines += [f"- It cannot be put back: {escape_markdown(obstacle)}" for obstacle in obstacles]
    lines += [
        "",
        "### What to do next",
        "",
        "1. `coronet promote --heal` puts it back. Merged proposals of this model wait until then.",
        f"2. To keep what is there, put it back first, then {code_span(f'coronet propose {model}')} asks for it.",
        "3. Find out who may move aliases in the registry, and let only the promoter's credentials do it.",
        "",
        "This issue closes itself when registry and log agree.",
    ]
    return clip("\n".join(lines), whole="`coronet status` prints the whole")


def _say(pinned: Pinned | None) -> str:
    return f"version {escape_markdown(pinned.version)}" if pinned else "nothing"
