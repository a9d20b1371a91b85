"""Confidence intervals in closed form. Each names its source; none needs anything but sums."""

from math import exp, log, sqrt

from coronet.core.quantile import normal_quantile, student_quantile

Interval = tuple[float, float]


def bonett_price(gained: float, lost: float, rows: float, *, confidence: float) -> Interval:
    """A difference of paired shares: adjusted Wald, one row added to each kind of disagreement.

    `gained` is the share of rows that only the first hits, `lost` that only the second hits. Bonett and
    Price, Journal of Educational and Behavioral Statistics 37 (2012), https://doi.org/10.3102/1076998611411915.
    """
    z = normal_quantile(confidence)
    up, down = (gained * rows + 1) / (rows + 2), (lost * rows + 1) / (rows + 2)
    half = z * sqrt((up + down - (up - down) ** 2) / (rows + 2))
    return max(-1.0, up - down - half), min(1.0, up - down + half)


def student(mean: float, error: float, freedom: float, *, confidence: float) -> Interval:
    """mean ± t × standard error (Student, Biometrika 6, 1908); `freedom` above 0."""
    half = student_quantile(confidence, freedom) * error
    return mean - half, mean + half


def wald(value: float, error: float, *, confidence: float) -> Interval:
    """value ± z × standard error."""
    half = normal_quantile(confidence) * error
    return value - half, value + half


def logit_student(value: float, error: float, freedom: float, *, confidence: float) -> Interval:
    """Student's interval on the logit scale, which keeps a share within 0 to 1; `value` strictly between them."""
    low, high = student(log(value / (1 - value)), error / (value * (1 - value)), freedom, confidence=confidence)
    return _expit(low), _expit(high)


def logit_wald(value: float, error: float, *, confidence: float) -> Interval:
    """Wald on the logit scale, which keeps an area within 0 to 1; `value` strictly between them.

    Pepe, The Statistical Evaluation of Medical Tests (2003), section 5.2.
    """
    centre, scale = log(value / (1 - value)), error / (value * (1 - value))
    low, high = wald(centre, scale, confidence=confidence)
    return _expit(low), _expit(high)


def one_row_each_way(value: float, rows: float, span: float, *, confidence: float) -> Interval:
    """Where no row disagrees: value ± z √2 × span ÷ (rows + 2).

    It is what `bonett_price` gives for a share without any disagreement, carried over to a metric whose
    values lie at most `span` apart. Without it, a handful of rows that agree would prove equality.
    """
    half = normal_quantile(confidence) * sqrt(2) * span / (rows + 2)
    return value - half, value + half


def clip(interval: Interval, lowest: float | None, highest: float | None) -> Interval:
    """`interval` without what lies outside the metric's range."""
    low, high = interval
    low, high = (low, high) if lowest is None else (max(low, lowest), max(high, lowest))
    return (low, high) if highest is None else (min(low, highest), min(high, highest))


def _expit(x: float) -> float:
    return 1 / (1 + exp(-x)) if x >= 0 else exp(x) / (1 + exp(x))
