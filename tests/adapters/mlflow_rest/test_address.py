"""What MLflow's environment variables mean, and that nothing secret leaves them."""

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coronet.adapters.mlflow_rest.address import parse_address
from coronet.errors import WrongUsage

USER = {"MLFLOW_TRACKING_USERNAME": "engineer", "MLFLOW_TRACKING_PASSWORD": "hunter2"}
TOKEN = {"MLFLOW_TRACKING_TOKEN": "t0ken"}


def basic(text: str) -> str:
    return "Basic " + b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    ("url", "host", "port", "base"),
    [
        ("http://mlflow.internal", "mlflow.internal", None, ""),
        ("https://mlflow.internal:8443/", "mlflow.internal", 8443, ""),
        ("http://proxy.internal/tools/mlflow/", "proxy.internal", None, "/tools/mlflow"),
        ("http://[::1]:5000", "::1", 5000, ""),
        (" HTTP://LOCALHOST:5000\n", "localhost", 5000, ""),
    ],
)
def test_an_address_is_read(url: str, host: str, port: int | None, base: str) -> None:
    address = parse_address(url, {})
    assert (address.host, address.port, address.base) == (host, port, base)
    assert parse_address(address.url, {}) == address


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mlflow.internal:5000",
        "ftp://mlflow.internal",
        "http://",
        "http://:5000",
        "http://host:port",
        "http://host:99999",
        "http://host:0",
        "http://[::1",
        "http://host/?query=1",
        "http://host/#/experiments/1",
        "http://ho st",
        "http://host/a b",
        "http://host/\r\nX-Header: 1",
        "http://hôst",
        "http://user:s3cret@host:port",
    ],
)
def test_what_is_no_address_is_refused_without_being_repeated(url: str) -> None:
    with pytest.raises(WrongUsage) as caught:
        parse_address(url, {})
    assert "s3cret" not in caught.value.message + caught.value.hint
    assert "https://HOST" in caught.value.hint


@pytest.mark.parametrize(
    ("url", "environment", "authorization"),
    [
        ("http://host", {}, None),
        ("http://host", USER, basic("engineer:hunter2")),
        ("http://host", TOKEN, "Bearer t0ken"),
        ("http://host", {**USER, **TOKEN}, basic("engineer:hunter2")),
        ("http://host", {"MLFLOW_TRACKING_TOKEN": " t0ken\n"}, "Bearer t0ken"),
        ("http://host", {**USER, "MLFLOW_TRACKING_PASSWORD": "pässwörd: x"}, basic("engineer:pässwörd: x")),
        ("http://other:p%40ss@host", USER, basic("other:p@ss")),
        ("http://other@host", {}, basic("other:")),
    ],
)
def test_credentials_become_a_header(url: str, environment: dict[str, str], authorization: str | None) -> None:
    assert parse_address(url, environment).headers.get("Authorization") == authorization


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"MLFLOW_TRACKING_USERNAME": "engineer"}, "MLFLOW_TRACKING_PASSWORD"),
        ({**USER, "MLFLOW_TRACKING_PASSWORD": ""}, "MLFLOW_TRACKING_PASSWORD"),
        ({"MLFLOW_TRACKING_PASSWORD": "hunter2"}, "MLFLOW_TRACKING_USERNAME"),
        ({"MLFLOW_TRACKING_TOKEN": "hunter2\nX-Evil: 1"}, "MLFLOW_TRACKING_TOKEN"),
        ({"MLFLOW_TRACKING_TOKEN": "hünter2"}, "MLFLOW_TRACKING_TOKEN"),
        ({"MLFLOW_WORKSPACE": "a\r\nb"}, "MLFLOW_WORKSPACE"),
        ({"MLFLOW_TRACKING_INSECURE_TLS": "perhaps"}, "MLFLOW_TRACKING_INSECURE_TLS"),
        (
            {"MLFLOW_TRACKING_INSECURE_TLS": "true", "MLFLOW_TRACKING_SERVER_CERT_PATH": "ca.pem"},
            "MLFLOW_TRACKING_SERVER_CERT_PATH",
        ),
    ],
)
def test_what_cannot_be_sent_is_named(environment: dict[str, str], named: str) -> None:
    with pytest.raises(WrongUsage) as caught:
        parse_address("http://host", environment)
    assert named in caught.value.message
    assert "hunter2" not in caught.value.message + caught.value.hint


def test_a_workspace_is_sent() -> None:
    assert parse_address("http://host", {"MLFLOW_WORKSPACE": "risk"}).headers == {"X-MLFLOW-WORKSPACE": "risk"}


@pytest.mark.parametrize(("value", "verify"), [("", True), ("false", True), ("0", True), ("True", False), ("1", False)])
def test_verification_is_off_only_when_asked(value: str, verify: bool) -> None:
    assert parse_address("https://host", {"MLFLOW_TRACKING_INSECURE_TLS": value}).verify is verify


def test_an_address_shows_no_secret() -> None:
    address = parse_address("http://engineer:hunter2@host:5000/base", TOKEN)
    shown = f"{address} {address!r} {address.url}"
    assert "hunter2" not in shown
    assert b64encode(b"engineer:hunter2").decode() not in shown
    assert address.url == "http://host:5000/base"
    assert address.redact("refused engineer:hunter2") == "refused engineer:***"


@given(st.text(), st.dictionaries(st.sampled_from([*USER, *TOKEN, "MLFLOW_TRACKING_INSECURE_TLS"]), st.text()))
def test_any_text_is_an_address_or_refused(text: str, environment: dict[str, str]) -> None:
    for url in (text, f"http://{text}", f"https://host/{text}", f"http://user:{text}@host"):
        try:
            address = parse_address(url, environment)
        except WrongUsage:
            continue
        assert address.host
        assert all(value.isascii() and value.isprintable() for value in (address.base, address.host))
