"""Who asked for a run, why, and from where: what `train` and `track` are told alike, and check alike."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from coronet.core.model_file import ModelFile, model_path
from coronet.core.proposal import Why
from coronet.core.recorded_run import Checkout
from coronet.core.version_tags import TRAIN
from coronet.errors import InvalidInput, Refused
from coronet.ports.registry import Registry


class AliasChoice(StrEnum):
    """`champion` is what the old way to the first champion was called; it moves no champion here."""

    CANDIDATE = "candidate"
    CHAMPION = "champion"
    NONE = "none"


@dataclass(frozen=True, kw_only=True, slots=True)
class Provenance:
    why: Why
    checkout: Checkout
    requester: str
    environment: str
    dataset_version: str | None = None
    run_name: str | None = None
    run_kind: str = TRAIN


def check_against(model: ModelFile, asked: Provenance) -> Provenance:
    """`asked`, completed by what the model file says; InvalidInput where they differ."""
    data = model.data
    pins = [
        pin for part in (data.train, data.evaluation) if part.sha256 for pin in (part.sha256, f"sha256:{part.sha256}")
    ]
    dataset = _agree(model, "--dataset-version", asked.dataset_version, [data.version, *pins], "data.version")
    known = [model.feature_set_version]
    features = _agree(model, "--feature-set-version", asked.why.feature_set_version, known, "feature_set_version")
    why = replace(asked.why, feature_set_version=features, owner=asked.why.owner or model.owner)
    return replace(asked, dataset_version=dataset, why=why)


def _agree(model: ModelFile, option: str, asked: str | None, known: list[str | None], key: str) -> str | None:
    """What the option says, where the model file says the same or nothing; else what the file says first."""
    said = [value for value in known if value]
    if asked and said and asked not in said:
        raise InvalidInput(
            f"{option} is {asked}, and {model_path(model.name)} says {said[0]}",
            hint=f"train on what the model file says, or change its {key} in the same pull request",
        )
    return asked or (known[0] if known else None)


def name_run(model: str, asked: Provenance, at: datetime) -> str:
    return asked.run_name or f"{model}-{at:%Y%m%d-%H%M%S}"


def choose_alias(
    choice: AliasChoice, registry: Registry, registered_model: str, *, candidate: str, champion: str
) -> str | None:
    """The alias that the new version gets: never the champion's, which only an applied proposal moves.

    Asking for the champion's is how a first champion was made elsewhere: here the version becomes a
    candidate, and its proposal is the bootstrap. `Refused` where there is a champion.
    """
    if choice is AliasChoice.NONE:
        return None
    if choice is AliasChoice.CHAMPION:
        found = registry.model(registered_model)
        if found and (version := found.aliases.get(champion)):
            raise Refused(
                f"{registered_model} has a champion already: version {version}",
                hint=f"record it with --alias {AliasChoice.CANDIDATE}, then ask for the move: coronet propose",
            )
    return candidate
