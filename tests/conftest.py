"""Fixtures of the whole suite."""

import os

from hypothesis import settings

from tests.servers import mlflow_server

__all__ = ["mlflow_server"]

# How long one example takes says more about the machine's other work than about ours.
# On a build machine the same examples are tried each time: a change is judged by itself, not by luck.
settings.register_profile("coronet", deadline=None, derandomize=bool(os.environ.get("CI")))
# The second and third Python have only to show that they do as the first does.
settings.register_profile("quick", settings.get_profile("coronet"), max_examples=20)
settings.load_profile("coronet")
