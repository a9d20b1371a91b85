"""Whatever happens in whatever order, what docs/developer.md promises of the log and the aliases holds.

Merges, unapproved merges, pull requests left open, closed, and merged after that all the same, renewals,
crashes at any step, moves behind git's back that are kept by a proposal or put back, edits of merged proposals,
time that passes, holds, rollbacks and runs of `promote` are mixed at random.
"""

from collections import Counter
from contextlib import suppress
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from coronet.commands.drafting import Request
from coronet.commands.fast_lane.asked import FastRequest
from coronet.commands.fast_lane.rollback import rollback_now
from coronet.commands.hold import hold
from coronet.commands.ledger import read_ledger
from coronet.commands.promote import promote
from coronet.commands.renew import renew
from coronet.commands.rollback import rollback
from coronet.core.changelog.chain import read_entries, verify_chain
from coronet.core.changelog.entry import APPLIED, CLOSED, ENDED, Entry, Event
from coronet.core.changelog.state import LogState
from coronet.core.proposal import proposal_of_branch, proposal_path
from coronet.errors import CoronetError
from coronet.ports.forge import PullRequest
from coronet.ports.registry import ModelVersion
from tests.commands.test_promote_survives import PowerCut, cut_before
from tests.stage.quick import QuickStage
from tests.stage.road import open_proposal
from tests.stage.stage import FILES, MODEL, asked_by, evidence_of, why

LOG = f"promotions-log:changelog/{MODEL}.jsonl"


class PromotionMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        lane = FILES["policy/default.yaml"] + "rollback: {who: [on-call]}\n"
        self.stage = QuickStage(Path("unused"), files={**FILES, "policy/default.yaml": lane})
        self.unapproved: set[str] = set()
        self.edited: set[str] = set()
        self.open: list[PullRequest] = []
        self.closed: list[PullRequest] = []
        self.log = b""

    # --- what people do ---

    @rule(approved=st.booleans(), method=st.sampled_from(["merge", "squash", "rebase"]))
    def merge_a_proposal(self, approved: bool, method: str) -> None:
        """A new version, proposed against the champion that the log has, merged with or without approval."""
        if pull := self._propose(self.stage.train()):
            self._merge(pull, approved=approved, method=method)

    @rule()
    def leave_a_proposal_open(self) -> None:
        if pull := self._propose(self.stage.train()):
            self.open.append(pull)

    @precondition(lambda self: self.open)
    @rule(data=st.data(), approved=st.booleans())
    def merge_what_was_left_open(self, data: st.DataObject, approved: bool) -> None:
        self._merge(self._take(data, self.open), approved=approved)

    @precondition(lambda self: self.open)
    @rule(data=st.data())
    def close_what_was_left_open(self, data: st.DataObject) -> None:
        pull = self._take(data, self.open)
        with suppress(CoronetError):  # promote or a newer proposal closed it before
            self.stage.forge("second-owner").close(pull.number, reason="no")
        self.closed.append(pull)

    @precondition(lambda self: self.closed)
    @rule(data=st.data(), approved=st.booleans())
    def merge_what_was_closed(self, data: st.DataObject, approved: bool) -> None:
        """The branch gets another pull request, which is merged past the check."""
        branch = self._take(data, self.closed).branch
        forge = self.stage.forge("engineer")
        with suppress(CoronetError):
            pull = forge.open_pull_request(branch=branch, title="please", body="", labels=(), reviewers=())
            self._merge(pull, approved=approved)

    @precondition(lambda self: self.stage.champion)
    @rule(approved=st.booleans())
    def ask_to_keep_what_is_there(self, approved: bool) -> None:
        """As after a move behind git's back."""
        version = self.stage.registry.version(MODEL, self.stage.champion or "")
        assert version is not None
        if pull := self._propose(version):
            self._merge(pull, approved=approved)

    @rule()
    def renew_the_champion(self) -> None:
        champion = self._logged_champion()
        if champion is None:
            return
        evidence = evidence_of(champion, None, value=0.9, gain=0.0, clock=self.stage.clock)
        request = Request(why=why("again"), requester=asked_by("engineer"))
        with suppress(CoronetError):  # it is not where the log left it
            found = renew(self.stage.world("engineer"), MODEL, request, evidence).publication
            if found.pull_request and found.found == "opened":
                self._merge(found.pull_request, approved=True)

    def _propose(self, version: ModelVersion) -> PullRequest | None:
        """None where it cannot be asked for: the champion is not where the log left it, or it is the champion."""
        try:
            report = open_proposal(self.stage, version, against=self._logged_champion())
        except CoronetError:
            return None
        assert report.publication is not None
        return report.publication.pull_request if report.publication.found == "opened" else None

    def _merge(self, pull: PullRequest, *, approved: bool, method: str = "merge") -> None:
        proposal = proposal_of_branch(pull.branch)
        assert proposal is not None
        with suppress(CoronetError):  # promote or a newer proposal closed it
            if approved:
                self.stage.approve(pull)
            self.stage.merge(pull, method=method, admin=True)
            self.unapproved |= set() if approved else {proposal[1]}

    def _take(self, data: st.DataObject, pulls: list[PullRequest]) -> PullRequest:
        return pulls.pop(data.draw(st.integers(0, len(pulls) - 1)))

    @rule()
    def roll_back(self) -> None:
        request = Request(why=why("errors"), requester=asked_by("engineer"))
        try:
            report = rollback(self.stage.world("engineer"), MODEL, request)
        except CoronetError:
            return  # there is nothing to return to
        if report.publication.pull_request and report.publication.found == "opened":
            self.stage.approve(report.publication.pull_request)
            self.stage.merge(report.publication.pull_request)

    @rule(step=st.integers(1, 30), approved=st.sampled_from([None, True, False]))
    def roll_back_now(self, step: int, approved: bool | None) -> None:
        """Cut before some step, or not; approved and merged, merged past everybody, or left alone."""
        request = FastRequest(asked=Request(why=why("errors"), requester=asked_by("on-call")))
        with suppress(PowerCut, CoronetError):
            report = rollback_now(cut_before(step, self.stage.world("on-call")), MODEL, request)
            there = report.pull_request
            if there and approved is not None:
                if approved:
                    self.stage.approve(there)
                self.stage.merge(there, admin=True)

    @precondition(lambda self: self.stage.registry.versions(MODEL))
    @rule(data=st.data())
    def move_the_alias_behind_gits_back(self, data: st.DataObject) -> None:
        versions = [version.version for version in self.stage.registry.versions(MODEL)]
        self.stage.registry.change_alias(MODEL, "champion", data.draw(st.sampled_from(versions)))

    @rule(data=st.data())
    def edit_a_merged_proposal(self, data: st.DataObject) -> None:
        waiting = self._waiting()
        if waiting:
            proposal = data.draw(st.sampled_from(waiting))
            path = proposal_path(MODEL, proposal)
            self.stage.push({path: self.stage.show(f"main:{path}") + "# edited\n"}, message="edit")
            self.edited.add(proposal)

    @rule(days=st.integers(1, 8))
    def let_time_pass(self, days: int) -> None:
        self.stage.clock.pass_by(days=days)

    @rule(release=st.booleans())
    def hold_or_release(self, release: bool) -> None:
        hold(self.stage.world("model-owner"), MODEL, version=None, release=release, reason="testing")

    # --- what the workflow does ---

    @rule(heal=st.booleans())
    def run_promote(self, heal: bool) -> None:
        promote(self.stage.world(), heal=heal)
        if heal:
            self._assert_settled()

    @rule(step=st.integers(1, 12), heal=st.booleans())
    def crash_promote(self, step: int, heal: bool) -> None:
        with suppress(PowerCut):
            promote(cut_before(step, self.stage.world()), heal=heal)

    def teardown(self) -> None:
        promote(self.stage.world(), heal=True)
        self._assert_settled()

    def _assert_settled(self) -> None:
        """After a whole run that heals no intent is open, the alias is what the log says, a re-run does nothing.

        A hold stops even a move that was begun: then its intent stays open until the hold ends.
        """
        state = self._state()
        assert not state.intents or state.holds
        champion = state.champions.get("champion")
        if champion is not None:
            assert champion.target is not None
            assert self.stage.champion == champion.target.version
        before = self.stage.remote.refs.get("refs/heads/promotions-log")
        promote(self.stage.world())
        assert self.stage.remote.refs.get("refs/heads/promotions-log") == before

    # --- what always holds ---

    @invariant()
    def the_log_only_grows_and_its_chain_holds(self) -> None:
        data = self._log_bytes()
        assert data.startswith(self.log)
        self.log = data
        assert verify_chain(data, model=MODEL) == ()

    @invariant()
    def a_proposal_ends_once_and_begins_once(self) -> None:
        ends = Counter(entry.proposal for entry in self._entries() if entry.event in ENDED)
        begins = Counter(entry.proposal for entry in self._entries() if entry.event is Event.INTENT)
        assert not [name for name, count in (*ends.items(), *begins.items()) if count > 1]

    @invariant()
    def nothing_is_applied_without_approval_or_intent(self) -> None:
        applied = {entry.proposal for entry in self._entries() if entry.event in APPLIED}
        assert not applied & self.unapproved

    @invariant()
    def what_nobody_approved_says_so(self) -> None:
        """No entry by which an alias moved is without an approval and without the mark of the fast lane."""
        bare = [each for each in self._entries() if each.event in APPLIED and not each.approvals]
        assert all(each.fast_lane for each in bare)

    @invariant()
    def every_applied_entry_continues_the_one_before(self) -> None:
        """The champions form one chain: each replaced the one that the log had."""
        last = None
        for entry in self._entries():
            if entry.event in APPLIED:
                assert entry.origin == last
                last = entry.target

    @invariant()
    def what_ended_without_a_merge_is_never_applied(self) -> None:
        closed = {entry.proposal for entry in self._entries() if entry.event in CLOSED}
        applied = {entry.proposal for entry in self._entries() if entry.event in APPLIED}
        assert not closed & applied

    @invariant()
    def a_divergence_is_logged_once_until_it_is_over(self) -> None:
        last: Entry | None = None
        for entry in self._entries():
            if entry.event is Event.DIVERGED:
                assert last is None or last.target != entry.target
                last = entry
            elif entry.event is Event.HEALED or entry.event in APPLIED:
                last = None

    @invariant()
    def the_index_says_what_the_log_says(self) -> None:
        assert self._state() == LogState().after(self._entries())

    # --- looking ---

    def _log_bytes(self) -> bytes:
        if "refs/heads/promotions-log" not in self.stage.remote.refs:
            return b""
        repository = self.stage.repository()
        return repository.read(repository.head("promotions-log") or "", f"changelog/{MODEL}.jsonl") or b""

    def _entries(self) -> tuple[Entry, ...]:
        return read_entries(self._log_bytes())

    def _state(self) -> LogState:
        return read_ledger(self.stage.repository(), "promotions-log", [MODEL]).state(MODEL)

    def _logged_champion(self) -> ModelVersion | None:
        entry = self._state().champions.get("champion")
        return self.stage.registry.version(MODEL, entry.target.version) if entry and entry.target else None

    def _waiting(self) -> list[str]:
        repository = self.stage.repository()
        main = repository.head("main") or ""
        ended = self._state().ended
        names = [path.split("/")[-1] for path in repository.paths(main, f"promotions/{MODEL}")]
        return [name[:-5] for name in names if name.endswith(".yaml") and name[:-5] not in ended]


TestPromotion = PromotionMachine.TestCase
TestPromotion.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
