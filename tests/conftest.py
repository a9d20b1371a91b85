"""Fixtures of the whole suite."""

from tests.servers import mlflow_server

__all__ = ["mlflow_server"]
