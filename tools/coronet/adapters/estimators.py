"""scikit-learn estimators, and whatever has their methods, as predictors."""

from collections.abc import Callable, Mapping
from typing import Any

from coronet.core.labels import label_text
from coronet.core.semantic_version import Column, Schema
from coronet.errors import InvalidInput

# MLflow's words for the kinds and sizes of NumPy's types; what is not here is text.
_TYPES = {
    ("b", 1): "boolean",
    ("i", 1): "integer",
    ("i", 2): "integer",
    ("i", 4): "integer",
    ("i", 8): "long",
    ("u", 1): "integer",
    ("u", 2): "integer",
    ("u", 4): "long",
    ("f", 4): "float",
    ("f", 8): "double",
    ("M", 8): "datetime",
}


class EstimatorPredictor:
    """The port `Predictor` over an estimator; `features` None gives it every column."""

    def __init__(self, estimator: Any, *, features: tuple[str, ...] | None) -> None:
        self._estimator = estimator
        self._features = features

    @property
    def estimator(self) -> Any:
        return self._estimator

    @property
    def classes(self) -> tuple[str, ...] | None:
        classes = getattr(self._estimator, "classes_", None)
        return None if classes is None else tuple(label_text(label) for label in classes)

    def predict(self, frame: Any) -> Any:
        """Class labels as text where the estimator has classes, else its numbers; one for each row."""
        import numpy as np

        predicted = np.asarray(_ask(self._estimator.predict, self._seen(frame)))
        if predicted.ndim == 2 and predicted.shape[1] == 1:
            predicted = predicted[:, 0]
        if predicted.shape != (len(frame),):
            raise InvalidInput(
                f"the model predicts an array of shape {predicted.shape} for {len(frame)} rows",
                hint="a model must predict one value a row",
            )
        if self.classes is None and predicted.dtype.kind in "fiub":
            return predicted
        return np.array([label_text(value) for value in predicted], dtype=object)

    def probabilities(self, frame: Any) -> Any | None:
        import numpy as np

        if self.classes is None or not hasattr(self._estimator, "predict_proba"):
            return None
        return np.asarray(_ask(self._estimator.predict_proba, self._seen(frame)))

    def _seen(self, frame: Any) -> Any:
        if self._features is None:
            return frame
        require_columns(frame, self._features, what="the data that the model is to predict")
        return frame[list(self._features)]


class FittedEstimator(EstimatorPredictor):
    """The port `FittedModel`: an estimator with the frame it was fitted on (its features only)."""

    def __init__(self, estimator: Any, *, frame: Any) -> None:
        super().__init__(estimator, features=tuple(frame.columns))
        self._frame = frame

    @property
    def kind(self) -> str:
        return type(_final_step(self._estimator)).__name__

    @property
    def schema(self) -> Schema:
        """The features, and the prediction with one score for each class where there are classes."""
        import numpy as np

        inputs = tuple(Column(name=name, type=_type_of(dtype)) for name, dtype in self._frame.dtypes.items())
        predicted = np.asarray(_ask(self._estimator.predict, self._frame.head(1)))
        scores = [f"score_{label}" for label in self.classes or () if hasattr(self._estimator, "predict_proba")]
        return Schema(
            inputs=inputs,
            outputs=(
                Column(name="prediction", type=_type_of(predicted.dtype)),
                *(Column(name=name, type="double") for name in scores),
            ),
        )

    @property
    def importances(self) -> Mapping[str, float] | None:
        """What the estimator says; for a linear one |coefficient| × the feature's standard deviation.

        None where its last step sees other columns than the features.
        """
        import numpy as np

        final, frame = _final_step(self._estimator), self._final_frame()
        if frame is None:
            return None
        if hasattr(final, "feature_importances_"):
            weights = np.asarray(final.feature_importances_, dtype=float)
        elif hasattr(final, "coef_"):
            coefficients = np.abs(np.asarray(final.coef_, dtype=float))
            weights = np.atleast_2d(coefficients).mean(axis=0) * np.asarray(frame, dtype=float).std(axis=0)
        else:
            return None
        return dict(zip(self._frame.columns, weights.tolist(), strict=True))

    def _final_frame(self) -> Any | None:
        """What the last step was fitted on, where that is the features one by one."""
        steps = getattr(self._estimator, "steps", None)
        if not steps or len(steps) == 1:
            return self._frame
        before = self._estimator[:-1]
        if not all(hasattr(step, "get_feature_names_out") for _, step in before.steps):
            return None
        names = list(before.get_feature_names_out())
        return before.transform(self._frame) if names == list(self._frame.columns) else None


def _ask(method: Callable[[Any], Any], frame: Any) -> Any:
    """What a method of the estimator answers; what it raises is about the data, or the model's own fault."""
    try:
        return method(frame)
    except Exception as error:
        said = next(iter(str(error).strip().splitlines()), "") or type(error).__name__
        raise InvalidInput(
            f"the model cannot predict these rows: {said}", hint="look at the data, or at what the model was fitted on"
        ) from error


def require_columns(frame: Any, wanted: tuple[str, ...], *, what: str) -> None:
    if missing := [name for name in wanted if name not in frame.columns]:
        raise InvalidInput(
            f"{what} has no column {', '.join(missing)}",
            hint=f"its columns are {', '.join(map(str, frame.columns))}",
        )


def _final_step(estimator: Any) -> Any:
    steps = getattr(estimator, "steps", None)
    return steps[-1][1] if steps else estimator


def _type_of(dtype: Any) -> str:
    return _TYPES.get((getattr(dtype, "kind", "O"), getattr(dtype, "itemsize", 0)), "string")
