"""A tree of checks makes one word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coronet.core.decision import Check, Result, Verdict, combine, demand, failed, off, passed, worst


def check(result: Result) -> Check:
    return Check(name="x", result=result, saw="", wanted="")


@pytest.mark.parametrize(
    ("results", "verdict"),
    [
        ("", "fail"),  # nothing checked is nothing proven
        ("off", "fail"),  # nor is what does not apply
        ("warn off", "fail"),
        ("pass", "pass"),
        ("pass off warn", "pass"),
        ("pass inconclusive", "inconclusive"),
        ("inconclusive fail pass", "fail"),
    ],
)
def test_the_verdict_is_the_worst_that_counts(results: str, verdict: str) -> None:
    assert combine(check(Result(word)) for word in results.split()) == Verdict(verdict)


@given(st.lists(st.sampled_from(Result)), st.sampled_from([Result.WARN, Result.OFF]))
def test_what_does_not_count_never_moves_the_verdict(results: list[Result], added: Result) -> None:
    assert combine(map(check, [*results, added])) == combine(map(check, results))


def test_parts_make_the_worst_of_them() -> None:
    assert worst([]) is Result.PASS
    assert worst([Result.WARN, Result.OFF]) is Result.PASS
    assert worst([Result.INCONCLUSIVE, Result.PASS]) is Result.INCONCLUSIVE


def test_a_demand_keeps_its_hint_only_where_it_fails() -> None:
    assert demand("x", True, saw="a", wanted="b", hint="c") == passed("x", saw="a", wanted="b")
    assert demand("x", False, saw="a", wanted="b", hint="c") == failed("x", saw="a", wanted="b", hint="c")


def test_a_check_is_written_with_its_parts() -> None:
    part = off("part", saw="s", wanted="w")
    whole = Check(name="whole", result=Result.WARN, saw="s", wanted="w", hint="h", parts=(part,))
    written = {"name": "part", "result": "off", "saw": "s", "wanted": "w", "hint": ""}
    assert whole.to_json() == {
        "name": "whole",
        "result": "warn",
        "saw": "s",
        "wanted": "w",
        "hint": "h",
        "checks": [written],
    }
