"""GitHub's published types of the REST API, version 2022-11-28, as the package githubkit ships them.

The reference of each operation (its path, its models, its page of documentation) is read from the source
of the package, and only the models of operations that are asked for are imported: importing all takes many
seconds, the first takes half a second, each other some hundredths.
"""

import importlib
import re
import sys
from dataclasses import dataclass, field
from functools import cache
from importlib.machinery import PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any

_VERSION = "githubkit_schemas.v2022_11_28"
_TAGS = (
    "pulls",
    "issues",
    "repos",
    "checks",
    "git",
    "actions",
    "users",
    "teams",
    "rate_limit",
    "activity",
    "apps",
    "meta",
    "orgs",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Operation:
    """One operation of the reference: the model of its answer (None: no body), of its errors and of its request."""

    name: str
    documentation: str
    answer: str | None
    errors: dict[str, str] = field(default_factory=dict)
    request: str | None = None
    queries: frozenset[str] = frozenset()


@cache
def operation(method: str, template: str) -> Operation | None:
    """The operation at a path of the reference; None where GitHub publishes none."""
    for tag in _TAGS:
        text = _text(tag)
        at = text.find(f"\n        {method} {template}\n")
        if at >= 0:
            return _read(text, at)
    return None


def answer_problems(known: Operation, status: int, body: Any) -> list[str]:
    """Why the answer is not what the operation may answer."""
    if status >= 400:
        name = known.errors.get(str(status), "BasicError")
        return [] if not isinstance(body, dict) else _problems(name, body)
    if known.answer is None:
        return [] if body is None else [f"a body where none is published: {str(body)[:100]}"]
    return _problems(known.answer, body)


def request_problems(known: Operation, given: Any, query: dict[str, str]) -> list[str]:
    """Why the request is not what the operation takes; what it does not know is a problem too."""
    unknown = [f"unknown query parameter {name!r}" for name in sorted(set(query) - known.queries)]
    if known.request is None:
        return unknown + ([f"a body where none is published: {str(given)[:100]}"] if given else [])
    wanted = _type(known.request)
    fields = getattr(wanted, "model_fields", None)
    if fields is not None and isinstance(given, dict):
        names = {each.alias or name for name, each in fields.items()} | set(fields)
        extra = (wanted.model_config or {}).get("extra") != "allow"
        unknown += [f"unknown key {name!r}" for name in sorted(set(given) - names) if extra]
    return unknown + _problems(known.request, given)


def event_problems(name: str, payload: dict[str, Any]) -> list[str]:
    """Why a webhook's payload is not what GitHub publishes for the event (and its action)."""
    text = (_folder() / "webhooks" / f"{name}.py").read_text()
    by_action = dict(re.findall(r'"(\w+)": (Webhook\w+)', text))
    found = re.search(r"Event: TypeAlias = (\w+)", text)
    model = by_action.get(str(payload.get("action"))) or (found[1] if found and not by_action else None)
    return _problems(model, payload) if model else [f"no such action {payload.get('action')!r}"]


def _problems(expression: str, value: Any) -> list[str]:
    from pydantic import ValidationError

    try:
        _adapter(expression).validate_python(value)
    except ValidationError as error:
        return [f"{expression}: {'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()[:20]]
    return []


@cache
def _adapter(expression: str) -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(_type(expression))


@cache
def _type(expression: str) -> Any:
    """The type that an expression of the reference such as `list[PullRequestSimple]` names."""
    import datetime
    from typing import Annotated, Literal, Union

    from pydantic import Field

    space: dict[str, Any] = {
        "Union": Union,
        "Literal": Literal,
        "Annotated": Annotated,
        "Field": Field,
        "Any": Any,
        "PYDANTIC_V2": True,
        "_dt": datetime,
    }
    for name in re.findall(r"\b[A-Z]\w+", expression):
        if name in _groups():
            space[name] = getattr(_module(f"models.{_groups()[name]}"), name)
    if "UniqueList" in expression:
        space["UniqueList"] = _module("models") and importlib.import_module("githubkit.typing").UniqueList
    return eval(expression, space)  # the package's own source, from a locked install


@cache
def _groups() -> dict[str, str]:
    """In which module each model is."""
    text = (_folder() / "models" / "__init__.py").read_text()
    listed = re.findall(r'"\.(group_\d+)": \(([^)]*)\)', text[text.index("__lazy_vars__") :])
    return {name: group for group, names in listed for name in re.findall(r'"(\w+)"', names)}


@cache
def _text(tag: str) -> str:
    return (_folder() / "rest" / f"{tag}.py").read_text()


def _read(text: str, at: int) -> Operation:
    """Read what the method around `at` (the first of two: the second is its asynchronous twin) sends and expects."""
    name = text[text.rindex('"""', 0, at) + 3 : at].strip()
    end = text.find("\n    def ", at)
    other = text.find("\n    async def ", at)
    stop = min(each for each in (end, other, len(text)) if each > 0)
    body = text[text.index('"""', at) : stop]
    page = re.search(r"See also: (\S+)", text[at:stop])
    request = re.search(r"type_validate_python\(\s*(.+?),\s*json,?\s*\)", body, re.DOTALL)
    params = re.search(r"params = \{(.*?)\n        \}", body, re.DOTALL)
    return Operation(
        name=name,
        documentation=page[1] if page else "https://docs.github.com/rest",
        answer=_argument(body, "response_model="),
        errors={code: _argument(body, f'"{code}": ') or "BasicError" for code in re.findall(r'"(\d{3})": ', body)},
        request=_tidy(request[1]) if request else None,
        queries=frozenset(re.findall(r'"(\w+)":', params[1])) if params else frozenset(),
    )


def _argument(body: str, name: str) -> str | None:
    """The expression given as an argument: up to the comma that is in no bracket."""
    if (at := body.find(name)) < 0:
        return None
    depth = 0
    for end in range(at + len(name), len(body)):
        depth += (body[end] in "[(") - (body[end] in "])")
        if depth < 0 or (depth == 0 and body[end] == ","):
            return _tidy(body[at + len(name) : end])
    return None


def _tidy(expression: str) -> str:
    return " ".join(expression.split())


@cache
def _folder() -> Path:
    found = PathFinder.find_spec("githubkit_schemas")
    assert found is not None
    assert found.submodule_search_locations is not None
    return Path(next(iter(found.submodule_search_locations))) / "v2022_11_28"


def _module(name: str) -> ModuleType:
    _prepare()
    return importlib.import_module(f"{_VERSION}.{name}")


@cache
def _prepare() -> None:
    """Put empty packages where githubkit's are: theirs import a whole client, its cache, and every model."""
    site = _folder().parent.parent
    for name in ("githubkit", "githubkit_schemas", _VERSION, f"{_VERSION}.models"):
        if name not in sys.modules:
            package = ModuleType(name)
            package.__path__ = [str(site / name.replace(".", "/"))]
            sys.modules[name] = package
