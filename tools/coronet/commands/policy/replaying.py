"""Past proposals, judged again: those on the main branch, and those whose pull request was closed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from coronet.commands.governed import AtCommit
from coronet.commands.ledger import logged_models, read_log
from coronet.commands.policies import load_policy
from coronet.commands.proposals import ProposalFiles, parse_evidence, parse_proposal, read_proposals
from coronet.core.changelog.entry import APPLIED, CLOSED, Entry
from coronet.core.decision import Result
from coronet.core.fates import Fate, find_fates
from coronet.core.judging.judgement import Judgement, judge
from coronet.core.policy import DEFAULT_PATH, Policy, policy_path
from coronet.errors import InvalidInput
from coronet.ports.clock import Progress
from coronet.ports.documents import Documents, Files
from coronet.ports.forge import Forge
from coronet.ports.repository import Repository


@dataclass(frozen=True, kw_only=True, slots=True)
class Replayed:
    """One past proposal. `then` and `now` are the judgements; None where it cannot be judged, as `problem` says.

    `merged_at` is None where it was never merged; `because` are the gates that answer otherwise.
    """

    model: str
    proposal: str
    merged_at: datetime | None
    then: Judgement | None
    now: Judgement | None
    because: tuple[str, ...]
    fate: Fate
    problem: str = ""

    @property
    def flips(self) -> bool:
        return self.then is not None and self.now is not None and self.then.admits is not self.now.admits

    @property
    def would_pass(self) -> bool:
        """Whether it flips, and is admitted now."""
        return self.flips and self.now is not None and self.now.admits


@dataclass(frozen=True, kw_only=True, slots=True)
class Past:
    """A proposal's files, the commit whose policy held, and the moment of its judgement (None: when it was made)."""

    files: ProposalFiles
    governed_by: str | None
    at: datetime | None
    merged_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class History:
    """What a model's log tells of its proposals: how each ended, and the entries of those that were applied."""

    fates: Mapping[str, Fate] = field(default_factory=dict)
    applied: Mapping[str, Entry] = field(default_factory=dict)


@dataclass(kw_only=True, slots=True)
class Replay:
    """Judges past proposals under the policies of their day and those of `files`, each policy read once."""

    repository: Repository
    files: Files
    documents: Documents
    _today: dict[str, Policy | InvalidInput] = field(default_factory=dict)
    _then: dict[tuple[str | None, ...], Policy | InvalidInput] = field(default_factory=dict)

    def judge_all(self, past: Sequence[Past], histories: Mapping[str, History], progress: Progress) -> list[Replayed]:
        asked = [(one.governed_by, path) for one in past if one.governed_by for path in _policy_paths(one.files.model)]
        names = dict(zip(asked, self.repository.blob_ids(asked), strict=True))  # in one exchange with git
        replayed = []
        for one in past:
            progress("judge", one.files.id)
            model, commit = one.files.model, one.governed_by
            key = (model, *(names[commit, path] for path in _policy_paths(model))) if commit else ()
            replayed.append(self._judge(one, histories.get(model, History()), key))
        return replayed

    def _judge(self, past: Past, history: History, key: tuple[str | None, ...]) -> Replayed:
        """What was applied was validated when the log recorded it, and is only decoded."""
        found, then, now, problem = past.files, None, None, ""
        logged = history.applied.get(found.id)
        try:
            proposal = parse_proposal(found, self.documents, trusted=logged.proposal_digest if logged else None)
            evidence = parse_evidence(found, self.documents, trusted=logged.evidence if logged else None)
            at = past.at or proposal.created_at
            now = judge(evidence, self._policy_today(found.model), now=at, kind=proposal.kind)
            if past.governed_by is not None:
                before = self._policy_then(past.governed_by, found.model, key)
                then = judge(evidence, before, now=at, kind=proposal.kind)
        except InvalidInput as error:
            problem = error.message
        return Replayed(
            model=found.model,
            proposal=found.id,
            merged_at=past.merged_at,
            then=then,
            now=now,
            because=tuple(_because(then, now)) if then and now else (),
            fate=history.fates.get(found.id, Fate()),
            problem=problem,
        )

    def _policy_today(self, model: str) -> Policy:
        if model not in self._today:
            self._today[model] = _load(self.files, self.documents, model)
        return _require(self._today[model])

    def _policy_then(self, commit: str, model: str, key: tuple[str | None, ...]) -> Policy:
        """`key` has git's names of the two files: most commits change none of them."""
        if key not in self._then:
            self._then[key] = _load(AtCommit(repository=self.repository, commit=commit), self.documents, model)
        return _require(self._then[key])


def _policy_paths(model: str) -> tuple[str, str]:
    return DEFAULT_PATH, policy_path(model)


def _load(files: Files, documents: Documents, model: str) -> Policy | InvalidInput:
    try:
        return load_policy(files, documents, model)
    except InvalidInput as error:
        return error


def _require(policy: Policy | InvalidInput) -> Policy:
    if isinstance(policy, InvalidInput):
        raise policy
    return policy


def read_logs(repository: Repository, head: str | None) -> dict[str, tuple[Entry, ...]]:
    return {model: read_log(repository, head, model) for model in logged_models(repository, head)}


def histories_of(logs: Mapping[str, Sequence[Entry]]) -> dict[str, History]:
    return {model: _history(log) for model, log in logs.items()}


def _history(log: Sequence[Entry]) -> History:
    applied = {entry.proposal: entry for entry in log if entry.proposal and entry.event in APPLIED}
    return History(fates=find_fates(log), applied=applied)


def find_unmerged(
    repository: Repository,
    forge: Forge,
    logs: Mapping[str, Sequence[Entry]],
    *,
    merged: Sequence[tuple[str, str]],
    models: Sequence[str],
    since: datetime | None,
) -> Iterator[Past]:
    """Proposals whose pull request was closed, superseded or expired, by the commit that it had last.

    Its branch left the main branch when it was made, so that its own commit has the policy of that day.
    """
    on_main = set(merged)
    for model, log in logs.items():
        if models and model not in models:
            continue
        closed = {entry.proposal: entry for entry in log if entry.event in CLOSED and entry.proposal}
        for proposal, entry in closed.items():
            is_late = since is None or entry.at >= since
            if proposal and is_late and (model, proposal) not in on_main and entry.pull_request:
                yield _unmerged(repository, forge, model, proposal, entry.pull_request)


def _unmerged(repository: Repository, forge: Forge, model: str, proposal: str, number: int) -> Past:
    pull_request = forge.pull_request(number)
    head = pull_request.head if pull_request else None
    if head is None:
        files = ProposalFiles(model=model, id=proposal, proposal=None, evidence=None)
    else:
        (files,) = read_proposals(repository, head, [(model, proposal)])
    return Past(files=files, governed_by=head, at=None, merged_at=None)


def _because(then: Judgement, now: Judgement) -> Iterator[str]:
    """The checks that answer otherwise than then, and those that were not asked then and do not pass now."""
    before = {check.name: check.result for check in then.checks}
    for check in now.checks:
        was = before.get(check.name)
        if was is not None and was is not check.result:
            yield f"{check.name}: {was} then, {check.result} now"
        elif was is None and check.result not in (Result.PASS, Result.OFF):
            yield f"{check.name}: new, {check.result}"
    after = {check.name for check in now.checks}
    yield from (f"{name}: {was} then, not asked now" for name, was in before.items() if name not in after)
