"""The files in which the local forge keeps what it knows, and their JSON."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from coronet.core.canonical import canonical_json
from coronet.core.timestamps import format_time, parse_time
from coronet.errors import InvalidInput, Location
from coronet.ports.forge import Comment, MergeRules, PullRequest, PullRequestState, Review, ReviewState

PULL = "coronet/local-pull-request/v1"
INDEX = "coronet/local-forge/v1"
RULES = "coronet/local-forge-rules/v1"
STATUSES = "coronet/local-statuses/v1"

INDEX_PATH = "index.json"
RULES_PATH = "forge.json"

Value = TypeVar("Value")


@dataclass(frozen=True, kw_only=True, slots=True)
class PullRecord:
    """A pull request with everything that was said on it.

    `base` is the commit of the main branch that it left when it was merged or closed; `kept` is where the
    ref of the pull request is, which keeps its commits alive when the branch is gone.
    """

    pull: PullRequest
    body: str
    opened_at: datetime
    kept: str
    base: str | None = None
    comments: tuple[Comment, ...] = ()
    reviews: tuple[Review, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Index:
    """Numbers of pull requests: the last given, and those in each state."""

    last: int = 0
    states: Mapping[PullRequestState, tuple[int, ...]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Status:
    passed: bool
    description: str
    login: str
    at: datetime


def pull_path(number: int) -> str:
    return f"pulls/{number}.json"


def branch_path(branch: str) -> str:
    """Where the numbers of a branch's pull requests stand; branches may be named as no file can be."""
    return f"branches/{hashlib.sha256(branch.encode(errors='surrogateescape')).hexdigest()[:32]}.json"


def merge_path(commit: str) -> str:
    return f"merges/{commit}.json"


def statuses_path(commit: str) -> str:
    return f"statuses/{commit}.json"


def is_bot(login: str) -> bool:
    return login.endswith("[bot]")


def storable(text: str) -> str:
    """`text` as it can be written: half a character becomes a question mark."""
    return text.encode(errors="replace").decode()


# --- reading --------------------------------------------------------------------------------------


def parse(data: bytes, path: str, schema: str, read: Callable[[Mapping[str, Any]], Value]) -> Value:
    """`read` of the JSON in `data`; InvalidInput where it is not of this schema."""
    try:
        value = json.loads(data)
        if value["schema"] != schema:
            raise InvalidInput(
                f"the local forge was written as {value['schema']!r}, and this program reads {schema!r}",
                hint="upgrade coronet on this machine",
                location=Location(file=path),
            )
        return read(value)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InvalidInput(
            f"a file of the local forge is damaged: {type(error).__name__}",
            hint="see `git log refs/coronet/forge` in the remote for who wrote it",
            location=Location(file=path),
        ) from error


def read_pull(value: Mapping[str, Any]) -> PullRecord:
    return PullRecord(
        pull=PullRequest(
            number=value["number"],
            title=value["title"],
            state=PullRequestState(value["state"]),
            branch=value["branch"],
            head=value["head"],
            author=value["author"],
            url=f"coronet pr view {value['number']}",
            labels=tuple(value["labels"]),
            reviewers=tuple(value["reviewers"]),
            merged_at=_time(value["merged_at"]),
            merge_commit=value["merge_commit"],
            closed_by=value["closed_by"],
            closed_at=_time(value["closed_at"]),
            close_reason=value["close_reason"],
        ),
        body=value["body"],
        opened_at=parse_time(value["opened_at"]),
        kept=value["kept"],
        base=value["base"],
        comments=tuple(
            Comment(login=c["login"], at=parse_time(c["at"]), body=c["body"], marker=c["marker"])
            for c in value["comments"]
        ),
        reviews=tuple(
            Review(
                id=r["id"],
                login=r["login"],
                state=ReviewState(r["state"]),
                at=parse_time(r["at"]),
                commit=r["commit"],
                is_bot=is_bot(r["login"]),
                body=r["body"],
            )
            for r in value["reviews"]
        ),
    )


def read_index(value: Mapping[str, Any]) -> Index:
    return Index(last=value["last"], states={state: tuple(value[str(state)]) for state in PullRequestState})


def read_rules(value: Mapping[str, Any]) -> MergeRules:
    return MergeRules(
        teams={team: frozenset(logins) for team, logins in value["teams"].items()}, statuses=tuple(value["statuses"])
    )


def read_statuses(value: Mapping[str, Any]) -> dict[str, Status]:
    return {
        name: Status(
            passed=said["passed"], description=said["description"], login=said["login"], at=parse_time(said["at"])
        )
        for name, said in value["statuses"].items()
    }


def read_number(value: Mapping[str, Any]) -> int:
    return int(value["pull_request"])


def read_numbers(value: Mapping[str, Any]) -> tuple[int, ...]:
    return tuple(value["pull_requests"])


def _time(text: str | None) -> datetime | None:
    return parse_time(text) if text else None


# --- writing --------------------------------------------------------------------------------------


def write_pull(record: PullRecord) -> bytes:
    pull = record.pull
    return canonical_json(
        {
            "schema": PULL,
            "number": pull.number,
            "title": pull.title,
            "state": str(pull.state),
            "branch": pull.branch,
            "head": pull.head,
            "author": pull.author,
            "labels": list(pull.labels),
            "reviewers": list(pull.reviewers),
            "opened_at": format_time(record.opened_at),
            "merged_at": _text(pull.merged_at),
            "merge_commit": pull.merge_commit,
            "closed_by": pull.closed_by,
            "closed_at": _text(pull.closed_at),
            "close_reason": pull.close_reason,
            "kept": record.kept,
            "base": record.base,
            "body": record.body,
            "comments": [
                {"login": c.login, "at": format_time(c.at), "body": c.body, "marker": c.marker} for c in record.comments
            ],
            "reviews": [
                {
                    "id": r.id,
                    "login": r.login,
                    "state": str(r.state),
                    "at": format_time(r.at),
                    "commit": r.commit,
                    "body": r.body,
                }
                for r in record.reviews
            ],
        }
    )


def write_index(index: Index) -> bytes:
    states = {str(state): list(numbers) for state, numbers in index.states.items()}
    return canonical_json({"schema": INDEX, "last": index.last, **states})


def write_rules(rules: MergeRules) -> bytes:
    teams = {team: sorted(logins) for team, logins in rules.teams.items()}
    return canonical_json({"schema": RULES, "teams": teams, "statuses": list(rules.statuses)})


def write_statuses(statuses: Mapping[str, Status]) -> bytes:
    said = {
        name: {
            "passed": status.passed,
            "description": status.description,
            "login": status.login,
            "at": format_time(status.at),
        }
        for name, status in statuses.items()
    }
    return canonical_json({"schema": STATUSES, "statuses": said})


def write_number(number: int) -> bytes:
    return canonical_json({"schema": INDEX, "pull_request": number})


def write_numbers(numbers: tuple[int, ...]) -> bytes:
    return canonical_json({"schema": INDEX, "pull_requests": list(numbers)})


def _text(moment: datetime | None) -> str | None:
    return format_time(moment) if moment else None
