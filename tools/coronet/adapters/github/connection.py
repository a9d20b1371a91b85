"""A connection to GitHub's REST API."""

from github import Auth, Github


def connect(api: str, token: str, *, timeout: int = 30) -> Github:
    """`api` is the root of the REST API, as in https://api.github.com; `timeout` is in seconds."""
    return Github(base_url=api, auth=Auth.Token(token), timeout=timeout, retry=None, per_page=100)
