"""What becomes of a file when it is written again."""

import pytest

from coronet.core.adoption.change import Action, decide_addition, decide_change, decide_seed, record_of
from coronet.core.canonical import digest_bytes

OLD, NEW, THEIRS = b"old\n", b"new\n", b"theirs\n"


@pytest.mark.parametrize(
    ("before", "recorded", "action"),
    [
        (None, None, Action.CREATE),
        (NEW, None, Action.SAME),
        (NEW, OLD, Action.SAME),
        (OLD, OLD, Action.UPDATE),
        (THEIRS, OLD, Action.KEPT),
        (THEIRS, None, Action.KEPT),
        (None, OLD, Action.REMOVED),
    ],
)
def test_ours_is_brought_up_to_date_and_theirs_is_kept(
    before: bytes | None, recorded: bytes | None, action: Action
) -> None:
    digest = digest_bytes(recorded) if recorded is not None else None
    change = decide_change("f", before=before, after=NEW, recorded=digest, restore=False)
    assert change.action is action
    assert change.is_written == (action in (Action.CREATE, Action.UPDATE))


@pytest.mark.parametrize(("before", "action"), [(THEIRS, Action.UPDATE), (None, Action.CREATE), (NEW, Action.SAME)])
def test_ours_comes_back_where_that_is_asked(before: bytes | None, action: Action) -> None:
    change = decide_change("f", before=before, after=NEW, recorded=digest_bytes(OLD), restore=True)
    assert change.action is action


@pytest.mark.parametrize(
    ("before", "recorded", "restore", "action"),
    [
        (None, None, False, Action.CREATE),
        (THEIRS, None, False, Action.SAME),
        (OLD, OLD, False, Action.SAME),
        (None, OLD, False, Action.REMOVED),
        (None, OLD, True, Action.CREATE),
        (THEIRS, OLD, True, Action.UPDATE),
    ],
)
def test_a_seed_is_written_once(before: bytes | None, recorded: bytes | None, restore: bool, action: Action) -> None:
    digest = digest_bytes(recorded) if recorded is not None else None
    assert decide_seed("f", before=before, after=NEW, recorded=digest, restore=restore).action is action


@pytest.mark.parametrize(("before", "action"), [(None, Action.CREATE), (OLD, Action.UPDATE), (NEW, Action.SAME)])
def test_lines_are_added(before: bytes | None, action: Action) -> None:
    assert decide_addition("f", before=before, after=NEW).action is action


def test_the_record_knows_what_was_written_last() -> None:
    first = decide_change("a", before=None, after=NEW, recorded=None, restore=False)
    kept = decide_change("b", before=THEIRS, after=NEW, recorded=digest_bytes(OLD), restore=False)
    never = decide_change("c", before=THEIRS, after=NEW, recorded=None, restore=False)
    recorded = {"b": digest_bytes(OLD), "gone": digest_bytes(OLD)}
    assert record_of((first, kept, never), recorded) == {
        "a": digest_bytes(NEW),
        "b": digest_bytes(OLD),
        "gone": digest_bytes(OLD),
    }


def test_a_difference_reads_like_gits() -> None:
    new = decide_addition("policy/x.yaml", before=None, after=b"a\nb")
    assert new.diff.splitlines() == [
        "--- /dev/null",
        "+++ b/policy/x.yaml",
        "@@ -0,0 +1,2 @@",
        "+a",
        "+b",
        "\\ No newline at end of file",
    ]
    more = decide_addition("x", before=b"a\n", after=b"a\nb\n")
    assert more.diff.splitlines()[:2] == ["--- a/x", "+++ b/x"]
    assert decide_addition("x", before=b"a\n", after=b"a\n").diff == ""
    assert more.to_json() == {"path": "x", "action": "update", "diff": more.diff}
