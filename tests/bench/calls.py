"""How often verbs ask GitHub, beside what they may: on a small repository, and on one that has grown."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from coronet.adapters.git.repository import GitRepository
from coronet.commands.ledger import append, read_ledger
from coronet.core.changelog.entry import Entry, Event, Pinned
from coronet.core.proposal import evidence_path, proposal_branch, proposal_path
from coronet.ports.repository import Person
from tests.cli.typing_in import Typed
from tests.github import run_github
from tests.github.state import Issue, Pull
from tests.stage import states
from tests.stage.github_stage import NAME, GithubStage
from tests.stage.stage import FILES, MODEL

AUTHOR = Person.of_login("promoter")
MODEL_FILE = f"models/{MODEL}/model.yaml"


@dataclass(frozen=True, kw_only=True, slots=True)
class Size:
    """Models beside the one that is worked on, and proposals of theirs that ended long ago."""

    name: str
    models: int
    proposals: int


SIZES = (
    Size(name="3 models", models=2, proposals=0),
    Size(name="1,000 models, 10,000 old proposals", models=999, proposals=10_000),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Count:
    """`calls` are of the API, which GitHub limits; `exchanges` are git's own (a fetch, or a push)."""

    verb: str
    calls: int
    exchanges: int
    at_most: int

    @property
    def is_kept(self) -> bool:
        return self.calls <= self.at_most

    def to_text(self) -> str:
        mark = "" if self.is_kept else "   NOT KEPT"
        return f"  {self.verb.ljust(28)}{self.calls:5} of {self.at_most:2}{self.exchanges:15}{mark}"


def counts_of(size: Size) -> list[Count]:
    with grown(size) as stage:
        first = states.merged(stage)
        counts = [
            _count(stage, "promote, one proposal", 12, lambda: stage.in_job("promote", started_by="model-owner")),
            _count(stage, "promote, nothing to do", 4, lambda: stage.in_job("promote", started_by=None)),
            _count(stage, "gate", 6, lambda: stage.in_job("gate", MODEL)),
        ]
        number = states.opened(stage, against=first.version).pull_request.number
        checked = ("check", str(number), "--comment")
        return [*counts, _count(stage, "check, with its comment", 8, lambda: stage.in_job(*checked))]


def _count(stage: GithubStage, verb: str, at_most: int, act: Callable[[], Typed]) -> Count:
    before = stage.asked
    done = act()
    if done.code != 0:
        raise RuntimeError(f"{verb} ended with {done.code}:\n{done.out}{done.err}")
    asked = stage.hub.requests[before:]
    exchanges = sum(each.kind == "git" and each.path.endswith("/info/refs") for each in asked)
    return Count(verb=verb, calls=sum(each.kind == "api" for each in asked), exchanges=exchanges, at_most=at_most)


@contextmanager
def grown(size: Size) -> Iterator[GithubStage]:
    """A repository of that size on the stand-in, each of its models with a champion."""
    with tempfile.TemporaryDirectory() as name, run_github(Path(name) / "hub") as hub:
        stage = GithubStage(folder=Path(name), hub=hub)
        names = [f"model-{number:04}" for number in range(size.models)]
        ended = [(names[number % size.models], f"v{number}-00000000") for number in range(size.proposals)]
        _govern(stage, names, ended)
        _log(stage, names, ended)
        _close(stage, ended)
        yield stage


def _govern(stage: GithubStage, names: list[str], ended: list[tuple[str, str]]) -> None:
    repository = _bare(stage)
    files = {MODEL_FILE.replace(MODEL, name): FILES[MODEL_FILE].encode() for name in names}
    for model, proposal in ended:
        named = f"{model}-{proposal}"
        files |= {proposal_path(model, named): b"old: true\n", evidence_path(model, named): b"{}\n"}
    main = repository.head("main")
    repository.publish(
        "main", expected=main, parent=main, files=files, message="grow", author=AUTHOR, at=stage.clock.now()
    )


def _log(stage: GithubStage, names: list[str], ended: list[tuple[str, str]]) -> None:
    entries: dict[str, list[Entry]] = {}
    for name in names:
        stage.registry.add_model(name)
        stage.registry.add_version(name, run_id="0" * 32, version="1", digest="sha256:" + "0" * 64)
        stage.registry.set_alias(name, "champion", "1")
        pinned = Pinned(version="1", digest="sha256:" + "0" * 64)
        champion = Entry(
            at=stage.clock.now() - timedelta(days=40),
            model=name,
            registered_model=name,
            alias="champion",
            event=Event.PROMOTED,
            proposal=f"{name}-v1-ffffffff",
            target=pinned,
            actor="promoter",
        )
        entries[name] = [champion]
    for name, proposal in ended:
        entry = entries[name][0]
        entries[name].append(replace(entry, event=Event.REFUSED, proposal=f"{name}-{proposal}", target=None))
    repository = _bare(stage)
    ledger = read_ledger(repository, "promotions-log", names)
    append(repository, ledger, "promotions-log", entries, author=AUTHOR, at=stage.clock.now(), message="log")


def _close(stage: GithubStage, ended: list[tuple[str, str]]) -> None:
    """Their pull requests, one in ten of which promote may still look at."""
    repository = stage.hub.repository(NAME)
    author, head = stage.hub.accounts["engineer"], stage.hub.git(NAME).head("main") or ""
    for number, (model, proposal) in enumerate(ended):
        at = stage.clock.now() - timedelta(days=31 if number % 10 else 3)
        repository.last_number += 1
        branch = proposal_branch(model, f"{model}-{proposal}")
        issue = Issue(
            id=stage.hub.next_id(),
            number=repository.last_number,
            account=author,
            title="Promote",
            body="",
            at=at,
            changed=at,
            state="closed",
            closed_at=at,
            closed_by=author,
        )
        issue.pull = Pull(head_ref=branch, head=head, base_ref="main", base=head, pushed_by=author.login)
        repository.issues[issue.number] = issue


def _bare(stage: GithubStage) -> GitRepository:
    """The stand-in's own repository, past its rules."""
    return GitRepository(stage.hub.repository(NAME).folder, environment=stage.environment)


def report() -> tuple[str, bool]:
    """What is printed, and whether every limit is kept."""
    lines, kept = [], True
    for size in SIZES:
        counts = counts_of(size)
        kept = kept and all(count.is_kept for count in counts)
        lines += [size.name, f"  {''.ljust(28)}API calls  git exchanges", *(count.to_text() for count in counts)]
    return "\n".join(lines), kept
