"""The curves of both models, each a drawing with the table behind it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from coronet.core.evidence import Curve, Curves
from coronet.core.judging.wording import say_number
from coronet.core.render.evaluation.html import details, element, table, text
from coronet.core.render.evaluation.plot import Axis, Plot, make_axis

_MODELS = ("champion", "candidate")
_COLUMNS = ("x", "y", "mean", "low", "high", "rows")
Drawn = Mapping[str, Curve]


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """How one curve is drawn: what its axes are, what a model of no use would draw, and how each model is."""

    title: str
    x: str
    y: str
    says: str
    chance: Callable[[Plot], None]
    draw: Callable[[Plot, Curve, str], None]
    unit: bool = True


def _lines(plot: Plot, curve: Curve, model: str) -> None:
    plot.line(curve.columns["x"], curve.columns["y"], model)


def _groups(plot: Plot, curve: Curve, model: str) -> None:
    columns = curve.columns
    plot.bars(columns["x"], columns["low"], columns["high"], f"{model} bar")
    _lines(plot, curve, model)
    plot.points(columns["x"], columns["y"], f"{model} point")


def _bands(plot: Plot, curve: Curve, model: str) -> None:
    columns = curve.columns
    plot.band(columns["x"], columns["low"], columns["high"], f"{model} band")
    _lines(plot, curve, model)


def _diagonal(plot: Plot) -> None:
    ends = (max(plot.x.low, plot.y.low), min(plot.x.high, plot.y.high))
    plot.line(ends, ends, "chance")


def _level(height: float) -> Callable[[Plot], None]:
    return lambda plot: plot.line((plot.x.low, plot.x.high), (height, height), "chance")


def _nothing(plot: Plot) -> None:
    """A model of no use has no line of its own here."""


FIGURES: Mapping[str, Figure] = {
    "roc": Figure(
        title="ROC",
        x="False positive rate",
        y="True positive rate",
        says="The higher the line, the better the positive rows are told from the others.",
        chance=_diagonal,
        draw=_lines,
    ),
    "precision_recall": Figure(
        title="Precision and recall",
        x="Recall",
        y="Precision",
        says="What share of the rows called positive are, by how many of the positive ones are found.",
        chance=_nothing,
        draw=_lines,
    ),
    "calibration": Figure(
        title="Calibration",
        x="Mean probability",
        y="Frequency",
        says="On the diagonal what is said to be so probable comes so often; bars are confidence intervals.",
        chance=_diagonal,
        draw=_groups,
        unit=False,
    ),
    "gain": Figure(
        title="Cumulative gain",
        x="Share of the rows, highest scores first",
        y="Share of the positive rows",
        says="How many of the positive rows are among those with the highest scores.",
        chance=_diagonal,
        draw=_lines,
    ),
    "lift": Figure(
        title="Lift",
        x="Share of the rows, highest scores first",
        y="Times as many as by chance",
        says="How many times as many positive rows as by chance are among those with the highest scores.",
        chance=_level(1.0),
        draw=_lines,
        unit=False,
    ),
    "residuals": Figure(
        title="Residuals by prediction",
        x="Prediction",
        y="Label minus prediction",
        says="The line is the median residual, the band holds eight of ten.",
        chance=_level(0.0),
        draw=_bands,
        unit=False,
    ),
    "residual_quantiles": Figure(
        title="Residuals, how large how often",
        x="Share of the rows",
        y="Residual not exceeded",
        says="The flatter the line, the smaller the errors.",
        chance=_level(0.0),
        draw=_lines,
        unit=False,
    ),
}


def draw_curves(curves: Curves) -> Iterator[str]:
    """A figure for each curve that a model has."""
    for name, figure in FIGURES.items():
        drawn = {model: getattr(curves, model)[name] for model in _MODELS if len(getattr(curves, model).get(name, ()))}
        if drawn:
            yield _draw(name, figure, drawn)


def _draw(name: str, figure: Figure, drawn: Drawn) -> str:
    x, y = _axes(figure, drawn)
    plot = Plot(name=name, title=figure.title, says=f"{figure.says} {_say_models(drawn)}", x=x, y=y)
    figure.chance(plot)
    for model, curve in drawn.items():
        figure.draw(plot, curve, model)
    caption = element("figcaption", f"<strong>{text(figure.title)}</strong> {text(figure.says)}")
    return element("figure", f"{caption}{plot.svg()}{_numbers(figure, drawn)}")


def _axes(figure: Figure, drawn: Drawn) -> tuple[Axis, Axis]:
    if figure.unit:
        return Axis(label=figure.x, low=0.0, high=1.0), Axis(label=figure.y, low=0.0, high=1.0)
    across, up = (
        [value for curve in drawn.values() for name in names for value in curve.columns.get(name, ())]
        for names in (("x",), ("y", "low", "high"))
    )
    return make_axis(figure.x, across, zero=figure.x != "Prediction"), make_axis(figure.y, up)


def _say_models(drawn: Drawn) -> str:
    return f"Drawn for the {' and the '.join(drawn)}."


def _numbers(figure: Figure, drawn: Drawn) -> str:
    columns = [name for name in _COLUMNS if any(name in curve.columns for curve in drawn.values())]
    titles = {"x": figure.x, "y": figure.y, "mean": "Mean", "low": "Low", "high": "High", "rows": "Rows"}
    rows = [
        (model, *(_cell(curve, name, place) for name in columns))
        for model, curve in drawn.items()
        for place in range(len(curve))
    ]
    off = [f"{model} by at most {say_number(curve.off_by)}" for model, curve in drawn.items() if curve.off_by]
    note = (
        f"<p>Thinned: a line is off, as a share of the drawing, for the {text(', the '.join(off))}.</p>" if off else ""
    )
    return details("Numbers", note + table(("Model", *(titles[name] for name in columns)), rows))


def _cell(curve: Curve, name: str, place: int) -> str:
    column = curve.columns.get(name, ())
    return say_number(column[place]) if place < len(column) else ""
