"""What every notifier promises, on the fake that the commands are tested with and on GitHub."""

from collections.abc import Iterator

import pytest

from coronet.ports.notifier import ChampionChange, Notifier
from tests.contract.notifiers import NotifierSubject, github_subject, memory_subject


@pytest.fixture(params=["memory", "github"])
def subject(request: pytest.FixtureRequest) -> Iterator[NotifierSubject]:
    with memory_subject() if request.param == "memory" else github_subject() as found:
        yield found


def change(proposal: str = "churn-v2-00000000", *, event: str = "promoted", commit: str = "") -> ChampionChange:
    return ChampionChange(
        model="churn",
        registered_model="churn-classifier",
        alias="champion",
        event=event,
        proposal=proposal,
        version="2",
        digest=f"sha256:{'a' * 64}",
        previous_version="1",
        commit=commit,
        run_id="run2",
    )


def keys(notifier: Notifier) -> list[str]:
    return [issue.key for issue in notifier.issues()]


def test_an_issue_is_opened_once(subject: NotifierSubject) -> None:
    first = subject.notifier().raise_issue("diverged-churn", title="Moved", body="By whom?")
    again = subject.notifier().raise_issue("diverged-churn", title="Moved", body="By whom?")
    assert (again.number, again.url) == (first.number, first.url)
    assert keys(subject.notifier()) == ["diverged-churn"]


def test_it_is_rewritten_when_it_says_something_else(subject: NotifierSubject) -> None:
    first = subject.notifier().raise_issue("diverged-churn", title="Moved", body="By whom?")
    again = subject.notifier().raise_issue("diverged-churn", title="Moved again", body="By @nobody?")
    assert again.number == first.number
    (there,) = subject.notifier().issues()
    assert there.title == "Moved again"
    assert "By @nobody?" in subject.body(there)


def test_issues_come_oldest_first(subject: NotifierSubject) -> None:
    for key in ("b", "a", "c"):
        subject.notifier().raise_issue(key, title=key, body="")
    assert keys(subject.notifier()) == ["b", "a", "c"]


def test_a_settled_issue_is_open_no_more(subject: NotifierSubject) -> None:
    notifier = subject.notifier()
    first = notifier.raise_issue("diverged-churn", title="Moved", body="")
    notifier.settle_issue("diverged-churn", reason="put back")
    assert keys(notifier) == []
    assert keys(subject.notifier()) == []
    assert "put back" in subject.last_word(first)
    assert notifier.raise_issue("diverged-churn", title="Moved", body="").number != first.number


def test_settling_what_is_not_open_does_nothing(subject: NotifierSubject) -> None:
    subject.notifier().settle_issue("diverged-churn", reason="nothing")
    assert keys(subject.notifier()) == []


def test_a_change_is_told_once(subject: NotifierSubject) -> None:
    for _ in range(2):
        notifier = subject.notifier()
        for _ in range(2):
            notifier.champion_changed(change(commit=subject.commit))
    assert subject.told() == [("churn-v2-00000000", "promoted")]


def test_other_changes_are_told_as_well(subject: NotifierSubject) -> None:
    subject.notifier().champion_changed(change(commit=subject.commit))
    subject.notifier().champion_changed(change("churn-v1-11111111", event="rolled_back", commit=subject.commit))
    assert subject.told() == [("churn-v2-00000000", "promoted"), ("churn-v1-11111111", "rolled_back")]
