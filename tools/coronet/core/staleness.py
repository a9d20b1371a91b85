"""Whether an open proposal has been left behind: what it rests on moved on, so that it can never be applied."""

from collections.abc import Sequence

from coronet.core.decision import Check, Result

_OF_THE_WORLD = ("champion", "former_champion", "policy")
_OF_THE_EVIDENCE = ("fresh", "same_data")


def find_stale(checks: Sequence[Check]) -> tuple[Check, ...]:
    """Of the checks that `decide_admission` makes, those that fail and that no review, hold or time will mend."""
    judged = [part for check in checks if check.name == "verdict" for part in check.parts]
    behind = [check for check in checks if check.name in _OF_THE_WORLD]
    behind += [part for part in judged if part.name in _OF_THE_EVIDENCE]
    return tuple(check for check in behind if check.result is Result.FAIL)
