"""Requirements as Python's packaging writes them: which package a line names."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

LONGEST = 1000
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def package_name(requirement: str) -> str:
    """The package that a requirement names, as PEP 503 spells it; a line that names none, as it stands."""
    found = _NAME.match(requirement)
    return re.sub(r"[-_.]+", "-", found[0]).lower() if found else requirement


def parse_requirements(text: str) -> tuple[str, ...]:
    """The requirements in the text of a requirements.txt, sorted, without comments, options and blank lines.

    A line is cut after `LONGEST` characters: which package it names stands at its beginning.
    """
    lines = (re.sub(r"(^|\s)#.*$", "", line).strip().rstrip("\\ ")[:LONGEST] for line in text.splitlines())
    return tuple(sorted({line for line in lines if line and not line.startswith("-")}))


def conda_requirements(value: Any) -> tuple[str, ...] | None:
    """Those of a conda environment, pip's among them, but Python and pip themselves; None for what is none."""
    listed = value.get("dependencies") if isinstance(value, Mapping) else None
    if not isinstance(listed, list):
        return None
    pips = [part.get("pip") for part in listed if isinstance(part, Mapping)]
    of_pip = [each for pip in pips if isinstance(pip, list) for each in pip]
    found = "\n".join(each for each in (*listed, *of_pip) if isinstance(each, str))
    return tuple(each for each in parse_requirements(found) if package_name(each) not in ("python", "pip"))


def packages_of(requirements: Iterable[str]) -> dict[str, str]:
    """Requirement by the package that it names."""
    return {package_name(requirement): requirement for requirement in requirements}
