"""Whatever happens in whatever order, what docs/developer.md promises of the log and the aliases holds.

Merges, unapproved merges, crashes at any step, edits behind git's back, edits of merged proposals, time
that passes, holds, rollbacks and runs of `promote` are mixed at random.
"""

from collections import Counter
from contextlib import suppress
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from coronet.commands.drafting import Request
from coronet.commands.hold import hold
from coronet.commands.ledger import read_ledger
from coronet.commands.promote import promote
from coronet.commands.rollback import rollback
from coronet.core.changelog.chain import read_entries, verify_chain
from coronet.core.changelog.entry import APPLIED, ENDED, Entry, Event
from coronet.core.changelog.state import LogState
from coronet.core.proposal import proposal_path
from coronet.errors import CoronetError
from coronet.ports.registry import ModelVersion
from tests.commands.test_promote_survives import PowerCut, cut_before
from tests.stage.quick import QuickStage
from tests.stage.road import open_proposal
from tests.stage.stage import MODEL, asked_by, why

LOG = f"promotions-log:changelog/{MODEL}.jsonl"


class PromotionMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.stage = QuickStage(Path("unused"))
        self.unapproved: set[str] = set()
        self.edited: set[str] = set()
        self.log = b""

    # --- what people do ---

    @rule(approved=st.booleans(), method=st.sampled_from(["merge", "squash", "rebase"]))
    def merge_a_proposal(self, approved: bool, method: str) -> None:
        """A new version, proposed against the champion that the log has, merged with or without approval."""
        stage, version = self.stage, self.stage.train()
        try:
            report = open_proposal(stage, version, against=self._logged_champion())
        except CoronetError:
            return  # the champion is not where the log left it: nothing can be proposed
        assert report.draft is not None
        assert report.publication is not None
        if approved:
            stage.approve(report.publication.pull_request)
        else:
            self.unapproved.add(report.draft.proposal.id)
        stage.merge(report.publication.pull_request, method=method, admin=True)

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
    def every_applied_entry_continues_the_one_before(self) -> None:
        """The champions form one chain: each replaced the one that the log had."""
        last = None
        for entry in self._entries():
            if entry.event in APPLIED:
                assert entry.origin == last
                last = entry.target

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
