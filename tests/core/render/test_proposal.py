"""A proposal as its pull request shows it."""

from dataclasses import replace

import pytest

from coronet.core.judging.judgement import judge
from coronet.core.proposal import ChangeType, Kind, Why
from coronet.core.render.proposal import LIMIT, clip, comparison_markdown, render_body, render_title
from tests.core.examples import NOW, evidence, fact, gain, policy, proposal

BETTER = policy({"better": {"metric": "accuracy", "rule": "superior"}})
ASKED = proposal(why=Why(summary="more trees", hypothesis_id="H-021", change_type=ChangeType.TUNING))
JUDGED = judge(evidence(fact()), BETTER, now=NOW)


def body(asked: object = ASKED, judged: object = JUDGED, reviewers: tuple[str, ...] = ("model-owner",)) -> str:
    return render_body(asked, judged, reviewers=reviewers)  # type: ignore[arg-type]


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


@pytest.mark.parametrize(
    ("improvement", "asks", "lead"),
    [
        (0.02, "refuse", "**✅ The evidence passes every enforced gate.**"),
        (-0.02, "refuse", "**❌ The evidence fails the policy: this must not be merged.**"),
        (0.0, "ask", "**❔ The evidence is inconclusive: the policy leaves it to you.**"),
    ],
)
def test_the_verdict_comes_first(improvement: float, asks: str, lead: str) -> None:
    by = policy({"better": {"metric": "accuracy", "rule": "superior"}}, on_inconclusive=asks)
    assert body(judged=judge(evidence(gain(improvement)), by, now=NOW)).startswith(lead)


def test_who_must_act_is_said_without_calling_them() -> None:
    assert "Waiting for an approval by `model-owner`, `second-owner`." in body(
        reviewers=("model-owner", "second-owner")
    )
    assert "Nobody who may approve was found in CODEOWNERS." in body(reviewers=())
    assert "`a'b`" in body(reviewers=("a`b",))


@pytest.mark.parametrize(
    ("kind", "question"),
    [
        (Kind.PROMOTION, "Is this candidate better where it matters"),
        (Kind.ROLLBACK, "Shall the former champion serve again?"),
        (Kind.RENEWAL, "May releases go on resting on this champion?"),
    ],
)
def test_the_reviewer_is_asked_one_question(kind: Kind, question: str) -> None:
    assert question in body(replace(ASKED, kind=kind))


def test_the_summary_says_what_moves_and_why() -> None:
    made = body()
    for row in (
        "| Moves | `iris@champion`: version 5 → version 7 |",
        "| Why | more trees |",
        "| Change | tuning, H-021 |",
        "| Asked by | engineer |",
        "| Merge and apply before | 2026-12-03T21:05:00Z |",
        "| Releases may rest on it until | 2027-02-17T21:05:00Z |",
    ):
        assert row in made
    first = body(replace(ASKED, replaces=None, why=Why(summary="the first")))
    assert "`iris@champion`: nothing → version 7" in first
    assert "| Change | — |" in first


def test_nothing_from_outside_is_taken_for_markup() -> None:
    evil = "a|b <img> @engineer #12 ![x](y)"
    made = body(replace(ASKED, why=Why(summary=evil, hypothesis_id=evil)))
    assert made.count("a\\|b \\<img\\> @\u200bengineer \\#\u200b12 !\\[x\\](y)") == 2
    assert "<img>" not in made


def test_the_comparison_shows_every_metric_and_the_worst_segments_first() -> None:
    facts = [gain(0.001 * number, segment={"kind": f"k{number:02}"}) for number in range(41)]
    facts.append(fact("mae", 12.0, 10.0, segment={"kind": "worse"}))
    facts.append(fact("mae", 8.0, 10.0, segment={"kind": "better"}))
    shown = comparison_markdown(evidence(gain(0.02), *facts)).splitlines()
    assert shown[0] == "| Metric | Rows | Champion | Candidate | Difference | 95 % interval |"
    assert shown[2] == "| accuracy | 1000 | 0.5 | 0.52 | +0.02 | \\[+0.01, +0.03\\] |"
    assert shown[3].startswith("| accuracy, kind k00 | 1000 | 0.5 | 0.5 | +0 | ")
    assert shown[-1] == "3 more segments are in the evidence file."
    few = comparison_markdown(evidence(*facts[-2:])).splitlines()
    assert [line.split(" | ")[0] for line in few[2:]] == ["| mae, kind worse", "| mae, kind better"]


def test_without_a_champion_the_interval_is_of_the_value_itself() -> None:
    alone = comparison_markdown(evidence(fact(champion=None, half=0.01), champion=None, confidence=0.975))
    assert "| 97.5 % interval |" in alone
    assert alone.splitlines()[2] == "| accuracy | 1000 | — | 0.92 | — | \\[0.91, 0.93\\] |"


def test_what_could_not_be_measured_says_why() -> None:
    unknown = evidence(fact(champion=None, candidate=None, problem="no row is positive"), fact("luck", half=None))
    rows = comparison_markdown(unknown).splitlines()[2:]
    assert rows[0] == "| accuracy | 1000 | — | — | — | no row is positive |"
    assert rows[1].endswith("| +0.02 | — |")


def test_a_metric_that_nobody_knows_is_shown_all_the_same() -> None:
    assert "luck, kind a" in comparison_markdown(evidence(fact("luck", segment={"kind": "a"})))


@pytest.mark.parametrize("length", [0, LIMIT - 1, LIMIT])
def test_what_fits_is_left_alone(length: int) -> None:
    assert clip("x" * length) == "x" * length


@pytest.mark.parametrize("line", ["x" * 100, "é" * 7, "x" * (LIMIT * 2), ""])
def test_what_does_not_fit_is_cut_at_a_line_and_says_so(line: str) -> None:
    cut = clip("\n".join([line] * (LIMIT // (len(line) + 1) + 2)))
    assert len(cut) <= LIMIT
    assert cut.endswith("**Cut here: the whole is in the evidence file beside the proposal.**\n")
    kept = cut.removesuffix("\n\n**Cut here: the whole is in the evidence file beside the proposal.**\n")
    assert set(kept.split("\n")) <= {line} or len(line) > LIMIT


def test_a_body_of_many_segments_fits() -> None:
    facts = [gain(-0.1, segment={"kind": f"kind number {number}"}) for number in range(3000)]
    by = policy({"harm": {"metric": "accuracy", "rule": "non_inferior", "by": ["kind"]}})
    made = body(judged=judge(evidence(*facts), by, now=NOW))
    assert len(made) <= LIMIT
    assert "Cut here" in made
