"""A tree of checks for people."""

from coronet.core.decision import Check, Result, failed, off, passed
from coronet.core.render.checks import checks_markdown, checks_text


def check(name: str, result: Result, *parts: Check, hint: str = "") -> Check:
    return Check(name=name, result=result, saw=f"saw {name}", wanted=f"wanted {name}", hint=hint, parts=parts)


TREE = (
    check("fine", Result.PASS, check("part of what is fine", Result.PASS)),
    check("off", Result.OFF, hint="never shown"),
    check("warned", Result.WARN, hint="look at it"),
    check(
        "verdict",
        Result.FAIL,
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
  ? open: saw open (wanted: wanted open)"""
    )


def test_markdown_tells_the_same_in_a_table() -> None:
    assert (
        checks_markdown(TREE)
        == """\
|  | Check | Saw | Wanted |
| --- | --- | --- | --- |
| ✅ pass | fine | saw fine | wanted fine |
| ➖ off | off | saw off | wanted off |
| ⚠️ warn | warned | saw warned<br>→ look at it | wanted warned |
| ❌ fail | verdict | saw verdict | wanted verdict |
| ❌ fail | ↳ gate | saw gate<br>→ do it | wanted gate |
| ❌ fail | ↳ ↳ kind flat | saw kind flat | wanted kind flat |
| ❔ inconclusive | ↳ open | saw open | wanted open |"""
    )


def test_nothing_of_a_check_is_taken_for_markup_or_a_command() -> None:
    evil = failed("a|b\n::error::x", saw="<b> \x1b[31m @engineer", wanted="`x` #1", hint="[a](b)\n")
    (row,) = checks_markdown([evil]).splitlines()[2:]
    assert row == ("| ❌ fail | a\\|b ::error::x | \\<b\\>  \\[31m @\u200bengineer<br>→ \\[a\\](b) | `x` \\#\u200b1 |")
    first, second = checks_text([evil])
    assert first.startswith("✗ a|b ::error::x: <b>  [31m @engineer")
    assert second == "  → [a](b)"


def test_nothing_checked_is_an_empty_table() -> None:
    assert checks_text([]) == []
    assert checks_markdown([]).count("\n") == 1
    assert checks_text([passed("a", saw="b", wanted="c"), off("d", saw="e", wanted="f")]) == ["✓ a: b", "– d: e"]
