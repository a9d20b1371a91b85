"""The stage of the demo: a bare repository, a clone to play in, a registry, and a file to be sourced."""

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import coronet
from coronet.adapters.git.process import Git
from coronet.adapters.schemas import PackageSchemas
from coronet.commands.schema import editor_schemas
from coronet.errors import InvalidInput

_MARK = ".coronet-demo"
_GOVERNING = ("models", "policy")
_CODEOWNERS = """\
# Who must approve: the last matching line counts.
*             @model-owner
/promotions/  @model-owner @second-owner
/policy/      @second-owner
"""
_ENVIRONMENT = """\
# To be sourced: . {folder}/env
export PATH="{bin}:$PATH"
export MLFLOW_TRACKING_URI="{registry}"
unset CORONET_NOW CORONET_REPOSITORY CORONET_REMOTE CORONET_BRANCH CORONET_LOG_BRANCH CORONET_FORGE
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class DemoStage:
    folder: Path

    @property
    def origin(self) -> Path:
        return self.folder / "origin.git"

    @property
    def work(self) -> Path:
        return self.folder / "work"

    @property
    def registry(self) -> str:
        return f"sqlite:///{self.folder / 'mlflow.db'}"


def set_stage(folder: Path) -> DemoStage:
    """A clean stage at `folder`; InvalidInput where something else than a demo lies there."""
    _clear(folder)
    stage = DemoStage(folder=folder)
    folder.mkdir(parents=True)
    (folder / _MARK).write_text("Everything here was made by `coronet demo`, which removes it when it runs again.\n")
    git = Git(folder=folder, environment=dict(os.environ))
    git.require("init", "--quiet", "--bare", "--initial-branch=main", str(stage.origin))
    git.require("clone", "--quiet", str(stage.origin), str(stage.work))
    _govern(stage.work)
    _commit(stage)
    bin_folder = Path(sys.executable).parent
    text = _ENVIRONMENT.format(folder=folder, bin=bin_folder, registry=stage.registry)
    (folder / "env").write_text(text)
    return stage


def _clear(folder: Path) -> None:
    if not folder.exists():
        return
    if any(folder.iterdir()) and not (folder / _MARK).exists():
        raise InvalidInput(
            f"{folder} is not empty, and no demo made it", hint="name another folder with --folder: nothing was removed"
        )
    shutil.rmtree(folder)


def find_examples() -> Path:
    """The folder that holds the worked models and their policies: in the package, or around it in a checkout."""
    package = Path(coronet.__file__).parent
    for place in (package / "examples", package.parents[1]):
        if (place / "models" / "iris" / "model.yaml").exists():
            return place
    raise InvalidInput("the worked examples are not installed", hint="install coronet again, or run in a checkout")


def _govern(work: Path) -> None:
    for name in _GOVERNING:
        skip = shutil.ignore_patterns("__pycache__")
        shutil.copytree(find_examples() / name, work / name, ignore=skip)
    for path, data in editor_schemas(PackageSchemas()).items():
        file = work / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    (work / "CODEOWNERS").write_text(_CODEOWNERS)
    (work / ".gitignore").write_text("__pycache__/\nevidence.json\n")


def _commit(stage: DemoStage) -> None:
    """Everything that governs the models, on main; the clone belongs to `engineer`."""
    git = Git(folder=stage.work, environment=dict(os.environ))
    git.require("config", "user.name", "engineer")
    git.require("config", "user.email", "engineer@example.com")
    git.require("checkout", "--quiet", "-B", "main")
    git.require("add", "--all")
    git.require("-c", "commit.gpgsign=false", "commit", "--quiet", "-m", "Govern three models")
    git.require("push", "--quiet", "--set-upstream", "origin", "main")
