"""Commits and changed files as the API shows them."""

from typing import TYPE_CHECKING, Any

from tests.github.git import WEB_FLOW, BareGit
from tests.github.shapes.accounts import account_or_none, node_id
from tests.github.shapes.repositories import page_url, repository_url
from tests.github.state import Json, Repository

if TYPE_CHECKING:
    from tests.github.hub import Hub

_FORMAT = "%H%x00%T%x00%P%x00%an%x00%ae%x00%aI%x00%cn%x00%ce%x00%cI%x00%B"
_STATUS = {"A": "added", "D": "removed", "M": "modified", "R": "renamed", "C": "copied", "T": "changed"}
_MOST_FILES = 300


def commit_shape(hub: "Hub", repository: Repository, sha: str) -> Json:
    git = BareGit(repository.folder)
    text = git("show", "--no-patch", f"--format={_FORMAT}", sha)
    sha, tree, parents, an, ae, at, cn, ce, ct, message = text.split("\0", 9)
    url = repository_url(hub, repository)
    return {
        "sha": sha,
        "node_id": node_id("Commit", int(sha[:8], 16)),
        "url": f"{url}/commits/{sha}",
        "html_url": f"{page_url(hub, repository)}/commit/{sha}",
        "comments_url": f"{url}/commits/{sha}/comments",
        "commit": {
            "url": f"{url}/git/commits/{sha}",
            "author": {"name": an, "email": ae, "date": at},
            "committer": {"name": cn, "email": ce, "date": ct},
            "message": message.rstrip("\n"),
            "tree": {"sha": tree, "url": f"{url}/git/trees/{tree}"},
            "comment_count": 0,
            "verification": verification_shape(hub, sha),
        },
        "author": account_or_none(hub, hub.account_of(ae)),
        "committer": account_or_none(hub, hub.account_of(ce)),
        "parents": [
            {"sha": each, "url": f"{url}/commits/{each}", "html_url": f"{page_url(hub, repository)}/commit/{each}"}
            for each in parents.split()
        ],
    }


def verification_shape(hub: "Hub", sha: str) -> Json:
    """Commits that the stand-in made itself are signed; whoever else says to be GitHub is not."""
    good = sha in hub.signed
    return {
        "verified": good,
        "reason": "valid" if good else "unsigned",
        "signature": "-----BEGIN PGP SIGNATURE-----" if good else None,
        "payload": f"committer GitHub <{WEB_FLOW}>" if good else None,
        "verified_at": None,
    }


def whole_commit_shape(hub: "Hub", repository: Repository, sha: str) -> Json:
    """A commit with the files it changed against its first parent."""
    git = BareGit(repository.folder)
    parent = git.resolve(f"{sha}^")
    files = files_shape(hub, repository, parent or git("hash-object", "-t", "tree", "--stdin"), sha)
    lines = sum(each["additions"] for each in files), sum(each["deletions"] for each in files)
    stats = {"additions": lines[0], "deletions": lines[1], "total": sum(lines)}
    return {**commit_shape(hub, repository, sha), "stats": stats, "files": files[:_MOST_FILES]}


def files_shape(hub: "Hub", repository: Repository, old: str, new: str) -> list[Json]:
    git = BareGit(repository.folder)
    counts = {}
    for line in git("diff", "--numstat", "--no-renames", "-z", old, new).split("\0"):
        if line:
            added, removed, path = line.split("\t", 2)
            counts[path] = (_count(added), _count(removed))
    fields = git("diff", "--raw", "--no-renames", "--no-abbrev", "-z", old, new).split("\0")
    return [
        _file_shape(hub, repository, new, meta, path, counts.get(path, (0, 0)))
        for meta, path in zip(fields[:-1:2], fields[1::2], strict=False)
    ]


def _count(text: str) -> int:
    return int(text) if text.isdigit() else 0


def _file_shape(
    hub: "Hub", repository: Repository, commit: str, meta: str, path: str, lines: tuple[int, int]
) -> dict[str, Any]:
    _, _, old, new, letter = meta.split()
    page = page_url(hub, repository)
    return {
        "sha": old if letter == "D" else new,
        "filename": path,
        "status": _STATUS[letter[0]],
        "additions": lines[0],
        "deletions": lines[1],
        "changes": sum(lines),
        "blob_url": f"{page}/blob/{commit}/{path}",
        "raw_url": f"{page}/raw/{commit}/{path}",
        "contents_url": f"{repository_url(hub, repository)}/contents/{path}?ref={commit}",
    }
