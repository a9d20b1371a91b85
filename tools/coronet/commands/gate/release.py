"""May the champion be released? What a release workflow asks before it deploys.

The gate stands in the way of every release, so it must be quick: while the registry answers, the rest of
the gate is imported and git is read.
"""

from typing import TYPE_CHECKING

from coronet.commands.gate.question import GateQuestion
from coronet.commands.governed import AtCommit, load_model, require_name
from coronet.commands.meanwhile import Meanwhile
from coronet.core.model_file import CHAMPION
from coronet.errors import InvalidInput
from coronet.ports.clock import Clock
from coronet.ports.documents import Documents
from coronet.ports.registry import Registry
from coronet.ports.repository import Repository

if TYPE_CHECKING:
    from coronet.commands.gate.report import GateReport
    from coronet.commands.gate.serving import Serving


def gate(
    question: GateQuestion, *, repository: Repository, registry: Registry, documents: Documents, clock: Clock
) -> "GateReport":
    """Every release check of a model, answered from git, the log and the registry; nothing is written."""

    def ask_registry(name: str, alias: str) -> "Serving":
        from coronet.commands.gate.serving import find_serving

        return find_serving(registry, name, alias, deep=question.is_deep)

    repository.refresh()
    # The registry is asked before git has said what the model is called there: nearly always as here. Where
    # the model file says otherwise, it is asked again.
    usual = (require_name(question.model), CHAMPION)
    serving = Meanwhile(lambda: ask_registry(*usual))
    files = _main_files(question, repository)
    model = load_model(files, documents, question.model, validated=False)
    names = (model.registered_model, model.champion_alias)
    if names != usual:
        serving.wait()
        serving = Meanwhile(lambda: ask_registry(*names))

    from coronet.commands.gate.answer import Ground, answer

    ground = Ground(question=question, model=model, repository=repository, documents=documents, files=files)
    return answer(ground, serving.result, now=clock.now())


def _main_files(question: GateQuestion, repository: Repository) -> AtCommit:
    main = repository.head(question.main)
    if main is None:
        raise InvalidInput(f"the remote has no branch {question.main}", hint="name the branch with --branch")
    return AtCommit(repository=repository, commit=main)
