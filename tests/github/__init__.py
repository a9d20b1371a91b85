"""A GitHub of one's own, for tests: `with run_github() as hub`."""

from tests.github.hub import Hub
from tests.github.routing import Refusal
from tests.github.server import run_github

__all__ = ["Hub", "Refusal", "run_github"]
