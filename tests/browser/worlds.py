"""What pages are made of, by the commands themselves: each kind of model, and names that nobody should choose."""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from coronet.cli.main import run

ROWS = 3000
LONG = "a-column-whose-name-" + "goes-on-" * 8 + "and-ends"
HOSTILE = "</td><script>alert('ran')</script><img src=x onerror=alert('ran')>"


def binary(folder: Path) -> Path:
    return _evaluate(folder, "binary", _scores(["north", "south", "east"]), _BINARY)


def hostile(folder: Path) -> Path:
    return _evaluate(folder, "binary", _scores([HOSTILE, "s" * 300, "\u202eleft\u2066"]), _BINARY)


def multiclass(folder: Path) -> Path:
    random = np.random.default_rng(3)
    names = [f"class number {place}" for place in range(12)]
    label = random.choice(names, ROWS)
    sides = [np.where(random.random(ROWS) < right, label, random.choice(names, ROWS)) for right in (0.6, 0.7)]
    frames = [_frame(label=label, predicted=side, region="all") for side in sides]
    return _evaluate(folder, "multiclass", frames, ("--prediction", "predicted"))


def regression(folder: Path) -> Path:
    random = np.random.default_rng(3)
    label = np.exp(12 + random.normal(size=ROWS))
    sides = [label * np.exp(noise * random.normal(size=ROWS)) for noise in (0.3, 0.2)]
    region = random.choice(["flat", "house"], ROWS)
    frames = [_frame(label=label, predicted=side, region=region) for side in sides]
    return _evaluate(folder, "regression", frames, ("--prediction", "predicted"))


def drift(folder: Path) -> Path:
    random = np.random.default_rng(3)
    for name, moved in (("before", 0.0), ("now", 1.0)):
        columns = {
            "quiet": random.normal(size=ROWS),
            "moved": random.normal(moved, size=ROWS),
            LONG: np.where(random.random(ROWS) < 0.1 + 0.3 * moved, np.nan, random.normal(size=ROWS)),
            HOSTILE: random.choice([HOSTILE, "b"], p=[0.5 + 0.3 * moved, 0.5 - 0.3 * moved], size=ROWS),
        }
        pd.DataFrame(columns).to_parquet(folder / f"{name}.parquet")
    page = folder / "drift.html"
    assert run(["drift", str(folder / "before.parquet"), str(folder / "now.parquet"), "--html", str(page)]) == 4
    return page


WORLDS: Mapping[str, Callable[[Path], Path]] = {
    world.__name__: world for world in (binary, hostile, multiclass, regression, drift)
}
_BINARY = ("--score", "score", "--positive", "yes")


def _scores(regions: list[str]) -> list[pd.DataFrame]:
    random = np.random.default_rng(3)
    truth = random.normal(size=ROWS)
    label = np.where(random.random(ROWS) < _expit(truth), "yes", "no")
    region = random.choice(regions, ROWS)
    scores = (_expit(truth + noise * random.normal(size=ROWS)) for noise in (0.8, 0.4))
    return [_frame(label=label, score=score, region=region) for score in scores]


def _frame(**columns: object) -> pd.DataFrame:
    return pd.DataFrame({"id": np.arange(ROWS), **columns})


def _expit(numbers: np.ndarray) -> np.ndarray:
    return np.asarray(1 / (1 + np.exp(-numbers)))


def _evaluate(folder: Path, task: str, frames: list[pd.DataFrame], columns: tuple[str, ...]) -> Path:
    sides = ("champion", "candidate")
    for side, frame in zip(sides, frames, strict=True):
        frame.to_parquet(folder / f"{side}.parquet")
    files = [word for side in sides for word in (f"--{side}", str(folder / f"{side}.parquet"))]
    asked = ["evaluate", "--task", task, *files, "--key", "id", "--label", "label", "--segment", "region", *columns]
    assert run([*asked, "--reports", str(folder), "--output", str(folder / "evidence.json")]) == 0
    return folder / "evaluation.html"
