"""A machine on which every look at the watch comes as much later as a test says."""

from dataclasses import dataclass


@dataclass
class StillMachine:
    """The port `Machine`: `tick` seconds pass between two looks."""

    tick: float = 0.001
    now: float = 0.0

    def seconds(self) -> float:
        self.now += self.tick
        return self.now

    def describe(self) -> str:
        return "a machine of a test"
