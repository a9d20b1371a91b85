"""A drawing in SVG: two axes, lines, points and bars, in a box of fixed size."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil, floor, log10

from coronet.core.judging.wording import say_number
from coronet.core.render.evaluation.html import text

WIDTH, HEIGHT = 400, 320
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 14, 10, 44
_TICKS = 5
_NARROWEST = 1e-290
# Numbers at an axis are told whole from here to there, else as so many thousands, millions or millionths.
_SMALL, _LARGE = 0.01, 10_000
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, kw_only=True, slots=True)
class Axis:
    """From `low` to `high`, which differ."""

    label: str
    low: float
    high: float

    def share(self, value: float) -> float:
        """Where a value lies, 0 to 1; what is beyond lies at the end."""
        return min(max((value - self.low) / (self.high - self.low), 0.0), 1.0)

    def ticks(self) -> list[float]:
        """Round numbers within it."""
        step = _round((self.high - self.low) / _TICKS)
        first, last = ceil(self.low / step - 1e-9), floor(self.high / step + 1e-9)
        return [place * step for place in range(first, last + 1)]

    @property
    def power(self) -> int:
        """Of ten, by which ticks are divided so that they are short."""
        farthest = max(abs(self.low), abs(self.high))
        return 0 if _SMALL <= farthest < _LARGE else 3 * floor(log10(farthest) / 3)

    def say_tick(self, tick: float) -> str:
        return say_number(tick / 10.0**self.power)

    def say_label(self) -> str:
        return f"{self.label}, × 10{str(self.power).translate(_RAISED)}" if self.power else self.label


def make_axis(label: str, values: Sequence[float], *, zero: bool = True) -> Axis:
    """That holds all values, and 0 where it is asked for."""
    known = [*values, *((0.0,) if zero else ())] or [0.0]
    low, high = min(known), max(known)
    if high - low < _NARROWEST:
        low, high = low - 0.5, high + 0.5
    step = _round((high - low) / _TICKS)
    return Axis(label=label, low=floor(low / step + 1e-9) * step, high=ceil(high / step - 1e-9) * step)


def _round(width: float) -> float:
    """1, 2 or 5 times a power of ten, about as wide."""
    power = 10.0 ** floor(log10(width))
    return next((times * power for times in (1, 2, 5) if times * power >= width * 0.999), 10 * power)


@dataclass(kw_only=True, slots=True)
class Plot:
    """`name` is of the page's own making and no other drawing's; `title` and `says` tell it to who cannot see it."""

    name: str
    title: str
    says: str
    x: Axis
    y: Axis
    _parts: list[str] = field(default_factory=list)

    def line(self, x: Sequence[float], y: Sequence[float], kind: str) -> None:
        points = " ".join(f"{self._across(a)},{self._up(b)}" for a, b in zip(x, y, strict=True))
        self._parts.append(f'<polyline class="{kind}" points="{points}"/>')

    def points(self, x: Sequence[float], y: Sequence[float], kind: str) -> None:
        for a, b in zip(x, y, strict=True):
            self._parts.append(f'<circle class="{kind}" cx="{self._across(a)}" cy="{self._up(b)}" r="2.5"/>')

    def bars(self, x: Sequence[float], low: Sequence[float], high: Sequence[float], kind: str) -> None:
        """From low to high above each x."""
        for a, start, end in zip(x, low, high, strict=True):
            place = self._across(a)
            self._parts.append(
                f'<line class="{kind}" x1="{place}" x2="{place}" y1="{self._up(start)}" y2="{self._up(end)}"/>'
            )

    def band(self, x: Sequence[float], low: Sequence[float], high: Sequence[float], kind: str) -> None:
        there = [f"{self._across(a)},{self._up(b)}" for a, b in zip(x, high, strict=True)]
        back = [f"{self._across(a)},{self._up(b)}" for a, b in zip(x, low, strict=True)][::-1]
        self._parts.append(f'<polygon class="{kind}" points="{" ".join([*there, *back])}"/>')

    def svg(self) -> str:
        title, says = f"{self.name}-title", f"{self.name}-says"
        return (
            f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="{title} {says}">'
            f'<title id="{title}">{text(self.title)}</title><desc id="{says}">{text(self.says)}</desc>'
            f"{self._axes()}{''.join(self._parts)}</svg>"
        )

    def _axes(self) -> str:
        bottom, right = HEIGHT - _BOTTOM, WIDTH - _RIGHT
        parts = [f'<rect class="box" x="{_LEFT}" y="{_TOP}" width="{right - _LEFT}" height="{bottom - _TOP}"/>']
        for tick in self.x.ticks():
            place = self._across(tick)
            parts.append(f'<line class="grid" x1="{place}" x2="{place}" y1="{_TOP}" y2="{bottom}"/>')
            parts.append(f'<text x="{place}" y="{bottom + 15}" text-anchor="middle">{self.x.say_tick(tick)}</text>')
        for tick in self.y.ticks():
            place = self._up(tick)
            parts.append(f'<line class="grid" x1="{_LEFT}" x2="{right}" y1="{place}" y2="{place}"/>')
            parts.append(f'<text x="{_LEFT - 5}" y="{place}" dy="4" text-anchor="end">{self.y.say_tick(tick)}</text>')
        middle, height = (_LEFT + right) / 2, (_TOP + bottom) / 2
        parts.append(f'<text x="{middle}" y="{HEIGHT - 8}" text-anchor="middle">{text(self.x.say_label())}</text>')
        turned = f'transform="rotate(-90 13 {height})"'
        parts.append(f'<text x="13" y="{height}" text-anchor="middle" {turned}>{text(self.y.say_label())}</text>')
        return "".join(parts)

    def _across(self, value: float) -> str:
        return f"{_LEFT + self.x.share(value) * (WIDTH - _LEFT - _RIGHT):.1f}"

    def _up(self, value: float) -> str:
        return f"{HEIGHT - _BOTTOM - self.y.share(value) * (HEIGHT - _BOTTOM - _TOP):.1f}"
