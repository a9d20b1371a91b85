"""Is the record intact? Every chain whole, every index and page true, nothing ever rewritten, every proposal there."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from coronet.commands.ledger import git_blob_id, index_path, logged_models
from coronet.commands.proposals import read_proposals
from coronet.core.canonical import canonical_json
from coronet.core.changelog.chain import read_entries, verify_chain
from coronet.core.changelog.entry import APPLIED, Entry, Event, log_path
from coronet.core.changelog.state import LogState
from coronet.core.decision import Check, Verdict, combine, demand, failed, passed
from coronet.core.render.changelog import PATH, changelog_row
from coronet.core.render.checks import checks_markdown, checks_text
from coronet.core.render.markup import escape_markdown, plain_line
from coronet.errors import Refused
from coronet.ports.clock import Progress
from coronet.ports.repository import Repository

SCHEMA = "coronet/verify/v1"


@dataclass(frozen=True, kw_only=True, slots=True)
class VerifyReport:
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

    def to_text(self) -> str:
        return "\n".join([plain_line(self._headline()), *checks_text(self.checks)])

    def to_markdown(self) -> str:
        return f"**{escape_markdown(self._headline())}**\n\n{checks_markdown(self.checks)}"

    def _headline(self) -> str:
        if self.head is None:
            return "Nothing was logged yet."
        word = "intact" if self.verdict is Verdict.PASS else "NOT intact"
        return f"The record is {word}: {self.entries} entries at {self.head[:12]}."


def verify(repository: Repository, *, main: str, log_branch: str, progress: Progress) -> VerifyReport:
    """Prove the whole log branch without its indexes; nothing is written, and everything wrong is told."""
    repository.refresh()
    head, main_head = repository.head(log_branch), repository.head(main)
    if head is None or main_head is None:
        return VerifyReport(head=None, entries=0, checks=())
    checks: list[Check] = []
    everything: list[Entry] = []
    for model in logged_models(repository, head):
        progress("verify", model)
        entries = _entries(repository, head, model)
        everything += entries if entries else ()
        checks += _verify_model(repository, head, main_head, model, entries)
    checks.append(_page(repository, head, everything))
    return VerifyReport(head=head, entries=len(everything), checks=tuple(checks))


def _entries(repository: Repository, head: str, model: str) -> tuple[Entry, ...] | None:
    """The entries of a log, None where its chain is broken."""
    data = repository.read(head, log_path(model)) or b""
    return None if verify_chain(data, model=model) else read_entries(data)


def _verify_model(
    repository: Repository, head: str, main: str, model: str, entries: tuple[Entry, ...] | None
) -> Iterator[Check]:
    yield _chain(repository, head, model)
    yield _append_only(repository, head, model)
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


def _append_only(repository: Repository, head: str, model: str) -> Check:
    """Each commit of the log branch must only add to the end of what was there before."""
    path, wanted = log_path(model), "a history that only ever added lines"
    commits = repository.history(head, path)
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
    return demand(
        f"{model}.index",
        bound and f'"state":{state}' in said,
        saw="as the log says" if bound else "missing, or made of another log",
        wanted="an index that says what the log says",
        hint="the next `coronet promote` that writes mends it; find out who edited the log branch",
    )


def _proposals(repository: Repository, main: str, model: str, entries: tuple[Entry, ...]) -> Check:
    """Every applied proposal and its evidence must still be on the main branch, byte for byte."""
    applied = [entry for entry in entries if entry.event in APPLIED and entry.proposal]
    found = read_proposals(repository, main, [(model, str(entry.proposal)) for entry in applied])
    wrong = [
        str(entry.proposal)
        for entry, files in zip(applied, found, strict=True)
        if (files.proposal_digest, files.evidence_digest) != (entry.proposal_digest, entry.evidence)
    ]
    return demand(
        f"{model}.proposals",
        not wrong,
        saw=f"missing or changed: {', '.join(wrong)}" if wrong else f"{len(applied)} applied, all there",
        wanted="every applied proposal and its evidence as they were approved",
        hint="restore them from git's history",
    )


def _page(repository: Repository, head: str, entries: list[Entry]) -> Check:
    """CHANGELOG.md must hold the row of every event, and no other."""
    page = (repository.read(head, PATH) or b"").decode(errors="replace")
    rows = [line for line in page.splitlines() if line.startswith("| ") and not line.startswith(("| When", "| ---"))]
    wanted = sorted(changelog_row(entry) for entry in entries if entry.event is not Event.INTENT)
    return demand(
        "page",
        sorted(rows) == wanted,
        saw=f"{len(rows)} rows for {len(wanted)} events",
        wanted=f"{PATH} as rendered from the logs",
        hint="someone edited the page: the JSON lines are the record",
    )
