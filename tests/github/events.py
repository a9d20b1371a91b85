"""What happens on the stand-in, told to whoever listens, in the shape of GitHub's webhooks."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.github.git import BareGit
from tests.github.shapes.accounts import account_shape, organization_shape
from tests.github.shapes.repositories import repository_shape
from tests.github.state import Account, Json, Repository, Token

if TYPE_CHECKING:
    from tests.github.hub import Hub

SILENT = ("[skip ci]", "[ci skip]", "[no ci]", "[skip actions]", "[actions skip]")
ALWAYS = {"workflow_dispatch", "repository_dispatch"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """`starts_workflows` is False for what the Actions token did, except for the two dispatches,
    and for commits that ask for silence.

    `ref` and `sha` are what a workflow run of it would check out.
    """

    name: str
    payload: Json
    actor: str
    repository: str
    ref: str
    sha: str
    starts_workflows: bool

    @property
    def action(self) -> str | None:
        return self.payload.get("action")


Listener = Callable[[Event], object]


def tell(
    hub: "Hub",
    repository: Repository,
    name: str,
    payload: Json,
    *,
    by: Account,
    token: Token | None,
    ref: str,
    sha: str,
) -> None:
    """Record an event; listeners hear of it when the request is done."""
    whole = {**payload, "repository": repository_shape(hub, repository), "sender": account_shape(hub, by)}
    if repository.owner.type == "Organization":
        whole["organization"] = organization_shape(hub, repository.owner)
    by_actions = token is not None and token.kind == "actions"
    event = Event(
        name=name,
        payload=whole,
        actor=by.login,
        repository=repository.full_name,
        ref=ref,
        sha=sha,
        starts_workflows=name in ALWAYS or not (by_actions or _is_silenced(repository, name, payload)),
    )
    hub.events.append(event)
    hub.untold.append(event)


def _is_silenced(repository: Repository, name: str, payload: Json) -> bool:
    """Whether the message of the newest commit says that no workflow shall run."""
    commit = {"push": payload.get("after"), "pull_request": payload.get("pull_request", {}).get("head", {}).get("sha")}
    if (sha := commit.get(name)) is None:
        return False
    done = BareGit(repository.folder).run("show", "--no-patch", "--format=%B", sha)
    return any(each in done.stdout.decode() for each in SILENT)
