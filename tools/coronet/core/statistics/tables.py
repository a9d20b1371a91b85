"""What the tables of an evaluation say, column by column."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coronet.core.statistics.columns import Flags, Floats

# Texts, with None where one is missing.
Texts = NDArray[Any]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Answers:
    """The true answers: n rows that `key` names, each once. `source` is where they are, for messages.

    `label` holds numbers of a regression (NaN where missing), else texts; `segments` are texts by column, and so is
    `cluster`, which says what rows belong together.
    """

    source: str
    key: Sequence[str]
    label: Floats | Texts
    weight: Floats | None = None
    segments: Mapping[str, Texts] = field(default_factory=dict)
    cluster: Texts | None = None


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Said:
    """What one model says of the n rows that `key` names.

    `values` are numbers of a regression, `classes` predicted classes as texts, `score` that of the positive
    class, (n,), `probabilities` of each class by its name, (n,) each. None where the model does not say.
    """

    source: str
    key: Sequence[str]
    values: Floats | None = None
    classes: Texts | None = None
    score: Floats | None = None
    probabilities: Mapping[str, Floats] | None = None


def is_missing(column: Floats | Texts) -> Flags:
    """(n,): where a text is None or a number NaN."""
    if column.dtype == object:
        return np.fromiter((cell is None for cell in column), dtype=np.bool_, count=len(column))
    return np.isnan(column)
