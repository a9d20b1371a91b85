"""Where and how git repositories lie about: each state is one that users have."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from coronet.adapters.git.process import Git
from coronet.adapters.git.repository import GitRepository
from coronet.errors import InvalidInput, Unavailable, WrongUsage
from coronet.ports.repository import ChangeKind, Person, RefMoved
from tests.contract.remotes import OnDisk, on_disk

AT = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ENGINEER = Person(name="engineer", email="engineer@users.noreply.coronet")
PATH = "promotions/iris/iris-v7-7c2f9a41.yaml"


@pytest.fixture
def remote(tmp_path: Path) -> Iterator[OnDisk]:
    """A remote with three commits on main: the first brings PATH, the others change something else."""
    with on_disk(tmp_path) as found:
        seed = found.clone()
        for number in range(3):
            publish(seed, {PATH if number == 0 else "other": str(number)})
        yield found


@dataclass
class Work:
    """A clone of the user's, and what is in it."""

    remote: OnDisk
    folder: Path

    def git(self, *arguments: str) -> str:
        return self.remote.git(*arguments, folder=self.folder)

    @property
    def state(self) -> dict[str, str]:
        """Everything of the user's that coronet must leave alone."""
        return {
            "refs": self.git("for-each-ref", "refs/heads", "refs/remotes", "refs/tags", "refs/stash"),
            "head": self.git("rev-parse", "--abbrev-ref", "HEAD") + self.git("rev-parse", "HEAD"),
            "status": self.git("status", "--porcelain=v2", "--branch"),
            "config": self.git("config", "--local", "--list"),
            "files": str(sorted(path.name for path in (self.folder / ".git").iterdir() if path.is_file())),
            "index": str((self.folder / ".git" / "index").read_bytes()),
        }


@pytest.fixture
def work(remote: OnDisk) -> Work:
    return Work(remote=remote, folder=remote.clone_folder())


@pytest.fixture
def dirty_tree(work: Work) -> Work:
    """Changes staged, unstaged, stashed and unknown to git."""
    (work.folder / "other").write_text("stashed")
    work.git("-c", "user.name=u", "-c", "user.email=u@example.com", "stash")
    (work.folder / "other").write_text("staged")
    work.git("add", "other")
    (work.folder / "other").write_text("unstaged")
    (work.folder / "unknown").write_text("unknown")
    return work


@pytest.fixture
def detached_head(work: Work) -> Work:
    work.git("checkout", "--quiet", "--detach", "HEAD~1")
    return work


def publish(repository: GitRepository, files: dict[str, str], *, ref: str = "main") -> str:
    """Commit on top of the ref."""
    there = repository.head(ref)
    data = {path: text.encode() for path, text in files.items()}
    return repository.publish(ref, expected=there, parent=there, files=data, message="m", author=ENGINEER, at=AT)


def use_everything(repository: GitRepository) -> None:
    """Read, ask history, and publish."""
    main = repository.head("main")
    assert main is not None
    assert repository.read(main, PATH) == b"0"
    assert repository.landings(main, [PATH])[PATH].parent is None
    assert repository.history(main, PATH) == (repository.landings(main, [PATH])[PATH].commit,)
    branch = publish(repository, {"promotions/x": "1"}, ref="promotions-log")
    head = repository.publish(
        "new", expected=None, parent=main, files={"new": b"1"}, message="m", author=ENGINEER, at=AT
    )
    assert [change.kind for change in repository.changes(main, head)] == [ChangeKind.ADDED]
    assert [commit.id for commit in repository.commits(main, head)] == [head]
    repository.refresh()
    assert repository.heads(["main", "new", "promotions-log"]) == {"main": main, "new": head, "promotions-log": branch}


# --- places ---------------------------------------------------------------------------------------


def test_a_dirty_tree_stays_as_it_is(dirty_tree: Work) -> None:
    before = dirty_tree.state
    use_everything(dirty_tree.remote.open(dirty_tree.folder))
    assert dirty_tree.state == before


def test_a_detached_head_stays_where_it_is(detached_head: Work) -> None:
    before = detached_head.state
    use_everything(detached_head.remote.open(detached_head.folder))
    assert detached_head.state == before


def test_what_others_push_does_not_move_the_users_refs(work: Work) -> None:
    before = work.state
    publish(work.remote.clone(), {"other": "new"})
    repository = work.remote.open(work.folder)
    assert repository.read(repository.head("main") or "", "other") == b"new"
    assert work.state == before


def test_any_folder_of_the_work_tree_will_do(work: Work) -> None:
    use_everything(work.remote.open(work.folder / "promotions" / "iris"))


def test_a_linked_work_tree_will_do(work: Work) -> None:
    linked = work.remote.folder / "linked"
    work.git("worktree", "add", "--quiet", "--detach", str(linked))
    use_everything(work.remote.open(linked))


def test_a_folder_with_a_strange_name_will_do(remote: OnDisk) -> None:
    folder = remote.folder / 'it\'s "ünusual" $HOME'
    remote.git("clone", "--quiet", str(remote.origin), str(folder))
    use_everything(remote.open(folder))


def test_a_mirror_will_do(remote: OnDisk) -> None:
    folder = remote.clone_folder("--mirror")
    use_everything(remote.open(folder))
    refs = remote.git("for-each-ref", "--format=%(refname)", "refs/heads", folder=folder)
    assert refs == "refs/heads/main"


def test_a_clone_without_a_main_branch_of_its_own_will_do(remote: OnDisk) -> None:
    """As `actions/checkout` makes them: one commit's branch, detached."""
    folder = remote.folder / "checkout"
    remote.git("init", "--quiet", "--initial-branch=other", str(folder))
    remote.git("remote", "add", "origin", f"file://{remote.origin}", folder=folder)
    use_everything(remote.open(folder))


def test_the_remote_may_be_named_by_its_folder_or_by_another_name(work: Work) -> None:
    work.git("remote", "rename", "origin", "upstream")
    use_everything(work.remote.open(work.folder, remote="upstream"))
    assert work.remote.open(work.folder, remote=str(work.remote.origin)).head("new")


def test_a_relative_remote_counts_from_the_top_of_the_work_tree(work: Work) -> None:
    work.git("remote", "set-url", "origin", "../origin.git")
    use_everything(work.remote.open(work.folder / "promotions"))


def test_a_push_goes_where_pushes_go(work: Work) -> None:
    work.git("remote", "set-url", "--push", "origin", str(work.remote.origin))
    work.git("remote", "set-url", "origin", f"file://{work.remote.origin}")
    use_everything(work.remote.open(work.folder))


def test_the_bare_repository_itself_will_do_and_keeps_its_refs_clean(remote: OnDisk) -> None:
    use_everything(remote.open(remote.origin))
    refs = remote.git("for-each-ref", "--format=%(refname)", folder=remote.origin).split()
    assert refs == ["refs/heads/main", "refs/heads/new", "refs/heads/promotions-log"]


def test_hooks_of_the_remote_hold_also_where_the_remote_is_the_repository_itself(remote: OnDisk) -> None:
    remote.refuse("refs/heads/main", "no")
    with pytest.raises(Exception, match="no"):
        publish(remote.open(remote.origin), {"a": "1"})


def test_a_clone_of_an_empty_remote_has_nothing_and_can_begin(tmp_path: Path) -> None:
    with on_disk(tmp_path) as empty:
        repository = empty.clone()
        assert repository.head("main") is None
        publish(repository, {"a": "1"})
        assert empty.clone().head("main") == repository.head("main")


def test_a_repository_of_sha256_will_do(tmp_path: Path) -> None:
    with on_disk(tmp_path) as other:
        other.git("init", "--quiet", "--bare", "--object-format=sha256", "--initial-branch=main", str(tmp_path / "256"))
        other.git("init", "--quiet", "--object-format=sha256", str(tmp_path / "work"))
        other.git("remote", "add", "origin", str(tmp_path / "256"), folder=tmp_path / "work")
        repository = other.open(tmp_path / "work")
        first = publish(repository, {PATH: "0", "a/b": "1"})
        assert len(first) == 64
        assert repository.paths(first, "") == ("a/b", PATH)
        second = publish(repository, {"a/b": "2"})
        assert repository.head("main") == second != first


# --- shallow --------------------------------------------------------------------------------------


@pytest.fixture
def shallow_clone(remote: OnDisk) -> Work:
    return Work(remote=remote, folder=remote.clone_folder("--depth=1"))


def test_a_shallow_clone_reads_without_its_history(shallow_clone: Work) -> None:
    repository = shallow_clone.remote.open(shallow_clone.folder)
    assert repository.read(repository.head("main") or "", PATH) == b"0"
    publish(repository, {"log": "1"}, ref="promotions-log")
    publish(repository, {"other": "4"})
    assert shallow_clone.git("rev-parse", "--is-shallow-repository") == "true"


def test_a_shallow_clone_is_made_whole_where_history_is_asked_for(shallow_clone: Work) -> None:
    use_everything(shallow_clone.remote.open(shallow_clone.folder))
    assert shallow_clone.git("rev-parse", "--is-shallow-repository") == "false"


def test_a_shallow_clone_that_cannot_be_made_whole_says_what_to_do(shallow_clone: Work) -> None:
    """Its remote is shallow itself: the history is not to be had."""
    origin = shallow_clone.remote.origin
    commit = shallow_clone.remote.git("rev-parse", "main", folder=origin)
    (origin / "shallow").write_text(f"{commit}\n")
    repository = shallow_clone.remote.open(shallow_clone.folder)
    with pytest.raises(WrongUsage, match="shallow") as caught:
        repository.landings(repository.head("main") or "", [PATH])
    assert "fetch-depth: 0" in caught.value.hint


# --- what cannot be done --------------------------------------------------------------------------


def test_outside_of_any_repository(tmp_path: Path) -> None:
    with on_disk(tmp_path) as remote:
        (tmp_path / "elsewhere").mkdir()
        with pytest.raises(WrongUsage, match="no git repository"):
            remote.open(tmp_path / "elsewhere").head("main")
        with pytest.raises(WrongUsage, match="no folder"):
            remote.open(tmp_path / "nowhere").head("main")


def test_a_repository_without_the_remote(work: Work) -> None:
    with pytest.raises(WrongUsage, match="no remote 'nowhere'"):
        work.remote.open(work.folder, remote="nowhere").head("main")


def test_a_remote_that_is_not_there(work: Work) -> None:
    work.git("remote", "set-url", "origin", str(work.folder / "gone.git"))
    with pytest.raises(Unavailable, match=r"gone\.git"):
        work.remote.open(work.folder).head("main")


def test_a_repository_of_another_user(work: Work) -> None:
    environment = {**work.remote.environment, "GIT_TEST_ASSUME_DIFFERENT_OWNER": "1"}
    with pytest.raises(Unavailable, match="another user") as caught:
        GitRepository(work.folder, environment=environment).head("main")
    assert f"safe.directory {work.folder}" in caught.value.hint


def test_no_git(work: Work, tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="not installed"):
        GitRepository(work.folder, environment={"PATH": str(tmp_path)}).head("main")


def test_a_git_that_is_too_old(work: Work, tmp_path: Path) -> None:
    """It knows no `cat-file -z`, as git did before 2.38."""
    script = tmp_path / "bin" / "git"
    script.parent.mkdir()
    script.write_text(
        '#!/bin/sh\ncase "$*" in *cat-file*) exit 129;; *version) echo git version 2.30.2;;'
        f' *) PATH="{os.environ["PATH"]}" exec git "$@";; esac\n'
    )
    script.chmod(0o755)
    environment = {**work.remote.environment, "PATH": str(script.parent)}
    repository = GitRepository(work.folder, environment=environment)
    with pytest.raises(Unavailable, match=r"git 2\.30 is too old: git 2\.38 or newer"):
        repository.head("main")
    repository.close()


def test_a_damaged_repository(work: Work) -> None:
    repository = work.remote.open(work.folder)
    main = repository.head("main") or ""
    repository.close()
    (work.folder / ".git" / "HEAD").write_text("nonsense")
    with pytest.raises((Unavailable, WrongUsage)):
        repository.read(main, PATH)


# --- what a user's surroundings must not change ---------------------------------------------------


def test_a_surrounding_hook_does_not_lead_astray(work: Work) -> None:
    """git sets these for the hooks that it runs, and coronet may run in one."""
    stray = {
        "GIT_DIR": "/nowhere",
        "GIT_WORK_TREE": "/nowhere",
        "GIT_INDEX_FILE": "/nowhere/index",
        "GIT_OBJECT_DIRECTORY": "/nowhere/objects",
        "GIT_PREFIX": "x/",
        "GIT_NAMESPACE": "x",
        "GIT_LITERAL_PATHSPECS": "1",
        "LANGUAGE": "de",
        "LC_ALL": "de_DE.UTF-8",
    }
    repository = GitRepository(work.folder, environment={**work.remote.environment, **stray})
    use_everything(repository)
    repository.close()


def test_hooks_of_the_user_do_not_run(work: Work) -> None:
    ran = work.folder / "ran"
    for name in ("pre-push", "reference-transaction", "post-update", "post-checkout", "pre-commit", "commit-msg"):
        hook = work.folder / ".git" / "hooks" / name
        hook.write_text(f"#!/bin/sh\necho {name} >> '{ran}'\nexit 1\n")
        hook.chmod(0o755)
    use_everything(work.remote.open(work.folder))
    assert not ran.exists()


ODD_SETTINGS = {
    "core.quotePath": "true",
    "core.autocrlf": "true",
    "core.precomposeUnicode": "true",
    "core.ignoreCase": "true",
    "core.logAllRefUpdates": "always",
    "core.abbrev": "4",
    "core.commentChar": "%",
    "color.ui": "always",
    "commit.gpgSign": "true",
    "commit.cleanup": "scissors",
    "diff.noprefix": "true",
    "diff.relative": "true",
    "diff.renames": "copies",
    "diff.external": "false",
    "diff.orderFile": "/dev/null",
    "fetch.prune": "true",
    "fetch.fsckObjects": "true",
    "i18n.commitEncoding": "ISO-8859-1",
    "i18n.logOutputEncoding": "ISO-8859-1",
    "log.follow": "true",
    "log.showSignature": "true",
    "log.date": "relative",
    "log.diffMerges": "combined",
    "log.mailmap": "true",
    "push.gpgSign": "if-asked",
    "push.followTags": "true",
    "push.default": "nothing",
    "push.useForceIfIncludes": "true",
    "push.recurseSubmodules": "check",
    "remote.origin.tagOpt": "--tags",
    "remote.origin.prune": "true",
    "submodule.recurse": "true",
    "tag.gpgSign": "true",
}


def test_settings_of_the_user_change_nothing(work: Work) -> None:
    """Above all not the commits: the same inputs make the same ones everywhere."""
    plain = work.remote.clone()
    first = plain.commit_files(parent=None, files={"ä\r\n".strip(): b"1\r\n"}, message="ü", author=ENGINEER, at=AT)
    for name, value in ODD_SETTINGS.items():
        work.git("config", name, value)
    odd = work.remote.open(work.folder)
    assert odd.commit_files(parent=None, files={"ä": b"1\r\n"}, message="ü", author=ENGINEER, at=AT) == first
    use_everything(odd)


def test_replacements_of_objects_are_not_followed(work: Work) -> None:
    """A replaced commit would show another proposal than the one that was approved."""
    forged = work.git("hash-object", "-w", "/dev/null")
    blob = work.git("rev-parse", f"HEAD:{PATH}")
    work.git("replace", blob, forged)
    repository = work.remote.open(work.folder)
    assert repository.read(repository.head("main") or "", PATH) == b"0"


def test_two_processes_may_fetch_into_one_clone(work: Work) -> None:
    """Another fetch holds the lock for a moment: it is tried again."""
    first = work.remote.open(work.folder)
    first.head("main")
    publish(work.remote.clone(), {"other": "new"})
    second = work.remote.open(work.folder)
    first.refresh()
    second.refresh()
    assert first.head("main") == second.head("main")


def test_a_lock_that_was_left_behind_is_told(work: Work) -> None:
    repository = work.remote.open(work.folder)
    repository.head("main")
    publish(work.remote.clone(), {"other": "new"})
    own = work.git("for-each-ref", "--format=%(refname)", "refs/coronet").split()
    for ref in own:
        (work.folder / ".git" / f"{ref}.lock").touch()
    repository.refresh()
    with pytest.raises(Unavailable, match="lock"):
        repository.head("main")


# --- the network ----------------------------------------------------------------------------------


def test_a_remote_that_says_nothing_is_given_up(work: Work) -> None:
    work.git("remote", "set-url", "origin", "ssh://example.invalid/x.git")
    environment = {**work.remote.environment, "GIT_SSH_COMMAND": "exec tail -f /dev/null #"}
    repository = GitRepository(work.folder, environment=environment, timeout=0.3)
    with pytest.raises(Unavailable, match=r"did not end within 0\.3 seconds"):
        repository.head("main")
    repository.close()


def test_nobody_is_asked_for_a_password(work: Work) -> None:
    """ssh would ask on the terminal; there is none in the session that git is given."""
    work.git("remote", "set-url", "origin", "ssh://example.invalid/x.git")
    asks = "if (: < /dev/tty) 2>/dev/null; then echo asked >&2; else echo no terminal >&2; fi; exit 1 #"
    environment = {**work.remote.environment, "GIT_SSH_COMMAND": asks}
    repository = GitRepository(work.folder, environment=environment)
    with pytest.raises(Unavailable, match="no terminal"):
        repository.head("main")
    repository.close()


def test_what_is_gone_from_the_remote_is_not_seen_any_more(work: Work) -> None:
    repository = work.remote.open(work.folder)
    publish(repository, {"a": "1"}, ref="promotions-log")
    work.remote.git("branch", "-D", "promotions-log", folder=work.remote.origin)
    assert repository.head("promotions-log")
    repository.refresh()
    assert repository.head("promotions-log") is None


def test_a_branch_that_was_rewritten_is_seen_as_it_is(work: Work) -> None:
    repository = work.remote.open(work.folder)
    old = repository.head("main")
    new = work.remote.git("rev-parse", "main~1", folder=work.remote.origin)
    work.remote.git("update-ref", "refs/heads/main", new, folder=work.remote.origin)
    with pytest.raises(RefMoved):
        publish(repository, {"a": "1"})
    repository.refresh()
    assert repository.head("main") == new != old
    assert not repository.is_ancestor(old or "", new)


def test_commits_that_no_branch_holds_are_fetched_by_their_id(work: Work) -> None:
    writer = work.remote.clone()
    head = publish(writer, {"a": "1"}, ref="refs/coronet/pull/1")
    repository = work.remote.open(work.folder)
    assert repository.read(head, "a") == b"1"
    assert [commit.id for commit in repository.commits(repository.head("main") or "", head)] == [head]
    with pytest.raises(InvalidInput, match="no commit"):
        repository.commits(head, "1" * 40)


def test_deleted_and_renamed_files_are_told_apart(work: Work) -> None:
    main = work.git("rev-parse", "HEAD")
    work.git("mv", PATH, "moved")
    work.git("-c", "user.name=u", "-c", "user.email=u@example.com", "commit", "--quiet", "-m", "move")
    work.git("push", "--quiet", "origin", "HEAD:other")
    repository = work.remote.open(work.folder)
    changes = repository.changes(main, repository.head("other") or "")
    assert {change.path: change.kind for change in changes} == {PATH: ChangeKind.DELETED, "moved": ChangeKind.ADDED}


# --- partial and damaged clones -------------------------------------------------------------------


@pytest.fixture
def partial_clone(remote: OnDisk) -> Work:
    """Its files are fetched when they are read."""
    remote.git("config", "uploadpack.allowFilter", "true", folder=remote.origin)
    remote.git("config", "uploadpack.allowAnySHA1InWant", "true", folder=remote.origin)
    return Work(remote=remote, folder=remote.clone_folder("--filter=blob:none", "--no-checkout"))


def test_a_partial_clone_fetches_what_is_read(partial_clone: Work) -> None:
    use_everything(partial_clone.remote.open(partial_clone.folder))


def test_a_partial_clone_without_its_remote_does_not_say_that_a_file_is_not_there(partial_clone: Work) -> None:
    """A policy that cannot be read must not look like a model without one."""
    repository = partial_clone.remote.open(partial_clone.folder)
    main = repository.head("main") or ""
    partial_clone.remote.vanish()
    assert repository.read(main, "promotions/iris/nothing.yaml") is None
    with pytest.raises(Unavailable, match=r"lacks|could not fetch"):
        repository.read(main, PATH)
    partial_clone.remote.come_back()
    assert repository.read(main, PATH) == b"0"


@pytest.mark.parametrize("what", ["promotions", PATH])
def test_a_clone_that_lost_an_object_does_not_say_that_a_file_is_not_there(work: Work, what: str) -> None:
    repository = work.remote.open(work.folder)
    main = repository.head("main") or ""
    pack = next((work.folder / ".git" / "objects" / "pack").glob("*.pack"))
    loose = work.folder / "loose.pack"
    pack.rename(loose)
    git = work.remote.git
    with loose.open("rb") as stream:
        Git(folder=work.folder, environment=work.remote.environment).require("unpack-objects", "-q", data=stream.read())
    lost = git("rev-parse", f"HEAD:{what}", folder=work.folder)
    (work.folder / ".git" / "objects" / lost[:2] / lost[2:]).unlink()
    repository.close()
    with pytest.raises(Unavailable, match=f"lacks {what}"):
        repository.read(main, PATH)
    if what != PATH:
        with pytest.raises(Unavailable, match=f"lacks {what}"):
            repository.paths(main, "")
        with pytest.raises(Unavailable, match=f"lacks {what}"):
            repository.paths(main, "promotions/iris")


def test_names_that_are_not_utf8_are_told_and_not_found(work: Work) -> None:
    blob = work.git("rev-parse", f"HEAD:{PATH}")
    git = Git(folder=work.folder, environment=work.remote.environment)
    tree = git.require("mktree", "-z", data=b"100644 blob %s\tnot-\xff\0" % blob.encode()).decode().strip()
    repository = work.remote.open(work.folder)
    made = git.require("-c", "user.name=u", "-c", "user.email=u@example.com", "commit-tree", tree, "-m", "m")
    commit = made.decode().strip()
    assert repository.paths(commit, "") == ("not-\\xff",)
    assert repository.read(commit, "not-\\xff") is None
    assert repository.blob_ids([(commit, "not-\\xff"), (commit, "not-\\xff/x")]) == (None, None)


def test_many_landings_are_found_at_once(remote: OnDisk) -> None:
    repository = remote.clone()
    paths = [f"promotions/model-{number % 3}/x-{number}.yaml" for number in range(40)]
    landed = [publish(repository, {path: "1", "other": path}) for path in paths[:5]]
    landed += [publish(repository, dict.fromkeys(paths[5:], "1"))] * 35
    found = repository.landings(repository.head("main") or "", [*reversed(paths)])
    assert list(found) == [*paths[:5], *sorted(paths[5:])]
    assert [landing.commit for landing in found.values()] == landed


def test_a_submodule_is_no_file(work: Work) -> None:
    head = work.git("rev-parse", "HEAD")
    git = Git(folder=work.folder, environment=work.remote.environment)
    tree = git.require("mktree", data=f"160000 commit {'1' * 40}\tmodule\n".encode()).decode().strip()
    made = git.require("-c", "user.name=u", "-c", "user.email=u@example.com", "commit-tree", tree, "-p", head)
    repository = work.remote.open(work.folder)
    commit = made.decode().strip()
    assert repository.paths(commit, "") == ()
    assert repository.blob_ids([(commit, "module"), (commit, "module/x")]) == (None, None)


def test_no_password_is_shown(work: Work) -> None:
    address = "http://user:secret@127.0.0.1:1/x.git"
    work.git("remote", "set-url", "origin", address)
    for remote in ("origin", address):
        with pytest.raises(Unavailable, match=r"127\.0\.0\.1") as caught:
            work.remote.open(work.folder, remote=remote).head("main")
        assert "secret" not in str(caught.value) + caught.value.hint


def test_a_trace_that_the_user_asked_for_is_not_taken_for_gits_words(work: Work) -> None:
    traces = {"GIT_TRACE": "1", "GIT_TRACE_PACKET": "true", "GIT_CURL_VERBOSE": "1"}
    work.git("remote", "set-url", "origin", str(work.folder / "gone.git"))
    repository = GitRepository(work.folder, environment={**work.remote.environment, **traces})
    with pytest.raises(Unavailable) as caught:
        repository.head("main")
    assert "trace:" not in caught.value.message
    assert "packet" not in caught.value.message
    repository.close()
