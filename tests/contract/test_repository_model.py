"""Whatever is done to both, git and the repository in memory answer alike."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from coronet.adapters.git.store import RefStore, RefUpdate
from coronet.errors import Conflict, InvalidInput
from coronet.ports.repository import MergeMethod, Person
from tests.contract.remotes import on_disk
from tests.fakes.memory_repository import MemoryRemote

AT = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ENGINEER = Person(name="engineer", email="engineer@users.noreply.coronet")
BRANCHES = ("main", "one", "two")
PATHS = ("a", "b/c", "b/d", "promotions/iris/x.yaml")

write = st.tuples(
    st.just("write"),
    st.sampled_from(BRANCHES),
    st.dictionaries(st.sampled_from(PATHS), st.sampled_from(["1", "2", "3"]), min_size=1, max_size=2),
)
merge = st.tuples(st.just("merge"), st.sampled_from(BRANCHES[1:]), st.sampled_from(list(MergeMethod)))
Step = tuple[str, str, dict[str, str] | MergeMethod]


@dataclass
class Side:
    """One of the two repositories, and which of its commits each step made."""

    repository: RefStore
    made: list[str | None] = field(default_factory=list)

    def take(self, step: Step) -> None:
        _, branch, what = step
        at = AT + timedelta(days=len(self.made))
        try:
            commit = self._merge(branch, what, at) if isinstance(what, MergeMethod) else self._write(branch, what, at)
        except (Conflict, InvalidInput):
            commit = None
        self.made.append(commit)

    def _write(self, branch: str, files: dict[str, str], at: datetime) -> str:
        there = self.repository.head(branch)
        parent = there or self.repository.head("main")
        data = {path: text.encode() for path, text in files.items()}
        return self.repository.publish(
            branch, expected=there, parent=parent, files=data, message="m", author=ENGINEER, at=at
        )

    def _merge(self, branch: str, method: MergeMethod, at: datetime) -> str | None:
        base, head = self.repository.head("main"), self.repository.head(branch)
        if not base or not head or self.repository.is_ancestor(head, base):
            return None
        commit = self.repository.merge(base, head, method=method, message="m", author=ENGINEER, at=at)
        self.repository.push([RefUpdate(ref="refs/heads/main", expected=base, commit=commit)])
        return commit

    def numbers(self, commits: Sequence[str | None]) -> list[int | None]:
        """Commits by the step that made them, since their ids differ between the two sides."""
        return [self.made.index(commit) if commit else None for commit in commits]

    def describe(self) -> list[object]:
        """Everything that can be asked of every commit."""
        said: list[object] = [self.numbers([self.repository.head(branch) for branch in BRANCHES])]
        commits = [commit for commit in self.made if commit]
        if not commits:
            return said
        for commit in commits[-3:]:
            landings = self.repository.landings(commit, PATHS)
            said.append(self.repository.paths(commit, ""))
            said.append(self.repository.blob_ids([(commit, path) for path in PATHS]))
            said.append([(path, *self.numbers([found.commit, found.parent])) for path, found in landings.items()])
            said.append([found.at for found in landings.values()])
            said.append(self.numbers(self.repository.history(commit, PATHS[0])))
        for base, head in (
            (commits[0], commits[-1]),
            (commits[-1], commits[0]),
            (commits[len(commits) // 2], commits[-1]),
        ):
            said.append(self.repository.is_ancestor(base, head))
            said.append(sorted(str(n) for n in self.numbers([c.id for c in self.repository.commits(base, head)])))
            with suppress(InvalidInput):
                said.append(self.repository.changes(base, head))
        return said


@settings(max_examples=10, deadline=None, database=None)
@given(steps=st.lists(st.one_of(write, write, merge), min_size=3, max_size=8))
def test_git_and_memory_answer_alike(steps: list[Step]) -> None:
    with TemporaryDirectory() as folder, on_disk(Path(folder), is_host=True) as remote:
        git, memory = Side(remote.clone()), Side(MemoryRemote().clone())
        for step in steps:
            git.take(step)
            memory.take(step)
        assert git.describe() == memory.describe()
