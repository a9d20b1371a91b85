"""The exact commands that mend a setting: nothing that a name holds reaches the shell that runs them."""

import json
from collections.abc import Mapping
from shlex import quote
from typing import Any

from coronet.core.doctor.facts import ForgeSettings


def api(settings: ForgeSettings, path: str, *, method: str, body: Mapping[str, Any]) -> str:
    """`gh api` for a path below the repository, its body as a quoted document."""
    host = settings.page.partition("://")[2].partition("/")[0]
    where = "" if host == "github.com" else f" --hostname {quote(host)}"
    call = f"gh api{where} --method {method} {quote(f'repos/{settings.repository}/{path}')}"
    return f"{call} --input - <<'JSON'\n{json.dumps(body, indent=2)}\nJSON"


def ruleset(settings: ForgeSettings, name: str, *, branch: str, rules: list[dict[str, Any]]) -> str:
    """Makes the ruleset of that name, or replaces it where it is there; others go on to hold beside it."""
    body = {
        "name": name,
        "target": "branch",
        "enforcement": "active",
        "conditions": {"ref_name": {"include": [f"refs/heads/{branch}"], "exclude": []}},
        "bypass_actors": [],
        "rules": rules,
    }
    known = settings.rulesets.get(name)
    if known is None:
        return api(settings, "rulesets", method="POST", body=body)
    return api(settings, f"rulesets/{known}", method="PUT", body=body)


def main_ruleset(settings: ForgeSettings, *, approvals: int, check: str) -> str:
    status: dict[str, Any] = {"context": check}
    if settings.actions_app is not None:
        status["integration_id"] = settings.actions_app
    review = {
        "required_approving_review_count": max(approvals, 1),
        "require_code_owner_review": True,
        "dismiss_stale_reviews_on_push": True,
        "require_last_push_approval": True,
        "required_review_thread_resolution": False,
    }
    checks = {"strict_required_status_checks_policy": False, "required_status_checks": [status]}
    rules: list[dict[str, Any]] = [
        {"type": "deletion"},
        {"type": "non_fast_forward"},
        {"type": "pull_request", "parameters": review},
        {"type": "required_status_checks", "parameters": checks},
    ]
    return ruleset(settings, "coronet: main", branch=settings.main.name, rules=rules)


def log_ruleset(settings: ForgeSettings) -> str:
    rules: list[dict[str, Any]] = [{"type": "deletion"}, {"type": "non_fast_forward"}]
    return ruleset(settings, "coronet: change log", branch=settings.log.name, rules=rules)
