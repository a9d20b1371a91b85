"""Fitting models: scikit-learn estimators by dotted path, and training code beside a model file."""

import contextlib
import difflib
import hashlib
import importlib
import inspect
import random
import sys
import traceback
import types
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from coronet.adapters.estimators import FittedEstimator, require_columns
from coronet.core.evidence import Task
from coronet.errors import InvalidInput, Location
from coronet.ports.models import FittedModel, TrainerCode, Training

_SIGNATURE = "fit(frame, target, *, hyperparameters, seed) -> estimator"


class EstimatorTrainer:
    """The port `Trainer`."""

    def fit(self, training: Training) -> FittedModel:
        import numpy as np

        wanted = (*training.features, training.label, *filter(None, (training.weight,)))
        require_columns(training.frame, wanted, what="the training data")
        _check_label(training)
        random.seed(training.seed)
        np.random.seed(training.seed)
        with _only_messages():
            match training.trainer:
                case TrainerCode() as code:
                    estimator = _fit_by_code(code, training)
                case str() as path:
                    estimator = _fit_by_path(path, training)
        _check_estimator(estimator, training.task)
        return FittedEstimator(estimator, frame=training.frame[list(training.features)])


def module_name(code: TrainerCode) -> str:
    """The name under which training code is imported: its own for every content, so that two never mix."""
    return f"coronet_train_{hashlib.sha256(code.source).hexdigest()[:12]}"


def _check_label(training: Training) -> None:
    label = training.frame[training.label]
    if missing := int(label.isna().sum()):
        raise InvalidInput(f"{missing} of {len(label)} rows of the training data have no {training.label}")
    classes = label.nunique()
    match training.task:
        case Task.BINARY if classes != 2:
            raise InvalidInput(
                f"the training data has {classes} classes in {training.label}, and a binary model has 2",
                hint="say `task: multiclass` in the model file, or look at the data",
            )
        case Task.MULTICLASS if classes < 2:
            raise InvalidInput(f"the training data has {classes} class in {training.label}: nothing to learn")
        case Task.REGRESSION if label.dtype.kind not in "fiu":
            raise InvalidInput(
                f"{training.label} is no number in the training data, and a regression predicts one",
                hint="say `task: binary` or `task: multiclass` in the model file, or look at the data",
            )


def _fit_by_path(path: str, training: Training) -> Any:
    kind = _import_estimator(path)
    names = _hyperparameters_of(kind)
    _check_hyperparameters(path, names, training.hyperparameters)
    chance = {"random_state": training.seed} if "random_state" in names else {}
    with _failures_of(path):
        estimator = kind(**{**chance, **training.hyperparameters})
    _check_kind(estimator, training.task)
    with _failures_of(path):
        return estimator.fit(*_seen(training), **_weights(training, "sample_weight"))


def _import_estimator(path: str) -> Callable[..., Any]:
    module, _, name = path.rpartition(".")
    hint = "write the dotted path of an installed estimator, or `train.py:fit` for code beside the model file"
    if not module:
        raise InvalidInput(f"trainer {path!r} is no dotted path", hint=hint)
    try:
        found = getattr(importlib.import_module(module), name)
    except Exception as error:
        raise InvalidInput(f"trainer {path} cannot be imported: {_said(error)}", hint=hint) from error
    if not (inspect.isclass(found) and hasattr(found, "fit") and hasattr(found, "predict")):
        raise InvalidInput(f"trainer {path} is no estimator: it has no fit and predict", hint=hint)
    return found


def _hyperparameters_of(kind: Callable[..., Any]) -> tuple[str, ...]:
    """By scikit-learn's own convention, which estimators with `**kwargs` keep as well."""
    with contextlib.suppress(Exception):  # one that needs arguments, or keeps no convention
        return tuple(kind().get_params())
    return tuple(inspect.signature(kind).parameters)


def _check_hyperparameters(path: str, names: tuple[str, ...], given: Mapping[str, Any]) -> None:
    for name in given:
        if name not in names:
            close = difflib.get_close_matches(name, names, n=1)
            raise InvalidInput(
                f"{path} has no hyperparameter {name!r}",
                hint=f"did you mean {close[0]}?" if close else f"it has {', '.join(names)}",
            )


def _fit_by_code(code: TrainerCode, training: Training) -> Any:
    module = types.ModuleType(module_name(code))
    module.__file__ = code.file
    sys.modules[module.__name__] = module  # the estimator's own classes are found there when it is saved
    with _failures_of(code.file):
        exec(compile(code.source, code.file, "exec"), module.__dict__)  # noqa: S102 it is what training is
    function = getattr(module, code.function, None)
    if not callable(function):
        raise InvalidInput(
            f"no function {code.function} in {code.file}",
            hint=f"define {_SIGNATURE}",
            location=Location(file=code.file),
        )
    arguments = {"hyperparameters": dict(training.hyperparameters), "seed": training.seed}
    arguments |= _weights(training, "weight")
    _check_call(code, function, arguments)
    with _failures_of(code.file):
        return function(*_seen(training), **arguments)


def _check_call(code: TrainerCode, function: Callable[..., Any], arguments: Mapping[str, Any]) -> None:
    try:
        inspect.signature(function).bind(None, None, **arguments)
    except TypeError as error:
        raise InvalidInput(
            f"{code.function} in {code.file} cannot be called with {', '.join(arguments)}: {error}",
            hint=f"define {_SIGNATURE}",
            location=Location(file=code.file, line=function.__code__.co_firstlineno),
        ) from error


def _seen(training: Training) -> tuple[Any, Any]:
    return training.frame[list(training.features)], training.frame[training.label]


def _weights(training: Training, name: str) -> dict[str, Any]:
    return {name: training.frame[training.weight]} if training.weight else {}


def _check_estimator(estimator: Any, task: Task) -> None:
    if not hasattr(estimator, "predict"):
        raise InvalidInput(
            f"the trainer returned a {type(estimator).__name__}, which cannot predict",
            hint="return the fitted estimator",
        )
    if (getattr(estimator, "classes_", None) is None) is not (task is Task.REGRESSION):
        raise _wrong_kind(estimator, task)


def _check_kind(estimator: Any, task: Task) -> None:
    """What scikit-learn knows of an estimator before it is fitted, so that it need not fail on the labels."""
    from sklearn.base import is_classifier, is_regressor

    if is_classifier(estimator) if task is Task.REGRESSION else is_regressor(estimator):
        raise _wrong_kind(estimator, task)


def _wrong_kind(estimator: Any, task: Task) -> InvalidInput:
    kind = "classifier" if task is Task.REGRESSION else "regression"
    return InvalidInput(
        f"{type(estimator).__name__} is a {kind}, and the task is {task}",
        hint="change `trainer` or `task` in the model file",
    )


@contextlib.contextmanager
def _failures_of(file: str) -> Iterator[None]:
    """What the trainer raises, as invalid input at the line of its own code."""
    try:
        yield
    except (Exception, SystemExit) as error:
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
        line = frames[-1].lineno if frames else getattr(error, "lineno", None)
        raise InvalidInput(
            f"the trainer failed: {_said(error)}",
            location=Location(file=file, line=line) if line else Location(file=file),
        ) from error


@contextlib.contextmanager
def _only_messages() -> Iterator[None]:
    """What a trainer prints goes to standard error: standard output is the report's."""
    with contextlib.redirect_stdout(sys.stderr):
        yield


def _said(error: BaseException) -> str:
    first = str(error).strip().splitlines()[:1]
    return f"{type(error).__name__}: {first[0]}" if first else type(error).__name__
