"""`coronet abtest`: a table of outcomes in, what was asked of them out."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coronet.abtest import assign_arm
from coronet.adapters.tables.outcomes import FileOutcomes
from coronet.commands.abtest import AbTestReport, Question, look_at_test
from coronet.core.abtest.judging import Demand
from coronet.core.decision import Result, Verdict
from coronet.errors import InvalidInput
from coronet.ports.outcomes import Asked
from tests.stage.reports import told

ASKED = Asked(arm="version", champion="5", candidate="7", outcomes=("bought", "refunded"), segments=("region",))
BOUGHT = Demand(outcome="bought", lower_is_better=False)
REFUNDED = Demand(outcome="refunded", lower_is_better=True, margin=0.05)


def outcomes(folder: Path, *, gain: float = 0.1, regions: int = 2) -> Path:
    random, rows = np.random.default_rng(1), 4000
    version = np.array([assign_arm(str(place), test="t", shares={"5": 0.5, "7": 0.5}) for place in range(rows)])
    frame = pd.DataFrame(
        {
            "version": version,
            "bought": random.random(rows) < np.where(version == "7", 0.2 + gain, 0.2),
            "refunded": random.random(rows) < 0.02,
            "region": [f"r{place % regions}" for place in range(rows)],
        }
    )
    frame.to_parquet(folder / "outcomes.parquet")
    return folder


def asked(folder: Path, question: Question) -> AbTestReport:
    report = look_at_test(FileOutcomes(folder), "outcomes.parquet", question, progress=lambda step, detail="": None)
    return told(report)


def test_a_candidate_that_does_better(tmp_path: Path) -> None:
    report = asked(outcomes(tmp_path), Question(asked=ASKED, demands=(BOUGHT, REFUNDED), share=0.5))
    assert (report.verdict, report.exit_code) == (Verdict.PASS, 0)
    assert [check.name for check in report.checks] == ["split", "one_arm_each", "bought", "refunded"]
    assert report.to_text().startswith("pass: 7 against 5 in outcomes.parquet, ")
    assert "By segment" in report.to_text()


def test_one_that_does_not_is_inconclusive(tmp_path: Path) -> None:
    report = asked(outcomes(tmp_path, gain=0.0), Question(asked=ASKED, demands=(BOUGHT,)))
    assert (report.verdict, report.exit_code) == (Verdict.INCONCLUSIVE, 4)


def test_arms_that_were_not_shared_as_planned_void_the_test(tmp_path: Path) -> None:
    report = asked(outcomes(tmp_path), Question(asked=ASKED, demands=(BOUGHT,), share=0.1))
    assert (report.verdict, report.exit_code) == (Verdict.FAIL, 4)
    assert report.checks[0].result is Result.FAIL


def test_more_looks_ask_for_more(tmp_path: Path) -> None:
    once, often = (
        asked(outcomes(tmp_path), Question(asked=ASKED, demands=(BOUGHT,), looks=looks)) for looks in (1, 10)
    )
    width = [report.to_json()["outcomes"][0]["interval"] for report in (once, often)]
    assert width[1][0] < width[0][0] < width[0][1] < width[1][1]
    assert "Intervals hold 99.5 %, each of 10 looks" in often.to_text()


def test_without_a_demand_it_is_only_looked_at(tmp_path: Path) -> None:
    report = asked(outcomes(tmp_path), Question(asked=replace(ASKED, segments=())))
    assert report.exit_code == 0
    assert "Nothing was asked of an outcome" in report.to_text()
    assert "Segment" not in report.to_text()


def test_many_segments_are_folded_and_what_is_left_out_is_told(tmp_path: Path) -> None:
    outcomes(tmp_path, regions=25)
    frame = pd.read_parquet(tmp_path / "outcomes.parquet").astype({"bought": "float"})
    frame.loc[0, "bought"] = np.nan
    frame.loc[1, "version"] = "6"
    frame["customer"] = [None, None, None, *frame.index[3:].astype(str)]
    frame.to_parquet(tmp_path / "outcomes.parquet")
    report = asked(tmp_path, Question(asked=replace(ASKED, unit="customer"), demands=(BOUGHT,)))
    assert "<summary>30 more</summary>" in report.to_markdown()
    assert "Left out: 1 rows of other arms; 2 rows without customer." in report.to_text()
    alone = asked(tmp_path, Question(asked=ASKED))
    assert "1 rows without a number in bought" in alone.to_text()


def test_an_arm_that_nobody_met(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"no unit of .* met the candidate '8'") as refused:
        asked(outcomes(tmp_path), Question(asked=replace(ASKED, candidate="8")))
    assert refused.value.hint == "there is '5', '7'"


def test_one_unit_tells_nothing(tmp_path: Path) -> None:
    pd.DataFrame({"version": ["5", "5", "7"], "sold": [1.0, 2.0, 3.0]}).to_parquet(tmp_path / "outcomes.parquet")
    sold = Asked(arm="version", champion="5", candidate="7", outcomes=("sold",))
    report = asked(tmp_path, Question(asked=sold, demands=(Demand(outcome="sold", lower_is_better=False),)))
    assert report.verdict is Verdict.INCONCLUSIVE
    assert report.to_json()["outcomes"][0]["problem"] == "1 unit met the candidate"
