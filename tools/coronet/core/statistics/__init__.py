"""Metric values with confidence intervals, of two models on the same rows.

`measure` is the whole face: columns and a specification in, facts out. Importing this package imports
NumPy and a little of SciPy; whoever only judges facts does not need it.
"""

from coronet.core.statistics.columns import Columns, Predictions, SegmentColumn, Specification
from coronet.core.statistics.measurement import measure

__all__ = ["Columns", "Predictions", "SegmentColumn", "Specification", "measure"]
