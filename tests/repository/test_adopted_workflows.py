"""The workflows that adopters get: those of this repository, with our actions pinned, and as clean as ours."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from coronet.adapters.documents import FileDocuments
from coronet.adapters.templates import PackageTemplates
from coronet.commands.init.workflows import render_scripts, render_workflows
from coronet.core.adoption.pin import Pin
from coronet.core.doctor.workflows import judge_workflow
from tests.repository.workflows import ROOT

PIN = Pin(source="acme/coronet", ref="0123456789abcdef0123456789abcdef01234567")
ADOPTED = render_workflows(PIN, PackageTemplates())
BIN = Path(sys.executable).parent


@pytest.fixture(scope="module")
def adopter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with the workflows as init writes them."""
    folder = tmp_path_factory.mktemp("adopter")
    for path, data in {**ADOPTED, **render_scripts(PackageTemplates())}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    (folder / ".git").mkdir()
    return folder


def test_they_are_ours_but_for_our_own_build() -> None:
    own = {path.name for path in (ROOT / ".github/workflows").glob("*.yml")} - {"ci.yml"}
    assert set(ADOPTED) == {f".github/workflows/coronet-{name}" for name in own}


@pytest.mark.parametrize("path", ADOPTED)
def test_every_action_of_ours_is_called_at_the_pin(path: str) -> None:
    text = ADOPTED[path].decode()
    assert "./.github/actions/" not in text
    called = [line for line in text.splitlines() if "uses:" in line and "/.github/actions/" in line]
    assert all("acme/coronet/.github/actions/" in line and line.endswith(f"@{PIN.ref}") for line in called)


@pytest.mark.parametrize("path", ADOPTED)
def test_a_workflow_that_is_named_is_there(path: str) -> None:
    value = yaml.safe_load(ADOPTED[path])
    for job in value["jobs"].values():
        if job.get("uses", "").startswith("./"):
            assert job["uses"].removeprefix("./") in ADOPTED
    for word in ADOPTED[path].decode().replace("'", " ").split():
        if word.endswith("check.yml"):
            assert f".github/workflows/{word}" in ADOPTED


@pytest.mark.parametrize("path", ADOPTED)
def test_the_doctor_finds_nothing_wrong_with_them(path: str) -> None:
    document = FileDocuments().parse(ADOPTED[path], file=path)
    assert list(judge_workflow(document)) == []


def run(*command: str, folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_zizmor_finds_nothing(adopter: Path) -> None:
    config = str(ROOT / ".github/zizmor.yml")
    command = (str(BIN / "zizmor"), "--offline", "--quiet", "--persona", "pedantic", "--config", config, ".github")
    run(*command, folder=adopter)


def test_they_satisfy_the_schema_of_workflows(adopter: Path) -> None:
    run(str(BIN / "check-jsonschema"), "--builtin-schema", "vendor.github-workflows", *sorted(ADOPTED), folder=adopter)


def test_actionlint_finds_nothing(adopter: Path) -> None:
    actionlint = ROOT / ".tools/bin/actionlint"
    if not actionlint.exists():
        pytest.skip("actionlint is not built: `make tools`")
    config = str(ROOT / ".github/actionlint.yaml")
    run(str(actionlint), "-shellcheck=", "-pyflakes=", "-config-file", config, *sorted(ADOPTED), folder=adopter)


def test_the_scripts_of_a_release_come_along(adopter: Path) -> None:
    assert sorted(path.name for path in (adopter / ".github/release").iterdir()) == ["deploy.sh", "smoke.sh"]
