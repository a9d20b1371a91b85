"""What a run of `promote` will do: gathered facts, decided one proposal after the other, nothing written."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache

from coronet.commands.governed import AtCommit, champion_alias, load_model, require_sole
from coronet.commands.ledger import Ledger
from coronet.commands.looks import check_look
from coronet.commands.policies import load_policy
from coronet.commands.promote.aliases import Aliases, aliases_of
from coronet.commands.promote.closings import Overdue, find_closed, find_overdue
from coronet.commands.promote.divergence import Divergence, find_divergences, find_returned
from coronet.commands.promote.provisional import Begun, Ruling, find_begun, find_rulings
from coronet.commands.proof import find_guards, prove_approval
from coronet.commands.proposals import (
    ProposalFiles,
    parse_evidence,
    parse_proposal,
    read_proposals,
    require_alias,
)
from coronet.commands.registered import find_candidate
from coronet.commands.world import World
from coronet.core.approval import ApprovalDecision
from coronet.core.changelog.entry import Entry, Event, Pinned
from coronet.core.changelog.state import LogState
from coronet.core.decision import Check, Verdict, failed
from coronet.core.evidence import Evidence
from coronet.core.judging.judgement import Judgement, judge
from coronet.core.model_file import ModelFile
from coronet.core.policy import Freeze, Policy
from coronet.core.promotion import Action, PromotionDecision, PromotionFacts, decide_ended, decide_promotion, frozen_by
from coronet.core.proposal import Proposal, proposal_path
from coronet.core.protection import Guards
from coronet.errors import InvalidInput
from coronet.ports.repository import Landing


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One proposal with its decision. `outcome` is the entry that closes it (None while it waits)."""

    model: str
    proposal_id: str
    alias: str
    decision: PromotionDecision
    outcome: Entry | None
    intent: Entry | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """`closed` are entries for pull requests that were closed without being merged, `overdue` those to be closed.

    Of the divergences `healed` are to be put back, and `adopted` to be kept by a proposal; `returned` are
    those of before that somebody put back by hand, `rulings` what became of provisional rollbacks.
    """

    steps: tuple[Step, ...]
    divergences: tuple[Divergence, ...]
    closed: tuple[Entry, ...]
    overdue: tuple[Overdue, ...]
    healed: tuple[Divergence, ...]
    adopted: tuple[Divergence, ...] = ()
    returned: tuple[Divergence, ...] = ()
    rulings: tuple[Ruling, ...] = ()

    @property
    def models(self) -> tuple[str, ...]:
        """Those of which it says anything."""
        found = (self.steps, self.divergences, self.returned, self.closed, self.overdue, self.rulings)
        return tuple(each.model for group in found for each in group)


def make_plan(world: World, *, main: str, ledger: Ledger, waiting: Sequence[tuple[str, str]], heal: bool) -> Plan:
    registered = {model.name: model for model in world.registry.models()}
    on_main, files = {name for _, name in waiting}, AtCommit(repository=world.repository, commit=main)
    divergences = find_divergences(world, ledger, files, registered)
    healable = tuple(divergence for divergence in divergences if heal and not divergence.obstacle)
    guards = cache(lambda: find_guards(world))
    planner = _Planner(world=world, main=main, aliases=aliases_of(registered, healable), guards=guards)
    begun = tuple(step_of_begun(each) for each in find_begun(world, ledger, registered))
    steps = (*begun, *planner.steps(ledger, begun, waiting))
    adopted = tuple(divergence for divergence in divergences if any(_adopts(step, divergence) for step in steps))
    ending = {step.proposal_id: step.outcome.event for step in steps if step.outcome}
    return Plan(
        steps=steps,
        divergences=divergences,
        closed=find_closed(world, ledger, files, on_main=on_main),
        overdue=find_overdue(world, ledger, files, on_main=on_main, ending=ending),
        healed=tuple(divergence for divergence in healable if divergence not in adopted),
        adopted=adopted,
        returned=find_returned(ledger, registered),
        rulings=find_rulings(world, main, ledger, guards),
    )


def _adopts(step: Step, divergence: Divergence) -> bool:
    """Whether a step asks for what the alias was moved to by hand."""
    target = step.outcome.target if step.outcome and step.decision.action is Action.RECORD else None
    same = (step.model, step.alias) == (divergence.model, divergence.alias)
    return same and target is not None and target.version == divergence.found


@dataclass(frozen=True, kw_only=True, slots=True)
class _Planner:
    world: World
    main: str
    aliases: Aliases
    guards: Callable[[], Guards | None]

    def steps(self, ledger: Ledger, begun: Sequence[Step], waiting: Sequence[tuple[str, str]]) -> list[Step]:
        """Decide in merge order; each decision sees what the ones before it will have done."""
        landings = self.world.repository.landings(self.main, [proposal_path(*names) for names in waiting])
        files = {found.path: found for found in read_proposals(self.world.repository, self.main, waiting)}
        states = dict(ledger.states)
        for step in begun:
            self._foresee(step, states)
        steps = []
        for path, landing in landings.items():
            found = files[path]
            self.world.progress("judge", found.id)
            step = self._step(found, landing, states[found.model])
            steps.append(step)
            self._foresee(step, states)
        return steps

    def _foresee(self, step: Step, states: dict[str, LogState]) -> None:
        """Change `states` and the aliases to what they will be after the step."""
        if step.outcome:
            states[step.model] = states[step.model].after([step.outcome])
        if step.outcome and step.outcome.target and step.decision.action in (Action.MOVE, Action.RECORD):
            self.aliases.settle(step.outcome.registered_model, step.alias, step.outcome.target.version)

    def _step(self, files: ProposalFiles, landing: Landing, state: LogState) -> Step:
        if ended := state.unmerged.get(files.id):
            return self._refused(files, landing, decide_ended(ended))
        try:
            proposal = parse_proposal(files, self.world.documents)
            model = load_model(self._at(landing.commit), self.world.documents, files.model)
            require_alias(proposal, model)
            require_sole(self._at(landing.commit), self.world.documents, model)
        except InvalidInput as error:
            return self._unreadable(files, landing, error)
        alias = self.aliases.seen_by(model.registered_model, proposal.alias, proposal.candidate.version)
        approval, pull_request = self._approval(proposal, landing)
        facts = self._facts(files, landing, proposal, model, approval, state, alias)
        decision = decide_promotion(facts)
        origin = state.champions.get(proposal.alias)
        entry = Entry(
            at=self.world.clock.now(),
            model=files.model,
            registered_model=model.registered_model,
            alias=proposal.alias,
            event=Event.INTENT,
            proposal=proposal.id,
            proposal_digest=files.proposal_digest,
            origin=origin.target if origin else None,
            target=Pinned(version=proposal.candidate.version, digest=proposal.candidate.digest),
            approvals=approval.approvals,
            pull_request=pull_request,
            merge_commit=landing.commit,
            policy=facts.policy_digest,
            evidence=facts.evidence_digest,
            valid_until=proposal.valid_until,
            actor=self.world.actor,
            run_url=self.world.run_url,
            why=decision.why,
        )
        return _step_of(entry, decision, begun=proposal.id in state.intents)

    def _approval(self, proposal: Proposal, landing: Landing) -> tuple[ApprovalDecision, int | None]:
        try:
            approvals = self._policy_at(landing, proposal.model).approvals
        except InvalidInput as error:
            broken = failed("approved", saw=error.message, wanted="a readable policy before the merge", hint=error.hint)
            return ApprovalDecision(verdict=Verdict.FAIL, checks=(broken,), approvals=()), None
        decision, pull_request = prove_approval(self.world, proposal, landing, approvals, self.guards)
        return decision, pull_request.number if pull_request else None

    def _policy_at(self, landing: Landing, model: str) -> Policy:
        """The policy in force when the merge happened: what the commit before it says."""
        if landing.parent is None:
            raise InvalidInput("the branch's first commit brought it", hint="propose on a branch of its own")
        return load_policy(self._at(landing.parent), self.world.documents, model)

    def _at(self, commit: str) -> AtCommit:
        return AtCommit(repository=self.world.repository, commit=commit)

    def _frozen(self, model: str) -> Freeze | None:
        """The freeze of today's policy that holds today; a policy that cannot be read holds everything."""
        try:
            windows = load_policy(self._at(self.main), self.world.documents, model).freeze
            return frozen_by(windows, {window.zone: self.world.clock.date_in(window.zone) for window in windows})
        except InvalidInput as error:
            return Freeze(start="now", end="it is mended", zone="UTC", why=error.message)

    def _facts(
        self,
        files: ProposalFiles,
        landing: Landing,
        proposal: Proposal,
        model: ModelFile,
        approval: ApprovalDecision,
        state: LogState,
        alias_version: str | None,
    ) -> PromotionFacts:
        policy, evidence, problem = self._judged(files, landing)
        judgement = _judge(evidence, policy, proposal, model, landing)
        return PromotionFacts(
            proposal=proposal,
            landed_at=landing.at,
            unchanged=self._unchanged(files, landing),
            evidence_digest=files.evidence_digest,
            policy_digest=policy.digest if policy else None,
            judgement=judgement,
            judgement_problem=problem,
            approval=approval,
            state=state,
            alias_version=alias_version,
            found=find_candidate(self.world, model.registered_model, proposal.candidate.version),
            frozen=self._frozen(files.model),
            now=self.world.clock.now(),
            looks=self._looks(proposal, judgement, landing),
        )

    def _looks(self, proposal: Proposal, judgement: Judgement | None, landing: Landing) -> tuple[Check, ...]:
        if judgement is None or landing.parent is None:
            return ()
        return check_look(self.world.repository, self.world.documents, landing.parent, proposal, judgement)

    def _judged(self, files: ProposalFiles, landing: Landing) -> tuple[Policy | None, Evidence | None, str]:
        """The policy before the merge and the evidence; None for what cannot be read, and why."""
        policy = None
        try:
            policy = self._policy_at(landing, files.model)
            return policy, parse_evidence(files, self.world.documents), ""
        except InvalidInput as error:
            return policy, None, _say(error)

    def _unchanged(self, files: ProposalFiles, landing: Landing) -> bool:
        merged, *_ = read_proposals(self.world.repository, landing.commit, [(files.model, files.id)])
        return (merged.proposal, merged.evidence) == (files.proposal, files.evidence)

    def _unreadable(self, files: ProposalFiles, landing: Landing, error: InvalidInput) -> Step:
        """A proposal on the main branch that cannot be read is refused for good, in the log as well."""
        said = _say(error)
        check = failed("proposal", saw=said, wanted="a valid proposal", hint=error.hint)
        decision = PromotionDecision(action=Action.REFUSE, event=Event.REFUSED, checks=(check,), why=said)
        return self._refused(files, landing, decision)

    def _refused(self, files: ProposalFiles, landing: Landing, decision: PromotionDecision) -> Step:
        """A step for what was refused before anything else was asked about it."""
        entry = Entry(
            at=self.world.clock.now(),
            model=files.model,
            alias=champion_alias(self._at(self.main), self.world.documents, files.model),
            event=Event.REFUSED,
            proposal=files.id,
            proposal_digest=files.proposal_digest,
            merge_commit=landing.commit,
            actor=self.world.actor,
            run_url=self.world.run_url,
            why=decision.why,
        )
        return _step_of(entry, decision, begun=False)


def step_of_begun(begun: Begun) -> Step:
    return Step(
        model=begun.intent.model,
        proposal_id=str(begun.intent.proposal),
        alias=begun.intent.alias,
        decision=begun.decision,
        outcome=begun.outcome,
    )


def _say(error: InvalidInput) -> str:
    return "; ".join([error.message, *(str(finding) for finding in error.findings[:3])])


def _judge(
    evidence: Evidence | None, policy: Policy | None, proposal: Proposal, model: ModelFile, landing: Landing
) -> Judgement | None:
    if evidence is None or policy is None:
        return None
    pinned = model.data.evaluation.sha256
    digest = f"sha256:{pinned}" if pinned else None
    return judge(evidence, policy, now=landing.at, kind=proposal.kind, data_digest=digest)


def _step_of(entry: Entry, decision: PromotionDecision, *, begun: bool) -> Step:
    moves = decision.action is Action.MOVE and not begun
    return Step(
        model=entry.model,
        proposal_id=str(entry.proposal),
        alias=entry.alias,
        decision=decision,
        outcome=replace(entry, event=decision.event) if decision.event else None,
        intent=replace(entry, event=Event.INTENT) if moves else None,
    )
