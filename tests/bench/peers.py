"""What people use for such evidence today, one process each: `python -m tests.bench.peers NAME FOLDER`.

Each prints how many seconds it would have taken beyond those that it took: 0, or more where it was given less to do.
"""

import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

SEGMENTS = ("s0", "s1", "s2", "s3", "s4")
DRAWS = 1000
# What a peer that cannot bear all rows or draws in reasonable time is given of them.
BOOTSTRAP_ROWS, BOOTSTRAP_DRAWS = 100_000, 2
FAIRLEARN_ROWS, FAIRLEARN_DRAWS = 10_000, 1
EVIDENTLY_ROWS = 1_000_000


def read_with_duckdb(folder: Path) -> float:
    """The needed columns of both files, and nothing done with them but a sum."""
    import duckdb

    columns = "sum(id), sum(label), sum(score)"
    segments = ", ".join(f"max({name})" for name in SEGMENTS)
    duckdb.sql(f"SELECT {columns}, {segments} FROM '{folder}/candidate.parquet'").fetchall()
    duckdb.sql(f"SELECT {columns} FROM '{folder}/champion.parquet'").fetchall()
    return 0.0


def groupby_with_sklearn(folder: Path) -> float:
    """Values of both models, overall and by segment, without intervals."""
    _measure_groups(_read(folder))
    return 0.0


def bootstrap_with_sklearn(folder: Path) -> float:
    """The same on rows drawn again, on as many rows as it can bear."""
    import numpy as np

    frame, random = _read(folder), np.random.default_rng(0)
    rows = min(BOOTSTRAP_ROWS, len(frame))
    known = frame[:rows]
    begun = time.perf_counter()
    for _ in range(BOOTSTRAP_DRAWS):
        _measure_groups(known.iloc[random.integers(rows, size=rows)])
    return _beyond(begun, DRAWS / BOOTSTRAP_DRAWS * len(frame) / rows)


def evaluate_with_mlflow(folder: Path) -> float:
    """Both models' predicted classes, one after the other: it refuses probabilities of rows that are given.

    Then one is held against the other, as a job that promotes would.
    """
    import mlflow
    from mlflow.models import MetricThreshold

    mlflow.set_tracking_uri(f"sqlite:///{folder}/mlflow-{os.getpid()}.db")
    mlflow.create_experiment("bench", artifact_location=(folder / "mlartifacts").as_uri())
    mlflow.set_experiment("bench")
    candidate, champion = (_evaluate_with_mlflow(folder, name) for name in ("candidate", "champion"))
    mlflow.validate_evaluation_results(
        validation_thresholds={
            "accuracy_score": MetricThreshold(threshold=0.5, min_absolute_change=1e-6, greater_is_better=True)
        },
        candidate_result=candidate,
        baseline_result=champion,
    )
    return 0.0


def _evaluate_with_mlflow(folder: Path, name: str) -> Any:
    import mlflow
    import pandas as pd

    frame = pd.read_parquet(folder / f"{name}.parquet", columns=["label", "score"])
    frame["said"] = (frame["score"] >= 0.5).astype(int)
    with mlflow.start_run():
        return mlflow.models.evaluate(
            data=frame[["label", "said"]].astype("int64"),
            targets="label",
            predictions="said",
            model_type="classifier",
            evaluator_config={"log_model_explainability": False},
        )


def frame_with_fairlearn(folder: Path) -> float:
    """MetricFrames of each model and column, with a bootstrap; of one model there is no paired interval."""
    from fairlearn.metrics import MetricFrame
    from sklearn import metrics

    frame = _read(folder)
    rows = min(FAIRLEARN_ROWS, len(frame))
    known = frame[:rows]
    of_scores = {"roc_auc": metrics.roc_auc_score, "log_loss": metrics.log_loss, "brier": metrics.brier_score_loss}
    of_classes = {"accuracy": metrics.accuracy_score, "f1": metrics.f1_score}
    begun = time.perf_counter()
    for score in ("score_a", "score_b"):
        for asked, said in ((of_scores, known[score]), (of_classes, known[score] >= 0.5)):
            for name in SEGMENTS:
                MetricFrame(
                    metrics=asked,
                    y_true=known["label"],
                    y_pred=said,
                    sensitive_features=known[name],
                    n_boot=FAIRLEARN_DRAWS,
                    ci_quantiles=[0.025, 0.975],
                    random_state=0,
                )
    # The rows themselves are measured once more than they are drawn.
    return _beyond(begun, (DRAWS + 1) / (FAIRLEARN_DRAWS + 1) * len(frame) / rows)


def report_with_evidently(folder: Path) -> float:
    """One report of the candidate with the champion as its reference: all rows, no segments, no intervals."""
    os.environ["DO_NOT_TRACK"] = "1"
    import pyarrow
    from evidently import BinaryClassification, DataDefinition, Dataset, Report
    from evidently.presets import ClassificationPreset
    from pyarrow import parquet

    whole = parquet.read_metadata(folder / "candidate.parquet").num_rows
    rows = min(EVIDENTLY_ROWS, whole)
    definition = DataDefinition(
        classification=[BinaryClassification(target="label", prediction_labels="said", prediction_probas="score")]
    )
    begun = time.perf_counter()
    both = []
    for name in ("candidate", "champion"):
        with parquet.ParquetFile(folder / f"{name}.parquet") as file:
            batches = file.iter_batches(rows, columns=["label", "score"])
            frame = pyarrow.Table.from_batches([next(batches)]).to_pandas()
        frame["said"] = (frame["score"] >= 0.5).astype(int)
        both.append(Dataset.from_pandas(frame, data_definition=definition))
    Report([ClassificationPreset()]).run(*both).json()
    return _beyond(begun, whole / rows)


def _beyond(begun: float, times: float) -> float:
    """What is lacking, where all would take so many times as long as what was done since."""
    return (time.perf_counter() - begun) * (times - 1)


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
    "fairlearn": frame_with_fairlearn,
    "evidently": report_with_evidently,
}

if __name__ == "__main__":
    sys.stdout.write(f"{PEERS[sys.argv[1]](Path(sys.argv[2]))}\n")
