"""One request to the stand-in, where no client of ours is tried."""

import json
from http.client import HTTPConnection
from typing import Any

from tests.github import Hub


def ask(hub: Hub, method: str, path: str, body: Any, *, token: str) -> Any:
    """The answer's JSON; fails for anything but success."""
    connection = HTTPConnection(hub.web.removeprefix("http://"), timeout=30)
    headers = {"Authorization": f"Bearer {token}", "User-Agent": "runner", "X-GitHub-Api-Version": "2022-11-28"}
    try:
        connection.request(method, f"/api/v3{path}", json.dumps(body), headers)
        answer = connection.getresponse()
        text = answer.read().decode()
    finally:
        connection.close()
    assert answer.status < 300, f"{method} {path}: {answer.status} {text}"
    return json.loads(text) if text else None
