import pytest

from coronet.core.judging.wording import say_bar, say_number
from coronet.core.policy import Gate, policy_from_json


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.95123, "0.9512"),
        (-0.0031, "−0.0031"),
        (12345.6, "12346"),
        (999.96, "1000"),
        (-250000.0, "−250000"),
        (0.00001234, "1.234e−05"),
        (1e20, "1e+20"),
        (0.0, "0"),
        (-0.0, "0"),
        (3, "3"),
    ],
)
def test_numbers_are_short_and_plain(value: float, text: str) -> None:
    assert say_number(value) == text


def test_a_difference_has_its_sign() -> None:
    assert [say_number(value, sign=True) for value in (0.02, -0.02, 2500.4)] == ["+0.02", "−0.02", "+2500"]


def gate(**fields: object) -> Gate:
    return policy_from_json({"gates": {"gate": {"metric": "f1", **fields}}}).gates[0]


@pytest.mark.parametrize(
    ("made", "wanted"),
    [
        (gate(rule="superior"), "f1 better"),
        (gate(rule="superior", margin=0.05, relative=True), "f1 better by at least 0.05 of the champion's value"),
        (gate(rule="non_inferior", margin=0.02, by=["a", "b"]), "f1 worse by at most 0.02, each by a, b"),
        (gate(rule="floor", value=0.7), "f1 at least 0.7"),
        (gate(rule="ceiling", value=0.3, statistics="point"), "f1 at most 0.3 (points alone, without intervals)"),
        (gate(rule="gap", value=0.2, by=["sex"]), "f1 at most 0.2 apart between segments by sex"),
        (gate(rule="floor", value=0.2, by=["kind"], weight="rows"),
         "f1 at least 0.2, segments by kind weighted by rows"),
        (gate(rule="unchanged", of=["signature", "features"]), "signature and features unchanged"),
    ],
)  # fmt: skip
def test_what_a_gate_wants(made: Gate, wanted: str) -> None:
    assert say_bar(made) == wanted
