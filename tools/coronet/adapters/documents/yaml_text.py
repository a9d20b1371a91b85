"""Reading YAML: a small, strict part of the language, in which a text has one meaning and one only.

What the parser tells is read event by event, so that depth is bounded without recursion, and nothing
is ever expanded: an alias is a finding, not a copy.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

import yaml

from coronet.adapters.documents.scalars import NoValue, read_plain
from coronet.adapters.documents.text import MAXIMUM_DEPTH, Findings, decode, hidden_in, place
from coronet.core.documents import Document, Path

MAXIMUM_BYTES = 256_000
FAST: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
SLOW: Any = yaml.SafeLoader

_DIRECTIVE = re.compile(r"(?: *(?:#.*)?\r?\n)*%")
_QUOTE = "put it in quotes where you mean the text"


def read_yaml(data: bytes, *, file: str, loader: Any = FAST) -> Document:
    """The one document in `data`; InvalidInput with every finding.

    `loader` is libyaml's where PyYAML has it, or PyYAML's own, which is slow. They refuse different odd
    corners of the language (`{a: b?}`, `|#`), but what both accept has one meaning.
    """
    text = decode(data, file=file, limit=MAXIMUM_BYTES)
    findings = Findings(file)
    _refuse_what_parsers_dispute(text, findings)
    builder = _Builder(findings)
    try:
        for event in _events(text, loader):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise findings.stop(f"this is not YAML: {error.problem}", *at, hint=_hint(str(error.problem))) from None
    if findings:
        raise findings.error()
    return Document(file=file, value=builder.value, positions=builder.positions)


def _events(text: str, loader: Any) -> Iterator[Any]:
    """The parser's events; what it cannot say as an error of its own becomes one."""
    try:
        yield from yaml.parse(text, Loader=loader)
    except yaml.MarkedYAMLError:
        raise
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        raise yaml.MarkedYAMLError(problem=str(error).partition("\n")[0]) from None


def _refuse_what_parsers_dispute(text: str, findings: Findings) -> None:
    """Tabs, and directives (before a file's first content): each parser makes something else of them."""
    for found in islice(re.finditer("\t", text), 20):
        findings.add("a tab", *place(text, found.start()), hint="use spaces, or write \\t in double quotes")
    if findings:
        raise findings.error()
    if directive := _DIRECTIVE.match(text):
        raise findings.stop("a directive (`%`): leave it out", text.count("\n", 0, directive.end()) + 1, 1)


def _hint(problem: str) -> str:
    return "text with a colon and a blank in it needs quotes" if "mapping values" in problem else ""


class _Open:
    """A mapping or list whose end has not been read yet."""

    __slots__ = ("key", "path", "value", "waits_for_key")

    def __init__(self, path: Path, value: "dict[str, Any] | list[Any]") -> None:
        self.path = path
        self.value = value
        self.key = ""
        self.waits_for_key = isinstance(value, dict)


class _Builder:
    """Makes a value and the positions of its parts out of the parser's events."""

    def __init__(self, findings: Findings) -> None:
        self.value: Any = None
        self.positions: dict[Path, tuple[int, int]] = {(): (1, 1)}
        self._findings = findings
        self._open: list[_Open] = []
        self._documents = 0

    def take(self, event: Any) -> None:
        match event:
            case yaml.ScalarEvent():
                self._take_scalar(event)
            case yaml.MappingStartEvent():
                self._take_start(event, {})
            case yaml.SequenceStartEvent():
                self._take_start(event, [])
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self._open.pop()
            case yaml.AliasEvent():
                self._add("an alias (`*`): write the value itself", event)
                self._put(None, event, key=f"*{event.anchor}")
            case yaml.DocumentStartEvent():
                self._take_document(event)

    def _take_document(self, event: Any) -> None:
        self._documents += 1
        if self._documents > 1:
            raise self._stop("a second document: a file holds one", event)

    def _take_scalar(self, event: Any) -> None:
        self._refuse_properties(event)
        value: Any = event.value
        hint = ""
        if event.style in (None, "") and event.tag is None:
            try:
                value, hint = read_plain(event.value), _QUOTE
            except NoValue as reason:
                self._add(str(reason), event, hint=_QUOTE)
        if isinstance(value, str) and (hidden := hidden_in(value)):
            self._add(hidden, event)
        if self._expects_key:
            self._take_key(event, value, hint)
        else:
            self._put(value, event)

    def _take_key(self, event: Any, value: Any, hint: str) -> None:
        mapping = self._open[-1]
        if not isinstance(value, str):
            self._add(f"the key {event.value or 'null'} is not text", event, hint=hint)
        elif value == "<<" and hint:
            self._add("a merge key (`<<`): write the values themselves", event)
        elif value in mapping.value:
            line = self.positions[(*mapping.path, value)][0]
            self._add(f"the key {value!r} stands here a second time, first in line {line}", event)
        mapping.key, mapping.waits_for_key = event.value, False
        self.positions.setdefault((*mapping.path, mapping.key), _at(event))

    def _take_start(self, event: Any, value: "dict[str, Any] | list[Any]") -> None:
        self._refuse_properties(event)
        if len(self._open) == MAXIMUM_DEPTH:
            raise self._stop(f"nested deeper than {MAXIMUM_DEPTH} levels", event)
        if self._expects_key:
            self._add("a key that is not text", event)
        path = self._put(value, event, key="?")
        self._open.append(_Open(path, value))

    @property
    def _expects_key(self) -> bool:
        return bool(self._open) and self._open[-1].waits_for_key

    def _put(self, value: Any, event: Any, *, key: str = "") -> Path:
        """Place a value where one is expected, or, after its finding, use up the place of a key."""
        if not self._open:
            self.value = value
            self.positions[()] = (1, 1) if value is None else _at(event)
            return ()
        parent = self._open[-1]
        if isinstance(parent.value, list):
            parent.value.append(value)
            path = (*parent.path, len(parent.value) - 1)
            self.positions[path] = _at(event)
            return path
        if parent.waits_for_key:
            parent.key, parent.waits_for_key = key, False
        else:
            parent.value.setdefault(parent.key, value)
            parent.waits_for_key = True
        return (*parent.path, parent.key)

    def _refuse_properties(self, event: Any) -> None:
        if event.anchor is not None:
            self._add("an anchor (`&`): write the value where it is needed", event)
        if event.tag is not None:
            self._add("a tag (`!`): leave it out", event)

    def _add(self, message: str, event: Any, *, hint: str = "") -> None:
        self._findings.add(message, *_at(event), hint=hint)

    def _stop(self, message: str, event: Any) -> Exception:
        return self._findings.stop(message, *_at(event))


def _at(event: Any) -> tuple[int, int]:
    return event.start_mark.line + 1, event.start_mark.column + 1
