"""What `coronet init` is asked for, and what it remembers of that for the next time."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from coronet.core.adoption.pin import Pin
from coronet.core.codeowners import parse_codeowners
from coronet.core.evidence import Task
from coronet.core.names import NAME_RULE, is_name
from coronet.errors import InvalidInput, WrongUsage
from coronet.ports.documents import Files

RECORD = ".coronet/init.json"
SCHEMA = "coronet/init-record/v1"


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelSeed:
    """What is known of a model before anybody wrote its file; None is left to the people who fill it in."""

    name: str
    task: Task
    registered_model: str | None = None
    owner: str | None = None
    label: str | None = None
    key: str | None = None
    train: str | None = None
    evaluation: str | None = None
    trainer: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class InitRequest:
    """`pin` None writes no workflows. `restore` names files of which ours is wanted, whatever people made of them.

    `answers` are remembered for the next time.
    """

    owners: tuple[str, ...] = ()
    model: ModelSeed | None = None
    pin: Pin | None = None
    restore: frozenset[str] = frozenset()
    answers: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """What we wrote the last time: the digests by path, and the answers that are not asked for again."""

    files: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, Any] = field(default_factory=dict)

    def to_bytes(self) -> bytes:
        value = {"schema": SCHEMA, "answers": dict(self.answers), "files": dict(self.files)}
        return (json.dumps(value, indent=2, sort_keys=True) + "\n").encode()


def load_record(files: Files) -> Record:
    """The record of the work tree; an empty one where there is none."""
    data = files.read(RECORD)
    if data is None:
        return Record()
    try:
        value = json.loads(data)
        digests, answers = value["files"], value["answers"]
        if value["schema"] == SCHEMA and all(isinstance(digest, str) for digest in digests.values()):
            return Record(files=dict(digests), answers=dict(answers))
    except (ValueError, KeyError, TypeError, AttributeError):
        pass
    raise InvalidInput(
        f"{RECORD} is not what `coronet init` writes",
        hint="restore it from git, or remove it: then every file that differs from ours is taken for yours",
    )


def require_owners(owners: tuple[str, ...]) -> tuple[str, ...]:
    """`owners`, where each may stand in CODEOWNERS."""
    for owner in owners:
        parsed = parse_codeowners(f"* {owner}\n")
        if len(owner.split()) != 1 or parsed.findings or parsed.owners_of("x").owners != (owner,):
            raise WrongUsage(
                f"{owner!r} is no owner", hint="write --owner @login, @organization/team or an e-mail address"
            )
    return owners


def require_model_name(name: str) -> str:
    if name == "default" or not is_name(name):
        raise WrongUsage(f"{name!r} cannot name a model", hint=f"a model's name is {NAME_RULE}, and not `default`")
    return name
