"""A tree of checks for people."""

from coronet.core.decision import Check, Result, failed, off, passed
from coronet.core.render.checks import PARTS_SHOWN, checks_markdown, checks_text, mark


def check(name: str, result: Result, *parts: Check, hint: str = "") -> Check:
    return Check(name=name, result=result, saw=f"saw {name}", wanted=f"wanted {name}", hint=hint, parts=parts)


TREE = (
    check("fine", Result.PASS, check("part of what is fine", Result.PASS)),
    check("off", Result.OFF, hint="never shown"),
    check("warned", Result.WARN, hint="look at it"),
    check(
        "verdict",
        Result.FAIL,
        check("loose", Result.WARN),
        check("gate", Result.FAIL, check("kind flat", Result.FAIL), check("kind house", Result.PASS), hint="do it"),
        check("open", Result.INCONCLUSIVE),
        check("good", Result.PASS),
        check("not asked", Result.OFF),
    ),
)


def test_text_tells_what_did_not_pass_with_what_to_do() -> None:
    assert (
        "\n".join(checks_text(TREE))
        == """\
✓ fine: saw fine
– off: saw off
! warned: saw warned (wanted: wanted warned)
  → look at it
✗ verdict: saw verdict (wanted: wanted verdict)
  ✗ gate: saw gate (wanted: wanted gate)
    → do it
    ✗ kind flat: saw kind flat (wanted: wanted kind flat)
  ? open: saw open (wanted: wanted open)
  ! loose: saw loose (wanted: wanted loose)"""
    )


def test_markdown_tells_the_same_in_a_table() -> None:
    assert (
        checks_markdown(TREE)
        == """\
|  | Check | Saw | Wanted |
| --- | --- | --- | --- |
| ✅ pass | fine | saw fine | wanted fine |
| ➖ off | off | saw off | wanted off |
| ⚠️ warn | warned | saw warned | wanted warned<br>→ look at it |
| ❌ fail | verdict | saw verdict | wanted verdict |
| ❌ fail | ↳ gate | saw gate | wanted gate<br>→ do it |
| ❌ fail | ↳ ↳ kind flat | saw kind flat | wanted kind flat |
| ❔ inconclusive | ↳ open | saw open | wanted open |
| ⚠️ warn | ↳ loose | saw loose | wanted loose |"""
    )


def test_nothing_of_a_check_is_taken_for_markup_or_a_command() -> None:
    evil = failed("a|b\n::error::x", saw="<b> \x1b[31m @engineer", wanted="`x` #1", hint="[a](b)\n")
    (row,) = checks_markdown([evil]).splitlines()[2:]
    assert row == (
        "| ❌ fail | a\\|b ::\u200berror::x | \\<b\\>  \\[31m @\u200bengineer | `x` \\#\u200b1<br>→ \\[a\\](b) |"
    )
    first, second = checks_text([evil])
    assert first.startswith("✗ a|b ::error::x: <b>  [31m @engineer")
    assert second == "  → [a](b)"


def test_nothing_checked_is_an_empty_table() -> None:
    assert checks_text([]) == []
    assert checks_markdown([]).count("\n") == 1
    assert checks_text([passed("a", saw="b", wanted="c"), off("d", saw="e", wanted="f")]) == ["✓ a: b", "– d: e"]


def test_of_too_many_parts_the_worst_are_told_and_the_others_counted() -> None:
    parts = [check(f"part {number}", Result.WARN) for number in range(PARTS_SHOWN)]
    parts += [check("worst", Result.FAIL, *[check("deep", Result.FAIL)] * (PARTS_SHOWN + 2))]
    tree = [check("gate", Result.FAIL, *parts), check("next", Result.PASS)]
    lines = checks_text(tree)
    assert lines[1] == "  ✗ worst: saw worst (wanted: wanted worst)"
    assert lines[2 + PARTS_SHOWN] == "    … 2 more of worst did not pass"
    assert lines[-2:] == ["  … 1 more of gate did not pass", "✓ next: saw next"]
    rows = checks_markdown(tree).split("\n")[2:]
    assert rows[2 + PARTS_SHOWN] == "| … | ↳ ↳ 2 more of worst did not pass |  |  |"
    assert rows[-2] == "| … | ↳ 1 more of gate did not pass |  |  |"
    enough = check("gate", Result.FAIL, *parts[:PARTS_SHOWN])
    assert not [line for line in checks_text([enough]) if "…" in line]


def test_a_verdict_has_its_sign() -> None:
    assert [mark(result)[2:].strip() for result in Result] == [str(result) for result in Result]
