"""What people use for such evidence today, one process each: `python -m tests.bench.peers NAME FOLDER`.

Each prints by how much its time has to be multiplied: 1, or more where it was given less to do.
"""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

SEGMENTS = ("s0", "s1", "s2", "s3", "s4")
BOOTSTRAP_ROWS, BOOTSTRAP_DRAWS, WANTED_DRAWS = 100_000, 2, 1000


def read_with_duckdb(folder: Path) -> float:
    """The needed columns of both files, and nothing done with them but a sum."""
    import duckdb

    columns = "sum(id), sum(label), sum(score)"
    segments = ", ".join(f"max({name})" for name in SEGMENTS)
    duckdb.sql(f"SELECT {columns}, {segments} FROM '{folder}/candidate.parquet'").fetchall()
    duckdb.sql(f"SELECT {columns} FROM '{folder}/champion.parquet'").fetchall()
    return 1.0


def groupby_with_sklearn(folder: Path) -> float:
    """Values of both models, overall and by segment, without intervals."""
    _measure_groups(_read(folder))
    return 1.0


def bootstrap_with_sklearn(folder: Path) -> float:
    """The same on rows drawn again, on as many rows as it can bear."""
    import numpy as np

    frame, random = _read(folder), np.random.default_rng(0)
    rows = min(BOOTSTRAP_ROWS, len(frame))
    known = frame[:rows]
    for _ in range(BOOTSTRAP_DRAWS):
        _measure_groups(known.iloc[random.integers(rows, size=rows)])
    return WANTED_DRAWS / BOOTSTRAP_DRAWS * len(frame) / rows


def evaluate_with_mlflow(folder: Path) -> float:
    """Both models' predicted classes, one after the other: it refuses probabilities of rows that are given."""
    import mlflow
    import pandas as pd

    mlflow.set_tracking_uri(f"sqlite:///{folder}/mlflow-{os.getpid()}.db")
    mlflow.create_experiment("bench", artifact_location=(folder / "mlartifacts").as_uri())
    mlflow.set_experiment("bench")
    for name in ("candidate", "champion"):
        frame = pd.read_parquet(folder / f"{name}.parquet", columns=["label", "score"])
        frame["said"] = (frame["score"] >= 0.5).astype(int)
        with mlflow.start_run():
            mlflow.models.evaluate(
                data=frame[["label", "said"]].astype("int64"),
                targets="label",
                predictions="said",
                model_type="classifier",
                evaluator_config={"log_model_explainability": False},
            )
    return 1.0


def _read(folder: Path) -> Any:
    import pandas as pd

    champion = pd.read_parquet(folder / "champion.parquet", columns=["id", "score"])
    return pd.read_parquet(folder / "candidate.parquet").merge(champion, on="id", suffixes=("_a", "_b"))


def _measure_groups(frame: Any) -> None:
    for group in _groups(frame):
        for score in ("score_a", "score_b"):
            _measure(group["label"].to_numpy(), group[score].to_numpy())


def _groups(frame: Any) -> Iterator[Any]:
    yield frame
    for name in SEGMENTS:
        yield from (group for _, group in frame.groupby(name, observed=True))


def _measure(label: Any, score: Any) -> None:
    from sklearn import metrics

    said = score >= 0.5
    metrics.roc_auc_score(label, score)
    metrics.log_loss(label, score)
    metrics.brier_score_loss(label, score)
    metrics.accuracy_score(label, said)
    metrics.f1_score(label, said)


PEERS: dict[str, Callable[[Path], float]] = {
    "duckdb": read_with_duckdb,
    "groupby": groupby_with_sklearn,
    "bootstrap": bootstrap_with_sklearn,
    "mlflow": evaluate_with_mlflow,
}

if __name__ == "__main__":
    sys.stdout.write(f"{PEERS[sys.argv[1]](Path(sys.argv[2]))}\n")
