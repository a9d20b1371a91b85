"""A server that is down, slow, busy, broken, hostile, or no MLflow server at all."""

import socket
from base64 import b64encode
from collections.abc import Callable
from itertools import count
from time import monotonic

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coronet.adapters.mlflow_rest.address import parse_address
from coronet.adapters.mlflow_rest.answers import LARGEST_JSON
from coronet.adapters.mlflow_rest.registry import RestRegistry
from coronet.adapters.mlflow_rest.server import Server
from coronet.errors import CoronetError, InvalidInput, Unavailable
from tests.fakes.http_server import Asked, Handler, Reply, StubServer, error_reply, json_reply
from tests.servers import free_port

IRIS = json_reply({"registered_model": {"name": "iris", "aliases": [{"alias": "champion", "version": "7"}]}})


def refusal(action: Callable[[], object]) -> Unavailable:
    with pytest.raises(Unavailable) as caught:
        action()
    assert caught.value.hint
    assert "\n" not in caught.value.message
    return caught.value


# --- nobody there ---


def test_a_server_that_is_down_is_told_within_a_second(pauses: list[float]) -> None:
    address = parse_address(f"http://127.0.0.1:{free_port()}", {})
    registry = RestRegistry(Server(address, sleep=pauses.append, jitter=lambda: 1.0))
    began = monotonic()
    error = refusal(lambda: registry.model("iris"))
    assert error.message == f"nothing answers at {address.url}"
    assert len(pauses) == 3
    assert sum(pauses) + monotonic() - began < 1.5


def test_pauses_grow_and_are_spread() -> None:
    address = parse_address(f"http://127.0.0.1:{free_port()}", {})
    shortest: list[float] = []
    longest: list[float] = []
    for pauses, jitter in ((shortest, 0.0), (longest, 1.0)):
        registry = RestRegistry(Server(address, sleep=pauses.append, jitter=lambda jitter=jitter: jitter))  # type: ignore[misc]
        refusal(lambda registry=registry: registry.models())  # type: ignore[misc]
    assert shortest == sorted(shortest)
    assert all(short < long for short, long in zip(shortest, longest, strict=True))


@pytest.mark.parametrize("host", ["host.invalid", "a" * 64 + ".invalid"])
def test_a_host_that_does_not_exist(host: str, pauses: list[float]) -> None:
    registry = RestRegistry(Server(parse_address(f"http://{host}", {}), sleep=pauses.append))
    assert "has no network address" in refusal(lambda: registry.model("iris")).message


def test_a_network_that_leads_nowhere(pauses: list[float]) -> None:
    registry = RestRegistry(Server(parse_address("http://255.255.255.255", {}), sleep=pauses.append))
    assert "http://255.255.255.255 cannot be reached: " in refusal(lambda: registry.model("iris")).message
    assert pauses == []


# --- slow ---


def wait(handler: Handler) -> None:
    handler.stub.released.wait(30)


def test_a_server_that_does_not_answer_is_left_and_not_asked_again(stub: StubServer, pauses: list[float]) -> None:
    stub.reply_with(wait)
    registry = RestRegistry(Server(parse_address(stub.url, {}), sleep=pauses.append, patience=0.05))
    assert "did not answer in time" in refusal(lambda: registry.model("iris")).message
    assert len(stub.asked) == 1
    assert pauses == []


def test_an_answer_that_drips_is_left(stub: StubServer) -> None:
    def drip(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(b"{")
        handler.wfile.flush()
        handler.stub.released.wait(30)

    stub.reply_with(drip)
    clock = count(0, 1000)
    registry = RestRegistry(Server(parse_address(stub.url, {}), clock=lambda: next(clock)))
    assert "did not answer in time" in refusal(lambda: registry.model("iris")).message


# --- busy ---


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_busy_server_is_asked_again(
    stub: StubServer, registry: RestRegistry, pauses: list[float], status: int
) -> None:
    stub.reply_with(Reply(status=status), Reply(status=status, body=b"<html>"), IRIS)
    assert registry.model("iris") is not None
    assert pauses == [0.1, 0.2]


def test_a_server_that_stays_busy_is_left(stub: StubServer, registry: RestRegistry, pauses: list[float]) -> None:
    stub.reply_with(error_reply(503, "TEMPORARILY_UNAVAILABLE", "database is locked"))
    error = refusal(lambda: registry.set_alias("iris", "champion", "7"))
    assert error.message == f"{stub.url} is overloaded or restarting (503): database is locked"
    assert len(stub.asked) == 4


def test_a_server_says_how_long_to_wait(stub: StubServer, registry: RestRegistry, pauses: list[float]) -> None:
    stub.reply_with(Reply(status=429, headers={"Retry-After": "7"}), IRIS)
    registry.model("iris")
    assert pauses == [7.5]


def test_a_wait_that_is_too_long_is_left_to_the_caller(
    stub: StubServer, registry: RestRegistry, pauses: list[float]
) -> None:
    stub.reply_with(Reply(status=429, headers={"Retry-After": "3600"}))
    assert refusal(lambda: registry.model("iris")).hint == "repeat the command in 3600 seconds"
    assert pauses == []


@pytest.mark.parametrize("asked", ["soon", "-1", "9" * 400, "Fri, 31 Dec 1999 23:59:59 GMT", "１"])
def test_a_wait_that_is_no_number_is_our_own(
    stub: StubServer, registry: RestRegistry, pauses: list[float], asked: str
) -> None:
    header = asked.encode().decode("latin-1")
    stub.reply_with(Reply(status=503, headers={"Retry-After": header}), IRIS)
    registry.model("iris")
    assert pauses == [0.1]


def test_the_raced_first_write_of_an_alias_is_repeated(stub: StubServer, registry: RestRegistry) -> None:
    raced = error_reply(400, "BAD_REQUEST", "(psycopg2.IntegrityError) duplicate key value violates unique constraint")
    stub.reply_with(raced, Reply())
    registry.set_alias("iris", "champion", "7")
    assert [asked.method for asked in stub.asked] == ["POST", "POST"]
    stub.reply_with(raced)
    assert "somebody else wrote to" in refusal(lambda: registry.set_alias("iris", "champion", "7")).message


# --- cut ---


@pytest.mark.parametrize(
    "cut",
    [
        Reply(body=b'{"registered_model"', length=1000),
        Reply(status=404, body=b"{", length=1000),
        lambda handler: handler.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n{"),
        lambda handler: handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Le"),
        lambda handler: None,
    ],
    ids=["body", "error's body", "chunk", "head", "nothing"],
)
def test_a_connection_cut_within_an_answer(
    stub: StubServer, registry: RestRegistry, cut: Reply | Callable[[Handler], None]
) -> None:
    def and_close(handler: Handler) -> None:
        handler.send(cut) if isinstance(cut, Reply) else cut(handler)
        handler.close_connection = True

    stub.reply_with(and_close, IRIS)
    assert registry.model("iris") is not None
    stub.reply_with(and_close)
    assert stub.url in refusal(lambda: registry.model("iris")).message


def test_one_connection_serves_many_requests(stub: StubServer, registry: RestRegistry) -> None:
    stub.reply_with(IRIS, error_reply(404, "RESOURCE_DOES_NOT_EXIST"), IRIS, Reply(), IRIS)
    assert registry.model("iris") is not None
    assert registry.model("iris") is None
    assert registry.model("iris") is not None
    registry.set_alias("iris", "champion", "7")
    assert registry.model("iris") is not None
    assert stub.connections == 1


@pytest.mark.parametrize("headers", [{}, {"Connection": "close"}], ids=["silently", "by a header"])
def test_a_connection_that_the_server_closed_is_opened_again_at_once(
    stub: StubServer, registry: RestRegistry, pauses: list[float], headers: dict[str, str]
) -> None:
    stub.answer = lambda asked: Reply(body=IRIS.body, hang_up=True, headers=headers)
    for _ in range(3):
        assert registry.model("iris") is not None
    assert stub.connections == 3
    assert pauses == []


# --- no MLflow server ---

PAGE = b"<!doctype html><title>Sign in</title>"


@pytest.mark.parametrize(
    "answer",
    [
        Reply(status=404, body=PAGE),
        Reply(status=200, body=PAGE),
        Reply(status=200, body=b""),
        Reply(status=200, body=b"[]"),
        Reply(status=200, body=b"null"),
        Reply(status=200, body=b'{"registered_model": '),
        Reply(status=200, body=b'{"registered_model": {"name": "\xff"}}'),
        Reply(status=200, body=b'{"a":' * 100_000),
        Reply(status=200, body=b"[" * 100_000),
        Reply(status=200, body=b"{}"),
        Reply(status=200, body=b'{"registered_model": []}'),
        Reply(status=200, body=b'{"registered_model": {"aliases": []}}'),
        Reply(status=200, body=b'{"registered_model": {"name": "iris", "aliases": [7]}}'),
        Reply(status=200, body=b'{"registered_model": {"name": "iris", "tags": {"a": "b"}}}'),
        Reply(status=400, body=b"The plain HTTP request was sent to HTTPS port"),
        Reply(status=404, body=b"[" * 100_000),
        Reply(status=405, body=b"[]"),
        Reply(status=418, body=b"\xff"),
        lambda handler: handler.wfile.write(b"SSH-2.0-OpenSSH_9.6\r\n"),
        lambda handler: handler.wfile.write(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n"),
        lambda handler: handler.wfile.write(b"HTTP/1.1 200 OK\r\n" + b"X" * 70_000 + b"\r\n\r\n"),
    ],
)
def test_what_does_not_look_like_mlflow(
    stub: StubServer, registry: RestRegistry, answer: Reply | Callable[[Handler], None]
) -> None:
    stub.reply_with(answer)
    error = refusal(lambda: registry.model("iris"))
    assert error.message.startswith(f"{stub.url} does not look like an MLflow server: ")
    assert "MLFLOW_TRACKING_URI" in error.hint


@pytest.mark.parametrize(
    "item",
    [
        {},
        {"name": "iris"},
        {"name": "iris", "version": "x", "creation_timestamp": 1},
        {"name": "iris", "version": "1", "creation_timestamp": "yesterday"},
        {"name": "iris", "version": "1", "creation_timestamp": 10**30},
        {"name": "iris", "version": "1", "creation_timestamp": None},
        {"name": "iris", "version": "1", "creation_timestamp": 1, "tags": [{"value": "a"}]},
    ],
)
def test_a_version_that_lacks_what_a_version_has(
    stub: StubServer, registry: RestRegistry, item: dict[str, object]
) -> None:
    stub.answer = lambda asked: json_reply({"model_version": item, "model_versions": [item]})
    assert "does not look like" in refusal(lambda: registry.version("iris", "1")).message
    assert "does not look like" in refusal(lambda: registry.versions("iris")).message


def test_an_endless_answer_does_not_fill_the_memory(stub: StubServer, registry: RestRegistry) -> None:
    sent = 0

    def nonsense(handler: Handler) -> None:
        nonlocal sent
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while sent < 200 * 2**20:
            sent += handler.wfile.write(b"10000\r\n" + b" " * 2**16 + b"\r\n")

    stub.reply_with(nonsense)
    assert "is longer than 16 MiB" in refusal(lambda: registry.model("iris")).message
    assert sent < 2 * LARGEST_JSON


def test_pages_that_never_end_are_left(stub: StubServer, registry: RestRegistry) -> None:
    stub.answer = lambda asked: json_reply({"registered_models": [{"name": "iris"}], "next_page_token": "again"})
    assert len(registry.models()) == 2


def test_all_pages_are_read(stub: StubServer, registry: RestRegistry) -> None:
    def page(asked: Asked) -> Reply:
        number = int(asked.query.get("page_token", "1"))
        more = {"next_page_token": str(number + 1)} if number < 3 else {}
        return json_reply({"registered_models": [{"name": f"m{number}"}], **more})

    stub.answer = page
    assert [model.name for model in registry.models()] == ["m1", "m2", "m3"]


# --- credentials, redirects ---


def test_credentials_are_wanted(stub: StubServer, registry: RestRegistry) -> None:
    stub.reply_with(Reply(status=401, body=b"You are not authenticated."))
    error = refusal(lambda: registry.model("iris"))
    assert error.message == f"{stub.url} wants credentials (401)"
    assert "MLFLOW_TRACKING_USERNAME" in error.hint
    assert len(stub.asked) == 1


@pytest.mark.parametrize(
    "environment",
    [
        {"MLFLOW_TRACKING_USERNAME": "engineer", "MLFLOW_TRACKING_PASSWORD": "hunter2"},
        {"MLFLOW_TRACKING_TOKEN": "hunter2"},
    ],
)
@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500, 503])
def test_credentials_that_are_refused_are_not_repeated(
    stub: StubServer, pauses: list[float], environment: dict[str, str], status: int
) -> None:
    registry = RestRegistry(Server(parse_address(stub.url, environment), sleep=pauses.append))
    stub.answer = lambda asked: error_reply(status, "OTHER", f"no: {asked.headers.get('Authorization')}: hunter2")
    with pytest.raises(CoronetError) as caught:
        registry.set_alias("iris", "champion", "7")
    secrets = ["hunter2", b64encode(b"engineer:hunter2").decode()]
    assert all(secret not in f"{caught.value.message} {caught.value.hint}" for secret in secrets)


def test_a_permission_is_missing(stub: StubServer, registry: RestRegistry) -> None:
    stub.reply_with(Reply(status=403, body=b"Permission\x1b[31m denied\r\n"))
    error = refusal(lambda: registry.set_alias("iris", "champion", "7"))
    assert error.message == f"{stub.url} does not allow this (403): Permission[31m denied"
    assert "MLFLOW_TRACKING_USERNAME" in error.hint


def test_a_host_name_is_not_allowed(stub: StubServer, registry: RestRegistry) -> None:
    stub.reply_with(Reply(status=403, body=b"Invalid Host header - possible DNS rebinding attack detected"))
    assert "--allowed-hosts 127.0.0.1" in refusal(lambda: registry.model("iris")).hint


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(stub: StubServer, registry: RestRegistry, status: int) -> None:
    stub.reply_with(Reply(status=status, headers={"Location": f"{stub.url}/login?state=secret#secret"}), IRIS)
    error = refusal(lambda: registry.model("iris"))
    assert "redirect to http://127.0.0.1/login" in error.message
    assert "secret" not in error.message
    assert len(stub.asked) == 1


@pytest.mark.parametrize("location", ["", "http://[", "/login", "\x00"])
def test_a_redirect_to_nowhere(stub: StubServer, registry: RestRegistry, location: str) -> None:
    stub.reply_with(Reply(status=302, headers={"Location": location}))
    assert "answers with a redirect" in refusal(lambda: registry.model("iris")).message


def test_a_server_that_fails_inside(stub: StubServer, registry: RestRegistry) -> None:
    stub.reply_with(error_reply(500, "INTERNAL_ERROR", "x" * 5000))
    error = refusal(lambda: registry.model("iris"))
    assert "failed inside (500)" in error.message
    assert len(error.message) < 400
    assert len(stub.asked) == 1


def test_what_the_server_does_not_accept_is_invalid_input(stub: StubServer, registry: RestRegistry) -> None:
    stub.reply_with(error_reply(400, "INVALID_PARAMETER_VALUE", "'value' exceeds the maximum length"))
    with pytest.raises(InvalidInput, match="exceeds the maximum length"):
        registry.set_version_tags("iris", "7", {"note": "x"})


# --- what is sent ---


def test_a_base_path_and_the_headers_are_sent(stub: StubServer) -> None:
    stub.reply_with(IRIS)
    environment = {"MLFLOW_TRACKING_TOKEN": "t0ken", "MLFLOW_WORKSPACE": "risk"}
    registry = RestRegistry(Server(parse_address(f"{stub.url}/tools/mlflow/", environment)))
    registry.model("a&b=c d/é")
    (asked,) = stub.asked
    assert asked.path == "/tools/mlflow/api/2.0/mlflow/registered-models/get"
    assert asked.query == {"name": "a&b=c d/é"}
    assert asked.headers["Authorization"] == "Bearer t0ken"
    assert asked.headers["X-MLFLOW-WORKSPACE"] == "risk"


def test_an_ipv6_address_is_reached(pauses: list[float]) -> None:
    if not socket.has_dualstack_ipv6():
        pytest.skip("this machine has no IPv6")
    registry = RestRegistry(Server(parse_address(f"http://[::1]:{free_port()}", {}), sleep=pauses.append))
    assert "nothing answers at http://[::1]:" in refusal(lambda: registry.model("iris")).message


KEYS = st.sampled_from(
    [
        "registered_model",
        "model_version",
        "registered_models",
        "model_versions",
        "next_page_token",
        "name",
        "version",
        "aliases",
        "tags",
        "key",
        "value",
        "alias",
        "creation_timestamp",
        "run",
        "info",
        "data",
        "run_id",
        "metrics",
        "experiment_id",
        "experiment",
        "status",
        "artifact_uri",
        "files",
        "path",
        "is_dir",
        "file_size",
        "message",
        "error_code",
    ]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.slow
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=200)
@given(answer=st.dictionaries(KEYS, JSON, max_size=5), status=st.sampled_from([200, 400, 404, 500]))
def test_any_json_is_understood_or_refused(
    stub: StubServer, registry: RestRegistry, answer: dict[str, object], status: int
) -> None:
    stub.answer = lambda asked: json_reply(answer, status)
    for ask in (
        lambda: registry.models(),
        lambda: registry.model("iris"),
        lambda: registry.version("iris", "1"),
        lambda: registry.versions("iris"),
        lambda: registry.run("abc"),
        lambda: registry.load_run_file("abc", "a.json"),
        lambda: registry.set_alias("iris", "champion", "1"),
    ):
        try:
            ask()
        except CoronetError as error:
            assert error.hint  # noqa: PT017
