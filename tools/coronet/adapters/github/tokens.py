"""Which token opens GitHub's door."""

from collections.abc import Callable, Mapping

from coronet.adapters.github.address import CLOUD, Address, is_cloud, known_hosts
from coronet.errors import WrongUsage

_CLOUD_NAMES = ("GITHUB_TOKEN", "GH_TOKEN")
_SERVER_NAMES = ("GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN")


def token_of_environment(address: Address, environment: Mapping[str, str]) -> str | None:
    """The token that the environment holds for this host.

    GITHUB_TOKEN is shown to a host of one's own only where the environment names that host as GitHub's: a
    remote's URL alone must not make a token travel.
    """
    named = is_cloud(address.host) or address.host in known_hosts(environment)
    names = (*(_CLOUD_NAMES if named else ()), *(_SERVER_NAMES if address.host != CLOUD else ()))
    found = (environment.get(name, "").strip() for name in names)
    return next((token for token in found if token), None)


def find_token(address: Address, environment: Mapping[str, str], ask_helpers: Callable[[], str | None]) -> str:
    """The environment's, else what git's credential helpers know; WrongUsage without any."""
    token = token_of_environment(address, environment) or ask_helpers()
    if token:
        return token
    name = "GITHUB_TOKEN" if address.host == CLOUD else "GH_ENTERPRISE_TOKEN"
    raise WrongUsage(
        f"there is no token for {address.host}",
        hint=f"in a workflow give the step `env: GITHUB_TOKEN: ${{{{ github.token }}}}`; elsewhere set {name}, or let "
        f"git know one: `gh auth login --hostname {address.host}`, then `gh auth setup-git`",
    )
