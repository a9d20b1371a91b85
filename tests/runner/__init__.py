"""GitHub's runner, played by act on this machine: it runs the workflows that events of the stand-in start."""

from tests.runner.runner import Replaced, Runner, Watch
from tests.runner.runs import Run

__all__ = ["Replaced", "Run", "Runner", "Watch"]
