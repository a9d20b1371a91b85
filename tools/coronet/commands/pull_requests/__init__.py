"""What reviewers do on a forge without pages: look at pull requests, review, merge and close them."""

from coronet.commands.pull_requests.act import (
    approve,
    close,
    comment,
    merge,
    open_pull_request,
    request_changes,
)
from coronet.commands.pull_requests.look import diff_pull_request, list_pull_requests, view_pull_request
from coronet.commands.pull_requests.rules import change_rules

__all__ = [
    "approve",
    "change_rules",
    "close",
    "comment",
    "diff_pull_request",
    "list_pull_requests",
    "merge",
    "open_pull_request",
    "request_changes",
    "view_pull_request",
]
