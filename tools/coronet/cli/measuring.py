"""What `coronet evaluate` needs of the world: prediction files and their engine, or models and their registry."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coronet.cli.output import show_progress
from coronet.errors import WrongUsage

if TYPE_CHECKING:
    from coronet.commands.evaluate.report import EvaluateReport
    from coronet.commands.evaluate.request import FilesRequest
    from coronet.commands.evaluate.sides import Laboratory

# Options that a request has by the same name.
_AS_ASKED = (
    "label",
    "data",
    "key",
    "prediction",
    "score",
    "score_prefix",
    "weight",
    "cluster",
    "threshold",
    "positive",
    "look",
    "streamed",
    "moved_by",
)


def split_names(names: str | None) -> tuple[str, ...]:
    return tuple(name.strip() for name in (names or "").split(",") if name.strip())


def measure_files(asked: dict[str, Any]) -> "EvaluateReport":
    from coronet.adapters.installation import installed_versions
    from coronet.adapters.tables import FileTables
    from coronet.adapters.tables.engines import LOCAL, open_streams
    from coronet.cli.clock import find_clock, say_fixed_time
    from coronet.commands.evaluate.files import evaluate_files

    if missing := [f"--{name}" for name in ("task", "candidate", "label") if asked[name] is None]:
        raise WrongUsage(
            f"without the name of a model, {', '.join(missing)} must be given",
            hint="`coronet evaluate MODEL` measures registered versions; `coronet evaluate --help` shows both ways in",
        )
    request = _ask_of_files(asked)
    say_fixed_time(os.environ)
    engine = asked["engine"] or LOCAL
    with open_streams(engine, asked["master"], os.environ) as streams:
        return evaluate_files(
            request,
            FileTables(),
            streams,
            find_clock(os.environ),
            show_progress,
            engine=None if engine == LOCAL else engine,
            computed_with=installed_versions(),
        )


def _ask_of_files(asked: dict[str, Any]) -> "FilesRequest":
    from coronet.adapters.custom_metrics import ImportedMetrics, read_code
    from coronet.commands.evaluate.custom import parse_custom
    from coronet.commands.evaluate.request import UNNAMED, FilesRequest
    from coronet.core.evidence import Task

    own = [parse_custom(text) for text in asked["custom"]]
    return FilesRequest(
        task=Task(asked["task"]),
        candidate=asked["candidate"],
        champion=None if asked["champion"] == "none" else asked["champion"],
        scores=split_names(asked["scores"]),
        metrics=asked["metrics"],
        segments=asked["segments"],
        confidence=0.95 if asked["confidence"] is None else asked["confidence"],
        model=asked["name"] or UNNAMED,
        data_name=asked["data_name"],
        custom=tuple(ImportedMetrics().load(each.described, read_code(each.call, Path())) for each in own),
        show_keys=bool(asked["show_keys"]),
        **{name: asked[name] for name in _AS_ASKED},
    )


def measure_models(model: str, asked: dict[str, Any], registry: str | None, *, dry_run: bool) -> "EvaluateReport":
    from coronet.adapters.work_tree import find_root
    from coronet.cli.clock import say_fixed_time
    from coronet.commands.evaluate.models import ModelsRequest, evaluate_models

    say_fixed_time(os.environ)
    alone = asked["champion"] == "none"
    request = ModelsRequest(
        model=model,
        candidate=asked["candidate"],
        champion=None if alone else asked["champion"],
        alone=alone,
        metrics=asked["metrics"],
        segments=asked["segments"] or None,
        confidence=asked["confidence"],
        also=asked["also"],
        dry_run=dry_run,
    )
    return evaluate_models(request, open_laboratory(find_root(Path.cwd()), registry))


def open_laboratory(root: Path, registry: str | None) -> "Laboratory":
    """What measuring the models of the work tree at `root` needs."""
    from coronet.adapters.checks.runner import ProcessChecks
    from coronet.adapters.custom_metrics import ImportedMetrics
    from coronet.adapters.documents import FileDocuments
    from coronet.adapters.installation import installed_versions
    from coronet.adapters.machine import LocalMachine
    from coronet.adapters.mlflow_models import MlflowModels
    from coronet.adapters.registry import open_registry, registry_address
    from coronet.adapters.tables import FileTables
    from coronet.adapters.tables.column_files import FileColumns
    from coronet.adapters.work_tree import WorkTree
    from coronet.cli.clock import find_clock
    from coronet.commands.evaluate.sides import Laboratory

    address = registry_address(registry, os.environ)
    return Laboratory(
        files=WorkTree(root),
        documents=FileDocuments(),
        tables=FileTables(root),
        columns=FileColumns(root),
        registry=open_registry(address, os.environ),
        store=MlflowModels(address),
        custom_metrics=ImportedMetrics(),
        machine=LocalMachine(),
        runner=ProcessChecks(root, os.environ),
        clock=find_clock(os.environ),
        progress=show_progress,
        computed_with=installed_versions(),
    )
