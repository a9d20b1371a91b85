"""git over smart HTTP: `git http-backend` does the work, rights and rules are asked before and told after."""

import base64
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from tests.github.git import BareGit, environment
from tests.github.pushes import moved
from tests.github.rules import push_refusal, rules_of
from tests.github.state import Repository, Right, Token

if TYPE_CHECKING:
    from tests.github.hub import Hub

PATH = re.compile(r"/([^/]+/[^/]+?)(?:\.git)?/(info/refs|git-upload-pack|git-receive-pack)")
_ZERO = "0" * 40
_HOOK = """#!/bin/sh
# Says what the stand-in's rules say of each ref: HUB_SAYS holds a line `ref refusal` for each that is refused
# in any case, HUB_FORWARD a line for each that may only move forward.
ended=0
while read -r old new ref; do
    words=$(printf '%s\\n' "$HUB_SAYS" | sed -n "s|^$ref ||p")
    if [ -z "$words" ] && printf '%s\\n' "$HUB_FORWARD" | grep -qxF "$ref"; then
        git merge-base --is-ancestor "$old" "$new" 2>/dev/null || words="Cannot force-push to this branch"
    fi
    if [ -n "$words" ]; then
        printf 'error: GH013: Repository rule violations found for %s.\\n\\n- %s\\n' "$ref" "$words" >&2
        ended=1
    fi
done
exit $ended
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class GitAnswer:
    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Update:
    """One line of a push: what a ref was for the pusher, and shall be."""

    ref: str
    old: str | None
    new: str | None


def install_hook(repository: Repository) -> None:
    hook = repository.folder / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(_HOOK)
    hook.chmod(0o755)


def token_of(hub: "Hub", headers: Mapping[str, str]) -> Token | None:
    """The token in a Basic or Bearer header; the user name does not count, as on GitHub."""
    kind, _, rest = headers.get("authorization", "").partition(" ")
    if kind.lower() == "basic":
        rest = base64.b64decode(rest).decode(errors="replace").partition(":")[2]
    return hub.tokens.get(rest.strip())


def answer_git(
    hub: "Hub",
    method: str,
    path: str,
    query: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    reject: bool,
) -> GitAnswer:
    found = PATH.fullmatch(path)
    repository = hub.repositories.get(found[1].lower()) if found else None
    token = token_of(hub, headers)
    service = parse_qs(query).get("service", [path.rsplit("/", 1)[1]])[0]
    refused = _refused(repository, token, headers, writes=service == "git-receive-pack")
    if refused or repository is None:
        return refused or _plain(404, "Repository not found.")
    if method == "POST" and service == "git-receive-pack":
        with hub.lock:
            return _receive(hub, repository, token, path, query, headers, body, reject=reject)
    return _backend(repository, method, path, query, headers, body)


def _refused(
    repository: Repository | None, token: Token | None, headers: Mapping[str, str], *, writes: bool
) -> GitAnswer | None:
    """GitHub asks for a password before it says that there is nothing."""
    ask = {"WWW-Authenticate": 'Basic realm="GitHub"'}
    if token is None and ("authorization" in headers or repository is None or repository.private or writes):
        return _plain(401, "Repository not found." if "authorization" not in headers else "Bad credentials", ask)
    if repository is None or not _may(repository, token, Right.READ):
        return _plain(404, "Repository not found.")
    if writes and not _may(repository, token, Right.WRITE):
        login = token.account.login if token else "nobody"
        return _plain(403, f"Permission to {repository.full_name}.git denied to {login}.")
    return None


def _may(repository: Repository, token: Token | None, wanted: Right) -> bool:
    if token is None or token.kind == "person":
        return repository.right(token.account if token else None).includes(wanted)
    if token.repository != repository.full_name:
        return wanted is Right.READ and not repository.private
    had = token.permissions.get("contents", "none")
    return had == "write" or (wanted is Right.READ and (had == "read" or not repository.private))


def _plain(status: int, text: str, headers: Mapping[str, str] | None = None) -> GitAnswer:
    return GitAnswer(status=status, headers={"Content-Type": "text/plain", **(headers or {})}, body=text.encode())


def _receive(
    hub: "Hub",
    repository: Repository,
    token: Token | None,
    path: str,
    query: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    reject: bool,
) -> GitAnswer:
    assert token is not None
    install_hook(repository)
    git = BareGit(repository.folder)
    updates = read_updates(body)
    before = {each.ref: git.head(each.ref) for each in updates}
    words, forward = _rules(repository, token, updates, reject=reject)
    env = {"HUB_SAYS": "\n".join(words), "HUB_FORWARD": "\n".join(forward)}
    answer = _backend(repository, "POST", path, query, headers, body, env)
    for each in updates:
        after = git.head(each.ref)
        if after == each.new and after != before[each.ref]:
            moved(hub, repository, each.ref, before[each.ref], after, by=token.account, token=token)
    return answer


def _rules(repository: Repository, token: Token, updates: list[Update], *, reject: bool) -> tuple[list[str], list[str]]:
    """Lines for the hook. What is not known before the objects are there is left to it."""
    words, forward = [], []
    for each in updates:
        branch = each.ref.removeprefix("refs/heads/")
        rules = rules_of(repository, branch, token=token) if each.ref.startswith("refs/heads/") else {}
        said = (
            "The stand-in was told to refuse"
            if reject
            else push_refusal(rules, branch, each.old, each.new, forward=True)
        )
        if said:
            words.append(f"{each.ref} {said}")
        elif "non_fast_forward" in rules and each.old and each.new:
            forward.append(each.ref)
    return words, forward


def read_updates(body: bytes) -> list[Update]:
    """The refs that a push wants to move: pkt-lines up to the first flush."""
    found, at = [], 0
    while at + 4 <= len(body) and (length := int(body[at : at + 4], 16)):
        words = body[at + 4 : at + length].split(b"\0", 1)[0].decode().strip().split(" ", 2)
        at += max(length, 4)
        if len(words) == 3 and len(words[0]) == 40:
            old, new, ref = words
            found.append(Update(ref=ref, old=None if old == _ZERO else old, new=None if new == _ZERO else new))
    return found


def _backend(
    repository: Repository,
    method: str,
    path: str,
    query: str,
    headers: Mapping[str, str],
    body: bytes,
    env: Mapping[str, str] | None = None,
) -> GitAnswer:
    """Run the CGI program; its header lines come before its body."""
    end = re.sub(r"^/[^/]+/[^/]+?(?:\.git)?/(?=info/refs|git-)", "/", path)
    asked = {
        "GIT_PROJECT_ROOT": str(repository.folder),
        "GIT_HTTP_EXPORT_ALL": "1",
        "PATH_INFO": end,
        "REQUEST_METHOD": method,
        "QUERY_STRING": query,
        "CONTENT_TYPE": headers.get("content-type", ""),
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_CONTENT_ENCODING": headers.get("content-encoding", ""),
        "GIT_PROTOCOL": headers.get("git-protocol", ""),
        "REMOTE_USER": "git",
        "REMOTE_ADDR": "127.0.0.1",
        **(env or {}),
    }
    done = subprocess.run(["git", "http-backend"], input=body, capture_output=True, env=environment(asked), check=False)
    head, _, rest = done.stdout.partition(b"\r\n\r\n")
    lines = dict(line.split(": ", 1) for line in head.decode().split("\r\n") if ": " in line)
    status = int(lines.pop("Status", "200 OK").split()[0]) if done.stdout else 500
    return GitAnswer(status=status, headers=lines, body=rest)
