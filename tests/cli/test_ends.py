"""How a process ends: exit codes, and that results and messages never mix."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from coronet.core.proposal import proposal_path
from tests.cli import cases
from tests.cli.cases import Shelf
from tests.cli.typing_in import CliStage, Typed, type_at, type_in
from tests.fakes.http_server import Handler, StubServer, error_reply
from tests.stage.stage import MODEL
from tests.stage.states import on_a_branch

DEAD = "http://127.0.0.1:9"


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    return Shelf(tmp_path_factory.mktemp("worlds"))


@pytest.fixture
def stage(shelf: Shelf) -> CliStage:
    """A champion."""
    return shelf.fresh(cases.champion)


def failed(typed: Typed, code: int) -> str:
    """What an error said: on standard error alone, without a traceback."""
    assert (typed.code, typed.out) == (code, ""), typed
    assert typed.err.strip()
    assert "Traceback" not in typed.err
    return typed.err


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("gat churn", "No such command 'gat'. Did you mean 'gate'?"),
        ("promoet", "Did you mean 'promote'?"),
        ("xyzzy", "No such command 'xyzzy'."),
        ("gate", "Missing argument 'MODEL'"),
        ("gate churn extra", "unexpected extra argument"),
        ("gate churn --mode quick", "'quick' is not one of 'smoke', 'production'"),
        ("gate churn --policies now", "Did you mean"),
        ("gate churn --format yaml", "'yaml' is not one of"),
        ("hold churn", "Missing option '--reason'"),
        ("log --limit 0", "is not in the range"),
        ("log --at yesterday", "'yesterday' is no moment"),
        ("log --at 2026-11-20T12:00:00", "has no time zone"),
        ("judge evidence.json", "Missing option '--policy'"),
        ("renew churn", "Missing option '--evidence'"),
        ("propose churn --change-type magic", "'magic' is not one of"),
        ("check main --comment", "--comment needs the number of the pull request"),
        ("models --changed-since main", "'main' is no commit id"),
        ("gate churn --forge gitlab", "'gitlab' is not one of"),
        ("status --forge github", "--as engineer is a claim, and GitHub knows who acts"),
        ("gate churn --registry ftp://x", "ftp"),
        ("hold churn --reason x --as a/b", "'a/b' is no login"),
    ],
)
def test_a_wrong_command_line_is_2(stage: CliStage, typed: str, said: str) -> None:
    assert said in failed(type_in(stage, *typed.split()), 2)


def test_who_acts_must_be_known_where_something_is_written(stage: CliStage) -> None:
    stage.git("config", "--unset", "user.email", folder=stage.work)
    assert "who acts is not known" in failed(type_in(stage, "promote", actor=""), 2)
    assert type_in(stage, "gate", MODEL, actor="").code == 0
    assert type_in(stage, "status", actor="").code == 0
    assert type_in(stage, "verify", actor="").code == 0


def test_a_registry_must_be_named_where_one_is_asked(stage: CliStage) -> None:
    assert "no registry is named" in failed(type_at(stage, "", "gate", MODEL), 2)
    assert type_at(stage, "", "log").code == 0
    assert type_at(stage, "", "verify").code == 0


def test_a_moment_that_is_none_in_the_environment(stage: CliStage) -> None:
    assert "CORONET_NOW is 'soon', and no moment" in failed(type_in(stage, "gate", MODEL, CORONET_NOW="soon"), 2)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("gate iris", "no model file models/iris/model.yaml"),
        ("gate ../churn", "cannot name a model"),
        ("gate churn --branch trunk", "no branch trunk"),
        ("status nowhere", "no model file"),
        ("log nowhere", "no change log of 'nowhere'"),
        ("promote nowhere", "no model nowhere on main"),
        ("rollback nowhere", "no model file"),
        ("hold churn --reason x --version 9", "no version '9'"),
        ("propose churn --candidate 9", "no version '9'"),
        ("propose churn --evidence missing.json", "missing.json"),
        ("renew churn --evidence missing.json", "missing.json"),
        ("judge missing.json --policy policy/default.yaml", "missing.json"),
        ("judge models --policy policy/default.yaml", "models"),
        ("judge CODEOWNERS --policy policy/default.yaml", "CODEOWNERS"),
        ("judge models/churn/model.yaml --policy policy/default.yaml", "is not a valid evidence file"),
        ("policy show A", "cannot name a model"),
        ("check 99", "no commit for pull request 99"),
        ("check nowhere", "no commit for nowhere"),
        ("check deadbeefdeadbeefdeadbeefdeadbeefdeadbeef", "deadbeef"),
        ("verify --branch trunk", "no branch trunk"),
    ],
)
def test_invalid_input_is_3(stage: CliStage, typed: str, said: str) -> None:
    assert said in failed(type_in(stage, *typed.split()), 3)


def test_findings_are_told_with_file_line_and_column(shelf: Shelf) -> None:
    stage = shelf.fresh(cases.files_to_judge)
    said = failed(type_in(stage, "judge", "broken.json", "--policy", "policy/default.yaml"), 3)
    assert "\n  broken.json:1:" in said
    assert "did you mean 'model'?" in said


def test_a_folder_that_is_no_clone(stage: CliStage, tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        assert "--repository" in failed(type_in(stage, "gate", MODEL, "--repository", str(folder)), 2)


@pytest.mark.parametrize("typed", ["rollback churn", "propose churn", "renew churn --evidence fresh.json"])
def test_refused_is_4_with_what_to_do(shelf: Shelf, typed: str) -> None:
    stage = shelf.fresh(cases.fresh_evidence)
    if typed.startswith("renew"):
        stage.push({"policy/default.yaml": cases.POLICY.replace("0.7", "0.95")}, message="ask for more")
    said = failed(type_in(stage, *typed.split()), 4)
    assert "\nrefused: " in f"\n{said}"
    assert said.splitlines()[-1].startswith("  → ")


def test_a_refusal_with_a_report_prints_the_report(shelf: Shelf) -> None:
    typed = type_in(shelf.fresh(cases.in_trouble), "gate", MODEL)
    assert (typed.code, typed.err) == (4, "")
    assert typed.out.startswith("fail: ")


@pytest.mark.parametrize("typed", ["rollback churn", "propose churn", "propose churn --candidate 2"])
def test_a_conflict_is_5(shelf: Shelf, typed: str) -> None:
    said = failed(type_in(shelf.fresh(cases.diverged), *typed.split()), 5)
    assert "conflict: churn@champion is version 1, the log says version 2" in said
    assert "--heal" in said


@pytest.mark.parametrize("typed", ["gate churn", "status", "promote", "propose churn", "rollback churn", "check main"])
def test_a_registry_that_is_down_is_6(shelf: Shelf, typed: str) -> None:
    typed_ = type_at(shelf.fresh(cases.two_champions), DEAD, *typed.split())
    if typed == "check main":
        assert typed_.code == 0  # there is nothing to judge, and so nothing to ask
    else:
        assert "127.0.0.1:9" in failed(typed_, 6)


def test_a_registry_that_fails_inside_is_6(stage: CliStage) -> None:
    server = StubServer()
    server.answer = lambda asked: error_reply(500, "INTERNAL_ERROR", "disk \x1b[31mfull\n::error::now")
    with server.running():
        said = failed(type_at(stage, server.url, "gate", MODEL), 6)
    assert "disk" in said
    assert "\x1b" not in said
    assert "\n::" not in said


def test_a_remote_that_is_gone_is_6(stage: CliStage) -> None:
    stage.git("config", "remote.origin.url", "http://127.0.0.1:9/origin.git", folder=stage.work)
    for verb in ("gate churn", "log", "verify", "status"):
        failed(type_in(stage, *verb.split()), 6)


@pytest.fixture
def interruptible() -> Iterator[None]:
    """What Ctrl-C does in a terminal: a shell's job in the background begins with it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_interrupted_is_130(stage: CliStage) -> None:
    """Somebody presses Ctrl-C while the registry is slow."""

    def interrupt(handler: Handler) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        handler.stub.released.wait(10)

    server = StubServer()
    server.answer = lambda asked: interrupt
    with server.running():
        typed = type_at(stage, server.url, "status")
    assert (typed.code, typed.out) == (130, "")
    assert typed.err.splitlines()[-1] == "interrupted"


A_BUG = """
import sys
from coronet.cli.verbs import VERBS, Verb
VERBS["bug"] = Verb("a_bug", "Set up", "Breaks.")
sys.argv = ["coronet", "bug"]
from coronet.cli.start import main
main()
"""


def test_a_bug_is_1_with_its_traceback(tmp_path: Path) -> None:
    (tmp_path / "a_bug.py").write_text("import click\n@click.command()\ndef command():\n    print('half')\n    1 / 0\n")
    done = subprocess.run(
        [sys.executable, "-c", A_BUG],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
    )
    assert done.returncode == 1
    assert b"ZeroDivisionError" in done.stderr
    assert b"Traceback" in done.stderr


def test_names_of_files_act_on_nothing(stage: CliStage) -> None:
    """A file of a pull request may be called anything that git allows."""
    name = "\x1b[31m::error::x"
    on_a_branch(stage, "hostile", {proposal_path(MODEL, name): b"x: 1\n"})
    typed = type_in(stage, "check", "hostile")
    assert typed.code == 4
    for stream in (typed.out, typed.err):
        assert "\x1b" not in stream
        assert not any(line.strip().startswith("::") for line in stream.splitlines())


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_terminal_that_knows_few_letters(stage: CliStage, encoding: str) -> None:
    environment = {**stage.environment, "PYTHONIOENCODING": encoding, "CORONET_NOW": "2026-11-20T13:00:00Z"}
    done = subprocess.run(
        [sys.executable, "-m", "coronet", "log", "churn"], cwd=stage.work, env=environment, capture_output=True
    )
    assert done.returncode == 0, done.stderr
    assert b"promoted" in done.stdout


def test_what_nobody_reads_to_its_end(stage: CliStage) -> None:
    """As in `coronet log | head -0`: no traceback."""
    environment = {**stage.environment, "CORONET_NOW": "2026-11-20T13:00:00Z"}
    with subprocess.Popen(
        [sys.executable, "-m", "coronet", "log", "churn"],
        cwd=stage.work,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()
