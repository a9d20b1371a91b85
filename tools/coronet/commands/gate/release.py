"""May the champion be released? What a release workflow asks before it deploys.

The gate stands in the way of every release, so it must be quick: while the registry answers, the rest of
the gate is imported and git is read.
"""

from typing import TYPE_CHECKING

from coronet.commands.gate.question import GateQuestion
from coronet.commands.governed import AtCommit, load_model
from coronet.commands.meanwhile import Meanwhile
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
    repository.refresh()
    main = repository.head(question.main)
    if main is None:
        raise InvalidInput(f"the remote has no branch {question.main}", hint="name the branch with --branch")
    files = AtCommit(repository=repository, commit=main)
    model = load_model(files, documents, question.model, validated=False)
    name, alias = model.registered_model, model.champion_alias

    def ask_registry() -> "Serving":
        from coronet.commands.gate.serving import find_serving

        return find_serving(registry, name, alias, deep=question.is_deep)

    serving = Meanwhile(ask_registry)

    from coronet.commands.gate.answer import Ground, answer

    ground = Ground(question=question, model=model, repository=repository, documents=documents, files=files)
    return answer(ground, serving.result, now=clock.now())
