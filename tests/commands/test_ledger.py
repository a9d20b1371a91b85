"""Reading and appending the change logs on the log branch."""

import json
from typing import Any

import pytest

from coronet.commands.ledger import (
    Ledger,
    append,
    git_blob_id,
    index_path,
    logged_models,
    read_ledger,
    read_log,
)
from coronet.core.canonical import canonical_json
from coronet.core.changelog.chain import verify_chain
from coronet.core.changelog.entry import Entry, Event, log_path
from coronet.core.changelog.state import LogState
from coronet.errors import InvalidInput
from coronet.ports.repository import Person, RefMoved
from tests.core.examples import NOW, entry
from tests.fakes.memory_repository import MemoryRemote

BRANCH = "promotions-log"
AUTHOR = Person.of_login("promoter")


def written(remote: MemoryRemote, *entries: Entry, ledger: Ledger | None = None) -> Ledger:
    """The ledger after an append to the logs of these entries' models."""
    repository = remote.clone()
    models = {made.model for made in entries}
    known = ledger or read_ledger(repository, BRANCH, sorted(models))
    by_model = {model: [made for made in entries if made.model == model] for model in sorted(models)}
    return append(repository, known, BRANCH, by_model, author=AUTHOR, at=NOW, message="promote")[0]


def edited(remote: MemoryRemote, files: dict[str, bytes]) -> None:
    """Somebody writes on the log branch."""
    repository = remote.clone()
    head = repository.head(BRANCH)
    repository.publish(BRANCH, expected=head, parent=head, files=files, message="edit", author=AUTHOR, at=NOW)


def files_of(remote: MemoryRemote) -> dict[str, bytes]:
    repository = remote.clone()
    head = repository.head(BRANCH) or ""
    return {path: repository.read(head, path) or b"" for path in repository.paths(head, "")}


def state(remote: MemoryRemote, model: str = "iris") -> LogState:
    return read_ledger(remote.clone(), BRANCH, [model]).state(model)


@pytest.fixture
def remote() -> MemoryRemote:
    """Nothing was ever logged."""
    return MemoryRemote()


@pytest.fixture
def promoted(remote: MemoryRemote) -> MemoryRemote:
    """Version 5 was promoted."""
    written(remote, entry(Event.INTENT, "5"), entry(version="5"))
    return remote


def test_before_the_first_entry_nothing_holds(remote: MemoryRemote) -> None:
    ledger = read_ledger(remote.clone(), BRANCH, ["iris"])
    assert ledger == Ledger(head=None, states={"iris": LogState()})
    assert read_log(remote.clone(), None, "iris") == ()
    assert logged_models(remote.clone(), None) == ()


def test_what_is_appended_is_read_back(promoted: MemoryRemote) -> None:
    repository = promoted.clone()
    head = repository.head(BRANCH)
    entries = read_log(repository, head, "iris")
    assert [(made.seq, made.event) for made in entries] == [(1, "intent"), (2, "promoted")]
    assert logged_models(repository, head) == ("iris",)
    assert state(promoted) == LogState().after(entries)


def test_an_append_answers_what_reading_would(remote: MemoryRemote) -> None:
    ledger = written(remote, entry(version="5"), entry(version="2", model="churn"))
    assert read_ledger(remote.clone(), BRANCH, ["churn", "iris"]) == ledger
    assert remote.pushes == 1  # two logs, one commit


def test_a_later_append_goes_on_with_the_chain(promoted: MemoryRemote) -> None:
    ledger = written(promoted, entry(version="7"))
    data = files_of(promoted)[log_path("iris")]
    assert verify_chain(data, model="iris") == ()
    assert ledger.state("iris").seq == 3


def test_pages_and_notes_are_written_with_the_log(promoted: MemoryRemote) -> None:
    files = files_of(promoted)
    assert sorted(files) == [
        "CHANGELOG.md", "changelog/iris.index.json", "changelog/iris.jsonl", "notes/iris-v5-00000000.md"
    ]  # fmt: skip
    assert files["CHANGELOG.md"].count(b"\n| 2026") == 1  # an intent is nothing for people
    written(promoted, entry(Event.REFUSED, "7"), entry(version="2", model="churn"))
    files = files_of(promoted)
    assert files["CHANGELOG.md"].count(b"\n| 2026") == 3
    assert sorted(path for path in files if path.startswith("notes/")) == [
        "notes/iris-v2-00000000.md", "notes/iris-v5-00000000.md"
    ]  # fmt: skip


def test_two_at_once_cannot_both_append(promoted: MemoryRemote) -> None:
    stale = read_ledger(promoted.clone(), BRANCH, ["iris"])
    written(promoted, entry(version="7"))
    before = files_of(promoted)
    with pytest.raises(RefMoved):
        written(promoted, entry(version="8"), ledger=stale)
    assert files_of(promoted) == before


def test_a_log_of_one_model_says_nothing_of_another(promoted: MemoryRemote) -> None:
    assert state(promoted, "churn") == LogState()


# --- the index ------------------------------------------------------------------------------------


def index(remote: MemoryRemote) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(files_of(remote)[index_path("iris")])
    return value


def test_the_index_is_what_is_read_while_it_fits(promoted: MemoryRemote) -> None:
    """Shown by one that says something of its own: `verify` would find it."""
    value = index(promoted)
    value["state"]["seq"] = 77
    edited(promoted, {index_path("iris"): canonical_json(value)})
    assert state(promoted).seq == 77


def no_state(value: dict[str, Any]) -> dict[str, Any]:
    return {key: inner for key, inner in value.items() if key != "state"}


@pytest.mark.parametrize(
    "broken",
    [
        lambda value: b"",
        lambda value: b"{",
        lambda value: b"[]",
        lambda value: b"null",
        lambda value: b"[" * 100_000,
        lambda value: b"\xff",
        lambda value: canonical_json({**value, "schema": "coronet/log-index/v0"}),
        lambda value: canonical_json({**value, "log": "0" * 40}),
        lambda value: canonical_json(no_state(value)),
        lambda value: canonical_json({**value, "state": []}),
        lambda value: canonical_json({**value, "state": {**value["state"], "champions": {"champion": {}}}}),
        lambda value: canonical_json({**value, "state": {**value["state"], "ended": [["x", "exploded"]]}}),
        lambda value: canonical_json({**value, "state": {**value["state"], "served": {"champion": [["1"]]}}}),
    ],
)
def test_an_index_that_cannot_be_used_is_left_alone(promoted: MemoryRemote, broken: Any) -> None:
    honest = state(promoted)
    edited(promoted, {index_path("iris"): broken(index(promoted))})
    assert state(promoted) == honest


def test_without_an_index_the_log_is_read_whole(remote: MemoryRemote) -> None:
    written(remote, entry(version="5"))
    log = files_of(remote)[log_path("iris")]
    other = MemoryRemote()
    other.clone().publish(
        BRANCH, expected=None, parent=None, files={log_path("iris"): log}, message="log", author=AUTHOR, at=NOW
    )
    assert state(other) == state(remote)


def test_an_index_of_an_older_log_is_left_alone(promoted: MemoryRemote) -> None:
    old = files_of(promoted)[index_path("iris")]
    now = written(promoted, entry(version="7")).state("iris")
    edited(promoted, {index_path("iris"): old})
    assert state(promoted) == now


def test_a_log_that_was_edited_is_never_believed_for_its_index(promoted: MemoryRemote) -> None:
    log = files_of(promoted)[log_path("iris")]
    edited(promoted, {log_path("iris"): log.replace(b'"version":"5"', b'"version":"6"')})
    with pytest.raises(InvalidInput, match="the change log of iris is broken") as caught:
        state(promoted)
    assert [finding.location.line for finding in caught.value.findings if finding.location] == [1, 2]
    repository = promoted.clone()
    with pytest.raises(InvalidInput, match="is broken"):
        read_log(repository, repository.head(BRANCH), "iris")


def test_a_page_that_somebody_broke_stops_no_append(promoted: MemoryRemote) -> None:
    edited(promoted, {"CHANGELOG.md": b"\xff"})
    assert written(promoted, entry(version="7")).state("iris").seq == 3


def test_the_index_is_bound_by_gits_own_name() -> None:
    empty = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"
    assert git_blob_id(b"", like=None) == git_blob_id(b"", like="0" * 40) == empty
    assert git_blob_id(b"", like="0" * 64) == "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813"


def test_to_append_nothing_writes_nothing(remote: MemoryRemote) -> None:
    repository = remote.clone()
    nothing = read_ledger(repository, BRANCH, [])
    ledger, entries = append(repository, nothing, BRANCH, {}, author=AUTHOR, at=NOW, message="nothing")
    assert (ledger.states, entries, files_of(remote)) == ({}, {}, {})
