"""What a release workflow asks."""

from dataclasses import dataclass
from enum import StrEnum


class Mode(StrEnum):
    """`production` reads the champion's files again to prove its digest; `smoke` believes its tag."""

    SMOKE = "smoke"
    PRODUCTION = "production"


class PolicyOf(StrEnum):
    """Which policy the evidence must satisfy: today's, or the one under which it was merged."""

    NOW = "now"
    THEN = "then"


@dataclass(frozen=True, kw_only=True, slots=True)
class GateQuestion:
    """What to ask about: the model, how deep to look, under which policy, on which branches."""

    model: str
    mode: Mode = Mode.PRODUCTION
    policy_of: PolicyOf = PolicyOf.NOW
    main: str = "main"
    log_branch: str = "promotions-log"

    @property
    def is_deep(self) -> bool:
        return self.mode is Mode.PRODUCTION
