"""The rules of proposals that are not about evidence: who approves, when nothing moves, how one goes back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from coronet.core.protection import ProtectionDemand


@dataclass(frozen=True, kw_only=True, slots=True)
class Freeze:
    """No alias moves from `start` to `end`, both days included, as the zone's calendar counts them."""

    start: str
    end: str
    zone: str
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Approvals:
    """How many owners must approve, for each kind of proposal, and what of a branch that is not protected."""

    count: int = 1
    bootstrap: int = 1
    promotion: int = 1
    rollback: int = 1
    renewal: int = 1
    protection: ProtectionDemand = ProtectionDemand.WARN


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """What a model in use must keep: shares of its answers, and milliseconds; None for what is not asked."""

    min_success_rate: float | None = None
    max_error_rate: float | None = None
    max_response_time_ms: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Rollback:
    """How far back one may go, and who may go there before anybody approves (nobody where `who` is empty).

    `who` are logins, `@organization/team`, and `owners` for the owners of the model's proposals; with
    `four_eyes` a second one of them confirms. `auto_rollback` lets what is measured of a champion in use roll
    it back, where it breaks the `limits`.
    """

    depth: int
    who: tuple[str, ...] = ()
    four_eyes: bool = False
    auto_rollback: bool = False
    limits: Limits = Limits()


@dataclass(frozen=True, kw_only=True, slots=True)
class Canary:
    """A candidate that answers a share of the traffic for so many hours, and must keep the `limits` there."""

    enabled: bool = False
    percentage: float = 0.1
    duration_hours: float = 24
    limits: Limits = Limits()


def approvals_from_json(approvals: Mapping[str, Any]) -> Approvals:
    count = approvals["count"]
    kinds = {kind: approvals.get(kind, count) for kind in ("bootstrap", "promotion", "rollback", "renewal")}
    return Approvals(count=count, **kinds, protection=ProtectionDemand(approvals.get("protection", "warn")))


def freeze_from_json(window: Mapping[str, str]) -> Freeze:
    return Freeze(start=window["from"], end=window["until"], zone=window.get("zone", "UTC"), why=window["why"])


def rollback_from_json(rollback: Mapping[str, Any]) -> Rollback:
    return Rollback(
        depth=rollback["depth"],
        who=tuple(rollback.get("who", ())),
        four_eyes=rollback.get("four_eyes", False),
        auto_rollback=rollback.get("auto_rollback", False),
        limits=_limits_from_json(rollback),
    )


def canary_from_json(canary: Mapping[str, Any]) -> Canary:
    return Canary(
        enabled=canary.get("enabled", False),
        percentage=float(canary.get("percentage", 0.1)),
        duration_hours=float(canary.get("duration_hours", 24)),
        limits=_limits_from_json(canary),
    )


def _limits_from_json(value: Mapping[str, Any]) -> Limits:
    names = ("min_success_rate", "max_error_rate", "max_response_time_ms")
    return Limits(**{name: float(value[name]) for name in names if name in value})
