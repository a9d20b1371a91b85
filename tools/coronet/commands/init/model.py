"""The model file that a team begins with: what is known is filled in, what is not is said in a comment."""

from collections.abc import Mapping
from typing import Any

from coronet.commands.init.request import ModelSeed
from coronet.core.evidence import Task
from coronet.core.model_file import SCHEMA
from coronet.ports.documents import Documents

_FIRST = "# yaml-language-server: $schema=../../.coronet/schemas/model.schema.json\n"
_TRAINERS = {
    Task.BINARY: "sklearn.linear_model.LogisticRegression",
    Task.MULTICLASS: "sklearn.ensemble.RandomForestClassifier",
    Task.REGRESSION: "sklearn.ensemble.RandomForestRegressor",
}
_METRICS = {
    Task.BINARY: ["roc_auc", "average_precision", "accuracy", "log_loss"],
    Task.MULTICLASS: ["accuracy", "balanced_accuracy", "f1_macro", "log_loss"],
    Task.REGRESSION: ["mae", "rmse", "r2"],
}


def render_model(seed: ModelSeed, documents: Documents) -> bytes:
    """The text of `models/<m>/model.yaml`; what stands in `seed` comes out as the same text, quoted if need be."""
    head = {"schema": SCHEMA, "registered_model": seed.registered_model, "owner": seed.owner, "task": str(seed.task)}
    data = {
        "label": seed.label or "label",
        "key": seed.key,
        "train": {"path": seed.train or "data/train.csv"},
        "evaluation": {"path": seed.evaluation or "data/evaluation.csv"},
    }
    parts = [
        _FIRST,
        _yaml(head, documents),
        _positive(seed.task),
        "\n# Paths begin at this file's folder; `coronet data pin` writes which bytes they are.\n",
        _yaml({"data": _known(data)}, documents),
        "" if seed.key else "  # key: id                # the column that names a row, to compare row by row\n",
        "  # segments: [region]     # columns whose values are measured for themselves\n",
        _trainer(seed, documents),
        "seed: 0\n\n",
        f"metrics: [{', '.join(_METRICS[seed.task])}]\n",
    ]
    return "".join(parts).encode()


def _positive(task: Task) -> str:
    return '# positive: "1"            # the label that scores speak of\n' if task is Task.BINARY else ""


def _trainer(seed: ModelSeed, documents: Documents) -> str:
    if seed.trainer:
        return "\n" + _yaml({"trainer": seed.trainer}, documents)
    return (
        "\n# An estimator of scikit-learn, or a function of a file beside this one (train.py:fit); models that\n"
        "# are trained elsewhere need none, and come by `coronet track`.\n"
        f"trainer: {_TRAINERS[seed.task]}\n"
    )


def _yaml(value: Mapping[str, Any], documents: Documents) -> str:
    return documents.render(_known(value)).decode()


def _known(value: Mapping[str, Any]) -> dict[str, Any]:
    return {key: inner for key, inner in value.items() if inner is not None}
