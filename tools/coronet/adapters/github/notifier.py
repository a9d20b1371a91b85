"""The port `Notifier` over GitHub's REST API: issues, deployments, and events for other workflows."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from coronet.adapters.github.connection import Connection
from coronet.adapters.github.conversation import Conversation, marker_line
from coronet.adapters.github.identity import Identity
from coronet.ports.clock import Clock
from coronet.ports.notifier import ChampionChange, Issue

LABEL = "coronet"
EVENT = "coronet-champion-changed"
TASK = "coronet"
SETTLED = "settled"
# A change is told of for a day; older deployments need not be looked through.
_TOLD_WITHIN = timedelta(days=2)
_MARKER_START, _MARKER_END = "<!-- coronet:", " -->"
_LONGEST_DESCRIPTION = 140


class GithubNotifier:
    """What is open and what was deployed is asked once, when it is first needed.

    An issue is ours if it bears our marker and the token's login wrote it. Each `model@alias` is an environment;
    its deployments name the proposal that made them, by which a change is told once.
    """

    def __init__(self, connection: Connection, identity: Identity, *, clock: Clock) -> None:
        self._api = connection
        self._identity = identity
        self._clock = clock
        self._conversation = Conversation(connection, identity)
        self._root = f"/repos/{connection.address.repository}"
        self._open: dict[str, dict[str, Any]] | None = None
        self._deployed: list[Mapping[str, Any]] | None = None

    # --- issues ---

    def issues(self) -> tuple[Issue, ...]:
        found = sorted(self._open_issues().items(), key=lambda each: int(each[1]["number"]))
        return tuple(_read_issue(key, data) for key, data in found)

    def raise_issue(self, key: str, *, title: str, body: str, labels: Sequence[str] = ()) -> Issue:
        text = f"{marker_line(key)}\n{body}".rstrip()
        there = self._open_issues().get(key)
        if there is None:
            there = self._api.create(
                f"{self._root}/issues",
                {"title": title, "body": text, "labels": [LABEL, *labels]},  # GitHub makes labels that are not there
                find=lambda: self._look().get(key),
                read=dict[str, Any],
            )
        if (there["title"], _plain(there.get("body"))) != (title, text):
            there = self._api.send("PATCH", f"{self._root}/issues/{there['number']}", {"title": title, "body": text})
        self._open_issues()[key] = there
        return _read_issue(key, there)

    def settle_issue(self, key: str, *, reason: str) -> None:
        there = self._open_issues().get(key)
        if there is None:
            return
        number = int(there["number"])
        self._conversation.keep(number, SETTLED, f"Closed: {reason}.")
        self._api.send("PATCH", f"{self._root}/issues/{number}", {"state": "closed", "state_reason": "completed"})
        del self._open_issues()[key]

    # --- champions ---

    def champion_changed(self, change: ChampionChange, *, fresh: bool = False) -> None:
        """First the event, then the deployment by which it is known as told: rather twice than never."""
        if not fresh and any(_tells(deployment, change) for deployment in self._deployments()):
            return
        payload = _payload(change)
        self._api.send("POST", f"{self._root}/dispatches", {"event_type": EVENT, "client_payload": payload})
        deployment = self._api.create(
            f"{self._root}/deployments",
            {
                "ref": change.commit,
                "task": TASK,
                "environment": f"{change.model}@{change.alias}",
                "description": _describe(change),
                "payload": payload,
                "auto_merge": False,
                "required_contexts": [],
                "production_environment": False,  # else GitHub leaves the deployments before it active
            },
            find=lambda: self._find_deployment(change),
            read=dict[str, Any],
        )
        status = {"state": "success", "description": _describe(change), "auto_inactive": True}
        if change.url:
            status["log_url"] = change.url
        self._api.send("POST", f"{self._root}/deployments/{deployment['id']}/statuses", status)
        if self._deployed is not None:
            self._deployed.append(deployment)

    # --- within ---

    def _open_issues(self) -> dict[str, dict[str, Any]]:
        if self._open is None:
            self._open = self._look()
        return self._open

    def _look(self) -> dict[str, dict[str, Any]]:
        """Our open issues by key; of two with one key, the older."""
        found: dict[str, dict[str, Any]] = {}
        listed = self._api.items(f"{self._root}/issues", state="open", labels=LABEL, direction="asc")
        for data in listed:
            key = _key_of(data.get("body"))
            if key and "pull_request" not in data and self._identity.wrote(data.get("user")):
                found.setdefault(key, dict(data))
        return found

    def _deployments(self) -> list[Mapping[str, Any]]:
        if self._deployed is None:
            self._deployed = self._recent()
        return self._deployed

    def _recent(self) -> list[Mapping[str, Any]]:
        """Newest first, as far back as a change may have to be told of."""
        found: list[Mapping[str, Any]] = []
        since = self._clock.now() - _TOLD_WITHIN
        for page in self._api.pages(f"{self._root}/deployments", task=TASK):
            found += page
            if page and datetime.fromisoformat(page[-1]["created_at"]) < since:
                break
        return found

    def _find_deployment(self, change: ChampionChange) -> dict[str, Any] | None:
        return next((dict(each) for each in self._recent() if _tells(each, change)), None)


def _key_of(body: str | None) -> str | None:
    first = (body or "").partition("\n")[0].strip()
    if not (first.startswith(_MARKER_START) and first.endswith(_MARKER_END)):
        return None
    return first.removeprefix(_MARKER_START).removesuffix(_MARKER_END)


def _plain(text: str | None) -> str:
    return (text or "").replace("\r\n", "\n")


def _read_issue(key: str, data: Mapping[str, Any]) -> Issue:
    return Issue(key=key, number=int(data["number"]), title=str(data["title"]), url=str(data["html_url"]))


def _payload(change: ChampionChange) -> dict[str, str | None]:
    """Ten names: GitHub takes no more in an event."""
    return {
        "model": change.model,
        "registered_model": change.registered_model,
        "alias": change.alias,
        "version": change.version,
        "run_id": change.run_id,
        "digest": change.digest,
        "proposal": change.proposal,
        "event": change.event,
        "previous_version": change.previous_version,
        "commit": change.commit,
    }


def _tells(deployment: Mapping[str, Any], change: ChampionChange) -> bool:
    payload = deployment.get("payload")
    if not isinstance(payload, Mapping) or deployment.get("environment") != f"{change.model}@{change.alias}":
        return False
    return (payload.get("proposal"), payload.get("event")) == (change.proposal, change.event)


def _describe(change: ChampionChange) -> str:
    said = f"{change.event.replace('_', ' ')} to version {change.version} by {change.proposal}"
    return said if len(said) <= _LONGEST_DESCRIPTION else f"{said[: _LONGEST_DESCRIPTION - 1]}…"
