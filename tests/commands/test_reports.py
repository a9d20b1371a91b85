"""The schemas of the reports keep step with the code, and refuse what a report is not.

That every report satisfies its schema is held by `told`, through which the tests of the verbs tell theirs.
"""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import numpy as np
import pytest
from jsonschema import Draft202012Validator

from coronet.adapters.documents import FileDocuments
from coronet.adapters.schemas import load_schema
from coronet.commands.abtest import AbTestReport, Question
from coronet.commands.check import check
from coronet.commands.drift import DriftReport
from coronet.commands.fast_lane.rollback import rollback_now
from coronet.commands.gate.question import GateQuestion
from coronet.commands.gate.release import gate
from coronet.commands.hold import hold
from coronet.commands.judge import judge
from coronet.commands.log import show_log
from coronet.commands.policy.backtest import backtest
from coronet.commands.policy.cases import run_cases
from coronet.commands.policy.lint import lint_policies
from coronet.commands.policy.power import power_of_policy
from coronet.commands.policy.show import show_policy
from coronet.commands.profile import ProfileReport
from coronet.commands.promote import promote
from coronet.commands.publishing import Found
from coronet.commands.renew import renew
from coronet.commands.rollback import rollback
from coronet.commands.status import status
from coronet.commands.verify import verify
from coronet.core.abtest.comparing import ArmSums, compare
from coronet.core.abtest.judging import Units, judge_split
from coronet.core.changelog.entry import ENDED, Event
from coronet.core.decision import Result, Verdict
from coronet.core.drift import DriftLimits, decide_drift
from coronet.core.promotion import Action
from coronet.core.proposal import Kind
from coronet.core.statistics.drift import measure_drift
from coronet.core.statistics.drift.grid import make_grid
from coronet.core.statistics.drift.numbers import NumberCounts
from coronet.ports.outcomes import Added, Asked, OutcomeSums
from tests.cli.cases import POLICY_CASES
from tests.commands.test_fast_lane import allowed, asked_now
from tests.fakes.memory_files import MemoryFiles
from tests.stage.quick import QuickStage
from tests.stage.reports import Report, schema_of, told
from tests.stage.road import ask
from tests.stage.stage import FILES, MODEL, evidence_of
from tests.stage.states import champion, merged, opened, request, two_champions

DOCUMENTS = FileDocuments()


def judged(quick: QuickStage) -> Report:
    evidence = evidence_of(quick.train(), None, value=0.9, gain=0.0, clock=quick.clock).to_bytes()
    policy = DOCUMENTS.parse(FILES["policy/default.yaml"].encode(), file="policy.yaml")
    document = DOCUMENTS.parse(evidence, file="evidence.json")
    return judge(document, [policy], DOCUMENTS, now=quick.clock.now(), kind=Kind.PROMOTION)


def proposed(quick: QuickStage) -> Report:
    first = champion(quick)
    quick.train()
    quick.evaluate(quick.train(), against=first)
    return ask(quick)


def checked(quick: QuickStage) -> Report:
    asked = opened(quick)
    repository = quick.repository()
    base, head = repository.head("main"), repository.head(asked.pull_request.branch)
    assert base is not None
    assert head is not None
    return check(quick.world("reader"), base=base, head=head, ask_registry=True)


def promoted(quick: QuickStage) -> Report:
    first = champion(quick)
    asked = opened(quick, against=first)
    quick.forge("model-owner").close(asked.pull_request.number, reason="no")
    merged(quick, against=first)
    return promote(quick.world())


def gated(quick: QuickStage) -> Report:
    champion(quick)
    repository, question = quick.repository(), GateQuestion(model=MODEL)
    return gate(question, repository=repository, registry=quick.registry, documents=DOCUMENTS, clock=quick.clock)


def rolled(quick: QuickStage) -> Report:
    two_champions(quick)
    return rollback(quick.world("engineer"), MODEL, request(summary="errors"))


def rolled_now(quick: QuickStage) -> Report:
    allowed(quick)
    return rollback_now(quick.world("engineer"), MODEL, asked_now())


def renewed(quick: QuickStage) -> Report:
    fresh = evidence_of(champion(quick), None, value=0.9, gain=0.0, clock=quick.clock)
    return renew(quick.world("engineer"), MODEL, request(), fresh)


def held(quick: QuickStage) -> Report:
    return hold(quick.world("model-owner"), MODEL, version=None, release=False, reason="audit")


def looked(quick: QuickStage) -> Report:
    first = champion(quick)
    merged(quick, against=first)
    opened(quick, against=first)
    held(quick)
    return status(quick.world("reader"), versions=True)


def logged(quick: QuickStage) -> Report:
    two_champions(quick)
    return show_log(quick.repository(), "promotions-log", model=MODEL)


def verified(quick: QuickStage) -> Report:
    two_champions(quick)
    return verify(quick.repository(), main="main", log_branch="promotions-log", progress=quick.note)


def shown(quick: QuickStage) -> Report:
    files = MemoryFiles({path: text.encode() for path, text in FILES.items()})
    return show_policy(files, DOCUMENTS, MODEL)


def policy_linted(quick: QuickStage) -> Report:
    odd = {"policy/churn.yaml": "schema: coronet/policy/v1\ngates: {good_enough: {value: 2}}\n"}
    return lint_policies(MemoryFiles({path: text.encode() for path, text in {**FILES, **odd}.items()}), DOCUMENTS)


def policy_tested(quick: QuickStage) -> Report:
    cases = {"policy/churn.cases.yaml": POLICY_CASES}
    return run_cases(MemoryFiles({path: text.encode() for path, text in {**FILES, **cases}.items()}), DOCUMENTS)


def policy_powered(quick: QuickStage) -> Report:
    files = MemoryFiles({path: text.encode() for path, text in FILES.items()})
    measured = evidence_of(quick.train(), champion(quick), value=0.9, gain=0.01, clock=quick.clock).to_bytes()
    document = DOCUMENTS.parse(measured, file="evidence.json")
    return power_of_policy(files, DOCUMENTS, MODEL, document, power=0.8, effect=None)


def policy_replayed(quick: QuickStage) -> Report:
    two_champions(quick)
    files = MemoryFiles({path: text.encode() for path, text in FILES.items()})
    return backtest(
        quick.repository(),
        files,
        DOCUMENTS,
        main="main",
        log_branch="promotions-log",
        models=(),
        since=None,
        progress=quick.note,
    )


def drifted(quick: QuickStage) -> Report:
    columns = measure_drift({"x": np.arange(90.0)}, {"x": np.arange(90.0) + 50})
    decision = decide_drift(columns, DriftLimits())
    return DriftReport(reference="a", current="b", limits=DriftLimits(), columns=columns, decision=decision)


def profiled(quick: QuickStage) -> Report:
    state = NumberCounts(make_grid(np.arange(90.0)))
    state.update(np.arange(90.0))
    return ProfileReport(source="a", digest=f"sha256:{'0' * 64}", rows=90, profiles={"x": state.finish()})


def ab_tested(quick: QuickStage) -> Report:
    def arm(total: float) -> ArmSums:
        return ArmSums(units=90, rows=90, total=total, off=9.0, truths=True)

    asked = Asked(arm="version", champion="5", candidate="7", outcomes=("sold",))
    sums = OutcomeSums(outcome="sold", segment={}, champion=arm(10.0), candidate=arm(40.0))
    units = Units(champion=90, candidate=90, both=0)
    added = Added(
        sha256="0" * 64, units=units, arms=("5", "7"), others=0, nameless=0, missing={"sold": 0}, sums=(sums,)
    )
    found = compare(sums.champion, sums.candidate, confidence=0.95)
    question = Question(asked=asked, share=0.5)
    return AbTestReport(
        data="a", question=question, added=added, found=((sums, found),), checks=judge_split(units, 0.5)
    )


REPORTS: dict[str, Callable[[QuickStage], Report]] = {
    "judge": judged,
    "propose": proposed,
    "check": checked,
    "promote": promoted,
    "gate": gated,
    "rollback": rolled,
    "rollback-now": rolled_now,
    "renew": renewed,
    "hold": held,
    "status": looked,
    "log": logged,
    "verify": verified,
    "policy-show": shown,
    "policy-lint": policy_linted,
    "policy-test": policy_tested,
    "policy-power": policy_powered,
    "policy-backtest": policy_replayed,
    "drift": drifted,
    "profile": profiled,
    "abtest": ab_tested,
}


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every key of every mapping; of lists the first item."""
    if isinstance(value, list):
        return places(value[0], (*path, 0)) if value else []
    if not isinstance(value, dict):
        return []
    return [place for key, inner in value.items() for place in [(*path, key), *places(inner, (*path, key))]]


def mapping_at(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path[:-1]:
        value = value[key]
    return value


FREE = (
    "rows_without_outcome",
    "lines",
    "replaced",
    "implied",
    "policy",
    "origins",
    "aliases",
    "terms",
    "proposal",
    "metrics",
)


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_is_valid_and_nothing_of_it_may_be_missing_misspelt_or_of_another_type(
    quick: QuickStage, name: str
) -> None:
    value = told(REPORTS[name](quick)).to_json()
    assert schema_of(value) == name
    validator = Draft202012Validator(load_schema(name))
    for path in places(value):
        if (path[-1] in ("checks",) and len(path) > 1) or any(key in FREE for key in path[:-1]):
            continue  # what may be left out, and what is a mapping of anything
        less, other, more = deepcopy(value), deepcopy(value), deepcopy(value)
        del mapping_at(less, path)[path[-1]]
        mapping_at(other, path)[path[-1]] = object
        mapping_at(more, path)[f"{path[-1]}x"] = 1
        assert not validator.is_valid(less), path
        assert not validator.is_valid(other), path
        assert not validator.is_valid(more), path


def definition(schema: str, name: str) -> Any:
    return load_schema(schema)["$defs"][name]


def test_closed_sets_are_those_of_the_code() -> None:
    assert definition("log", "log_event")["enum"] == [str(event) for event in Event]
    assert definition("gate", "check")["properties"]["result"]["enum"] == [str(result) for result in Result]
    assert definition("gate", "verdict")["enum"] == [str(verdict) for verdict in Verdict]
    assert definition("propose", "outcome")["enum"] == [str(found) for found in Found]
    promotions = load_schema("promote")["properties"]["promotions"]["items"]["properties"]
    assert promotions["action"]["enum"] == [str(action) for action in Action]
    unmerged = {Event.REJECTED, Event.SUPERSEDED}
    said = ENDED - unmerged | {Event.ENDED_ALREADY}
    assert set(promotions["event"]["enum"]) == {str(event) for event in said} | {None}


def test_an_entry_of_the_log_has_a_schema_of_its_own(quick: QuickStage) -> None:
    two_champions(quick)
    validator = Draft202012Validator(load_schema("change-log-entry"))
    lines = quick.show("promotions-log:changelog/churn.jsonl").splitlines()
    assert lines
    for line in lines:
        document = DOCUMENTS.parse(line.encode(), file="entry.json")
        validator.validate(document.value)
        assert DOCUMENTS.validate(document, "change-log-entry") == ()
    assert not validator.is_valid({**document.value, "event": "crowned"})


@pytest.mark.parametrize("name", REPORTS)
def test_a_schema_is_called_as_its_report_calls_itself(name: str) -> None:
    assert load_schema(name)["properties"]["schema"] == {"const": f"coronet/{name}/v1"}
