"""The bare repositories under the stand-in."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from tests.github.state import Account

WEB_FLOW = "noreply@github.com"
_SETTINGS = """\
[uploadpack]
	allowAnySHA1InWant = true
	allowFilter = true
[http]
	receivepack = true
[receive]
	hideRefs = refs/pull
[gc]
	auto = 0
"""


class GitFailed(Exception):
    """`git` ended badly; its words are the message."""


class BareGit:
    """git on one bare repository; nothing of the machine's own settings counts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, *words: str, given: bytes | None = None, env: Mapping[str, str] | None = None) -> str:
        return self.raw(*words, given=given, env=env).decode().rstrip("\n")

    def raw(self, *words: str, given: bytes | None = None, env: Mapping[str, str] | None = None) -> bytes:
        done = self.run(*words, given=given, env=env)
        if done.returncode:
            raise GitFailed(done.stderr.decode().strip() or done.stdout.decode().strip())
        return done.stdout

    def run(
        self, *words: str, given: bytes | None = None, env: Mapping[str, str] | None = None
    ) -> "subprocess.CompletedProcess[bytes]":
        return subprocess.run(
            ["git", "--git-dir", str(self.folder), *words],
            input=given if given is not None else b"",
            capture_output=True,
            env=environment(env),
            check=False,
        )

    def head(self, ref: str) -> str | None:
        """The commit at a branch or full ref."""
        full = ref if ref.startswith("refs/") else f"refs/heads/{ref}"
        return self.resolve(full)

    def resolve(self, name: str) -> str | None:
        done = self.run("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
        return done.stdout.decode().strip() or None

    def set_ref(self, ref: str, new: str | None, old: str | None = None) -> None:
        """Move a ref, delete it (`new` None), or raise GitFailed where it is not at `old`."""
        if new is None:
            self("update-ref", "-d", ref, *([old] if old else []))
        else:
            self("update-ref", ref, new, *([old] if old else []))

    def is_ancestor(self, older: str, newer: str) -> bool:
        return self.run("merge-base", "--is-ancestor", older, newer).returncode == 0

    def merge_base(self, one: str, other: str) -> str | None:
        return self.run("merge-base", one, other).stdout.decode().strip() or None

    def commits(self, base: str, head: str) -> list[str]:
        """What `head` has and `base` has not, oldest first."""
        return self("rev-list", "--reverse", "--topo-order", f"{base}..{head}").split()

    def refs(self) -> dict[str, str]:
        lines = self("for-each-ref", "--format=%(refname) %(objectname)").splitlines()
        return dict(line.split(" ", 1) for line in lines)

    def file(self, commit: str, path: str) -> bytes | None:
        done = self.run("cat-file", "blob", f"{commit}:{path}")
        return None if done.returncode else done.stdout

    def commit_tree(
        self,
        tree: str,
        parents: Sequence[str],
        message: str,
        *,
        author: tuple[str, str],
        committer: tuple[str, str],
        at: datetime,
        authored: str | None = None,
    ) -> str:
        """`author` and `committer` are name and address."""
        date = f"{int(at.timestamp())} +0000"
        env = {
            "GIT_AUTHOR_NAME": author[0],
            "GIT_AUTHOR_EMAIL": author[1],
            "GIT_AUTHOR_DATE": authored or date,
            "GIT_COMMITTER_NAME": committer[0],
            "GIT_COMMITTER_EMAIL": committer[1],
            "GIT_COMMITTER_DATE": date,
        }
        options = [word for parent in parents for word in ("-p", parent)]
        return self("commit-tree", tree, *options, given=message.encode(), env=env)

    def write_tree(self, base: str | None, files: Mapping[str, str | bytes | None]) -> str:
        """The tree of `base` with these files; None removes one."""
        index = {"GIT_INDEX_FILE": str(self.folder / "stand-in.index")}
        self("read-tree", *([base] if base else ["--empty"]), env=index)
        ids = iter(self._blobs([each for each in files.values() if each is not None]))
        lines = [
            f"0 {'0' * 40}\t{path}" if content is None else f"100644 {next(ids)}\t{path}"
            for path, content in files.items()
        ]
        self("update-index", "--index-info", given=("\n".join(lines) + "\n").encode(), env=index)
        return self("write-tree", env=index)

    def _blobs(self, contents: Sequence[str | bytes]) -> list[str]:
        """Store them all by one process."""
        stream = b""
        for number, content in enumerate(contents, 1):
            raw = content.encode() if isinstance(content, str) else content
            stream += b"blob\nmark :%d\ndata %d\n%s\nget-mark :%d\n" % (number, len(raw), raw, number)
        return self("fast-import", "--quiet", "--done", given=stream + b"done\n").split() if stream else []

    def merged_tree(self, ours: str, theirs: str) -> str | None:
        """The tree of a merge; None where it conflicts."""
        done = self.run("merge-tree", "--write-tree", ours, theirs)
        return done.stdout.decode().split("\n", 1)[0] if done.returncode == 0 else None


def signature(account: Account) -> tuple[str, str]:
    return account.login, account.noreply


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return {
        **kept,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_COMMITTER_NAME": "GitHub",
        "GIT_COMMITTER_EMAIL": WEB_FLOW,
        "LC_ALL": "C",
        **(more or {}),
    }


def create_bare(folder: Path, default_branch: str) -> BareGit:
    """An empty repository that serves any commit it has, as GitHub does."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        ["git", "init", "--quiet", "--bare", "--template=", f"--initial-branch={default_branch}", str(folder)],
        check=True,
        env=environment(),
        capture_output=True,
    )
    with (folder / "config").open("a") as config:
        config.write(_SETTINGS)
    return BareGit(folder)
