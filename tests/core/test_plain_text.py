"""A text of many lines from outside is shown as it is, and does nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coronet.core.render.markup import plain_text


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("a\n  b\n", "a\n  b"),
        ("\x1b[31mred\r\nnext", " [31mred\nnext"),
        ("a\tb\u202eevil", "a b evil"),
        ("trailing  \nblank", "trailing\nblank"),
        ("fine\n  ::error::not a command", "fine\n  : :error::not a command"),
        ("", ""),
    ],
)
def test_it_keeps_its_lines_and_loses_what_acts(text: str, plain: str) -> None:
    assert plain_text(text) == plain


@given(st.text())
def test_no_text_acts_on_a_terminal_or_a_log(text: str) -> None:
    for line in plain_text(text).split("\n"):
        assert not [letter for letter in line if ord(letter) < 32 or 127 <= ord(letter) < 160]
        assert not line.lstrip().startswith("::")
