"""`coronet evaluate` from files gives the same evidence whether rows are held in memory or streamed."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from coronet.adapters.tables import FileTables
from coronet.adapters.tables.streamed import FileStreams
from coronet.commands.evaluate.files import evaluate_files
from coronet.commands.evaluate.request import FilesRequest
from coronet.core.evidence import Evidence, Task
from coronet.core.statistics.streaming.choosing import SAMPLE
from coronet.core.statistics.streaming.lots import group_of
from coronet.errors import CoronetError, InvalidInput, WrongUsage
from tests.stage.clock import StageClock

ROWS = 500
CHURN = FilesRequest(
    task=Task.BINARY,
    candidate="b",
    champion="a",
    key="id",
    label="left",
    score="score",
    segments=("kind", "area"),
    metrics=("log_loss", "brier", "accuracy", "f1", "roc_auc"),
)
HOMES = replace(
    CHURN, task=Task.REGRESSION, label="price", score=None, prediction="said", metrics=("mae", "rmse", "r2")
)
SORTS = replace(
    CHURN,
    task=Task.MULTICLASS,
    label="sort",
    score=None,
    score_prefix="p_",
    metrics=("accuracy", "f1_macro", "log_loss"),
)


def frame_of(seed: int, rows: int = ROWS) -> pd.DataFrame:
    """What one model says, and the answers, which are the same for every seed."""
    truth, said = np.random.default_rng(0), np.random.default_rng(seed)
    logit = truth.normal(size=rows)
    shares = said.dirichlet([2, 2, 2], size=rows)
    return pd.DataFrame(
        {
            "id": np.arange(rows) * 3 + 5,
            "left": (truth.random(rows) < 1 / (1 + np.exp(-logit))).astype(int),
            "price": np.round(100 + 10 * logit, 3),
            "sort": truth.choice(["x", "y", "z"], size=rows),
            "kind": np.array(["flat", "house", None], dtype=object)[truth.integers(3, size=rows)],
            "area": truth.integers(3, size=rows),
            "n": truth.integers(0, 3, size=rows),
            "score": np.round(1 / (1 + np.exp(-logit - said.normal(size=rows))), 1),
            "said": 100 + 10 * logit + said.normal(size=rows),
            **{f"p_{name}": shares[:, place] for place, name in enumerate("xyz")},
        }
    )


def write(folder: Path, ending: str, **frames: pd.DataFrame) -> None:
    for name, frame in frames.items():
        path = folder / f"{name}.{ending}"
        if ending == "csv":
            frame.to_csv(path, index=False)
        else:
            frame.to_parquet(path, index=False, row_group_size=64)


def ask(request: FilesRequest, folder: Path, ending: str, *, streamed: bool) -> Evidence:
    asked = replace(
        request,
        streamed=streamed,
        candidate=f"{request.candidate}.{ending}",
        champion=request.champion and f"{request.champion}.{ending}",
        data=request.data and f"{request.data}.{ending}",
    )
    tables, streams = FileTables(folder), FileStreams(folder)
    return evaluate_files(asked, tables, streams, StageClock(), lambda step, detail="": None).evidence


def require_same(request: FilesRequest, folder: Path, ending: str = "parquet") -> Evidence:
    exact, streamed = (ask(request, folder, ending, streamed=way) for way in (False, True))
    ours, theirs = (numbers_of(each) for each in (exact, streamed))
    assert theirs == pytest.approx(ours, abs=1e-9, rel=1e-9)
    assert exact.rows == streamed.rows
    assert (exact.candidate, exact.champion, exact.threshold) == (
        streamed.candidate,
        streamed.champion,
        streamed.threshold,
    )
    assert exact.data.rows == streamed.data.rows
    assert _sections(streamed) == _sections(exact)
    assert (exact.data.digest == streamed.data.digest) == (request.data is not None)
    return streamed


def _sections(evidence: Evidence) -> str:
    """What is made of sums, without the last digits, in which the order of the rows shows."""
    written = evidence.to_json()
    kept = json.dumps([written.get("changes"), written.get("confusion")])
    return json.dumps(json.loads(kept, parse_float=lambda text: round(float(text), 9)))


def numbers_of(evidence: Evidence) -> Mapping[Any, Any]:
    """Every number, by metric, segment and name."""
    found: dict[Any, Any] = {}
    for fact in evidence.metrics:
        place = (fact.metric, *fact.segment.items())
        numbers = (fact.candidate, fact.champion, *(fact.interval or ()), *(fact.candidate_interval or ()))
        found |= {(*place, name): number for name, number in enumerate(numbers) if number is not None}
        found |= {(*place, "rows"): fact.rows}
        found |= {(*place, fact.problem): 0} if fact.problem else {}
    return found


@pytest.mark.parametrize("ending", ["parquet", "csv"])
@pytest.mark.parametrize("request_", [CHURN, HOMES, SORTS], ids=["binary", "regression", "multiclass"])
def test_two_files_in_the_same_order(request_: FilesRequest, ending: str, tmp_path: Path) -> None:
    write(tmp_path, ending, a=frame_of(1), b=frame_of(2))
    require_same(request_, tmp_path, ending)


@pytest.mark.parametrize("ending", ["parquet", "csv"])
@pytest.mark.parametrize("request_", [CHURN, HOMES, SORTS], ids=["binary", "regression", "multiclass"])
def test_two_files_in_another_order_and_of_other_rows(request_: FilesRequest, ending: str, tmp_path: Path) -> None:
    ours = frame_of(2)[40:]
    write(tmp_path, ending, a=frame_of(1)[:450].sample(frac=1, random_state=1), b=ours)
    evidence = require_same(request_, tmp_path, ending)
    assert (evidence.rows.candidate_only, evidence.rows.champion_only) == (50, 40)


@pytest.mark.parametrize("request_", [CHURN, HOMES, SORTS], ids=["binary", "regression", "multiclass"])
def test_answers_in_a_file_of_their_own(request_: FilesRequest, tmp_path: Path) -> None:
    write(
        tmp_path, "parquet", d=frame_of(1)[20:].sample(frac=1, random_state=1), a=frame_of(1)[:400], b=frame_of(2)[:450]
    )
    evidence = require_same(replace(request_, data="d", weight="n"), tmp_path)
    assert evidence.rows.unusable == {"in the data and not predicted": 50, "predicted and not in the data": 20}
    alone = require_same(replace(request_, data="d", champion=None), tmp_path)
    assert alone.metrics[0].problem


@pytest.mark.parametrize("request_", [CHURN, HOMES, SORTS], ids=["binary", "regression", "multiclass"])
def test_one_model_with_and_without_a_key(request_: FilesRequest, tmp_path: Path) -> None:
    write(tmp_path, "parquet", b=frame_of(2))
    require_same(replace(request_, champion=None), tmp_path)
    require_same(replace(request_, champion=None, key=None, weight="n"), tmp_path)


def test_keys_of_text(tmp_path: Path) -> None:
    frames = [frame_of(seed).assign(id=lambda frame: "k" + frame["id"].astype(str)) for seed in (1, 2)]
    write(tmp_path, "parquet", a=frames[0].sort_values("id"), b=frames[1].sort_values("id"))
    once = require_same(CHURN, tmp_path)
    write(tmp_path, "parquet", a=frames[0], b=frames[1].sample(frac=1, random_state=3))
    assert ask(CHURN, tmp_path, "parquet", streamed=True).data == once.data


def test_keys_of_numbers_and_of_text_are_the_same(tmp_path: Path) -> None:
    write(tmp_path, "parquet", a=frame_of(1).assign(id=lambda frame: frame["id"].astype(str)), b=frame_of(2))
    once = require_same(CHURN, tmp_path)
    write(tmp_path, "parquet", a=frame_of(1), b=frame_of(2).assign(id=lambda frame: frame["id"].astype(str)))
    assert require_same(CHURN, tmp_path).data == once.data


def test_keys_with_a_gap_in_csv_are_the_same(tmp_path: Path) -> None:
    write(tmp_path, "csv", a=frame_of(1).assign(id=lambda frame: frame["id"].astype(float)), b=frame_of(2))
    require_same(CHURN, tmp_path, "csv")


def test_rows_that_cannot_be_used_are_counted(tmp_path: Path) -> None:
    ours, theirs = frame_of(2), frame_of(1)
    for frame in (ours, theirs):
        frame.loc[10:14, "price"] = np.nan
        frame.loc[15:15, "price"] = np.inf
    theirs.loc[20:22, "said"] = np.nan
    ours.loc[22:25, "said"] = np.inf
    write(tmp_path, "parquet", a=theirs, b=ours)
    evidence = require_same(HOMES, tmp_path)
    assert evidence.rows.unusable == {
        "candidate prediction missing or not finite": 3,
        "champion prediction missing or not finite": 3,
        "label missing": 5,
        "label not finite": 1,
    }


def test_predicted_classes_beside_scores(tmp_path: Path) -> None:
    frames = [frame_of(seed) for seed in (1, 2)]
    for frame in frames:
        frame["class"] = np.where(frame["score"] > 0.4, 1, 0)
    frames[1].loc[3:5, "class"] = 7
    write(tmp_path, "parquet", a=frames[0], b=frames[1])
    with pytest.raises(InvalidInput, match="binary model has two classes"):
        ask(replace(CHURN, prediction="class"), tmp_path, "parquet", streamed=True)
    frames[1]["class"] = frames[1]["class"].replace(7, 0)
    write(tmp_path, "parquet", a=frames[0], b=frames[1])
    require_same(replace(CHURN, prediction="class"), tmp_path)


# Of so many rows not all are looked at first, and of row groups of this size none of those that begin here.
MANY, GROUP = SAMPLE + 20_000, 10_000
LATE = 7 * GROUP + 100


def write_many(folder: Path, **frames: pd.DataFrame) -> None:
    for name, frame in frames.items():
        frame.to_parquet(folder / f"{name}.parquet", index=False, row_group_size=GROUP)


@pytest.mark.parametrize(("rows", "late"), [(4000, 3000), (MANY, LATE)])
def test_a_value_that_only_comes_late_is_no_trouble(rows: int, late: int, tmp_path: Path) -> None:
    """A survey looks at some rows only; another look takes all."""
    frames = [frame_of(seed, rows) for seed in (1, 2)]
    for frame in frames:
        frame.loc[late : late + 3, "kind"] = "castle"
    write_many(tmp_path, a=frames[0], b=frames[1])
    assert {"kind": "castle"} in [fact.segment for fact in require_same(CHURN, tmp_path).metrics]


@pytest.mark.parametrize(("rows", "late"), [(4000, 3000), (MANY, LATE)])
def test_keys_that_are_in_another_order_only_late_are_no_trouble(rows: int, late: int, tmp_path: Path) -> None:
    ours = frame_of(2, rows)
    turned = ours.iloc[[*range(late), late + 1, late, *range(late + 2, rows)]]
    write_many(tmp_path, a=frame_of(1, rows), b=turned)
    require_same(CHURN, tmp_path)


def _twice(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(id=frame["id"].where(frame["id"] != frame["id"][7], frame["id"][3]))


BAD: Mapping[str, tuple[FilesRequest, Any, Any, str]] = {
    "keys come twice": (CHURN, _twice, lambda frame: frame, "keys more than once, 1 of them: '14'"),
    "keys come twice in both": (CHURN, _twice, _twice, "keys more than once, 1 of them: '14'"),
    "a key is missing": (
        CHURN,
        lambda frame: frame.assign(id=frame["id"].astype(str).where(frame.index != 4, None)),
        lambda frame: frame,
        "rows without id",
    ),
    "answers differ": (
        CHURN,
        lambda frame: frame.assign(left=frame["left"].where(frame.index > 2, 1 - frame["left"])),
        lambda frame: frame,
        "not the same rows: 3 of 500 differ in their label",
    ),
    "segments differ": (
        CHURN,
        lambda frame: frame.assign(kind="boat"),
        lambda frame: frame,
        "not the same rows: 500 of 500 differ in their kind",
    ),
    "a weight is negative": (
        replace(CHURN, weight="n"),
        lambda frame: frame.assign(n=-1),
        lambda frame: frame.assign(n=-1),
        "has 500 weights below 0",
    ),
    "segments are many": (
        replace(CHURN, segments=("id",)),
        lambda frame: frame,
        lambda frame: frame,
        "has 500 values, and at most 200 make segments",
    ),
    "a number is none": (
        CHURN,
        lambda frame: frame,
        lambda frame: frame.assign(score="high"),
        "no number",
    ),
    "a column is not there": (
        replace(CHURN, score="scores"),
        lambda frame: frame,
        lambda frame: frame,
        "no column 'scores'",
    ),
    "labels are many": (replace(CHURN, label="sort"), lambda frame: frame, lambda frame: frame, "binary model has two"),
    "there are no rows": (CHURN, lambda frame: frame, lambda frame: frame[:0], "has columns and no rows"),
}


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize(("request_", "champion", "candidate", "message"), BAD.values(), ids=BAD)
def test_bad_files_are_refused_in_the_same_words(
    request_: FilesRequest, champion: Any, candidate: Any, message: str, streamed: bool, tmp_path: Path
) -> None:
    write(tmp_path, "parquet", a=champion(frame_of(1)), b=candidate(frame_of(2)))
    with pytest.raises(CoronetError, match=message):
        ask(request_, tmp_path, "parquet", streamed=streamed)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"id,left,score\n1,0,0.5\n2,1,high\n", "no number"),
        (b"id,left,score\n1,0,0.5,7\n", "neither CSV nor Parquet"),
        (b"id,left,left\n1,0,0.5\n", "'left' more than once"),
        (b"id,left,score\n\xff\xfe,0,0.5\n", "neither CSV nor Parquet"),
        (b"PAR1 and no more", "no Parquet file"),
    ],
)
def test_files_that_cannot_be_read_are_refused(data: bytes, message: str, tmp_path: Path) -> None:
    (tmp_path / "b.csv").write_bytes(data)
    request = replace(CHURN, champion=None, segments=())
    with pytest.raises(InvalidInput, match=message):
        ask(request, tmp_path, "csv", streamed=True)


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("place", ["a", "b"])
def test_damaged_files_are_refused_in_the_same_words(place: str, streamed: bool, tmp_path: Path) -> None:
    write(tmp_path, "parquet", a=frame_of(1), b=frame_of(2))
    path = tmp_path / f"{place}.parquet"
    data = bytearray(path.read_bytes())
    data[len(data) // 4 : len(data) // 2] = b"\xff" * (len(data) // 2 - len(data) // 4)
    path.write_bytes(data)
    with pytest.raises(InvalidInput, match=f"{place}.parquet is no Parquet file that can be read"):
        ask(CHURN, tmp_path, "parquet", streamed=streamed)


def test_what_is_no_file_is_not_streamed(tmp_path: Path) -> None:
    streams = FileStreams(tmp_path)
    assert streams.rows("b.parquet") is None
    with pytest.raises(InvalidInput, match="there is no file"):
        streams.sha256("b.parquet")
    with pytest.raises(InvalidInput, match="is a URL"):
        streams.columns("https://example.org/b.parquet")


def test_keys_with_a_fraction_are_refused(tmp_path: Path) -> None:
    write(tmp_path, "parquet", a=frame_of(1), b=frame_of(2).assign(id=lambda frame: frame["id"] / 7))
    with pytest.raises(InvalidInput, match="numbers with a fraction"):
        ask(CHURN, tmp_path, "parquet", streamed=True)


def test_metrics_that_need_all_rows_are_not_streamed(tmp_path: Path) -> None:
    write(tmp_path, "parquet", a=frame_of(1), b=frame_of(2))
    request = replace(SORTS, metrics=("roc_auc_macro",))
    with pytest.raises(WrongUsage, match="only be measured with all rows in memory"):
        ask(request, tmp_path, "parquet", streamed=True)


def test_a_histogram_that_is_too_coarse_is_made_finer(tmp_path: Path) -> None:
    """All scores but a few lie so close together that the first grid takes them as tied."""
    frames = []
    for seed in (1, 2):
        frame = frame_of(seed)
        frame["score"] = 0.7 + 1e-9 * frame["score"] + 1e-12 * np.random.default_rng(seed).random(len(frame))
        frames.append(frame)
    write(tmp_path, "parquet", a=frames[0], b=frames[1])
    exact, streamed = (ask(CHURN, tmp_path, "parquet", streamed=way) for way in (False, True))
    for one, other in zip(exact.metrics, streamed.metrics, strict=True):
        if one.metric == "roc_auc" and one.interval and other.interval:
            assert other.interval[0] <= one.interval[0] + 1e-3
            assert other.interval[1] >= one.interval[1] - 1e-3
            assert "streamed" in other.method


# --- rows that belong together --------------------------------------------------------------------


def apart() -> list[int]:
    """Names of clusters that fall into groups of their own."""
    names = np.arange(200, dtype=np.int64)
    return [int(name) for name in names[np.unique(group_of(names), return_index=True)[1]][:25]]


def owned(seed: int) -> pd.DataFrame:
    return frame_of(seed).assign(owner=np.repeat(apart(), ROWS // 25))


def clustered(request: FilesRequest) -> FilesRequest:
    """Over all rows: of the few clusters of a segment, one may have but one class."""
    return replace(request, cluster="owner", segments=())


@pytest.mark.parametrize("ending", ["parquet", "csv"])
@pytest.mark.parametrize("request_", [CHURN, HOMES, SORTS], ids=["binary", "regression", "multiclass"])
def test_clusters_in_groups_of_their_own(request_: FilesRequest, ending: str, tmp_path: Path) -> None:
    write(tmp_path, ending, a=owned(1), b=owned(2))
    evidence = require_same(clustered(request_), tmp_path, ending)
    assert evidence.data.cluster == "owner"
    assert "clustered by owner (in 128 groups)" in evidence.metrics[0].method
    write(tmp_path, ending, a=owned(1).sample(frac=1, random_state=1), b=owned(2)[40:])
    require_same(clustered(request_), tmp_path, ending)


def test_clusters_of_text_and_of_the_answers_alone(tmp_path: Path) -> None:
    texts = owned(1).assign(owner=lambda frame: frame["owner"].astype(str))
    write(tmp_path, "parquet", d=texts, a=frame_of(1)[:480], b=frame_of(2)[20:])
    once = require_same(replace(clustered(HOMES), data="d"), tmp_path)
    write(tmp_path, "parquet", d=owned(1))
    assert numbers_of(require_same(replace(clustered(HOMES), data="d"), tmp_path)) == pytest.approx(
        numbers_of(once), abs=1e-9
    )
    write(tmp_path, "parquet", d=texts.assign(owner=lambda frame: frame["owner"].astype("category")))
    assert numbers_of(require_same(replace(clustered(HOMES), data="d"), tmp_path)) == pytest.approx(
        numbers_of(once), abs=1e-9
    )


@pytest.mark.parametrize("ending", ["parquet", "csv"])
@pytest.mark.parametrize("streamed", [False, True])
def test_rows_of_no_cluster_are_refused(streamed: bool, ending: str, tmp_path: Path) -> None:
    frames = [owned(seed).assign(owner=lambda frame: frame["owner"].where(frame["id"] > 20)) for seed in (1, 2)]
    for frame in frames:
        frame["owner"] = frame["owner"].map(lambda owner: None if pd.isna(owner) else f"o{owner:.0f}")
    write(tmp_path, ending, a=frames[0], b=frames[1])
    with pytest.raises(InvalidInput, match=rf"b\.{ending} has 6 rows that belong to no cluster"):
        ask(clustered(HOMES), tmp_path, ending, streamed=streamed)


@pytest.mark.parametrize("streamed", [False, True])
def test_both_files_must_tell_the_same_clusters(streamed: bool, tmp_path: Path) -> None:
    write(tmp_path, "parquet", a=owned(1).assign(owner=lambda frame: frame["owner"].iloc[::-1].to_numpy()), b=owned(2))
    with pytest.raises(InvalidInput, match="differ in their cluster"):
        ask(clustered(HOMES), tmp_path, "parquet", streamed=streamed)
    write(tmp_path, "parquet", a=frame_of(1), b=owned(2))
    require_same(clustered(HOMES), tmp_path)


def test_what_cannot_be_streamed_where_rows_belong_together_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "parquet", a=owned(1), b=owned(2))
    with pytest.raises(WrongUsage, match="ks can only be measured with all rows in memory"):
        ask(replace(clustered(CHURN), metrics=("ks",)), tmp_path, "parquet", streamed=True)
    assert ask(replace(clustered(CHURN), metrics=("ks",)), tmp_path, "parquet", streamed=False).metrics[0].interval


def test_too_many_sums_of_groups_are_refused(tmp_path: Path) -> None:
    frames = [owned(seed).assign(sort=[f"s{row % 32}" for row in range(ROWS)]) for seed in (1, 2)]
    for frame in frames:
        frame["said"] = frame["sort"]
        frame["street"] = [f"street {row % 190}" for row in range(ROWS)]
    write(tmp_path, "parquet", a=frames[0], b=frames[1])
    many = replace(clustered(SORTS), score_prefix=None, prediction="said", metrics=("f1_macro",), segments=("street",))
    with pytest.raises(InvalidInput, match="too many classes and segments"):
        ask(many, tmp_path, "parquet", streamed=True)
