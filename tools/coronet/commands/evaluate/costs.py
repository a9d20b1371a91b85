"""What two models cost: their files, and how long they take to predict."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from coronet.core.evidence.costs import Cost, Latency
from coronet.core.statistics.quantiles import quantile_interval
from coronet.ports.machine import Machine
from coronet.ports.models import Footprint, Predictor

WARMED = 5
SINGLES, BATCHES = 300, 200
BATCH_ROWS = 1_000
# Seconds at the most for all models together, for single rows and for batches each.
LONGEST = 4.0
_OF_SINGLES = (("latency_p50_ms", 0.5), ("latency_p95_ms", 0.95))
_OF_BATCHES = (("batch_p50_ms", 0.5),)


def describe_cost(footprint: Footprint, latency: tuple[Latency, ...] = ()) -> Cost:
    return Cost(
        size_bytes=footprint.size_bytes,
        files=footprint.files,
        python=footprint.python,
        dependencies=footprint.dependencies,
        latency=latency,
    )


def time_predictions(
    predictors: Sequence[Predictor], frame: Any, machine: Machine, *, confidence: float
) -> list[tuple[Latency, ...]]:
    """For each predictor the quantiles of its times, on the same rows of `frame`, taken in turns.

    Single rows are asked one after another through the frame, batches are its first rows. Models are warmed
    first, and take turns, so that what else the machine does meets all of them alike.
    """
    asked = [_question(predictor) for predictor in predictors]
    singles = (frame.iloc[[place % len(frame)]] for place in range(SINGLES))
    batches = (frame.iloc[:BATCH_ROWS] for _ in range(BATCHES))
    timed = (
        (_OF_SINGLES, _time(asked, frame.iloc[:1], singles, machine)),
        (_OF_BATCHES, _time(asked, frame.iloc[:BATCH_ROWS], batches, machine)),
    )
    return [
        tuple(_latency(of, times[place], share, confidence) for quantiles, times in timed for of, share in quantiles)
        for place in range(len(predictors))
    ]


def _question(predictor: Predictor) -> Callable[[Any], Any]:
    """What a caller asks: probabilities where the model has some."""

    def ask(rows: Any) -> None:
        if predictor.probabilities(rows) is None:
            predictor.predict(rows)

    return ask


def _time(
    asked: Sequence[Callable[[Any], Any]], first: Any, questions: Iterator[Any], machine: Machine
) -> list[list[float]]:
    """Milliseconds of each question by model; as many questions as there is time for, at least one."""
    _warm(asked, first, machine)
    times: list[list[float]] = [[] for _ in asked]
    begun = machine.seconds()
    for turn, rows in enumerate(questions):
        order = range(len(asked)) if turn % 2 else range(len(asked) - 1, -1, -1)
        for place in order:
            before = machine.seconds()
            asked[place](rows)
            times[place].append(1000 * (machine.seconds() - before))
        if machine.seconds() - begun > LONGEST:
            break
    return times


def _warm(asked: Sequence[Callable[[Any], Any]], first: Any, machine: Machine) -> None:
    """Ask each at least once, and again while that is quick: slow models are warm after one question."""
    begun = machine.seconds()
    for _ in range(WARMED):
        for ask in asked:
            ask(first)
        if machine.seconds() - begun > LONGEST / 2:
            break


def _latency(of: str, times: Sequence[float], share: float, confidence: float) -> Latency:
    value, interval = quantile_interval(np.array(times), share, confidence)
    return Latency(of=of, value=value, interval=interval, repetitions=len(times))
