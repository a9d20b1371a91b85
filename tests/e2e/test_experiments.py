"""Three experiments with iris: a first champion, one that is not better, and a change that really wins."""

import os
from collections.abc import Iterator, Sequence
from contextlib import chdir
from pathlib import Path

import pytest

from coronet.adapters.registry import open_registry
from coronet.cli.demo.stage import DemoStage, set_stage
from coronet.cli.main import run
from coronet.core.version_tags import Lifecycle, Tag

pytestmark = [pytest.mark.mlflow, pytest.mark.slow]

FIRST = ("--set", "max_depth=1", "--set", "n_estimators=3")
NOT_BETTER = ("--set", "min_samples_leaf=30")


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DemoStage]:
    """The worked models in a repository of their own, and nothing trained yet."""
    for name in [name for name in os.environ if name.startswith(("MLFLOW_", "CORONET_", "GIT_"))]:
        monkeypatch.delenv(name)
    made = set_stage(tmp_path / "demo")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", made.registry)
    with chdir(made.work):
        yield made


def experiment(*settings: str) -> int:
    """Train, evaluate, propose; the exit code of the proposal."""
    assert run(["train", "iris", *settings, "--change-summary", "an experiment"]) == 0
    assert run(["evaluate", "iris"]) == 0
    return run(["propose", "iris"])


def accept(number: int) -> None:
    for command in (
        ["pr", "approve", str(number), "--as", "model-owner"],
        ["pr", "merge", str(number), "--as", "model-owner"],
    ):
        assert run(command) == 0
    assert run(["promote", "--as", "promoter"]) == 0


def lifecycles(stage: DemoStage) -> Sequence[str]:
    """Of the versions, oldest first."""
    versions = open_registry(stage.registry, {}).versions("iris")
    return [version.tags[Tag.LIFECYCLE] for version in reversed(versions)]


def test_first_then_not_better_then_a_real_winner(stage: DemoStage) -> None:
    assert experiment(*FIRST) == 0
    accept(1)
    assert lifecycles(stage) == [Lifecycle.PRODUCTION]
    assert experiment(*NOT_BETTER) == 4
    assert lifecycles(stage) == [Lifecycle.PRODUCTION, Lifecycle.STAGING]
    assert experiment() == 0
    accept(2)
    assert lifecycles(stage) == [Lifecycle.ARCHIVED, Lifecycle.STAGING, Lifecycle.PRODUCTION]
    registry = open_registry(stage.registry, {})
    model = registry.model("iris")
    assert model is not None
    assert model.aliases["champion"] == "3"
    assert run(["gate", "iris"]) == 0
    assert registry.load_run_file(registry.versions("iris")[0].run_id, "model_metadata.json") is not None
