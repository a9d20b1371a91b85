"""`coronet evaluate --verify`: finds the evidence and what it was measured from."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coronet.cli.output import show_progress
from coronet.errors import InvalidInput, WrongUsage

if TYPE_CHECKING:
    from coronet.commands.evaluate.again.models import Past
    from coronet.commands.evaluate.again.question import Again, Question
    from coronet.commands.evaluate.again.report import ReproductionReport
    from coronet.commands.proposals import ProposalFiles
    from coronet.core.statistics.columns import Custom

_ENDING = ".evidence.json"


@dataclass(frozen=True, kw_only=True, slots=True)
class Means:
    """With what is measured again, where the recipe's own way is not wanted, and where that is."""

    streamed: bool | None
    engine: str | None
    master: str | None
    registry: str | None
    custom: tuple[str, ...] = ()


def verify_evidence(named: str, said: dict[str, Any], means: Means) -> "ReproductionReport":
    """Measure again what a file of evidence, or that of a proposal by its id, says."""
    from coronet.adapters.documents import FileDocuments
    from coronet.adapters.work_tree import find_root, read_file
    from coronet.commands.evaluate.again.question import read_question
    from coronet.commands.evaluate.again.report import report_on
    from coronet.commands.evaluate.recipes import recipe_of
    from coronet.core.evidence import Source

    root = find_root(Path.cwd())
    path = _find(named, root)
    question = read_question(
        read_file(path),
        FileDocuments(),
        file=_shown(path),
        beside=_find_beside(path),
        said=said,
        streamed=means.streamed,
    )
    is_of_files = recipe_of(question.evidence).source is Source.FILES
    if means.custom and not is_of_files:
        raise WrongUsage("--custom-metric is what the model file says", hint="leave it out")
    again = _from_files(question, means) if is_of_files else _from_models(question, root, means.registry)
    return report_on(question, again)


def _find(named: str, root: Path) -> Path:
    """A file by its path; else the evidence of the proposal of that id."""
    path = Path(named)
    if path.is_file() or "/" in named or named.endswith(".json"):
        return path
    found = sorted((root / "promotions").glob(f"*/{named}{_ENDING}")) if named.replace("-", "").isalnum() else []
    if not found:
        raise InvalidInput(
            f"there is neither a file {named} nor a promotions/*/{named}{_ENDING}",
            hint="name a file of evidence, or a proposal that the work tree has",
        )
    return found[0]


def _shown(path: Path) -> str:
    """Relative to the current folder where it lies below, so that a page does not tell of a machine."""
    here = Path.cwd()
    return path.relative_to(here).as_posix() if path.is_relative_to(here) else str(path)


def _find_beside(path: Path) -> "ProposalFiles | None":
    """The proposal beside `path`, where it is the evidence of one."""
    from coronet.commands.proposals import ProposalFiles
    from coronet.ports.repository import Blob

    if not path.name.endswith(_ENDING):
        return None
    name = path.name.removesuffix(_ENDING)
    proposal = path.with_name(f"{name}.yaml")
    if not proposal.is_file():
        return None
    return ProposalFiles(
        model=path.resolve().parent.name, id=name, proposal=Blob(id="", data=proposal.read_bytes()), evidence=None
    )


def _from_files(question: "Question", means: Means) -> "Again":
    from coronet.adapters.clock import SystemClock
    from coronet.adapters.installation import installed_versions
    from coronet.adapters.tables import FileTables
    from coronet.adapters.tables.engines import LOCAL, open_streams
    from coronet.commands.evaluate.again.files import measure_files_again
    from coronet.commands.evaluate.recipes import recipe_of

    custom = _load_custom(question, means.custom)
    engine = means.engine or recipe_of(question.evidence).engine or LOCAL
    with open_streams(engine, means.master, os.environ) as streams:
        return measure_files_again(
            question,
            FileTables(),
            streams,
            SystemClock(),
            show_progress,
            computed_with=installed_versions(),
            custom=custom,
        )


def _load_custom(question: "Question", texts: tuple[str, ...]) -> "list[Custom]":
    """The user's own metrics; code in a file is only run where it is what the evidence pins."""
    if not texts:
        return []
    from coronet.adapters.custom_metrics import ImportedMetrics, read_code
    from coronet.commands.evaluate.custom import parse_custom
    from coronet.core.canonical import digest_bytes

    pinned = {metric.name: metric.code for metric in question.evidence.custom_metrics}
    loaded = []
    for own in map(parse_custom, texts):
        code, wanted = read_code(own.call, Path()), pinned.get(own.described.name)
        if not isinstance(code, str) and wanted is not None and digest_bytes(code.source) != wanted:
            raise InvalidInput(
                f"{own.described.name}: {code.file} has the digest {digest_bytes(code.source)}, "
                f"and the evidence pins {wanted}",
                hint="bring back the code that measured it",
            )
        loaded.append(ImportedMetrics().load(own.described, code))
    return loaded


def _from_models(question: "Question", root: Path, registry: str | None) -> "Again":
    from coronet.adapters.tables import FileTables
    from coronet.cli.measuring import open_laboratory
    from coronet.commands.evaluate.again.models import measure_models_again

    repository, past = _open_past(root)
    try:
        return measure_models_again(
            question, open_laboratory(root, registry), past, lambda known: FileTables(root, known=known)
        )
    finally:
        repository.close()


def _open_past(root: Path) -> "tuple[Any, Past | None]":
    """The history of the clone, as far as it is here; None outside of git."""
    from coronet.adapters.git.repository import GitRepository
    from coronet.commands.evaluate.again.models import Past

    repository = GitRepository(root, environment=os.environ)
    head = repository.checked_out() if (root / ".git").exists() else None
    return repository, Past(repository=repository, head=head) if head else None
