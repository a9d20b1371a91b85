"""The change log's page and its notes."""

from dataclasses import replace

import pytest

from coronet.core.changelog.chain import chain
from coronet.core.changelog.entry import Approval, Event, FastLane, Pinned
from coronet.core.render.changelog import add_to_changelog, changelog_row, note_path, render_note
from tests.core.examples import NOW, approval, digest, entry

PROMOTED = entry(
    version="7",
    origin=Pinned(version="5", digest=digest("5")),
    approvals=(approval(), approval("second-owner")),
    pull_request=12,
    merge_commit="c" * 40,
    evidence=digest("e"),
    policy=digest("f"),
    valid_until=NOW,
    why="more trees",
    seq=2,
)
EVIL = "x|y<img>\n@engineer"


def test_a_row_says_what_happened() -> None:
    assert changelog_row(PROMOTED) == (
        "| 2026-11-20T21:05:00Z | iris | 2 | promoted | v5 | v7 "
        "| [iris-v7-00000000](notes/iris-v7-00000000.md) | @\u200bmodel-owner, @\u200bsecond-owner | more trees |"
    )


def test_a_row_of_little() -> None:
    assert changelog_row(entry(Event.HELD, None, seq=3)) == (
        "| 2026-11-20T21:05:00Z | iris | 3 | held | — | — | — | — | — |"
    )


def test_only_what_was_applied_has_a_note() -> None:
    assert "| iris-v7-00000000 |" in changelog_row(replace(PROMOTED, event=Event.REFUSED))
    assert "| rolled back |" in changelog_row(replace(PROMOTED, event=Event.ROLLED_BACK))
    assert note_path("iris-v7-00000000") == "notes/iris-v7-00000000.md"


def test_nothing_of_an_entry_leaves_its_cell() -> None:
    evil = entry(
        model=EVIL,
        proposal=EVIL,
        origin=Pinned(version=EVIL, digest=EVIL),
        target=Pinned(version=EVIL, digest=EVIL),
        approvals=(Approval(login=EVIL, at=NOW, review=EVIL, commit=EVIL),),
        why=EVIL,
    )
    row = changelog_row(evil)
    assert row.count("|") - row.count("\\|") == 10
    assert "\n" not in row
    assert "<" not in row.replace("\\<", "")
    assert "@e" not in row
    note = render_note(evil).decode()
    assert "<" not in note.replace("\\<", "").replace("`x¦y<img> @engineer`", "")
    assert len(note.splitlines()) == len(render_note(PROMOTED).decode().splitlines()) - 1  # one approval less


def test_the_newest_stands_on_top() -> None:
    first, second, third = chain([entry(version="5"), entry(Event.INTENT, "7"), entry(version="7")], seq=0, prev=None)
    page = add_to_changelog(add_to_changelog(None, [first]), [second, third])
    rows = [line for line in page.decode().splitlines() if line.startswith("| 2")]
    assert rows == [changelog_row(third), changelog_row(first)]  # an intent is no event for people
    assert page == add_to_changelog(None, [first, second, third])
    assert page.decode().startswith("# Change log of the models\n")


@pytest.mark.parametrize(
    ("broken", "kept"),
    [
        (b"\xff\xfe no page", "no page"),  # a page that cannot be read stops nothing
        (b"# Mine\n\n| When | Model |", "| When | Model |"),
        (b"", ""),
    ],
)
def test_a_page_that_somebody_broke_goes_on(broken: bytes, kept: str) -> None:
    page = add_to_changelog(broken, [PROMOTED]).decode()
    assert changelog_row(PROMOTED) in page
    assert kept in page
    assert page.count("# Change log of the models") == 1


def test_what_stands_above_the_rows_is_written_anew() -> None:
    page = add_to_changelog(None, [PROMOTED])
    edited = page.replace(b"# Change log of the models", b"# Mine")
    assert add_to_changelog(edited, [PROMOTED]).decode().count(changelog_row(PROMOTED)) == 2
    assert b"# Mine" not in add_to_changelog(edited, [])


def test_a_note_says_who_moved_what_on_whose_approval() -> None:
    assert (
        render_note(PROMOTED).decode()
        == f"""\
# iris-v7-00000000: promoted

- Model: iris, alias champion
- From: version 5, `{digest("5")}`
- To: version 7, `{digest("7")}`
- When: 2026-11-20T21:05:00Z, by promoter
- Pull request: 12, merge commit `{"c" * 40}`
- Evidence: `{digest("e")}`
- Policy: `{digest("f")}`
- Releases may rest on it until: 2026-11-20T21:05:00Z
- Why: more trees

## Approvals

- @\u200bmodel-owner at 2026-11-20T21:05:00Z (review 1, commit `{"c" * 40}`)
- @\u200bsecond-owner at 2026-11-20T21:05:00Z (review 1, commit `{"c" * 40}`)
"""
    )


def test_a_note_of_the_first_champion_that_nobody_had_to_approve() -> None:
    note = render_note(entry(version="1")).decode()
    for line in ("- From: nothing", "- Pull request: —, merge commit —", "- Evidence: —", "- none, by the policy"):
        assert f"{line}\n" in note


def test_a_note_of_a_rollback_that_went_before_its_approval() -> None:
    lane = FastLane(ratify_by=NOW, restores="iris-v5-00000000", document="id: x\n")
    note = render_note(entry(Event.ROLLED_BACK, fast_lane=lane)).decode()
    assert "- none yet: rolled back first, to be approved and merged before 2026-11-20T21:05:00Z\n" in note
