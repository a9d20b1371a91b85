"""git's own objects over the API: refs, with their compare-and-swap, commits, trees and blobs."""

import base64

from tests.github.git import BareGit, GitFailed, signature
from tests.github.merging import GITHUB
from tests.github.pushes import moved
from tests.github.routing import Answer, Call, Refusal, missing, route
from tests.github.rules import push_refusal, rules_of
from tests.github.shapes.accounts import node_id
from tests.github.shapes.commits import verification_shape
from tests.github.shapes.repositories import page_url, repository_url
from tests.github.state import Json, Right

_GIT = "/repos/{owner}/{repo}/git"


def _ref_shape(call: Call, ref: str, sha: str) -> Json:
    url = repository_url(call.hub, call.repository)
    return {
        "ref": ref,
        "node_id": node_id("Ref", int(sha[:8], 16)),
        "url": f"{url}/git/{ref}",
        "object": {"type": "commit", "sha": sha, "url": f"{url}/git/commits/{sha}"},
    }


@route("GET", f"{_GIT}/ref/{{ref}}", "contents:read")
def get_ref(call: Call) -> Json:
    """`ref` is heads/… or tags/…; one that only begins so is 404."""
    ref = f"refs/{call.names['ref']}"
    sha = BareGit(call.repository.folder).head(ref)
    return _ref_shape(call, ref, sha) if sha else missing()


@route("GET", f"{_GIT}/matching-refs/{{ref}}", "contents:read")
def list_matching(call: Call) -> list[Json]:
    begin = f"refs/{call.names['ref']}"
    refs = BareGit(call.repository.folder).refs()
    return [_ref_shape(call, ref, sha) for ref, sha in refs.items() if ref.startswith(begin)]


@route("POST", f"{_GIT}/refs", "contents:write", right=Right.WRITE)
def create_ref(call: Call) -> Answer:
    ref, sha = call.text("ref"), call.text("sha")
    git = BareGit(call.repository.folder)
    if not ref.startswith("refs/") or ref.count("/") < 2:
        raise Refusal(422, "Reference name must start with 'refs/' and contain at least two slashes.")
    if git.head(ref):
        raise Refusal(422, "Reference already exists")
    if git.resolve(sha) != sha:
        raise Refusal(422, "Object does not exist")
    _refuse(call, ref, None, sha, forward=True)
    git.set_ref(ref, sha)
    moved(call.hub, call.repository, ref, None, sha, by=call.account, token=call.token)
    return Answer(body=_ref_shape(call, ref, sha), status=201)


@route("PATCH", f"{_GIT}/refs/{{ref}}", "contents:write", right=Right.WRITE)
def update_ref(call: Call) -> Json:
    """Without `force` only forward: that is the compare-and-swap."""
    ref, sha = f"refs/{call.names['ref']}", call.text("sha")
    git = BareGit(call.repository.folder)
    old = git.head(ref)
    if old is None:
        raise Refusal(422, "Reference does not exist")
    if git.resolve(sha) != sha:
        raise Refusal(422, "Object does not exist")
    forward = git.is_ancestor(old, sha)
    if not forward and not call.given.get("force"):
        raise Refusal(422, "Update is not a fast forward")
    _refuse(call, ref, old, sha, forward=forward)
    git.set_ref(ref, sha, old)
    moved(call.hub, call.repository, ref, old, sha, by=call.account, token=call.token)
    return _ref_shape(call, ref, sha)


@route("DELETE", f"{_GIT}/refs/{{ref}}", "contents:write", right=Right.WRITE)
def delete_ref(call: Call) -> Answer:
    ref = f"refs/{call.names['ref']}"
    git = BareGit(call.repository.folder)
    old = git.head(ref)
    if old is None:
        raise Refusal(422, "Reference does not exist")
    _refuse(call, ref, old, None, forward=True)
    git.set_ref(ref, None, old)
    moved(call.hub, call.repository, ref, old, None, by=call.account, token=call.token)
    return Answer(status=204)


def _refuse(call: Call, ref: str, old: str | None, new: str | None, *, forward: bool) -> None:
    if not ref.startswith("refs/heads/"):
        return
    branch = ref.removeprefix("refs/heads/")
    rules = rules_of(call.repository, branch, token=call.token)
    if said := push_refusal(rules, branch, old, new, forward=forward):
        raise Refusal(422, f"Repository rule violations found\n\n{said}\n\n")


@route("POST", f"{_GIT}/commits", "contents:write", right=Right.WRITE)
def create_commit(call: Call) -> Answer:
    """A bot's commit without an author of its own is signed by GitHub."""
    git = BareGit(call.repository.folder)
    given = call.given.get("author")
    author = (given["name"], given["email"]) if given else signature(call.account)
    bot = call.account.type == "Bot" and not given
    try:
        sha = git.commit_tree(
            call.text("tree"),
            call.given.get("parents") or [],
            call.text("message"),
            author=author,
            committer=GITHUB if bot else author,
            at=call.hub.clock.now,
        )
    except GitFailed:
        raise Refusal(422, "Tree SHA does not exist") from None
    if bot:
        call.hub.signed.add(sha)
    return Answer(body=_commit_shape(call, sha), status=201)


@route("GET", f"{_GIT}/commits/{{commit_sha}}", "contents:read")
def get_commit(call: Call) -> Json:
    sha = BareGit(call.repository.folder).resolve(call.names["commit_sha"])
    return _commit_shape(call, sha) if sha else missing()


def _commit_shape(call: Call, sha: str) -> Json:
    text = BareGit(call.repository.folder)(
        "show", "--no-patch", "--format=%T%x00%P%x00%an%x00%ae%x00%aI%x00%cn%x00%ce%x00%cI%x00%B", sha
    )
    tree, parents, an, ae, at, cn, ce, ct, message = text.split("\0", 8)
    url, shown = repository_url(call.hub, call.repository), page_url(call.hub, call.repository)
    return {
        "sha": sha,
        "node_id": node_id("Commit", int(sha[:8], 16)),
        "url": f"{url}/git/commits/{sha}",
        "html_url": f"{shown}/commit/{sha}",
        "author": {"name": an, "email": ae, "date": at},
        "committer": {"name": cn, "email": ce, "date": ct},
        "message": message.rstrip("\n"),
        "tree": {"sha": tree, "url": f"{url}/git/trees/{tree}"},
        "parents": [
            {"sha": each, "url": f"{url}/git/commits/{each}", "html_url": f"{shown}/commit/{each}"}
            for each in parents.split()
        ],
        "verification": verification_shape(call.hub, sha),
    }


@route("POST", f"{_GIT}/blobs", "contents:write", right=Right.WRITE)
def create_blob(call: Call) -> Answer:
    content = call.text("content")
    raw = base64.b64decode(content) if call.given.get("encoding") == "base64" else content.encode()
    sha = BareGit(call.repository.folder)("hash-object", "-w", "--stdin", given=raw)
    return Answer(body={"sha": sha, "url": f"{repository_url(call.hub, call.repository)}/git/blobs/{sha}"}, status=201)


@route("GET", f"{_GIT}/blobs/{{file_sha}}", "contents:read")
def get_blob(call: Call) -> Json:
    sha = call.names["file_sha"]
    done = BareGit(call.repository.folder).run("cat-file", "blob", sha)
    if done.returncode:
        missing()
    return {
        "sha": sha,
        "node_id": node_id("Blob", int(sha[:8], 16)),
        "size": len(done.stdout),
        "url": f"{repository_url(call.hub, call.repository)}/git/blobs/{sha}",
        "content": base64.encodebytes(done.stdout).decode(),
        "encoding": "base64",
    }
