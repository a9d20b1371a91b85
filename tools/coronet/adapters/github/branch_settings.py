"""What GitHub says of a branch's guards: rules of rulesets, classic protection, and who may bypass them."""

from collections.abc import Iterable, Mapping
from typing import Any

from coronet.adapters.github.protection import read_protection
from coronet.core.doctor.facts import BranchRules, Bypass, RequiredStatus

_ROLES = {1: "readers", 2: "maintainers", 3: "triagers", 4: "writers", 5: "repository administrators"}
_KINDS = {
    "OrganizationAdmin": "owners of the organization",
    "EnterpriseOwner": "owners of the enterprise",
    "DeployKey": "deploy keys",
    "Team": "team",
    "Integration": "app",
    "User": "user",
}


def read_rules(rules: Iterable[Mapping[str, Any]]) -> BranchRules:
    """The rules that hold for a branch, taken together."""
    listed = list(rules)
    held = read_protection(listed)
    checks = [rule.get("parameters") or {} for rule in listed if rule["type"] == "required_status_checks"]
    statuses = [each for demand in checks for each in demand.get("required_status_checks") or ()]
    return BranchRules(
        pull_request=held.pull_request,
        approvals=held.approvals,
        code_owner_review=held.code_owner_review,
        dismisses_stale=held.dismisses_stale,
        last_push_approval=held.last_push_approval,
        blocks_force_push=held.blocks_force_push,
        blocks_deletion=held.blocks_deletion,
        restricts_updates=any(rule["type"] == "update" for rule in listed),
        statuses=tuple(RequiredStatus(name=each["context"], app=each.get("integration_id")) for each in statuses),
    )


def read_classic(data: Mapping[str, Any]) -> tuple[BranchRules, tuple[Bypass, ...]]:
    """Classic protection, and whom it lets pass."""
    reviews = data.get("required_pull_request_reviews")
    given = reviews or {}
    checks = (data.get("required_status_checks") or {}).get("checks") or ()
    rules = BranchRules(
        pull_request=reviews is not None,
        approvals=int(given.get("required_approving_review_count") or 0),
        code_owner_review=given.get("require_code_owner_reviews") is True,
        dismisses_stale=given.get("dismiss_stale_reviews") is True,
        last_push_approval=given.get("require_last_push_approval") is True,
        blocks_force_push=not _is_on(data, "allow_force_pushes"),
        blocks_deletion=not _is_on(data, "allow_deletions"),
        restricts_updates=data.get("restrictions") is not None,
        statuses=tuple(RequiredStatus(name=each["context"], app=_app(each.get("app_id"))) for each in checks),
    )
    if _is_on(data, "enforce_admins"):
        return rules, ()
    return rules, (Bypass(ruleset="classic protection", who=_ROLES[5], mode="always"),)


def read_bypasses(ruleset: Mapping[str, Any]) -> tuple[Bypass, ...]:
    return tuple(
        Bypass(ruleset=str(ruleset["name"]), who=_who(actor), mode=str(actor.get("bypass_mode") or "always"))
        for actor in ruleset.get("bypass_actors") or ()
    )


def _who(actor: Mapping[str, Any]) -> str:
    kind, number = str(actor.get("actor_type")), actor.get("actor_id")
    if kind == "RepositoryRole":
        return _ROLES.get(number or 0, f"those with the role {number}")
    name = _KINDS.get(kind, kind)
    return name if number is None or kind in ("OrganizationAdmin", "EnterpriseOwner") else f"{name} {number}"


def _is_on(data: Mapping[str, Any], name: str) -> bool:
    return (data.get(name) or {}).get("enabled") is True


def _app(number: int | None) -> int | None:
    """-1 and null mean: any app."""
    return number if number is not None and number > 0 else None
