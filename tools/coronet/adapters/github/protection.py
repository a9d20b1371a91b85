"""What the rulesets of a repository demand of a branch."""

from collections.abc import Iterable, Mapping
from typing import Any

from coronet.ports.forge import Protection


def read_protection(rules: Iterable[Mapping[str, Any]]) -> Protection:
    """All rules that hold for the branch, taken together: of several demands the strictest holds."""
    listed = list(rules)
    kinds = {rule["type"] for rule in listed}
    reviews = [rule.get("parameters") or {} for rule in listed if rule["type"] == "pull_request"]
    checks = [rule.get("parameters") or {} for rule in listed if rule["type"] == "required_status_checks"]
    names = [check["context"] for demand in checks for check in demand.get("required_status_checks") or ()]

    def demanded(name: str) -> bool:
        return any(demand.get(name) is True for demand in reviews)

    return Protection(
        pull_request=bool(reviews),
        approvals=max((int(demand.get("required_approving_review_count") or 0) for demand in reviews), default=0),
        code_owner_review=demanded("require_code_owner_review"),
        dismisses_stale=demanded("dismiss_stale_reviews_on_push"),
        last_push_approval=demanded("require_last_push_approval"),
        blocks_force_push="non_fast_forward" in kinds,
        blocks_deletion="deletion" in kinds,
        statuses=tuple(dict.fromkeys(names)),
    )
