"""Drift for people: alarms first, nothing of the data's own in the page."""

import re
from dataclasses import replace
from html.parser import HTMLParser

from coronet.core.drift import Bin, ColumnDrift, ColumnKind, DriftLimits, decide_drift
from coronet.core.render.drift import drift_markdown, render_drift_issue
from coronet.core.render.drift_page import drift_html


def column(name: str, *, psi: float | None = 0.0, p: float | None = 1.0, problem: str = "") -> ColumnDrift:
    return ColumnDrift(
        column=name,
        kind=ColumnKind.NUMBER,
        rows=(100, 100),
        missing=(0.0, 0.125),
        missing_p=1.0,
        psi=psi,
        distance=0.01,
        p=p,
        problem=problem,
    )


COLUMNS = (
    column("quiet"),
    column("restless", psi=0.05),
    column("unknown", psi=None, p=None, problem="there is no value now"),
    column("moved", psi=0.3, p=1e-9),
    column("<script>alert(1)</script>|@everyone", psi=0.9, p=1e-9),
)
DECISION = decide_drift(COLUMNS, DriftLimits())


class Page(HTMLParser):
    """The tags of a page, each closed, and the cells of its table."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.names: list[str] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] in (["td"], ["th"]):
            self.names.append(data)


def test_alarms_stand_before_what_is_unknown_before_what_is_quiet() -> None:
    lines = drift_markdown(COLUMNS, DECISION).splitlines()[2:]
    assert [line.split(" | ")[0] for line in lines] == ["| ❌ drift", "| ❌ drift", "| ⚠️ unknown", "| ✅", "| ✅"]
    assert "moved" in lines[1]
    assert "restless" in lines[3]
    assert "0 % → 12.5 %" in lines[3]
    assert " — " in lines[2]


def test_the_names_of_columns_are_text_and_nothing_else() -> None:
    assert "<script>" not in drift_markdown(COLUMNS, DECISION)
    page = Page(drift_html("fail: <b>2</b> columns", COLUMNS, DECISION))
    assert "script" not in page.tags
    assert "b" not in page.tags
    assert "<script>alert(1)</script>|@everyone" in page.names


def test_the_page_has_a_row_for_each_column_and_marks_the_alarms() -> None:
    text = drift_html("drift", COLUMNS, DECISION)
    assert Page(text).tags.count("tr") == 1 + len(COLUMNS)
    assert text.count('<tr class="drift">') == 2
    assert text.count('<tr class="unknown">') == 1
    assert text.count('<th scope="col"') == 10
    assert text.count('<th scope="row">') == len(COLUMNS)
    assert "5 columns: 2 drifted, 1 unknown, 2 quiet." in text
    for verdict in ("✗ drift", "? unknown", "✓ quiet"):
        assert verdict in text


def test_both_distributions_are_drawn_and_their_numbers_follow() -> None:
    bins = (
        Bin(label="<a>", before=0.25, now=0.5),
        Bin(label="b", before=0.25, now=0.0),
        Bin(label="all others", before=0.5, now=0.5, rest=True),
    )
    drawn = replace(column("x"), bins=bins)
    text = drift_html("drift", [drawn], decide_drift([drawn], DriftLimits()))
    page = Page(text)
    assert page.tags.count("svg") == 3  # two in the legend
    assert text.count('<rect class="before"') == 1 + 2
    assert 'd="M0.0 3.0H90.0 L90.0 47.0H180.0"' in text
    assert 'role="img"' in text
    assert page.tags.count("tr") == 2 + 1 + len(bins)
    assert {"<a>", "25 %", "50 %", "all others"} <= {*page.names}


def test_a_column_of_nothing_but_others_is_not_drawn() -> None:
    pooled = replace(column("x"), bins=(Bin(label="all others", before=1.0, now=1.0, rest=True),))
    assert "nothing to draw" in drift_html("drift", [pooled], decide_drift([pooled], DriftLimits()))


def test_a_page_stands_alone_in_light_and_dark() -> None:
    text = drift_html("drift", COLUMNS, DECISION)
    assert "prefers-color-scheme: dark" in text
    for elsewhere in ("http:", "https:", "src=", "href=", "@import", "url("):
        assert elsewhere not in text
    assert "nothing" in drift_html("drift", [], decide_drift([], DriftLimits()))


def luminance(color: str) -> float:
    """Relative luminance, as the Web Content Accessibility Guidelines 2.2 define it."""
    full = color[1:] if len(color) == 7 else "".join(2 * digit for digit in color[1:])
    parts = [int(full[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_texts_have_the_contrast_that_reading_takes() -> None:
    text = drift_html("drift", COLUMNS, DECISION)
    schemes = re.findall(r":root \{(.*?)\}", text, re.DOTALL)
    assert len(schemes) == 2
    for scheme in schemes:
        colors = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]+)", scheme))
        for paper in ("paper", "alarm", "doubt", "band"):
            assert contrast(colors["ink"], colors[paper]) >= 7
            assert contrast(colors["soft"], colors[paper]) >= 4.5
            assert contrast(colors["now"], colors[paper]) >= 3
        assert contrast(colors["alarm-ink"], colors["alarm"]) >= 4.5
        assert contrast(colors["doubt-ink"], colors["doubt"]) >= 4.5
        assert contrast(colors["fine-ink"], colors["paper"]) >= 4.5


def test_an_issue_says_what_comes_next_after_what_was_found() -> None:
    said = render_drift_issue("**fail: 1 of 2 columns have drifted.**", "churn_v2")
    assert said.startswith("**fail: 1 of 2 columns have drifted.**\n\nWhat comes next:")
    assert "`coronet train churn_v2`" in said
