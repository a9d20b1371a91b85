"""`gate`: each check by itself, with what it saw and what to do."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from coronet.adapters.documents import FileDocuments
from coronet.commands.gate.question import GateQuestion, Mode, PolicyOf
from coronet.commands.gate.release import gate
from coronet.commands.gate.report import GateReport
from coronet.commands.hold import hold
from coronet.commands.promote import promote
from coronet.commands.renew import renew
from coronet.core.decision import Check, Result, Verdict
from coronet.core.version_tags import Tag
from coronet.errors import Conflict, CoronetError, InvalidInput, Refused, Unavailable
from tests.commands.test_promote_survives import PowerCut
from tests.stage.looking import broken, entries, find, results, written
from tests.stage.quick import QuickStage
from tests.stage.reports import told
from tests.stage.road import ask as propose
from tests.stage.road import promote_next
from tests.stage.stage import FILES, MODEL, evidence_of
from tests.stage.states import champion, diverged, legacy_champion, merged, opened, request, rolled_back, two_champions

POLICY = FILES["policy/default.yaml"]
EVERY_CHECK = [
    "champion",
    "log",
    "alias",
    "proposal",
    "approved",
    "applied",
    "unexpired",
    "digest",
    "evidence",
    "policy",
    "held",
]


def ask(quick: QuickStage, *, mode: Mode = Mode.PRODUCTION, policy_of: PolicyOf = PolicyOf.NOW) -> GateReport:
    """The gate's answer; it must write nothing."""
    before = written(quick)
    report = gate(
        GateQuestion(model=MODEL, mode=mode, policy_of=policy_of),
        repository=quick.repository(),
        registry=quick.registry,
        documents=FileDocuments(),
        clock=quick.clock,
    )
    assert written(quick) == before
    assert [check.name for check in report.checks] == EVERY_CHECK
    return told(report)


def only(report: GateReport, name: str) -> Check:
    """The one check that fails, with a hint; all others pass."""
    assert broken(report.checks) == [name], report.to_text()
    assert (report.verdict, report.exit_code) == (Verdict.FAIL, Refused.exit_code)
    check = find(report.checks, name)
    assert check.hint
    assert check.hint.replace("`", "") in report.to_text().replace("`", "")
    return check


def test_a_champion_that_rests_on_everything_it_should(quick: QuickStage) -> None:
    version = champion(quick)
    report = ask(quick)
    assert (report.verdict, report.exit_code) == (Verdict.PASS, 0)
    assert set(results(report.checks).values()) == {Result.PASS}
    assert report.to_text().splitlines()[0] == "pass: churn@champion (version 1) may be released."
    value = report.to_json()
    assert (value["version"], value["run_id"], value["digest"]) == ("1", version.run_id, version.tags[Tag.DIGEST])
    assert value["proposal"] == entries(quick)[-1].proposal
    assert value["valid_until"] == "2027-02-18T12:00:00Z"


# --- one thing wrong ------------------------------------------------------------------------------


def test_expired(quick: QuickStage) -> None:
    champion(quick)
    until = entries(quick)[-1].valid_until
    assert until is not None
    quick.clock.moment = until - timedelta(seconds=1)
    assert ask(quick).exit_code == 0
    quick.clock.moment = until
    check = only(ask(quick), "unexpired")
    assert check.saw == "now 2027-02-18T12:00:00Z"
    assert check.hint == "`coronet renew churn` asks for more time with fresh evidence"


def test_the_alias_is_elsewhere(quick: QuickStage) -> None:
    diverged(quick)
    report = ask(quick)
    assert broken(report.checks) == ["alias", "digest"]
    assert find(report.checks, "alias").saw == "the registry says version 1, the log version 2"
    assert "--heal" in find(report.checks, "alias").hint


def test_the_alias_is_gone(quick: QuickStage) -> None:
    champion(quick)
    quick.registry.change_alias(MODEL, "champion", None)
    report = ask(quick)
    assert broken(report.checks) == ["champion", "alias", "digest"]
    assert find(report.checks, "champion").saw == "churn@champion points nowhere"
    assert report.to_json()["version"] is None


def test_the_alias_dangles(quick: QuickStage) -> None:
    """The registry says a version that it does not have, as after a raced deletion."""
    champion(quick)
    quick.registry.delete_version(MODEL, "1")
    quick.registry.change_alias(MODEL, "champion", "1")
    assert only(ask(quick), "digest").saw == "the champion's version is not in the registry"


def test_the_model_is_gone_from_the_registry(quick: QuickStage) -> None:
    champion(quick)
    quick.registry.delete_model(MODEL)
    assert broken(ask(quick).checks) == ["champion", "alias", "digest"]


def test_the_files_changed(quick: QuickStage) -> None:
    champion(quick)
    quick.registry.change_files(MODEL, "1", {"MLmodel": b"other"})
    check = only(ask(quick), "digest")
    assert check.saw.endswith("(read from its files)")
    assert "roll back" in check.hint


@pytest.mark.parametrize("error", [Conflict, InvalidInput])
def test_the_files_are_gone_or_lead_astray(quick: QuickStage, error: type[CoronetError]) -> None:
    champion(quick)
    quick.registry.fail("artifact_digest", error("version 1 of churn has no files in the registry"))
    report = ask(quick)
    assert "no digest: version 1 of churn has no files" in only(report, "digest").saw
    assert report.to_json()["digest"] is None


def test_smoke_believes_the_tag_and_says_so(quick: QuickStage) -> None:
    champion(quick)
    quick.registry.change_files(MODEL, "1", {"MLmodel": b"other"})
    quick.registry.calls.clear()
    report = ask(quick, mode=Mode.SMOKE)
    assert report.exit_code == 0
    assert find(report.checks, "digest").saw.endswith("(as its tag says; its files were not read)")
    assert "artifact_digest" not in {call.method for call in quick.registry.calls}
    assert report.to_json()["mode"] == "smoke"


def test_smoke_without_the_tag(quick: QuickStage) -> None:
    champion(quick)
    quick.registry.set_version_tags(MODEL, "1", {Tag.DIGEST: ""})
    assert broken(ask(quick, mode=Mode.SMOKE).checks) == ["digest"]


def proposal_path_of_champion(quick: QuickStage) -> str:
    return f"promotions/churn/{entries(quick)[-1].proposal}.yaml"


def test_the_proposal_is_gone_from_main(quick: QuickStage) -> None:
    champion(quick)
    quick.push({proposal_path_of_champion(quick): None}, message="tidy")
    report = ask(quick)
    assert broken(report.checks) == ["proposal", "policy"]
    assert "is not on the main branch" in find(report.checks, "proposal").saw
    assert "restore it" in find(report.checks, "proposal").hint


def test_the_proposal_was_edited_on_main(quick: QuickStage) -> None:
    champion(quick)
    path = proposal_path_of_champion(quick)
    quick.push({path: quick.show(f"main:{path}") + "# and more\n"}, message="polish")
    assert "restore it" in only(ask(quick), "proposal").hint


def test_the_proposal_was_replaced_by_rubbish(quick: QuickStage) -> None:
    champion(quick)
    quick.push({proposal_path_of_champion(quick): "{\n"}, message="break it")
    assert broken(ask(quick).checks) == ["proposal", "policy"]


def test_the_evidence_is_gone_from_main(quick: QuickStage) -> None:
    champion(quick)
    path = proposal_path_of_champion(quick).replace(".yaml", ".evidence.json")
    quick.push({path: None}, message="tidy")
    report = ask(quick)
    assert broken(report.checks) == ["evidence", "policy"]
    assert find(report.checks, "evidence").saw == "no evidence on the main branch"


def test_the_evidence_was_edited_on_main(quick: QuickStage) -> None:
    champion(quick)
    path = proposal_path_of_champion(quick).replace(".yaml", ".evidence.json")
    quick.push({path: quick.show(f"main:{path}").replace("0.9", "0.95")}, message="polish")
    assert only(ask(quick), "evidence").hint == "restore it from git's history"


def test_todays_policy_asks_for_more_and_the_one_of_the_merge_does_not(quick: QuickStage) -> None:
    champion(quick)
    quick.push({"policy/default.yaml": POLICY.replace("0.7", "0.95")}, message="ask for more")
    check = only(ask(quick), "policy")
    assert check.saw == "the verdict is fail"
    assert "--policy then" in check.hint
    assert ask(quick, policy_of=PolicyOf.THEN).exit_code == 0


def test_todays_policy_asks_for_less_and_the_one_of_the_merge_does_not_count(quick: QuickStage) -> None:
    champion(quick)
    quick.push({"policy/churn.yaml": "schema: coronet/policy/v1\ngates: {good_enough: {value: 0.1}}\n"}, message="less")
    assert ask(quick).exit_code == 0
    assert ask(quick, policy_of=PolicyOf.THEN).exit_code == 0


def test_a_champion_from_before_looks_were_counted_is_renewed(quick: QuickStage) -> None:
    version = champion(quick)
    quick.push({"policy/default.yaml": POLICY + "looks: {spend: equal, of: 4}\n"}, message="share the chance")
    assert find(only(ask(quick), "policy").parts, "look").saw == "the evidence does not say which look it is"
    assert ask(quick, policy_of=PolicyOf.THEN).exit_code == 0
    fresh = evidence_of(version, None, value=0.9, gain=0.0, clock=quick.clock)
    renewal = renew(quick.world("engineer"), MODEL, request(), fresh)
    assert renewal.publication.pull_request is not None
    quick.approve(renewal.publication.pull_request)
    quick.merge(renewal.publication.pull_request)
    assert promote(quick.world()).exit_code == 0
    assert ask(quick).exit_code == 0


@pytest.mark.parametrize("text", ["gates: [\n", "gates: {}\n", "schema: coronet/policy/v1\nnonsense: 1\n"])
def test_a_policy_that_cannot_be_used(quick: QuickStage, text: str) -> None:
    champion(quick)
    quick.push({"policy/default.yaml": text}, message="break it")
    assert only_policy(ask(quick))
    assert ask(quick, policy_of=PolicyOf.THEN).exit_code == 0


def only_policy(report: GateReport) -> bool:
    return broken(report.checks) == ["policy"] and report.exit_code == Refused.exit_code


def test_a_policy_without_gates_proves_nothing(quick: QuickStage) -> None:
    champion(quick)
    empty = "schema: coronet/policy/v1\ngates: {better: {mode: 'off'}, good_enough: {mode: 'off'}}\n"
    quick.push({"policy/churn.yaml": empty}, message="switch all off")
    assert broken(ask(quick).checks) == ["policy"]


def test_the_version_is_held(quick: QuickStage) -> None:
    champion(quick)
    hold(quick.world("model-owner"), MODEL, version="1", release=False, reason="it leaks")
    check = only(ask(quick), "held")
    assert check.saw == "held by model-owner since 2026-11-20T12:03:00Z: it leaks"
    assert check.hint == "`coronet rollback churn` returns to the one before"


def test_a_hold_of_the_model_keeps_others_from_coming_not_this_one_from_staying(quick: QuickStage) -> None:
    champion(quick)
    hold(quick.world("model-owner"), MODEL, version=None, release=False, reason="audit")
    assert ask(quick).exit_code == 0


def test_something_is_under_way(quick: QuickStage) -> None:
    first = champion(quick)
    asked = merged(quick, against=first)

    def cut(step: str, detail: str = "") -> None:
        if step == "move":
            raise PowerCut

    with pytest.raises(PowerCut):
        promote(replace(quick.world(), progress=cut))
    check = only(ask(quick), "applied")
    assert check.saw == f"under way: {asked.id}"
    assert check.hint == "`coronet promote` finishes what was begun"


def test_a_proposal_that_is_merged_and_waits_stops_no_release(quick: QuickStage) -> None:
    first = champion(quick)
    merged(quick, against=first)
    opened(quick, against=first)
    assert ask(quick).exit_code == 0


# --- the log --------------------------------------------------------------------------------------


def edit_log(quick: QuickStage, change: Callable[[str], str]) -> None:
    log = quick.show("promotions-log:changelog/churn.jsonl")
    quick.push({"changelog/churn.jsonl": change(log)}, message="edit", branch="promotions-log")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda log: log.replace("more trees", "no trees"), "entry 1 was changed"),
        (lambda log: log.split("\n", 1)[1], "does not follow the entry before it"),
        (lambda log: log + "{}\n", "no entry of a change log"),
        (lambda log: log + "\x00\n", "no entry of a change log"),
        (lambda log: log.replace(",", ", "), "not written as one"),
    ],
)
def test_a_broken_chain_names_its_line(quick: QuickStage, change: Callable[[str], str], said: str) -> None:
    champion(quick)
    edit_log(quick, change)
    report = ask(quick)
    assert "log" in broken(report.checks)
    check = find(report.checks, "log")
    assert "changelog/churn.jsonl:" in check.saw
    assert said in check.saw
    assert check.hint == "`coronet verify` shows where it breaks"


def test_the_log_was_emptied_or_removed(quick: QuickStage) -> None:
    champion(quick)
    edit_log(quick, lambda log: "")
    assert find(ask(quick).checks, "log").saw == "0 entries"
    quick.push({"changelog/churn.jsonl": None}, message="away", branch="promotions-log")
    assert ask(quick).exit_code == Refused.exit_code


def test_nothing_was_ever_promoted(quick: QuickStage) -> None:
    quick.train()
    report = ask(quick)
    assert report.exit_code == Refused.exit_code
    assert set(broken(report.checks)) == set(EVERY_CHECK) - {"held"}
    assert all(check.saw and check.wanted for check in report.checks)


def test_a_champion_made_by_hand_rests_on_nothing(quick: QuickStage) -> None:
    legacy_champion(quick)
    report = ask(quick)
    assert results(report.checks)["champion"] is Result.PASS
    assert broken(report.checks) == [name for name in EVERY_CHECK if name not in ("champion", "held")]


@pytest.mark.parametrize("index", [None, "", "{", "[]\n", '{"schema": "coronet/log-index/v1"}\n', '{"schema": 7}\n'])
def test_without_a_usable_index_the_log_is_read_whole(quick: QuickStage, index: str | None) -> None:
    champion(quick)
    quick.push({"changelog/churn.index.json": index}, message="edit", branch="promotions-log")
    assert ask(quick).exit_code == 0


def test_an_index_of_an_older_log_is_not_used(quick: QuickStage) -> None:
    first = champion(quick)
    old = quick.show("promotions-log:changelog/churn.index.json")
    promote_next(quick, against=first)
    quick.push({"changelog/churn.index.json": old}, message="put back", branch="promotions-log")
    report = ask(quick)
    assert (report.exit_code, report.to_json()["version"]) == (0, "2")


def test_an_index_of_another_models_log_is_not_used(quick: QuickStage) -> None:
    champion(quick)
    other = QuickStage(quick.folder)
    two_champions(other)
    index = other.show("promotions-log:changelog/churn.index.json")
    quick.push({"changelog/churn.index.json": index}, message="swap", branch="promotions-log")
    assert ask(quick).exit_code == 0


# --- after other events ---------------------------------------------------------------------------


def test_after_a_rollback(quick: QuickStage) -> None:
    first, _ = rolled_back(quick)
    report = ask(quick)
    assert (report.exit_code, report.to_json()["version"]) == (0, first.version)
    assert "rolled back" in find(report.checks, "applied").saw
    assert ask(quick, policy_of=PolicyOf.THEN).exit_code == 0


def test_after_a_renewal_it_is_valid_for_longer(quick: QuickStage) -> None:
    version = champion(quick)
    quick.clock.pass_by(days=100)
    assert broken(ask(quick).checks) == ["unexpired"]
    fresh = evidence_of(version, None, value=0.9, gain=0.0, clock=quick.clock)
    report = renew(quick.world("engineer"), MODEL, request(), fresh)
    quick.approve(report.publication.pull_request)
    quick.merge(report.publication.pull_request)
    promote(quick.world())
    assert ask(quick).exit_code == 0


def test_evidence_that_the_policy_left_to_the_reviewers_is_told(quick: QuickStage) -> None:
    quick.push({"policy/default.yaml": POLICY + "on_inconclusive: ask\n"}, message="ask")
    first = champion(quick)
    version = quick.train()
    quick.evaluate(version, against=first, gain=0.01)
    report = propose(quick)
    assert report.publication is not None
    quick.approve(report.publication.pull_request)
    quick.merge(report.publication.pull_request)
    assert promote(quick.world()).exit_code == 0
    gated = ask(quick)
    assert gated.exit_code == 0
    check = find(gated.checks, "policy")
    assert (check.result, check.saw) == (
        Result.WARN,
        "the verdict is inconclusive: the policy left it to the reviewers",
    )


# --- what it cannot answer ------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["model", "version", "artifact_digest"])
def test_a_registry_that_does_not_answer_is_no_verdict(quick: QuickStage, method: str) -> None:
    champion(quick)
    quick.registry.fail(method, Unavailable("the registry does not answer"))
    with pytest.raises(Unavailable):
        ask(quick)
    assert ask(quick).exit_code == 0


def test_a_remote_that_does_not_answer_is_no_verdict(quick: QuickStage) -> None:
    champion(quick)
    quick.remote.is_down = True
    with pytest.raises(Unavailable):
        ask(quick)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (GateQuestion(model="iris"), "no model file models/iris/model.yaml"),
        (GateQuestion(model="../churn"), "cannot name a model"),
        (GateQuestion(model=MODEL, main="trunk"), "no branch trunk"),
    ],
)
def test_a_question_about_nothing(quick: QuickStage, question: GateQuestion, said: str) -> None:
    champion(quick)
    with pytest.raises(InvalidInput, match=said):
        gate(
            question,
            repository=quick.repository(),
            registry=quick.registry,
            documents=FileDocuments(),
            clock=quick.clock,
        )


def test_another_log_branch_knows_nothing(quick: QuickStage) -> None:
    champion(quick)
    question = replace(GateQuestion(model=MODEL), log_branch="elsewhere")
    report = gate(
        question,
        repository=quick.repository(),
        registry=quick.registry,
        documents=FileDocuments(),
        clock=quick.clock,
    )
    assert report.exit_code == Refused.exit_code
    assert find(report.checks, "log").hint == "nothing was ever promoted by coronet here"
