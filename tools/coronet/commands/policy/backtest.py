"""What a changed policy would have decided: every past proposal judged again, beside what became of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from coronet.commands.governed import AtCommit
from coronet.commands.ledger import logged_models, read_log
from coronet.commands.policies import load_policy
from coronet.commands.proposals import (
    ProposalFiles,
    parse_evidence,
    parse_proposal,
    proposal_ids,
    read_proposals,
)
from coronet.core.changelog.entry import APPLIED, ENDED, Entry, Event
from coronet.core.decision import Result
from coronet.core.judging.judgement import Judgement, judge
from coronet.core.proposal import proposal_path
from coronet.core.render.page import Page, Table
from coronet.core.render.paged import Paged
from coronet.core.timestamps import format_duration, format_time
from coronet.errors import InvalidInput
from coronet.ports.clock import Progress
from coronet.ports.documents import Documents, Files
from coronet.ports.repository import Landing, Repository

SCHEMA = "coronet/policy-backtest/v1"
_HEADER = ("Proposal", "Merged", "Then", "Now", "Because", "Became")


@dataclass(frozen=True, kw_only=True, slots=True)
class Replayed:
    """One past proposal. `then` and `now` are verdicts with whether they admit it; None where it cannot be judged.

    `became` is the event that ended it and what followed; `because` are the gates that answer otherwise.
    """

    model: str
    proposal: str
    merged_at: datetime
    then: Judgement | None
    now: Judgement | None
    because: tuple[str, ...]
    became: str
    problem: str = ""

    @property
    def flips(self) -> bool:
        return self.then is not None and self.now is not None and self.then.admits is not self.now.admits


@dataclass(frozen=True, kw_only=True, slots=True)
class BacktestReport(Paged):
    replayed: tuple[Replayed, ...]
    since: datetime | None

    @property
    def flips(self) -> int:
        return sum(one.flips for one in self.replayed)

    def to_json(self) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "since": format_time(self.since) if self.since else None,
            "proposals": len(self.replayed),
            "flips": self.flips,
            "replayed": [
                {
                    "model": one.model,
                    "proposal": one.proposal,
                    "merged_at": format_time(one.merged_at),
                    "then": str(one.then.verdict) if one.then else None,
                    "now": str(one.now.verdict) if one.now else None,
                    "flips": one.flips,
                    "because": list(one.because),
                    "became": one.became,
                    "problem": one.problem,
                }
                for one in self.replayed
            ],
        }

    def page(self) -> Page:
        table = Table(header=_HEADER, rows=[_row(one) for one in self.replayed])
        return Page(headline=self._headline(), blocks=(table,))

    def _headline(self) -> str:
        if not self.replayed:
            return "There is no past proposal to judge again."
        others = len(self.replayed) - self.flips
        return f"{self.flips} of {len(self.replayed)} decisions would flip, {others} would not."


def backtest(
    repository: Repository,
    files: Files,
    documents: Documents,
    *,
    main: str,
    log_branch: str,
    models: Sequence[str],
    since: datetime | None,
    progress: Progress,
) -> BacktestReport:
    """Judge the proposals on the main branch, of `models` or of all, under the policies of `files`.

    Each is judged at the moment of its merge, beside the policy that held then. `since` leaves out what was
    merged before.
    """
    repository.refresh()
    head = repository.head(main)
    if head is None:
        raise InvalidInput(f"the remote has no branch {main}", hint="name the branch with --branch")
    ids = [found for found in proposal_ids(repository, head) if not models or found[0] in models]
    landings = repository.landings(head, [proposal_path(*found) for found in ids])
    logs = _logs(repository, repository.head(log_branch))
    read = {found.path: found for found in read_proposals(repository, head, ids)}
    replayed = []
    for path, landing in landings.items():
        if since is None or landing.at >= since:
            progress("judge", read[path].id)
            replayed.append(_replay(repository, files, documents, read[path], landing, logs.get(read[path].model, ())))
    return BacktestReport(replayed=tuple(replayed), since=since)


def _logs(repository: Repository, head: str | None) -> dict[str, tuple[Entry, ...]]:
    return {model: read_log(repository, head, model) for model in logged_models(repository, head)}


def _replay(
    repository: Repository,
    files: Files,
    documents: Documents,
    found: ProposalFiles,
    landing: Landing,
    log: Sequence[Entry],
) -> Replayed:
    then = now = None
    problem = ""
    try:
        proposal, evidence = parse_proposal(found, documents), parse_evidence(found, documents)
        today = load_policy(files, documents, found.model)
        now = judge(evidence, today, now=landing.at, kind=proposal.kind)
        if landing.parent is not None:
            before = load_policy(AtCommit(repository=repository, commit=landing.parent), documents, found.model)
            then = judge(evidence, before, now=landing.at, kind=proposal.kind)
    except InvalidInput as error:
        problem = error.message
    return Replayed(
        model=found.model,
        proposal=found.id,
        merged_at=landing.at,
        then=then,
        now=now,
        because=tuple(_because(then, now)) if then and now else (),
        became=_became(found.id, log),
        problem=problem,
    )


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


def _became(proposal: str, log: Sequence[Entry]) -> str:
    """How it ended, and what followed: for how long it was champion, and whether it was rolled back."""
    ended = next((entry for entry in log if entry.proposal == proposal and entry.event in ENDED), None)
    if ended is None:
        return "not applied yet"
    said = str(ended.event).replace("_", " ")
    if ended.event not in APPLIED or ended.target is None:
        return said
    for later in log:
        if later.seq > ended.seq and later.event in APPLIED and later.alias == ended.alias and later.target:
            if later.target.digest == ended.target.digest:
                continue
            how = "rolled back" if later.event is Event.ROLLED_BACK else "replaced"
            return f"{said}, {how} after {format_duration(later.at - ended.at)}"
    return f"{said}, champion still"


def _row(one: Replayed) -> tuple[str, ...]:
    return (
        one.proposal,
        format_time(one.merged_at),
        str(one.then.verdict) if one.then else "—",
        f"{one.now.verdict if one.now else '—'}{' (flips)' if one.flips else ''}",
        one.problem or "; ".join(one.because) or "—",
        one.became,
    )
