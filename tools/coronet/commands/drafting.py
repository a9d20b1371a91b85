"""What promotion, rollback and renewal share: surveying the ground, drafting a proposal, opening its pull request."""

from dataclasses import dataclass, replace

from coronet.commands.governed import AtCommit, decode, load_model, require_sole
from coronet.commands.ledger import Ledger, read_ledger
from coronet.commands.policies import load_policy
from coronet.commands.proposals import proposals_of
from coronet.commands.world import World
from coronet.core.changelog.entry import APPLIED, Entry, Event
from coronet.core.changelog.state import LogState
from coronet.core.closing import event_of_closing
from coronet.core.evidence import Evidence
from coronet.core.judging.judgement import Judgement
from coronet.core.model_file import ModelFile
from coronet.core.policy import Policy
from coronet.core.proposal import (
    Candidate,
    Code,
    Kind,
    Proposal,
    ProposedData,
    Replaced,
    Requester,
    Why,
    identify,
    proposal_branch,
    proposal_from_json,
)
from coronet.core.version_tags import Tag
from coronet.errors import Conflict, InvalidInput, Refused
from coronet.ports.forge import PullRequest, PullRequestState


@dataclass(frozen=True, kw_only=True, slots=True)
class Ground:
    """What a proposal stands on: main's head, the model file and policy there, the log, the alias as it is."""

    main: str
    model: ModelFile
    policy: Policy
    state: LogState
    ledger: Ledger
    alias_version: str | None

    @property
    def alias(self) -> str:
        return self.model.champion_alias

    @property
    def champion(self) -> Entry | None:
        """The log entry that the champion rests on; None before the first."""
        return self.state.champions.get(self.alias)

    @property
    def replaces(self) -> Replaced | None:
        entry = self.champion
        if entry is None or entry.target is None:
            return None
        return Replaced(version=entry.target.version, digest=entry.target.digest, proposal=entry.proposal)

    @property
    def data_digest(self) -> str | None:
        """The digest of the pinned evaluation data."""
        pinned = self.model.data.evaluation.sha256
        return f"sha256:{pinned}" if pinned else None


def survey(world: World, model: str, *, aligned: bool = True, keeping: str | None = None) -> Ground:
    """The ground as git, the log and the registry have it now.

    Conflict where the last two disagree, unless that does not matter (`aligned` False), or the registry has
    the version `keeping`: that is what is going to be asked for.
    """
    world.progress("read", "git, log and registry")
    world.repository.refresh()
    main = world.repository.head(world.main)
    if main is None:
        raise InvalidInput(f"the remote has no branch {world.main}", hint="name the branch with --branch")
    files = AtCommit(repository=world.repository, commit=main)
    model_file = load_model(files, world.documents, model)
    require_sole(files, world.documents, model_file)
    registered = world.registry.model(model_file.registered_model)
    ledger = read_ledger(world.repository, world.log_branch, [model])
    ground = Ground(
        main=main,
        model=model_file,
        policy=load_policy(files, world.documents, model),
        state=ledger.state(model),
        ledger=ledger,
        alias_version=registered.aliases.get(model_file.champion_alias) if registered else None,
    )
    champion = ground.replaces
    if aligned and champion and ground.alias_version not in {champion.version, keeping or champion.version}:
        raise Conflict(
            f"{model_file.registered_model}@{ground.alias} is version {ground.alias_version or 'none'}, "
            f"the log says version {champion.version}",
            hint="someone moved it behind git's back: `coronet promote --heal` puts it back, "
            "`coronet propose --candidate` asks to keep it",
        )
    return ground


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """Who asks, why, and whether to ask again for what was already turned down."""

    why: Why
    requester: Requester
    again: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """`before` is the code that made the champion, None where there is none."""

    proposal: Proposal
    evidence: Evidence
    judgement: Judgement
    document: bytes
    before: Code | None = None

    @property
    def branch(self) -> str:
        return proposal_branch(self.proposal.model, self.proposal.id)


def draft(
    world: World, ground: Ground, *, kind: Kind, candidate: Candidate, judgement: Judgement, request: Request
) -> Draft:
    """The proposal that asks for `candidate`, under the first id that was not used up by an ended attempt."""
    evidence, now = judgement.evidence, world.clock.now()
    proposal = Proposal(
        id="",
        kind=kind,
        model=ground.model.name,
        alias=ground.alias,
        candidate=candidate,
        replaces=ground.replaces,
        evidence_digest=evidence.digest,
        evidence_verdict=str(judgement.verdict),
        policy_digest=ground.policy.digest,
        data=ProposedData(name=evidence.data.name, digest=evidence.data.digest, rows=evidence.data.rows),
        code=_code(world, ground, candidate.version),
        why=request.why,
        requested_by=request.requester,
        created_at=now,
        expires_at=now + ground.policy.expire_after,
        valid_until=now + ground.policy.valid_for,
    )
    proposal = _identified(world, ground, proposal, evidence, again=request.again)
    return Draft(
        proposal=proposal,
        evidence=evidence,
        judgement=judgement,
        document=_render(world, proposal),
        before=_code(world, ground, ground.replaces.version) if ground.replaces else None,
    )


def _render(world: World, proposal: Proposal) -> bytes:
    """The proposal's file, which must be one that the check will accept."""
    document = world.documents.render(proposal.to_json())
    decode(world.documents.parse(document, file=proposal.path), world.documents, "proposal", proposal_from_json)
    return document


def _code(world: World, ground: Ground, version: str) -> Code:
    """The code that made a version, as its tags say."""
    found = world.registry.version(ground.model.registered_model, version)
    tags = found.tags if found else {}
    return Code(repository=tags.get(Tag.REPOSITORY), commit=tags.get(Tag.COMMIT))


def _identified(world: World, ground: Ground, proposal: Proposal, evidence: Evidence, *, again: bool) -> Proposal:
    """`proposal` with its id; a new attempt where the one before ended without anybody having said no."""
    attempt, refusal = 1, None
    while True:
        proposal_id = identify(
            kind=proposal.kind,
            model=proposal.model,
            alias=proposal.alias,
            candidate=proposal.candidate,
            replaces=proposal.replaces,
            facts_digest=evidence.facts_digest,
            policy_digest=proposal.policy_digest,
            attempt=attempt,
        )
        pull_request = world.forge.find_pull_request(proposal_branch(proposal.model, proposal_id))
        event = ground.state.ended.get(proposal_id) or _ended_unlogged(world, pull_request)
        if event is None or event in APPLIED:
            if refusal and pull_request is None and not again:
                raise refusal
            return replace(proposal, id=proposal_id, attempt=attempt)
        if event in (Event.REJECTED, Event.REFUSED):
            refusal = Refused(
                f"{proposal_id} was already asked for, and was {event}",
                hint=f"`coronet log {proposal.model}` says why; --again asks once more",
            )
        attempt += 1


def _ended_unlogged(world: World, pull_request: PullRequest | None) -> Event | None:
    """What became of a proposal whose pull request was closed, or lies open beyond its time, and is not logged yet."""
    if pull_request is None or pull_request.state is PullRequestState.MERGED:
        return None
    if pull_request.state is PullRequestState.CLOSED:
        return event_of_closing(pull_request.close_reason or "")
    proposal = proposals_of(world, [pull_request]).get(pull_request.number)
    return Event.EXPIRED if proposal and proposal.apply_before <= world.clock.now() else None
