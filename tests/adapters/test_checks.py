"""Checks of one's own, as real processes: what they are told, what they answer, and that they end when they must."""

import json
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from coronet.adapters.checks.process import MOST_BYTES
from coronet.adapters.checks.runner import ProcessChecks
from coronet.core.canonical import digest_bytes
from coronet.core.evidence.custom_checks import Answered, CustomCheck
from coronet.core.policy.demands import CheckDemand
from coronet.ports.checks import Told

FRAME = pd.DataFrame({"id": ["1", "2"], "left": ["yes", "no"], "prediction": ["yes", "yes"], "score": [0.9, 0.6]})
ENVIRONMENT = {**os.environ, "SECRET_TOKEN": "s3cret", "AWS_SECRET_ACCESS_KEY": "s3cret", "LC_ALL": "C.UTF-8"}


def told(tmp_path: Path) -> Told:
    file = tmp_path / "made.parquet"
    FRAME.to_parquet(file, index=False)
    content = file.read_bytes()
    file.unlink()
    facts = {"model": "churn", "candidate": {"version": "2"}, "champion": {"version": "1"}}
    return Told(facts=facts, predictions={"candidate": content, "champion": content})


def run(
    tmp_path: Path, code: str, *, call: bool = False, environment: Mapping[str, str] = ENVIRONMENT, **asked: Any
) -> CustomCheck:
    """`code` as checks/own.py, run as a program, or its function `judge` called."""
    root = tmp_path / "repository"
    (root / "checks").mkdir(parents=True, exist_ok=True)
    (root / "checks" / "own.py").write_text(code)
    demand = CheckDemand(**({"call": "checks/own.py:judge"} if call else {"run": ("python", "checks/own.py")}), **asked)
    found = ProcessChecks(root, environment).run("own", demand, told(tmp_path))
    assert (found.name, found.digest) == ("own", demand.digest)
    return found


def called(tmp_path: Path, body: str, **asked: Any) -> CustomCheck:
    return run(tmp_path, f"def judge(told):\n    {body}\n", call=True, **asked)


# --- by exit code ---------------------------------------------------------------------------------


def test_a_program_passes_by_its_exit_code(tmp_path: Path) -> None:
    found = run(tmp_path, "")
    assert (found.result, found.saw, found.numbers) == (Answered.PASS, "", {})
    assert found.files == {"checks/own.py": digest_bytes(b"")}
    assert found.seconds is not None
    assert found.seconds > 0


def test_a_program_fails_by_its_exit_code_and_its_last_word_is_told(tmp_path: Path) -> None:
    found = run(tmp_path, "import sys\nprint('first', file=sys.stderr)\nsys.exit('not fair')\n")
    assert (found.result, found.saw) == (Answered.FAIL, "not fair")


@pytest.mark.parametrize(
    ("code", "saw"),
    [
        ("import sys; sys.exit(3)", "it ended with the exit code 3"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGTERM)", "it ended with the exit code -15"),
        ("import sys; sys.stderr.write('lost'); sys.exit(2)", "it ended with the exit code 2: lost"),
        ("print('hello')", "what it printed on standard output is no JSON"),
        ('print(\'{"result": "maybe"}\')', "its answer is not what `coronet schema check_answer` asks for"),
        ("print('[1]')", "its answer is not what `coronet schema check_answer` asks for"),
        ('print(\'{"numbers": {"gap": NaN}}\')', "what it printed on standard output is no JSON"),
        ("import os; os.write(1, b'\\xff\\xfe')", "what it printed on standard output is no JSON"),
        ("print('[' * 100000)", "what it printed on standard output is no JSON"),
        ('print(\'{"result": "pass", "result": "fail"}\')', "what it printed on standard output is no JSON"),
    ],
)
def test_everything_else_could_not_tell(tmp_path: Path, code: str, saw: str) -> None:
    found = run(tmp_path, code)
    assert found.result is Answered.ERROR
    assert found.saw.startswith(saw)


@pytest.mark.parametrize(
    ("code", "result", "answered"),
    [(0, "pass", Answered.PASS), (0, "fail", Answered.FAIL), (1, "fail", Answered.FAIL), (1, "pass", Answered.FAIL)],
)
def test_where_exit_code_and_answer_differ_it_fails(tmp_path: Path, code: int, result: str, answered: Answered) -> None:
    assert run(tmp_path, f'print(\'{{"result": "{result}"}}\'); raise SystemExit({code})').result is answered


def test_an_answer_has_words_and_numbers(tmp_path: Path) -> None:
    answer = {"saw": "all alike", "numbers": {"gap": 0.01, "rows": 2}}
    found = run(tmp_path, f"print({json.dumps(json.dumps(answer))!s})")
    assert (found.result, found.saw, found.numbers) == (Answered.PASS, "all alike", {"gap": 0.01, "rows": 2.0})


def test_no_words_act_on_a_terminal(tmp_path: Path) -> None:
    assert run(tmp_path, r"import sys; sys.exit('red \x1b[31m')").saw == "red  [31m"
    assert run(tmp_path, r"""print('{"saw": "red \\u001b[31m"}')""").result is Answered.ERROR


def test_a_program_that_is_not_there_could_not_tell(tmp_path: Path) -> None:
    demand = CheckDemand(run=("no-such-program-anywhere",))
    found = ProcessChecks(tmp_path, ENVIRONMENT).run("own", demand, told(tmp_path))
    assert found.result is Answered.ERROR
    assert found.saw == "it cannot be started: No such file or directory"


# --- what it is told ------------------------------------------------------------------------------


def test_a_program_is_told_on_standard_input_and_stands_in_the_repository(tmp_path: Path) -> None:
    code = (
        "import json, os, pandas, sys\n"
        "told = json.load(sys.stdin)\n"
        "frame = pandas.read_parquet(told['candidate']['predictions'])\n"
        "print(json.dumps({'saw': told['model'] + told['champion']['version'] + ' ' + os.path.basename(os.getcwd()),"
        " 'numbers': {'rows': len(frame), 'score': float(frame['score'].sum())}}))\n"
    )
    found = run(tmp_path, code)
    assert (found.result, found.saw) == (Answered.PASS, "churn1 repository")
    assert found.numbers == {"rows": 2.0, "score": 1.5}


def test_it_gets_nothing_secret_of_the_environment(tmp_path: Path) -> None:
    found = run(tmp_path, "import json, os\nprint(json.dumps({'saw': ' '.join(sorted(os.environ))}))")
    names = set(found.saw.split())
    assert {"SECRET_TOKEN", "AWS_SECRET_ACCESS_KEY", "MLFLOW_TRACKING_URI"}.isdisjoint(names)
    assert {"PATH", "HOME", "TMPDIR", "LC_ALL", "PYTHONHASHSEED"} <= names


def test_its_home_is_empty_and_goes_with_it(tmp_path: Path) -> None:
    code = "import json, os\nhome = os.environ['HOME']\nprint(json.dumps({'saw': home + ' ' + str(os.listdir(home))}))"
    home, _, listed = run(tmp_path, code).saw.partition(" ")
    assert listed == "[]"
    assert not Path(home).exists()


# --- functions ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        ("True", Answered.PASS),
        ("False", Answered.FAIL),
        ("(told['candidate']['predictions']['score'] > 0.5).all()", Answered.PASS),
        ("told['champion']['predictions']['score'].max() > 1", Answered.FAIL),
        ("{'result': 'pass'}", Answered.PASS),
        ("{'result': 'fail'}", Answered.FAIL),
    ],
)
def test_a_function_answers_by_what_it_returns(tmp_path: Path, answer: str, result: Answered) -> None:
    assert called(tmp_path, f"return {answer}").result is result


def test_what_a_function_prints_is_no_answer(tmp_path: Path) -> None:
    numbers = "{'gap': told['candidate']['predictions']['score'].mean()}"
    found = called(tmp_path, f"print('no'); return {{'result': 'pass', 'saw': 'fine', 'numbers': {numbers}}}")
    assert (found.result, found.saw, found.numbers) == (Answered.PASS, "fine", {"gap": 0.75})
    assert set(found.files) == {"checks/own.py"}


@pytest.mark.parametrize(
    ("body", "saw"),
    [
        ("pass", "the function gave no answer: the function must return True, False, or a mapping with `result`"),
        ("return 1", "the function gave no answer: the function must return True, False, or a mapping"),
        ("return {'saw': 'nothing'}", "the function gave no answer"),
        ("raise ValueError('broken')", "the function gave no answer: ValueError: broken"),
        ("raise SystemExit(0)", "the function gave no answer: the function ended the process with 0"),
        ("import os; os._exit(0)", "the function gave no answer"),
        ("import os; os._exit(1)", "the function gave no answer"),
        ("return {'result': 'pass', 'more': 1}", "its answer is not what `coronet schema check_answer` asks for"),
        (
            "return {'result': 'pass', 'numbers': {'gap': float('inf')}}",
            "what it printed on standard output is no JSON",
        ),
        ("return {'result': 'pass', 'saw': object()}", "the function gave no answer: TypeError"),
    ],
)
def test_a_function_that_does_not_answer_could_not_tell(tmp_path: Path, body: str, saw: str) -> None:
    found = called(tmp_path, body)
    assert found.result is Answered.ERROR
    assert found.saw.startswith(saw)


def test_a_file_may_import_what_lies_beside_it(tmp_path: Path) -> None:
    (tmp_path / "repository" / "checks").mkdir(parents=True)
    (tmp_path / "repository" / "checks" / "shares.py").write_text("LIMIT = 0.5\n")
    code = "from shares import LIMIT\ndef judge(told):\n    return LIMIT == 0.5\n"
    assert run(tmp_path, code, call=True).result is Answered.PASS


def test_a_function_may_be_an_installed_one(tmp_path: Path) -> None:
    """`operator.truth` takes what it is told for a reason to pass."""
    found = ProcessChecks(tmp_path, ENVIRONMENT).run("own", CheckDemand(call="operator.truth"), told(tmp_path))
    assert (found.result, found.files) == (Answered.PASS, {})


@pytest.mark.parametrize("call", ["checks/none.py:judge", "checks/own.py:none", "no_such_module.judge"])
def test_a_function_that_is_not_there_could_not_tell(tmp_path: Path, call: str) -> None:
    (tmp_path / "checks").mkdir()
    (tmp_path / "checks" / "own.py").write_text("")
    found = ProcessChecks(tmp_path, ENVIRONMENT).run("own", CheckDemand(call=call), told(tmp_path))
    assert found.result is Answered.ERROR
    assert found.saw.startswith("the function gave no answer: ")


# --- a schema of one's own ------------------------------------------------------------------------


def with_schema(tmp_path: Path, schema: object, answer: str = 'print(\'{"numbers": {"gap": 0.5}}\')') -> CustomCheck:
    (tmp_path / "repository" / "checks").mkdir(parents=True, exist_ok=True)
    (tmp_path / "repository" / "checks" / "answer.json").write_text(json.dumps(schema))
    return run(tmp_path, answer, schema="checks/answer.json")


GAP: Mapping[str, Any] = {
    "required": ["numbers"],
    "properties": {"numbers": {"required": ["gap"], "properties": {"gap": {"maximum": 0.6}}}},
}


def test_an_answer_satisfies_the_schema_of_the_policy(tmp_path: Path) -> None:
    found = with_schema(tmp_path, GAP)
    assert found.result is Answered.PASS
    assert set(found.files) == {"checks/own.py", "checks/answer.json"}


@pytest.mark.parametrize(
    ("schema", "answer", "saw"),
    [
        (GAP, 'print(\'{"numbers": {"gap": 0.7}}\')', "its answer does not satisfy the policy's schema: $.numbers.gap"),
        (GAP, "print('{}')", "its answer does not satisfy the policy's schema: $: 'numbers' is a required property"),
        (GAP, "", "what it printed on standard output is no JSON"),
        ({"type": "nothing"}, "print('{}')", "it is no JSON Schema"),
        ({"$ref": "https://example.org/other.json"}, "print('{}')", "the JSON Schema cannot be followed"),
        ([1], "print('{}')", "checks/answer.json is no JSON Schema"),
    ],
)
def test_an_answer_that_does_not_could_not_tell(tmp_path: Path, schema: object, answer: str, saw: str) -> None:
    found = with_schema(tmp_path, schema, answer)
    assert found.result is Answered.ERROR
    assert found.saw.startswith(saw)


@pytest.mark.parametrize("schema", ["checks/none.json", "../outside.json"])
def test_a_schema_that_is_not_in_the_repository_could_not_tell(tmp_path: Path, schema: str) -> None:
    (tmp_path / "outside.json").write_text("{}")
    found = run(tmp_path, "", schema=schema)
    assert found.result is Answered.ERROR
    assert found.saw.startswith(f"there is no file {schema} in the repository")


# --- bounds ---------------------------------------------------------------------------------------


def is_gone(process: int) -> bool:
    """Whether it ends within ten seconds: whoever is killed may need a moment, and a dead one counts as gone."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        try:
            if "State:\tZ" in Path(f"/proc/{process}/status").read_text():
                return True
        except OSError:
            return True
    return False


def test_what_takes_too_long_is_ended_with_everything_that_it_started(tmp_path: Path) -> None:
    code = (
        "import os, subprocess, sys\n"
        f"child = subprocess.Popen([{sys.executable!r}, '-c', 'while True: pass'])\n"
        "open('pids', 'w').write(f'{os.getpid()} {child.pid}')\n"
        "child.wait()\n"
    )
    begun = time.monotonic()
    found = run(tmp_path, code, timeout=3)
    assert time.monotonic() - begun < 20
    assert (found.result, found.saw) == (Answered.ERROR, "it did not end within 3 seconds")
    pids = [int(pid) for pid in (tmp_path / "repository" / "pids").read_text().split()]
    assert len(pids) == 2
    assert all(is_gone(pid) for pid in pids)


def test_what_closes_its_output_and_goes_on_is_ended(tmp_path: Path) -> None:
    found = run(tmp_path, "import os\nos.close(1); os.close(2)\nwhile True: pass\n", timeout=2)
    assert (found.result, found.saw) == (Answered.ERROR, "it did not end within 2 seconds")


def test_what_a_check_leaves_behind_is_ended_and_does_not_hold_it_up(tmp_path: Path) -> None:
    code = (
        "import subprocess\n"
        f"child = subprocess.Popen([{sys.executable!r}, '-c', 'while True: pass'])\n"
        "open('pids', 'w').write(str(child.pid))\n"
    )
    begun = time.monotonic()
    assert run(tmp_path, code, timeout=60).result is Answered.PASS
    assert time.monotonic() - begun < 30
    assert is_gone(int((tmp_path / "repository" / "pids").read_text()))


@pytest.mark.parametrize("stream", [1, 2])
def test_a_flood_is_ended(tmp_path: Path, stream: int) -> None:
    found = run(tmp_path, f"import os\nwhile True: os.write({stream}, b'x' * 65536)\n", timeout=60)
    assert found.result is Answered.ERROR
    assert found.saw.startswith(f"it wrote more than {MOST_BYTES} bytes")


def test_long_words_are_cut(tmp_path: Path) -> None:
    assert len(run(tmp_path, "import sys; sys.exit('x' * 5000)").saw) == 500


@pytest.mark.parametrize("path", ["../outside.py", "/etc/passwd", "checks", "a\0b"])
def test_only_files_of_the_repository_are_digested(tmp_path: Path, path: str) -> None:
    (tmp_path / "outside.py").write_text("")
    (tmp_path / "repository" / "checks").mkdir(parents=True)
    demand = CheckDemand(run=("true", path.replace("\0", "")), schema=None)
    found = ProcessChecks(tmp_path / "repository", ENVIRONMENT).run("own", demand, told(tmp_path))
    assert found.files == {}
