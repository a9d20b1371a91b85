"""Judge the proposals that a pull request adds; the required check."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from coronet.commands.governed import AtCommit, load_model, require_sole
from coronet.commands.ledger import read_ledger
from coronet.commands.looks import check_look
from coronet.commands.policies import load_policy
from coronet.commands.proof import approvers_at, owners_of, required_approvals
from coronet.commands.proposals import ProposalFiles, parse_evidence, parse_proposal, read_proposals, require_alias
from coronet.commands.registered import find_candidate
from coronet.commands.world import World
from coronet.core.admission import AdmissionFacts, decide_admission, decide_pull_request
from coronet.core.decision import Check, Result, Verdict, combine, failed, worst
from coronet.core.judging.judgement import Judgement, judge
from coronet.core.proposal import FOLDER, Proposal, proposal_at, proposal_path
from coronet.core.render.page import Block, Folded, Heading, Page, Tree
from coronet.core.render.paged import Paged
from coronet.core.render.proposal import (
    addresses,
    say_approvers,
    say_merge,
    what_changes,
    what_was_measured,
    where_from,
)
from coronet.errors import InvalidInput, Refused
from coronet.ports.repository import Change, ChangeKind

SCHEMA = "coronet/check/v1"
MARKER = "check"
STATUS = "coronet/check"


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckedProposal:
    """One proposal; `proposal` and `judgement` are None where the files cannot be read."""

    model: str
    id: str
    checks: tuple[Check, ...]
    proposal: Proposal | None = None
    judgement: Judgement | None = None
    approvers: tuple[str, ...] = ()
    needed: int = 1

    def blocks(self) -> tuple[Block, ...]:
        """What a reviewer reads; what the gates said stands once, below the checks."""
        if not self.proposal or not self.judgement:
            return (Tree(checks=self.checks),)
        checks = [replace(check, parts=()) if check.name == "verdict" else check for check in self.checks]
        measured = what_was_measured(self.judgement)
        return (what_changes(self.proposal), Tree(checks=checks), *measured, where_from(self.proposal))


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckReport(Paged):
    """`base` and `head` are the commits compared; no proposals means that there was nothing to judge."""

    base: str
    head: str
    files: tuple[Check, ...]
    proposals: tuple[CheckedProposal, ...]
    registry_asked: bool = True

    @property
    def checks(self) -> tuple[Check, ...]:
        """One check for the files, one for each proposal with its own as parts."""
        return (*self.files, *(_summed(proposal) for proposal in self.proposals))

    @property
    def places(self) -> dict[str, str]:
        """The file of each proposal, by the name of its check."""
        return {checked.id: proposal_path(checked.model, checked.id) for checked in self.proposals}

    @property
    def verdict(self) -> Verdict:
        return combine(self.checks) if self.checks else Verdict.PASS

    @property
    def exit_code(self) -> int:
        return 0 if self.verdict is Verdict.PASS else Refused.exit_code

    def to_json(self) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "verdict": str(self.verdict),
            "base": self.base,
            "head": self.head,
            "proposals": [{"model": checked.model, "proposal": checked.id} for checked in self.proposals],
            "checks": [check.to_json() for check in self.checks],
        }

    def page(self) -> Page:
        blocks: list[Block] = [Tree(checks=self.files)]
        for checked in self.proposals:
            told = checked.blocks()
            folds = len(self.proposals) > 1 and worst(check.result for check in checked.checks) is Result.PASS
            blocks += [Heading(text=checked.id), *([Folded(summary="passes", blocks=told)] if folds else told)]
        links = [link for checked in self.proposals if checked.proposal for link in addresses(checked.proposal)]
        whole = f"`coronet check {self.head}` prints the whole"
        return Page(headline=self._headline(), verdict=self.verdict, blocks=blocks, links=links, whole=whole)

    def _headline(self) -> str:
        """Who must do what next."""
        if not self.files:
            return "No proposals here: nothing to judge."
        if self.verdict is not Verdict.PASS:
            return f"This must not be merged: {'; '.join(self._broken())}. Its author mends what is marked below."
        asked = "" if self.registry_asked else " The registry was not asked: run it with credentials before you merge."
        if len(self.proposals) == 1:
            return f"{self._ask(self.proposals[0], say_merge)}.{asked}"
        each = "; ".join(f"{self._ask(checked, say_approvers)}: {checked.id}" for checked in self.proposals)
        return f"{len(self.proposals)} proposals may be merged. {each}.{asked}"

    def _broken(self) -> Iterator[str]:
        """The names of what did not pass, with the proposal's where there are several."""
        yield from _names(self.files)
        for checked in self.proposals:
            if names := ", ".join(_names(checked.checks)):
                yield names if len(self.proposals) == 1 else f"{checked.id} ({names})"

    def _ask(self, checked: CheckedProposal, say: Callable[[Sequence[str], int], str]) -> str:
        doubt = checked.judgement is not None and checked.judgement.verdict is Verdict.INCONCLUSIVE
        left = "The evidence cannot tell, and the policy leaves it to the reviewers. " if doubt else ""
        return f"{left}{say(checked.approvers, checked.needed)}"


def check(world: World, *, base: str, head: str, ask_registry: bool) -> CheckReport:
    """Judge what `head` adds to `base` (commits) under the policy, CODEOWNERS and model files of `base`.

    A pull request that touches no model's folder under `promotions/` has nothing to judge and passes.
    """
    changes = world.repository.changes(base, head)
    touched = [change for change in changes if change.path.startswith(f"{FOLDER}/") and change.path.count("/") > 1]
    if not touched:
        return CheckReport(base=base, head=head, files=(), proposals=())
    added = [found for change in touched if change.kind is ChangeKind.ADDED and (found := proposal_at(change.path))]
    files = decide_pull_request([f"{name}" for _, name in added], _forbidden(changes, added))
    read = read_proposals(world.repository, head, added)
    return CheckReport(
        base=base,
        head=head,
        files=files,
        proposals=tuple(check_proposal(world, found, base=base, ask_registry=ask_registry) for found in read),
        registry_asked=ask_registry,
    )


def _forbidden(changes: Sequence[Change], added: Sequence[tuple[str, str]]) -> list[str]:
    """In words: changes other than the two files of an added proposal, and more proposals than can be applied."""
    counts = Counter(model for model, _ in added)
    several = [f"{n} proposals for {model}, of which one can be applied" for model, n in counts.items() if n > 1]
    allowed = {f"{FOLDER}/{model}/{name}{ending}" for model, name in added for ending in (".yaml", ".evidence.json")}
    others = [
        f"{change.path} is {change.kind}"
        for change in changes
        if change.path not in allowed or change.kind is not ChangeKind.ADDED
    ]
    return [*several, *others]


def check_proposal(world: World, files: ProposalFiles, *, base: str, ask_registry: bool) -> CheckedProposal:
    """Every check of one proposal, also of one that cannot be read."""
    world.progress("judge", files.id)
    try:
        return _judge_proposal(world, files, base=base, ask_registry=ask_registry)
    except InvalidInput as error:
        said = [error.message, *(str(finding) for finding in error.findings)]
        broken = tuple(
            failed("valid", saw=line, wanted="a valid proposal, evidence, policy and model file", hint=error.hint)
            for line in said
        )
        return CheckedProposal(model=files.model, id=files.id, checks=broken)


def _judge_proposal(world: World, files: ProposalFiles, *, base: str, ask_registry: bool) -> CheckedProposal:
    before = AtCommit(repository=world.repository, commit=base)
    proposal = parse_proposal(files, world.documents)
    model = load_model(before, world.documents, files.model)
    require_alias(proposal, model)
    require_sole(before, world.documents, model)
    policy = load_policy(before, world.documents, files.model)
    evidence = parse_evidence(files, world.documents)
    pinned = model.data.evaluation.sha256
    now = world.clock.now()
    judgement = judge(evidence, policy, now=now, kind=proposal.kind, data_digest=f"sha256:{pinned}" if pinned else None)
    version = proposal.candidate.version
    facts = AdmissionFacts(
        proposal=proposal,
        proposal_digest=files.proposal_digest,
        evidence_digest=files.evidence_digest,
        judgement=judgement,
        policy=policy,
        state=read_ledger(world.repository, world.log_branch, [files.model]).state(files.model),
        registry_asked=ask_registry,
        found=find_candidate(world, model.registered_model, version) if ask_registry else None,
        owners=owners_of(world, base, proposal),
        now=now,
        looks=check_look(world.repository, world.documents, base, proposal, judgement),
    )
    return CheckedProposal(
        model=files.model,
        id=files.id,
        checks=decide_admission(facts),
        proposal=proposal,
        judgement=judgement,
        approvers=approvers_at(world, base, proposal),
        needed=required_approvals(proposal, policy.approvals),
    )


def _names(checks: Sequence[Check]) -> list[str]:
    """Each name of a check that did not pass, once."""
    return list(dict.fromkeys(check.name for check in checks if check.result in (Result.FAIL, Result.INCONCLUSIVE)))


def _summed(checked: CheckedProposal) -> Check:
    result, broken = worst(check.result for check in checked.checks), _names(checked.checks)
    return Check(
        name=checked.id,
        result=result,
        saw=f"broken: {', '.join(broken)}" if broken else "everything as it should be",
        wanted="a proposal that may be merged",
        parts=checked.checks,
    )
