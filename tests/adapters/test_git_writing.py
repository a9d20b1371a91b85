"""Commits and pushes by git, beyond the contract of every repository."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from coronet.adapters.git.repository import GitRepository
from coronet.adapters.git.store import RefUpdate
from coronet.errors import Refused, Unavailable
from coronet.ports.repository import MergeMethod, Person, RefMoved
from tests.contract.remotes import OnDisk, on_disk

AT = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ENGINEER = Person(name="engineer", email="engineer@users.noreply.coronet")


@pytest.fixture
def remote(tmp_path: Path) -> Iterator[OnDisk]:
    with on_disk(tmp_path) as found:
        yield found


def commit(
    repository: GitRepository,
    files: dict[str, bytes],
    *,
    parent: str | None = None,
    author: Person = ENGINEER,
    message: str = "m",
    at: datetime = AT,
) -> str:
    return repository.commit_files(parent=parent, files=files, message=message, author=author, at=at)


def move(repository: GitRepository, ref: str, commit_: str | None, *, expected: str | None = None) -> None:
    repository.push([RefUpdate(ref=ref, expected=expected, commit=commit_)])


# --- commits --------------------------------------------------------------------------------------


def test_a_commit_is_what_git_makes_of_the_same(remote: OnDisk) -> None:
    """Byte for byte, and whatever zone the moment is given in."""
    repository = remote.clone()
    in_paris = AT.astimezone(timezone(timedelta(hours=1)))
    made = commit(repository, {"a/b": b"1\n", "c": b""}, message="Say why\n\nAt length", at=in_paris)
    move(repository, "refs/heads/main", made)
    assert remote.git("cat-file", "commit", made, folder=remote.origin) == (
        f"tree {remote.git('rev-parse', made + '^{tree}', folder=remote.origin)}\n"
        f"author engineer <engineer@users.noreply.coronet> {int(AT.timestamp())} +0000\n"
        f"committer engineer <engineer@users.noreply.coronet> {int(AT.timestamp())} +0000\n"
        "\nSay why\n\nAt length"
    )
    assert made == "ed296290cf7d4c6fd9659b2988673e57084b229d"
    listed = remote.git("ls-tree", "-r", made, folder=remote.origin)
    assert [line.split()[0] for line in listed.splitlines()] == ["100644", "100644"]


def test_a_merge_commit_is_signed_by_who_merges(remote: OnDisk) -> None:
    repository = remote.clone()
    base = commit(repository, {"a": b"1"})
    head = commit(repository, {"b": b"1"}, parent=base)
    main = commit(repository, {"c": b"1"}, parent=base)
    move(repository, "refs/heads/main", main)
    merged = repository.merge(main, head, method=MergeMethod.MERGE, message="Merge ü\n", author=ENGINEER, at=AT)
    move(repository, "refs/heads/main", merged, expected=main)
    shown = remote.git("log", "-1", "--format=%P|%an|%ae|%cn|%ce|%at|%ct|%s", "main", folder=remote.origin)
    who, at = f"{ENGINEER.name}|{ENGINEER.email}", int(AT.timestamp())
    assert shown == f"{main} {head}|{who}|{who}|{at}|{at}|Merge ü"


@pytest.mark.parametrize(
    ("name", "email", "wanted"),
    [
        ("A <b>", "<a@example.com>", "A b|a@example.com"),
        ("two\nlines", "a\0@example.com", "twolines|a@example.com"),
        ("", " ", "unknown|unknown"),
        ("Ünïcode ✓", "ü@example.com", "Ünïcode ✓|ü@example.com"),
    ],
)
def test_names_that_git_does_not_allow_are_cleaned(remote: OnDisk, name: str, email: str, wanted: str) -> None:
    repository = remote.clone()
    made = commit(repository, {"a": b"1"}, author=Person(name=name, email=email))
    move(repository, "refs/heads/main", made)
    assert remote.git("log", "-1", "--format=%an|%ae", "main", folder=remote.origin) == wanted


@pytest.mark.parametrize("path", ["", "/a", "../a", "a/../b", "a//b", "a\nb", ".git/config", "a/", "./a", "a\0"])
def test_a_path_that_leads_astray_is_a_bug_of_ours(remote: OnDisk, path: str) -> None:
    with pytest.raises(ValueError, match="cannot be written"):
        commit(remote.clone(), {path: b"1"})


def test_a_message_is_never_read_as_commands(remote: OnDisk) -> None:
    """git's import format has commands of its own; data is given by its length."""
    repository = remote.clone()
    nasty = "x\nM 100644 inline evil\ndata 1\n1\nreset refs/heads/evil\n"
    made = commit(repository, {"a": nasty.encode(), 'q"\\': b"1"}, message=nasty)
    assert repository.paths(made, "") == ("a", 'q"\\')
    assert repository.head("evil") is None
    assert repository.read(made, "a") == nasty.encode()


def test_building_a_commit_leaves_no_ref_behind(remote: OnDisk) -> None:
    folder = remote.clone_folder()
    repository = remote.open(folder)
    move(repository, "refs/heads/main", commit(repository, {"a": b"1"}))
    assert remote.git("for-each-ref", folder=folder) == ""


# --- pushes ---------------------------------------------------------------------------------------


def test_a_push_that_arrived_although_git_was_stopped_is_no_failure(remote: OnDisk) -> None:
    """The remote has moved the ref, and its hook takes longer than we wait."""
    folder = remote.clone_folder()
    slow = remote.open(folder, timeout=1.5)
    made = commit(slow, {"a": b"1"})
    assert slow.head("main") is None
    remote.hook("post-receive", "#!/bin/sh\nexec tail -f /dev/null\n")
    move(slow, "refs/heads/main", made)
    assert slow.head("main") == made
    slow.refresh()
    assert slow.head("main") == made


def test_a_push_that_did_not_arrive_because_git_was_stopped_is_unavailable(remote: OnDisk) -> None:
    slow = remote.open(remote.clone_folder(), timeout=1.5)
    made = commit(slow, {"a": b"1"})
    assert slow.head("main") is None
    remote.hook("pre-receive", "#!/bin/sh\nexec tail -f /dev/null\n")
    with pytest.raises(Unavailable, match="did not end"):
        move(slow, "refs/heads/main", made)
    (remote.origin / "hooks" / "pre-receive").unlink()
    move(slow, "refs/heads/main", made)
    assert slow.head("main") == made


@pytest.mark.parametrize("setting", ["receive.denyNonFastForwards", "receive.denyDeletes"])
def test_the_rules_of_the_remote_are_told_in_its_words(remote: OnDisk, setting: str) -> None:
    repository = remote.clone()
    first, other = commit(repository, {"a": b"1"}), commit(repository, {"a": b"2"})
    move(repository, "refs/heads/main", first)
    remote.git("config", setting, "true", folder=remote.origin)
    with pytest.raises(Refused, match=r"non-fast-forward|deletion prohibited"):
        move(repository, "refs/heads/main", None if "Deletes" in setting else other, expected=first)


def test_a_branch_that_is_checked_out_is_not_pushed_to(remote: OnDisk) -> None:
    """A remote that is somebody's work tree."""
    seed = remote.clone()
    made = commit(seed, {"a": b"1"})
    move(seed, "refs/heads/main", made)
    work = remote.clone_folder()
    third = remote.folder / "third"
    remote.git("clone", "--quiet", str(work), str(third))
    repository = remote.open(third)
    with pytest.raises(Refused, match="checked out"):
        move(repository, "refs/heads/main", commit(repository, {"b": b"1"}, parent=made), expected=made)


def test_a_ref_that_is_locked_by_another_push_counts_as_moved(remote: OnDisk) -> None:
    """The other push is about to win: whoever reads again finds out."""
    repository = remote.clone()
    made = commit(repository, {"a": b"1"})
    move(repository, "refs/heads/main", made)
    (remote.origin / "refs" / "heads" / "main.lock").touch()
    with pytest.raises(RefMoved):
        move(repository, "refs/heads/main", commit(repository, {"a": b"2"}, parent=made), expected=made)


def test_a_commit_on_another_parent_replaces_a_branch_when_it_is_asked_to(remote: OnDisk) -> None:
    repository = remote.clone()
    first, other = commit(repository, {"a": b"1"}), commit(repository, {"a": b"2"})
    move(repository, "refs/heads/proposal", first)
    move(repository, "refs/heads/proposal", other, expected=first)
    repository.refresh()
    assert repository.head("proposal") == other


def test_a_remote_that_only_reads_is_unavailable_with_gits_own_words(remote: OnDisk) -> None:
    work = remote.clone_folder()
    repository = remote.open(work)
    assert repository.head("main") is None
    remote.git("remote", "set-url", "--push", "origin", str(remote.folder / "no such"), folder=work)
    with pytest.raises(Unavailable, match="no such"):
        move(repository, "refs/heads/main", commit(repository, {"a": b"1"}))


def test_half_characters_are_no_names_and_are_written_as_question_marks(remote: OnDisk) -> None:
    repository = remote.clone()
    half, byte = "x\ud800", "x\udcff"
    made = commit(repository, {"a": b"1"}, message=half, author=Person(name=byte, email="a@example.com"))
    move(repository, "refs/heads/main", made)
    assert remote.git("log", "-1", "--format=%an|%s", "main", folder=remote.origin) == "x?|x?"
    for name in (half, byte):
        assert repository.head(name) is None
        assert repository.read(made, name) is None
        assert repository.paths(made, name) == ()
        with pytest.raises(ValueError, match="cannot be written"):
            commit(repository, {name: b"1"})
