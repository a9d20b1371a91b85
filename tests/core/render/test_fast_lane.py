"""What reviewers and the team read of a rollback that went before its approval."""

from dataclasses import replace
from typing import Any

import pytest

from coronet.core.changelog.entry import Entry, Event, FastLane, Pinned
from coronet.core.judging.judgement import judge
from coronet.core.proposal import Kind
from coronet.core.render.clipping import LIMIT
from coronet.core.render.fast_lane import (
    render_ratification,
    render_request_issue,
    render_rollback_issue,
    render_unratified_issue,
)
from tests.core.examples import NOW, digest, entry, evidence, fact, policy, proposal

LANE = FastLane(ratify_by=NOW, restores="iris-v5-00000000", document="id: x\n")
DONE = entry(
    Event.ROLLED_BACK,
    "5",
    origin=Pinned(version="7", digest=digest("7")),
    fast_lane=LANE,
    actor="on-call",
    why="errors in production",
    evidence=digest("e"),
    run_url="https://forge.example/runs/1",
)
EVIL = "@everyone <script> ::error:: | `x` [y](z)\n# title"
ASKED = proposal(kind=Kind.ROLLBACK)
JUDGED = judge(evidence(fact()), policy(), now=NOW, kind=Kind.ROLLBACK)


def body(done: Entry = DONE, *, reviewers: tuple[str, ...] = ("model-owner",)) -> str:
    return render_ratification(done, ASKED, JUDGED, reviewers=reviewers)


def issue(done: Entry = DONE, **changes: Any) -> str:
    given: dict[str, Any] = {"pull_request": "pull request [3](u)", "rolled_back": evidence(fact())}
    return render_rollback_issue(done, **{**given, **changes})


def test_the_pull_request_says_first_that_it_is_done_and_who_must_act_until_when() -> None:
    lead = body().splitlines()[0]
    assert lead == (
        "**⏪ Done already: `iris@champion` is back on version 7.** `model-owner`: approve and merge before "
        "2026-11-20T21:05:00Z, or close this with a reason."
    )
    assert "Nobody who may approve was found in CODEOWNERS" in body(reviewers=())
    for part in ("errors in production", "### Gates", "### Comparison", "accuracy"):
        assert part in body()


def test_the_issue_says_what_to_do_and_what_the_evidence_had_said() -> None:
    text = issue()
    assert text.splitlines()[0] == (
        "**⏪ `iris@champion` was rolled back to version 5** by `on-call`, before anybody approved. An owner must "
        "approve and merge pull request [3](u) before 2026-11-20T21:05:00Z."
    )
    assert "coronet hold iris --version 7 --release" in text
    assert "### What the evidence had said of version 7" in text
    assert "accuracy" in text


def test_the_issue_without_a_pull_request_and_without_evidence() -> None:
    text = issue(pull_request="", rolled_back=None)
    assert "approve and merge its pull request before" in text
    assert "Its evidence is not on the main branch." in text


def test_an_issue_about_an_entry_that_replaced_nothing() -> None:
    text = issue(replace(DONE, origin=None, evidence=None, run_url=None, fast_lane=None, why=""))
    assert "Find out why nothing failed" in text
    assert "| Why | — |" in text


def test_the_issue_of_what_nobody_approved_says_that_releases_stop() -> None:
    text = render_unratified_issue(DONE)
    assert text.startswith("**❌ `iris@champion` rests on a rollback that nobody approved: releases are stopped.**")
    assert "`coronet renew iris`" in text


def test_the_second_person_is_told_how() -> None:
    text = render_request_issue(DONE, until="22:00")
    assert "must confirm before 22:00" in text
    assert "```\ncoronet rollback iris --now --confirm iris-v5-00000000\n```" in text


@pytest.mark.parametrize("field", ["why", "actor"])
def test_no_text_from_outside_acts(field: str) -> None:
    evil = replace(DONE, **{field: EVIL})  # type: ignore[arg-type]
    for text in (body(evil), issue(evil), render_unratified_issue(evil), render_request_issue(evil, until="soon")):
        assert "<script>" not in text.replace("\\<script\\>", "").replace(_in_code(text), "")
        assert "\n# title" not in text
        assert len(text) <= LIMIT


def _in_code(text: str) -> str:
    """What stands between the first backticks around the text, where nothing acts."""
    return next((part for part in text.split("`")[1::2] if "<script>" in part), "—")
