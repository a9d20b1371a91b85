"""Fitting: estimators by dotted path, code beside the model file, and everything that can be wrong with them."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from coronet.adapters.estimators import EstimatorPredictor
from coronet.adapters.training import EstimatorTrainer
from coronet.core.evidence import Task
from coronet.core.semantic_version import Column
from coronet.errors import InvalidInput
from coronet.ports.models import TrainerCode, Training

FRAME = pd.DataFrame(
    {
        "width": [0.1, 0.2, 0.8, 0.9] * 10,
        "length": [1, 2, 3, 4] * 10,
        "share": [1.0, 1.0, 1.0, 5.0] * 10,
        "species": ["no", "no", "yes", "yes"] * 10,
        "price": [1.0, 2.0, 3.0, 4.0] * 10,
    }
)
TREE = Training(
    trainer="sklearn.tree.DecisionTreeClassifier",
    frame=FRAME,
    features=("width", "length"),
    label="species",
    weight=None,
    task=Task.BINARY,
    hyperparameters={"max_depth": 2},
    seed=3,
)
LINE = replace(
    TREE, trainer="sklearn.linear_model.LinearRegression", label="price", task=Task.REGRESSION, hyperparameters={}
)


def by_code(source: str, **changes: Any) -> Training:
    code = TrainerCode(file="models/iris/train.py", source=source.encode(), function="fit")
    return replace(TREE, trainer=code, **changes)


def fit(training: Training) -> Any:
    return EstimatorTrainer().fit(training)


PIPELINE = """
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

def fit(frame, target, *, hyperparameters, seed):
    print("a trainer may say something")
    model = make_pipeline(StandardScaler(), LogisticRegression(random_state=seed, **hyperparameters))
    return model.fit(frame, target)
"""
OWN_CLASS = """
class Constant:
    classes_ = ["no", "yes"]
    def predict(self, frame):
        return ["yes"] * len(frame)

def fit(frame, target, *, hyperparameters, seed):
    return Constant()
"""


def test_an_estimator_by_dotted_path() -> None:
    fitted = fit(TREE)
    assert fitted.kind == "DecisionTreeClassifier"
    assert fitted.classes == ("no", "yes")
    assert fitted.estimator.random_state == 3
    assert list(fitted.predict(FRAME.head(3))) == ["no", "no", "yes"]
    assert fitted.probabilities(FRAME.head(1)).tolist() == [[1.0, 0.0]]
    assert fitted.schema.inputs == (Column(name="width", type="double"), Column(name="length", type="long"))
    assert [column.name for column in fitted.schema.outputs] == ["prediction", "score_no", "score_yes"]
    assert fitted.schema.outputs[0].type == "string"
    assert set(fitted.importances) == {"width", "length"}
    assert sum(fitted.importances.values()) == pytest.approx(1.0)


def test_a_regression_has_numbers_and_no_classes() -> None:
    fitted = fit(LINE)
    assert fitted.classes is None
    assert fitted.probabilities(FRAME) is None
    assert fitted.predict(FRAME.head(4)) == pytest.approx([1.0, 2.0, 3.0, 4.0])
    assert fitted.schema.outputs == (Column(name="prediction", type="double"),)
    assert fitted.importances["length"] > fitted.importances["width"]


def test_code_of_its_own_and_what_it_prints(capsys: pytest.CaptureFixture[str]) -> None:
    fitted = fit(by_code(PIPELINE, hyperparameters={"C": 10.0}))
    assert fitted.kind == "LogisticRegression"
    assert fitted.estimator[-1].C == 10.0
    assert fitted.importances["width"] > 0
    out, err = capsys.readouterr()
    assert out == ""
    assert "a trainer may say something" in err


def test_a_pipeline_that_makes_other_columns_has_no_importances() -> None:
    source = PIPELINE.replace("StandardScaler", "PolynomialFeatures")
    assert fit(by_code(source, hyperparameters={})).importances is None


def test_an_estimator_of_its_own_class() -> None:
    fitted = fit(by_code(OWN_CLASS))
    assert fitted.importances is None
    assert fitted.classes == ("no", "yes")


def test_the_seed_is_all_there_is_of_chance() -> None:
    source = "import numpy as np\n" + OWN_CLASS.replace('["yes"] * len(frame)', "self.drawn").replace(
        "return Constant()", "made = Constant(); made.drawn = [str(np.random.rand())] * len(frame); return made"
    )
    first, second, other = (fit(by_code(source, seed=seed)).predict(FRAME)[0] for seed in (1, 1, 2))
    assert first == second != other


def test_weights_reach_the_estimator() -> None:
    plain, weighted = fit(replace(LINE, features=("width",))), fit(replace(LINE, features=("width",), weight="share"))
    assert plain.predict(FRAME)[0] != weighted.predict(FRAME)[0]


@pytest.mark.parametrize(
    ("trainer", "said"),
    [
        ("sklearn.nothing.Tree", "cannot be imported"),
        ("sklearn.tree.NoTree", "cannot be imported"),
        ("Tree", "no dotted path"),
        ("sklearn.tree.export_text", "no estimator"),
        ("math.pi", "no estimator"),
        ("sklearn.preprocessing.StandardScaler", "no estimator"),
        ("sklearn.linear_model.LinearRegression", "is a regression, and the task is binary"),
    ],
)
def test_a_path_that_leads_to_no_classifier_is_refused(trainer: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        fit(replace(TREE, trainer=trainer, hyperparameters={}))


def test_a_classifier_is_no_regression() -> None:
    with pytest.raises(InvalidInput, match="is a classifier, and the task is regression"):
        fit(replace(LINE, trainer="sklearn.dummy.DummyClassifier"))


def test_a_hyperparameter_that_the_estimator_does_not_have() -> None:
    with pytest.raises(InvalidInput, match="no hyperparameter 'max_dept'") as caught:
        fit(replace(TREE, hyperparameters={"max_dept": 2}))
    assert caught.value.hint == "did you mean max_depth?"


@pytest.mark.parametrize("hyperparameters", [{"max_depth": -1}, {"max_depth": "deep"}, {"criterion": "luck"}])
def test_a_value_that_the_estimator_refuses(hyperparameters: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput, match="the trainer failed"):
        fit(replace(TREE, hyperparameters=hyperparameters))


@pytest.mark.parametrize(
    ("source", "said", "line"),
    [
        ("def fit(", "SyntaxError", 1),
        ("\nimport nothing_of_this_name\n", "ModuleNotFoundError", 2),
        ("\x00", "null bytes|source code", None),
        ("def train(frame, target): ...", "no function fit", None),
        ("fit = 3", "no function fit", None),
        ("def fit(frame, target): ...", "cannot be called with hyperparameters, seed", 1),
        (
            "def fit(frame, target, *, hyperparameters, seed):\n    raise ValueError('too few')",
            "ValueError: too few",
            2,
        ),
        ("def fit(frame, target, *, hyperparameters, seed):\n    raise SystemExit(0)", "SystemExit", 2),
        ("def fit(frame, target, *, hyperparameters, seed):\n    return 3", "int, which cannot predict", None),
    ],
)
def test_code_that_cannot_train_is_told_with_its_line(source: str, said: str, line: int | None) -> None:
    with pytest.raises(InvalidInput, match=said) as caught:
        fit(by_code(source))
    if line:
        assert str(caught.value.location) == f"models/iris/train.py:{line}"


def test_an_interrupt_is_no_failure_of_the_trainer() -> None:
    with pytest.raises(KeyboardInterrupt):
        fit(by_code("def fit(frame, target, *, hyperparameters, seed):\n    raise KeyboardInterrupt"))


@pytest.mark.parametrize(
    ("training", "said"),
    [
        (replace(TREE, features=("width", "height")), "no column height"),
        (replace(TREE, weight="mass"), "no column mass"),
        (replace(TREE, frame=FRAME.where(FRAME["width"] < 0.5)), "20 of 40 rows"),
        (replace(TREE, frame=FRAME.assign(species="no")), "1 classes in species"),
        (replace(TREE, frame=FRAME.assign(species="no"), task=Task.MULTICLASS), "nothing to learn"),
        (replace(LINE, label="species"), "is no number"),
        (replace(TREE, frame=FRAME.assign(width="wide")), "the trainer failed"),
    ],
)
def test_data_that_cannot_be_learned_from(training: Training, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        fit(training)


# --- predictors -----------------------------------------------------------------------------------


def test_rows_that_a_model_cannot_predict_are_told() -> None:
    fitted = fit(LINE)
    for method in (fitted.predict, fit(TREE).probabilities):
        with pytest.raises(InvalidInput, match="cannot predict these rows"):
            method(FRAME.assign(width="wide"))
    with pytest.raises(InvalidInput, match="no column width"):
        fitted.predict(FRAME.drop(columns="width"))


class Answers:
    """Predicts what it was made with."""

    def __init__(self, answer: Any) -> None:
        self._answer = answer

    def predict(self, frame: Any) -> Any:
        return self._answer


def test_one_column_is_taken_as_it_is() -> None:
    frame = pd.DataFrame({"a": [1, 2]})
    assert EstimatorPredictor(Answers(np.array([[1.0], [2.0]])), features=None).predict(frame).tolist() == [1.0, 2.0]
    assert EstimatorPredictor(Answers(["x", 1.0]), features=None).predict(frame).tolist() == ["x", "1.0"]


def test_more_or_fewer_values_than_rows_are_refused() -> None:
    for answer in ([1.0], np.ones((2, 2))):
        with pytest.raises(InvalidInput, match="for 2 rows"):
            EstimatorPredictor(Answers(answer), features=None).predict(pd.DataFrame({"a": [1, 2]}))
