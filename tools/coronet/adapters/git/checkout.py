"""What git says of a work tree: which commit lies there, and whether it was changed since."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from coronet.adapters.git.process import Git, without_password
from coronet.core.recorded_run import Checkout


def describe_checkout(root: Path, environment: Mapping[str, str]) -> Checkout:
    """The work tree at `root`; every field None where it is not in git.

    Without a commit of its own, a copy made by a job is at the commit that `GITHUB_SHA` names.
    """
    git = Git(folder=root, environment=environment)
    head = git.run("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    if head.code != 0:
        return Checkout(commit=environment.get("GITHUB_SHA") or None)
    status = git.run("status", "--porcelain", "--untracked-files=normal")
    remote = git.run("remote", "get-url", "origin")
    return Checkout(
        commit=head.out.decode().strip(),
        dirty=bool(status.out.strip()) if status.code == 0 else None,
        repository=without_password(remote.out.decode(errors="replace").strip()) if remote.code == 0 else None,
    )


def user_email(root: Path, environment: Mapping[str, str]) -> str:
    """What git's user.email says at `root`; empty where it says nothing."""
    return Git(folder=root, environment=environment).run("config", "user.email").out.decode(errors="replace").strip()


def ignored_paths(root: Path, environment: Mapping[str, str], paths: Sequence[str]) -> tuple[str, ...]:
    """Which of these paths git would leave out of a commit; none where `root` is not in git."""
    if not paths:
        return ()
    asked = b"".join(f"{path}\0".encode() for path in paths)
    answer = Git(folder=root, environment=environment).run("check-ignore", "--stdin", "-z", data=asked)
    return tuple(path.decode() for path in answer.out.split(b"\0") if path) if answer.code == 0 else ()
