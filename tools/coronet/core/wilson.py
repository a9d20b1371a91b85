"""The interval of a share, which measuring and judging have in common; it needs no array library."""

from math import sqrt

from coronet.core.quantile import normal_quantile


def wilson(share: float, rows: float, *, confidence: float) -> tuple[float, float]:
    """A share of `rows` rows: the score interval of Wilson, JASA 22 (1927), https://doi.org/10.2307/2276774.

    `rows` may be an effective number, above 0. The interval holds its share, whatever rounding does.
    """
    z = normal_quantile(confidence)
    centre = (share + z * z / (2 * rows)) / (1 + z * z / rows)
    half = z / (1 + z * z / rows) * sqrt(share * (1 - share) / rows + z * z / (4 * rows * rows))
    return max(0.0, min(centre - half, share)), min(1.0, max(centre + half, share))
