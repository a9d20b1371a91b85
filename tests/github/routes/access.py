"""Who one is, and who may do what."""

from tests.github.routing import Answer, Call, Refusal, missing, page, route
from tests.github.shapes.accounts import account_shape, profile_shape
from tests.github.shapes.repositories import permissions_shape, repository_shape
from tests.github.state import Json, Right

_ROLES = {Right.TRIAGE: "read", Right.MAINTAIN: "write"}


@route("GET", "/user")
def get_user(call: Call) -> Json:
    """Installation tokens are nobody's: 403."""
    account = call.account
    if call.token is None or call.token.kind != "person":
        raise Refusal(403, "Resource not accessible by integration")
    return profile_shape(call.hub, account)


@route("GET", "/users/{username}")
def get_account(call: Call) -> Json:
    found = call.hub.accounts.get(call.names["username"].lower())
    return profile_shape(call.hub, found) if found else missing()


@route("GET", "/repos/{owner}/{repo}", "metadata:read")
def get_repository(call: Call) -> Json:
    shape = repository_shape(call.hub, call.repository, call.right_in(call.repository))
    if call.repository.owner.type == "Organization":
        shape["organization"] = account_shape(call.hub, call.repository.owner)
    return shape


@route("GET", "/repos/{owner}/{repo}/collaborators/{username}/permission", "metadata:read", right=Right.WRITE)
def get_permission(call: Call) -> Json:
    """What a user may do here; `permission` knows four words, `role_name` all."""
    account = call.hub.accounts.get(call.names["username"].lower()) or missing()
    right = call.repository.right(account)
    word = _ROLES.get(right, right.value)
    user = {**account_shape(call.hub, account), "permissions": permissions_shape(right), "role_name": right.value}
    return {"permission": word, "role_name": right.value, "user": user}


@route("GET", "/repos/{owner}/{repo}/collaborators", "metadata:read", right=Right.WRITE)
def list_collaborators(call: Call) -> Answer:
    accounts = [call.hub.accounts[login] for login in call.repository.rights]
    return page(
        call,
        accounts,
        shape=lambda each: {
            **account_shape(call.hub, each),
            "permissions": permissions_shape(call.repository.right(each)),
            "role_name": call.repository.right(each).value,
        },
    )


@route("GET", "/orgs/{org}/teams/{team_slug}/members")
def list_members(call: Call) -> Answer:
    """404 without the right to read members, which a job's token never has."""
    account = call.account
    if call.token and call.token.kind != "person" and not call.may("members:read"):
        missing()
    members = call.hub.teams.get(f"{call.names['org']}/{call.names['team_slug']}".lower())
    if members is None or (account.type == "Bot" and call.token and call.token.kind == "actions"):
        missing()
    return page(call, members, shape=lambda each: account_shape(call.hub, each))


@route("GET", "/rate_limit")
def get_rate_limit(call: Call) -> Json:
    used, limit = (call.token.used, call.token.limit) if call.token else (0, 60)
    reset = int(call.hub.clock.now.timestamp()) + 3600
    core = {"limit": limit, "used": used, "remaining": max(limit - used, 0), "reset": reset}
    return {"resources": {"core": core, "search": core}, "rate": core}


@route("GET", "/meta")
def get_meta(call: Call) -> Json:
    return {"verifiable_password_authentication": False, "installed_version": "3.18.0"}
