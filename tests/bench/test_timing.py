"""The benchmark measures, compares and notices a process that failed."""

import sys

import pytest

from tests.bench.timing import Comparison, Limit, Process, measure

NOTHING = Process(name="nothing", arguments=(sys.executable, "-I", "-S", "-c", ""))
IMPORTS = Process(
    name="imports", arguments=(sys.executable, "-I", "-c", "import asyncio, http.client, email.mime.text")
)


def test_each_process_is_timed_once_a_round() -> None:
    result = measure(Comparison(measured=IMPORTS, limits=(Limit(process=NOTHING, ratio=0.1),)), rounds=3)
    assert [(timing.name, len(timing.seconds)) for timing in result.timings] == [("imports", 3), ("nothing", 3)]
    assert result.ratios[0].value > 1
    assert not result.is_kept
    assert "NOT KEPT" in result.to_text()


def test_a_limit_that_holds_is_kept() -> None:
    result = measure(Comparison(measured=NOTHING, limits=(Limit(process=IMPORTS, ratio=100),)), rounds=1)
    assert result.is_kept


def test_a_process_that_fails_stops_the_benchmark() -> None:
    failing = Process(name="failing", arguments=(sys.executable, "-c", "raise SystemExit('no registry')"))
    with pytest.raises(RuntimeError, match="failing ended with 1:\nno registry"):
        measure(Comparison(measured=failing, limits=()), rounds=1)
