"""What GitHub's refusals mean: each as an error that says what was found, what was wanted and what to do."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from coronet.core.timestamps import format_time
from coronet.errors import Conflict, CoronetError, Finding, Refused, Unavailable

LONGEST_WAIT = 60.0  # seconds: as long as a limit is waited for; GitHub asks for a minute where it does not say
_UNSAID_WAIT = 60.0
_MOST_FINDINGS = 20


class Absent(Unavailable):
    """GitHub has no such thing, or does not show it to this token."""


class Forbidden(Unavailable):
    """The token may not do this."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Failure:
    """A try that failed.

    `repeatable`: another try may end better; `wait` is how long GitHub asks to wait before (None: it does
    not ask). `ambiguous`: what was asked for may have been done all the same.
    """

    error: CoronetError
    repeatable: bool = False
    ambiguous: bool = False
    wait: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """`asked` is the request in words (`GET /repos/o/r/pulls`); header names are in lower case."""

    asked: str
    status: int
    headers: Mapping[str, str]
    data: Any

    @property
    def message(self) -> str:
        said = self.data.get("message") if isinstance(self.data, Mapping) else None
        return " ".join(str(said).split())[:500] if said else ""

    @property
    def said(self) -> str:
        return f": {self.message}" if self.message else ""


def explain(answer: Answer) -> Failure:
    """What an answer with a status other than success means."""
    if answer.status == 429 or (answer.status == 403 and _is_limited(answer)):
        return _limited(answer)
    if answer.status >= 500:
        hint = "GitHub has trouble: see its status page, and run this again"
        error = Unavailable(f"GitHub answered {answer.asked} with {answer.status}{answer.said}", hint=hint)
        return Failure(error=error, repeatable=True, ambiguous=True)
    return Failure(error=_refusal(answer))


def _refusal(answer: Answer) -> CoronetError:
    match answer.status:
        case 401:
            return Unavailable(
                f"GitHub does not accept the token{answer.said}",
                hint="it may have ended (an App's lives one hour) or been revoked: see GITHUB_TOKEN or GH_TOKEN, "
                "and outside of workflows `gh auth status`",
            )
        case 403:
            return _forbidden(answer)
        case 404 | 410:
            return Absent(
                f"GitHub answered {answer.asked} with {answer.status}: it has no such thing, or does not show it "
                "to this token",
                hint="see whether the repository's name is right, and whether the token may read it",
            )
        case 409:
            return Conflict(f"GitHub refused {answer.asked}, for something changed meanwhile{answer.said}")
        case 405 | 422:
            return Refused(f"GitHub refused {answer.asked}{answer.said}", findings=_findings(answer))
        case status if 300 <= status < 400:
            return Unavailable(
                f"GitHub sends {answer.asked} elsewhere ({status}{answer.said})",
                hint="the repository was renamed or moved: use its new name in GITHUB_REPOSITORY or the remote's URL",
            )
        case _:
            return Unavailable(f"GitHub answered {answer.asked} with {answer.status}{answer.said}")


def _forbidden(answer: Answer) -> Forbidden:
    if sso := answer.headers.get("x-github-sso", ""):
        page = re.search(r"url=(\S+)", sso)
        where = f" at {page[1]}" if page else ""
        return Forbidden(
            f"GitHub refused {answer.asked}{answer.said}",
            hint=f"the organization wants single sign-on: authorize the token{where}",
        )
    wanted = answer.headers.get("x-accepted-github-permissions", "")
    if not wanted:
        return Forbidden(
            f"GitHub refused {answer.asked}{answer.said}", hint="give the token the permission that this needs"
        )
    # `pull_requests=write; contents=read` is one way to be allowed, a comma begins another.
    ways = [" and ".join(_permission(part) for part in way.split(";")) for way in wanted.split(",")]
    return Forbidden(
        f"GitHub refused {answer.asked}{answer.said}; it wants the permission {' or '.join(ways)}",
        hint="grant it under `permissions:` of the job, or to the App or the token that is used",
    )


def _permission(part: str) -> str:
    name, _, level = part.strip().partition("=")
    return f"{name.replace('_', '-')}: {level}" if level else name


def _findings(answer: Answer) -> tuple[Finding, ...]:
    """GitHub's own list of what is wrong, as it says it."""
    errors = answer.data.get("errors") if isinstance(answer.data, Mapping) else None
    listed = errors if isinstance(errors, list) else [errors] if errors else []
    return tuple(Finding(message=_say(error)) for error in listed[:_MOST_FINDINGS])


def _say(error: Any) -> str:
    if not isinstance(error, Mapping):
        return " ".join(str(error).split())
    if error.get("message"):
        return " ".join(str(error["message"]).split())
    return " ".join(str(error[key]) for key in ("resource", "field", "code") if error.get(key))


# --- limits ---------------------------------------------------------------------------------------


def _is_limited(answer: Answer) -> bool:
    """A 403 that means: not now."""
    if "retry-after" in answer.headers or answer.headers.get("x-ratelimit-remaining") == "0":
        return True
    return "rate limit" in answer.message.lower() or "abuse detection" in answer.message.lower()


def _limited(answer: Answer) -> Failure:
    wait = _asked_wait(answer)
    until = ""
    if (moment := answer.headers.get("x-ratelimit-reset", "")).isdigit() and _used_up(answer):
        until = f", until {format_time(_moment(int(moment)))}"
    said = f"GitHub limits how much is asked of it{answer.said} (it asks to wait {wait:.0f} s{until})"
    if wait > LONGEST_WAIT:
        hint = (
            f"run it again then: it waits {LONGEST_WAIT:.0f} s at most; fewer runs, or an App's token, have more room"
        )
        return Failure(error=Unavailable(said, hint=hint))
    return Failure(error=Unavailable(said, hint="run it again later"), repeatable=True, wait=wait)


def _asked_wait(answer: Answer) -> float:
    """Seconds; by GitHub's own clock, so that this machine's may be wrong."""
    after = answer.headers.get("retry-after", "")
    if after.isdigit():
        return float(after)
    reset = answer.headers.get("x-ratelimit-reset", "")
    if reset.isdigit() and _used_up(answer):
        try:
            now = parsedate_to_datetime(answer.headers["date"])
        except (KeyError, ValueError):
            return _UNSAID_WAIT
        return max(1.0, float(reset) - now.timestamp() + 1)
    return _UNSAID_WAIT


def _used_up(answer: Answer) -> bool:
    return answer.headers.get("x-ratelimit-remaining") == "0"


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(min(seconds, 32503680000), tz=UTC)
