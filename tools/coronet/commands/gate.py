"""May the champion be released? What a release workflow asks before it deploys."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from coronet.commands.governed import AtCommit, load_model, load_policy
from coronet.commands.ledger import Ledger, read_ledger
from coronet.commands.proposals import ProposalFiles, parse_evidence, parse_proposal, read_proposals
from coronet.core.changelog.entry import Entry
from coronet.core.changelog.state import LogState
from coronet.core.decision import Check, Verdict
from coronet.core.judging.judgement import Judgement, judge
from coronet.core.model_file import ModelFile
from coronet.core.policy import Policy
from coronet.core.proposal import Candidate, proposal_path
from coronet.core.release import ReleaseFacts, decide_release
from coronet.core.render.checks import checks_markdown, checks_text
from coronet.core.render.markup import escape_markdown, plain_line
from coronet.core.timestamps import format_time
from coronet.core.version_tags import Tag
from coronet.errors import InvalidInput, Refused
from coronet.ports.clock import Clock
from coronet.ports.documents import Documents
from coronet.ports.registry import Registry
from coronet.ports.repository import Repository

SCHEMA = "coronet/gate/v1"


class Mode(StrEnum):
    """`production` reads the champion's files again to prove its digest; `smoke` believes its tag."""

    SMOKE = "smoke"
    PRODUCTION = "production"


class PolicyOf(StrEnum):
    """Which policy the evidence must satisfy: today's, or the one under which it was merged."""

    NOW = "now"
    THEN = "then"


@dataclass(frozen=True, kw_only=True, slots=True)
class GateReport:
    model: str
    registered_model: str
    alias: str
    mode: Mode
    verdict: Verdict
    checks: tuple[Check, ...]
    entry: Entry | None
    found: Candidate | None

    @property
    def exit_code(self) -> int:
        return 0 if self.verdict is Verdict.PASS else Refused.exit_code

    def to_json(self) -> dict[str, Any]:
        entry, found = self.entry, self.found
        return {
            "schema": SCHEMA,
            "verdict": str(self.verdict),
            "mode": str(self.mode),
            "model": self.model,
            "registered_model": self.registered_model,
            "alias": self.alias,
            "version": found.version if found else None,
            "run_id": found.run_id if found else None,
            "proposal": entry.proposal if entry else None,
            "digest": found.digest if found else None,
            "valid_until": format_time(entry.valid_until) if entry and entry.valid_until else None,
            "checks": [check.to_json() for check in self.checks],
        }

    def to_text(self) -> str:
        return "\n".join([plain_line(self._headline()), *checks_text(self.checks)])

    def to_markdown(self) -> str:
        return f"**{escape_markdown(self._headline())}**\n\n{checks_markdown(self.checks)}"

    def _headline(self) -> str:
        name = f"{self.model}@{self.alias}"
        version = f"version {self.found.version}" if self.found else "no version"
        if self.verdict is Verdict.PASS:
            return f"pass: {name} ({version}) may be released."
        broken = [check.name for check in self.checks if check.result not in ("pass", "off", "warn")]
        return f"{self.verdict}: {name} ({version}) must not be released: {', '.join(broken)}."


@dataclass(frozen=True, kw_only=True, slots=True)
class GateQuestion:
    """What to ask about: the model, how deep to look, under which policy, on which branches."""

    model: str
    mode: Mode = Mode.PRODUCTION
    policy_of: PolicyOf = PolicyOf.NOW
    main: str = "main"
    log_branch: str = "promotions-log"


def gate(
    question: GateQuestion, *, repository: Repository, registry: Registry, documents: Documents, clock: Clock
) -> GateReport:
    """Every release check of a model, answered from git, the log and the registry; nothing is written."""
    repository.refresh()
    main = repository.head(question.main)
    if main is None:
        raise InvalidInput(f"the remote has no branch {question.main}", hint="name the branch with --branch")
    files = AtCommit(repository=repository, commit=main)
    model = load_model(files, documents, question.model, validated=False)
    ledger, log_problem = _read_log(repository, question)
    entry = ledger.state(question.model).champions.get(model.champion_alias)
    proposal = _read_proposal(repository, main, question.model, entry)
    judgement, problem = _judge(question, repository, files, documents, proposal, entry)
    alias_version, found = _find_champion(registry, model, deep=question.mode is Mode.PRODUCTION)
    facts = ReleaseFacts(
        model=question.model,
        registered_model=model.registered_model,
        alias=model.champion_alias,
        state=ledger.state(question.model),
        log_problem=log_problem,
        alias_version=alias_version,
        proposal_digest=proposal.proposal_digest if proposal else None,
        evidence_digest=proposal.evidence_digest if proposal else None,
        judgement=judgement,
        judgement_problem=problem,
        found=found,
        deep=question.mode is Mode.PRODUCTION,
        now=clock.now(),
    )
    verdict, checks = decide_release(facts)
    return GateReport(
        model=question.model,
        registered_model=model.registered_model,
        alias=model.champion_alias,
        mode=question.mode,
        verdict=verdict,
        checks=checks,
        entry=entry,
        found=found,
    )


def _read_log(repository: Repository, question: GateQuestion) -> tuple[Ledger, str]:
    """The log, and what is wrong with it: a broken log is an answer of the gate, not its failure."""
    try:
        return read_ledger(repository, question.log_branch, [question.model]), ""
    except InvalidInput as error:
        first = f": {error.findings[0]}" if error.findings else ""
        return Ledger(head=None, states={question.model: LogState()}), f"{error.message}{first}"


def _read_proposal(repository: Repository, main: str, model: str, entry: Entry | None) -> ProposalFiles | None:
    if entry is None or entry.proposal is None:
        return None
    return read_proposals(repository, main, [(model, entry.proposal)])[0]


def _find_champion(registry: Registry, model: ModelFile, *, deep: bool) -> tuple[str | None, Candidate | None]:
    """(where the alias points, that version with its digest)."""
    registered = registry.model(model.registered_model)
    version = registered.aliases.get(model.champion_alias) if registered else None
    found = registry.version(model.registered_model, version) if version else None
    if found is None:
        return version, None
    digest = registry.artifact_digest(found) if deep else found.tags.get(Tag.DIGEST, "no digest tag")
    return version, Candidate(
        version=found.version, run_id=found.run_id, created=found.created, source=found.source, digest=digest
    )


def _judge(
    question: GateQuestion,
    repository: Repository,
    files: AtCommit,
    documents: Documents,
    found: ProposalFiles | None,
    entry: Entry | None,
) -> tuple[Judgement | None, str]:
    """The evidence judged again, never its recorded verdict; (None, why) where that cannot be done.

    What the log recorded by its digest was validated then, so that nothing is validated twice.
    """
    if found is None or entry is None:
        return None, "no proposal made this champion"
    try:
        proposal = parse_proposal(found, documents, trusted=entry.proposal_digest)
        evidence = parse_evidence(found, documents, trusted=entry.evidence)
        policy = _policy(question, repository, files, documents, found, trusted=entry.policy)
    except InvalidInput as error:
        return None, error.message
    return judge(evidence, policy, now=proposal.created_at, kind=proposal.kind), ""


def _policy(
    question: GateQuestion,
    repository: Repository,
    files: AtCommit,
    documents: Documents,
    found: ProposalFiles,
    *,
    trusted: str | None,
) -> Policy:
    if question.policy_of is PolicyOf.NOW:
        return load_policy(files, documents, question.model, trusted=trusted)
    path = proposal_path(found.model, found.id)
    landing = repository.landings(files.commit, [path]).get(path)
    if landing is None or landing.parent is None:
        raise InvalidInput(f"git does not say when {path} was merged", hint="fetch the whole history, or --policy now")
    before = AtCommit(repository=repository, commit=landing.parent)
    return load_policy(before, documents, question.model, trusted=trusted)
