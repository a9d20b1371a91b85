"""Fixtures of the whole suite."""

from hypothesis import settings

from tests.servers import mlflow_server

__all__ = ["mlflow_server"]

# How long one example takes says more about the machine's other work than about ours.
settings.register_profile("coronet", deadline=None)
settings.load_profile("coronet")
