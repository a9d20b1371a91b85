"""Options of the verbs that make candidates: why, by whom, from which data, and where it is recorded."""

import functools
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import click

from coronet.core.proposal import ChangeType, Why
from coronet.core.version_tags import TRAIN

if TYPE_CHECKING:
    from coronet.commands.provenance import Provenance
    from coronet.commands.recording import Desk

P = ParamSpec("P")
R = TypeVar("R")

_OPTIONS = (
    click.option("--hypothesis-id", help="The hypothesis that the change tests, as in H-021."),
    click.option("--change-type", type=click.Choice([str(kind) for kind in ChangeType]), help="What kind of change."),
    click.option("--change-summary", default="", help="The change in one line: its proposal's title."),
    click.option("--owner", help="Who answers for the change.  [default: the model file's owner]"),
    click.option("--feature-set-version", help="The features' version.  [default: the model file's]"),
    click.option("--dataset-version", help="The data's version, or a digest of it.  [default: the model file's]"),
    click.option("--run-name", help="The run's name.  [default: MODEL-YYYYMMDD-HHMMSS]"),
    click.option("--run-kind", default=TRAIN, show_default=True, help="Only runs of the kind train can be proposed."),
    click.option(
        "--environment",
        envvar="CORONET_ENVIRONMENT",
        show_envvar=True,
        help="Where it runs, as a tag.  [default: ci or local]",
    ),
    click.option(
        "--as",
        "actor",
        metavar="LOGIN",
        envvar="CORONET_ACTOR",
        show_envvar=True,
        help="Who asks for it.  [default: who git's user.email names]",
    ),
    click.option(
        "--registry",
        "--tracking-uri",
        "registry",
        metavar="URI",
        help="Where runs and versions go: http(s)://… or sqlite:///FILE.  [default: MLFLOW_TRACKING_URI]",
    ),
)
_NAMES = (
    "hypothesis_id",
    "change_type",
    "change_summary",
    "owner",
    "feature_set_version",
    "dataset_version",
    "run_name",
    "run_kind",
    "environment",
    "actor",
)


def making(function: Callable[P, R]) -> Callable[P, R]:
    """Add the options; the command gets `registry`, and the others as `asked`, for `provenance_of`."""

    @functools.wraps(function)
    def run(*arguments: P.args, **options: P.kwargs) -> R:
        options["asked"] = {name: options.pop(name) for name in _NAMES}
        return function(*arguments, **options)

    decorated: Callable[P, R] = run
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return decorated


def provenance_of(asked: Mapping[str, Any], root: Path) -> "Provenance":
    """Who asks, why and from where, as the options, the environment and the work tree at `root` say."""
    from coronet.adapters.git.checkout import describe_checkout, user_email
    from coronet.adapters.local_forge.identities import said_login
    from coronet.commands.provenance import Provenance

    environment = dict(os.environ)
    kind = asked["change_type"]
    requester = asked["actor"] or environment.get("GITHUB_ACTOR") or said_login(user_email(root, environment))
    return Provenance(
        why=Why(
            summary=asked["change_summary"],
            owner=asked["owner"],
            hypothesis_id=asked["hypothesis_id"],
            change_type=ChangeType(kind) if kind else None,
            feature_set_version=asked["feature_set_version"],
        ),
        checkout=describe_checkout(root, environment),
        requester=requester or "unknown",
        environment=asked["environment"] or ("ci" if environment.get("CI") else "local"),
        dataset_version=asked["dataset_version"],
        run_name=asked["run_name"],
        run_kind=asked["run_kind"],
    )


def open_desk(registry: str | None) -> "Desk":
    """Where runs and versions are recorded; a `sqlite:` file that is not there yet is made."""
    from coronet.adapters.mlflow_tracker import open_tracker
    from coronet.adapters.registry import open_registry, registry_address
    from coronet.commands.recording import Desk

    address = registry_address(registry, os.environ)
    tracker = open_tracker(address)
    return Desk(tracker=tracker, registry=open_registry(address, os.environ))
