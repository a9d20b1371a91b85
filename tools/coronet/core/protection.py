"""Whether a forge's own rules keep a branch from changing past its owners. Being asked is not being approved.

The proof of an approval does not rest on it: it is a second wall, and says where the first one stands alone.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from coronet.core.decision import Check, Result, failed, off, passed

_WANTED = "a main branch that changes by reviewed pull requests alone"


class ProtectionDemand(StrEnum):
    """What a policy makes of a branch that is not protected."""

    REQUIRE = "require"
    WARN = "warn"
    OFF = "off"


@dataclass(frozen=True, kw_only=True, slots=True)
class Guards:
    """What the forge demands of every change to a branch."""

    pull_request: bool
    code_owner_review: bool
    dismisses_stale: bool
    last_push_approval: bool

    @property
    def missing(self) -> tuple[str, ...]:
        """In words, what is not demanded."""
        demands = {
            "pull requests": self.pull_request,
            "code owners' reviews": self.code_owner_review,
            "dismissal of stale approvals": self.dismisses_stale,
            "approval of the last push": self.last_push_approval,
        }
        return tuple(name for name, demanded in demands.items() if not demanded)


def is_protected(guards: Guards | None, demand: ProtectionDemand) -> Check:
    """pass where everything is demanded, else what is not; `guards` None stands for unknown."""
    if demand is ProtectionDemand.OFF:
        return off("protection", saw="not asked, by the policy", wanted=_WANTED)
    if guards is not None and not guards.missing:
        return passed("protection", saw="everything is demanded", wanted=_WANTED)
    saw = "what the forge demands of a change is unknown" if guards is None else _say(guards)
    hint = "protect the branch by a ruleset, which every token may read, or say `protection: off` in the policy"
    match demand:
        case ProtectionDemand.WARN:
            return Check(name="protection", result=Result.WARN, saw=saw, wanted=_WANTED, hint=hint)
        case ProtectionDemand.REQUIRE:
            return failed("protection", saw=saw, wanted=_WANTED, hint=hint)
        case _:
            assert_never(demand)


def _say(guards: Guards) -> str:
    bare = Guards(pull_request=False, code_owner_review=False, dismisses_stale=False, last_push_approval=False)
    return "nothing is demanded of a change" if guards == bare else f"not demanded: {', '.join(guards.missing)}"
