"""Whole processes, timed one after the other in turns, so that a busy moment falls on all of them."""

import statistics
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, kw_only=True, slots=True)
class Process:
    """`environment` None is that of the benchmark; any exit code but `code` stops the benchmark."""

    name: str
    arguments: Sequence[str]
    folder: Path | None = None
    environment: Mapping[str, str] | None = None
    code: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Limit:
    """The measured process takes at most `ratio` times as long as `process`."""

    process: Process
    ratio: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    measured: Process
    limits: tuple[Limit, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Timing:
    """Seconds of each round."""

    name: str
    seconds: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    def to_text(self, width: int) -> str:
        numbers = (min(self.seconds), self.median, max(self.seconds))
        return "  ".join([self.name.ljust(width), *(f"{1000 * number:7.0f}" for number in numbers)])


@dataclass(frozen=True, kw_only=True, slots=True)
class Ratio:
    """Medians divided: how much longer the measured process takes than the other one."""

    other: str
    value: float
    at_most: float

    @property
    def is_kept(self) -> bool:
        return self.value <= self.at_most

    def to_text(self) -> str:
        answer = "kept" if self.is_kept else "NOT KEPT"
        return f"{self.value:.2f} × {self.other} (at most {self.at_most:.2f}: {answer})"


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    timings: tuple[Timing, ...]
    ratios: tuple[Ratio, ...]

    @property
    def is_kept(self) -> bool:
        return all(ratio.is_kept for ratio in self.ratios)

    def to_text(self) -> str:
        width = max(len(timing.name) for timing in self.timings)
        header = "  ".join(["".ljust(width), *(title.rjust(7) for title in ("min ms", "median", "max"))])
        rows = [timing.to_text(width) for timing in self.timings]
        return "\n".join([header, *rows, *(f"  {ratio.to_text()}" for ratio in self.ratios)])


def measure(comparison: Comparison, rounds: int) -> Result:
    """Time every process of `comparison` once a round, after one round that only warms the disk's cache."""
    processes = (comparison.measured, *(limit.process for limit in comparison.limits))
    for process in processes:
        _time(process)
    timings = tuple(Timing(name=process.name) for process in processes)
    for _ in range(rounds):
        for process, timing in zip(processes, timings, strict=True):
            timing.seconds.append(_time(process))
    ratios = (
        Ratio(other=timing.name, value=timings[0].median / timing.median, at_most=limit.ratio)
        for timing, limit in zip(timings[1:], comparison.limits, strict=True)
    )
    return Result(timings=timings, ratios=tuple(ratios))


def _time(process: Process) -> float:
    started = time.perf_counter()
    done = subprocess.run(
        process.arguments, cwd=process.folder, env=process.environment, capture_output=True, text=True, check=False
    )
    seconds = time.perf_counter() - started
    if done.returncode != process.code:
        raise RuntimeError(f"{process.name} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return seconds
