"""Many old pull requests at once, for tests of what a command costs."""

from datetime import datetime, timedelta

from tests.github.git import BareGit
from tests.github.hub import Hub
from tests.github.state import Issue, Pull


def add_old_pull_requests(
    hub: Hub,
    name: str,
    count: int,
    *,
    by: str,
    merged: bool,
    until: datetime,
    branch: str = "promotions/old-{}",
) -> None:
    """`count` of them, closed one a minute up to `until`; their heads and merges are the default branch's head."""
    repository = hub.repository(name)
    account = hub.accounts[by.lower()]
    head = BareGit(repository.folder).head(repository.default_branch)
    assert head is not None
    for left in range(count, 0, -1):
        repository.last_number += 1
        number, at = repository.last_number, until - timedelta(minutes=left)
        pull = Pull(
            head_ref=branch.format(number), head=head, base_ref=repository.default_branch, base=head, pushed_by=by
        )
        if merged:
            pull.merged_at, pull.merged_by, pull.merge_commit, pull.merge_base = at, account, head, head
        repository.issues[number] = Issue(
            id=hub.next_id(),
            number=number,
            account=account,
            title=f"Old {number}",
            body=None,
            at=at,
            changed=at,
            state="closed",
            closed_at=at,
            closed_by=account,
            pull=pull,
        )
