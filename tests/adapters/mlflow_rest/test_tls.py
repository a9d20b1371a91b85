"""Servers over TLS: trusted, not trusted, and those that do not speak it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from coronet.adapters.mlflow_rest.address import parse_address
from coronet.adapters.mlflow_rest.registry import RestRegistry
from coronet.adapters.mlflow_rest.server import Server
from coronet.errors import Unavailable, WrongUsage
from tests.fakes.certificates import self_signed
from tests.fakes.http_server import StubServer, json_reply


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and the certificate it signed for 127.0.0.1, in one file."""
    return self_signed(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def tls_stub(certificate: Path) -> Iterator[StubServer]:
    stub = StubServer()
    stub.speak_tls(str(certificate))
    stub.answer = lambda asked: json_reply({"registered_model": {"name": "iris"}})
    with stub.running():
        yield stub


def open_registry(stub: StubServer, host: str = "127.0.0.1", **environment: str) -> RestRegistry:
    return RestRegistry(Server(parse_address(f"https://{host}:{stub.port}", environment), sleep=lambda seconds: None))


def test_an_authority_of_ones_own_is_trusted(tls_stub: StubServer, certificate: Path) -> None:
    registry = open_registry(tls_stub, MLFLOW_TRACKING_SERVER_CERT_PATH=str(certificate))
    assert registry.model("iris") is not None
    assert registry.model("iris") is not None
    assert tls_stub.connections == 1


def test_a_certificate_is_shown(tls_stub: StubServer, certificate: Path) -> None:
    trusted = {"MLFLOW_TRACKING_SERVER_CERT_PATH": str(certificate)}
    registry = open_registry(tls_stub, MLFLOW_TRACKING_CLIENT_CERT_PATH=str(certificate), **trusted)
    assert registry.model("iris") is not None


def test_verification_can_be_switched_off(tls_stub: StubServer) -> None:
    assert open_registry(tls_stub, MLFLOW_TRACKING_INSECURE_TLS="true").model("iris") is not None


def test_an_unknown_authority_is_not_trusted(tls_stub: StubServer) -> None:
    with pytest.raises(Unavailable, match=r"is not trusted: self.signed certificate") as caught:
        open_registry(tls_stub).model("iris")
    assert "MLFLOW_TRACKING_SERVER_CERT_PATH" in caught.value.hint
    assert tls_stub.asked == []


def test_a_certificate_of_another_host_is_not_trusted(tls_stub: StubServer, certificate: Path) -> None:
    registry = open_registry(tls_stub, "localhost", MLFLOW_TRACKING_SERVER_CERT_PATH=str(certificate))
    with pytest.raises(Unavailable, match="is not trusted: Hostname mismatch"):
        registry.model("iris")


def test_https_asked_of_a_server_without_tls(stub: StubServer) -> None:
    with pytest.raises(Unavailable, match="no TLS connection to https://127") as caught:
        open_registry(stub).model("iris")
    assert "http://" in caught.value.hint


def test_http_asked_of_a_server_with_tls(tls_stub: StubServer) -> None:
    registry = RestRegistry(Server(parse_address(f"http://127.0.0.1:{tls_stub.port}", {}), sleep=lambda seconds: None))
    with pytest.raises(Unavailable):
        registry.model("iris")


@pytest.mark.parametrize("variable", ["MLFLOW_TRACKING_SERVER_CERT_PATH", "MLFLOW_TRACKING_CLIENT_CERT_PATH"])
@pytest.mark.parametrize("content", [None, b"", b"no certificate"])
def test_a_certificate_file_that_cannot_be_used(
    tls_stub: StubServer, tmp_path: Path, variable: str, content: bytes | None
) -> None:
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(WrongUsage, match=f"{variable} names .*ca.pem, which cannot be used"):
        open_registry(tls_stub, **{variable: str(file)}).model("iris")
