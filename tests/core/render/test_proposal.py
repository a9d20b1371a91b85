"""A proposal as its pull request shows it."""

from dataclasses import replace

import pytest

from coronet.core.judging.judgement import Judgement, judge
from coronet.core.proposal import ChangeType, Code, Kind, Proposal, Requester, Why
from coronet.core.render.clipping import LIMIT
from coronet.core.render.proposal import addresses, render_body, render_title
from tests.core.examples import NOW, digest, evidence, fact, gain, policy, proposal
from tests.gfm import read_markdown

BETTER = policy({"better": {"metric": "accuracy", "rule": "superior"}})
ASKED = proposal(why=Why(summary="more trees", hypothesis_id="H-021", change_type=ChangeType.TUNING))
JUDGED = judge(evidence(fact()), BETTER, now=NOW)


def body(asked: Proposal = ASKED, judged: Judgement = JUDGED) -> str:
    return render_body(asked, judged, reviewers=("model-owner",))


@pytest.mark.parametrize(
    ("kind", "title"),
    [
        (Kind.PROMOTION, "Promote iris to version 7: more trees"),
        (Kind.ROLLBACK, "Roll back iris to version 7: more trees"),
        (Kind.RENEWAL, "Renew iris as version 7: more trees"),
    ],
)
def test_the_title_says_what_is_asked(kind: Kind, title: str) -> None:
    assert render_title(replace(ASKED, kind=kind)) == title


@pytest.mark.parametrize(
    ("summary", "end"),
    [
        ("fix [skip ci]", ": fix (skip ci)"),  # or no check would run
        ("a\nb\x1b[0m", ": a b (0m"),
        ("fixes #12, gh-3 @engineer", ": fixes # 12, gh- 3 @ engineer"),
        ("x" * 300, "…"),
    ],
)
def test_a_title_acts_on_nothing(summary: str, end: str) -> None:
    title = render_title(replace(ASKED, why=Why(summary=summary)))
    assert title.endswith(end)
    assert len(title) <= 200


EVERYBODY = ("model-owner", "second-owner", "third-owner")
MOVES = "which moves iris@\u200bchampion to version 7.**"


@pytest.mark.parametrize(
    ("who", "needed", "ask"),
    [
        (("model-owner",), 1, "model-owner approves and merges, " + MOVES),
        (EVERYBODY[:2], 1, "One of model-owner, second-owner approves and merges, " + MOVES),
        (EVERYBODY, 2, "2 of model-owner, second-owner, third-owner approve and merge, " + MOVES),
        (("model-owner",), 2, "2 of model-owner approve and merge, " + MOVES),
        ((), 1, "Nobody who may approve was found in CODEOWNERS: name owners there first.**"),
    ],
)
def test_the_first_line_says_the_verdict_and_who_must_do_what(who: tuple[str, ...], needed: int, ask: str) -> None:
    first = render_body(ASKED, JUDGED, reviewers=who, needed=needed).split("\n")[0]
    assert first == f"**✅ pass: The evidence satisfies the policy. {ask}"


@pytest.mark.parametrize(
    ("improvement", "asks", "first"),
    [
        (0.0, "ask", "**❔ inconclusive: The evidence cannot tell, and the policy leaves it to you. model-owner appr"),
        (
            0.0,
            "refuse",
            "**❔ inconclusive: This must not be merged: better. engineer proposes a better one, or closes",
        ),
        (-0.02, "ask", "**❌ fail: This must not be merged: better. engineer proposes a better one, or closes it.**"),
    ],
)
def test_what_does_not_pass_says_so_first(improvement: float, asks: str, first: str) -> None:
    by = policy({"better": {"metric": "accuracy", "rule": "superior"}}, on_inconclusive=asks)
    judged = judge(evidence(gain(improvement)), by, now=NOW)
    made = body(judged=judged)
    assert made.startswith(first)
    assert ("### What you decide" in made) is judged.admits
    assert ("1. model-owner approves" in made) is judged.admits
    assert "To say no, give a reason" in made


@pytest.mark.parametrize(
    ("kind", "question", "effect"),
    [
        (Kind.PROMOTION, "Is this candidate better where it matters", "which moves iris@\u200bchampion to version 7."),
        (Kind.ROLLBACK, "Shall the former champion serve again?", "which moves iris@\u200bchampion to version 7."),
        (
            Kind.RENEWAL,
            "May releases go on resting on this champion?",
            "which lets releases rest on iris@\u200bchampion until 2027-02-17T21:05:00Z.",
        ),
    ],
)
def test_the_reviewer_is_asked_one_question(kind: Kind, question: str, effect: str) -> None:
    made = body(replace(ASKED, kind=kind))
    assert question in made
    assert effect in made.split("\n")[0]


def rows(made: str) -> dict[str, str]:
    """The tables without a header, as read: what the first cell says, and the second."""
    return {row[0]: row[1] for row in read_markdown(made).rows if len(row) == 2 and row[0]}


def test_the_summary_says_what_moves_and_why() -> None:
    assert (
        rows(body()).items()
        >= {
            "Moves": "iris@champion: version 5 → version 7",
            "Why": "more trees",
            "Asked by": "engineer",
            "Digest": digest("7"),
            "Code": "000000000000",
            "Merge and apply before": "2026-12-03T21:05:00Z",
            "Releases may rest on it until": "2027-02-17T21:05:00Z",
            "Change": "tuning",
            "Hypothesis": "H-021",
            "Replaces": "iris-v5-00000000",
            "Data": "iris, 1000 rows",
            "Data digest": digest("d"),
            "Training run": "run7",
            "Registered": "2026-11-20T21:05:00Z, models:/m-7",
        }.items()
    )
    first = rows(body(replace(ASKED, replaces=None, code=Code(), why=Why(summary="the first"))))
    assert first["Moves"] == "iris@champion: nothing → version 7"
    assert {"Change", "Hypothesis", "Owner", "Replaces", "Code", "Code in"}.isdisjoint(first)


RUN = "https://github.example/example/models/actions/runs/7"


def test_the_run_that_asked_and_the_commit_are_links() -> None:
    code = Code(repository="git@github.example:example/models.git", commit="7c2f9a41" + "0" * 32)
    page = read_markdown(body(replace(ASKED, code=code, requested_by=Requester(login="engineer", run_url=RUN))))
    assert page.links == [RUN, f"https://github.example/example/models/commit/{code.commit}"]
    assert "engineer in " + RUN in page.words


@pytest.mark.parametrize(
    ("repository", "there"),
    [
        ("https://github.example/example/models", True),
        ("https://github.example:8443/example/models.git/", True),
        ("git@github.example:example/models", True),
        ("https://user:secret@github.example/example/models", False),
        ("http://github.example/example/models", False),
        ("https://github.example/a b", False),
        ("../origin.git", False),
        ("example/models", False),
        (None, False),
    ],
)
def test_only_a_repository_with_pages_has_a_page_for_a_commit(repository: str | None, there: bool) -> None:
    found = addresses(replace(ASKED, code=Code(repository=repository, commit="c" * 40)))
    assert [link.endswith("/example/models/commit/" + "c" * 40) for link in found] == ([True] if there else [])
    assert addresses(replace(ASKED, code=Code(repository=repository))) == ()


@pytest.mark.parametrize("url", ["javascript:x", "https://x.example/<b>", "https://x.example/ y", "https://é.example/"])
def test_what_is_no_plain_address_is_no_link(url: str) -> None:
    asked = replace(ASKED, requested_by=Requester(login="engineer", run_url=url))
    assert addresses(asked) == ()
    assert read_markdown(body(asked)).links == []


@pytest.mark.parametrize(
    ("before", "shown"),
    [(Code(commit="a" * 40), True), (Code(commit="0" * 40), False), (Code(), False), (None, False)],
)
def test_what_changed_in_the_code_is_shown_where_both_are_known(before: Code | None, shown: bool) -> None:
    made = rows(render_body(ASKED, JUDGED, reviewers=(), before=before))
    assert made.get("What changed in it") == (f"git diff {'a' * 12} {'0' * 12}" if shown else None)
    unknown = rows(render_body(replace(ASKED, code=Code()), JUDGED, reviewers=(), before=before))
    assert "What changed in it" not in unknown


EVIL = "a|b <img> @engineer #12 ![x](y) https://evil.example :tada:\n\n# Merge me\n</details>"


def test_nothing_from_outside_is_taken_for_markup() -> None:
    hostile = replace(
        ASKED,
        why=Why(summary=EVIL, hypothesis_id=EVIL, owner=EVIL, feature_set_version=EVIL),
        candidate=replace(ASKED.candidate, run_id=EVIL, source=EVIL),
        requested_by=Requester(login=EVIL),
        data=replace(ASKED.data, name=EVIL),
        code=Code(repository=EVIL, commit="c" * 40),
    )
    facts = (gain(0.02), gain(0.01, segment={EVIL: EVIL}), fact(segment={"a": "b"}, half=None, problem=EVIL))
    by = policy({EVIL: {"metric": "accuracy", "rule": "superior"}})
    page = read_markdown(render_body(hostile, judge(evidence(*facts), by, now=NOW), reviewers=(EVIL,)))
    plain = read_markdown(render_body(ASKED, judge(evidence(*facts), by, now=NOW), reviewers=("x",)))
    assert page.links == []
    assert page.calls == []
    assert set(page.tags) == set(plain.tags)
    assert page.tags.count("details") == 1
    assert page.tags.count("h3") == plain.tags.count("h3") == 4
    assert len({len(row) for row in page.rows}) == len({len(row) for row in plain.rows})


def test_a_body_of_many_segments_keeps_everything_that_counts() -> None:
    facts = [gain(-0.1, segment={"kind": f"kind number {number}"}) for number in range(3000)]
    by = policy({"harm": {"metric": "accuracy", "rule": "non_inferior", "by": ["kind"]}})
    made = body(judged=judge(evidence(*facts), by, now=NOW))
    assert len(made) <= LIMIT
    assert "2975 more of harm did not pass" in made
    assert "2800 more segments are in the evidence." in made
    assert "Evidence digest" in rows(made)


def test_a_body_too_long_for_any_page_says_where_the_whole_is() -> None:
    facts = [gain(-0.1, segment={"kind": f"{number} {'x' * 2000}"}) for number in range(100)]
    made = body(judged=judge(evidence(*facts), BETTER, now=NOW))
    assert len(made) <= LIMIT
    assert (
        read_markdown(made)
        .words.rstrip()
        .endswith(
            f"lines are not shown here; the whole is in {ASKED.evidence_path} of this pull request; "
            "coronet judge prints it."
        )
    )
