"""Cases of a policy that judges by a metric of the model's own."""

import pytest

from coronet.core.evidence import CustomMetric, Task
from coronet.core.policy_case import case_from_json, run_case
from tests.core.examples import policy

CHEAPER = {"cheaper": {"metric": "custom.cost", "rule": "superior", "margin": 0}}


@pytest.mark.parametrize(("higher", "verdict"), [(False, "pass"), (True, "fail")])
def test_the_model_file_says_which_direction_is_better(higher: bool, verdict: str) -> None:
    cost = CustomMetric(name="custom.cost", meaning="money lost", higher_is_better=higher)
    given = {
        "name": "cheaper",
        "metrics": [{"metric": "custom.cost", "candidate": 8, "champion": 10, "within": 1}],
        "expect": {"verdict": verdict},
    }
    made = case_from_json(given, model="churn", task=Task.BINARY, kept=None, custom=(cost,))
    assert run_case(made, policy(CHEAPER)).problems == ()
