"""A remark on a policy, and where in it."""

from dataclasses import dataclass

from coronet.errors import Severity

Path = tuple[str | int, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Remark:
    """`path` is where in the policy it is about; an error makes the policy useless, a warning may be meant."""

    path: Path
    message: str
    hint: str = ""
    severity: Severity = Severity.WARNING
