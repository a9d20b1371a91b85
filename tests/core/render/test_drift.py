"""Drift for people: alarms first, nothing of the data's own in the page."""

from html.parser import HTMLParser

from coronet.core.drift import ColumnDrift, ColumnKind, DriftLimits, decide_drift
from coronet.core.render.drift import drift_markdown
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
