"""What a run of a workflow left, read from what act says of it, one JSON object a line."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Line = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Annotation:
    """As the page of a run shows it."""

    level: str
    message: str
    properties: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """One run of one workflow; `log` is what its steps wrote, `jobs` how each job ended."""

    workflow: str
    event: str
    code: int
    log: str
    jobs: Mapping[str, str]
    summary: str
    annotations: tuple[Annotation, ...]
    outputs: Mapping[str, str] = field(default_factory=dict)

    @property
    def succeeded(self) -> bool:
        return self.code == 0


def read_run(workflow: str, event: str, code: int, said: str) -> Run:
    lines = list(_parse(said))
    return Run(
        workflow=workflow,
        event=event,
        code=code,
        log="".join(str(line["msg"]) for line in lines if line.get("raw_output")) + _errors(said, lines),
        jobs={str(line["jobID"]): str(line["jobResult"]) for line in lines if line.get("jobResult")},
        summary="\n".join(str(line["content"]) for line in lines if line.get("command") == "summary"),
        annotations=tuple(
            Annotation(level=line["command"], message=line["arg"], properties=line["kvPairs"] or {})
            for line in lines
            if line.get("command") in ("error", "warning", "notice")
        ),
        outputs={line["name"]: line["arg"] for line in lines if line.get("command") == "set-output"},
    )


def _parse(said: str) -> Iterator[Line]:
    for line in said.splitlines():
        if line.startswith("{"):
            yield json.loads(line)


def _errors(said: str, lines: list[Line]) -> str:
    """What act itself has to say: a workflow that is not valid, an action that it cannot find."""
    own = [line for line in said.splitlines() if line.startswith("Error: ")]
    return "\n".join([*own, *(str(line["msg"]) for line in lines if line.get("level") == "fatal")])
