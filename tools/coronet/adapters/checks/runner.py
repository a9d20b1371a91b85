"""The port `CheckRunner`: a command or a function of the work tree, in a process of its own."""

import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from coronet.adapters.checks.answers import read_answer
from coronet.adapters.checks.process import run_bounded
from coronet.adapters.documents import FileDocuments
from coronet.core.evidence.custom_checks import Answered, CustomCheck
from coronet.core.policy.demands import CheckDemand
from coronet.errors import CoronetError, InvalidInput
from coronet.ports.checks import Told

_CHILD = "coronet.adapters.checks.child"
_OURS = ("python", "python3")
# What a program needs to find itself and to speak; tokens and passwords have other names.
_KEPT = frozenset({"PATH", "LANG", "LANGUAGE", "TZ", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"})
_KEPT_BEGINNINGS = ("LC_", "PYTHON", "OMP_", "OPENBLAS_", "MKL_")


class ProcessChecks:
    """Checks of the work tree at `root`; `environment` is this process's, of which little is handed on."""

    def __init__(self, root: Path, environment: Mapping[str, str]) -> None:
        self._root = root
        self._environment = environment

    def run(self, name: str, asked: CheckDemand, told: Told) -> CustomCheck:
        files = self._files(asked)
        try:
            schema = self._schema(asked)
            with tempfile.TemporaryDirectory(prefix="coronet-check-") as folder:
                ended = run_bounded(
                    self._command(asked),
                    folder=self._root,
                    environment=self._reduced(Path(folder)),
                    told=_write(told, Path(folder)),
                    timeout=asked.timeout,
                )
            result, saw, numbers = read_answer(ended, schema=schema, must_answer=bool(asked.call))
            seconds: float | None = round(ended.seconds, 3)
        except CoronetError as error:
            result, saw, numbers, seconds = Answered.ERROR, str(error), {}, None
        return CustomCheck(
            name=name, digest=asked.digest, result=result, saw=saw, files=files, numbers=numbers, seconds=seconds
        )

    def _command(self, asked: CheckDemand) -> list[str]:
        if asked.call:
            return [sys.executable, "-P", "-m", _CHILD, asked.call]
        program, *rest = asked.run
        return [sys.executable if program in _OURS else program, *rest]

    def _files(self, asked: CheckDemand) -> dict[str, str]:
        """The digests of the files of the work tree that the command names."""
        named = [*asked.run, asked.call.rpartition(":")[0], asked.schema or ""]
        found = {path: self._digest(path) for path in named if path and not path.startswith("-")}
        return {path: digest for path, digest in found.items() if digest}

    def _digest(self, path: str) -> str | None:
        try:
            file = (self._root / path).resolve()
            is_ours = file.is_relative_to(self._root.resolve()) and file.is_file()
            return f"sha256:{hashlib.sha256(file.read_bytes()).hexdigest()}" if is_ours else None
        except (OSError, ValueError):
            return None

    def _schema(self, asked: CheckDemand) -> Mapping[str, Any] | None:
        if asked.schema is None:
            return None
        if self._digest(asked.schema) is None:
            raise InvalidInput(f"there is no file {asked.schema} in the repository, which is to say what it answers")
        value = FileDocuments().parse((self._root / asked.schema).read_bytes(), file=asked.schema).value
        if not isinstance(value, Mapping):
            raise InvalidInput(f"{asked.schema} is no JSON Schema")
        return value

    def _reduced(self, folder: Path) -> dict[str, str]:
        """No token, no password, and a home and a place for temporary files that are empty and will be gone."""
        kept = {
            name: value
            for name, value in self._environment.items()
            if name in _KEPT or name.startswith(_KEPT_BEGINNINGS)
        }
        home = folder / "home"
        home.mkdir()
        return {"PATH": os.defpath, "PYTHONHASHSEED": "0", **kept, "HOME": str(home), "TMPDIR": str(home)}


def _write(told: Told, folder: Path) -> Path:
    """The facts as JSON, with the path of each side's predictions in them."""
    facts = dict(told.facts)
    for side, content in told.predictions.items():
        path = folder / f"{side}.parquet"
        path.write_bytes(content)
        facts[side] = {**facts[side], "predictions": str(path)}
    written = folder / "told.json"
    written.write_text(json.dumps(facts), encoding="utf-8")
    return written
