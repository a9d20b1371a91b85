"""Which function answers which request of the REST API."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import unquote, urlencode

from tests.github.state import Account, Issue, Json, Pull, Repository, Right, Token

if TYPE_CHECKING:
    from tests.github.hub import Hub

_SEVERAL = {"path", "ref", "branch", "basehead", "name"}  # parameters that may hold slashes
_PAGE = 30
_MOST = 100


class Refusal(Exception):
    """An answer that is an error; `errors` as the API lists them."""

    def __init__(self, status: int, message: str, errors: Sequence[Any] = (), **headers: str) -> None:
        super().__init__(message)
        self.status = status
        self.errors = list(errors)
        self.headers = headers


@dataclass(kw_only=True, slots=True)
class Answer:
    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(kw_only=True, slots=True)
class Call:
    """One request, its caller, and what the path names."""

    hub: "Hub"
    method: str
    path: str
    query: dict[str, str]
    given: Json
    names: dict[str, str]
    token: Token | None
    route: "Route"

    @property
    def account(self) -> Account:
        """The caller, where one is needed: 401 for nobody."""
        if self.token is None:
            raise Refusal(401, "Requires authentication")
        return self.token.account

    @property
    def repository(self) -> Repository:
        """The repository in the path; 404 for who may not see it."""
        found = self.hub.repositories.get(f"{self.names['owner']}/{self.names['repo']}".lower())
        if found is None or not self.right_in(found).includes(Right.READ):
            missing()
        return found

    def right_in(self, repository: Repository) -> Right:
        """An app has in its own repository what its permissions say, and elsewhere what everybody has."""
        if self.token is None or self.token.kind == "person":
            return repository.right(self.token.account if self.token else None)
        if self.token.repository == repository.full_name:
            return Right.ADMIN
        return Right.NONE if repository.private else Right.READ

    def may(self, permission: str) -> bool:
        """Whether the token has a permission such as `contents:write`; a person's has all."""
        if self.token is None or self.token.kind == "person":
            return True
        name, level = permission.split(":")
        order = ["none", "read", "write", "admin"]
        had = "read" if name == "metadata" else self.token.permissions.get(name, "none")
        return order.index(had) >= order.index(level)

    def issue(self) -> Issue:
        number = self.names.get("issue_number") or self.names.get("pull_number") or ""
        found = self.repository.issues.get(int(number)) if number.isdigit() else None
        return found or missing()

    def pull(self) -> tuple[Issue, Pull]:
        issue = self.issue()
        return (issue, issue.pull) if issue.pull else missing()

    def text(self, name: str, default: str = "") -> str:
        return str(self.given.get(name) or default)


@dataclass(frozen=True, kw_only=True, slots=True)
class Route:
    """`needs` are the permissions of which an app's token must have one; `right` is what a person must have."""

    method: str
    template: str
    answer: Callable[[Call], Any]
    needs: tuple[str, ...]
    right: Right
    pattern: "re.Pattern[str]"


ROUTES: list[Route] = []


def route(
    method: str, template: str, *needs: str, right: Right = Right.READ
) -> Callable[[Callable[[Call], Any]], Callable[[Call], Any]]:
    """Answer `method` `template` (written as in GitHub's reference) by the function below."""

    def add(answer: Callable[[Call], Any]) -> Callable[[Call], Any]:
        pattern = re.sub(r"\{(\w+)\}", _group, template)
        ROUTES.append(
            Route(
                method=method,
                template=template,
                answer=answer,
                needs=needs,
                right=right,
                pattern=re.compile(f"{pattern}/?"),
            )
        )
        return answer

    return add


def _group(found: "re.Match[str]") -> str:
    return f"(?P<{found[1]}>{'.+' if found[1] in _SEVERAL else '[^/]+'})"


def find_route(method: str, path: str) -> tuple[Route, dict[str, str]] | None:
    """The route with the most fixed words that fits."""
    fitting = [(each, found) for each in ROUTES if each.method == method and (found := each.pattern.fullmatch(path))]
    if not fitting:
        return None
    best, found = max(fitting, key=lambda pair: len(re.sub(r"\{\w+\}", "", pair[0].template)))
    return best, {name: unquote(value) for name, value in found.groupdict().items()}


def missing() -> NoReturn:
    raise Refusal(404, "Not Found")


def invalid(resource: str, field_name: str, code: str = "invalid", message: str | None = None) -> NoReturn:
    """422, as GitHub words it."""
    error: Json = {"resource": resource, "field": field_name, "code": code}
    raise Refusal(422, "Validation Failed", [{**error, **({"message": message} if message else {})}])


def page(call: Call, items: Iterable[Any], *, shape: Callable[[Any], Any] = lambda item: item) -> Answer:
    """One page of the items, with the links to the others; only what is answered is given its shape."""
    every = list(items)
    size = min(max(_number(call, "per_page", _PAGE), 1), _MOST)
    number = max(_number(call, "page", 1), 1)
    last = max(-(-len(every) // size), 1)
    links = []
    for name, target, there in (
        ("prev", number - 1, number > 1),
        ("next", number + 1, number < last),
        ("last", last, number < last),
        ("first", 1, number > 1),
    ):
        if there:
            query = urlencode({**call.query, "page": target})
            links.append(f'<{call.hub.api}{call.path}?{query}>; rel="{name}"')
    shown = [shape(item) for item in every[(number - 1) * size : number * size]]
    return Answer(body=shown, headers={"Link": ", ".join(links)} if links else {})


def _number(call: Call, name: str, default: int) -> int:
    text = call.query.get(name, "")
    return int(text) if text.isdigit() else default
