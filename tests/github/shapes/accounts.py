"""Users, bots and organizations as the API shows them."""

import base64
from typing import TYPE_CHECKING

from tests.github.clock import stamp
from tests.github.state import Account, Json

if TYPE_CHECKING:
    from tests.github.hub import Hub

_LINKS = {
    "followers_url": "/followers",
    "following_url": "/following{/other_user}",
    "gists_url": "/gists{/gist_id}",
    "starred_url": "/starred{/owner}{/repo}",
    "subscriptions_url": "/subscriptions",
    "organizations_url": "/orgs",
    "repos_url": "/repos",
    "events_url": "/events{/privacy}",
    "received_events_url": "/received_events",
}


def node_id(kind: str, number: int) -> str:
    return base64.b64encode(f"{kind}{number}".encode()).decode()


def account_shape(hub: "Hub", account: Account) -> Json:
    url = f"{hub.api}/users/{account.login}"
    return {
        "login": account.login,
        "id": account.id,
        "node_id": node_id("User", account.id),
        "avatar_url": f"{hub.web}/avatars/{account.id}",
        "gravatar_id": "",
        "url": url,
        "html_url": f"{hub.web}/{account.login}",
        **{name: url + end for name, end in _LINKS.items()},
        "type": account.type,
        "user_view_type": "public",
        "site_admin": False,
    }


def account_or_none(hub: "Hub", account: Account | None) -> Json | None:
    return account_shape(hub, account) if account else None


def profile_shape(hub: "Hub", account: Account) -> Json:
    """What `GET /user` and `GET /users/{username}` add."""
    empty = dict.fromkeys(("company", "location", "email", "hireable", "bio", "twitter_username"))
    return {
        **account_shape(hub, account),
        **empty,
        "name": account.login,
        "blog": "",
        "public_repos": 0,
        "public_gists": 0,
        "followers": 0,
        "following": 0,
        "created_at": stamp(hub.began),
        "updated_at": stamp(hub.began),
    }


def organization_shape(hub: "Hub", account: Account) -> Json:
    url = f"{hub.api}/orgs/{account.login}"
    links = {f"{each}_url": f"{url}/{each}" for each in ("repos", "events", "hooks", "issues")}
    return {
        **links,
        "login": account.login,
        "id": account.id,
        "node_id": node_id("Organization", account.id),
        "url": url,
        "members_url": f"{url}/members{{/member}}",
        "public_members_url": f"{url}/public_members{{/member}}",
        "avatar_url": f"{hub.web}/avatars/{account.id}",
        "description": None,
    }


def team_shape(hub: "Hub", team: str) -> Json:
    owner, slug = team.split("/")
    number = list(hub.teams).index(team) + 1
    url = f"{hub.api}/organizations/{hub.accounts[owner.lower()].id}/team/{number}"
    return {
        "id": number,
        "node_id": node_id("Team", number),
        "url": url,
        "html_url": f"{hub.web}/orgs/{owner}/teams/{slug}",
        "members_url": f"{url}/members{{/member}}",
        "repositories_url": f"{url}/repos",
        "name": slug,
        "slug": slug,
        "description": None,
        "privacy": "closed",
        "notification_setting": "notifications_enabled",
        "permission": "push",
        "parent": None,
        "type": "organization",
        "organization_id": hub.accounts[owner.lower()].id,
    }


def app_shape(hub: "Hub", account: Account) -> Json:
    """The App behind a bot."""
    slug = account.login.removesuffix("[bot]")
    return {
        "id": account.app,
        "slug": slug,
        "node_id": node_id("App", account.app or 0),
        "owner": account_shape(hub, account),
        "name": slug,
        "description": None,
        "external_url": hub.web,
        "html_url": f"{hub.web}/apps/{slug}",
        "created_at": stamp(hub.began),
        "updated_at": stamp(hub.began),
        "permissions": {"metadata": "read"},
        "events": [],
    }
