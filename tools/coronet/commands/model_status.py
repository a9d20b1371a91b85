"""The state of one model: what is champion, what is under way, and the one thing to do next."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from coronet.core.changelog.entry import Entry, Event, FastLane
from coronet.core.decision import Check, Result, Verdict, combine, demand, failed
from coronet.core.timestamps import format_time
from coronet.core.version_tags import Tag
from coronet.ports.forge import PullRequest
from coronet.ports.registry import ModelVersion


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelStatus:
    """One model. `merged` are proposals on the main branch that have no outcome yet.

    `is_provisional` says that the champion came back in the fast lane, and waits for its approval;
    `problem` says why nothing else is known of it: its model file or its log cannot be read.
    """

    model: str
    registered_model: str
    alias: str
    aliases: Mapping[str, str]
    entry: Entry | None
    latest: tuple[str, Event] | None
    opened: tuple[PullRequest, ...]
    merged: tuple[str, ...]
    holds: tuple[Entry, ...]
    versions: tuple[ModelVersion, ...]
    now: datetime
    is_provisional: bool = False
    problem: str = ""

    @property
    def checks(self) -> tuple[Check, ...]:
        if self.problem:
            hint = f"coronet status {self.model} (says where)"
            return (failed("readable", saw=self.problem, wanted="a model file and a log that can be read", hint=hint),)
        ratified = [self._ratified(self.entry, self.entry.fast_lane)] if self.entry and self.entry.fast_lane else []
        return (self._aligned(), self._valid(), *ratified, self._settled(), self._free())

    @property
    def verdict(self) -> Verdict:
        return combine(self.checks)

    @property
    def waits(self) -> bool:
        """Whether somebody must do something, now or for the first time."""
        return bool(self.merged or self.opened or self.entry is None or self.verdict is not Verdict.PASS)

    @property
    def next_step(self) -> str:
        """The one thing to do next, and who does it where that is known."""
        if self.merged:
            moved = self.entry is not None and self._aligned().result is Result.FAIL
            return "coronet promote --heal" if moved else "coronet promote"
        for check in self.checks:
            if check.result is Result.FAIL and check.hint:
                return check.hint
        if self.opened:
            return _review(self.opened[-1])
        return f"coronet gate {self.model}" if self.entry else f"coronet propose {self.model}"

    def to_json(self) -> dict[str, Any]:
        entry = self.entry
        return {
            "model": self.model,
            "registered_model": self.registered_model,
            "verdict": str(self.verdict),
            "aliases": dict(self.aliases),
            "champion": entry.target.version if entry and entry.target else None,
            "proposal": entry.proposal if entry else None,
            "since": format_time(entry.at) if entry else None,
            "valid_until": format_time(entry.valid_until) if entry and entry.valid_until else None,
            "latest": {"proposal": self.latest[0], "event": str(self.latest[1])} if self.latest else None,
            "open": [{"pull_request": p.number, "title": p.title, "url": p.url} for p in self.opened],
            "merged": list(self.merged),
            "holds": [{"digest": h.target.digest if h.target else None, "why": h.why} for h in self.holds],
            "versions": [_version_json(version) for version in self.versions],
            "next": self.next_step,
            "checks": [check.to_json() for check in self.checks],
        }

    def _aligned(self) -> Check:
        logged = self.entry.target.version if self.entry and self.entry.target else None
        there = self.aliases.get(self.alias)
        return demand(
            "aligned",
            logged == there,
            saw=f"the registry says version {there or 'none'}, the log version {logged or 'none'}",
            wanted="registry and log agree",
            hint=self._align_hint(logged, there),
        )

    def _align_hint(self, logged: str | None, there: str | None) -> str:
        if logged is None and there is not None:
            return f"coronet propose {self.model} --candidate {there} (adopts the champion that is there)"
        return "coronet promote --heal (puts back what was moved behind git's back)"

    def _valid(self) -> Check:
        until = self.entry.valid_until if self.entry else None
        return demand(
            "valid",
            until is None or self.now < until,
            saw=f"valid until {format_time(until)}" if until else "no champion yet",
            wanted=f"a champion that is valid at {format_time(self.now)}",
            hint=f"coronet renew {self.model}",
        )

    def _ratified(self, entry: Entry, lane: FastLane) -> Check:
        """Only of a champion that came back in the fast lane."""
        saw, until = f"rolled back by {entry.actor} before anybody approved", format_time(lane.ratify_by)
        wanted = f"an approval that is merged before {until}"
        if self.is_provisional and self.now < lane.ratify_by:
            hint = f"an owner approves and merges the pull request of {entry.proposal}"
            return Check(name="ratified", result=Result.WARN, saw=saw, wanted=wanted, hint=hint)
        return failed(
            "ratified", saw=f"{saw}, and nobody did in time", wanted=wanted, hint=f"coronet renew {self.model}"
        )

    def _settled(self) -> Check:
        waiting = ", ".join(self.merged)
        result = Result.INCONCLUSIVE if self.merged else Result.PASS
        return Check(
            name="settled",
            result=result,
            saw=f"merged, without an outcome: {waiting}" if self.merged else "every merged proposal has its outcome",
            wanted="an outcome for every merged proposal",
            hint="coronet promote",
        )

    def _free(self) -> Check:
        said = "; ".join(f"{_held(hold)}: {hold.why}" for hold in self.holds)
        return Check(
            name="holds",
            result=Result.WARN if self.holds else Result.PASS,
            saw=said or "no hold",
            wanted="no hold",
            hint=self._release_hint(),
        )

    def _release_hint(self) -> str:
        versions = [f" --version {hold.target.version}" for hold in self.holds if hold.target]
        return f"coronet hold {self.model}{versions[0] if versions else ''} --release --reason …"


def _review(pull_request: PullRequest) -> str:
    who = f" ({', '.join(pull_request.reviewers)})" if pull_request.reviewers else ""
    return f"review pull request {pull_request.number}{who}: {pull_request.url}"


def _held(hold: Entry) -> str:
    return f"version {hold.target.version}" if hold.target else "the whole model"


def _version_json(version: ModelVersion) -> dict[str, Any]:
    return {
        "version": version.version,
        "run_id": version.run_id,
        "created": format_time(version.created),
        "lifecycle": version.tags.get(Tag.LIFECYCLE),
        "semantic_version": version.tags.get(Tag.SEMANTIC_VERSION),
        "digest": version.tags.get(Tag.DIGEST),
    }
