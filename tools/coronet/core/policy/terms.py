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
class Rollback:
    """How far back one may go, and who may go there before anybody approves (nobody where `who` is empty).

    `who` are logins, `@organization/team`, and `owners` for the owners of the model's proposals; with
    `four_eyes` a second one of them confirms.
    """

    depth: int
    who: tuple[str, ...] = ()
    four_eyes: bool = False


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
    )
