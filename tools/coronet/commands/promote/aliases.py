"""Where the aliases are while a plan is made: each step sees what the steps before it will have done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from coronet.commands.promote.divergence import Divergence
from coronet.ports.registry import RegisteredModel


@dataclass(frozen=True, kw_only=True, slots=True)
class Aliases:
    """Versions by registered model and alias: `there` as they are, `healed` those that are to be put back."""

    there: dict[tuple[str, str], str]
    healed: dict[tuple[str, str], str]

    def seen_by(self, name: str, alias: str, candidate: str) -> str | None:
        """Where an alias is for a proposal that asks for `candidate`.

        Nothing is put back for one that asks for what is there: it would move away and come again.
        """
        there = self.there.get((name, alias))
        return there if there == candidate else self.healed.get((name, alias), there)

    def settle(self, name: str, alias: str, version: str) -> None:
        self.there[name, alias] = version
        self.healed.pop((name, alias), None)


def aliases_of(registered: Mapping[str, RegisteredModel], healed: Sequence[Divergence]) -> Aliases:
    return Aliases(
        there={(m.name, alias): version for m in registered.values() for alias, version in m.aliases.items()},
        healed={(d.registered_model, d.alias): d.wanted.version for d in healed},
    )
