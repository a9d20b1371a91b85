"""What the commands need of the world, named by the need; each has one or more adapters.

Every method may raise `Unavailable` where the outside thing does not answer. Answers that an outside
thing cannot give are None and mean *unknown*: whoever decides on them refuses.
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol

from coronet.core.documents import Document
from coronet.core.evidence import Task
from coronet.core.recorded_run import RecordedData
from coronet.core.semantic_version import Schema
from coronet.errors import Finding

# --- time and progress ----------------------------------------------------------------------------


class Clock(Protocol):
    def now(self) -> datetime: ...

    def date_in(self, zone: str) -> date:
        """Today's date in a zone of the IANA database; InvalidInput for a zone it does not have."""
        ...


class Progress(Protocol):
    """Told of each step before it is taken; what a user sees on long work, and where tests cut the power."""

    def __call__(self, step: str, detail: str = "") -> None: ...


# --- registry: what is ----------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class RegisteredModel:
    name: str
    aliases: Mapping[str, str]
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelVersion:
    """`created` (whole seconds, as files write it) and `source` tell it from one recreated under its number."""

    name: str
    version: str
    run_id: str
    created: datetime
    source: str
    status: str = "READY"
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    id: str
    name: str
    status: str
    experiment: str
    params: Mapping[str, str]
    metrics: Mapping[str, float]
    tags: Mapping[str, str]


class Registry(Protocol):
    """The model registry. It guards nothing: no history, no compare-and-swap; the log does that."""

    def models(self) -> tuple[RegisteredModel, ...]:
        """Every registered model with its aliases, by name."""
        ...

    def model(self, name: str) -> RegisteredModel | None: ...

    def version(self, name: str, version: str) -> ModelVersion | None:
        """None also for what is no version number, such as `007` or `latest`."""
        ...

    def versions(self, name: str) -> tuple[ModelVersion, ...]:
        """Newest first; empty where the model is not registered."""
        ...

    def set_alias(self, name: str, alias: str, version: str) -> None:
        """Point `alias` at `version`; safe to repeat.

        Raises `Conflict` where there is no such version, `InvalidInput` for a name that is no alias.
        """
        ...

    def set_version_tags(self, name: str, version: str, tags: Mapping[str, str]) -> None:
        """Add or overwrite tags, one after the other; raises `Conflict` where there is no such version."""
        ...

    def artifact_digest(self, version: ModelVersion) -> str:
        """The tree digest (`digest_tree`) of the version's files as they are now, read again each time.

        Raises `Conflict` where the version is gone, has no files, or they change while they are read;
        `InvalidInput` where a file's name would lead out of the folder.
        """
        ...

    def run(self, run_id: str) -> Run | None: ...

    def load_run_file(self, run_id: str, path: str) -> bytes | None:
        """None where there is no such run or file; `path` is relative, with `/`."""
        ...

    def save_run_file(self, run_id: str, path: str, data: bytes) -> None:
        """Write or replace a file of a run; raises `Conflict` where there is no such run."""
        ...


# --- repository: what should be -------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Blob:
    """A file's bytes with git's own name for them."""

    id: str
    data: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Landing:
    """Where a file came to a branch: the first-parent commit that brought it, and the commit before."""

    commit: str
    parent: str | None
    at: datetime


class ChangeKind(StrEnum):
    ADDED = "added"
    MODIFIED = "modified"
    DELETED = "deleted"


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    path: str
    kind: ChangeKind


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    name: str
    email: str

    @staticmethod
    def of_login(login: str) -> "Person":
        """Who stands behind a login, with an address from which the login can be read back."""
        mailbox = "".join(letter for letter in login if letter.isalnum() or letter in "-_.[]")
        return Person(name=login, email=f"{mailbox}@users.noreply.coronet")


@dataclass(frozen=True, kw_only=True, slots=True)
class Commit:
    id: str
    author: Person
    committer: Person


class Repository(Protocol):
    """A git repository as its remote has it. Commits are full ids; paths are relative, with `/`."""

    def refresh(self) -> None:
        """Fetch what the remote has; everything below answers from the last refresh.

        It may return before that is done: what goes wrong is then raised by the first question after it.
        """
        ...

    def head(self, branch: str) -> str | None:
        """The commit at the remote's `branch` (or full ref), None where there is none.

        After a `publish` of our own it is the commit that was published.
        """
        ...

    def read(self, commit: str, path: str) -> bytes | None: ...

    def read_many(self, wanted: Sequence[tuple[str, str]]) -> tuple[Blob | None, ...]:
        """The blobs at (commit, path) pairs, in one exchange, in order; None also for a commit not to be had."""
        ...

    def blob_ids(self, wanted: Sequence[tuple[str, str]]) -> tuple[str | None, ...]: ...

    def paths(self, commit: str, folder: str) -> tuple[str, ...]:
        """Every file below `folder`, sorted."""
        ...

    def landings(self, commit: str, paths: Sequence[str]) -> Mapping[str, Landing]:
        """For each path: the newest first-parent commit of `commit` that added it, in the branch's order.

        The mapping begins with what landed first; a path that is not at `commit` is left out.
        """
        ...

    def history(self, commit: str, path: str) -> tuple[str, ...]:
        """The commits of `commit`'s first-parent history that changed `path`, newest first."""
        ...

    def changes(self, base: str, head: str) -> tuple[Change, ...]:
        """What `head` changes since it left `base` (their merge base)."""
        ...

    def commits(self, base: str, head: str) -> tuple[Commit, ...]:
        """The commits of `head` that `base` does not have, oldest first."""
        ...

    def is_ancestor(self, ancestor: str, commit: str) -> bool: ...

    def publish(
        self,
        ref: str,
        *,
        expected: str | None,
        parent: str | None,
        files: Mapping[str, bytes],
        message: str,
        author: Person,
        at: datetime,
    ) -> str:
        """Commit `files` on top of `parent` and move the remote's `ref` to it, if it is still at `expected`.

        `ref` is a branch name, or a full name that begins with `refs/`. `expected` None means that the
        ref must not exist; `parent` None starts a history of its own. Answers the new commit; the same
        arguments make the same one. Raises `RefMoved` where the remote's ref is elsewhere (even where it
        is at an equal commit of somebody else's: nothing was changed), and `Refused` where the remote's
        rules say no. Trying again after `Unavailable` is safe: a push that had arrived is recognised.
        """
        ...


class RefMoved(Exception):
    """The compare-and-swap of `Repository.publish` found another value; read again and try again."""


# --- forge: who asked, who approved ---------------------------------------------------------------


class PullRequestState(StrEnum):
    OPEN = "open"
    MERGED = "merged"
    CLOSED = "closed"


class MergeMethod(StrEnum):
    MERGE = "merge"
    SQUASH = "squash"
    REBASE = "rebase"


class ReviewState(StrEnum):
    APPROVED = "approved"
    CHANGES_REQUESTED = "changes_requested"
    COMMENTED = "commented"
    DISMISSED = "dismissed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Review:
    id: str
    login: str
    state: ReviewState
    at: datetime
    commit: str
    is_bot: bool = False
    body: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Comment:
    """`marker` tells a comment that is kept up to date from one that was said once (None)."""

    login: str
    at: datetime
    body: str
    marker: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PullRequest:
    number: int
    title: str
    state: PullRequestState
    branch: str
    head: str
    author: str
    url: str
    labels: tuple[str, ...] = ()
    reviewers: tuple[str, ...] = ()
    merged_at: datetime | None = None
    merge_commit: str | None = None
    closed_by: str | None = None
    closed_at: datetime | None = None
    close_reason: str | None = None


class Forge(Protocol):
    """Where pull requests and reviews live."""

    def login(self) -> str:
        """Who acts: the login that opens pull requests here."""
        ...

    def open_pull_request(
        self, *, branch: str, title: str, body: str, labels: Sequence[str], reviewers: Sequence[str]
    ) -> PullRequest:
        """Open the pull request of `branch`, or answer the one that is there already."""
        ...

    def find_pull_request(self, branch: str) -> PullRequest | None:
        """The newest pull request of `branch`, in whatever state."""
        ...

    def pull_request(self, number: int) -> PullRequest | None: ...

    def pull_request_of(self, commit: str) -> PullRequest | None:
        """The merged pull request that brought this commit to the main branch; None where none did."""
        ...

    def pull_requests(self, state: PullRequestState) -> tuple[PullRequest, ...]:
        """The pull requests that carry proposals (by their branch's prefix), oldest first."""
        ...

    def body(self, number: int) -> str: ...

    def comment(self, number: int, *, marker: str, body: str) -> None:
        """Write the one comment that bears `marker`, or rewrite it."""
        ...

    def close(self, number: int, *, reason: str) -> None: ...

    def set_status(self, commit: str, *, name: str, passed: bool, description: str) -> None:
        """Say of a commit, under a name, whether it passed a check; the last word counts."""
        ...

    def reviews(self, number: int) -> tuple[Review, ...] | None:
        """Every review ever submitted, oldest first; None where that cannot be known."""
        ...

    def commit_logins(self, number: int) -> frozenset[str] | None:
        """Logins of every author and committer of the pull request's commits; None where one is unknown."""
        ...

    def members(self, owner: str) -> frozenset[str] | None:
        """The logins that an owner of CODEOWNERS stands for (`@login`, `@org/team`, an e-mail address).

        Without the @; None where that cannot be known; empty where it stands for nobody who may write.
        """
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class MergeRules:
    """What a merge needs beside the owners' approval, and who the teams of CODEOWNERS are.

    `teams` maps `organization/team`, in lower case, to its logins; `statuses` are names of checks that
    must have passed.
    """

    teams: Mapping[str, frozenset[str]] = field(default_factory=dict)
    statuses: tuple[str, ...] = ()


class ReviewDesk(Forge, Protocol):
    """What people do on a forge's pages, for a forge that has none; `dry_run` refuses alike and changes nothing.

    Everything is done in the name of `login()`.
    """

    def open_pull_request(
        self,
        *,
        branch: str,
        title: str,
        body: str,
        labels: Sequence[str],
        reviewers: Sequence[str],
        dry_run: bool = False,
    ) -> PullRequest: ...

    def every_pull_request(self, state: PullRequestState) -> tuple[PullRequest, ...]:
        """Also those that carry no proposal, oldest first."""
        ...

    def base(self, number: int) -> str | None:
        """The commit of the main branch that it is compared with; None where there is no main branch."""
        ...

    def comments(self, number: int) -> tuple[Comment, ...]: ...

    def say(self, number: int, body: str, *, dry_run: bool = False) -> None:
        """Add a comment."""
        ...

    def review(self, number: int, *, state: ReviewState, body: str = "", dry_run: bool = False) -> Review:
        """Review the head as it is. Refused for one's own pull request (unless it is a comment), or a closed one."""
        ...

    def obstacles(self, number: int) -> tuple[Finding, ...]:
        """Everything that stands against merging it now; warnings are what an administrator may pass over."""
        ...

    def merge(self, number: int, *, method: MergeMethod, admin: bool = False, dry_run: bool = False) -> PullRequest:
        """Merge it and delete its branch; Refused with the obstacles, Conflict with the files that conflict."""
        ...

    def close(self, number: int, *, reason: str, dry_run: bool = False) -> None: ...

    def merge_rules(self) -> MergeRules: ...

    def set_merge_rules(self, rules: MergeRules, *, dry_run: bool = False) -> None: ...


# --- documents: what people and programs write ----------------------------------------------------


class Documents(Protocol):
    """YAML and JSON files with the places of their values, and the schemas they must satisfy."""

    def parse(self, data: bytes, *, file: str) -> Document:
        """The document in `data`, as JSON or YAML by the ending of `file`.

        Raises `InvalidInput` with every finding for what is not UTF-8, too large, not well-formed, has a
        key twice, an alias or anchor, a tag, NaN or an infinity.
        """
        ...

    def validate(self, document: Document, schema: str) -> tuple[Finding, ...]:
        """Everything in `document` that the schema of that name does not allow, in the file's order."""
        ...

    def render(self, value: Mapping[str, Any]) -> bytes:
        """YAML that people like to read and that `parse` reads back as the same value; keys keep their order."""
        ...


class Schemas(Protocol):
    """The JSON Schemas of files and reports, by name."""

    def names(self) -> tuple[str, ...]:
        """Sorted."""
        ...

    def load(self, name: str) -> Mapping[str, Any]:
        """The schema of that name (one of `names`) as one document that stands alone."""
        ...


class Files(Protocol):
    """The files of a work tree, or of one commit; paths are relative to the repository, with `/`."""

    def read(self, path: str) -> bytes | None: ...

    def paths(self, folder: str) -> tuple[str, ...]:
        """Every file below `folder`, sorted."""
        ...


class EditableFiles(Files, Protocol):
    """The files of a work tree."""

    def write(self, path: str, data: bytes) -> None:
        """Replace the file at `path`, or make it; whoever reads meanwhile sees the old file or the new one."""
        ...


# --- tables and models: what is measured ----------------------------------------------------------


class Tables(Protocol):
    """Columns of data sets, by path or URL. A location is fetched once: what is hashed is what is read."""

    def sha256(self, location: str) -> str:
        """SHA-256 of the file's bytes, in hexadecimal; raises `InvalidInput` where there is no file."""
        ...

    def columns(self, location: str) -> tuple[str, ...]:
        """The names of the columns, in the file's order."""
        ...

    def read(
        self,
        location: str,
        *,
        columns: Sequence[str] | None = None,
        text: Collection[str] = (),
        numbers: Collection[str] = (),
    ) -> Any:
        """A pandas DataFrame of a CSV or Parquet file; raises `InvalidInput` for what is neither.

        `columns` None reads all. Columns of `text` come as text, None where missing: the same value is the
        same text (`label_text`) from either kind of file. Columns of `numbers` come as 64-bit floats, NaN
        where missing; `InvalidInput` for anything else in them. All others come as the file has them.
        """
        ...

    def to_parquet(self, frame: Any) -> bytes:
        """A Parquet file of the frame's columns, without its index: the same frame, the same bytes."""
        ...


class Predictor(Protocol):
    """A loaded model. Frames are pandas; arrays are numpy, one row or element for each row of the frame."""

    @property
    def classes(self) -> tuple[str, ...] | None:
        """Class labels as text, in the order of the columns of `probabilities`; None for a regression."""
        ...

    def predict(self, frame: Any) -> Any: ...

    def probabilities(self, frame: Any) -> Any | None:
        """(rows, classes), each row summing to 1; None where the model has no probabilities."""
        ...


class ModelStore(Protocol):
    """Models as objects: only for jobs without credentials, since loading one runs its code."""

    def load(self, version: ModelVersion) -> Predictor: ...

    def contract(self, version: ModelVersion) -> Mapping[str, str]:
        """Digests of what callers rely on (`signature`, `features`), read without running any code."""
        ...


class FittedModel(Predictor, Protocol):
    """A model that was just trained, before anybody else has it."""

    @property
    def estimator(self) -> object:
        """The object that is saved; opaque to commands."""
        ...

    @property
    def kind(self) -> str:
        """What it is, in a word: the class of the estimator."""
        ...

    @property
    def schema(self) -> Schema: ...

    @property
    def importances(self) -> Mapping[str, float] | None:
        """How much each feature weighs, by feature; None where the estimator does not say."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainerCode:
    """Training code beside a model file: its source, the function to call, the file for messages."""

    file: str
    source: bytes
    function: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Training:
    """What a model is fitted on. `frame` holds every column of the data; `features` are what the model sees.

    `trainer` is the dotted path of a scikit-learn estimator, or code; `seed` is the whole of its chance.
    """

    trainer: str | TrainerCode
    frame: Any
    features: tuple[str, ...]
    label: str
    weight: str | None
    task: Task
    hyperparameters: Mapping[str, Any]
    seed: int


class Trainer(Protocol):
    """Fits models: it runs code of the repository, so only in jobs without credentials for the forge."""

    def fit(self, training: Training) -> FittedModel:
        """Raises `InvalidInput` where the trainer cannot be imported, refuses or fails."""
        ...


class OpenRun(Protocol):
    """A run that is being recorded; its files are saved by `Registry.save_run_file`."""

    @property
    def id(self) -> str: ...

    def log(
        self,
        *,
        params: Mapping[str, str] | None = None,
        metrics: Mapping[str, float] | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None: ...

    def log_data(self, data: Sequence[RecordedData]) -> None: ...

    def save_model(self, model: FittedModel, *, example: Any, code: TrainerCode | None) -> str:
        """Save the model with its signature and `example` (a few rows) as input example; answers its source."""
        ...

    def save_model_files(self, location: str) -> str:
        """Save a file, or a folder with everything in it, as the model; answers its source."""
        ...

    def register(self, name: str, source: str) -> str:
        """The number of a new version of the registered model `name`, which is made where it is not there."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelArtifact:
    """A file or folder that is to be recorded as a model: the digest of its bytes, and what it is, in a word.

    `schema` is None for what is no MLflow model folder, and for one without a signature.
    """

    digest: str
    kind: str
    schema: Schema | None


class Tracker(Protocol):
    """Records runs where the registry can find them."""

    def describe(self, location: str) -> ModelArtifact:
        """The file or folder at `location`, read without running any code; InvalidInput where there is none."""
        ...

    def run(self, *, experiment: str, name: str, tags: Mapping[str, str]) -> AbstractContextManager[OpenRun]:
        """A run that ends as finished where the block does, and as failed where it raises or is interrupted."""
        ...
