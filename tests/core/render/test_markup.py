"""Text from outside, made harmless."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coronet.core.render.markup import (
    code_span,
    escape_html,
    escape_markdown,
    markdown_table,
    plain_line,
    text_table,
)
from tests.gfm import read_markdown

ZW = "\u200b"
HOSTILE = (
    "@engineer",
    "@org/team",
    "x@y.example",
    "#12",
    "GH-12",
    "example/models#1",
    "0badc0ffee1",
    "0123456789abcdef0123456789abcdef01234567",
    ":tada:",
    ":+1:",
    "https://evil.example/",
    "www.evil.example",
    "ftp://evil.example/x",
    "[a](https://evil.example)",
    "![a](https://evil.example/x.png)",
    "[a]: https://evil.example",
    "[^1]",
    "[^1]: note",
    "<img src=x onerror=y>",
    "<details open>",
    "</details>",
    "</td></tr></table>",
    "<!-- ",
    " -->",
    "`code`",
    "```\ncode\n```",
    "~~~",
    "**bold**",
    "__bold__",
    "~~gone~~",
    "# head",
    "- item",
    "1. item",
    "> quote",
    "> [!WARNING]",
    "- [ ] task",
    "===",
    "---",
    "| a | b |\n| - | - |",
    "\\",
    "&lt;b&gt;",
    "&#64;engineer",
    "$x$",
    "    indented",
    "::error::x",
    "\u202egnp.exe",
)


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
        pytest.param("see https://x.example/a_b#c.", "see `https://x.example/a_b#c`.", id="an address is no link"),
        pytest.param("(http://x.example/?a=1&b=2)", "(`http://x.example/?a=1&b=2`)", id="with all that is in it"),
        pytest.param("https://x.example/|y", "`https://x.example/`\\|y", id="and ends where a cell does"),
        pytest.param("FTP://é.example/@a", "`FTP://é.example/@a`", id="in whatever letters"),
        pytest.param("`x`https://x.example/`", f"`x`{ZW}`https://x.example/`\\`", id="beside code too"),
        pytest.param("http:// www.x.example", f"http:{ZW}// www{ZW}.x.example", id="half an address is none"),
        pytest.param("at 0badc0ffee1 or defaced.", "at `0badc0ffee1` or `defaced`.", id="no commit is linked"),
        pytest.param("iris-v7-7c2f9a41 1234567", "iris-v7-7c2f9a41 1234567", id="ids and numbers are words"),
        pytest.param(f"sha256:{'a' * 64}", f"sha256:{'a' * 64}", id="digests too"),
        pytest.param(":tada: :+1: a:b", f":{ZW}tada: :{ZW}+1: a:b", id="no pictures"),
        pytest.param("at 12:03:00Z, f.yaml:2:1:", "at 12:03:00Z, f.yaml:2:1:", id="but times and places"),
        pytest.param("- a", "\\- a", id="no list"),
        pytest.param("12. a", "12\\. a", id="no numbered list"),
        pytest.param("--- ", "\\---", id="no line across"),
        pytest.param("=== a", "\\=== a", id="no heading above"),
        pytest.param("-1 and +2", "-1 and +2", id="numbers keep their signs"),
        pytest.param("1.5 -- a", "1.5 -- a", id="wherever they stand"),
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
        pytest.param("a\u3164b\u115fc\u034fd\U000e0100", "a b c d", id="nor by filling"),
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


def test_an_address_that_the_caller_answers_for_is_a_link() -> None:
    url = "https://x.example/runs/7?a=1&b=2"
    assert escape_markdown(f"in {url}, not {url}3", links=[url]) == (
        "in <https://x.example/runs/7?a=1&amp;b=2>, not `https://x.example/runs/7?a=1&b=23`"
    )
    assert read_markdown(escape_markdown(url, links=[url])).links == [url]


BITS = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.sampled_from("ab0@#1|`\\<>[](){}*_~&:/.!$^=+-'\"htpsw \n\t\u200b\u202e"), max_size=12),
    st.text(max_size=6),
)
PLACES = {
    "alone": ("{}", ["p"]),
    "strong": ("**{}**", ["p", "strong"]),
    "in a heading": ("### {}", ["h3"]),
    "in a list": ("- {}", ["ul", "li"]),
    "in a numbered list": ("1. {}", ["ol", "li"]),
    "in a cell": (
        "| a | b |\n| --- | --- |\n| {} | x |",
        ["table", "thead", "tr", "th", "th", "tbody", "tr", "td", "td"],
    ),
    "in words": ("said {} here", ["p"]),
}


@pytest.mark.parametrize("place", PLACES)
@given(st.lists(BITS, max_size=5).map("".join))
def test_github_reads_nothing_but_words(place: str, text: str) -> None:
    around, tags = PLACES[place]
    escaped = escape_markdown(f"x{text}" if place == "strong" else text)
    page = read_markdown(around.format(escaped))
    assert [tag for tag in page.tags if tag != "code"] == (tags if escaped or place != "alone" else [])
    assert not page.links
    assert not page.calls
    assert "\n" not in escaped


@given(st.lists(BITS, max_size=5).map("".join))
def test_nothing_is_lost_but_what_nobody_sees(text: str) -> None:
    shown = read_markdown(f"x {escape_markdown(text)}").words.replace(ZW, "")
    assert re.sub(r"[\s`']+", "", shown) == re.sub(r"[\s`']+", "", f"x {plain_line(text)}")


@pytest.mark.parametrize("text", HOSTILE)
def test_in_an_element_neither(text: str) -> None:
    page = read_markdown(f"<details><summary>{escape_html(text)}</summary>\n\nx\n\n</details>")
    assert page.tags == ["details", "summary", "p"]
    assert not page.links
    assert {"mention", "issue", "emoji"}.isdisjoint(page.calls)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("@engineer", "mention"),
        ("example/models#12", "issue"),
        ("GH-12", "issue"),
        ("0badc0ffee1", "commit"),
        (":tada:", "emoji"),
    ],
)
def test_the_reader_of_these_tests_sees_what_is_not_escaped(text: str, seen: str) -> None:
    assert read_markdown(text).calls == [seen]
    assert read_markdown("www.x.example").links == ["http://www.x.example"]
    with pytest.raises(AssertionError, match="is not closed"):
        read_markdown("<details>\n\nx")


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
