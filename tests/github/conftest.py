"""States of the stand-in, named as what holds in them."""

from collections.abc import Iterator

import pytest

from tests.github import Hub, run_github
from tests.github.client import Client
from tests.github.rules import demand

NAME = "acme/models"
FILES = {
    "README.md": "Models\n",
    "CODEOWNERS": "/promotions/ @reviewer\n",
    "policy/default.yaml": "gates: {}\n",
    ".github/workflows/check.yml": "on:\n  workflow_dispatch:\n",
    ".github/workflows/ci.yml": "on: push\n",
}


@pytest.fixture
def hub() -> Iterator[Hub]:
    """A private repository with an engineer and a reviewer who may write, a boss, and a reader."""
    with run_github() as hub:
        hub.create_repository(NAME, FILES, private=True)
        for login, right in {"engineer": "write", "reviewer": "write", "boss": "admin", "reader": "read"}.items():
            hub.add_user(login, {NAME: right})
        hub.add_user("stranger")
        hub.add_team("acme/owners", "reviewer", "boss")
        yield hub


@pytest.fixture
def engineer(hub: Hub) -> Client:
    return Client(hub, hub.token("engineer"))


@pytest.fixture
def reviewer(hub: Hub) -> Client:
    return Client(hub, hub.token("reviewer"))


@pytest.fixture
def boss(hub: Hub) -> Client:
    return Client(hub, hub.token("boss"))


@pytest.fixture
def job(hub: Hub) -> Client:
    """A workflow's job with everything that a job can be given."""
    names = ("contents", "pull_requests", "issues", "statuses", "checks", "deployments", "actions")
    return Client(hub, hub.actions_token(NAME, dict.fromkeys(names, "write")))


@pytest.fixture
def opened(hub: Hub) -> int:
    """A pull request of the engineer's that adds a proposal."""
    person = hub.as_person("engineer")
    person.commit("promotions/iris-1", {"promotions/iris/1.yaml": "id: iris-1\n"}, "Propose iris 1")
    return person.open_pull_request("promotions/iris-1", "Promote iris 1", "Please")


@pytest.fixture
def guarded(hub: Hub, opened: int) -> int:
    """The same, into a branch whose rules want an owner's approval."""
    hub.add_ruleset(NAME, demand(), title="main", bypass=["admin"])
    return opened
