"""Quantiles of independent numbers with intervals that assume nothing of their distribution."""

import numpy as np

from coronet.core.statistics.columns import Floats


def quantile_interval(values: Floats, share: float, confidence: float) -> tuple[float, tuple[float, float] | None]:
    """(the quantile at `share` of (n,) values, its interval), n at least 1; None where n is too small for one.

    The interval lies between two order statistics, whose ranks are quantiles of the binomial distribution:
    each end errs with at most half of 1 − `confidence`, whatever the distribution. Hahn and Meeker,
    Statistical Intervals (1991), section 5.2; David and Nagaraja, Order Statistics (2003), section 7.1.
    """
    # It takes as long to import as all else that small data need, and latencies alone ask for it.
    from scipy.special import bdtr

    ranked, rows, error = np.sort(values), len(values), (1 - confidence) / 2
    value = float(np.quantile(ranked, share))
    # below[k]: the chance that at most k of the values lie below the true quantile
    below = bdtr(np.arange(rows, dtype=np.float64), rows, share)
    low = int(np.searchsorted(below, error, side="right"))  # of X(1) … X(n), how many may be the lower end
    high = int(np.searchsorted(below, 1 - error, side="left")) + 1
    if low < 1 or high > rows:
        return value, None
    return value, (float(ranked[low - 1]), float(ranked[high - 1]))
