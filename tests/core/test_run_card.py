"""The run card says everything of a run, and nothing from outside acts in it."""

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from coronet.core.proposal import ChangeType, Why
from coronet.core.recorded_run import Checkout, RecordedData, RecordedRun, RegisteredVersion
from coronet.core.render.run_card import render_run_card

PLAIN = RecordedRun(
    model="iris",
    registered_model="iris-classifier",
    run_id="0f" * 16,
    name="iris-20261120-120000",
    kind="train",
    at=datetime(2026, 11, 20, 12, 0, tzinfo=UTC),
    model_type="RandomForestClassifier",
    params={"max_depth": 2, "n_estimators": 100},
    metrics={"train_accuracy": 1.0, "test_accuracy": 0.9333},
    why=Why(summary=""),
    checkout=Checkout(),
    requester="engineer",
    environment="local",
)
FULL = replace(
    PLAIN,
    why=Why(summary="Shallower trees", owner="model-owner", hypothesis_id="H-021", change_type=ChangeType.TUNING),
    checkout=Checkout(commit="ab" * 20, dirty=True, repository="https://example.org/models"),
    dataset_version="20260211",
    overrides={"max_depth": 2},
    data=(
        RecordedData(name="iris", context="training", location="models/iris/data/train.csv", sha256="1" * 64, rows=78),
        RecordedData(name="iris", context="evaluation", location="models/iris/data/e.csv", sha256="2" * 64, rows=72),
    ),
    metrics={**PLAIN.metrics, "train_only": 0.5, "speed": 12.0},
    problems={"test_mape": "a label is 0"},
    inputs={"predictions": "sha256:" + "3" * 64},
    importances={"petal_length": 0.7, "sepal_width": 0.05, "petal_width": 0.25},
    scorecard=(("kind", "mdape"), ("A|B", "0.2")),
    version=RegisteredVersion(
        version="3",
        source="models:/m-1",
        digest="sha256:" + "4" * 64,
        semantic_version="v1.2.0",
        schema="sha256:" + "5" * 64,
        alias="candidate",
    ),
)


def test_everything_known_is_said() -> None:
    card = render_run_card(FULL)
    for said in (
        "# Run card: iris-20261120-120000",
        "| Version | 3, v1.2.0 |",
        "| Alias | candidate |",
        "with changes that are not committed",
        "- Change: Shallower trees",
        "- Hypothesis: H-021",
        "- Data version: 20260211",
        "| accuracy | 1 | 0.9333 |",
        "| only | 0.5 | — |",
        "| speed | 12 |",
        "test_mape has no value: a label is 0",
        "| max_depth | 2 (from the command line) |",
        "| n_estimators | 100 |",
        f"| training | models/iris/data/train.csv | 78 | `{'1' * 64}` |",
        "| A\\|B | 0.2 |",
    ):
        assert said in card, said
    assert card.index("petal_length") < card.index("petal_width") < card.index("sepal_width")


def test_what_is_not_known_has_no_section() -> None:
    card = render_run_card(PLAIN)
    assert "not in git" in card
    for absent in ("## Why", "## Data", "## Files", "## Scorecard", "## What the model", "| Version", "None"):
        assert absent not in card


def test_a_model_without_schema_and_alias() -> None:
    assert FULL.version
    card = render_run_card(replace(FULL, version=replace(FULL.version, semantic_version=None, alias=None)))
    assert "| Version | 3 |" in card
    assert "| Alias | — |" in card


def test_only_metrics_of_other_names() -> None:
    assert "| mdape | 0.21 |" in render_run_card(replace(PLAIN, metrics={"mdape": 0.21}))


def test_long_tables_are_cut_and_say_so() -> None:
    many = replace(
        FULL,
        importances={f"f{number}": float(number) for number in range(30)},
        scorecard=(("kind",), *((str(number),) for number in range(60))),
    )
    card = render_run_card(many)
    assert "10 more are in the run's file." in card
    assert "10 more rows are in the run's file." in card


@given(text=st.text(min_size=1, max_size=30))
def test_nothing_from_outside_acts(text: str) -> None:
    hostile = replace(
        FULL, name=text, requester=text, params={text: text}, metrics={text: 1.0}, scorecard=((text,), (text,))
    )
    card = render_run_card(hostile)
    assert "\n# " not in card[1:]
    assert "<" not in card.replace("\\<", "")
    assert all(
        line.startswith("|") == line.endswith("|") for line in card.replace("\\|", "").splitlines() if "|" in line
    )


def test_the_metadata_file_says_what_readers_look_for() -> None:
    metadata = FULL.metadata()
    assert metadata["run_id"] == "0f" * 16
    assert metadata["model_name"] == "iris-classifier"
    assert metadata["version"] == "3"
    assert metadata["train_accuracy"] == 1.0
    assert metadata["test_accuracy"] == 0.9333
    assert metadata["promoted_to_production"] is False
    assert metadata["model_type"] == "RandomForestClassifier"
    assert metadata["params"] == {"max_depth": 2, "n_estimators": 100}
    assert metadata["data"]["training"] == {"sha256": "1" * 64, "rows": 78}


def test_a_run_without_a_version_has_metadata_too() -> None:
    assert PLAIN.metadata()["version"] is None
    assert PLAIN.card_path == f"run_card_{PLAIN.run_id}.md"
