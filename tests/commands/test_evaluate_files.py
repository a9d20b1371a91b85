"""`coronet evaluate` from prediction files: what is measured, and what cannot be."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from coronet.adapters.custom_metrics import ImportedMetrics
from coronet.adapters.documents import FileDocuments
from coronet.commands.evaluate.custom import parse_custom
from coronet.commands.evaluate.files import evaluate_files
from coronet.commands.evaluate.report import EvaluateReport
from coronet.commands.evaluate.request import FilesRequest
from coronet.core.evidence import Evidence, MetricFact, RowCounts, Task, evidence_from_json
from coronet.core.statistics.columns import Custom
from coronet.errors import InvalidInput, WrongUsage
from coronet.ports.custom_metrics import MetricCode
from tests.fakes.memory_tables import MemoryTables
from tests.fakes.no_streams import NoStreams
from tests.stage.clock import StageClock

CHAMPION = b"id,price,predicted,kind\n1,100,120,flat\n2,200,230,flat\n3,300,290,house\n4,400,300,house\n"
CANDIDATE = b"id,price,predicted,kind\n4,400,390,house\n3,300,290,house\n2,200,210,flat\n1,100,101,flat\n"
HOMES = FilesRequest(
    task=Task.REGRESSION,
    champion="a.csv",
    candidate="b.csv",
    key="id",
    label="price",
    prediction="predicted",
    segments=("kind",),
    metrics=("mae", "within_10_percent"),
)
CHURN = b"id,left,score\n1,no,0.1\n2,yes,0.9\n3,no,0.6\n4,yes,0.4\n"
LEAVERS = FilesRequest(task=Task.BINARY, candidate="b.csv", label="left", score="score")
KINDS = b"id,kind,said,p_a,p_b,p_c\n1,a,a,0.8,0.1,0.1\n2,b,c,0.2,0.3,0.5\n3,c,c,0.1,0.1,0.8\n4,a,b,0.4,0.5,0.1\n"
SORTS = FilesRequest(task=Task.MULTICLASS, candidate="b.csv", label="kind", prediction="said")


def evaluate(request: FilesRequest, **tables: bytes) -> EvaluateReport:
    files = {f"{name}.csv": data for name, data in tables.items()}
    return evaluate_files(request, MemoryTables(files), NoStreams(), StageClock(), lambda step, detail="": None)


def evidence_of(request: FilesRequest, **tables: bytes) -> Evidence:
    evidence = evaluate(request, **tables).evidence
    document = FileDocuments().parse(evidence.to_bytes(), file="evidence.json")
    assert FileDocuments().validate(document, "evidence") == ()
    assert evidence_from_json(document.value) == evidence
    return evidence


def fact_of(evidence: Evidence, metric: str, segment: Mapping[str, str] | None = None) -> MetricFact:
    (found,) = [fact for fact in evidence.metrics if (fact.metric, fact.segment) == (metric, segment or {})]
    return found


def digest(data: bytes) -> str:
    return "sha256:" + hashlib.sha256(data).hexdigest()


# --- what is measured -----------------------------------------------------------------------------


def test_two_files_of_a_regression() -> None:
    evidence = evidence_of(HOMES, a=CHAMPION, b=CANDIDATE)
    assert (evidence.model, evidence.task, evidence.confidence) == ("unnamed", Task.REGRESSION, 0.95)
    assert evidence.created_at == StageClock().now()
    assert evidence.candidate.predictions == digest(CANDIDATE)
    assert evidence.champion is not None
    assert evidence.champion.predictions == digest(CHAMPION)
    assert evidence.rows == RowCounts(paired=4)
    overall, flats = fact_of(evidence, "mae"), fact_of(evidence, "mae", {"kind": "flat"})
    assert (overall.champion, overall.candidate, overall.difference) == (40, 7.75, -32.25)
    assert (flats.rows, flats.champion, flats.candidate) == (2, 25, 5.5)
    assert fact_of(evidence, "within_10_percent").candidate == 1
    assert [dict(fact.segment) for fact in evidence.metrics] == [{}, {"kind": "flat"}, {"kind": "house"}] * 2


def test_the_data_are_the_rows_by_key_and_label_whatever_their_order() -> None:
    evidence = evidence_of(HOMES, a=CHAMPION, b=CANDIDATE)
    turned = evidence_of(HOMES, a=CANDIDATE, b=CHAMPION)
    expected = digest(b'["1",100.0]\n["2",200.0]\n["3",300.0]\n["4",400.0]\n')
    assert (evidence.data.digest, evidence.data.rows) == (expected, 4)
    assert (evidence.data.name, evidence.data.label, evidence.data.key) == ("b.csv", "price", "id")
    assert turned.data.digest == expected


def test_the_same_files_give_the_same_facts_at_another_time() -> None:
    first = evaluate(HOMES, a=CHAMPION, b=CANDIDATE).evidence
    tables = MemoryTables({"a.csv": CHAMPION, "b.csv": CANDIDATE})
    clock = StageClock(datetime(2030, 1, 1, tzinfo=UTC))
    later = evaluate_files(HOMES, tables, NoStreams(), clock, lambda step, detail="": None)
    assert later.evidence.facts_digest == first.facts_digest
    assert later.evidence.digest != first.digest


def test_without_a_champion_and_without_a_key() -> None:
    request = replace(HOMES, champion=None, key=None, segments=())
    evidence = evidence_of(request, b=CANDIDATE)
    assert evidence.champion is None
    assert evidence.data.key is None
    assert fact_of(evidence, "mae").interval == fact_of(evidence, "mae").candidate_interval


def test_answers_segments_and_weights_from_a_file_of_their_own() -> None:
    data = b"id,price,kind,n\n1,100,flat,1\n2,200,flat,1\n3,300,house,2\n5,500,,1\n"
    said = b"id,predicted\n3,290\n2,210\n1,101\n"
    request = replace(HOMES, data="d.csv", weight="n", data_name="homes of may")
    evidence = evidence_of(request, a=said, b=said, d=data)
    assert evidence.data.digest == digest(data)
    assert (evidence.data.name, evidence.data.rows) == ("homes of may", 4)
    assert evidence.rows == RowCounts(paired=3, unusable={"in the data and not predicted": 1})
    assert fact_of(evidence, "mae").candidate == (1 + 10 + 2 * 10) / 4
    assert fact_of(evidence, "mae").method.endswith("weighted")
    assert evidence.candidate.predictions == evidence.champion.predictions if evidence.champion else False


def test_the_champions_file_need_not_repeat_segments_and_weights() -> None:
    request = replace(HOMES, weight="n")
    candidate = (
        CANDIDATE.replace(b"kind\n", b"kind,n\n").replace(b"flat\n", b"flat,2\n").replace(b"house\n", b"house,1\n")
    )
    evidence = evidence_of(request, a=b"id,price,predicted\n1,100,110\n2,200,200\n3,300,300\n4,400,400\n", b=candidate)
    assert fact_of(evidence, "mae", {"kind": "house"}).rows == 2


def test_scores_of_two_classes() -> None:
    evidence = evidence_of(LEAVERS, b=CHURN)
    assert evidence.threshold == 0.5
    assert fact_of(evidence, "roc_auc").candidate == 0.75
    assert fact_of(evidence, "accuracy").candidate == 0.5
    lower = evidence_of(replace(LEAVERS, threshold=0.3), b=CHURN)
    assert lower.threshold == 0.3
    assert fact_of(lower, "recall").candidate == 1


def test_the_positive_class_can_be_named() -> None:
    evidence = evidence_of(replace(LEAVERS, positive="no"), b=CHURN)
    assert fact_of(evidence, "roc_auc").candidate == 0.25


def test_named_classes_alone_are_measured_without_scores() -> None:
    evidence = evidence_of(replace(LEAVERS, score=None, prediction="left"), b=CHURN)
    assert [fact.metric for fact in evidence.metrics] == ["accuracy", "precision", "recall", "f1"]
    assert evidence.threshold is None
    assert fact_of(evidence, "f1").candidate == 1


def test_many_classes_with_and_without_scores() -> None:
    plain = evidence_of(SORTS, b=KINDS)
    assert [fact.metric for fact in plain.metrics] == ["accuracy", "balanced_accuracy", "f1_macro"]
    assert fact_of(plain, "accuracy").candidate == 0.5
    renamed = KINDS.replace(b"p_a,p_b,p_c", b"a,b,c")
    for request, data in (
        (replace(SORTS, prediction=None, score_prefix="p_"), KINDS),
        (replace(SORTS, prediction=None, scores=("a", "b", "c")), renamed),
    ):
        scored = evidence_of(request, b=data)
        assert fact_of(scored, "log_loss").candidate is not None
        assert fact_of(scored, "accuracy").candidate == 0.5


def test_a_candidate_that_predicts_nothing_on_a_hard_row_gains_nothing() -> None:
    silent = CANDIDATE.replace(b"4,400,390", b"4,400,")
    evidence = evidence_of(HOMES, a=CHAMPION, b=silent)
    overall, flats = fact_of(evidence, "mae"), fact_of(evidence, "mae", {"kind": "flat"})
    assert (overall.candidate, overall.difference, overall.interval) == (None, None, None)
    assert overall.problem == "candidate: 1 of 4 predictions are missing or not finite"
    assert flats.candidate == 5.5
    assert evidence.rows == RowCounts(paired=3, unusable={"candidate prediction missing or not finite": 1})


def test_a_champion_that_predicts_nothing_is_compared_on_the_rest() -> None:
    evidence = evidence_of(HOMES, a=CHAMPION.replace(b"4,400,300", b"4,400,inf"), b=CANDIDATE)
    assert evidence.rows == RowCounts(paired=3, unusable={"champion prediction missing or not finite": 1})
    assert fact_of(evidence, "mae").candidate == 7


# --- what cannot be ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("champion", "candidate", "said"),
    [
        (CHAMPION.replace(b"1,100", b"1,101"), CANDIDATE, "these are not the same rows"),
        (CHAMPION.replace(b"flat", b"hut"), CANDIDATE, "differ in their kind"),
        (CHAMPION.replace(b"2,200", b"1,200"), CANDIDATE, r"a\.csv has keys more than once, 1 of them: '1'"),
        (CHAMPION, CANDIDATE.replace(b"\n2,", b"\n,"), r"b\.csv has rows without id, 1 of them: rows 3"),
        (CHAMPION, CANDIDATE.replace(b"predicted", b"guessed"), "no column 'predicted'"),
    ],
)
def test_files_that_do_not_fit_together(champion: bytes, candidate: bytes, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        evaluate(HOMES, a=champion, b=candidate)


def test_many_rows_without_a_key_are_counted() -> None:
    rows = b"".join(b",1,1,flat\n" for _ in range(9))
    with pytest.raises(InvalidInput, match=r"b\.csv has rows without id, 9 of them: rows 1, 2, 3, 4, 5 …"):
        evaluate(HOMES, a=CHAMPION, b=b"id,price,predicted,kind\n" + rows)


def test_a_prefix_that_no_column_has() -> None:
    with pytest.raises(InvalidInput, match="no column that begins with 'q_'"):
        evaluate(replace(SORTS, score_prefix="q_"), b=KINDS)


def test_a_column_cannot_be_text_and_number() -> None:
    with pytest.raises(WrongUsage, match="'price' cannot be both text and number"):
        evaluate(replace(HOMES, segments=("price",)), a=CHAMPION, b=CANDIDATE)


WRONG: list[tuple[FilesRequest, dict[str, Any], str]] = [
    (HOMES, {"prediction": None}, "a regression needs predicted numbers"),
    (HOMES, {"score": "s"}, "not for a regression"),
    (HOMES, {"positive": "1"}, "not for a regression"),
    (HOMES, {"key": None}, "can only be put together by a key"),
    (HOMES, {"champion": None, "data": "d.csv", "key": None}, "can only be put together by a key"),
    (HOMES, {"confidence": 0.5}, "more than 0.5 and less than 1"),
    (HOMES, {"confidence": float("nan")}, "more than 0.5 and less than 1"),
    (HOMES, {"model": "../etc"}, "'../etc' cannot name a model"),
    (HOMES, {"metrics": ("mea",)}, "there is no metric 'mea' (did you mean mae?)"),
    (HOMES, {"metrics": ("f1",)}, "f1 is a metric of binary models, and this is regression"),
    (LEAVERS, {"score": None}, "there is nothing to measure"),
    (LEAVERS, {"score_prefix": "p_"}, "a binary model has one score"),
    (LEAVERS, {"prediction": "left", "threshold": 0.4}, "a threshold makes classes of scores"),
    (LEAVERS, {"threshold": 1.5}, "the threshold is 1.5, wanted 0 to 1"),
    (
        LEAVERS,
        {"score": None, "prediction": "left", "metrics": ("roc_auc",)},
        "roc_auc is computed from scores, and none are named (add --score COLUMN)",
    ),
    (SORTS, {"score": "s"}, "are for binary models"),
    (SORTS, {"scores": ("a",), "score_prefix": "p_"}, "say the same in two ways"),
    (SORTS, {"metrics": ("f1",)}, "say how the classes are averaged"),
    (SORTS, {"metrics": ("log_loss",)}, "add --scores or --score-prefix"),
]


@pytest.mark.parametrize(("request_", "change", "said"), WRONG, ids=[case[2] for case in WRONG])
def test_what_cannot_be_asked(request_: FilesRequest, change: dict[str, Any], said: str) -> None:
    with pytest.raises(WrongUsage) as caught:
        evaluate(replace(request_, **change), a=CHAMPION, b=CANDIDATE)
    assert said in "; ".join(map(str, caught.value.findings))


def test_everything_wrong_is_said_at_once() -> None:
    with pytest.raises(WrongUsage) as caught:
        evaluate(replace(HOMES, prediction=None, key=None, metrics=("mea", "f1")), a=CHAMPION, b=CANDIDATE)
    assert len(caught.value.findings) == 4


# --- the report -----------------------------------------------------------------------------------


def test_the_report_in_text_names_what_was_left_out() -> None:
    report = evaluate(HOMES, a=CHAMPION + b"9,900,900,flat\n", b=CANDIDATE.replace(b"1,100,101", b"1,100,"))
    text = replace(report, saved=("evidence.json",)).to_text()
    assert text.startswith(f"unnamed: predictions {digest(CANDIDATE.replace(b'1,100,101', b'1,100,'))[:19]}… against")
    assert "3 rows measured" in text.splitlines()[0]
    assert "left out: of the champion alone, 1 of the rows" in text
    assert "left out: candidate prediction missing or not finite, 1 of the rows" in text
    assert "evidence written to evidence.json" in text
    assert text.endswith(f"evidence digest {report.evidence.digest}")


def test_the_report_in_markdown_is_a_table() -> None:
    report = evaluate(HOMES, a=CHAMPION, b=CANDIDATE)
    text = replace(report, saved=("evidence.json",), dry_run=True).to_markdown()
    assert "| mae | 4 | 40 | 7.75 |" in text
    assert "- evidence would be written to evidence.json" in text


def test_the_report_for_programs_is_the_evidence() -> None:
    report = evaluate(HOMES, a=CHAMPION, b=CANDIDATE)
    assert report.to_json() == json.loads(report.evidence.to_bytes())


# --- rows that belong together --------------------------------------------------------------------

OWNERS = b"id,price,predicted,owner\n" + b"".join(
    f"{row},{100 + row},{100 + row + row % 4},{row // 3}\n".encode() for row in range(30)
)


def test_clusters_are_told_in_the_evidence_and_widen_the_interval() -> None:
    plain = replace(HOMES, champion=None, segments=(), metrics=("mae",))
    clustered = evidence_of(replace(plain, cluster="owner"), b=OWNERS)
    assert clustered.data.cluster == "owner"
    (fact,) = clustered.metrics
    assert fact.method == "t, clustered by owner (10 clusters)"
    alone = evidence_of(plain, b=OWNERS)
    assert alone.data.cluster is None
    assert fact.interval != alone.metrics[0].interval


def test_a_cluster_column_that_is_not_there_is_named() -> None:
    with pytest.raises(InvalidInput, match="owner"):
        evaluate(replace(HOMES, champion=None, cluster="owner"), b=CANDIDATE)


# --- metrics of a team's own ----------------------------------------------------------------------

CODE = MetricCode(
    file="metrics.py", source=b"def low(prediction, weight):\n    return prediction.min()\n", function="low"
)


def lowest() -> Custom:
    return ImportedMetrics().load(parse_custom("low:higher=metrics.py:low").described, CODE)


def test_a_metric_of_ones_own_is_measured_beside_the_others() -> None:
    evidence = evidence_of(replace(HOMES, custom=(lowest(),)), a=CHAMPION, b=CANDIDATE)
    assert list(dict.fromkeys(fact.metric for fact in evidence.metrics)) == ["mae", "within_10_percent", "custom.low"]
    assert fact_of(evidence, "custom.low").candidate == 101
    (described,) = evidence.custom_metrics
    assert (described.name, described.meaning, described.higher_is_better) == ("custom.low", "metrics.py:low", True)


def test_two_metrics_of_one_name_are_refused() -> None:
    with pytest.raises(WrongUsage) as failed:
        evaluate(replace(HOMES, custom=(lowest(), lowest())), a=CHAMPION, b=CANDIDATE)
    assert [finding.message for finding in failed.value.findings] == ["custom.low is described more than once"]


def test_it_cannot_be_streamed() -> None:
    with pytest.raises(WrongUsage, match=r"custom\.low can only be measured with all rows in memory") as failed:
        evaluate(replace(HOMES, custom=(lowest(),), streamed=True), a=CHAMPION, b=CANDIDATE)
    assert failed.value.hint == "use --exact"


@pytest.mark.parametrize("text", ["profit", "profit=a.py:b", "Profit:higher=a.py:b", "p:best=a.py:b", "p:lower="])
def test_an_option_that_describes_no_metric(text: str) -> None:
    with pytest.raises(WrongUsage, match="describes no metric"):
        parse_custom(text)
