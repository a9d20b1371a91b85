"""A connection to GitHub's REST API: patient within bounds, and careful with what must not be done twice."""

import json
import random
import time
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from coronet.adapters.github.address import Address
from coronet.adapters.github.answers import Absent, Answer, Failure, explain
from coronet.errors import Unavailable

if TYPE_CHECKING:
    from github.Requester import Requester

# The version whose pull requests have a merge_commit_sha.
VERSION = "2022-11-28"
PAGE = 100
TIMEOUT = 30  # seconds, for the connection and for each part of the answer
# Before the second try, the third …; each is halved to one and a half times.
PAUSES = (0.5, 1.0, 2.0)
_HEADERS = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": VERSION}

Found = TypeVar("Found")


def quiet(step: str, detail: str = "") -> None:
    """Tell nobody."""


class Connection:
    """Requests to one API with one token; `pause` waits, `jitter` gives numbers from 0 to 1, `tell` is told of waits.

    Raises `Absent` for 404, `Forbidden` for 403, `Refused` for 422, `Conflict` for 409 and `Unavailable`
    for all else. The token is in no message.
    """

    def __init__(
        self,
        address: Address,
        token: str,
        *,
        timeout: int = TIMEOUT,
        pause: Callable[[float], None] = time.sleep,  # between tries, counted and bounded
        jitter: Callable[[], float] = random.random,
        tell: Callable[[str, str], None] = quiet,
    ) -> None:
        self.address = address
        self._token = token
        self._timeout = timeout
        self._pause = pause
        self._jitter = jitter
        self._tell = tell

    def close(self) -> None:
        if "_requester" in self.__dict__:
            self._requester.close()

    @property
    def of_installation(self) -> bool:
        """Whether the token is an App's (a workflow's own is one): such a token has no user."""
        return self._token.startswith("ghs_")

    # --- reading ---

    def get(self, path: str, **parameters: str | int) -> Any:
        return self._patiently("GET", path, parameters)[1]

    def find(self, path: str, **parameters: str | int) -> Any:
        """As `get`, but None for what is not there."""
        try:
            return self.get(path, **parameters)
        except Absent:
            return None

    def pages(self, path: str, **parameters: str | int) -> Iterator[list[Any]]:
        """A list page by page, each fetched when it is asked for."""
        number = 1
        while True:
            headers, data = self._patiently("GET", path, {"per_page": PAGE, "page": number, **parameters})
            if not isinstance(data, list):
                raise Unavailable(f"GitHub answered GET {path} with no list", hint="run this again")
            yield data
            if 'rel="next"' not in headers.get("link", ""):
                return
            number += 1

    def items(self, path: str, **parameters: str | int) -> list[Any]:
        """A whole list."""
        return [item for page in self.pages(path, **parameters) for item in page]

    # --- writing ---

    def send(self, verb: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """A write that changes nothing more when it is repeated."""
        return self._patiently(verb, path, {}, body)[1]

    def create(
        self, path: str, body: Mapping[str, Any], *, find: Callable[[], Found | None], read: Callable[[Any], Found]
    ) -> Found:
        """A POST that must not be done twice: where it may have been done, `find` looks before another try."""
        for number in range(len(PAUSES) + 1):
            answer = self._try("POST", path, {}, body)
            if not isinstance(answer, Failure):
                return read(answer[1])
            is_last = number == len(PAUSES)
            if answer.ambiguous or (answer.repeatable and not is_last):
                self._rest(number, answer)
            if answer.ambiguous and (there := find()) is not None:
                return there
            if not answer.repeatable or is_last:
                raise answer.error
        raise AssertionError("the last try returns or raises")

    # --- within ---

    def _patiently(
        self, verb: str, path: str, parameters: Mapping[str, str | int], body: Mapping[str, Any] | None = None
    ) -> tuple[Mapping[str, str], Any]:
        number = 0
        while isinstance(answer := self._try(verb, path, parameters, body), Failure):
            if not answer.repeatable or number == len(PAUSES):
                raise answer.error
            self._rest(number, answer)
            number += 1
        return answer

    def _rest(self, number: int, failure: Failure) -> None:
        spread = self._jitter()
        if failure.wait is not None:
            self._tell("wait", f"{failure.wait:.0f} s, as GitHub asks")
            self._pause(failure.wait + spread)
        else:
            self._pause(PAUSES[min(number, len(PAUSES) - 1)] * (0.5 + spread))

    def _try(
        self, verb: str, path: str, parameters: Mapping[str, str | int], body: Mapping[str, Any] | None
    ) -> tuple[Mapping[str, str], Any] | Failure:
        asked = f"{verb} {path}"
        try:
            status, headers, text = self._requester.requestJson(
                verb, path, parameters=dict(parameters), headers=dict(_HEADERS), input=body
            )
        except (OSError, RuntimeError, ValueError) as error:
            from coronet.adapters.github.network import explain_network

            return explain_network(error, asked=asked, address=self.address, timeout=self._timeout)
        try:
            data = json.loads(text) if text else None
        except ValueError:
            data = None
            if status < 300:
                cut = Unavailable(f"GitHub's answer to {asked} is no JSON", hint="run this again")
                return Failure(error=cut, repeatable=True, ambiguous=True)
        if 200 <= status < 300:
            return headers, data
        return explain(Answer(asked=asked, status=status, headers=headers, data=data))

    @cached_property
    def _requester(self) -> "Requester":
        """PyGithub's, without its own tries: they repeat writes whose first try may have arrived."""
        from github import Auth, Github

        api = Github(
            base_url=self.address.api,
            auth=Auth.Token(self._token),
            timeout=self._timeout,
            retry=None,
            per_page=PAGE,
            seconds_between_requests=None,
            seconds_between_writes=None,
            user_agent="coronet",
        )
        return api.requester
