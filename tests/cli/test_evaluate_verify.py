"""`coronet evaluate --verify` of prediction files: anybody can recompute evidence, and false evidence is found out."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from coronet.cli.main import run
from coronet.core.canonical import canonical_json, digest_bytes
from tests.stage.reports import _validator

ASKED = [
    *("evaluate", "--task", "binary", "--champion", "A.csv", "--candidate", "B.parquet", "--data", "truth.csv"),
    *("--key", "id", "--label", "left", "--score", "p", "--threshold", "0.4", "--weight", "worth"),
    *("--segment", "region", "--metric", "roc_auc", "--metric", "ks", "--metric", "f1", "--metric", "log_loss"),
]
ROWS = 400
Change = Callable[[dict[str, Any]], None]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    chance = np.random.default_rng(7)
    left = chance.random(ROWS) < 0.4
    truth = {"id": range(ROWS), "left": left.astype(int), "worth": chance.integers(1, 4, ROWS)}
    pd.DataFrame({**truth, "region": chance.choice(["north", "south"], ROWS)}).to_csv("truth.csv", index=False)
    for file, skill in (("A.csv", 0.2), ("B.csv", 0.4)):
        pd.DataFrame({"id": range(ROWS), "p": left * skill + chance.random(ROWS) * (1 - skill)}).to_csv(
            file, index=False
        )
    pd.read_csv("B.csv").to_parquet("B.parquet")
    assert run([*ASKED, "--output", "evidence.json"]) == 0
    return tmp_path


def verify(*arguments: str, code: int = 0, file: str = "evidence.json") -> None:
    assert run(["evaluate", "--verify", file, *arguments]) == code


def report(capsys: pytest.CaptureFixture[str], *arguments: str, code: int, file: str = "evidence.json") -> Any:
    capsys.readouterr()
    verify(*arguments, "--format", "json", code=code, file=file)
    value = json.loads(capsys.readouterr().out)
    _validator("evaluate-verify").validate(value)
    return value


def edited(change: Change, file: str = "edited.json") -> str:
    value = json.loads(Path("evidence.json").read_bytes())
    change(value)
    Path(file).write_bytes(canonical_json(value))
    return file


def test_evidence_is_reproduced_and_nothing_is_written(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    capsys.readouterr()
    verify()
    out = capsys.readouterr().out
    assert out.startswith("pass: evidence.json is reproduced: ")
    for file in ("A.csv", "B.parquet", "truth.csv"):
        assert f"{file:9}  {digest_bytes(Path(file).read_bytes())[:19]}… as pinned" in out
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


def test_what_was_asked_by_default_is_kept_and_followed(capsys: pytest.CaptureFixture[str]) -> None:
    """The metrics of the task, and no weight, segment or threshold."""
    asked = [*ASKED[:11], "--label", "left", "--score", "p"]
    assert run([*asked, "--output", "plain.json"]) == 0
    recipe = json.loads(Path("plain.json").read_bytes())["recipe"]
    assert recipe["asked"]["metrics"][:1] == ["roc_auc"]
    assert {"segments", "weight", "threshold"}.isdisjoint(recipe["asked"])
    assert report(capsys, code=0, file="plain.json")["reproduced"]


def test_streamed_evidence_is_streamed_again(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*ASKED, "--streamed", "--output", "streamed.json"]) == 0
    value = report(capsys, code=0, file="streamed.json")
    assert value["measured"]["way"] == "streamed"
    assert value["measured"]["facts_digest"] == value["evidence"]["facts_digest"]


@pytest.mark.parametrize(("made", "asked"), [("--streamed", "--exact"), ("--exact", "--streamed")])
def test_the_other_way_confirms_the_values(made: str, asked: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*ASKED, made, "--output", "other.json"]) == 0
    value = report(capsys, asked, code=0, file="other.json")
    assert value["measured"]["way"] == asked.removeprefix("--")
    assert "intervals and methods" in {left["what"] for left in value["not_compared"]}
    file = edited(lambda v: v["metrics"][0].update(candidate=v["metrics"][0]["candidate"] + 0.01))
    assert not report(capsys, "--streamed", code=4, file=file)["reproduced"]


def improve(value: dict[str, Any]) -> None:
    south = next(fact for fact in value["metrics"] if fact["metric"] == "f1" and fact["segment"])
    south["candidate"] += 1e-6


def test_one_edited_number_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    file = edited(improve)
    verify(code=4, file=file)
    out = capsys.readouterr().out
    assert "fail: edited.json is NOT reproduced: 1 of " in out
    (difference,) = report(capsys, code=4, file=file)["differences"]
    assert (difference["metric"], difference["field"]) == ("f1", "candidate")
    assert difference["was"] == pytest.approx(difference["is"] + 1e-6)
    assert difference["segment"].keys() == {"region"}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda value: value["metrics"].pop(1), "fact"),
        (lambda value: value["rows"].update(paired=401), "rows.paired"),
        (lambda value: value.update(threshold=0.5), "threshold"),
        (lambda value: value["metrics"][0].update(interval=[0.1, 0.2]), "interval.0"),
        (lambda value: value["metrics"][0].pop("candidate_interval"), "candidate_interval"),
        (lambda value: value["recipe"]["asked"].update(confidence=0.9), "confidence"),
        (lambda value: value["recipe"]["asked"].pop("weight"), "method"),
        (lambda value: value.update(task="multiclass"), "task"),
    ],
)
def test_whatever_was_edited_is_found(change: Change, field: str, capsys: pytest.CaptureFixture[str]) -> None:
    value = report(capsys, code=4, file=edited(change))
    assert field in {one["field"] for one in value["differences"]}


def test_many_differences_are_cut_for_people_and_whole_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    file = edited(lambda value: value["recipe"]["asked"].update(confidence=0.9, metrics=["roc_auc", "brier"]))
    told = report(capsys, code=4, file=file)["differences"]
    verify(code=4, file=file)
    out = capsys.readouterr().out
    assert (f"{len(told) - 50} more differ" in out) is (len(told) > 50)


# --- inputs ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["candidate", "champion", "data"])
def test_a_file_that_changed_is_refused_by_name(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    file = Path({"candidate": "B.parquet", "champion": "A.csv", "data": "truth.csv"}[name])
    before = digest_bytes(file.read_bytes())
    file.write_bytes(file.read_bytes() + b"\n")
    verify(code=3)
    err = capsys.readouterr().err
    found = digest_bytes(file.read_bytes())
    assert f"{name}: {file} has the digest {found}, and the evidence pins {before}" in err
    assert f"--{name} FILE" in err
    assert "· measure" not in err.partition("· compare")[2]


def test_all_that_is_wrong_is_told_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    Path("A.csv").unlink()
    Path("truth.csv").write_text("id,left\n")
    verify(code=3)
    err = capsys.readouterr().err
    assert "champion: there is no file A.csv" in err
    assert "data: truth.csv has the digest" in err


def test_files_that_moved_are_named_anew(folder: Path) -> None:
    (folder / "kept").mkdir()
    for name in ("A.csv", "B.parquet", "truth.csv"):
        shutil.move(name, f"kept/{name}")
    verify(code=3)
    verify("--candidate", "kept/B.parquet", "--champion", "kept/A.csv", "--data", "kept/truth.csv")


def test_evidence_that_pins_no_predictions_proves_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    file = edited(lambda value: value.update(champion={"run_id": "5"}))
    verify(code=3, file=file)
    assert "champion: the evidence pins none" in capsys.readouterr().err


def test_a_recipe_that_names_another_file_does_not_pass_for_it(capsys: pytest.CaptureFixture[str]) -> None:
    verify(code=3, file=edited(lambda value: value["recipe"]["asked"].update(candidate="A.csv")))
    assert "candidate: A.csv has the digest" in capsys.readouterr().err
    verify(code=3, file=edited(lambda value: value["recipe"]["asked"].pop("champion")))
    assert "champion: the evidence does not name its file" in capsys.readouterr().err


def test_addresses_are_kept_without_their_secrets() -> None:
    from coronet.commands.evaluate.recipes import recipe_of_files
    from coronet.commands.evaluate.request import FilesRequest
    from coronet.core.evidence import Task, Way

    request = FilesRequest(
        task=Task.REGRESSION, candidate="https://me:pass@data.example/B.csv?sig=abc", label="y", champion="odd?name.csv"
    )
    asked = recipe_of_files(request, way=Way.EXACT, engine=None, computed_with={}).asked
    assert asked["candidate"] == "https://data.example/B.csv"
    assert asked["champion"] == "odd?name.csv"


# --- metrics of one's own ----------------------------------------------------------------------------

OWN = ("--custom-metric", "worth:higher=own.py:worth")


def evaluate_own() -> None:
    code = "def worth(label, score, weight):\n    return float((weight * score).sum() / weight.sum())\n"
    Path("own.py").write_text(code)
    assert run([*ASKED, *OWN, "--output", "own.json"]) == 0


def test_code_of_ones_own_is_only_run_where_the_user_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    evaluate_own()
    recipe = json.loads(Path("own.json").read_bytes())["recipe"]["asked"]
    assert recipe["custom"] == ["worth:higher=own.py:worth"]
    assert recipe["metrics"] == ["roc_auc", "ks", "f1", "log_loss"]
    capsys.readouterr()
    verify(code=2, file="own.json")
    err = capsys.readouterr().err
    assert "the evidence was measured with code of one's own: worth:higher=own.py:worth" in err
    assert "where you trust that code: --custom-metric worth:higher=own.py:worth" in err
    value = report(capsys, *OWN, code=0, file="own.json")
    assert value["reproduced"]


def test_other_code_is_refused_before_it_runs(capsys: pytest.CaptureFixture[str]) -> None:
    evaluate_own()
    Path("own.py").write_text("raise SystemExit('it ran')\n")
    verify(*OWN, code=3, file="own.json")
    err = capsys.readouterr().err
    assert "custom.worth: own.py has the digest sha256:" in err
    assert "it ran" not in err


def test_code_that_the_evidence_does_not_know_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    evaluate_own()
    verify(*OWN, code=2)
    assert "the evidence has no metric custom.worth" in capsys.readouterr().err


# --- without a recipe -----------------------------------------------------------------------------


def without_recipe(value: dict[str, Any]) -> None:
    del value["recipe"]


def test_evidence_without_a_recipe_says_what_cannot_be_known(capsys: pytest.CaptureFixture[str]) -> None:
    file = edited(without_recipe)
    verify(code=3, file=file)
    err = capsys.readouterr().err
    assert "the evidence does not say how it was asked: candidate" in err
    assert f"--candidate is the file with the digest {digest_bytes(Path('B.parquet').read_bytes())}" in err


def test_options_fill_in_what_no_recipe_says(capsys: pytest.CaptureFixture[str]) -> None:
    said = [*ASKED[3:9], "--score", "p", "--weight", "worth"]
    value = report(capsys, *said, code=0, file=edited(without_recipe))
    assert value["notes"] == ["the evidence has no recipe: its facts and the options told how it was asked"]
    wrong = report(capsys, *said[:-2], code=4, file=edited(without_recipe))
    assert "method" in {one["field"] for one in wrong["differences"]}


def test_a_recipe_is_not_overruled(capsys: pytest.CaptureFixture[str]) -> None:
    verify("--score", "q", "--metric", "f1", code=2)
    assert "--metrics, --score: the evidence says itself how it was asked" in capsys.readouterr().err
    verify("--output", "x.json", code=2)
    assert run(["evaluate", "iris", "--verify", "evidence.json"]) == 2


# --- what is no evidence --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no.json:1:1: this is not JSON: a value is missing here"),
        (b"\x00\xff", "no.json:1:2: byte 0xff is not UTF-8"),
        (b"[1, 2]", "no.json is not a valid evidence file"),
        (b'{"schema": "coronet/policy/v1"}', "no.json is not a valid evidence file"),
        (b'{"schema": "coronet/evidence/v1", "model": NaN}', "NaN is not a finite number"),
        (b"[" * 100_000, "nested deeper than 32 levels"),
        (b" " * 32_000_001, "has 32 MB, and evidence at most 32"),
    ],
    ids=["empty", "binary", "list", "policy", "nan", "deep", "huge"],
)
def test_what_is_no_evidence_is_refused(content: bytes, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("no.json").write_bytes(content)
    verify(code=3, file="no.json")
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    "change",
    [
        lambda value: value["recipe"].update(source="rumour"),
        lambda value: value["recipe"]["asked"].update(label=3),
        lambda value: value["recipe"]["asked"].update(key=""),
        lambda value: value["recipe"]["asked"].update(draws=10**9),
        lambda value: value["recipe"]["asked"].update(surprise=True),
        lambda value: value["recipe"]["computed_with"].update(numpy=2),
        lambda value: value["recipe"]["asked"].pop("label"),
        lambda value: value["recipe"]["asked"].update(label="nothing"),
        lambda value: value["recipe"]["asked"].update(data="/nowhere/truth.csv"),
        lambda value: value["recipe"].update(source="models"),
        lambda value: value["recipe"]["asked"].update(model_file={"path": "x"}),
    ],
)
def test_a_recipe_that_cannot_be_followed_is_no_crash(change: Change, capsys: pytest.CaptureFixture[str]) -> None:
    verify(code=3, file=edited(change))
    assert capsys.readouterr().err


@pytest.mark.parametrize(
    "change",
    [
        lambda value: value["recipe"]["asked"].update(metrics=["mae"]),
        lambda value: value["recipe"]["asked"].update(task="regression"),
        lambda value: value["recipe"]["asked"].pop("key"),
    ],
)
def test_a_recipe_that_makes_no_sense_is_said_to_make_none(change: Change, capsys: pytest.CaptureFixture[str]) -> None:
    verify(code=2, file=edited(change))
    assert "this cannot be evaluated as asked" in capsys.readouterr().err


def test_a_fact_that_stands_there_twice_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    verify(code=3, file=edited(lambda value: value["metrics"].append(value["metrics"][0])))
    assert "`roc_auc` stands here a second time for the same segment" in capsys.readouterr().err


def test_a_name_that_is_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    verify(code=3, file="iris-v7-00000000")
    assert "there is neither a file iris-v7-00000000 nor a promotions/*/" in capsys.readouterr().err
    verify(code=3, file="../../etc")
    assert "cannot be read" in capsys.readouterr().err


def test_programs_that_changed_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    file = edited(lambda value: value["recipe"]["computed_with"].update(numpy="1.0", gone="3"))
    (note,) = report(capsys, code=0, file=file)["notes"]
    assert note.startswith("measured with other programs: gone 3 then, none now, numpy 1.0 then, ")


def test_every_part_of_a_request_has_its_place_in_the_recipe() -> None:
    """Whoever adds an option says here that evidence keeps it: else nobody could repeat what it did."""
    from dataclasses import fields

    from coronet.adapters.schemas import load_schema
    from coronet.commands.evaluate.recipes import SAID_ELSEWHERE
    from coronet.commands.evaluate.request import FilesRequest

    known = set(load_schema("evidence")["$defs"]["asked"]["properties"])
    assert {field.name for field in fields(FilesRequest)} - SAID_ELSEWHERE <= known
