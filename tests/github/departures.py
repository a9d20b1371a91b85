"""What stays when an account or a repository goes."""

from typing import TYPE_CHECKING

from tests.github.state import Account

if TYPE_CHECKING:
    from tests.github.hub import Hub

GHOST = "ghost"
GHOST_ID = 10137


def delete_repository(hub: "Hub", name: str) -> None:
    """Pull requests from a fork that is gone keep their heads, and name no repository."""
    gone = hub.repositories.pop(name.lower())
    for repository in hub.repositories.values():
        for issue in repository.pulls():
            if issue.pull and issue.pull.fork is gone:
                issue.pull.gone = True


def delete_user(hub: "Hub", login: str) -> None:
    """What somebody wrote stays as the ghost's; their reviews name nobody, their commits no account."""
    account = hub.accounts.pop(login.lower())
    for repository in hub.repositories.values():
        repository.rights.pop(login.lower(), None)
    for team in hub.teams.values():
        team[:] = [each for each in team if each is not account]
    for value in [value for value, token in hub.tokens.items() if token.account is account]:
        hub.tokens.pop(value)
    account.login, account.id = GHOST, GHOST_ID
    account.emails.clear()


def is_ghost(account: Account) -> bool:
    return account.id == GHOST_ID
