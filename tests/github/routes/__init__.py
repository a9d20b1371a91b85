"""What the REST API answers, one module a concern; importing them registers their routes."""

from tests.github.routes import access, actions, checks, commits, contents, deployments, issues, protection, pulls, refs

__all__ = [
    "access",
    "actions",
    "checks",
    "commits",
    "contents",
    "deployments",
    "issues",
    "protection",
    "pulls",
    "refs",
]
