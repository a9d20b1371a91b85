"""How likely chance alone would make such a difference: p-values of "nothing has changed"."""

from math import exp, pi, sqrt

import numpy as np

from coronet.core.statistics.columns import Floats

# Of how many rows at least the chi-square law must expect each count.
EXPECTED = 5
# What two equal probabilities may differ by in rounding, as R's fisher.test has it.
_EQUAL = 1e-7
# Below it the limit law has less than floats can tell from nothing.
_NOTHING = 0.1


def kolmogorov_p(distance: float, before: float, now: float) -> float:
    """The p-value of Kolmogorov–Smirnov's distance of two samples of so many rows.

    The limit law's at Stephens' corrected statistic (Journal of the Royal Statistical Society B 32, 1970);
    with ties it is too large, and never too small.
    """
    effective = before * now / (before + now)
    return _beyond((sqrt(effective) + 0.12 + 0.11 / sqrt(effective)) * distance)


def _beyond(statistic: float) -> float:
    """What the limit law leaves above `statistic`, which is not negative; Smirnov, Annals of Mathematical Statistics 19
    (1948), https://doi.org/10.1214/aoms/1177730256.

    By the one of its two series that ends first: a few terms are as exact as floats are.
    """
    if statistic < _NOTHING:
        return 1.0
    if statistic < 1:
        below = sum(exp(-((odd * pi / statistic) ** 2) / 8) for odd in (1, 3, 5, 7))
        return 1 - sqrt(2 * pi) / statistic * below
    return 2 * sum(sign * exp(-2 * (k * statistic) ** 2) for k, sign in enumerate((1, -1, 1, -1, 1), 1))


def counts_p(before: Floats, now: Floats) -> float:
    """The p-value of two rows of counts, (categories,), rare categories put together; 1 where there is one.

    Pearson's chi-square test; of two categories of which one is rare, Fisher's exact one.
    """
    before, now = _put_together(before, now)
    if len(before) < 2:
        return 1.0
    expected = _least_expected(before, now)
    if expected.min() < EXPECTED:
        return _fisher(int(before[0]), int(now[0]), int(before.sum()), int(now.sum()))
    # Numbers without gaps ask for none of this, and to import it takes as long as to count a million of them.
    from scipy.special import chdtrc

    table = np.stack([before, now])
    means = table.sum(axis=1, keepdims=True) * table.sum(axis=0, keepdims=True) / table.sum()
    return float(chdtrc(table.shape[1] - 1, float(((table - means) ** 2 / means).sum())))


def _least_expected(before: Floats, now: Floats) -> Floats:
    """What the smaller side would have of each category, were nothing changed."""
    total = before.sum() + now.sum()
    return np.asarray(min(before.sum(), now.sum()) * (before + now) / total)


def _put_together(before: Floats, now: Floats) -> tuple[Floats, Floats]:
    """The counts of the categories that are there, the rare ones as one; two are left at least where two are there."""
    order = np.argsort(before + now, kind="stable")
    order = order[(before + now)[order] > 0]
    before, now = before[order], now[order]
    if len(before) < 2 or not min(before.sum(), now.sum()):
        return before[:1], now[:1]
    # The rarest first, until together they are expected often enough.
    reached = np.cumsum(_least_expected(before, now))
    rare = int((_least_expected(before, now) < EXPECTED).sum())
    several = min(max(rare, int(np.searchsorted(reached, EXPECTED)) + 1), len(before) - 1) if rare else 1
    return _merge_first(before, several), _merge_first(now, several)


def _merge_first(rows: Floats, many: int) -> Floats:
    return np.concatenate(([rows[:many].sum()], rows[many:]))


def _fisher(before: int, now: int, all_before: int, all_now: int) -> float:
    """Fisher's exact test that both have one share, two-sided: as likely or less (The Design of Experiments, 1935)."""
    drawn = before + now
    possible = np.arange(max(0, drawn - all_now), min(drawn, all_before) + 1)
    logs = _log_choose(all_before, possible) + _log_choose(all_now, drawn - possible)
    logs -= _log_choose(all_before + all_now, np.array([drawn]))
    chance = np.exp(logs)
    seen = chance[before - int(possible[0])]
    return float(min(chance[chance <= seen * (1 + _EQUAL)].sum(), 1.0))


def _log_choose(many: int, chosen: "np.typing.NDArray[np.int64]") -> Floats:
    from scipy.special import gammaln

    return np.asarray(gammaln(many + 1) - gammaln(chosen + 1) - gammaln(many - chosen + 1))
