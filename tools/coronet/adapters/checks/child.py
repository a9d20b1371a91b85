"""The child process of a check by function: reads what it is told, calls the function, prints its answer.

Started as `python -P -m coronet.adapters.checks.child FILE.py:FUNCTION` (or a dotted path), with what is told on
standard input. Ends with 0 for pass, 1 for fail, 3 where the function gave no answer.
"""

import contextlib
import importlib
import json
import sys
import traceback
import types
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

NO_ANSWER = 3
_CODES = {"pass": 0, "fail": 1}


def main(call: str) -> int:
    told = json.load(sys.stdin)
    with contextlib.redirect_stdout(sys.stderr):  # standard output is the answer's
        answer = _as_answer(_find(call)(_with_frames(told)))
    if answer is None:
        sys.stderr.write("the function must return True, False, or a mapping with `result`\n")
        return NO_ANSWER
    sys.stdout.write(json.dumps(answer))
    return _CODES.get(str(answer.get("result")), NO_ANSWER)


def _find(call: str) -> Callable[[Mapping[str, Any]], Any]:
    file, colon, name = call.rpartition(":")
    if not colon:
        module, _, name = call.rpartition(".")
        found: Any = getattr(importlib.import_module(module), name)
        return found  # type: ignore[no-any-return]
    sys.path.insert(0, str(Path(file).resolve().parent))  # as a script finds what lies beside it
    made = types.ModuleType("coronet_check")
    made.__file__ = file
    sys.modules[made.__name__] = made
    exec(compile(Path(file).read_bytes(), file, "exec"), made.__dict__)  # noqa: S102 it is what a check is
    return getattr(made, name)  # type: ignore[no-any-return]


def _with_frames(told: dict[str, Any]) -> dict[str, Any]:
    """With the frame of its predictions for each side, instead of the path of the file."""
    import pandas

    for side in ("candidate", "champion"):
        if told.get(side):
            told[side]["predictions"] = pandas.read_parquet(told[side]["predictions"])
    return told


def _as_answer(answer: Any) -> dict[str, Any] | None:
    # What NumPy and pandas compare is no bool of Python's.
    if type(answer).__name__ in ("bool", "bool_"):
        return {"result": "pass" if answer else "fail"}
    return _plain(dict(answer)) if isinstance(answer, Mapping) and answer.get("result") is not None else None


def _plain(value: Any) -> Any:
    """With numbers of NumPy as Python's own."""
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if type(value).__name__ in ("bool", "bool_") or hasattr(value, "item"):
        return value.item() if hasattr(value, "item") else value
    return value


def _run(call: str) -> int:
    """As `main`; what the function raises, or its wish to end the process, is no answer."""
    try:
        return main(call)
    except SystemExit as ended:
        sys.stderr.write(f"the function ended the process with {ended.code!r} instead of answering\n")
    except Exception:  # noqa: BLE001 it raises what it likes
        traceback.print_exc()
    return NO_ANSWER


if __name__ == "__main__":
    sys.exit(_run(sys.argv[1]))
