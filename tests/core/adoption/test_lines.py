"""Lines that are added to files of people: nothing of theirs changes, nor does what it means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coronet.core.adoption.ignore_lines import add_ignore_lines
from coronet.core.adoption.owner_lines import add_owner_lines, governed_patterns, uncovered, without_owners
from coronet.core.codeowners import parse_codeowners

OWNERS = ("@ann", "@acme/risk")
PATHS = ("promotions/m/x.yaml", "policy/default.yaml", "models/m/model.yaml", ".github/workflows/x.yml", "CODEOWNERS")


def owners_after(before: bytes | None, path: str) -> tuple[str, ...]:
    return parse_codeowners(add_owner_lines(before, file="CODEOWNERS", owners=OWNERS)).owners_of(path).owners


@pytest.mark.parametrize("before", [None, b"", b"* @dev\n", b"* @dev", b"# only words\r\n* @dev\r\n", b"*.yaml @dev\n"])
@pytest.mark.parametrize("path", PATHS)
def test_everything_that_governs_gets_owners(before: bytes | None, path: str) -> None:
    assert owners_after(before, path) == OWNERS


def test_what_has_owners_of_its_own_keeps_them() -> None:
    before = b"/promotions/ @risk\n/models/**  @science\n"
    assert owners_after(before, "promotions/m/x.yaml") == ("@risk",)
    assert owners_after(before, "models/m/model.yaml") == ("@science",)
    assert owners_after(before, "policy/default.yaml") == OWNERS


def test_a_line_for_one_model_goes_on_to_count() -> None:
    before = b"* @dev\n/promotions/churn/ @churn-owner\n"
    assert owners_after(before, "promotions/churn/x.yaml") == ("@churn-owner",)
    assert owners_after(before, "promotions/fraud/x.yaml") == OWNERS


@pytest.mark.parametrize("begin", [b"", b"\xef\xbb\xbf"])
def test_lines_for_one_model_at_the_very_top_too(begin: bytes) -> None:
    before = begin + b"/promotions/churn/ @churn-owner\r\n"
    assert owners_after(before, "promotions/churn/x.yaml") == ("@churn-owner",)
    assert owners_after(before, "promotions/fraud/x.yaml") == OWNERS
    assert b"\n" not in add_owner_lines(before, file="CODEOWNERS", owners=OWNERS).replace(b"\r\n", b"")


def test_a_later_line_for_everything_does_not_win_over_ours() -> None:
    before = b"/promotions/churn/ @churn-owner\n* @dev\n"
    assert owners_after(before, "promotions/fraud/x.yaml") == OWNERS


def test_a_second_time_there_is_nothing_to_add() -> None:
    once = add_owner_lines(b"* @dev\n", file="CODEOWNERS", owners=OWNERS)
    assert add_owner_lines(once, file="CODEOWNERS", owners=("@bob",)) == once
    assert uncovered(parse_codeowners(once)) == ()


def test_line_ends_stay_as_they_are() -> None:
    assert b"\n" not in add_owner_lines(b"* @dev\r\n", file="CODEOWNERS", owners=OWNERS).replace(b"\r\n", b"")
    assert b"\n" not in add_ignore_lines(b"x\r\n").replace(b"\r\n", b"")


def test_the_file_itself_has_owners_wherever_it_is() -> None:
    assert governed_patterns("docs/CODEOWNERS")[-1] == "/docs/CODEOWNERS"
    assert governed_patterns(".github/CODEOWNERS")[-1] == "/.github/"


def test_a_rule_that_names_nobody_is_told() -> None:
    found = without_owners(parse_codeowners(b"* @dev\n/promotions/\n"))
    assert [owned.line for owned in found] == [2]
    assert uncovered(parse_codeowners(b"* @dev\n/promotions/\n")) == (
        "/policy/",
        "/models/",
        "/.github/",
        "/CODEOWNERS",
    )


LINE = st.text("/*ab @#\r\\promtins", max_size=30)


@given(st.lists(LINE, max_size=6), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_whatever_people_wrote_is_still_there_in_its_order(lines: list[str], newline: str, ends: bool) -> None:
    before = (newline.join(lines) + (newline if ends else "")).encode()
    for after in (add_owner_lines(before, file="CODEOWNERS", owners=OWNERS), add_ignore_lines(before)):
        left = iter(line.rstrip(b"\r") for line in after.split(b"\n"))
        assert all(line.rstrip(b"\r") in left for line in before.removesuffix(b"\n").split(b"\n"))
    assert all(owners_after(before, path) is not None for path in PATHS)


@pytest.mark.parametrize("before", [None, b"", b"*.pyc\n", b"*.pyc", b"mlruns/\n"])
def test_what_trials_leave_is_ignored_once(before: bytes | None) -> None:
    after = add_ignore_lines(before)
    assert after.startswith(before or b"")
    assert after.count(b"mlruns/") == 1
    assert add_ignore_lines(after) == after
