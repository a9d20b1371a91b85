"""What a changed policy would have decided: every past proposal judged again, beside what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from coronet.commands.policy.replaying import Past, Replay, Replayed, find_unmerged, histories_of, read_logs
from coronet.commands.proposals import proposal_ids, read_proposals
from coronet.core.proposal import proposal_path
from coronet.core.render.page import Block, Folded, Page, Table
from coronet.core.render.paged import Paged
from coronet.core.timestamps import format_duration, format_time
from coronet.errors import InvalidInput
from coronet.ports.clock import Progress
from coronet.ports.documents import Documents, Files
from coronet.ports.forge import Forge
from coronet.ports.repository import Repository

SCHEMA = "coronet/policy-backtest/v1"
_HEADER = ("Proposal", "Merged", "Then", "Now", "Because", "Became")
# So many decisions that stay are shown without being asked.
_SHOWN = 20


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
            "would_pass": sum(one.would_pass for one in self.replayed),
            "replayed": [_replayed_json(one) for one in self.replayed],
        }

    def page(self) -> Page:
        flips = [one for one in self.replayed if one.flips]
        others = [one for one in self.replayed if not one.flips]
        blocks: list[Block] = [Table(header=_HEADER, rows=[_row(one) for one in flips])] if flips else []
        if others:
            stay = Table(header=_HEADER, rows=[_row(one) for one in others])
            summary = f"{len(others)} decisions that stay"
            blocks.append(Folded(summary=summary, blocks=(stay,)) if len(others) > _SHOWN else stay)
        return Page(headline=self._headline(), blocks=blocks)

    def _headline(self) -> str:
        if not self.replayed:
            return "There is no past proposal to judge again."
        others = len(self.replayed) - self.flips
        said = f"{self.flips} of {len(self.replayed)} decisions would flip, {others} would not."
        return f"{said} {self._consequences()}".strip()

    def _consequences(self) -> str:
        """What the flips would have spared, and what they would have cost."""
        refused = [one for one in self.replayed if one.flips and not one.would_pass]
        passed = self.flips - len(refused)
        back = sum(one.fate.was_rolled_back for one in refused)
        said = []
        if refused:
            said.append(f"{len(refused)} that passed would be refused, of which {back} had to be rolled back")
        if passed:
            said.append(f"{passed} that did not pass would pass")
        return f"{'; '.join(said)}." if said else ""


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
    forge: Forge | None = None,
) -> BacktestReport:
    """Judge the proposals on the main branch, of `models` or of all, under the policies of `files`.

    Each is judged at the moment of its merge, beside the policy that held then. `since` leaves out what was
    merged before. With a `forge`, proposals that were closed without a merge are judged as well, at the moment
    at which they were made.
    """
    repository.refresh()
    head = repository.head(main)
    if head is None:
        raise InvalidInput(f"the remote has no branch {main}", hint="name the branch with --branch")
    everything = proposal_ids(repository, head)
    ids = [found for found in everything if not models or found[0] in models]
    landings = repository.landings(head, [proposal_path(*found) for found in ids])
    logs = read_logs(repository, repository.head(log_branch))
    read = {found.path: found for found in read_proposals(repository, head, ids)}
    past = [
        Past(files=read[path], governed_by=landing.parent, at=landing.at, merged_at=landing.at)
        for path, landing in landings.items()
        if since is None or landing.at >= since
    ]
    if forge is not None:
        past += find_unmerged(repository, forge, logs, merged=everything, models=models, since=since)
    replay = Replay(repository=repository, files=files, documents=documents)
    return BacktestReport(replayed=tuple(replay.judge_all(past, histories_of(logs), progress)), since=since)


def _replayed_json(one: Replayed) -> dict[str, Any]:
    fate = one.fate
    return {
        "model": one.model,
        "proposal": one.proposal,
        "merged_at": format_time(one.merged_at) if one.merged_at else None,
        "then": str(one.then.verdict) if one.then else None,
        "now": str(one.now.verdict) if one.now else None,
        "flips": one.flips,
        "because": list(one.because),
        "became": str(fate),
        "ended": str(fate.ended) if fate.ended else None,
        "followed": str(fate.followed) if fate.followed else None,
        "lasted": format_duration(fate.lasted) if fate.lasted is not None else None,
        "problem": one.problem,
    }


def _row(one: Replayed) -> tuple[str, ...]:
    return (
        one.proposal,
        format_time(one.merged_at) if one.merged_at else "never",
        str(one.then.verdict) if one.then else "—",
        f"{one.now.verdict if one.now else '—'}{' (flips)' if one.flips else ''}",
        one.problem or "; ".join(one.because) or "—",
        str(one.fate),
    )
