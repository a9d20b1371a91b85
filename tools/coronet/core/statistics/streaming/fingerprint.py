"""A digest of rows that does not ask for their order, and so can be made of parts."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from coronet.core.canonical import digest_json
from coronet.core.statistics.columns import Floats, Integers

Words = NDArray[np.uint64]

# One for each sum, and odd: the first digits of the fractions of √2, √3, √5 and √7.
_SEEDS = (0x6A09E667F3BCC909, 0xBB67AE8584CAA73B, 0x3C6EF372FE94F82B, 0xA54FF53A5F1D36F1)
_LANES = 2


@dataclass(kw_only=True, slots=True)
class Fingerprint:
    """Sums, modulo 2^64, of numbers that stand for each row's key and label.

    Two sets of rows that differ by accident have the same digest once in 2^128 times; it is no proof against
    someone who looks for such sets, as SHA-256 of a file is.
    """

    rows: int = 0
    sums: list[int] = field(default_factory=lambda: [0] * _LANES)

    def add(self, keys: Integers, label: Words) -> None:
        """`keys` and `label` are (n,) numbers that stand for them; see `text_words` and `number_words`."""
        self.rows += len(keys)
        words = keys.view(np.uint64)
        for lane, seed in enumerate(_SEEDS[:_LANES]):
            mixed = _mix(words + np.uint64(seed))
            mixed ^= label
            _mix(mixed)
            self.sums[lane] = (self.sums[lane] + int(mixed.sum(dtype=np.uint64))) % 2**64

    def merge(self, other: Self) -> None:
        self.rows += other.rows
        self.sums = [(mine + theirs) % 2**64 for mine, theirs in zip(self.sums, other.sums, strict=True)]

    @property
    def digest(self) -> str:
        """SHA-256 over the canonical JSON of the sums and the number of rows."""
        return digest_json({"rows": self.rows, "sums": [f"{word:016x}" for word in self.sums]})


def text_words(texts: Sequence[str]) -> Words:
    """A number for each text, the first eight bytes of its SHA-256."""
    digests = [hashlib.sha256(text.encode()).digest()[:8] for text in texts]
    return np.array([int.from_bytes(digest, "little") for digest in digests], dtype=np.uint64)


def number_words(numbers: Floats) -> Words:
    """The bits of each float; 0 and −0 are the same."""
    return np.asarray((numbers + 0.0).view(np.uint64))


def key_numbers(starts: Integers, data: NDArray[Any]) -> Integers:
    """A number for each text among bytes: text i is data[starts[i]:starts[i + 1]], and has at least one.

    It is a polynomial of the bytes modulo 2^64, mixed. Whole numbers stand for themselves elsewhere.
    """
    lengths = np.diff(starts)
    places = np.arange(len(data)) - np.repeat(starts[:-1] - starts[0], lengths)
    factors = np.cumprod(np.full(int(lengths.max(initial=1)), _SEEDS[2] | 1, dtype=np.uint64))
    terms = (data.astype(np.uint64) + np.uint64(1)) * factors[places]
    return _mix(np.add.reduceat(terms, starts[:-1] - starts[0]) + lengths.astype(np.uint64)).view(np.int64)


def append_words(words: Words, more: Words) -> Words:
    """A number for each pair, in this order."""
    return _mix(_mix(words + np.uint64(_SEEDS[3])) ^ more)


def _mix(words: Words) -> Words:
    """Each bit in changes each bit out: the finalizer of SplitMix64, Steele, Lea and Flood, OOPSLA 2014.

    The words are mixed in their place, and returned.
    """
    shifted = np.empty_like(words)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB), (31, None)):
        words ^= np.right_shift(words, np.uint64(shift), out=shifted)
        if factor is not None:
            words *= np.uint64(factor)
    return words


def mix(words: Words) -> Words:
    """The same for whoever wants numbers spread evenly, and keeps their own."""
    return _mix(words.copy())
