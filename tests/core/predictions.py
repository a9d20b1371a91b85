"""Sections of evidence about the predictions themselves, to vary."""

from collections.abc import Mapping
from typing import Any

from coronet.core.evidence import (
    Answer,
    Baseline,
    Beyond,
    ChangeFact,
    Changes,
    Confusion,
    Curve,
    Curves,
    Flip,
    Keys,
    LabelSource,
    MetricFact,
    Mover,
    Moves,
    Said,
    Share,
)


def share(value: float, half: float = 0.01) -> Share:
    return Share(value=value, interval=(max(value - half, 0.0), min(value + half, 1.0)))


def change(
    value: float | None = 0.03,
    half: float = 0.01,
    *,
    segment: Mapping[str, str] | None = None,
    rows: int = 1000,
    weighted: float | None = None,
    problem: str = "",
) -> ChangeFact:
    """3 % ± 1 % of a thousand rows."""
    return ChangeFact(
        segment=segment or {},
        rows=rows,
        changed=round((value or 0.0) * rows),
        share=None if value is None else share(value, half),
        weighted=None if weighted is None else share(weighted, half),
        problem=problem,
    )


def mover(key: str = "a17", distance: float = 0.7) -> Mover:
    return Mover(
        key=key,
        distance=distance,
        label="yes",
        champion=Answer(label="no", score=0.1),
        candidate=Answer(label="yes", score=0.8),
        segments={"region": "north"},
        weight=2.0,
    )


def changes(*facts: ChangeFact, **fields: Any) -> Changes:
    given: dict[str, Any] = {
        "of": Said.CLASS,
        "shares": facts or (change(),),
        "flips": (
            Flip(champion="no", candidate="yes", rows=20, right=15, weight=31.5),
            Flip(champion="yes", candidate="no", rows=10, right=4, weight=12.0),
        ),
        "moves": Moves(
            of=Said.SCORE,
            mean=0.02,
            quantiles={"50": 0.01, "90": 0.05, "95": 0.07, "99": 0.2},
            largest=0.7,
            amount=0.1,
            beyond=share(0.04),
        ),
        "movers": (mover(),),
        "keys": Keys.SHOWN,
        "left_out": ("something",),
    }
    return Changes(**{**given, **fields})


MOVED = Changes(
    of=Said.VALUE,
    shares=(change(0.4), change(0.5, segment={"region": "north"})),
    beyond=Beyond(amount=0.1, relative=True),
    moves=Moves(of=Said.VALUE, mean=3.0, quantiles={"50": 1.0, "90": 9.0, "95": 12.0, "99": 20.0}, largest=40.0),
    movers=(Mover(key="1", distance=40.0, label=100.0, champion=Answer(value=140.0), candidate=Answer(value=100.0)),),
    keys=Keys.PLACES,
)


def baseline(*facts: MetricFact, **fields: Any) -> Baseline:
    given: dict[str, Any] = {
        "source": LabelSource.TRAINING,
        "rows": 4000,
        "predicts": {"class": "no", "shares": {"no": 0.6, "yes": 0.4}},
        "metrics": facts,
        "left_out": {"ece": "the share of the positive rows, always said, is calibrated"},
    }
    return Baseline(**{**given, **fields})


def curves(points: int = 3, **fields: Any) -> Curves:
    rising = tuple(place / max(points - 1, 1) for place in range(points))
    bent = tuple(value**0.5 for value in rising)
    grouped = {"x": rising, "y": bent, "low": rising, "high": bent, "rows": (10.0,) * points}
    drawn = {
        "roc": Curve(columns={"x": rising, "y": bent}, off_by=0.001),
        "precision_recall": Curve(columns={"x": rising, "y": bent[::-1]}, off_by=0.001),
        "gain": Curve(columns={"x": rising, "y": bent}, off_by=0.001),
        "lift": Curve(columns={"x": rising, "y": tuple(2 - value for value in rising)}, off_by=0.001),
        "calibration": Curve(columns=grouped),
    }
    return Curves(**{"candidate": drawn, "champion": drawn, **fields})


RESIDUALS = Curves(
    candidate={
        "residuals": Curve(
            columns={
                "x": (10.0, 20.0),
                "y": (0.5, -1.0),
                "mean": (0.6, -0.8),
                "low": (-3.0, -6.0),
                "high": (4.0, 5.0),
                "rows": (10.0, 10.0),
            }
        ),
        "residual_quantiles": Curve(columns={"x": (0.1, 0.5, 0.9), "y": (-4.0, 0.0, 4.0)}),
    },
)
CONFUSION = Confusion(
    classes=("no", "yes"),
    weighted=False,
    candidate=((550, 50), (40, 360)),
    champion=((540, 60), (60, 340)),
    missing=2,
)
