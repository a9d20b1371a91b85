"""What goes wrong on purpose, and what does not."""

import ssl
from http.client import HTTPException

import pytest

from tests.github import Hub
from tests.github.client import Client
from tests.github.conftest import NAME


@pytest.mark.parametrize(
    ("kind", "status", "header"),
    [
        ("retry_after", 429, "retry-after"),
        ("secondary", 403, "retry-after"),
        ("exhausted", 403, "x-ratelimit-reset"),
        ("bad_gateway", 502, None),
        ("unavailable", 503, None),
        ("status", 500, None),
    ],
)
def test_a_refusal_happens_as_often_as_it_was_told_and_nothing_is_done(
    hub: Hub, engineer: Client, kind: str, status: int, header: str | None
) -> None:
    fault = hub.faults.add("POST", "/issues$", kind=kind, times=2, after=7)
    for _ in range(2):
        got = engineer.post("issues", title="T")
        assert got.status == status
        assert header is None or header in got.headers
    assert engineer.get("issues").body == []
    assert engineer.post("issues", title="T").status == 201
    assert fault.hits == 2


@pytest.mark.parametrize(("kind", "done"), [("timeout", 0), ("lost", 1)])
def test_an_answer_that_never_comes_leaves_the_write_done_or_not(
    hub: Hub, engineer: Client, kind: str, done: int
) -> None:
    hub.faults.add("POST", "/issues$", kind=kind, seconds=0.05)
    with pytest.raises((OSError, HTTPException)):
        engineer.post("issues", title="T")
    assert len(engineer.get("issues").body) == done


def test_an_answer_is_cut_in_the_middle(hub: Hub, engineer: Client) -> None:
    hub.faults.add("GET", "/issues$", kind="garbled")
    with pytest.raises(HTTPException):
        engineer.post("issues", title="T") and engineer.get("issues")


def test_a_slow_answer_is_the_right_one(hub: Hub, engineer: Client) -> None:
    hub.faults.add("GET", "/issues$", kind="slow", seconds=0.05)
    assert engineer.get("issues").body == []


def test_the_world_moves_between_two_questions(hub: Hub, engineer: Client, opened: int) -> None:
    hub.faults.add(
        "PUT",
        "/merge$",
        kind="run",
        run=lambda: hub.as_person("engineer").commit("promotions/iris-1", {"x": "x"}),
    )
    head = hub.git(NAME).head("promotions/iris-1")
    assert engineer.put(f"pulls/{opened}/merge", sha=head).status == 409


def test_a_fault_lets_the_first_ones_pass(hub: Hub, engineer: Client) -> None:
    hub.faults.add("*", "/issues", kind="bad_gateway", skip=1)
    assert [engineer.get("issues").status for _ in range(3)] == [200, 502, 200]


def test_an_unknown_kind_is_a_mistake_of_the_test(hub: Hub) -> None:
    with pytest.raises(ValueError, match="wanted one of"):
        hub.faults.add("GET", "x", kind="rain")


def test_a_listener_that_fails_fails_the_test(hub: Hub, engineer: Client) -> None:
    def fail(event: object) -> None:
        raise ssl.SSLError("no")

    hub.listen(fail)
    engineer.post("issues", title="T")
    engineer.get("issues")
    assert "SSLError" in hub.failures.pop()
