"""Fixtures of the whole suite."""

import os

from hypothesis import settings

from tests.servers import mlflow_server

__all__ = ["mlflow_server"]

# A run of the tests may be a job of a forge itself; what it would be told is none of the tests' business.
for _name in [name for name in os.environ if name.startswith(("GITHUB_", "RUNNER_", "ACTIONS_"))]:
    del os.environ[_name]

# How long one example takes says more about the machine's other work than about ours.
# On a build machine the same examples are tried each time: a change is judged by itself, not by luck.
settings.register_profile("coronet", deadline=None, derandomize=bool(os.environ.get("CI")))
# The second and third Python have only to show that they do as the first does.
settings.register_profile("quick", settings.get_profile("coronet"), max_examples=20)
settings.load_profile("coronet")
