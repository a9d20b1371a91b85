"""How often each answer comes in the training data: what a predictor knows that has learned nothing else."""

from collections.abc import Sequence

import numpy as np

from coronet.commands.pinned_data import verify_pin
from coronet.core.evidence import LabelSource, Task
from coronet.core.model_file import ModelFile
from coronet.core.statistics.columns import Constants
from coronet.core.statistics.tables import is_missing
from coronet.core.statistics.trivial import find_constants
from coronet.errors import InvalidInput
from coronet.ports.tables import Tables


def find_training_constants(model: ModelFile, tables: Tables, classes: Sequence[str]) -> Constants | None:
    """None where the model file pins no training data, or they are not there: the measured labels serve then."""
    if model.data.train.sha256 is None:
        return None
    try:
        return _read_constants(model, tables, tuple(classes))
    except InvalidInput:
        return None


def _read_constants(model: ModelFile, tables: Tables, classes: tuple[str, ...]) -> Constants | None:
    data, is_number = model.data, model.task is Task.REGRESSION
    location = verify_pin(tables, model, data.train).location
    weighted = data.weight if data.weight in tables.columns(location) else None
    frame = tables.read(
        location,
        columns=[data.label, *([weighted] if weighted else [])],
        text=() if is_number else (data.label,),
        numbers=tuple(name for name in (weighted, data.label if is_number else None) if name),
    )
    label = frame[data.label].to_numpy()
    weight = np.asarray(frame[weighted], dtype=np.float64) if weighted else None
    if is_number:
        known = np.isfinite(label)
    else:
        # Classes that are not measured are none that could be said.
        codes = {name: code for code, name in enumerate(classes)}
        label = np.array(
            [-1 if missing else codes.get(text, -1) for text, missing in zip(label, is_missing(label), strict=True)]
        )
        known = label >= 0
    if weight is not None:
        known &= np.isfinite(weight) & (weight >= 0)
        weight = weight[known]
    return find_constants(label[known], weight, classes, LabelSource.TRAINING) if known.any() else None
