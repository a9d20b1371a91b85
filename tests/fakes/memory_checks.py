"""Checks that answer what a test says, and remember what they were told."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from coronet.core.evidence.custom_checks import Answered, CustomCheck
from coronet.core.policy.demands import CheckDemand
from coronet.ports.checks import Told


@dataclass
class MemoryChecks:
    """The port `CheckRunner`; what no answer is given for passes."""

    answers: Mapping[str, Answered] = field(default_factory=dict)
    told: dict[str, Told] = field(default_factory=dict)

    def run(self, name: str, asked: CheckDemand, told: Told) -> CustomCheck:
        self.told[name] = told
        result = self.answers.get(name, Answered.PASS)
        return CustomCheck(name=name, digest=asked.digest, result=result, saw="as told", seconds=0.5)
