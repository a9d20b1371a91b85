"""One repository, one forge, one registry, and the people who act on them."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from coronet.adapters.documents import FileDocuments
from coronet.adapters.git.process import Git
from coronet.adapters.git.repository import GitRepository
from coronet.adapters.local_forge.forge import LocalForge
from coronet.commands.world import World
from coronet.core.canonical import digest_bytes
from coronet.core.evidence import (
    Baseline,
    EvaluationData,
    Evidence,
    LabelSource,
    Look,
    MetricFact,
    RowCounts,
    Subject,
    Task,
    run_file,
)
from coronet.core.proposal import Requester, Why
from coronet.core.version_tags import Lifecycle, Tag
from coronet.ports.forge import PullRequest, ReviewState
from coronet.ports.registry import ModelVersion
from coronet.ports.repository import MergeMethod, Person
from tests.fakes.memory_registry import MemoryRegistry
from tests.stage.clock import StageClock

MODEL = "churn"
DATA = "a" * 64
FILES: Mapping[str, str] = {
    "CODEOWNERS": "* @model-owner @second-owner\n",
    "models/churn/model.yaml": f"""\
schema: coronet/model/v1
owner: model-owner
task: binary
data:
  name: churn
  label: left
  train: {{path: data/train.csv, sha256: {DATA}}}
  evaluation: {{path: data/evaluation.csv, sha256: {DATA}}}
""",
    "policy/default.yaml": """\
schema: coronet/policy/v1
gates:
  better: {metric: roc_auc, rule: superior, margin: 0}
  good_enough: {metric: roc_auc, rule: floor, value: 0.7}
""",
}
PEOPLE = ("engineer", "model-owner", "second-owner")


def isolated_environment(home: Path) -> dict[str, str]:
    """An environment in which git knows nothing of the user's settings."""
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "COVERAGE_PROCESS_START") if name in os.environ}
    return {**kept, "HOME": str(home), "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}


@dataclass
class Stage:
    """`folder` holds `origin.git` and the clone `work`; steps taken are in `progress`."""

    folder: Path
    registry: MemoryRegistry = field(default_factory=MemoryRegistry)
    clock: StageClock = field(default_factory=StageClock)
    files: Mapping[str, str] = field(default_factory=lambda: FILES)
    progress: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.environment = isolated_environment(self.folder)
        self.git("init", "--quiet", "--bare", "--initial-branch=main", str(self.origin))
        self.git("clone", "--quiet", str(self.origin), str(self.work))
        for key, value in (("user.name", "engineer"), ("user.email", "engineer@example.com")):
            self.git("config", key, value, folder=self.work)
        self.git("checkout", "--quiet", "-B", "main", folder=self.work)
        self.push(self.files, message="govern churn")
        self.registry.add_model(MODEL)

    @property
    def origin(self) -> Path:
        return self.folder / "origin.git"

    @property
    def work(self) -> Path:
        return self.folder / "work"

    def git(self, *arguments: str, folder: Path | None = None) -> str:
        stamp = self.clock.now().isoformat()
        dates = {"GIT_AUTHOR_DATE": stamp, "GIT_COMMITTER_DATE": stamp}
        git = Git(folder=folder or self.folder, environment=self.environment)
        return git.require(*arguments, extra=dates).decode().strip()

    def push(self, files: Mapping[str, str | None], *, message: str, branch: str = "main", by: str = "engineer") -> str:
        """Commit files (None deletes one) on top of the remote's branch, and push them, in somebody's name."""
        self.git("fetch", "--quiet", "origin", folder=self.work)
        if (
            branch
            in self.git("for-each-ref", "--format=%(refname:lstrip=3)", "refs/remotes/origin", folder=self.work).split()
        ):
            self.git("reset", "--quiet", "--hard", f"origin/{branch}", folder=self.work)
        for path, text in files.items():
            file = self.work / path
            file.parent.mkdir(parents=True, exist_ok=True)
            if text is None:
                file.unlink()
            else:
                file.write_text(text)
        self.git("add", "--all", folder=self.work)
        person = Person.of_login(by)
        named = () if by == "engineer" else ("-c", f"user.name={person.name}", "-c", f"user.email={person.email}")
        self.git(*named, "commit", "--quiet", "--allow-empty", "-m", message, folder=self.work)
        self.git("push", "--quiet", "origin", f"HEAD:refs/heads/{branch}", folder=self.work)
        return self.git("rev-parse", "HEAD", folder=self.work)

    def show(self, name: str) -> str:
        """A file of the remote, as `branch:path`."""
        return self.git("show", name, folder=self.origin)

    # --- the world, as somebody ---

    def repository(self) -> GitRepository:
        return GitRepository(self.work, environment=self.environment)

    def forge(self, actor: str, repository: GitRepository | None = None) -> LocalForge:
        return LocalForge(repository or self.repository(), actor=actor, clock=self.clock)

    def world(self, actor: str = "promoter") -> World:
        repository = self.repository()
        return World(
            repository=repository,
            forge=self.forge(actor, repository),
            registry=self.registry,
            documents=FileDocuments(),
            clock=self.clock,
            progress=self.note,
            actor=actor,
        )

    def note(self, step: str, detail: str = "") -> None:
        self.progress.append(step)

    # --- what people do ---

    def train(self, *, summary: str = "more trees", **facts: object) -> ModelVersion:
        """A registered version that bears every tag of an eligible candidate."""
        version = str(len(self.registry.versions(MODEL)) + 1)
        digest = digest_bytes(f"files of version {version}".encode())
        tags = {
            Tag.LIFECYCLE: Lifecycle.CREATED,
            Tag.DIGEST: digest,
            Tag.RUN_KIND: "train",
            Tag.CHANGE_SUMMARY: summary,
            Tag.OWNER: "model-owner",
        }
        self.registry.add_run(f"{int(version):032x}")
        return self.registry.add_version(
            MODEL,
            run_id=f"{int(version):032x}",
            version=version,
            digest=digest,
            tags={str(k): str(v) for k, v in tags.items()},
            created=self.clock.now(),
        )

    def evaluate(
        self,
        version: ModelVersion,
        *,
        against: ModelVersion | None = None,
        value: float = 0.9,
        gain: float = 0.1,
        look: int | None = None,
        guessed: float | None = None,
    ) -> Evidence:
        """Evidence in the version's run: `value` of roc_auc, better by `gain` ± 0.02; the look of that number.

        `guessed` is what guessing is worth, where that is told.
        """
        evidence = evidence_of(version, against, value=value, gain=gain, clock=self.clock)
        if look is not None:
            evidence = replace(evidence, look=Look(number=look, data=evidence.data.digest))
        if guessed is not None:
            beside = _fact("roc_auc", value, value - guessed)
            evidence = replace(
                evidence,
                baseline=Baseline(source=LabelSource.MEASURED, rows=1000, predicts={"class": "no"}, metrics=(beside,)),
            )
        self.registry.save_run_file(version.run_id, run_file(against.version if against else None), evidence.to_bytes())
        return evidence

    def approve(self, pull_request: PullRequest | None, *, by: str = "model-owner") -> None:
        assert pull_request is not None
        self.clock.pass_by(minutes=1)
        self.forge(by).review(pull_request.number, state=ReviewState.APPROVED)

    def review(self, number: int, *, by: str, state: ReviewState) -> None:
        self.forge(by).review(number, state=state)

    def merge(
        self, pull_request: PullRequest | None, *, by: str = "model-owner", method: str = "merge", admin: bool = False
    ) -> None:
        assert pull_request is not None
        self.clock.pass_by(minutes=1)
        self.forge(by).merge(pull_request.number, method=MergeMethod(method), admin=admin)
        self.clock.pass_by(minutes=1)

    @property
    def champion(self) -> str | None:
        """The version that the registry's alias is on."""
        model = self.registry.model(MODEL)
        return model.aliases.get("champion") if model else None


def evidence_of(
    version: ModelVersion, against: ModelVersion | None, *, value: float, gain: float, clock: StageClock
) -> Evidence:
    facts = [_fact("roc_auc", value, gain if against else None)]
    return Evidence(
        model=MODEL,
        task=Task.BINARY,
        created_at=clock.now(),
        candidate=_subject(version),
        champion=_subject(against) if against else None,
        data=EvaluationData(name="churn", digest=f"sha256:{DATA}", rows=1000, label="left", key="id"),
        rows=RowCounts(paired=1000),
        confidence=0.95,
        metrics=tuple(facts),
    )


def _subject(version: ModelVersion) -> Subject:
    return Subject(version=version.version, run_id=version.run_id, digest=version.tags[Tag.DIGEST])


def _fact(metric: str, value: float, gain: float | None) -> MetricFact:
    own = (value - 0.02, value + 0.02)
    return MetricFact(
        metric=metric,
        segment={},
        rows=1000,
        champion=None if gain is None else value - gain,
        candidate=value,
        difference=gain,
        interval=own if gain is None else (gain - 0.02, gain + 0.02),
        candidate_interval=own,
        method="told",
    )


def why(summary: str = "") -> Why:
    return Why(summary=summary)


def asked_by(login: str) -> Requester:
    return Requester(login=login)
