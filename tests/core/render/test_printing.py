"""A page for a terminal and as Markdown: the same statements in the same order."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coronet.core.decision import Verdict, failed, passed
from coronet.core.render.clipping import LIMIT
from coronet.core.render.markup import Verbatim
from coronet.core.render.page import Block, Folded, Heading, Items, Listing, Page, Table, Tree, Words, Written
from coronet.core.render.paged import Paged
from coronet.core.render.printing import page_markdown, page_text
from tests.core.render.test_markup import HOSTILE
from tests.gfm import read_markdown
from tests.same import assert_same

URL = "https://forge.example/runs/7"
CHECKS = (passed("a", saw="b", wanted="c"), failed("d", saw="e", wanted="f", hint="`g` mends it"))
EVERYTHING: tuple[Block, ...] = (
    Tree(checks=CHECKS),
    Heading(text="Candidates"),
    Table(header=("Name", "Digest"), rows=[("one", Verbatim("sha256:1"))]),
    Words(text=f"Some words, and {URL}."),
    Table(header=(), rows=[("Why", "more trees"), ("Run", URL)]),
    Items(lines=["first", "second"], numbered=True),
    Items(lines=["a line"]),
    Folded(
        summary="Folded away", blocks=(Words(text="inner"), Items(lines=["x"]), Table(header=("h",), rows=[("c",)]))
    ),
    Heading(text="Changes"),
    Listing(text="+ new\n- old", language="diff"),
    Written(markdown="**By hand**\n\n- as it is"),
)
PAGE = Page(headline="it may be merged. Somebody merges.", verdict=Verdict.PASS, blocks=EVERYTHING, links=(URL,))


def test_a_page_for_a_terminal() -> None:
    assert (
        page_text(PAGE)
        == f"""\
pass: it may be merged. Somebody merges.
✓ a: b
✗ d: e (wanted: f)
  → `g` mends it

Candidates
Name  Digest
one   sha256:1

Some words, and {URL}.

Why  more trees
Run  {URL}

1. first
2. second

· a line

Folded away
inner

· x

h
c

Changes
+ new
- old

**By hand**

- as it is"""
    )


def test_the_same_page_as_markdown() -> None:
    assert (
        page_markdown(PAGE)
        == f"""\
**✅ pass: it may be merged. Somebody merges.**

|  | Check | Saw | Wanted |
| --- | --- | --- | --- |
| ✅ pass | a | b | c |
| ❌ fail | d | e | f<br>→ `g` mends it |

### Candidates

| Name | Digest |
| --- | --- |
| one | `sha256:1` |

Some words, and <{URL}>.

|  |  |
| --- | --- |
| Why | more trees |
| Run | <{URL}> |

1. first
2. second

- a line

<details><summary>Folded away</summary>

inner

- x

| h |
| --- |
| c |

</details>

### Changes

```diff
+ new
- old
```

**By hand**

- as it is"""
    )


def test_a_page_that_says_no_more_than_its_first_line() -> None:
    empty: tuple[Block, ...] = (Tree(checks=()), Items(lines=()), Table(header=("a",), rows=()), Words(text=""))
    for blocks in ((), empty[:3]):
        page = Page(headline="Nothing to do.", blocks=blocks)
        assert (page_text(page), page_markdown(page)) == ("Nothing to do.", "**Nothing to do.**")


@pytest.mark.parametrize("verdict", Verdict)
def test_the_verdict_is_the_first_word(verdict: Verdict) -> None:
    page = Page(headline="so it is.", verdict=verdict)
    assert page_text(page) == f"{verdict}: so it is."
    assert page_markdown(page).endswith(f" {verdict}: so it is.**")


class Told(Paged):
    __slots__ = ()

    def page(self) -> Page:
        return PAGE


def test_a_report_is_its_page() -> None:
    assert Told().to_text() == page_text(PAGE)
    assert Told().to_markdown() == page_markdown(PAGE)
    assert_same(Told())


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("a b", "**a c**"),
        ("a b", "**a**"),
        ("a\nb", "**a**\n\nb\n\nc"),
        ("b a", "**a**\n\nb"),
        ("fail: a", "**✅ pass: a**"),
    ],
)
def test_what_differs_is_told(text: str, markdown: str) -> None:
    class Other:
        def to_text(self) -> str:
            return text

        def to_markdown(self) -> str:
            return markdown

    with pytest.raises(AssertionError):
        assert_same(Other())


EVIL = st.lists(st.one_of(st.sampled_from(HOSTILE), st.text(max_size=5)), max_size=3).map("".join)
ROWS = st.lists(st.tuples(EVIL, EVIL.map(Verbatim)), max_size=3)
BLOCKS = st.one_of(
    EVIL.map(lambda text: Heading(text=text)),
    EVIL.map(lambda text: Words(text=text)),
    st.builds(lambda lines, numbered: Items(lines=lines, numbered=numbered), st.lists(EVIL, max_size=3), st.booleans()),
    st.builds(lambda head, rows: Table(header=head, rows=rows), st.sampled_from([(), ("a", "b")]), ROWS),
    EVIL.map(lambda text: Tree(checks=(failed(text, saw=text, wanted=text, hint=text),))),
    EVIL.map(lambda text: Listing(text=text, language="diff")),
)
PAGES = st.lists(st.one_of(BLOCKS, st.lists(BLOCKS, max_size=3).map(lambda some: Folded(summary="x", blocks=some))))


@given(EVIL, PAGES)
def test_no_words_make_a_link_a_call_or_an_element(headline: str, blocks: Sequence[Block]) -> None:
    page = read_markdown(page_markdown(Page(headline=f"x{headline}", blocks=blocks, links=(URL,))))
    assert page.links == []
    assert page.calls == []
    folded = [block for block in blocks if isinstance(block, Folded)]
    assert page.tags.count("details") == page.tags.count("summary") == len(folded)
    allowed = {"p", "strong", "h3", "ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td", "code", "pre"}
    assert set(page.tags) <= allowed | {"br", "details", "summary"}
    assert page.tags[:2] == ["p", "strong"]


@given(EVIL, PAGES)
def test_a_terminal_reads_as_many_headings(headline: str, blocks: Sequence[Block]) -> None:
    told = page_text(Page(headline=f"x{headline}", blocks=blocks))
    assert not set(told) & set("\x1b\u202e\u200b\r\0")
    assert not [line for line in told.split("\n") if line.lstrip().startswith("::")]


def test_a_page_that_is_too_long_is_cut_where_it_is_whole() -> None:
    rows = [(str(number), "y" * 50) for number in range(2000)]
    long = Page(headline="x", blocks=(Folded(summary="s", blocks=(Table(header=("a", "b"), rows=rows),)),), whole="`z`")
    made = page_markdown(long)
    assert len(made) <= LIMIT
    page = read_markdown(made)
    assert page.tags.count("details") == 1
    assert page.words.rstrip().endswith("lines are not shown here; z.")
    assert len(page_text(long).split("\n")) == 2004  # a terminal has room


@pytest.mark.parametrize("text", ["```\n# out\n```", "  ````\n<b>out</b>", "~~~\n````` x"])
def test_no_listing_ends_its_own_fence(text: str) -> None:
    page = read_markdown(page_markdown(Page(headline="x", blocks=(Listing(text=text), Words(text="after")))))
    assert page.tags == ["p", "strong", "pre", "code", "p"]
