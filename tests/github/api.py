"""Handling one request of the REST API: who asks, may they, what is answered, and is that what GitHub publishes."""

import json
import traceback
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tests.github import published
from tests.github.git_http import token_of
from tests.github.routing import Answer, Call, Refusal, Route, find_route
from tests.github.state import Json, Right, Token

if TYPE_CHECKING:
    from tests.github.hub import Hub

VERSION = "2022-11-28"
_UNPUBLISHED = {"/meta"}
_NO_RIGHT = {Right.ADMIN: "Must have admin rights to Repository."}


def answer_api(
    hub: "Hub", method: str, path: str, query: dict[str, str], headers: Mapping[str, str], body: bytes
) -> Answer:
    """`path` is without /api/v3, and still quoted."""
    from tests.github import routes

    assert routes
    token = token_of(hub, headers)
    found = find_route(method, path)
    try:
        if token is None and "authorization" in headers:
            raise Refusal(401, "Bad credentials")
        _check_headers(headers)
        if path != "/rate_limit":
            _count(hub, token)
        if found is None:
            hub.unknown_routes.append(f"{method} {path}")
            raise Refusal(404, "Not Found")
        answer = _called(hub, method, path, query, body, token, *found)
    except Refusal as refusal:
        answer = _error(refusal, found[0] if found else None)
    except Exception:  # noqa: BLE001  # a defect of the stand-in is told at the end of the test, not to the client
        hub.failures.append(traceback.format_exc())
        answer = Answer(body={"message": "Server Error"}, status=500)
    answer.headers = {**_limits(hub, token), **answer.headers}
    if found:
        return _checked(hub, found[0], answer)
    return answer


def _called(
    hub: "Hub",
    method: str,
    path: str,
    query: dict[str, str],
    body: bytes,
    token: Token | None,
    route: Route,
    names: dict[str, str],
) -> Answer:
    given = _given(body)
    call = Call(
        hub=hub,
        method=method,
        path=path,
        query=query,
        given=given if isinstance(given, dict) else {"": given},
        names=names,
        token=token,
        route=route,
    )
    _authorize(call)
    _check_request(hub, route, given, query)
    answer = route.answer(call)
    return answer if isinstance(answer, Answer) else Answer(body=answer)


def _given(body: bytes) -> Any:
    if not body:
        return {}
    try:
        return json.loads(body)
    except ValueError:
        raise Refusal(400, "Problems parsing JSON") from None


def _authorize(call: Call) -> None:
    """404 for what may not be seen, 403 for what may not be done."""
    if "{repo}" not in call.route.template:
        return
    repository = call.repository
    if call.method != "GET":
        assert call.account
    if call.token and call.token.kind != "person":
        own = call.token.repository == repository.full_name
        reads = call.method == "GET" and not repository.private
        if not (own and any(call.may(each) for each in call.route.needs)) and not (
            reads and all(each.endswith(":read") and not each.startswith("administration") for each in call.route.needs)
        ):
            accepted = "; ".join(each.replace(":", "=") for each in call.route.needs)
            raise Refusal(403, "Resource not accessible by integration", **{"X-Accepted-GitHub-Permissions": accepted})
    elif not call.right_in(repository).includes(call.route.right):
        raise Refusal(403, _NO_RIGHT.get(call.route.right, "Must have push access to repository"))


def _check_request(hub: "Hub", route: Route, given: Any, query: dict[str, str]) -> None:
    """A request that GitHub does not publish is recorded, and refused as GitHub refuses what it does not understand."""
    known = published.operation(route.method, route.template)
    if known is None:
        return
    sent = given if given or known.request else None
    if problems := published.request_problems(known, sent, query):
        hub.invalid.append(f"request {route.method} {route.template}: {'; '.join(problems)}")
        raise Refusal(422, f"Invalid request.\n\n{problems[0]}")


def _check_headers(headers: Mapping[str, str]) -> None:
    if not headers.get("user-agent"):
        raise Refusal(
            403, "Request forbidden by administrative rules. Please make sure your request has a User-Agent header"
        )
    version = headers.get("x-github-api-version", VERSION)
    if version != VERSION:
        raise Refusal(400, f"'{version}' is not a supported version: the stand-in speaks {VERSION}")


def _count(hub: "Hub", token: Token | None) -> None:
    """GitHub's primary limit: so many calls an hour for each token."""
    if token is None:
        return
    token.used += 1
    if token.used > token.limit:
        who = "installation" if token.kind != "person" else f"user ID {token.account.id}"
        raise Refusal(403, f"API rate limit exceeded for {who}.")


def _limits(hub: "Hub", token: Token | None) -> dict[str, str]:
    limit, used = (token.limit, token.used) if token else (60, 0)
    return {
        "X-RateLimit-Limit": str(limit),
        "X-RateLimit-Used": str(used),
        "X-RateLimit-Remaining": str(max(limit - used, 0)),
        "X-RateLimit-Reset": str(int(hub.clock.now.timestamp()) + 3600),
        "X-RateLimit-Resource": "core",
        "X-GitHub-Request-Id": f"STND:{len(hub.requests)}",
        "X-GitHub-Api-Version-Selected": VERSION,
        "X-GitHub-Media-Type": "github.v3; format=json",
    }


def _error(refusal: Refusal, route: Route | None) -> Answer:
    known = published.operation(route.method, route.template) if route else None
    body: Json = {
        "message": str(refusal),
        "documentation_url": known.documentation if known else "https://docs.github.com/rest",
        "status": str(refusal.status),
    }
    if refusal.errors:
        body["errors"] = refusal.errors
    return Answer(body=body, status=refusal.status, headers=dict(refusal.headers))


def _checked(hub: "Hub", route: Route, answer: Answer) -> Answer:
    """The answer, or 500 where it is not what GitHub publishes for this operation."""
    known = published.operation(route.method, route.template)
    if known is None and route.template in _UNPUBLISHED:
        return answer
    problems = published.answer_problems(known, answer.status, answer.body) if known else ["no such operation"]
    if not problems:
        return answer
    hub.invalid.append(f"answer {answer.status} {route.method} {route.template}: {'; '.join(problems)}")
    return Answer(body={"message": "The stand-in's answer is not what GitHub publishes"}, status=500)
