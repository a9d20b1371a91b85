"""The policies that are shipped: valid, fit for their models, and what the documents they come from promise."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from coronet.adapters.documents import FileDocuments
from coronet.adapters.work_tree import WorkTree
from coronet.commands.governed import governed_models, load_model
from coronet.commands.policies import effective_policy, load_policy
from coronet.commands.policy.cases import run_cases
from coronet.commands.policy.lint import lint_policies
from coronet.core.catalogue import examine_metric
from coronet.core.decision import Check, Verdict
from coronet.core.evidence import Evidence, MetricFact, Subject, Task
from coronet.core.judging.judgement import judge
from coronet.core.policy import Mode, Policy
from coronet.core.ranking import rank_candidates
from tests.core.examples import CHAMPION, NOW, digest, evidence, fact

ROOT = Path(__file__).parents[2]
DOCUMENTS = FileDocuments()
FILES = WorkTree(ROOT)
SHIPPED = sorted(
    str(path.relative_to(ROOT))
    for path in [*ROOT.glob("policy/*.yaml"), *ROOT.glob("docs/examples/policies/*.yaml")]
    if not path.name.endswith(".cases.yaml")
)
MODELS = governed_models(FILES)


def load(path: str) -> Policy:
    return effective_policy([DOCUMENTS.parse((ROOT / path).read_bytes(), file=path)], DOCUMENTS)


STRICT, ARENA = load("docs/examples/policies/strict.yaml"), load("docs/examples/policies/arena.yaml")


def test_nothing_is_odd_about_them() -> None:
    report = lint_policies(FILES, DOCUMENTS)
    assert len(report.models) == 3
    assert report.errors == 0, report.to_text()


def test_they_answer_their_cases() -> None:
    report = run_cases(FILES, DOCUMENTS)
    assert report.failed == 0, report.to_text()
    assert sum(len(tested.results) for tested in report.models) >= 5


def test_there_is_a_policy_for_every_model() -> None:
    assert set(SHIPPED) >= {"policy/default.yaml", *(f"policy/{model}.yaml" for model in MODELS)}
    assert len(MODELS) == 3


@pytest.mark.parametrize("path", SHIPPED)
def test_a_shipped_policy_is_valid_and_names_its_schema(path: str) -> None:
    document = DOCUMENTS.parse((ROOT / path).read_bytes(), file=path)
    assert DOCUMENTS.validate(document, "policy_layer") == ()
    assert load(path).digest.startswith("sha256:")
    first = (ROOT / path).read_text(encoding="utf-8").splitlines()[0]
    named = first.removeprefix("# yaml-language-server: $schema=")
    assert (ROOT / path).parent.joinpath(named).resolve() == ROOT / "tools/coronet/schemas/policy_layer.schema.json"


@pytest.mark.parametrize("model", MODELS)
def test_a_models_gates_ask_for_what_its_evidence_has(model: str) -> None:
    policy, governed = load_policy(FILES, DOCUMENTS, model), load_model(FILES, DOCUMENTS, model)
    assert any(gate.mode is Mode.ENFORCE for gate in policy.gates)
    for gate in policy.gates:
        if gate.metric:
            assert gate.metric in governed.metrics
            assert examine_metric(gate.metric, governed.task) is None
        assert set(gate.by) <= set(governed.data.segments)


def test_the_default_alone_lets_nothing_pass() -> None:
    judgement = judge(evidence(fact()), load("policy/default.yaml"), now=NOW)
    assert judgement.verdict is Verdict.FAIL


# --- the strict comparison: promote exactly when the accuracy on the test set is strictly greater ------


@pytest.mark.parametrize(
    ("new", "production", "promotes"),
    [
        (0.9333, None, True),  # scenario A: there is no production model
        (0.9667, 0.9333, True),  # scenario B: better
        (0.9333 + 1e-9, 0.9333, True),  # however little
        (0.9333, 0.9333, False),  # scenario C: equal
        (0.1 + 0.2, 0.3, False),  # which rounding does not change
        (0.9000, 0.9333, False),  # worse
        (float("nan"), 0.9333, False),
    ],
)
def test_the_strict_comparison(new: float, production: float | None, promotes: bool) -> None:
    champion = None if production is None else Subject(version="5", digest=CHAMPION)
    measured = evidence(fact(candidate=new, champion=production, half=0.1), champion=champion)
    judgement = judge(measured, STRICT, now=NOW)
    assert judgement.admits is promotes
    assert judgement.verdict is (Verdict.PASS if promotes else Verdict.FAIL)


def test_the_strict_comparison_says_that_it_is_one_of_points() -> None:
    (check,) = (check for check in judge(evidence(fact()), STRICT, now=NOW).checks if check.name == "greater")
    assert check.wanted == "accuracy better (points alone, without intervals)"


# --- the arena ------------------------------------------------------------------------------------

ROWS = {"A": 4000, "B": 6000, "small": 1999}


def price(metric: str, candidate: float, champion: float | None, kind: str = "") -> MetricFact:
    return fact(
        metric, candidate, champion, 0.5, own=0.5, rows=ROWS.get(kind, 11999), segment={"kind": kind} if kind else {}
    )


def arena(
    values: Mapping[str, tuple[float, float]] | None = None, *, version: str = "7", alone: bool = False
) -> Evidence:
    """(candidate, champion) of the error and of the share within 10 %: overall, and in each kind.

    As it stands the weighted error is 0.24 with the champion (0.3 × 4000 + 0.2 × 6000, by 10000) and better
    by 0.012, five per cent of it.
    """
    given = {
        "error": (0.235, 0.25), "error_A": (0.285, 0.30), "error_B": (0.19, 0.20), "error_small": (0.9, 0.4),
        "share": (0.325, 0.30), "share_A": (0.29, 0.30), "share_B": (0.34, 0.32), "share_small": (0.01, 0.3),
        **(values or {}),
    }  # fmt: skip
    facts = []
    for name, (candidate, champion) in given.items():
        metric, _, kind = name.partition("_")
        catalogued = {"error": "mdape", "share": "within_10_percent"}[metric]
        facts.append(price(catalogued, candidate, None if alone else champion, kind))
    return evidence(
        *facts,
        task=Task.REGRESSION,
        candidate=Subject(version=version, digest=digest(version[-1])),
        champion=None if alone else Subject(version="5", digest=CHAMPION),
    )


def gates(measured: Evidence) -> dict[str, Check]:
    return {check.name: check for check in judge(measured, ARENA, now=NOW).checks}


def broken(measured: Evidence) -> list[str]:
    return [name for name, check in gates(measured).items() if check.result in ("fail", "inconclusive")]


def test_a_candidate_at_every_bar_passes() -> None:
    assert judge(arena(), ARENA, now=NOW).verdict is Verdict.PASS
    assert gates(arena())["improves"].saw.startswith("better by 0.05 of the champion's value over 2 segments")


@pytest.mark.parametrize(
    ("values", "refusals"),
    [
        pytest.param({"error_A": (0.2851, 0.30)}, ["improves"], id="a little less than 5 %"),
        pytest.param({"error_A": (0.31, 0.30), "error_B": (0.17, 0.20)}, [], id="worse in one, 5.8 % better by weight"),
        pytest.param({"share_A": (0.28, 0.30)}, [], id="two points less in a major segment"),
        pytest.param({"share_A": (0.2799, 0.30)}, ["no_segment_drops"], id="more than two points less"),
        pytest.param({"share_A": (0.24, 0.25)}, [], id="24 % in a major segment"),
        pytest.param({"share_A": (0.2399, 0.25)}, ["segment_floor"], id="less than 24 %"),
        pytest.param({"share_B": (0.49, 0.32)}, [], id="20 points apart"),
        pytest.param({"share_B": (0.4901, 0.32)}, ["fair"], id="a new gap of more than 20 points"),
        pytest.param({"share_B": (0.51, 0.53)}, [], id="a gap that the champion has already"),
        pytest.param({"share": (0.24, 0.24)}, [], id="24 % in all"),
        pytest.param({"share": (0.2399, 0.24)}, ["good_enough"], id="less than 24 % in all"),
        pytest.param({"error": (0.30, 0.31)}, [], id="an error of 30 %"),
        pytest.param({"error": (0.3001, 0.31)}, ["not_too_far"], id="an error of more than 30 %"),
        pytest.param({"error_small": (0.99, 0.1), "share_small": (0.0, 0.9)}, [], id="a small segment is left out"),
    ],
)
def test_every_rule_of_the_arena_has_its_bar(values: dict[str, tuple[float, float]], refusals: list[str]) -> None:
    assert broken(arena(values)) == refusals


def test_the_first_champion_of_an_arena_must_have_its_quality() -> None:
    assert broken(arena(alone=True)) == []
    assert broken(arena({"share": (0.2, 0.0)}, alone=True)) == ["good_enough"]


def test_the_arenas_other_rules() -> None:
    assert ARENA.expire_after == timedelta(hours=24)
    assert ARENA.ranking.consider == 5
    assert ARENA.ranking.require == (
        "hypothesis_id",
        "change_type",
        "change_summary",
        "owner",
        "feature_set_version",
        "dataset_version",
    )


@pytest.mark.parametrize(
    ("values", "terms"),
    [
        # The error 5 % better: 0.5 × 1. The share 0.025 more: 0.3 × 0.5. The worst drop 0.01: 0.2 × (1 − 0.25).
        ({}, (0.5, 0.15, 0.15)),
        # 15 % better (0.036 of 0.24): 3, at most 1.5. The share 0.1 more: 2, at most 1.5. No drop: 1.
        (
            {"error_A": (0.255, 0.30), "error_B": (0.17, 0.20), "share": (0.40, 0.30), "share_A": (0.31, 0.30)},
            (0.75, 0.45, 0.2),
        ),
        # 10 % worse: −2, at least −1. The share 0.08 less: −1.6, at least −1. A drop of 0.024: 1 − 0.6 = 0.4.
        (
            {"error_A": (0.33, 0.30), "error_B": (0.22, 0.20), "share": (0.22, 0.30), "share_A": (0.276, 0.30)},
            (-0.5, -0.3, 0.08),
        ),
        # A drop of 0.3 counts no more than one of 0.024.
        ({"share_A": (0.0, 0.30)}, (0.5, 0.15, 0.08)),
    ],
)
def test_the_arenas_score_by_hand(values: dict[str, tuple[float, float]], terms: tuple[float, ...]) -> None:
    (ranked,) = rank_candidates([judge(arena(values), ARENA, now=NOW)], ARENA.ranking)
    assert [value for _, value in ranked.terms] == pytest.approx(terms)
    assert ranked.score == pytest.approx(sum(terms))


# Far better than the clamps look: every one of these scores 0.75 + 0.45 + 0.2.
TOP: dict[str, Any] = {"error_A": (0.20, 0.30), "error_B": (0.10, 0.20), "share": (0.50, 0.30), "error": (0.15, 0.25)}


@pytest.mark.parametrize(
    ("one", "other", "order"),
    [
        # By the weighted share of the segments: (0.40 × 4 + 0.45 × 6) ÷ 10 = 0.43 against 0.44.
        (
            {"share_A": (0.40, 0.30), "share_B": (0.45, 0.32)},
            {"share_A": (0.35, 0.30), "share_B": (0.50, 0.32), "error": (0.2, 0.25)},
            ["8", "9"],
        ),
        # Equal in that: by the smaller error over all rows.
        ({"share_A": (0.40, 0.30)}, {"share_A": (0.40, 0.30), "error": (0.14, 0.25)}, ["8", "9"]),
        # Equal in that as well: the newer version.
        ({"share_A": (0.40, 0.30)}, {"share_A": (0.40, 0.30)}, ["9", "8"]),
    ],
)
def test_the_arenas_ties_by_hand(one: dict[str, Any], other: dict[str, Any], order: list[str]) -> None:
    made = [
        judge(arena({**TOP, **values}, version=version), ARENA, now=NOW)
        for version, values in (("9", one), ("8", other))
    ]
    ranked = rank_candidates(made, ARENA.ranking)
    assert [each.score for each in ranked] == pytest.approx([1.4, 1.4])
    assert [each.judgement.evidence.candidate.version for each in ranked] == order


def test_a_candidate_that_fails_is_never_first_whatever_its_score() -> None:
    fine, failing = arena(version="6"), arena({**TOP, "share_A": (0.2, 0.30)}, version="9")
    ranked = rank_candidates([judge(each, ARENA, now=NOW) for each in (failing, fine)], ARENA.ranking)
    assert [each.judgement.evidence.candidate.version for each in ranked] == ["6", "9"]
    assert (ranked[0].score or 0) < (ranked[1].score or 0)
