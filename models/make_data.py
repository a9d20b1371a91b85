"""Write the data of the worked examples again, byte for byte, from scikit-learn's own data sets.

Each row gets an `id`, its number in the original order from 1. A row belongs to the evaluation data
when the first byte of SHA-256 over `<model>:<id>` is below 128, so about half of them do, no seed and
no library's generator decides, and a row added later moves no other row.

    python models/make_data.py [FOLDER]     # FOLDER: where the models are; this script's own by default
"""

import csv
import hashlib
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris

Columns = dict[str, list[Any]]


def iris() -> Columns:
    data = load_iris()
    names = [name.removesuffix(" (cm)").replace(" ", "_") for name in data.feature_names]
    return {**_columns(names, data.data), "species": [str(data.target_names[target]) for target in data.target]}


def breast_cancer() -> Columns:
    data = load_breast_cancer()
    names = [name.replace(" ", "_") for name in data.feature_names]
    return {**_columns(names, data.data), "diagnosis": [str(data.target_names[target]) for target in data.target]}


def diabetes() -> Columns:
    data = load_diabetes(scaled=False)
    columns = _columns(data.feature_names, data.data)
    bands = {"age_band": [_age_band(age) for age in columns["age"]]}
    return {**columns, **bands, **_columns(["progression"], [[target] for target in data.target])}


SETS: dict[str, Callable[[], Columns]] = {"iris": iris, "breast-cancer": breast_cancer, "diabetes": diabetes}


def _columns(names: Iterable[str], rows: Iterable[Iterable[float]]) -> Columns:
    """The columns by name; whole numbers lose their point only where the whole column has none."""
    columns = dict(zip(names, zip(*rows, strict=True), strict=True))
    return {
        name: [int(value) if all(float(other).is_integer() for other in values) else float(value) for value in values]
        for name, values in columns.items()
    }


def _age_band(age: float) -> str:
    return "under_40" if age < 40 else "40_to_54" if age < 55 else "55_and_over"


def is_evaluation(model: str, row_id: int) -> bool:
    return hashlib.sha256(f"{model}:{row_id}".encode()).digest()[0] < 128


def _rows(columns: Columns) -> Iterator[list[Any]]:
    for number, row in enumerate(zip(*columns.values(), strict=True), start=1):
        yield [number, *row]


def save(model: str, columns: Columns, folder: Path) -> None:
    rows = list(_rows(columns))
    folder.mkdir(parents=True, exist_ok=True)
    for part, wanted in (("train", False), ("evaluation", True)):
        with (folder / f"{part}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["id", *columns])
            writer.writerows(row for row in rows if is_evaluation(model, row[0]) is wanted)


def main(folder: Path) -> None:
    for model, load in SETS.items():
        save(model, load(), folder / model / "data")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
