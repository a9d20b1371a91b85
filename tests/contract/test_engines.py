"""Streamed evidence is the same on every engine: numbers, counts, digests and refusals."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from coronet.adapters.tables import FileTables
from coronet.adapters.tables.streamed import FileStreams
from coronet.commands.evaluate.files import evaluate_files
from coronet.commands.evaluate.request import FilesRequest
from coronet.core.evidence import Evidence
from coronet.core.judging.judgement import judge
from coronet.core.statistics.streaming.choosing import SAMPLE
from coronet.errors import CoronetError, WrongUsage
from coronet.ports.streams import Streams
from tests.contract.engines import Engine, run_engine
from tests.contract.test_exact_and_streamed import BAD, CHURN, HOMES, SORTS, frame_of, numbers_of, write, write_many
from tests.core.examples import policy
from tests.core.statistics.streaming.alike import assert_alike
from tests.stage.clock import StageClock

# Workers in processes of their own take their time to start.
CLUSTERS = [pytest.param(name, marks=pytest.mark.slow) for name in ("spark cluster", "dask cluster")]


@pytest.fixture(scope="module", params=["embedded", "spark", "dask", *CLUSTERS])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with run_engine(request.param, tmp_path_factory.mktemp(request.param.replace(" ", "-"))) as running:
        yield running


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """What is asked, of which files, and how many rows are paired."""

    asked: FilesRequest
    frames: Mapping[str, pd.DataFrame]
    paired: int
    ending: str = "parquet"


def shuffled(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.sample(frac=1, random_state=1)


def with_gaps(frame: pd.DataFrame) -> pd.DataFrame:
    """Labels and predictions that are missing, or no finite numbers."""
    frame = frame.copy()
    frame.loc[10:14, "price"] = np.nan
    frame.loc[15, "price"] = np.inf
    frame.loc[20:22, "said"] = np.nan
    return frame


def with_texts(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(id="k/" + frame["id"].astype(str), left=frame["left"].map({0: "no", 1: "yes"}))


def with_names(frame: pd.DataFrame) -> pd.DataFrame:
    """Names that have to be quoted, or differ by their case alone; and halves, some of which are no number."""
    halves = pd.arrays.ArrowExtensionArray(pa.array(np.where(frame["n"] == 0, np.nan, frame["n"] / 2)))
    named = frame.rename(columns={"id": "a.b `c`", "left": "Left", "score": 'the "score"'})
    return named.assign(left=7, THE=1).join(pd.DataFrame({"half's": halves}))


def owned(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(owner=frame["id"] * 7 % 60)


CASES = {
    "binary, keys in another order, rows in one file only": Case(
        asked=CHURN, frames={"a": shuffled(frame_of(1)[:450]), "b": frame_of(2)[40:]}, paired=410
    ),
    "binary, CSV": Case(
        asked=CHURN, frames={"a": shuffled(frame_of(1)[:450]), "b": frame_of(2)}, paired=450, ending="csv"
    ),
    "binary, texts": Case(
        asked=CHURN, frames={"a": with_texts(frame_of(1)), "b": shuffled(with_texts(frame_of(2)))}, paired=500
    ),
    "regression, missing labels and predictions": Case(
        asked=HOMES, frames={"a": with_gaps(frame_of(1)), "b": shuffled(with_gaps(frame_of(2)))}, paired=491
    ),
    "regression, weights, CSV, keys with a gap": Case(
        asked=replace(HOMES, weight="n"),
        frames={"a": shuffled(frame_of(1)), "b": frame_of(2).assign(id=lambda frame: frame["id"].astype(float))},
        paired=500,
        ending="csv",
    ),
    "multiclass, answers of their own, weights": Case(
        asked=replace(SORTS, data="d", weight="n"),
        frames={"d": shuffled(frame_of(1)[20:]), "a": frame_of(1)[:400], "b": shuffled(frame_of(2)[:450])},
        paired=380,
    ),
    "rows that belong together, by numbers": Case(
        asked=replace(HOMES, cluster="owner"),
        frames={"a": shuffled(owned(frame_of(1))), "b": owned(frame_of(2))},
        paired=500,
    ),
    "rows that belong together, by texts, CSV, a column of segments too": Case(
        asked=replace(CHURN, metrics=("roc_auc", "log_loss", "f1"), cluster="area"),
        frames={"a": shuffled(frame_of(1)), "b": frame_of(2)},
        paired=500,
        ending="csv",
    ),
    "hostile names, numbers as texts, gaps that are no null": Case(
        asked=replace(CHURN, key="a.b `c`", label="Left", score='the "score"', segments=("area", "half's")),
        frames={"a": with_names(frame_of(1)), "b": shuffled(with_names(frame_of(2)))},
        paired=500,
    ),
    "multiclass, one model": Case(asked=replace(SORTS, champion=None), frames={"b": shuffled(frame_of(2))}, paired=500),
    "every metric of a score": Case(
        asked=replace(
            CHURN, metrics=("gini", "ks", "ece", "average_precision", "recall", "precision"), segments=("kind",)
        ),
        frames={"a": frame_of(1), "b": shuffled(frame_of(2))},
        paired=500,
    ),
}


@pytest.mark.slow
def test_of_many_rows_every_engine_looks_at_the_same_first(engine: Engine, tmp_path: Path) -> None:
    """Levels are laid by a sample: another would give other numbers, within the histogram's bound."""
    rows = SAMPLE + 50_000
    frames = [frame_of(seed, rows).assign(score=lambda frame: 1 / (1 + np.exp(frame["said"] - 100))) for seed in (1, 2)]
    write_many(tmp_path, a=shuffled(frames[0]), b=frames[1])
    asked = replace(CHURN, segments=("kind",), metrics=("roc_auc", "log_loss"))
    wanted = ask(asked, tmp_path, FileStreams(tmp_path))
    with engine.streams(tmp_path) as streams:
        found = ask(asked, tmp_path, streams)
    assert any("widened by" in fact.method for fact in wanted.metrics)
    assert [fact.method for fact in found.metrics] == [fact.method for fact in wanted.metrics]
    assert numbers_of(found) == pytest.approx(numbers_of(wanted), rel=1e-12, abs=1e-12)
    for section in SECTIONS:
        assert_alike(getattr(wanted, section), getattr(found, section), at=section)


# What people are shown, and gates ask, of the predictions themselves.
SECTIONS = ("changes", "baseline", "curves", "confusion")


def ask(asked: FilesRequest, folder: Path, streams: Streams, ending: str = "parquet") -> Evidence:
    named = replace(
        asked,
        streamed=True,
        candidate=f"{asked.candidate}.{ending}",
        champion=asked.champion and f"{asked.champion}.{ending}",
        data=asked.data and f"{asked.data}.{ending}",
    )
    return evaluate_files(named, FileTables(folder), streams, StageClock(), lambda step, detail="": None).evidence


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_evidence_is_the_same(case: Case, engine: Engine, tmp_path: Path) -> None:
    write(tmp_path, case.ending, **case.frames)
    wanted = ask(case.asked, tmp_path, FileStreams(tmp_path), case.ending)
    with engine.streams(tmp_path) as streams:
        found = ask(case.asked, tmp_path, streams, case.ending)
    assert numbers_of(found) == pytest.approx(numbers_of(wanted), rel=1e-12, abs=1e-12)
    assert [fact.method for fact in found.metrics] == [fact.method for fact in wanted.metrics]
    assert (found.changes is None) == (case.asked.champion is None)
    assert found.baseline
    assert found.curves
    for section in SECTIONS:
        assert_alike(getattr(wanted, section), getattr(found, section), at=section)
    assert found.rows == wanted.rows
    assert found.rows.paired == case.paired
    # The digests of the rows, and of the files.
    assert (found.data, found.candidate, found.champion) == (wanted.data, wanted.candidate, wanted.champion)


GATES: Mapping[str, Mapping[str, Any]] = {
    "few": {"rule": "changes", "value": 0.6},
    "fewer": {"rule": "changes", "value": 0.1, "by": ["kind"]},
    "beats_guessing": {"metric": "log_loss", "rule": "baseline"},
    "beats_a_coin": {"metric": "roc_auc", "rule": "baseline", "margin": 0.3},
    "same_approvals": {"metric": "positive_rate", "rule": "steady", "margin": 0.2},
    "same_scores": {"metric": "mean_score", "rule": "steady", "margin": 0.001},
}


def test_gates_about_the_predictions_say_the_same(engine: Engine, tmp_path: Path) -> None:
    write(tmp_path, "parquet", a=frame_of(1), b=shuffled(frame_of(2)))
    asked = replace(CHURN, metrics=("log_loss", "roc_auc", "positive_rate", "mean_score"))
    with engine.streams(tmp_path) as streams:
        found = ask(asked, tmp_path, streams)
    wanted = ask(asked, tmp_path, FileStreams(tmp_path))
    judged, alike = (judge(each, policy(GATES), now=StageClock().now()) for each in (found, wanted))
    said = {check.name: str(check.result) for check in judged.checks if check.name in GATES}
    assert said == {
        "few": "pass",
        "fewer": "fail",
        "beats_guessing": "pass",
        "beats_a_coin": "fail",
        "same_approvals": "pass",
        "same_scores": "inconclusive",
    }
    assert judged.checks == alike.checks


SAME_WORDS = {name: case for name, case in BAD.items() if name != "keys come twice in both"}


@pytest.mark.parametrize(("asked", "champion", "candidate", "message"), SAME_WORDS.values(), ids=SAME_WORDS)
def test_bad_files_are_refused_in_the_same_words(
    asked: FilesRequest, champion: Any, candidate: Any, message: str, engine: Engine, tmp_path: Path
) -> None:
    write(tmp_path, "parquet", a=champion(frame_of(1)), b=candidate(frame_of(2)))
    with engine.streams(tmp_path) as streams, pytest.raises(CoronetError, match=message):
        ask(asked, tmp_path, streams)


def test_keys_that_come_many_times_are_refused_before_they_are_joined(engine: Engine, tmp_path: Path) -> None:
    """All of them with all of them would be four thousand million rows."""
    frames = [frame_of(seed, 66_000).assign(id=7) for seed in (1, 2)]
    write(tmp_path, "csv", a=frames[0], b=frames[1])
    with engine.streams(tmp_path) as streams, pytest.raises(CoronetError, match="keys more than once, 1 of them: '7'"):
        ask(replace(CHURN, segments=()), tmp_path, streams, "csv")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a number is none", b"id,left,score\n1,0,0.5\n2,1,high\n"),
        ("a row has too many cells", b"id,left,score\n1,0,0.5,7\n2,1,0.5\n"),
        ("a quote has no end", b'id,left,score\n1,0,0.5\n2,"1,0.5\n'),
        ("there is no header", b""),
    ],
)
def test_csv_that_is_broken_is_refused(name: str, content: bytes, engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "b.csv").write_bytes(content)
    with engine.streams(tmp_path) as streams, pytest.raises(CoronetError):
        ask(replace(CHURN, champion=None, segments=()), tmp_path, streams, "csv")


def test_cells_of_csv_may_have_quotes_commas_and_lines(engine: Engine, tmp_path: Path) -> None:
    rows = [
        f'{place},{place % 2},0.{place},"{kind}"' for place, kind in enumerate(["a\nb", "c,d", 'say ""e""', "nan"], 1)
    ]
    (tmp_path / "b.csv").write_text("\n".join(["id,left,score,kind", *rows, ""]))
    asked = replace(CHURN, champion=None, segments=("kind",), metrics=("brier",))
    with engine.streams(tmp_path) as streams:
        found = ask(asked, tmp_path, streams, "csv")
    names = [fact.segment.get("kind") for fact in found.metrics]
    assert names == [None, "(missing)", "a\nb", "c,d", 'say "e"']


def test_a_folder_of_parquet_files_is_one_table(engine: Engine, tmp_path: Path) -> None:
    frame = frame_of(2)
    (tmp_path / "parts").mkdir()
    for place in range(3):
        frame[place::3].to_parquet(tmp_path / "parts" / f"part-{place}.parquet", index=False)
    (tmp_path / "parts" / "_SUCCESS").touch()
    write(tmp_path, "parquet", a=frame_of(1), b=frame)
    asked = replace(CHURN, champion="a.parquet", streamed=True)
    ours, pattern, alone = (
        _evaluate(replace(asked, candidate=candidate), engine, tmp_path)
        for candidate in ("parts", "parts/part-*.parquet", "b.parquet")
    )
    assert numbers_of(ours) == pytest.approx(numbers_of(alone), rel=1e-12)
    assert ours.data.digest == pattern.data.digest == alone.data.digest
    embedded = FileStreams(tmp_path)
    assert ours.candidate.predictions == f"sha256:{embedded.sha256('parts')}"
    assert pattern.candidate == ours.candidate


def _evaluate(asked: FilesRequest, engine: Engine, folder: Path) -> Evidence:
    with engine.streams(folder) as streams:
        return evaluate_files(asked, FileTables(folder), streams, StageClock(), lambda step, detail="": None).evidence


def test_what_needs_all_rows_in_memory_is_refused(engine: Engine, tmp_path: Path) -> None:
    write(tmp_path, "parquet", a=frame_of(1), b=frame_of(2))
    with engine.streams(tmp_path) as streams, pytest.raises(WrongUsage, match="only be measured with all rows"):
        ask(replace(SORTS, metrics=("roc_auc_macro",)), tmp_path, streams)


def test_a_file_that_is_not_there_is_refused(engine: Engine, tmp_path: Path) -> None:
    with engine.streams(tmp_path) as streams, pytest.raises(CoronetError, match="there is no file"):
        ask(CHURN, tmp_path, streams)


def test_a_table_of_a_database_is_measured_as_its_rows_are(engine: Engine, tmp_path: Path) -> None:
    write(tmp_path, "parquet", a=frame_of(1), b=shuffled(frame_of(2)))
    with engine.table(tmp_path / "b.parquet", tmp_path) as table:
        asked = replace(CHURN, champion="a.parquet", streamed=True)
        found, alone = (_evaluate(replace(asked, candidate=each), engine, tmp_path) for each in (table, "b.parquet"))
        assert numbers_of(found) == pytest.approx(numbers_of(alone), rel=1e-12)
        assert found.data.digest == alone.data.digest
        # Nobody has a table's bytes: its digest is that of its rows, whoever keeps it and in whichever order.
        assert found.candidate.predictions == DIGEST_OF_ROWS
        with pytest.raises(CoronetError, match="no column 'scores'"):
            _evaluate(replace(asked, candidate=table, score="scores"), engine, tmp_path)


DIGEST_OF_ROWS = "sha256:9f3c548a85a15e25c7796db438b9df4955c249dfaaaec9df29e9503e8325a065"


def test_a_table_that_is_not_there_is_refused(engine: Engine, tmp_path: Path) -> None:
    write(tmp_path, "parquet", a=frame_of(1), b=frame_of(2))
    with engine.table(tmp_path / "b.parquet", tmp_path) as table, pytest.raises(CoronetError, match="nothing"):
        _evaluate(replace(CHURN, champion="a.parquet", candidate=f"{table}_nothing"), engine, tmp_path)
