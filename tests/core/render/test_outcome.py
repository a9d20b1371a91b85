"""What a pull request is told of its proposal, and an issue of a registry that is elsewhere."""

from datetime import timedelta

import pytest

from coronet.core.changelog.entry import Event, Pinned
from coronet.core.decision import failed, passed
from coronet.core.render.outcome import render_divergence_issue, render_outcome
from tests.core.examples import NOW, digest, entry

BROKEN = failed("approved", saw="by nobody", wanted="an approval")
FINE = passed("evidence", saw="there", wanted="there")


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (Event.PROMOTED, "✅ Promoted"),
        (Event.ROLLED_BACK, "⏪ Rolled back"),
        (Event.RENEWED, "✅ Renewed"),
        (Event.ADOPTED, "✅ Adopted"),
        (Event.RATIFIED, "✅ Approved afterwards"),
    ],
)
def test_what_was_done(event: Event, said: str) -> None:
    done = entry(event, "7", origin=Pinned(version="5", digest=digest("5")), valid_until=NOW + timedelta(days=1))
    assert render_outcome(done, (FINE,)) == (
        f"**{said}: `iris@champion`, version 5 → version 7, 2026-11-20T21:05:00Z.** "
        "Releases may rest on it until 2026-11-21T21:05:00Z."
    )


def test_the_first_champion_in_a_run_that_has_a_page() -> None:
    said = render_outcome(entry(run_url="https://forge.example/runs/1"), ())
    assert said == (
        "**✅ Promoted: `iris@champion`, nothing → version 5, 2026-11-20T21:05:00Z.**\n\n"
        "Run: <https://forge.example/runs/1>"
    )


@pytest.mark.parametrize("event", [Event.REFUSED, Event.EXPIRED, Event.CONFLICT, Event.UNRATIFIED])
def test_what_was_not_done_and_what_to_do(event: Event) -> None:
    said = render_outcome(entry(event, why="@everyone: approved: by nobody"), (BROKEN, FINE))
    assert "nothing was moved" in said or "releases stop" in said
    assert "@\u200beveryone" in said
    assert "| ❌ fail | approved | by nobody |" in said
    assert "| evidence |" not in said
    assert said.rstrip().endswith((".", "again."))


def test_a_hint_takes_the_place_of_the_usual_advice() -> None:
    said = render_outcome(entry(Event.REFUSED, why="no"), (), hint="ask @an-owner")
    assert said.endswith("ask @\u200ban-owner")
    assert "propose anew" not in said


def test_what_has_no_words_of_its_own_is_named() -> None:
    assert render_outcome(entry(Event.SUPERSEDED, why="by another"), ()) == (
        "**superseded (`iris@champion`, 2026-11-20T21:05:00Z).** by another"
    )


def test_the_issue_of_a_divergence_says_what_is_where_and_how_to_put_it_back() -> None:
    said = render_divergence_issue("iris", ["iris@champion is version 6, the log says version 5"], [])
    assert said.startswith("**⚠️ The registry is not what the log says of `iris`")
    assert "is version 6" in said
    assert "coronet promote --heal" in said
    assert "cannot be put back" not in said
    stuck = render_divergence_issue("iris", ["x"], ["version 5 is gone"])
    assert "- It cannot be put back: version 5 is gone" in stuck
