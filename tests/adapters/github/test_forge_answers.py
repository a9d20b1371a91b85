"""Answers of GitHub that no stand-in gives: late ones, hidden ones, and those about accounts that are gone."""

from typing import Any

import pytest

from coronet.adapters.clock import FixedClock
from coronet.adapters.github.forge import GithubForge
from coronet.adapters.github.identity import Identity
from coronet.ports.forge import PullRequestState
from tests.adapters.github.conftest import Line
from tests.fakes.http_server import Asked, Reply, json_reply
from tests.stage.clock import START

COMMIT = "1" * 40
PULLS = "/api/v3/repos/acme/models/pulls"


def forge(line: Line, answers: dict[str, Reply]) -> GithubForge:
    def answer(asked: Asked) -> Reply:
        return answers.get(asked.path, json_reply({"message": "Not Found"}, 404))

    line.stub.answer = answer
    return GithubForge(line.connection, Identity(line.connection, {}), clock=FixedClock(START))


def pull(**changed: Any) -> dict[str, Any]:
    repository = {"full_name": "Acme/Models"}
    return {
        "number": 7,
        "title": "Promote",
        "state": "closed",
        "head": {"ref": "promotions/iris/x", "sha": "2" * 40, "repo": repository},
        "base": {"ref": "main", "repo": repository},
        "user": {"login": "engineer", "type": "User"},
        "html_url": "https://github.com/acme/models/pull/7",
        "merged_at": "2026-11-20T11:00:00Z",
        "closed_at": "2026-11-20T11:00:00Z",
        "updated_at": "2026-11-20T11:00:00Z",
        "merge_commit_sha": COMMIT,
        **changed,
    }


def test_a_merge_that_is_not_yet_linked_to_its_commit_is_found_in_the_list(line: Line) -> None:
    """Else a promotion that starts at once would refuse, for good, what was approved."""
    commits = f"/api/v3/repos/acme/models/commits/{COMMIT}/pulls"
    late = forge(
        line, {commits: json_reply([]), PULLS: json_reply([pull(), pull(number=6, merge_commit_sha="3" * 40)])}
    )
    found = late.pull_request_of(COMMIT)
    assert found
    assert found.number == 7
    assert late.pull_request_of("4" * 40) is None


def test_one_that_is_still_open_brought_nothing(line: Line) -> None:
    commits = f"/api/v3/repos/acme/models/commits/{COMMIT}/pulls"
    there = [pull(state="open", merged_at=None, closed_at=None)]
    assert forge(line, {commits: json_reply(there), PULLS: json_reply([])}).pull_request_of(COMMIT) is None


def test_of_several_the_one_that_names_the_commit_brought_it(line: Line) -> None:
    commits = f"/api/v3/repos/acme/models/commits/{COMMIT}/pulls"
    found = forge(
        line, {commits: json_reply([pull(number=3, merge_commit_sha="5" * 40), pull(number=9)])}
    ).pull_request_of(COMMIT)
    assert found
    assert found.number == 9


@pytest.mark.parametrize("status", [403, 404])
def test_rules_that_may_not_be_read_are_unknown(line: Line, status: int) -> None:
    path = "/api/v3/repos/acme/models/rules/branches/main"
    assert forge(line, {path: json_reply({"message": "no"}, status)}).protection("main") is None


def test_an_account_that_is_gone_opened_and_reviewed(line: Line) -> None:
    review = {
        "id": 1,
        "user": None,
        "state": "APPROVED",
        "submitted_at": "2026-11-20T10:00:00Z",
        "commit_id": None,
        "body": None,
    }
    gone = forge(
        line,
        {
            f"{PULLS}/7": json_reply(pull(user=None)),
            f"{PULLS}/7/reviews": json_reply(
                [review, {**review, "state": "PENDING"}, {**review, "submitted_at": None}]
            ),
        },
    )
    found = gone.pull_request(7)
    assert found
    assert (found.author, found.state) == ("", PullRequestState.MERGED)
    reviews = gone.reviews(7)
    assert reviews
    assert [(each.login, each.commit, each.is_bot) for each in reviews] == [("ghost", "", False)]


def test_a_page_of_what_ended_lately_is_enough(line: Line) -> None:
    """A thousand models may end a thousand proposals a month: each run looks at those touched last."""
    page = [pull(number=number, merged_at=None) for number in range(100)]
    more = {"Link": f'<{line.stub.url}{PULLS}?page=2>; rel="next"'}
    busy = forge(line, {PULLS: json_reply(page, 200, **more)})
    assert len(busy.pull_requests(PullRequestState.CLOSED)) == 100
    assert len(line.stub.asked) == 1
