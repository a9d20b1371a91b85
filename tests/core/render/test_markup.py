"""Text from outside, made harmless."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coronet.core.render.markup import code_span, escape_markdown, markdown_table, plain_line, text_table

ZW = "\u200b"


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        pytest.param("more trees, 5 % better", "more trees, 5 % better", id="words are left alone"),
        pytest.param("a | b", "a \\| b", id="no cell of its own"),
        pytest.param("a\nb\r\nc\u2028d\x0be", "a b c d e", id="no line of its own"),
        pytest.param("  # head  ", "\\# head", id="no heading"),
        pytest.param("<img src=x onerror=y>", "\\<img src=x onerror=y\\>", id="no HTML"),
        pytest.param("<!-- hide", "\\<!-- hide", id="no comment"),
        pytest.param("&lt;b&gt;", "&amp;lt;b&amp;gt;", id="no entity"),
        pytest.param("*a* _b_ ~~c~~", "\\*a\\* \\_b\\_ \\~\\~c\\~\\~", id="no emphasis"),
        pytest.param("a_b c__d _", "a_b c\\_\\_d \\_", id="but in a word there is none"),
        pytest.param("[a](javascript:b)", "\\[a\\](javascript:b)", id="no link under another name"),
        pytest.param("![a](data:b)", "!\\[a\\](data:b)", id="no image"),
        pytest.param("[^1]: x", "\\[^1\\]: x", id="no footnote"),
        pytest.param("$x$", "\\$x\\$", id="no formula"),
        pytest.param("a\\", "a\\\\", id="a backslash escapes nothing of ours"),
        pytest.param("a\\|b", "a\\\\\\|b", id="nor in a cell"),
        pytest.param("ask @engineer and @org/team", f"ask @{ZW}engineer and @{ZW}org/team", id="nobody is notified"),
        pytest.param("a@b.example c@.d", f"a@{ZW}b.example c@{ZW}.d", id="no address of mail"),
        pytest.param("fixes #12", f"fixes \\#{ZW}12", id="no issue is linked or closed"),
        pytest.param("gh-12, GH-3", f"gh-{ZW}12, GH-{ZW}3", id="by its other name neither"),
        pytest.param("#channel", "\\#channel", id="other words with # are words"),
        pytest.param("`coronet promote` mends it", "`coronet promote` mends it", id="commands are code"),
        pytest.param("`@engineer #12 <b>`", "`@engineer #12 <b>`", id="in code nothing has a meaning"),
        pytest.param("`a|b`", "\\`a\\|b\\`", id="but the ends of cells"),
        pytest.param("`a\\`b", "\\`a\\\\\\`b", id="and backslashes"),
        pytest.param("``a`b``", "\\`\\`a\\`b\\`\\`", id="code in code is none"),
        pytest.param("it`s", "it\\`s", id="half of it is none"),
        pytest.param("see https://x.example/a_b#c.", "see <https://x.example/a_b#c>.", id="an address leads there"),
        pytest.param("(http://x.example/?a=1&b=2)", "(<http://x.example/?a=1&amp;b=2>)", id="with all that is in it"),
        pytest.param("https://x.example/|y", "<https://x.example/>\\|y", id="and ends where a cell does"),
        pytest.param("https://x.example/@a", "<https://x.example/@a>", id="in an address nobody is mentioned"),
        pytest.param("", "", id="nothing"),
    ],
)  # fmt: skip
def test_text_has_no_meaning_in_markdown(text: str, escaped: str) -> None:
    assert escape_markdown(text) == escaped


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        pytest.param("\x1b[31mred\x1b[0m", "[31mred [0m", id="no colours of a terminal"),
        pytest.param("a\x9b2Jb", "a 2Jb", id="nor in one character"),
        pytest.param("a\u202egpj.exe", "a gpj.exe", id="no writing backwards"),
        pytest.param("a\u2066b\u2069c\u200fd", "a b c d", id="no other direction"),
        pytest.param("pay\u200bpal\ufeff\u00ad\u2060x", "pay pal x", id="nothing that nobody sees"),
        pytest.param("a\U000e0041\U000e007fb", "a b", id="no hidden writing"),
        pytest.param("a\ud800b", "a b", id="no half of a character"),
        pytest.param("a\tb\0c", "a b c", id="no control character"),
        pytest.param("::error::x", ": :error::x", id="no command of a workflow"),
        pytest.param("  ::set-output x", ": :set-output x", id="indented neither"),
        pytest.param("a ::error::x", "a ::error::x", id="which begins a line or is none"),
        pytest.param("a ##[add-mask]b", "a # #[add-mask]b", id="no old command"),
        pytest.param("Ω 数 👩‍🔬 é", "Ω 数 👩‍🔬 é", id="all writing of the world"),
    ],
)
def test_text_acts_on_no_terminal_and_no_log(text: str, plain: str) -> None:
    assert plain_line(text) == plain


@given(st.text())
def test_no_line_is_added_and_nothing_hidden_is_left(text: str) -> None:
    plain = plain_line(text)
    assert len(plain.splitlines()) <= 1
    assert plain.isprintable() or not set(plain) & set("\x1b\u202e\u200b\ufeff\n\r\0")
    assert not plain.startswith("::")
    assert "##[" not in plain
    plain.encode()


@given(st.text(st.sampled_from("ab@#1|`\\<>[]()*_&:/.htps \n")))
def test_no_cell_ends_no_tag_begins_and_nobody_is_called(text: str) -> None:
    escaped = escape_markdown(text)
    unescaped = re.sub(r"\\.", "\0", escaped)
    words = re.sub(r"`[^`|]+`|<https?://[^<>|]*>", "\0", unescaped)
    assert not set(words) & set("|<>`[]*")
    assert not re.search(r"@\w|#\d", words)
    assert "|" not in unescaped
    assert "\n" not in escaped


@pytest.mark.parametrize(
    ("text", "code"),
    [("model-owner", "`model-owner`"), ("a`b|c\nd", "`a'b¦c d`"), ("", "` `")],
)
def test_names_are_code_that_a_cell_may_hold(text: str, code: str) -> None:
    assert code_span(text) == code


def test_tables() -> None:
    assert markdown_table(("a", "b"), [("1", "2")]) == "| a | b |\n| --- | --- |\n| 1 | 2 |"
    assert text_table([("a", "bb"), ("ccc", "d")]) == "a    bb\nccc  d"
    assert text_table([]) == ""
