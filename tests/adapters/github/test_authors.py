"""Who wrote a pull request's commits: nobody unknown is left out, and no name is believed unsigned."""

from typing import Any

import pytest

from coronet.adapters.github.authors import logins_of_commits

MAIL = "users.noreply.github.com"
ALICE = {"login": "alice", "type": "User"}
BOB = {"login": "bob", "type": "User"}
WEB_FLOW = {"login": "web-flow", "type": "User"}


def commit(
    author: Any = ALICE, committer: Any = ALICE, *, message: str = "x", verified: bool = False
) -> dict[str, Any]:
    return {
        "author": author,
        "committer": committer,
        "commit": {
            "message": message,
            "author": {"email": f"{(author or {}).get('login')}@acme.example"},
            "verification": {"verified": verified},
        },
    }


def logins(*commits: dict[str, Any]) -> set[str] | None:
    found = logins_of_commits(commits, mail=MAIL)
    return None if found is None else set(found)


def test_authors_and_committers_count() -> None:
    assert logins(commit(ALICE, BOB), commit(BOB, BOB)) == {"alice", "bob"}


@pytest.mark.parametrize("nobody", [None, {}])
def test_one_whom_github_cannot_name_makes_them_unknown(nobody: Any) -> None:
    assert logins(commit(), commit(nobody, ALICE)) is None
    assert logins(commit(ALICE, nobody)) is None


def test_github_itself_is_nobody_where_it_signed() -> None:
    assert logins(commit(ALICE, WEB_FLOW, verified=True)) == {"alice"}


def test_the_name_of_github_without_its_signature_is_somebody_unknown() -> None:
    assert logins(commit(ALICE, WEB_FLOW)) is None
    assert logins({**commit(ALICE, WEB_FLOW), "commit": {"message": "x", "author": {}}}) is None


def test_what_github_wrote_itself_is_its_own() -> None:
    assert logins(commit(WEB_FLOW, WEB_FLOW, verified=True)) == {"web-flow"}


def test_co_authors_count_where_they_can_be_named() -> None:
    by_number = "x\n\nCo-authored-by: Bob <12+Bob@users.noreply.github.com>\n"
    assert logins(commit(message=by_number)) == {"alice", "bob"}
    by_commit = "x\n\nco-authored-by: Bob <BOB@acme.example>"
    assert logins(commit(BOB, BOB), commit(message=by_commit)) == {"alice", "bob"}


@pytest.mark.parametrize("line", ["Co-authored-by: Tool <tool@elsewhere.example>", "Co-authored-by: Bob", "by <bob>"])
def test_a_co_author_who_cannot_be_named_takes_nothing_away(line: str) -> None:
    assert logins(commit(message=f"x\n\n{line}\n")) == {"alice"}


def test_more_commits_than_github_lists_are_unknown() -> None:
    assert logins(*[commit()] * 249) == {"alice"}
    assert logins(*[commit()] * 250) is None
    assert logins() is None
