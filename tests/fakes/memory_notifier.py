"""A notifier in memory: the issues and changes that it was told of, by the promises of the port."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from coronet.ports.notifier import ChampionChange, Issue


@dataclass
class MemoryNotifier:
    """`bodies` are of open issues by key, `closed` (key, reason) of the others; `calls` counts every question.

    `fails` is raised by everything while it is set.
    """

    open: dict[str, Issue] = field(default_factory=dict)
    bodies: dict[str, str] = field(default_factory=dict)
    closed: list[tuple[str, str]] = field(default_factory=list)
    changes: list[ChampionChange] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    fails: Exception | None = None

    def issues(self) -> tuple[Issue, ...]:
        self._called("issues")
        return tuple(sorted(self.open.values(), key=lambda issue: issue.number))

    def raise_issue(self, key: str, *, title: str, body: str, labels: Sequence[str] = ()) -> Issue:
        self._called("raise_issue")
        known = self.open.get(key)
        number = known.number if known else len(self.open) + len(self.closed) + 1
        self.open[key] = Issue(key=key, number=number, title=title, url=f"memory:{number}")
        self.bodies[key] = body
        return self.open[key]

    def settle_issue(self, key: str, *, reason: str) -> None:
        self._called("settle_issue")
        if self.open.pop(key, None):
            self.closed.append((key, reason))

    def champion_changed(self, change: ChampionChange, *, fresh: bool = False) -> None:
        self._called("champion_changed")
        known = {(each.model, each.alias, each.proposal, each.event) for each in self.changes}
        if (change.model, change.alias, change.proposal, change.event) not in known:
            self.changes.append(change)

    def _called(self, method: str) -> None:
        self.calls.append(method)
        if self.fails is not None:
            raise self.fails
