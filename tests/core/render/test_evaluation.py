"""Evidence as a page with drawings, and as CSV."""

import csv
import re
from collections.abc import Mapping
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coronet.core.evidence import Confusion, Curve, Curves, Evidence, Flip, Keys, Subject
from coronet.core.render.evaluation import evaluation_html, evaluation_sheets
from coronet.core.render.evaluation.forest import SEGMENTS
from coronet.core.render.evaluation.html import section, table
from coronet.core.render.evaluation.page import SEGMENTS_SHOWN
from coronet.core.render.evaluation.plot import Axis, Plot, make_axis
from tests.core.examples import digest, evidence, fact, gain
from tests.core.predictions import CONFUSION, MOVED, RESIDUALS, baseline, change, changes, curves, mover

WHOLE = evidence(
    fact("roc_auc", 0.83, 0.8, 0.01),
    fact("roc_auc", 0.78, 0.8, 0.01, segment={"region": "north"}),
    fact("roc_auc", 0.80, 0.8, 0.01, segment={"region": "south"}),
    fact("log_loss", 0.5, 0.4, 0.01),
    fact("positive_rate", 0.5, 0.4, 0.01),
    fact("f1", None, None, None, problem="no row is positive"),
    changes=changes(change(), change(0.1, segment={"region": "north"}, weighted=0.2), other_flips=3),
    baseline=baseline(fact("log_loss", 0.4, 0.69), fact("r2", 0.4, -2e-16), fact("f1", None, None, problem="why")),
    curves=curves(9, left_out=("a note",)),
    confusion=CONFUSION,
)
NUMBERS = evidence(fact("mae", 3.0, 4.0), changes=MOVED, curves=RESIDUALS)
ALONE = evidence(
    fact(champion=None), champion=None, candidate=Subject(predictions=digest("1")), curves=curves(3, champion={})
)
BARE = evidence(fact())


class Reader(HTMLParser):
    """The texts, attributes and elements of a page; it fails on one that is not closed in its order."""

    EMPTY = frozenset({"meta"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._open: list[str] = []
        self.feed(page)
        assert not self._open, self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.EMPTY:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@pytest.mark.parametrize("made", [WHOLE, NUMBERS, ALONE, BARE], ids=["whole", "numbers", "alone", "bare"])
def test_the_page_is_whole_and_asks_nothing_of_any_other_place(made: Evidence) -> None:
    page = evaluation_html(made)
    read = Reader(page)
    assert not re.search(r"https?:|//|url\(|@import|javascript", page.replace("<!doctype html>", ""))
    assert {"script", "link", "iframe", "img", "object"}.isdisjoint(tag for tag, _ in read.tags)
    names = [given["id"] for _, given in read.tags if "id" in given]
    assert len(names) == len(set(names))
    assert evaluation_html(made) == page


@pytest.mark.parametrize("made", [WHOLE, NUMBERS], ids=["whole", "numbers"])
def test_who_cannot_see_a_drawing_is_told_what_it_is_and_has_its_numbers(made: Evidence) -> None:
    page = evaluation_html(made)
    drawings = re.findall(r"<svg.*?</svg>", page)
    assert drawings
    for drawing in drawings:
        root = ElementTree.fromstring(drawing)
        assert root.get("role") == "img"
        told = {child.get("id"): child.text for child in root if child.tag in ("title", "desc")}
        assert set((root.get("aria-labelledby") or "").split()) == set(told)
        assert all(told.values())
    assert page.count("<summary>Numbers</summary>") == len(drawings)


def test_every_curve_of_both_models_is_drawn() -> None:
    page = evaluation_html(WHOLE)
    for name in ("ROC", "Precision and recall", "Calibration", "Cumulative gain", "Lift"):
        assert f"<strong>{name}</strong>" in page
    assert page.count('<polyline class="candidate"') == page.count('<polyline class="champion"') == 5
    assert "a note" in page
    numbers = evaluation_html(NUMBERS)
    assert "Residuals by prediction" in numbers
    assert "Residuals, how large how often" in numbers
    assert '<polygon class="candidate band"' in numbers
    assert 'class="champion"' not in re.sub(r"<style>.*?</style>", "", evaluation_html(ALONE), flags=re.DOTALL)


def test_a_line_goes_through_its_points() -> None:
    plot = Plot(name="a", title="b", says="c", x=Axis(label="x", low=0, high=1), y=Axis(label="y", low=0, high=1))
    plot.line((0, 0.5, 1), (0, 1, 5), "k")
    assert '<polyline class="k" points="56.0,276.0 221.0,10.0 386.0,10.0"/>' in plot.svg()


@given(st.lists(st.floats(-1e9, 1e9, allow_nan=False), max_size=20), st.booleans())
def test_an_axis_holds_its_values_with_a_few_round_ticks(values: list[float], zero: bool) -> None:
    axis = make_axis("x", values, zero=zero)
    assert axis.low < axis.high
    near = 1e-8 * (axis.high - axis.low)
    for value in values:
        assert axis.low - near <= value <= axis.high + near
    assert 2 <= len(axis.ticks()) <= 12


def test_ticks_are_round() -> None:
    assert make_axis("x", [0.0, 0.93]).ticks() == pytest.approx([0, 0.2, 0.4, 0.6, 0.8, 1.0])
    assert make_axis("x", [-340.0, 120.0]).ticks() == [-400, -200, 0, 200]
    assert make_axis("x", [7.0, 7.0], zero=False).low < 7


@pytest.mark.parametrize(
    ("low", "high", "ticks", "label"),
    [
        (0, 9_999, ["0", "2000", "4000", "6000", "8000"], "price"),
        (-2_000_000, 0, ["−2", "−1.5", "−1", "−0.5", "0"], "price, × 10⁶"),
        (0, 25_000, ["0", "5", "10", "15", "20", "25"], "price, × 10³"),
        (0, 0.005, ["0", "1", "2", "3", "4", "5"], "price, × 10⁻³"),
        (0, 1e300, ["0", "0.2", "0.4", "0.6", "0.8", "1"], "price, × 10³⁰⁰"),
    ],
)
def test_long_numbers_at_an_axis_are_told_as_thousands_or_millionths(
    low: float, high: float, ticks: list[str], label: str
) -> None:
    axis = Axis(label="price", low=low, high=high)
    assert [axis.say_tick(tick) for tick in axis.ticks()] == ticks
    assert axis.say_label() == label


# --- forests --------------------------------------------------------------------------------------


def test_what_is_certain_has_its_colour_and_worse_comes_first() -> None:
    page = evaluation_html(WHOLE)
    forest = page[page.index("forest-roc_auc") : page.index("forest-log_loss")]
    assert forest.count('circle class="better"') == forest.count('circle class="worse"') == 1
    assert forest.count('circle class="unclear"') == 1
    assert forest.index(">all rows<") < forest.index(">region north<") < forest.index(">region south<")
    assert "better to the right" in forest
    loss = page[page.index("forest-log_loss") : page.index("forest-positive_rate")]
    assert 'circle class="worse"' in loss
    assert "better to the left" in loss
    rate = page[page.index("forest-positive_rate") :]
    assert "neither side is better" in rate
    assert 'circle class="unclear"' in rate[: rate.index("</svg>")]


def test_of_many_segments_the_worst_are_drawn() -> None:
    segments = [gain(place / 100, segment={"region": f"r{place:03d}"}) for place in range(SEGMENTS + 5)]
    long = fact("luck", segment={"region": "x" * 99})
    page = evaluation_html(evidence(gain(0.1), *segments, long))
    assert "The 5 segments in which it does best are not drawn." in page
    forest = page[page.index("forest-accuracy") : page.index("forest-luck")]
    assert ">region r000<" in forest
    assert ">region r034<" not in forest
    assert f">region {'x' * 26}…<" in page


def test_of_what_moves_either_way_the_farthest_comes_first() -> None:
    rates = [fact("positive_rate", 0.4 + by, 0.4, segment={"region": name}) for name, by in (("a", 0.01), ("b", -0.2))]
    page = evaluation_html(evidence(*rates))
    assert page.index(">region b<") < page.index(">region a<")


# --- what would change, the guess, the matrices ---------------------------------------------------


def test_what_would_change_is_told() -> None:
    page = evaluation_html(WHOLE)
    texts = Reader(page).texts
    assert "Rows that get another class." in texts
    assert "3 % [2, 4]" in texts
    assert "20 % [19, 21]" in texts
    assert "others" in texts
    assert "no (0.1)" in texts
    assert "Rows that moved farthest" in texts
    assert "something" in texts


def test_many_segments_are_folded_and_one_without_a_share_says_why() -> None:
    segments = [change(segment={"region": f"r{place}"}) for place in range(SEGMENTS_SHOWN + 2)]
    odd = change(None, segment={"region": "odd"}, problem="2 predictions are missing")
    hidden = changes(change(), odd, *segments, keys=Keys.HASHED, moves=None, flips=(), left_out=())
    page = evaluation_html(evidence(changes=hidden))
    assert "<summary>4 more segments</summary>" in page
    assert "2 predictions are missing" in page
    assert "keys are hidden behind digests" in page
    assert "How far predictions move" not in page
    bare = evaluation_html(
        evidence(changes=changes(movers=(), flips=(Flip(champion="a", candidate="b", rows=1, right=0),)))
    )
    assert "moved farthest" not in bare
    assert "others" not in Reader(bare).texts
    assert ">Place<" in evaluation_html(NUMBERS)


def test_the_guess_is_told_and_what_rounding_leaves_of_nothing_is_nothing() -> None:
    texts = Reader(evaluation_html(WHOLE)).texts
    assert "A predictor that knows only 4000 training labels always says: class no." in texts
    assert "ece: the share of the positive rows, always said, is calibrated" in texts
    assert "−2e−16" not in texts


def test_the_matrices_are_shaded_by_the_share_of_each_label() -> None:
    page = evaluation_html(WHOLE)
    assert '<td class="number" style="--share:0.917">550</td>' in page
    assert "2 rows have no predicted class" in page
    empty = replace(CONFUSION, candidate=((0, 0), (0, 0)), champion=None, missing=0)
    alone = evaluation_html(evidence(confusion=empty))
    assert "--share:0.000" in alone
    assert "Champion: label" not in alone
    gone = evaluation_html(evidence(confusion=Confusion(classes=(), weighted=False, candidate=(), left_out=("why",))))
    assert "<li>why</li>" in gone


def test_curves_that_are_left_out_are_said_to_be() -> None:
    page = evaluation_html(evidence(curves=Curves(candidate={}, left_out=("the curves: too large",))))
    assert "the curves: too large" in page
    assert "<svg" not in page.split("Curves</h2>")[1]


def test_a_table_leaves_out_columns_without_words() -> None:
    made = table(("a", "b", "c"), [("1", "", "x"), ("−2.5e−3", "", "y")])
    assert '<th scope="col">b</th>' not in made
    assert '<td class="number">−2.5e−3</td><td>y</td>' in made
    assert section("empty", "", "") == ""


@pytest.mark.parametrize(
    "hostile", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "a\u202eb\x00c", "&lt;"]
)
def test_what_came_from_outside_is_text(hostile: str) -> None:
    made = evidence(
        fact(segment={hostile: hostile}),
        fact(),
        fact("f1", None, None, None, problem=hostile),
        model="iris",
        changes=changes(
            change(segment={hostile: hostile}),
            movers=(mover(key=hostile),),
            flips=(Flip(champion=hostile, candidate="b", rows=1, right=1),),
            left_out=(hostile,),
        ),
        baseline=baseline(predicts={"class": hostile}),
        confusion=replace(CONFUSION, classes=(hostile, "b")),
    )
    page = evaluation_html(made)
    read = Reader(page)
    assert {"script", "img"}.isdisjoint(tag for tag, _ in read.tags)
    assert not any(name.startswith("on") for _, given in read.tags for name in given)
    assert "\u202e" not in page
    assert "\x00" not in page


# --- sheets ---------------------------------------------------------------------------------------


def rows_of(sheet: str) -> list[Mapping[str, Any]]:
    return list(csv.DictReader(sheet.splitlines()))


def test_the_numbers_are_there_as_csv() -> None:
    sheets = evaluation_sheets(WHOLE)
    assert list(sheets) == ["metrics.csv", "curves.csv", "confusion.csv", "changes.csv"]
    points = [row for row in rows_of(sheets["curves.csv"]) if (row["model"], row["curve"]) == ("champion", "roc")]
    assert len(points) == 9
    assert (points[4]["x"], points[4]["y"], points[4]["rows"]) == ("0.5", repr(0.5**0.5), "")
    cells = {(row["model"], row["label"], row["predicted"]): row["count"] for row in rows_of(sheets["confusion.csv"])}
    assert len(cells) == 8
    assert cells["candidate", "no", "yes"] == "50"
    north = rows_of(sheets["changes.csv"])[1]
    assert (north["segment"], north["share"], north["changed"]) == ("region north", "0.1", "100")


def test_only_what_there_is_makes_a_sheet() -> None:
    assert list(evaluation_sheets(BARE)) == ["metrics.csv"]
    broken = evidence(
        changes=changes(change(None, segment={"=cmd": "x"}, problem="odd")),
        confusion=Confusion(classes=(), weighted=False, candidate=()),
    )
    sheets = evaluation_sheets(broken)
    assert list(sheets) == ["metrics.csv", "changes.csv"]
    assert rows_of(sheets["changes.csv"])[0]["share"] == ""
    assert rows_of(sheets["changes.csv"])[0]["segment"] == "'=cmd x"
    alone = evaluation_sheets(evidence(confusion=replace(CONFUSION, champion=None)))
    assert len(rows_of(alone["confusion.csv"])) == 4


def test_columns_of_one_curve_may_be_fewer_than_those_of_another() -> None:
    odd = Curves(
        candidate={"calibration": Curve(columns={"x": (0.1,), "y": (0.2,), "low": (0.1,), "high": (0.3,)})},
        champion={
            "calibration": Curve(columns={"x": (0.1,), "y": (0.2,), "low": (0.1,), "high": (0.3,), "rows": (9.0,)})
        },
    )
    assert "<svg" in evaluation_html(evidence(curves=odd))
