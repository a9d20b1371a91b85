"""Annotations: whatever a text says, the runner reads one command of ours, and nobody else's."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coronet.core.decision import Check, Result
from coronet.core.render.annotations import Annotation, annotate_checks, annotate_error, render_annotations
from coronet.errors import Conflict, Finding, InvalidInput, Location, Severity

COMMAND = re.compile(r"^::(error|warning)(?: [a-z]+=[^:,\n]*(?:,[a-z]+=[^:,\n]*)*)?::[^\n\r]*$")


def check_of(name: str, result: Result, saw: str = "0.7", hint: str = "") -> Check:
    return Check(name=name, result=result, saw=saw, wanted="0.8", hint=hint)


def test_what_did_not_pass_is_told_in_the_words_of_the_terminal() -> None:
    checks = [
        check_of("fine", Result.PASS),
        check_of("not asked", Result.OFF),
        check_of("better", Result.FAIL, hint="train again"),
        check_of("unsure", Result.INCONCLUSIVE),
        check_of("old", Result.WARN),
    ]
    assert render_annotations(annotate_checks(checks, title="coronet gate", files={})) == [
        "::error title=coronet gate::✗ better: 0.7 (wanted: 0.8)%0A  → train again",
        "::error title=coronet gate::? unsure: 0.7 (wanted: 0.8)",
        "::warning title=coronet gate::! old: 0.7 (wanted: 0.8)",
    ]


def test_a_check_that_has_a_file_is_marked_there() -> None:
    checks = [check_of("iris-v7-ab", Result.FAIL)]
    files = {"iris-v7-ab": "promotions/iris/iris-v7-ab.yaml"}
    assert render_annotations(annotate_checks(checks, title="coronet check", files=files)) == [
        "::error title=coronet check,file=promotions/iris/iris-v7-ab.yaml::✗ iris-v7-ab: 0.7 (wanted: 0.8)",
    ]


def test_an_error_is_marked_where_it_is_and_its_findings_where_they_are() -> None:
    error = InvalidInput(
        "models/iris/model.yaml is not a valid model file: 2 findings",
        hint="mend it",
        location=Location(file="models/iris/model.yaml"),
        findings=(
            Finding(
                message="no task", hint="add one", location=Location(file="models/iris/model.yaml", line=3, column=5)
            ),
            Finding(message="old name", severity=Severity.WARNING),
        ),
    )
    assert render_annotations(annotate_error(error)) == [
        "::error title=invalid input,file=models/iris/model.yaml"
        "::models/iris/model.yaml is not a valid model file: 2 findings%0A→ mend it",
        "::error title=invalid input,file=models/iris/model.yaml,line=3,col=5::no task%0A→ add one",
        "::warning title=invalid input::old name",
    ]


def test_an_error_without_a_hint_is_one_line() -> None:
    assert render_annotations(annotate_error(Conflict("it moved"))) == ["::error title=conflict::it moved"]


@pytest.mark.parametrize(("count", "last"), [(9, "::error title=t::nr 9"), (10, "and 1 more"), (40, "and 31 more")])
def test_github_shows_ten_of_a_kind_and_the_tenth_counts_the_others(count: int, last: str) -> None:
    many = [Annotation(level=Severity.ERROR, title="t", message=f"nr {number}") for number in range(1, count + 1)]
    lines = render_annotations([*many, Annotation(level=Severity.WARNING, title="t", message="by itself")])
    errors, warning = lines[:-1], lines[-1]
    assert len(errors) == min(count, 10)
    assert last in errors[-1]
    assert warning == "::warning title=t::by itself"


def test_a_very_long_message_is_cut_and_says_so() -> None:
    [line] = render_annotations([Annotation(level=Severity.ERROR, title="t", message="x" * 5000)])
    assert line.endswith("xxx…")
    assert len(line) < 2100


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a\n::set-output name=verdict::pass", "::error title=t::a%0A: :set-output name=verdict::pass"),
        ("a\r\n##[error]b", "::error title=t::a%0A# #[error]b"),
        ("100 %0A\x1b[31m", "::error title=t::100 %250A [31m"),
    ],
)
def test_no_text_writes_a_command_of_its_own(text: str, line: str) -> None:
    assert render_annotations([Annotation(level=Severity.ERROR, title="t", message=text)]) == [line]


@pytest.mark.parametrize(
    ("title", "written"),
    [("a::b", "a%3A%3Ab"), ("a,line=7", "a%2Cline=7"), ("::error", "%3A %3Aerror"), ("50 %", "50 %25")],
)
def test_no_title_ends_before_its_end(title: str, written: str) -> None:
    [line] = render_annotations([Annotation(level=Severity.ERROR, title=title, message="m")])
    assert line == f"::error title={written}::m"


@given(title=st.text(min_size=1), message=st.text(), file=st.text(min_size=1))
def test_every_annotation_is_one_command_whatever_it_says(title: str, message: str, file: str) -> None:
    place = Location(file=file, line=1)
    [line] = render_annotations([Annotation(level=Severity.ERROR, title=title, message=message, location=place)])
    assert COMMAND.match(line)
