"""What everybody may rely on of a `Repository`, wherever it is."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from coronet.adapters.git.store import RefStore, RefUpdate
from coronet.errors import Conflict, InvalidInput, Refused, Unavailable
from coronet.ports.repository import Change, ChangeKind, MergeMethod, Person, RefMoved
from tests.contract.remotes import InMemory, RemoteUnderTest, on_disk

AT = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ENGINEER = Person(name="engineer", email="engineer@users.noreply.coronet")
NOWHERE = "1" * 40


@pytest.fixture(params=["memory", "git", "git on its host"])
def remote(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RemoteUnderTest]:
    if request.param == "memory":
        yield InMemory()
    else:
        with on_disk(tmp_path, is_host=request.param == "git on its host") as found:
            yield found


@pytest.fixture(params=["memory", "git"])
def distant_remote(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RemoteUnderTest]:
    """One that can be out of reach."""
    if request.param == "memory":
        yield InMemory()
    else:
        with on_disk(tmp_path) as found:
            yield found


@pytest.fixture
def clone(remote: RemoteUnderTest) -> RefStore:
    return remote.clone()


def publish(
    repository: RefStore,
    files: Mapping[str, str],
    *,
    ref: str = "main",
    onto: str | None = None,
    expected: str | None = None,
    days: int = 0,
    message: str = "change",
) -> str:
    """Commit `files` on top of `onto` (else of the ref itself), and move the ref."""
    there = repository.head(ref)
    return repository.publish(
        ref,
        expected=expected or there,
        parent=onto or there,
        files={path: text.encode() for path, text in files.items()},
        message=message,
        author=ENGINEER,
        at=AT + timedelta(days=days),
    )


# --- heads ----------------------------------------------------------------------------------------


def test_a_remote_without_commits_has_no_heads(clone: RefStore) -> None:
    assert clone.head("main") is None
    assert clone.heads(["main", "other"]) == {"main": None, "other": None}


def test_a_publish_of_our_own_is_known_at_once(clone: RefStore) -> None:
    commit = publish(clone, {"a": "1"})
    assert clone.head("main") == commit
    assert clone.head("refs/heads/main") == commit
    clone.refresh()
    assert clone.head("main") == commit


def test_what_others_publish_is_known_after_a_refresh(remote: RemoteUnderTest) -> None:
    ours, theirs = remote.clone(), remote.clone()
    first = publish(ours, {"a": "1"})
    assert theirs.head("main") == first
    second = publish(ours, {"a": "2"})
    assert theirs.head("main") == first
    theirs.refresh()
    theirs.refresh()
    assert theirs.head("main") == second
    assert theirs.read(second, "a") == b"2"


def test_refs_of_any_name_can_be_published(clone: RefStore) -> None:
    commit = publish(clone, {"a": "1"}, ref="refs/coronet/forge")
    nested = publish(clone, {"a": "1"}, ref="promotions/iris/iris-v7-7c2f9a41", onto=commit)
    assert clone.heads(["refs/coronet/forge", "promotions/iris/iris-v7-7c2f9a41", "coronet/forge"]) == {
        "refs/coronet/forge": commit,
        "promotions/iris/iris-v7-7c2f9a41": nested,
        "coronet/forge": None,
    }


@pytest.mark.parametrize(
    "name", ["a b", "a..b", "-a..", "a~1", "a^{tree}", "@{u}", "a\nb", "a:b", "", "refs/", "a.lock", "/a", "a//b", "a*"]
)
def test_a_name_that_git_does_not_allow_is_no_branch(clone: RefStore, name: str) -> None:
    publish(clone, {"a": "1"})
    assert clone.head(name) is None
    with pytest.raises(Refused, match="cannot name a branch"):
        publish(clone, {"a": "1"}, ref=name)


# --- files ----------------------------------------------------------------------------------------


def test_files_are_read_in_the_order_asked_for(clone: RefStore) -> None:
    first = publish(clone, {"a": "1", "b/c": "2"})
    second = publish(clone, {"a": "3"})
    blobs = clone.read_many([(second, "a"), (first, "a"), (second, "b/c"), (second, "d"), (second, "b")])
    assert [blob.data if blob else None for blob in blobs] == [b"3", b"1", b"2", None, None]
    ids = clone.blob_ids([(second, "a"), (first, "b/c"), (second, "b/c"), (second, "b")])
    assert ids == (blobs[0].id if blobs[0] else "", ids[2], blobs[2].id if blobs[2] else "", None)


def test_blob_ids_are_those_of_git(clone: RefStore) -> None:
    commit = publish(clone, {"hello": "hello\n"})
    assert clone.blob_ids([(commit, "hello")]) == ("ce013625030ba8dba906f756967f9e9ca394464a",)


@pytest.mark.parametrize("commit", [NOWHERE, "main", "HEAD", "", "--help", "f" * 39])
def test_a_commit_that_is_not_to_be_had_has_no_files(clone: RefStore, commit: str) -> None:
    publish(clone, {"a": "1"})
    assert clone.read(commit, "a") is None
    assert clone.blob_ids([(commit, "a")]) == (None,)
    assert clone.paths(commit, "") == ()


@pytest.mark.parametrize("path", ["../a", "./a", "b/../a", "/a", "", "a/", "b//c", "a\0", "a\nb", "A", "a^{}"])
def test_only_the_path_itself_names_a_file(clone: RefStore, path: str) -> None:
    commit = publish(clone, {"a": "1", "b/c": "2"})
    assert clone.read_many([(commit, path), (commit, "a")])[0] is None
    assert clone.read(commit, "a") == b"1"


STRANGE = ["with blank", "ünïcode ✓", '"quoted"', "back\\slash", "tab\there", "-dash", "#", "a:b", "{x}", "*", "$(x)"]


def test_strange_names_of_files_come_back_as_they_are(clone: RefStore) -> None:
    wanted = {f"folder/{name}": name for name in STRANGE}
    commit = publish(clone, wanted)
    assert clone.paths(commit, "folder") == tuple(sorted(wanted))
    assert [clone.read(commit, path) for path in wanted] == [text.encode() for text in wanted.values()]
    assert set(clone.landings(commit, list(wanted))) == set(wanted)


def test_bytes_come_back_as_they_are(clone: RefStore) -> None:
    data = bytes(range(256)) * 300 + b"\r\n\0missing\n"
    commit = clone.publish(
        "main", expected=None, parent=None, files={"a": data, "empty": b""}, message="m", author=ENGINEER, at=AT
    )
    assert clone.read(commit, "a") == data
    assert clone.read(commit, "empty") == b""


def test_paths_are_those_of_every_file_below_a_folder(clone: RefStore) -> None:
    commit = publish(clone, {"a/b/c": "1", "a/b/d": "2", "a/e": "3", "ab/f": "4", "g": "5"})
    assert clone.paths(commit, "a") == ("a/b/c", "a/b/d", "a/e")
    assert clone.paths(commit, "a/b/") == ("a/b/c", "a/b/d")
    assert clone.paths(commit, "") == ("a/b/c", "a/b/d", "a/e", "ab/f", "g")
    assert clone.paths(commit, "g") == clone.paths(commit, "nothing") == clone.paths(commit, "../a") == ()


def test_many_files_are_read_at_once(clone: RefStore) -> None:
    files = {f"promotions/model/{'x' * 100}-{number}.yaml": f"{number}\n" * 50 for number in range(400)}
    commit = publish(clone, files)
    blobs = clone.read_many([(commit, path) for path in files])
    assert [blob.data.decode() if blob else "" for blob in blobs] == list(files.values())


# --- compare and swap -----------------------------------------------------------------------------


def test_a_ref_that_exists_is_not_created(clone: RefStore) -> None:
    commit = publish(clone, {"a": "1"})
    with pytest.raises(RefMoved):
        clone.publish("main", expected=None, parent=None, files={"b": b"2"}, message="m", author=ENGINEER, at=AT)
    clone.refresh()
    assert clone.head("main") == commit


def test_a_ref_that_does_not_exist_is_not_moved(clone: RefStore) -> None:
    commit = publish(clone, {"a": "1"})
    with pytest.raises(RefMoved):
        publish(clone, {"a": "2"}, ref="other", expected=commit, onto=commit)
    clone.refresh()
    assert clone.head("other") is None


def test_of_two_writers_one_wins(remote: RemoteUnderTest) -> None:
    ours, theirs = remote.clone(), remote.clone()
    base = publish(ours, {"a": "1"})
    assert theirs.head("main") == base
    won = publish(ours, {"a": "2"})
    with pytest.raises(RefMoved):
        publish(theirs, {"a": "3"})
    theirs.refresh()
    assert theirs.head("main") == won
    assert theirs.read(publish(theirs, {"b": "3"}), "a") == b"2"


def test_of_two_writers_of_the_very_same_commit_one_wins(remote: RemoteUnderTest) -> None:
    ours, theirs = remote.clone(), remote.clone()
    assert ours.head("main") is theirs.head("main") is None
    publish(ours, {"a": "1"})
    with pytest.raises(RefMoved):
        publish(theirs, {"a": "1"})


def test_the_same_arguments_make_the_same_commit(clone: RefStore) -> None:
    first = publish(clone, {"a": "1"}, ref="one")
    assert publish(clone, {"a": "1"}, ref="two") == first
    assert publish(clone, {"a": "1"}, ref="three", days=1) != first
    assert publish(clone, {"a": "1"}, ref="four", message="other") != first


def test_a_branch_can_begin_a_history_of_its_own(clone: RefStore) -> None:
    publish(clone, {"a": "1"})
    commit = publish(clone, {"log": "1"}, ref="promotions-log")
    assert clone.paths(commit, "") == ("log",)


def test_a_remote_whose_rules_say_no_refuses_with_its_own_words(remote: RemoteUnderTest) -> None:
    clone = remote.clone()
    commit = publish(clone, {"a": "1"})
    remote.refuse("refs/heads/main", "main is protected")
    with pytest.raises(Refused, match="main is protected"):
        publish(clone, {"a": "2"})
    clone.refresh()
    assert clone.head("main") == commit
    assert publish(clone, {"a": "2"}, ref="other", onto=commit)


def test_a_remote_that_is_gone_is_unavailable(distant_remote: RemoteUnderTest) -> None:
    clone = distant_remote.clone()
    publish(clone, {"a": "1"})
    distant_remote.vanish()
    clone.refresh()
    with pytest.raises(Unavailable):
        clone.head("main")
    distant_remote.come_back()
    assert clone.head("main")


def test_a_push_whose_answer_was_lost_is_recognised_when_it_is_tried_again(remote: RemoteUnderTest) -> None:
    clone = remote.clone()
    base = publish(clone, {"a": "1"})
    remote.vanish_after_next_push()
    with pytest.raises(Unavailable):
        publish(clone, {"a": "2"})
    remote.come_back()
    commit = publish(clone, {"a": "2"}, onto=base, expected=base)
    clone.refresh()
    assert clone.head("main") == commit
    with pytest.raises(RefMoved):
        publish(clone, {"a": "2"}, onto=base, expected=base)


def test_refs_move_together_or_not_at_all(remote: RemoteUnderTest) -> None:
    clone = remote.clone()
    base = publish(clone, {"a": "1"})
    next_ = clone.commit_files(parent=base, files={"a": b"2"}, message="m", author=ENGINEER, at=AT)
    ahead = RefUpdate(ref="refs/heads/main", expected=base, commit=next_)
    with pytest.raises(RefMoved):
        clone.push([ahead, RefUpdate(ref="refs/heads/other", expected=base, commit=next_)])
    clone.refresh()
    assert clone.heads(["main", "other"]) == {"main": base, "other": None}
    clone.push([ahead, RefUpdate(ref="refs/heads/other", expected=None, commit=next_)])
    clone.push([RefUpdate(ref="refs/heads/other", expected=next_, commit=None)])
    assert clone.heads(["main", "other"]) == {"main": next_, "other": None}
    clone.refresh()
    assert clone.heads(["main", "other"]) == {"main": next_, "other": None}


# --- history --------------------------------------------------------------------------------------


def merge(repository: RefStore, branch: str, *, method: MergeMethod = MergeMethod.MERGE, days: int = 0) -> str:
    """Merge a branch into main."""
    base, head = repository.head("main"), repository.head(branch)
    assert base
    assert head
    at = AT + timedelta(days=days)
    commit = repository.merge(base, head, method=method, message="merge", author=ENGINEER, at=at)
    repository.push([RefUpdate(ref="refs/heads/main", expected=base, commit=commit)])
    return commit


def test_landings_tell_where_files_came_to_the_branch_in_its_order(clone: RefStore) -> None:
    base = publish(clone, {"p/zero": "0"})
    publish(clone, {"p/one": "1"}, ref="one", onto=base, days=1)
    publish(clone, {"p/two": "2"}, ref="two", onto=base, days=2)
    second = merge(clone, "two", days=3)
    first = merge(clone, "one", days=4)
    squashed = publish(clone, {"p/four": "4", "p/three": "3"}, days=5)
    head = publish(clone, {"p/one": "changed"}, days=6)

    found = clone.landings(head, ["p/one", "p/two", "p/three", "p/four", "p/zero", "p/never"])

    assert list(found) == ["p/zero", "p/two", "p/one", "p/four", "p/three"]
    assert [landing.commit for landing in found.values()] == [base, second, first, squashed, squashed]
    assert [landing.parent for landing in found.values()] == [None, base, second, first, first]
    assert found["p/two"].at == AT + timedelta(days=3)


def test_a_file_that_is_not_at_the_commit_did_not_land(clone: RefStore) -> None:
    base = publish(clone, {"a": "1"})
    publish(clone, {"b": "1"})
    assert clone.landings(base, ["b"]) == {}
    assert clone.landings(base, []) == {}
    assert clone.landings(NOWHERE, ["a"]) == {}


def test_history_is_that_of_the_branch_itself(clone: RefStore) -> None:
    base = publish(clone, {"a": "1", "b": "1"})
    publish(clone, {"a": "2"}, ref="other", onto=base, days=1)
    publish(clone, {"a": "3"}, ref="other", days=2)
    unrelated = publish(clone, {"b": "2"}, days=3)
    merged = merge(clone, "other", days=4)
    assert clone.history(merged, "a") == (merged, base)
    assert clone.history(unrelated, "a") == (base,)
    assert clone.history(merged, "never") == clone.history(merged, "../a") == ()


def test_changes_are_those_since_the_branch_left(clone: RefStore) -> None:
    base = publish(clone, {"a": "1", "keep": "1"})
    branch = publish(clone, {"a": "2", "new": "1"}, ref="other", onto=base)
    main = publish(clone, {"keep": "2"})
    assert clone.changes(main, branch) == (
        Change(path="a", kind=ChangeKind.MODIFIED),
        Change(path="new", kind=ChangeKind.ADDED),
    )
    assert clone.changes(main, base) == clone.changes(main, main) == ()


def test_commits_are_those_that_the_base_does_not_have(clone: RefStore) -> None:
    base = publish(clone, {"a": "1"})
    first = publish(clone, {"b": "1"}, ref="other", onto=base, days=1)
    second = publish(clone, {"b": "2"}, ref="other", days=2)
    main = publish(clone, {"c": "1"})
    found = clone.commits(main, second)
    assert [commit.id for commit in found] == [first, second]
    assert {person for commit in found for person in (commit.author, commit.committer)} == {ENGINEER}
    assert clone.commits(second, base) == ()


def test_ancestors(clone: RefStore) -> None:
    base = publish(clone, {"a": "1"})
    branch = publish(clone, {"b": "1"}, ref="other", onto=base)
    main = publish(clone, {"c": "1"})
    assert clone.is_ancestor(base, main)
    assert clone.is_ancestor(main, main)
    assert not clone.is_ancestor(main, base)
    assert not clone.is_ancestor(branch, main)
    assert not clone.is_ancestor(NOWHERE, main)


def test_what_has_no_history_cannot_be_asked_for_it(clone: RefStore) -> None:
    main = publish(clone, {"a": "1"})
    with pytest.raises(InvalidInput, match="no commit"):
        clone.commits(NOWHERE, main)
    with pytest.raises(InvalidInput, match="no commit"):
        clone.changes(main, NOWHERE)
    with pytest.raises(InvalidInput, match="no commit"):
        publish(clone, {"b": "1"}, onto=NOWHERE)
    stranger = publish(clone, {"log": "1"}, ref="promotions-log")
    with pytest.raises(InvalidInput, match="no history in common"):
        clone.changes(main, stranger)
    with pytest.raises(InvalidInput, match="no history in common"):
        merge(clone, "promotions-log")


@pytest.mark.parametrize("method", list(MergeMethod))
def test_a_merge_brings_what_both_sides_have(clone: RefStore, method: MergeMethod) -> None:
    base = publish(clone, {"a": "1", "b": "1", "c": "1"})
    branch = publish(clone, {"a": "2", "new": "1"}, ref="other", onto=base, days=1)
    main = publish(clone, {"b": "2"}, days=2)
    commit = merge(clone, "other", method=method, days=3)
    assert {path: clone.read(commit, path) for path in clone.paths(commit, "")} == {
        "a": b"2",
        "b": b"2",
        "c": b"1",
        "new": b"1",
    }
    assert clone.is_ancestor(main, commit)
    assert clone.is_ancestor(branch, commit) is (method is MergeMethod.MERGE)


def test_a_merge_that_conflicts_names_the_files(clone: RefStore) -> None:
    base = publish(clone, {"a": "1", "b": "1"})
    publish(clone, {"a": "2", "new": "1", "b": "2"}, ref="other", onto=base)
    publish(clone, {"a": "3", "new": "2"})
    with pytest.raises(Conflict, match="conflicts in a, new"):
        merge(clone, "other")
