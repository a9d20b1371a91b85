"""Is the record intact? Every chain whole, every index and page true, nothing ever rewritten, every proposal there."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from coronet.commands.governed import AtCommit, governed_models
from coronet.commands.ledger import git_blob_id, index_path, logged_models
from coronet.commands.proposals import proposal_ids, read_proposals
from coronet.core.canonical import canonical_json
from coronet.core.changelog.chain import read_entries, verify_chain
from coronet.core.changelog.entry import FOUNDING, Entry, Event, log_path
from coronet.core.changelog.state import LogState
from coronet.core.decision import Check, Verdict, combine, demand, failed, passed
from coronet.core.render.changelog import PATH, add_to_changelog, changelog_row, note_path, render_note
from coronet.core.render.page import Page, Tree
from coronet.core.render.paged import Paged
from coronet.errors import InvalidInput, Refused
from coronet.ports.clock import Progress
from coronet.ports.repository import Repository

SCHEMA = "coronet/verify/v1"


@dataclass(frozen=True, kw_only=True, slots=True)
class VerifyReport(Paged):
    head: str | None
    entries: int
    checks: tuple[Check, ...]

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
            "log": self.head,
            "entries": self.entries,
            "checks": [check.to_json() for check in self.checks],
        }

    def page(self) -> Page:
        return Page(headline=self._headline(), verdict=self.verdict, blocks=(Tree(checks=self.checks),))

    def _headline(self) -> str:
        passes = self.verdict is Verdict.PASS
        if self.head is None:
            return (
                "Nothing was logged yet."
                if passes
                else "Nothing was logged, and there is something to log. Run `coronet promote`."
            )
        at = f"{self.entries} entries at {self.head[:12]}"
        if passes:
            return f"The record is intact: {at}."
        return f"The record is NOT intact: {at}. Stop promoting, and compare the log branch with an older clone."


def verify(repository: Repository, *, main: str, log_branch: str, progress: Progress) -> VerifyReport:
    """Prove the whole log branch without its indexes; nothing is written, and everything wrong is told."""
    repository.refresh()
    head, main_head = repository.head(log_branch), repository.head(main)
    if main_head is None:
        raise InvalidInput(f"the remote has no branch {main}", hint="name the branch with --branch")
    governed = _governed(repository, main_head)
    if head is None:
        return VerifyReport(head=None, entries=0, checks=_never_logged(repository, main_head))
    checks: list[Check] = []
    everything: list[Entry] = []
    whole = True
    for model in sorted({*logged_models(repository, head), *governed}):
        progress("verify", model)
        entries = _entries(repository, head, model)
        everything += entries or ()
        whole = whole and entries is not None
        checks += _verify_model(repository, head, main_head, model, entries)
    checks += _rendered(repository, head, everything) if whole else ()
    return VerifyReport(head=head, entries=len(everything), checks=tuple(checks))


def _governed(repository: Repository, main: str) -> set[str]:
    """Models that must have a log if one of their proposals was ever looked at."""
    files = AtCommit(repository=repository, commit=main)
    return {*governed_models(files), *(model for model, _ in proposal_ids(repository, main))}


def _never_logged(repository: Repository, main: str) -> tuple[Check, ...]:
    """Without a log branch: nothing to verify where nothing was merged, else a log that is missing."""
    merged = len(proposal_ids(repository, main))
    if not merged:
        return ()
    hint = "run `coronet promote`; if it was run before, someone deleted the branch: push it from a clone made before"
    return (
        failed("log", saw=f"no log, and {merged} merged proposals", wanted="the log of what became of them", hint=hint),
    )


def _entries(repository: Repository, head: str, model: str) -> tuple[Entry, ...] | None:
    """The entries of a log, None where its chain is broken."""
    data = repository.read(head, log_path(model)) or b""
    return None if verify_chain(data, model=model) else read_entries(data)


def _verify_model(
    repository: Repository, head: str, main: str, model: str, entries: tuple[Entry, ...] | None
) -> Iterator[Check]:
    history = repository.history(head, log_path(model))
    if not history:
        return
    yield _chain(repository, head, model)
    yield _append_only(repository, head, model, history)
    if entries is not None:
        yield _index(repository, head, model, entries)
        yield _proposals(repository, main, model, entries)


def _chain(repository: Repository, head: str, model: str) -> Check:
    data = repository.read(head, log_path(model)) or b""
    findings = verify_chain(data, model=model)
    wanted = "a chain that holds from the first entry to the last"
    if findings:
        said = "; ".join(str(finding.location) + ": " + finding.message for finding in findings[:5])
        return failed(f"{model}.chain", saw=said, wanted=wanted, hint=findings[0].hint)
    lines = data.count(b"\n")
    return passed(f"{model}.chain", saw=f"{lines} entries", wanted=wanted)


def _append_only(repository: Repository, head: str, model: str, commits: Sequence[str]) -> Check:
    """Each commit of the log branch must only add to the end of what was there before."""
    path, wanted = log_path(model), "a history that only ever added lines"
    after = repository.read(head, path) or b""
    for commit, older in pairwise(commits):
        before = repository.read(older, path) or b""
        if not after.startswith(before):
            hint = "someone rewrote the log: compare with a clone made before, and protect the branch"
            return failed(f"{model}.history", saw=f"commit {commit[:12]} changed old lines", wanted=wanted, hint=hint)
        after = before
    return passed(f"{model}.history", saw=f"{len(commits)} commits", wanted=wanted)


def _index(repository: Repository, head: str, model: str, entries: tuple[Entry, ...]) -> Check:
    """The shortcut that hot commands use must say what the log says."""
    log, index = repository.read_many([(head, log_path(model)), (head, index_path(model))])
    state = canonical_json(LogState().after(entries).to_json()).decode().rstrip()
    said = index.data.decode(errors="replace") if index else ""
    bound = log is not None and f'"log":"{git_blob_id(log.data, like=head)}"' in said
    true = f'"state":{state}' in said
    saw = "as the log says" if true else "made of this log, and says something else"
    return demand(
        f"{model}.index",
        bound and true,
        saw=saw if bound else "missing, or made of another log",
        wanted="an index that says what the log says",
        hint="the next `coronet promote` that writes mends it; find out who edited the log branch",
    )


def _proposals(repository: Repository, main: str, model: str, entries: tuple[Entry, ...]) -> Check:
    """Every applied proposal and its evidence must still be on the main branch, byte for byte.

    A rollback that went before its approval comes there with its approval, which is an entry of its own.
    """
    founding = [entry for entry in entries if entry.event in FOUNDING and entry.proposal]
    applied = [entry for entry in founding if entry.fast_lane is None]
    ahead = {entry.proposal for entry in founding} - {entry.proposal for entry in applied}
    found = read_proposals(repository, main, [(model, str(entry.proposal)) for entry in applied])
    wrong = [
        str(entry.proposal)
        for entry, files in zip(applied, found, strict=True)
        if (files.proposal_digest, files.evidence_digest) != (entry.proposal_digest, entry.evidence)
    ]
    return demand(
        f"{model}.proposals",
        not wrong,
        saw=f"missing or changed: {', '.join(wrong)}"
        if wrong
        else f"{len(applied)} applied, all there{f'; {len(ahead)} rolled back without approval' if ahead else ''}",
        wanted="every applied proposal and its evidence as they were approved",
        hint="restore them from git's history",
    )


def _rendered(repository: Repository, head: str, entries: list[Entry]) -> tuple[Check, ...]:
    """What people read is made of the logs: nothing can be said of it where one of them is broken."""
    return _page(repository, head, entries), _notes(repository, head, entries)


def _page(repository: Repository, head: str, entries: list[Entry]) -> Check:
    """CHANGELOG.md must be what is rendered from the logs: the rows of each model in their order, and nothing else."""
    page = (repository.read(head, PATH) or b"").decode(errors="replace")
    above = add_to_changelog(None, ()).decode()
    rows = page.removeprefix(above).splitlines()
    wanted = [(entry.model, changelog_row(entry)) for entry in reversed(entries) if entry.event is not Event.INTENT]
    models = {row: model for model, row in wanted}
    found = [(models.get(row, ""), row) for row in rows]
    return demand(
        "page",
        page.startswith(above) and sorted(found, key=_by_model) == sorted(wanted, key=_by_model),
        saw=f"{len(rows)} lines for {len(wanted)} events"
        + ("" if page.startswith(above) else ", and another heading")
        + ("" if set(found) <= set(wanted) else f", {len(set(found) - set(wanted))} of them of nobody"),
        wanted=f"{PATH} as rendered from the logs",
        hint="someone edited the page: the JSON lines are the record",
    )


def _by_model(row: tuple[str, str]) -> str:
    """Rows of different models may come in any order; those of one keep theirs, for sorting is stable."""
    return row[0]


def _notes(repository: Repository, head: str, entries: list[Entry]) -> Check:
    """Each applied proposal has the note that is rendered from its entry, and there is no other note."""
    last = {entry.proposal: entry for entry in entries if entry.event in FOUNDING and entry.proposal}
    applied = list(last.values())
    paths = [note_path(str(entry.proposal)) for entry in applied]
    there = repository.read_many([(head, path) for path in paths])
    wrong = [
        path
        for entry, path, blob in zip(applied, paths, there, strict=True)
        if blob is None or blob.data != render_note(entry)
    ]
    wrong += sorted(set(repository.paths(head, "notes")) - set(paths))
    return demand(
        "notes",
        not wrong,
        saw=f"not as rendered: {', '.join(wrong[:5])}" if wrong else f"{len(applied)} notes",
        wanted="a note for each applied proposal, as rendered from the logs",
        hint="someone edited them: the JSON lines are the record",
    )
