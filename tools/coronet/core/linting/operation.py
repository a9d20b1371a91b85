"""Limits of a canary and of rollbacks that contradict each other."""

from collections.abc import Iterator

from coronet.core.linting.remarks import Remark
from coronet.core.policy import Limits, Policy
from coronet.errors import Severity

_SAID = {
    "min_success_rate": "a success rate",
    "max_error_rate": "an error rate",
    "max_response_time_ms": "a response time",
}


def lint_limits(policy: Policy) -> Iterator[Remark]:
    """What a canary lets pass must not be what rolls a champion back: it would be promoted to be rolled back."""
    canary, rollback = policy.canary, policy.rollback
    for name in _SAID:
        passes, rejects = getattr(canary.limits, name), getattr(rollback.limits, name)
        if passes is None or rejects is None:
            continue
        if passes < rejects if name.startswith("min") else passes > rejects:
            yield Remark(
                path=("canary", name),
                message=f"a canary passes with {_SAID[name]} of {passes:g} that rollback rejects: {rejects:g}",
                hint="let the canary ask for as much as `rollback`, or more",
                severity=Severity.ERROR,
            )
    yield from _impossible(canary.limits)
    if canary.enabled and canary.limits == Limits():
        yield Remark(
            path=("canary",),
            message="a canary is enabled that asks for nothing: nothing will ever prove it",
            hint="say a limit, as in `min_success_rate: 0.8`",
        )
    if rollback.auto_rollback and rollback.limits == Limits():
        yield Remark(
            path=("rollback", "auto_rollback"),
            message="rollbacks are automatic and have no limits: nothing will ever start one",
            hint="say a limit, as in `min_success_rate: 0.75`",
        )


def _impossible(limits: Limits) -> Iterator[Remark]:
    """A share that was measured has an interval of some width."""
    never = {"min_success_rate": (1, "below"), "max_error_rate": (0, "above")}
    for name, (bar, side) in never.items():
        if getattr(limits, name) == bar:
            yield Remark(
                path=("canary", name),
                message=f"no canary is ever promoted: no interval of a measured share lies wholly at {bar}",
                hint=f"say a rate {side} {bar}",
                severity=Severity.ERROR,
            )
