"""Files over the API."""

import base64

from tests.github.git import BareGit, signature
from tests.github.merging import GITHUB
from tests.github.pushes import moved
from tests.github.routes.commits import resolve
from tests.github.routing import Answer, Call, Refusal, missing, route
from tests.github.rules import push_refusal, rules_of
from tests.github.shapes.commits import commit_shape
from tests.github.shapes.repositories import page_url, repository_url
from tests.github.state import Json, Right

_CONTENTS = "/repos/{owner}/{repo}/contents/{path}"
_LARGEST = 1024 * 1024


@route("GET", _CONTENTS, "contents:read")
def get_content(call: Call) -> Json | list[Json]:
    """A file with its content (none above 1 MB), or what a folder holds."""
    ref = call.query.get("ref", call.repository.default_branch)
    git = BareGit(call.repository.folder)
    commit = git.head(ref) or git.resolve(ref)
    if commit is None:
        raise Refusal(404, f"No commit found for the ref {ref}")
    path = call.names["path"].strip("/")
    done = git.run("ls-tree", commit, path).stdout.decode().split()
    if not done:
        missing()
    if done[1] == "tree":
        lines = git("ls-tree", commit, f"{path}/").splitlines()
        found = [(*line.split("\t")[0].split()[1:], line.split("\t")[1]) for line in lines]
        return [_entry_shape(call, ref, name, kind, sha) for kind, sha, name in found]
    return file_shape(call, ref, path, done[2], git.file(commit, path) or b"")


def _entry_shape(call: Call, ref: str, path: str, kind: str, sha: str, size: int = 0) -> Json:
    url = f"{repository_url(call.hub, call.repository)}/contents/{path}?ref={ref}"
    page = f"{page_url(call.hub, call.repository)}/{'tree' if kind == 'tree' else 'blob'}/{ref}/{path}"
    git = f"{repository_url(call.hub, call.repository)}/git/{kind}s/{sha}"
    return {
        "name": path.rsplit("/", 1)[-1],
        "path": path,
        "sha": sha,
        "size": size,
        "url": url,
        "html_url": page,
        "git_url": git,
        "download_url": None if kind == "tree" else f"{page_url(call.hub, call.repository)}/raw/{ref}/{path}",
        "type": "dir" if kind == "tree" else "file",
        "_links": {"self": url, "git": git, "html": page},
    }


def file_shape(call: Call, ref: str, path: str, sha: str, raw: bytes) -> Json:
    large = len(raw) > _LARGEST
    return {
        **_entry_shape(call, ref, path, "blob", sha, len(raw)),
        "encoding": "none" if large else "base64",
        "content": "" if large else base64.encodebytes(raw).decode(),
    }


@route("PUT", _CONTENTS, "contents:write", right=Right.WRITE)
def put_content(call: Call) -> Answer:
    """409 where `sha` is not the file's, 422 where it is missing."""
    repository, git, path = call.repository, BareGit(call.repository.folder), call.names["path"]
    branch = call.text("branch", repository.default_branch)
    parent = resolve(call, branch)
    there = git.run("rev-parse", "--verify", "--quiet", f"{parent}:{path}").stdout.decode().strip()
    if there and not call.given.get("sha"):
        raise Refusal(422, 'Invalid request.\n\n"sha" wasn\'t supplied.')
    if call.text("sha", there) != there:
        raise Refusal(409, f"{path} does not match {call.text('sha')}")
    if said := push_refusal(rules_of(repository, branch, token=call.token), branch, parent, parent, forward=True):
        raise Refusal(409, f"Repository rule violations found\n\n{said}\n\n")
    raw = base64.b64decode(call.text("content"))
    commit = git.commit_tree(
        git.write_tree(parent, {path: raw}),
        [parent],
        call.text("message"),
        author=signature(call.account),
        committer=GITHUB if call.account.type == "Bot" else signature(call.account),
        at=call.hub.clock.now,
    )
    if call.account.type == "Bot":
        call.hub.signed.add(commit)
    git.set_ref(f"refs/heads/{branch}", commit, parent)
    moved(call.hub, repository, f"refs/heads/{branch}", parent, commit, by=call.account, token=call.token)
    blob = git("rev-parse", f"{commit}:{path}")
    body = {"content": _entry_shape(call, branch, path, "blob", blob, len(raw)), "commit": _file_commit(call, commit)}
    return Answer(body=body, status=200 if there else 201)


def _file_commit(call: Call, sha: str) -> Json:
    shape = commit_shape(call.hub, call.repository, sha)
    return {**shape["commit"], **{name: shape[name] for name in ("sha", "node_id", "url", "html_url", "parents")}}
