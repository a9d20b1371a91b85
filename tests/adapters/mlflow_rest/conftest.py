"""A stub in place of a tracking server, for what a healthy one never does."""

from collections.abc import Iterator

import pytest

from coronet.adapters.mlflow_rest.address import parse_address
from coronet.adapters.mlflow_rest.registry import RestRegistry
from coronet.adapters.mlflow_rest.server import Server
from tests.fakes.http_server import StubServer


@pytest.fixture
def stub() -> Iterator[StubServer]:
    with StubServer().running() as server:
        yield server


@pytest.fixture
def pauses() -> list[float]:
    """The seconds that the client would have waited."""
    return []


@pytest.fixture
def server(stub: StubServer, pauses: list[float]) -> Server:
    return Server(parse_address(stub.url, {}), sleep=pauses.append, jitter=lambda: 0.5)


@pytest.fixture
def registry(server: Server) -> RestRegistry:
    return RestRegistry(server)
