"""Requirements as Python's packaging writes them: which package a line names."""

import re
from collections.abc import Iterable

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def package_name(requirement: str) -> str:
    """The package that a requirement names, as PEP 503 spells it; a line that names none, as it stands."""
    found = _NAME.match(requirement)
    return re.sub(r"[-_.]+", "-", found[0]).lower() if found else requirement


def parse_requirements(text: str) -> tuple[str, ...]:
    """The requirements in the text of a requirements.txt, sorted, without comments, options and blank lines."""
    lines = (re.sub(r"(^|\s)#.*$", "", line).strip() for line in text.splitlines())
    return tuple(sorted({line for line in lines if line and not line.startswith("-")}))


def packages_of(requirements: Iterable[str]) -> dict[str, str]:
    """Requirement by the package that it names."""
    return {package_name(requirement): requirement for requirement in requirements}
