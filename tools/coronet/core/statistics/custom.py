"""Metrics of a team's own: any function of weighted rows.

Whatever it computes, the Poisson bootstrap tells how far it may be off: each row, or each cluster, counts as many
times as a Poisson variable of mean 1 says, the same for both models; Chamandy, Muralidharan, Najmi and Naidu,
Estimating Uncertainty for Massive Data Streams (2012), https://research.google/pubs/pub43157/.
"""

from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coronet.core.statistics.columns import Custom, Floats
from coronet.core.statistics.sample import Sample, Statistic, Undefined

# What a function may ask for, by the name of its argument; it must ask for one of the last two.
ARGUMENTS = ("label", "prediction", "score", "classes", "weight", "weights")
SIGNATURE = "(label, prediction, weight) -> number"


def prepare_custom(custom: Custom, sample: Sample) -> Statistic:
    """Raises `Undefined` where the rows do not have what it wants, or give no number as they are."""
    given = {name: _read_only(_argument(sample, name)) for name in custom.wants - {"weight", "weights"}}
    if "weights" in custom.wants:
        compute = partial(_compute_at_once, custom, given)
        compute(sample.weight[np.newaxis, :])
    else:
        compute = partial(_compute_each, custom, given)
        _compute(custom, given, sample.weight)
    return partial(_compute_known, compute)


def _argument(sample: Sample, name: str) -> Any:
    match name:
        case "label":
            return sample.label if sample.classes == () else sample.label.astype(np.int64)
        case "prediction":
            return sample.values if sample.classes == () else sample.codes
        case "score":
            return sample.scores
    return sample.classes


def _compute_known(compute: Statistic, weights: Floats) -> Floats:
    """NaN for draws without any row, of which nobody needs to ask."""
    drawn = np.asarray(weights.any(axis=1))
    values = np.full(len(weights), np.nan)
    if drawn.any():
        values[drawn] = compute(weights[drawn])
    return values


def _compute(custom: Custom, given: Mapping[str, Any], weight: Floats) -> float:
    return _number(custom, custom.call({**given, "weight": _read_only(weight)}))


def _compute_each(custom: Custom, given: Mapping[str, Any], weights: Floats) -> Floats:
    """NaN for draws on which the function fails; how many may do so is for the interval to say."""
    values = np.full(len(weights), np.nan)
    for draw, weight in enumerate(weights):
        with suppress(Undefined):
            values[draw] = _compute(custom, given, weight)
    return values


def _compute_at_once(custom: Custom, given: Mapping[str, Any], weights: Floats) -> Floats:
    answer = custom.call({**given, "weights": _read_only(weights)})
    try:
        values = np.asarray(answer, dtype=np.float64)
    except (TypeError, ValueError):
        values = np.empty(0)
    if values.shape != (len(weights),):
        found = f"an array of shape {np.shape(answer)}" if isinstance(answer, np.ndarray) else _say(answer)
        raise Undefined(f"{custom.described.name} gives {found}, and wanted is one number for each row of weights")
    return values


def _number(custom: Custom, answer: object) -> float:
    is_number = isinstance(answer, int | float | np.number) and not isinstance(answer, bool | np.complexfloating)
    if not is_number and not (isinstance(answer, np.ndarray) and answer.shape == () and answer.dtype.kind in "fiu"):
        raise Undefined(f"{custom.described.name} gives {_say(answer)}, and wanted is a number")
    return float(answer)  # type: ignore[arg-type]


def _say(answer: object) -> str:
    return "nothing" if answer is None else f"a {type(answer).__name__}"


def _read_only(value: Any) -> Any:
    """What one call is given is there for the next one."""
    if not isinstance(value, np.ndarray):
        return value
    view: NDArray[Any] = value.view()
    view.flags.writeable = False
    return view
