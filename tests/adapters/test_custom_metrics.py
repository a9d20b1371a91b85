"""Metrics of a team's own, as code: what is loaded, and what is said where it cannot be."""

import hashlib
from pathlib import Path

import numpy as np
import pytest

from coronet.adapters.custom_metrics import ImportedMetrics, read_code
from coronet.core.evidence import CustomMetric
from coronet.core.statistics.columns import Custom
from coronet.core.statistics.sample import Undefined
from coronet.errors import InvalidInput
from coronet.ports.custom_metrics import MetricCode

PROFIT = CustomMetric(name="custom.profit", meaning="money", higher_is_better=True)
WEIGHT = np.array([1.0, 3.0])


def load(source: str, function: str = "profit") -> Custom:
    return ImportedMetrics().load(
        PROFIT, MetricCode(file="models/churn/metrics.py", source=source.encode(), function=function)
    )


def test_a_function_of_a_file_is_called_with_what_it_asks_for() -> None:
    source = "def profit(label, weight, *, bonus=1):\n    return (label * weight).sum() + bonus\n"
    custom = load(source)
    assert custom.wants == {"label", "weight"}
    assert custom.call({"label": np.array([1, 2]), "weight": WEIGHT}) == 8
    assert custom.described.code == "sha256:" + hashlib.sha256(source.encode()).hexdigest()


def test_classes_of_the_file_work_as_in_a_module() -> None:
    source = (
        "from __future__ import annotations\nfrom dataclasses import dataclass\n"
        "@dataclass\nclass Costs:\n    miss: float\n"
        "def profit(weight):\n    return Costs(miss=2.0).miss * weight.sum()\n"
    )
    assert load(source).call({"weight": WEIGHT}) == 8


def test_a_dotted_path_names_an_installed_function(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = "def profit(weight):\n    return 7\n"
    (tmp_path / "coronet_house_metrics.py").write_text(source)
    monkeypatch.syspath_prepend(tmp_path)
    custom = ImportedMetrics().load(PROFIT, "coronet_house_metrics.profit")
    assert custom.call({"weight": WEIGHT}) == 7
    assert custom.described.code == "sha256:" + hashlib.sha256(source.encode()).hexdigest()


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("nowhere_at_all.profit", "nowhere_at_all.profit cannot be imported: ModuleNotFoundError"),
        ("profit", "profit cannot be imported: AttributeError"),
        ("math.nothing", "math.nothing cannot be imported: AttributeError"),
        ("math.pi", "math.pi is no function"),
        ("math.hypot", "math.hypot does not say what it is called with"),
        ("os.getcwd", "must ask for weight"),
    ],
)
def test_a_dotted_path_that_names_no_metric(path: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        ImportedMetrics().load(PROFIT, path)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("def loss(weight): return 1", "no function profit in models/churn/metrics.py, which custom.profit names"),
        ("profit = 3", "no function profit"),
        ("def profit(label): return 1", "custom.profit must ask for weight"),
        ("def profit(weight, weights): return 1", "custom.profit must ask for weight"),
        ("def profit(price, weight): return 1", "custom.profit asks for price, and there is label"),
        ("def profit(weight, /): return 1", "custom.profit asks for|must ask"),
        ("def profit(:", "cannot be loaded: SyntaxError"),
        ("1 / 0", "cannot be loaded: ZeroDivisionError"),
        ("raise SystemExit(3)", "cannot be loaded: SystemExit: 3"),
    ],
)
def test_code_that_is_no_metric(source: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said) as failed:
        load(source)
    assert failed.value.location is not None
    assert failed.value.location.file == "models/churn/metrics.py"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("return 1 / 0", r"custom\.profit failed: ZeroDivisionError: division by zero \(metrics\.py, line 2\)"),
        ("raise SystemExit", r"custom\.profit failed: SystemExit \(metrics\.py, line 2\)"),
        ("raise ValueError('a' * 999)", r"custom\.profit failed: ValueError: a{188} \(metrics\.py, line 2\)"),
    ],
)
def test_a_failure_is_the_reason_why_there_is_no_value(body: str, said: str) -> None:
    with pytest.raises(Undefined) as failed:
        load(f"def profit(weight):\n    {body}\n").call({"weight": WEIGHT})
    assert failed.match(f"^{said}$")


def test_what_it_prints_is_no_part_of_the_report(capsys: pytest.CaptureFixture[str]) -> None:
    load("print('loading')\ndef profit(weight):\n    print('noise')\n    return 1\n").call({"weight": WEIGHT})
    out, err = capsys.readouterr()
    assert out == ""
    assert err == "loading\nnoise\n"


def test_code_is_read_from_a_file_and_a_dotted_path_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "metrics.py").write_text("x = 1\n")
    code = read_code("metrics.py:profit", tmp_path)
    assert code == MetricCode(file="metrics.py", source=b"x = 1\n", function="profit")
    assert read_code("house.metrics.profit", tmp_path) == "house.metrics.profit"
    for absent in ("nothing.py:profit", ":profit", "a\0b:profit"):
        with pytest.raises(InvalidInput, match="there is no file"):
            read_code(absent, tmp_path)
