"""The gate's answer: what git and the log say, judged together with what the registry would serve."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from coronet.commands.gate.question import GateQuestion, PolicyOf
from coronet.commands.gate.report import GateReport
from coronet.commands.gate.serving import Serving
from coronet.commands.governed import AtCommit
from coronet.commands.ledger import Ledger, read_ledger
from coronet.commands.policies import load_policy
from coronet.commands.proposals import ProposalFiles, parse_evidence, parse_proposal, provisional_files, read_proposals
from coronet.core.changelog.entry import Entry
from coronet.core.changelog.state import LogState
from coronet.core.judging.judgement import Judgement, judge
from coronet.core.model_file import ModelFile
from coronet.core.policy import Policy
from coronet.core.proposal import proposal_path
from coronet.core.release import ReleaseFacts, decide_release
from coronet.errors import InvalidInput
from coronet.ports.documents import Documents
from coronet.ports.repository import Repository


@dataclass(frozen=True, kw_only=True, slots=True)
class Ground:
    """The question, and where git answers it: `files` are those of the main branch."""

    question: GateQuestion
    model: ModelFile
    repository: Repository
    documents: Documents
    files: AtCommit

    @property
    def name(self) -> str:
        return self.question.model


def answer(ground: Ground, serving: Callable[[], Serving], *, now: datetime) -> GateReport:
    """Every check; `serving` is asked last, so that the registry may answer meanwhile."""
    ledger, log_problem = _read_log(ground)
    state, model = ledger.state(ground.name), ground.model
    entry = state.champions.get(model.champion_alias)
    proposal = _read_proposal(ground, entry)
    judgement, problem = _judge(ground, proposal, entry)
    served = serving()
    facts = ReleaseFacts(
        model=ground.name,
        registered_model=model.registered_model,
        alias=model.champion_alias,
        state=state,
        log_problem=log_problem,
        alias_version=served.version,
        proposal_digest=proposal.proposal_digest if proposal else None,
        evidence_digest=proposal.evidence_digest if proposal else None,
        judgement=judgement,
        judgement_problem=problem,
        found=served.found,
        deep=ground.question.is_deep,
        now=now,
    )
    verdict, checks = decide_release(facts)
    return GateReport(
        model=ground.name,
        registered_model=model.registered_model,
        alias=model.champion_alias,
        mode=ground.question.mode,
        verdict=verdict,
        checks=checks,
        entry=entry,
        found=served.found,
    )


def _read_log(ground: Ground) -> tuple[Ledger, str]:
    """The log, and what is wrong with it: a broken log is an answer of the gate, not its failure."""
    try:
        return read_ledger(ground.repository, ground.question.log_branch, [ground.name]), ""
    except InvalidInput as error:
        first = f": {error.findings[0]}" if error.findings else ""
        return Ledger(head=None, states={ground.name: LogState()}), f"{error.message}{first}"


def _read_proposal(ground: Ground, entry: Entry | None) -> ProposalFiles | None:
    if entry is None or entry.proposal is None:
        return None
    if entry.fast_lane:
        return provisional_files(ground.repository, ground.documents, ground.files.commit, entry)
    return read_proposals(ground.repository, ground.files.commit, [(ground.name, entry.proposal)])[0]


def _judge(ground: Ground, found: ProposalFiles | None, entry: Entry | None) -> tuple[Judgement | None, str]:
    """The evidence judged again, never its recorded verdict; (None, why) where that cannot be done.

    What the log recorded by its digest was validated then, so that nothing is validated twice.
    """
    if found is None or entry is None:
        return None, "no proposal made this champion"
    try:
        proposal = parse_proposal(found, ground.documents, trusted=entry.proposal_digest)
        evidence = parse_evidence(found, ground.documents, trusted=entry.evidence)
        policy = _policy(ground, found, entry)
    except InvalidInput as error:
        return None, error.message
    return judge(evidence, policy, now=proposal.created_at, kind=proposal.kind), ""


def _policy(ground: Ground, found: ProposalFiles, entry: Entry) -> Policy:
    trusted = entry.policy
    if ground.question.policy_of is PolicyOf.NOW:
        return load_policy(ground.files, ground.documents, ground.name, trusted=trusted)
    if entry.fast_lane and entry.merge_commit:
        then = AtCommit(repository=ground.repository, commit=entry.merge_commit)
        return load_policy(then, ground.documents, ground.name, trusted=trusted)
    path = proposal_path(found.model, found.id)
    landing = ground.repository.landings(ground.files.commit, [path]).get(path)
    if landing is None or landing.parent is None:
        raise InvalidInput(f"git does not say when {path} was merged", hint="fetch the whole history, or --policy now")
    before = AtCommit(repository=ground.repository, commit=landing.parent)
    return load_policy(before, ground.documents, ground.name, trusted=trusted)
