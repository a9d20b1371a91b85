"""What tests look at when something was done."""

from collections.abc import Mapping

from coronet.core.changelog.chain import read_entries
from coronet.core.changelog.entry import Entry, Event, log_path
from coronet.core.decision import Check, Result
from tests.stage.quick import QuickStage
from tests.stage.stage import MODEL, Stage


def entries(stage: Stage, model: str = MODEL) -> tuple[Entry, ...]:
    """The change log, oldest first; empty where nothing was ever logged."""
    repository = stage.repository()
    head = repository.head("promotions-log")
    return read_entries((repository.read(head, log_path(model)) if head else None) or b"")


def events(stage: Stage, proposal: str | None = None) -> list[Event]:
    """What happened, intents left out; of one proposal or of all."""
    return [
        entry.event
        for entry in entries(stage)
        if entry.event is not Event.INTENT and proposal in (None, entry.proposal)
    ]


def last_entry(stage: Stage) -> Entry:
    return entries(stage)[-1]


def written(stage: QuickStage) -> tuple[Mapping[str, str], list[str]]:
    """Everything that could have been written: refs of the remote, writes to the registry."""
    return dict(stage.remote.refs), [str(call) for call in stage.registry.writes]


def results(checks: tuple[Check, ...]) -> dict[str, Result]:
    return {check.name: check.result for check in checks}


def broken(checks: tuple[Check, ...]) -> list[str]:
    """The names of the checks that keep something from happening."""
    return [check.name for check in checks if check.result in (Result.FAIL, Result.INCONCLUSIVE)]


def find(checks: tuple[Check, ...], name: str) -> Check:
    """The one check of that name."""
    (found,) = (check for check in checks if check.name == name)
    return found
