"""Metrics of a team's own: where their code is, and what is said of them."""

import re

from coronet.core.catalogue import CUSTOM
from coronet.core.evidence import CustomMetric
from coronet.core.model_file import ModelFile, OwnMetric, locate_beside, model_path
from coronet.core.statistics.columns import Custom
from coronet.errors import InvalidInput, Location, WrongUsage
from coronet.ports.custom_metrics import CustomMetrics, MetricCode
from coronet.ports.documents import Files

_ASKED = re.compile(r"([a-z][a-z0-9_]{0,49}):(higher|lower)=(\S.*)")


def parse_custom(text: str) -> OwnMetric:
    """What an option says, as in `profit:higher=metrics.py:profit`; WrongUsage for anything else."""
    found = _ASKED.fullmatch(text)
    if found is None:
        raise WrongUsage(
            f"{text!r} describes no metric",
            hint="write NAME:DIRECTION=FUNCTION, as in profit:higher=metrics.py:profit; the direction is higher or "
            "lower, whichever is better",
        )
    name, direction, call = found.groups()
    described = CustomMetric(name=f"{CUSTOM}{name}", meaning=call, higher_is_better=direction == "higher")
    return OwnMetric(described=described, call=call)


def load_custom(model: ModelFile, files: Files, metrics: CustomMetrics) -> tuple[Custom, ...]:
    """The model's own metrics; InvalidInput where their code is not in the model's folder, or cannot be called."""
    return tuple(metrics.load(own.described, _find_code(model, own, files)) for own in model.custom_metrics)


def _find_code(model: ModelFile, own: OwnMetric, files: Files) -> MetricCode | str:
    path, colon, function = own.call.rpartition(":")
    if not colon:
        return own.call
    where, name = Location(file=model_path(model.name)), own.described.name
    file = locate_beside(model.name, path)
    if file is None or not file.startswith(f"models/{model.name}/"):
        raise InvalidInput(
            f"{path} of {name} is not in the model's folder", hint="move the code beside model.yaml", location=where
        )
    source = files.read(file)
    if source is None:
        raise InvalidInput(
            f"there is no file {file}, which {name} names", hint="write it, or correct its name", location=where
        )
    return MetricCode(file=file, source=source, function=function)
