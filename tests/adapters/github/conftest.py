"""A GitHub that answers what a test says, and a connection to it that waits for nobody."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from coronet.adapters.github.address import Address
from coronet.adapters.github.connection import Connection
from tests.fakes.http_server import StubServer

TOKEN = "ghp_very-secret"


@dataclass
class Line:
    """A connection to a stub, with the pauses that it made and what it told."""

    stub: StubServer
    connection: Connection
    pauses: list[float] = field(default_factory=list)
    told: list[str] = field(default_factory=list)


@pytest.fixture
def stub() -> Iterator[StubServer]:
    with StubServer().running() as found:
        yield found


def connect(stub: StubServer, *, api: str | None = None, timeout: int = 5, token: str = TOKEN) -> Line:
    address = Address(web=stub.url, api=api or f"{stub.url}/api/v3", owner="acme", name="models")
    line = Line(stub, connection=None)  # type: ignore[arg-type]
    line.connection = Connection(
        address,
        token,
        timeout=timeout,
        pause=line.pauses.append,
        jitter=lambda: 0.5,
        tell=lambda step, detail: line.told.append(f"{step} {detail}"),
    )
    return line


@pytest.fixture
def line(stub: StubServer) -> Iterator[Line]:
    found = connect(stub)
    yield found
    found.connection.close()


Connect = Callable[..., Line]
