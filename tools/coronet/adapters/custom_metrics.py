"""Metrics of a team's own: functions of a file, or installed ones by their dotted path."""

import contextlib
import hashlib
import importlib
import inspect
import sys
import traceback
import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from coronet.core.evidence import CustomMetric
from coronet.core.statistics.columns import Custom
from coronet.core.statistics.custom import ARGUMENTS, SIGNATURE
from coronet.core.statistics.sample import Undefined
from coronet.errors import InvalidInput, Location
from coronet.ports.custom_metrics import MetricCode

_MOST_SAID = 200
_HINT = "write metrics.py:profit for a function of a file, or the dotted path of an installed one"


class ImportedMetrics:
    """The port `CustomMetrics`."""

    def load(self, described: CustomMetric, code: MetricCode | str) -> Custom:
        name = described.name
        function, source, file = _import(name, code) if isinstance(code, str) else _run(name, code)
        digest = f"sha256:{hashlib.sha256(source).hexdigest()}" if source is not None else None

        def call(arguments: Mapping[str, Any]) -> object:
            with _only_messages(), _failures_of(name, file):
                return function(**arguments)

        return Custom(described=replace(described, code=digest), wants=_find_wants(name, function, code), call=call)


def read_code(call: str, root: Path) -> MetricCode | str:
    """What `call` names: code in a file below or beside `root`, or, as it is, a dotted path."""
    file, colon, function = call.rpartition(":")
    if not colon:
        return call
    try:
        return MetricCode(file=file, source=(root / file).read_bytes(), function=function)
    except (OSError, ValueError) as error:
        raise InvalidInput(f"there is no file {file} with a metric", hint=_HINT) from error


def _run(name: str, code: MetricCode) -> tuple[Callable[..., object], bytes, str]:
    module = types.ModuleType(f"coronet_metric_{hashlib.sha256(code.source).hexdigest()[:12]}")
    module.__file__ = code.file
    sys.modules[module.__name__] = module
    try:
        with _only_messages():
            exec(compile(code.source, code.file, "exec"), module.__dict__)  # noqa: S102 it is what the file is for
    except (Exception, SystemExit) as error:
        raise InvalidInput(
            f"{name} cannot be loaded: {_say(error)}", location=_locate(error, code.file) or Location(file=code.file)
        ) from error
    function = getattr(module, code.function, None)
    if not callable(function):
        raise InvalidInput(
            f"no function {code.function} in {code.file}, which {name} names",
            hint=f"define {code.function}{SIGNATURE}",
            location=Location(file=code.file),
        )
    return function, code.source, code.file


def _import(name: str, path: str) -> tuple[Callable[..., object], bytes | None, str]:
    """The function, with the source of its module where that can be read, and its file."""
    module, _, attribute = path.rpartition(".")
    try:
        with _only_messages():
            found = importlib.import_module(module) if module else None
        function = getattr(found, attribute)
    except (Exception, SystemExit) as error:
        raise InvalidInput(f"{name}: {path} cannot be imported: {_say(error)}", hint=_HINT) from error
    if not callable(function):
        raise InvalidInput(f"{name}: {path} is no function", hint=_HINT)
    file = getattr(found, "__file__", None) or path
    source = None
    with contextlib.suppress(OSError):
        source = Path(file).read_bytes()
    return function, source, file


def _find_wants(name: str, function: Callable[..., object], code: MetricCode | str) -> frozenset[str]:
    """The arguments that are asked for by name; InvalidInput where they cannot be given."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError) as error:
        said = code if isinstance(code, str) else code.function
        raise InvalidInput(f"{name}: {said} does not say what it is called with", hint=_HINT) from error
    named = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    wants = frozenset(each.name for each in parameters if each.kind in named and each.name in ARGUMENTS)
    open_ended = (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)
    unknown = [
        each.name
        for each in parameters
        if each.name not in wants and each.default is inspect.Parameter.empty and each.kind not in open_ended
    ]
    if unknown:
        raise _unfit(name, f"asks for {', '.join(unknown)}, and there is {', '.join(ARGUMENTS)}", code)
    if len(wants & {"weight", "weights"}) != 1:
        raise _unfit(name, "must ask for weight, or for the weights of many draws at once", code)
    return wants


def _unfit(name: str, why: str, code: MetricCode | str) -> InvalidInput:
    function = code.rpartition(".")[2] if isinstance(code, str) else code.function
    return InvalidInput(
        f"{name} {why}",
        hint=f"define {function}{SIGNATURE}",
        location=None if isinstance(code, str) else Location(file=code.file),
    )


@contextlib.contextmanager
def _failures_of(name: str, file: str) -> Iterator[None]:
    """What the function raises, as the reason why there is no value."""
    try:
        yield
    except (Exception, SystemExit) as error:
        where = _locate(error, file)
        line = f" ({Path(file).name}, line {where.line})" if where else ""
        raise Undefined(f"{name} failed: {_say(error)}{line}") from error


def _locate(error: BaseException, file: str) -> Location | None:
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    line = frames[-1].lineno if frames else getattr(error, "lineno", None)
    return Location(file=file, line=line) if line else None


@contextlib.contextmanager
def _only_messages() -> Iterator[None]:
    """What the function prints goes to standard error: standard output is the report's."""
    with contextlib.redirect_stdout(sys.stderr):
        yield


def _say(error: BaseException) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:_MOST_SAID].removesuffix(":")
