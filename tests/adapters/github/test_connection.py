"""What is asked of GitHub again, what never is, how long is waited, and what errors say."""

import json
from pathlib import Path

import pytest

from coronet.adapters.github.answers import Absent, Forbidden
from coronet.adapters.github.connection import PAUSES
from coronet.errors import Conflict, CoronetError, Refused, Unavailable
from tests.adapters.github.conftest import TOKEN, Line, connect
from tests.fakes.certificates import self_signed
from tests.fakes.http_server import Asked, Handler, Reply, StubServer, json_reply

PATH = "/repos/acme/models/pulls"
MESSAGE = {"message": "as told"}


def methods(line: Line) -> list[str]:
    return [asked.method for asked in line.stub.asked]


def failure(line: Line, *answers: Reply) -> CoronetError:
    """How a reading ends."""
    line.stub.reply_with(*answers)
    with pytest.raises(CoronetError) as caught:
        line.connection.get(PATH)
    return caught.value


# --- what is sent ---------------------------------------------------------------------------------


def test_every_request_says_who_asks_in_which_version(line: Line) -> None:
    line.connection.get(PATH, state="all")
    (asked,) = line.stub.asked
    assert (asked.path, asked.query) == (f"/api/v3{PATH}", {"state": "all"})
    assert asked.headers["Authorization"] == f"token {TOKEN}"
    assert asked.headers["X-GitHub-Api-Version"] == "2022-11-28"
    assert asked.headers["User-Agent"] == "coronet"


def test_one_connection_serves_many_requests(line: Line) -> None:
    for _ in range(3):
        line.connection.get(PATH)
    assert line.stub.connections == 1


def test_a_list_is_read_page_by_page_as_long_as_there_is_a_next_one(line: Line) -> None:
    def answer(asked: Asked) -> Reply:
        number = int(asked.query["page"])
        more = {"Link": f'<{line.stub.url}/api/v3{PATH}?page={number + 1}>; rel="next"'} if number < 3 else {}
        return json_reply([number], 200, **more)

    line.stub.answer = answer
    assert line.connection.items(PATH) == [1, 2, 3]
    assert {asked.query["per_page"] for asked in line.stub.asked} == {"100"}
    pages = line.connection.pages(PATH)
    assert next(pages) == [1]
    assert len(line.stub.asked) == 4  # what nobody wants is not asked for


def test_a_list_that_is_none_is_no_empty_list(line: Line) -> None:
    line.stub.reply_with(json_reply({}))
    with pytest.raises(Unavailable, match="with no list"):
        line.connection.items(PATH)


# --- trying again ---------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_reading_is_tried_again_when_github_stumbles(line: Line, status: int) -> None:
    line.stub.reply_with(json_reply(MESSAGE, status), json_reply({"number": 7}))
    assert line.connection.get(PATH) == {"number": 7}
    assert line.pauses == [PAUSES[0]]


def test_tries_are_bounded_and_come_later_and_later(line: Line) -> None:
    error = failure(line, json_reply(MESSAGE, 502))
    assert isinstance(error, Unavailable)
    assert "502: as told" in error.message
    assert len(line.stub.asked) == len(PAUSES) + 1
    assert line.pauses == list(PAUSES)


def test_a_write_that_may_be_repeated_is(line: Line) -> None:
    line.stub.reply_with(json_reply(MESSAGE, 502), json_reply({}))
    line.connection.send("POST", f"{PATH}/1/labels", {"labels": ["promotion"]})
    assert methods(line) == ["POST", "POST"]


@pytest.mark.parametrize("hint", ["cut", "hung up", "silent", "garbled"])
def test_a_lost_answer_is_asked_for_again(stub: StubServer, hint: str) -> None:
    line = connect(stub, timeout=1)

    def lose(handler: Handler) -> None:
        if hint == "silent":
            stub.released.wait(1.5)
        handler.close_connection = True

    lost = {"cut": Reply(length=100), "garbled": Reply(body=b'{"number": ')}.get(hint, lose)
    stub.reply_with(lost, json_reply({"number": 7}))
    assert line.connection.get(PATH) == {"number": 7}


def test_headers_that_nobody_can_read_are_a_lost_answer(line: Line) -> None:
    line.stub.reply_with(json_reply(MESSAGE, 200, **{"X-RateLimit-Reset": "soon"}), json_reply({"number": 7}))
    assert line.connection.get(PATH) == {"number": 7}


# --- what must not be done twice ------------------------------------------------------------------


def create(line: Line, *, there_after: int | None) -> object:
    """Create something which a look finds from the given look on."""
    looks = 0

    def find() -> str | None:
        nonlocal looks
        looks += 1
        return "found" if there_after is not None and looks >= there_after else None

    return line.connection.create(PATH, {"title": "x"}, find=find, read=lambda data: data["made"])


def test_what_was_created_although_the_answer_was_lost_is_found_and_not_created_again(line: Line) -> None:
    line.stub.reply_with(json_reply(MESSAGE, 502))
    assert create(line, there_after=1) == "found"
    assert methods(line) == ["POST"]


def test_what_was_not_created_is_created_after_a_look(line: Line) -> None:
    line.stub.reply_with(Reply(length=100), json_reply({"made": "new"}))
    assert create(line, there_after=None) == "new"
    assert methods(line) == ["POST", "POST"]


def test_the_last_try_is_looked_after_as_well(line: Line) -> None:
    line.stub.reply_with(json_reply(MESSAGE, 502))
    assert create(line, there_after=len(PAUSES) + 1) == "found"
    assert len(line.stub.asked) == len(PAUSES) + 1


def test_creating_ends_with_the_trouble_that_stays(line: Line) -> None:
    line.stub.reply_with(json_reply(MESSAGE, 502))
    with pytest.raises(Unavailable, match="502"):
        create(line, there_after=None)
    assert len(line.stub.asked) == len(PAUSES) + 1


def test_a_limit_did_nothing_so_that_nobody_needs_to_look(line: Line) -> None:
    line.stub.reply_with(json_reply(MESSAGE, 429, **{"Retry-After": "7"}), json_reply({"made": "new"}))
    assert create(line, there_after=1) == "new"
    assert line.pauses == [7.5]


def test_a_refusal_to_create_is_final(line: Line) -> None:
    line.stub.reply_with(json_reply(MESSAGE, 422))
    with pytest.raises(Refused):
        create(line, there_after=1)
    assert (len(line.stub.asked), line.pauses) == (1, [])


# --- limits ---------------------------------------------------------------------------------------

DATE = "Fri, 20 Nov 2026 12:00:00 GMT"
NOON = 1795176000


@pytest.mark.parametrize(
    ("status", "message", "headers", "wait"),
    [
        (429, "slow down", {"Retry-After": "3"}, 3.5),
        (403, "You have exceeded a secondary rate limit.", {"Retry-After": "60"}, 60.5),
        (403, "You have exceeded a secondary rate limit.", {}, 60.5),
        (403, "no", {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(NOON + 20)}, 21.5),
        (403, "no", {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(NOON - 20)}, 1.5),
    ],
)
def test_a_limit_is_waited_for(line: Line, status: int, message: str, headers: dict[str, str], wait: float) -> None:
    def answer(asked: Asked) -> Handler | Reply | object:
        if len(line.stub.asked) > 1:
            return json_reply({"number": 7})
        return lambda handler: say(handler, status, message, headers)

    line.stub.answer = answer  # type: ignore[assignment]
    assert line.connection.get(PATH) == {"number": 7}
    assert line.pauses == [wait]
    assert line.told == [f"wait {wait - 0.5:.0f} s, as GitHub asks"]


def say(handler: Handler, status: int, message: str, headers: dict[str, str]) -> None:
    """An answer at noon by GitHub's clock."""
    body = json.dumps({"message": message}).encode()
    handler.send_response_only(status)
    for name, value in {"Date": DATE, "Content-Length": str(len(body)), **headers}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


def test_a_limit_that_lasts_is_not_waited_for(line: Line) -> None:
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(NOON + 1800)}
    line.stub.answer = lambda asked: lambda handler: say(handler, 403, "API rate limit exceeded", headers)
    with pytest.raises(Unavailable) as caught:
        line.connection.get(PATH)
    assert "wait 1801 s, until 2026-11-20T12:30:00Z" in caught.value.message
    assert "60 s at most" in caught.value.hint
    assert (len(line.stub.asked), line.pauses) == (1, [])


def test_a_limit_that_comes_again_and_again_ends_it(line: Line) -> None:
    error = failure(line, json_reply(MESSAGE, 429, **{"Retry-After": "1"}))
    assert "asks to wait 1 s" in error.message
    assert len(line.stub.asked) == len(PAUSES) + 1


# --- what errors say ------------------------------------------------------------------------------


def test_a_token_that_is_not_accepted(line: Line) -> None:
    error = failure(line, json_reply({"message": "Bad credentials"}, 401))
    assert isinstance(error, Unavailable)
    assert error.message == "GitHub does not accept the token: Bad credentials"
    assert "gh auth status" in error.hint


def test_a_permission_that_is_missing_is_named(line: Line) -> None:
    headers = {"X-Accepted-GitHub-Permissions": "pull_requests=write; contents=read,administration=write"}
    error = failure(line, json_reply({"message": "Resource not accessible by integration"}, 403, **headers))
    assert isinstance(error, Forbidden)
    assert error.message == (
        f"GitHub refused GET {PATH}: Resource not accessible by integration; it wants the permission "
        "pull-requests: write and contents: read or administration: write"
    )
    assert "`permissions:` of the job" in error.hint
    assert len(line.stub.asked) == 1


def test_a_permission_that_nobody_names(line: Line) -> None:
    assert isinstance(failure(line, json_reply(MESSAGE, 403)), Forbidden)


def test_single_sign_on(line: Line) -> None:
    headers = {"X-GitHub-SSO": "required; url=https://github.com/orgs/acme/sso?authorization_request=x"}
    error = failure(line, json_reply(MESSAGE, 403, **headers))
    assert error.hint.endswith("authorize the token at https://github.com/orgs/acme/sso?authorization_request=x")


@pytest.mark.parametrize("status", [404, 410])
def test_what_is_not_there_or_not_shown(line: Line, status: int) -> None:
    assert isinstance(failure(line, json_reply(MESSAGE, status)), Absent)
    assert line.connection.find(PATH) is None


def test_something_that_changed_meanwhile(line: Line) -> None:
    assert isinstance(failure(line, json_reply(MESSAGE, 409)), Conflict)


def test_a_refusal_has_the_list_of_github(line: Line) -> None:
    errors = [
        {"resource": "PullRequest", "code": "custom", "message": "No commits between\nmain and x"},
        {"resource": "PullRequest", "field": "head", "code": "invalid"},
        "plain",
    ]
    error = failure(line, json_reply({"message": "Validation Failed", "errors": errors}, 422))
    assert isinstance(error, Refused)
    assert error.message == f"GitHub refused GET {PATH}: Validation Failed"
    said = ["No commits between main and x", "PullRequest head invalid", "plain"]
    assert [finding.message for finding in error.findings] == said
    alone = failure(line, json_reply({"message": "Unprocessable", "errors": "too many"}, 422))
    assert [finding.message for finding in alone.findings] == ["too many"]


@pytest.mark.parametrize("body", [b"<html>", b"", b"[]", b'"text"'])
def test_errors_without_words(line: Line, body: bytes) -> None:
    error = failure(line, Reply(status=418, body=body))
    assert error.message == f"GitHub answered GET {PATH} with 418"


def test_a_repository_that_moved(line: Line) -> None:
    """307 keeps the method; what was written would otherwise look done."""
    error = failure(line, json_reply({"message": "Moved"}, 307, Location="http://elsewhere.example/"))
    assert "sends GET /repos/acme/models/pulls elsewhere (307: Moved)" in error.message
    assert "renamed" in error.hint


def test_a_server_that_sends_everybody_away(line: Line) -> None:
    error = failure(line, Reply(status=301, headers={"Location": "http://elsewhere.example/"}))
    assert "to another place" in error.message
    assert "GITHUB_API_URL" in error.hint


def test_a_host_that_is_not_there(stub: StubServer) -> None:
    line = connect(stub, api="http://no-such-host.invalid/api/v3")
    with pytest.raises(Unavailable, match="no address was found") as caught:
        line.connection.get(PATH)
    assert "DNS" in caught.value.hint
    assert line.pauses == []


def test_a_host_that_refuses_connections(stub: StubServer) -> None:
    line = connect(stub, api="http://127.0.0.1:9/api/v3")
    with pytest.raises(Unavailable, match="refuses connections"):
        line.connection.get(PATH)
    assert len(line.pauses) == len(PAUSES)


def test_nothing_is_looked_for_where_nothing_can_have_arrived(stub: StubServer) -> None:
    line = connect(stub, api="http://127.0.0.1:9/api/v3")
    with pytest.raises(Unavailable, match="refuses connections"):
        create(line, there_after=1)


def test_a_certificate_that_nobody_here_trusts(stub: StubServer, tmp_path: Path) -> None:
    stub.speak_tls(str(self_signed(tmp_path)))
    line = connect(stub, api=f"https://127.0.0.1:{stub.port}/api/v3")
    with pytest.raises(Unavailable, match="a certificate that this machine does not trust") as caught:
        line.connection.get(PATH)
    assert "REQUESTS_CA_BUNDLE" in caught.value.hint


def test_a_proxy_that_is_not_there(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with pytest.raises(Unavailable, match="the proxy"):
        connect(line.stub, api="http://github.example/api/v3").connection.get(PATH)


def test_a_slow_answer_says_how_long_was_waited(stub: StubServer) -> None:
    line = connect(stub, timeout=1)

    def dawdle(handler: Handler) -> None:
        stub.released.wait(1.5)

    stub.reply_with(dawdle)
    with pytest.raises(Unavailable, match=f"did not answer GET {PATH} within 1 s"):
        line.connection.get(PATH)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422, 429, 500])
def test_no_message_holds_the_token(line: Line, status: int) -> None:
    error = failure(line, json_reply(MESSAGE, status, **{"Retry-After": "100"} if status == 429 else {}))
    assert TOKEN not in f"{error.message} {error.hint} {error.findings}"
