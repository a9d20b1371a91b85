"""What is installed: where coronet came from, as the installer wrote it down (PEP 610), and versions."""

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution, version
from typing import Any

from coronet import __version__
from coronet.core.adoption.pin import source_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Installation:
    """`source` is `organization/repository`, `commit` the one that was installed; None where nobody wrote it down."""

    source: str | None = None
    commit: str | None = None


# What numbers may depend on to the last digits.
_MEASURING = ("duckdb", "mlflow", "mlflow-skinny", "numpy", "pandas", "pyarrow", "scikit-learn", "scipy", "skops")


def installed_versions(packages: Iterable[str] = _MEASURING) -> dict[str, str]:
    """The version of coronet, and of those packages that are installed."""
    found = {"coronet": __version__}
    for package in packages:
        with suppress(PackageNotFoundError):
            found[package] = version(package)
    return found


def find_installation(package: str = "coronet") -> Installation:
    """What `pip install "coronet @ git+https://…@v1"` left; empty for a checkout or a file."""
    try:
        text = distribution(package).read_text("direct_url.json")
    except PackageNotFoundError:
        return Installation()
    return read_origin(text or "{}")


def read_origin(text: str) -> Installation:
    """The installation that a direct_url.json tells of."""
    value: Any = json.loads(text)
    git = value.get("vcs_info", {})
    if git.get("vcs") != "git":
        return Installation()
    return Installation(source=source_of(value["url"]), commit=git.get("commit_id"))
