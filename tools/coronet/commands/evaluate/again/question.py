"""What is to be measured again, and whether its inputs are those that the evidence pins."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from coronet.commands.governed import decode
from coronet.commands.proposals import ProposalFiles, parse_proposal
from coronet.core.canonical import digest_bytes
from coronet.core.evidence import Evidence, Recipe, Source, evidence_from_json
from coronet.core.proposal import Proposal
from coronet.errors import Finding, InvalidInput
from coronet.ports.documents import Documents

# The largest evidence of the demo has 40 kB, and one of 200 segments and ten metrics less than a megabyte.
MOST_BYTES = 32_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """Evidence as a file has it; `said` are options that fill in, or go before, what its recipe says.

    `proposal` is the one that stands beside the file. `streamed` None repeats the recipe's way.
    """

    file: str
    evidence: Evidence
    digest: str
    said: Mapping[str, Any] = field(default_factory=dict)
    streamed: bool | None = None
    proposal: Proposal | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Pinned:
    """One input as it is: `digest` is what the evidence pins, and the input has."""

    name: str
    place: str
    digest: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Again:
    """The same measured again; `recipe` is what was followed, and `notes` say what could not be known."""

    evidence: Evidence
    recipe: Recipe
    inputs: tuple[Pinned, ...]
    notes: tuple[str, ...] = ()


def read_question(
    data: bytes,
    documents: Documents,
    *,
    file: str,
    beside: ProposalFiles | None,
    said: Mapping[str, Any],
    streamed: bool | None,
) -> Question:
    """InvalidInput where the file is no evidence, or the proposal beside it none; `said` without what was not said."""
    if len(data) > MOST_BYTES:
        raise InvalidInput(
            f"{file} has {len(data) / 1e6:.0f} MB, and evidence at most {MOST_BYTES / 1e6:.0f}",
            hint="name the file that `coronet evaluate --output` wrote",
        )
    evidence = decode(documents.parse(data, file=file), documents, "evidence", evidence_from_json)
    _require_versions(evidence, file)
    return Question(
        file=file,
        evidence=evidence,
        digest=digest_bytes(data),
        said={name: value for name, value in said.items() if value not in (None, ())},
        streamed=streamed,
        proposal=parse_proposal(beside, documents) if beside else None,
    )


def _require_versions(evidence: Evidence, file: str) -> None:
    """InvalidInput where registered models were measured, as the recipe says, and no version is named."""
    sides = [side for side in (evidence.candidate, evidence.champion) if side is not None]
    if evidence.recipe and evidence.recipe.source is Source.MODELS and not all(side.version for side in sides):
        raise InvalidInput(
            f"{file} says that registered models were measured, and does not name the versions",
            hint="evaluate anew: nobody can know what was measured",
        )


class Pins:
    """Inputs, looked at one after the other: what is wrong with each is told of all at once."""

    def __init__(self, question: Question) -> None:
        self._file = question.file
        self._found: list[Pinned] = []
        self._findings: list[Finding] = []

    def add(self, name: str, place: str, *, wanted: str | None, found: str, hint: str) -> None:
        """An input with the digest `found`; None pins nothing, and proves nothing."""
        if wanted is None:
            self.miss(f"{name}: the evidence pins none, and {place} cannot be proven to be it", hint=hint)
        elif wanted != found:
            self.miss(f"{name}: {place} has the digest {found}, and the evidence pins {wanted}", hint=hint)
        else:
            self._found.append(Pinned(name=name, place=place, digest=found))

    def miss(self, message: str, *, hint: str) -> None:
        self._findings.append(Finding(message=message, hint=hint))

    def close(self) -> tuple[Pinned, ...]:
        """InvalidInput where an input is not the pinned one: what is measured on others proves nothing."""
        if self._findings:
            raise InvalidInput(
                f"{self._file} cannot be measured again from these inputs", findings=tuple(self._findings)
            )
        return tuple(self._found)


def note_other_programs(recipe: Recipe, computed_with: Mapping[str, str]) -> Sequence[str]:
    """Programs that have another version than when it was measured."""
    then = recipe.computed_with
    changed = [name for name in sorted(then) if computed_with and computed_with.get(name) != then[name]]
    said = ", ".join(f"{name} {then[name]} then, {computed_with.get(name, 'none')} now" for name in changed)
    return [f"measured with other programs: {said}"] if said else []
