"""Where a number lies among others: a monotone map of floats to levels, the same for every part of the data.

Levels are narrow where a sample says that there are many rows. The sample changes how much is told apart,
never what is true: what falls into one level is taken as tied, and how far that may be wrong is known.
"""

from dataclasses import dataclass

import numpy as np

from coronet.core.statistics.columns import Flags, Floats, Integers

# A stretch of numbers is the floats that share their exponent and these leading bits of their mantissa.
_LEADING = 7
_REST = 52 - _LEADING
# How finely a stretch can be divided.
_FINE = 32
# Numbers closer to 0 than this are one stretch, and those farther off than its inverse another.
_NEAREST = 2.0**-40
# What part of the levels is kept for where the sample has nobody.
_SPARE = 0.1
# What part is kept for the greatest numbers, as much for each doubling of how many of the sample are greater.
_TOP = 0.2


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Grid:
    """2**bits levels. `starts` are the first levels of each stretch, and rise.

    Of probabilities, those near 1 are told apart as well as those near 0.
    """

    probability: bool
    bits: int
    starts: Integers

    def levels(self, numbers: Floats) -> Integers:
        """(n,) from 0 to 2**bits − 1; a larger number never has a lower level."""
        level = _code(numbers, probability=self.probability)
        stretch = level >> _REST
        level >>= _REST - _FINE
        level &= (1 << _FINE) - 1
        level *= np.diff(self.starts).take(stretch, mode="clip")
        level >>= _FINE
        level += self.starts.take(stretch, mode="clip")
        return level


def make_grid(sample: Floats, positive: Flags, bits: int, *, top: bool = False) -> Grid:
    """A grid of 2**bits levels, narrow where positive or other rows of the sample are many; all finite.

    With `top` also where few are greater, for metrics that look there most closely.
    """
    probability = bool(((sample >= 0) & (sample <= 1)).all())
    stretches = (_ends(probability=probability)[1] >> _REST) + 1
    codes = _code(sample, probability=probability) >> _REST
    sides = [np.bincount(codes[side], minlength=stretches) for side in (positive, ~positive) if side.any()]
    share = sum((side / side.sum() for side in sides), start=np.zeros(stretches)) / max(len(sides), 1)
    spare = _SPARE if sides else 1.0
    if top and sides:
        above = np.cumsum(np.bincount(codes, minlength=stretches)[::-1])[::-1] + 1.0
        doublings = np.log(above) - np.log(np.append(above[1:], 1.0))
        share = (1 - _TOP) * share + _TOP * doublings / doublings.sum()
    mass = (1 - spare) * share + spare / stretches
    # The last level is kept for the greatest number.
    starts = np.floor(np.concatenate(([0.0], np.cumsum(mass) / mass.sum())) * ((1 << bits) - 1)).astype(np.int64)
    return Grid(probability=probability, bits=bits, starts=starts)


def _ends(*, probability: bool) -> tuple[int, int]:
    """The codes of 0 and of the greatest number."""
    nearest, half, largest = (int(np.float64(end).view(np.int64)) for end in (_NEAREST, 0.5, 1 / _NEAREST))
    return (0, 2 * (half - nearest)) if probability else (largest - nearest, 2 * (largest - nearest))


def _code(numbers: Floats, *, probability: bool) -> Integers:
    """Whole numbers in the same order: the bits of a positive float, read as a whole number, rise with it."""
    low, high = _ends(probability=probability)
    far = np.subtract(1, numbers) if probability else np.abs(numbers)
    if probability:
        np.minimum(far, numbers, out=far)
    # What is no probability after all has the place of 0 or 1.
    np.clip(far, _NEAREST, 1 / _NEAREST, out=far)
    bits = far.view(np.int64)
    bits -= np.float64(_NEAREST).view(np.int64)
    if not probability:
        return np.where(numbers < 0, low - bits, low + bits)
    # `high` less the bits above a half: a float's first bit is its sign, and to negate a whole number is to turn all
    # its bits and add 1, which is thrice as fast as choosing.
    upper = np.subtract(0.5, numbers).view(np.int64)
    upper >>= 63
    bits ^= upper
    bits -= upper
    upper &= high
    bits += upper
    return bits
