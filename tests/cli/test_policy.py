"""What the options of `coronet policy` mean, and what cannot be asked."""

from pathlib import Path

import click
import pytest

from coronet.cli.main import run
from coronet.cli.policy import parse_since
from coronet.cli.wiring import Settings, Wiring
from coronet.core.timestamps import format_time

NOW = Wiring(Settings(environment={"CORONET_NOW": "2026-11-20T21:05:00Z"}))


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-01", "2026-11-01T00:00:00Z"),
        ("2026-11-01T12:00:00Z", "2026-11-01T12:00:00Z"),
        ("2026-11-01T12:00:00+02:00", "2026-11-01T10:00:00Z"),
        ("90m", "2026-11-20T19:35:00Z"),
        ("2w", "2026-11-06T21:05:00Z"),
    ],
)
def test_since_is_a_day_a_moment_or_a_length_of_time(text: str, moment: str) -> None:
    assert format_time(parse_since(text, NOW)) == moment


@pytest.mark.parametrize("text", ["yesterday", "2026-02-30", "2026-11-01T12:00:00", "3 days", "", "-1d"])
def test_since_is_nothing_else(text: str) -> None:
    with pytest.raises(click.BadParameter, match="no day, moment or length of time"):
        parse_since(text, NOW)


def test_so_long_ago_that_there_was_no_time(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(click.BadParameter, match="no day, moment or length of time"):
        parse_since("99999w", Wiring(Settings(environment={"CORONET_NOW": "1500-01-01T00:00:00Z"})))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "there is neither evidence nor anything assumed"),
        (["--evidence", "e.json", "--assume", "mae=1"], "--assume: evidence tells it"),
        (["--evidence", "e.json", "--positive", "0.2", "--deviation", "mae=1"], "--deviation, --positive: evidence"),
        (["--assume", "mae"], "'mae' is no metric with its number"),
        (["--assume", "mae=inf"], "'mae=inf' is no metric with its number"),
        (["--assume", "nothing=1"], "'nothing=1' is no metric with its number"),
        (["--deviation", "mae=0"], "'mae=0' is no metric with its number"),
        (["--correlation", "1"], "is not in the range"),
    ],
)
def test_what_cannot_be_assumed(
    arguments: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["policy", "power", "churn", *arguments]) == 2
    assert said in capsys.readouterr().err
