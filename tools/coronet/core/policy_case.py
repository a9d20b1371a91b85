"""A case of a policy: evidence that somebody made up or kept, and what the policy must say of it.

`policy/<m>.cases.yaml` holds those of a model, beside the policy that they test.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from coronet.core.case_sections import answered_as_asked, sections_of
from coronet.core.decision import Check, Result, Verdict
from coronet.core.evidence import (
    Baseline,
    ChangeFact,
    Changes,
    Contract,
    CustomMetric,
    EvaluationData,
    Evidence,
    LabelSource,
    Look,
    MetricFact,
    RowCounts,
    Said,
    Share,
    Subject,
    Task,
    evidence_from_json,
)
from coronet.core.judging.judgement import judge
from coronet.core.judging.looks import looked_at
from coronet.core.policy import Policy
from coronet.core.proposal import Kind
from coronet.core.timestamps import parse_time

SCHEMA = "coronet/policy-cases/v1"
_ROWS = 10_000
_CONTRACT = ("signature", "features", "schema")
_NOTHING = "sha256:" + "0" * 64
_OURS, _THEIRS = "sha256:" + "c" * 64, "sha256:" + "d" * 64


def cases_path(model: str) -> str:
    return f"policy/{model}.cases.yaml"


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """`verdict` and `gates` are what the policy must answer; `gates` names only those that matter to the case.

    `look` is which look at the data it is, where the evidence does not say.
    """

    name: str
    evidence: Evidence
    kind: Kind
    at: datetime
    verdict: Verdict
    gates: Mapping[str, Result]
    look: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseResult:
    """`problems` says what differs from what was expected; nothing where the policy answers as it must."""

    name: str
    verdict: Verdict
    problems: tuple[str, ...]
    checks: tuple[Check, ...]


def run_case(case: Case, policy: Policy) -> CaseResult:
    """Judge the case's evidence under `policy`, and compare."""
    evidence = answered_as_asked(_at_look(case, policy), policy)
    judgement = judge(evidence, policy, now=case.at, kind=case.kind)
    problems = []
    if judgement.verdict is not case.verdict:
        problems.append(f"the verdict is {judgement.verdict}, and {case.verdict} was expected")
    answers = {check.name: check for check in judgement.checks}
    for name, expected in case.gates.items():
        check = answers.get(name)
        if check is None:
            problems.append(f"there is no gate {name}")
        elif check.result is not expected:
            problems.append(f"{name} is {check.result}, and {expected} was expected: {check.saw}")
    return CaseResult(name=case.name, verdict=judgement.verdict, problems=tuple(problems), checks=judgement.checks)


def _at_look(case: Case, policy: Policy) -> Evidence:
    evidence = case.evidence
    if policy.looks is None or case.look is None or evidence.look is not None:
        return evidence
    return replace(evidence, look=Look(number=case.look, data=looked_at(policy.looks, evidence.data)))


def case_from_json(
    value: Mapping[str, Any],
    *,
    model: str,
    task: Task,
    kept: Mapping[str, Any] | None,
    custom: tuple[CustomMetric, ...] = (),
) -> Case:
    """The case in `value`, which satisfies `coronet schema policy_cases`; `kept` is the evidence it names by a file.

    A case that lists its `metrics` leaves out what does not matter: 10,000 rows, evidence made at the moment
    of the judgement, the first look at the data, files of candidate and champion that differ. `custom` are the
    model's own metrics.
    """
    expected = value["expect"]
    evidence = evidence_from_json(kept) if kept is not None else None
    at = parse_time(value["at"]) if "at" in value else None
    moment = at or (evidence.created_at if evidence else parse_time("2000-01-01T00:00:00Z"))
    return Case(
        name=value["name"],
        evidence=evidence or _made_up(value, model=model, task=task, at=moment, custom=custom),
        kind=Kind(value.get("kind", Kind.PROMOTION)),
        at=moment,
        verdict=Verdict(expected["verdict"]),
        gates={name: Result(result) for name, result in expected.get("gates", {}).items()},
        look=value.get("look", None if evidence else 1),
    )


def _made_up(
    value: Mapping[str, Any], *, model: str, task: Task, at: datetime, custom: tuple[CustomMetric, ...]
) -> Evidence:
    facts = tuple(_fact(given) for given in value["metrics"])
    rows = max((fact.rows for fact in facts), default=0)
    alone = all(fact.champion is None for fact in facts)
    return Evidence(
        model=model,
        task=task,
        created_at=at,
        candidate=Subject(version="2", digest=_OURS),
        champion=None if alone else Subject(version="1", digest=_THEIRS),
        data=EvaluationData(name=model, digest=_NOTHING, rows=rows, label="label"),
        rows=RowCounts(paired=rows),
        confidence=0.95,
        metrics=facts,
        contract=_contract(value.get("changed", ())),
        changes=_changes(value["changes"], task) if "changes" in value else None,
        baseline=_baseline(value["baseline"]) if "baseline" in value else None,
        custom_metrics=custom,
        **sections_of(value),
    )


def _changes(given: Any, task: Task) -> Changes:
    """Of all rows, or a list: of all rows and of segments."""
    shares = given if isinstance(given, list) else [given]
    return Changes(
        of=Said.VALUE if task is Task.REGRESSION else Said.CLASS, shares=tuple(_change_fact(each) for each in shares)
    )


def _change_fact(given: Mapping[str, Any]) -> ChangeFact:
    rows, half = given.get("rows", _ROWS), given.get("within", 0.0)
    share, weighted = given["share"], given.get("weighted")
    return ChangeFact(
        segment=given.get("segment", {}),
        rows=rows,
        changed=round(share * rows),
        share=_share(share, half),
        weighted=None if weighted is None else _share(weighted, half),
    )


def _share(value: float, half: float) -> Share:
    return Share(value=value, interval=(max(value - half, 0.0), min(value + half, 1.0)))


def _baseline(given: Iterable[Mapping[str, Any]]) -> Baseline:
    """Facts in which the trivial predictor has the champion's place."""
    facts = tuple(_fact({"champion": each["trivial"], **each}) for each in given)
    rows = max((fact.rows for fact in facts), default=0)
    return Baseline(source=LabelSource.MEASURED, rows=rows, predicts={}, metrics=facts)


def _fact(given: Mapping[str, Any]) -> MetricFact:
    """`within` is half the width of the interval of the difference, or of the candidate's own where it is alone."""
    candidate, champion = given["candidate"], given.get("champion")
    difference = None if champion is None else candidate - champion
    half, centre = given.get("within", 0.0), candidate if difference is None else difference
    own = given.get("candidate_within", half)
    return MetricFact(
        metric=given["metric"],
        segment=given.get("segment", {}),
        rows=given.get("rows", _ROWS),
        champion=champion,
        candidate=candidate,
        difference=difference,
        interval=(centre - half, centre + half),
        candidate_interval=(candidate - own, candidate + own),
    )


def _contract(changed: object) -> Contract:
    """What callers rely on, with other digests for what `changed` names."""
    names = tuple(changed) if isinstance(changed, list | tuple) else ()
    return Contract(
        candidate={name: _OURS if name in names else _NOTHING for name in _CONTRACT},
        champion={name: _THEIRS if name in names else _NOTHING for name in _CONTRACT},
    )
