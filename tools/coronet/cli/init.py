"""`coronet init`."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from coronet.cli.output import Format, dry_run_option, emit, format_option, show_progress
from coronet.core.evidence import Task
from coronet.errors import WrongUsage

if TYPE_CHECKING:
    from coronet.commands.init.plan import InitPorts
    from coronet.commands.init.request import InitRequest, ModelSeed
    from coronet.core.adoption.pin import Pin


@click.command()
@click.option("--owner", "owners", multiple=True, help="Who must approve: @login or @org/team; once for each.")
@click.option("--model", help="Begin models/MODEL/model.yaml and policy/MODEL.yaml.")
@click.option("--task", type=click.Choice([str(task) for task in Task]), help="What kind of model it is.")
@click.option("--registered-model", help="Its name in the registry.  [default: MODEL]")
@click.option("--model-owner", help="Who answers for it.  [default: the first --owner]")
@click.option("--label", help="The column with the true answer.")
@click.option("--key", help="The column that names a row.")
@click.option("--train-data", help="What it is trained on: a path from the model's folder, or a URL.")
@click.option("--evaluation-data", help="What it is judged on, likewise.")
@click.option("--trainer", help="A scikit-learn estimator by its dotted path, or train.py:fit.")
@click.option(
    "--source", help="The coronet that the workflows call: organization/repository.  [default: the installed]"
)
@click.option("--ref", help="Its commit or tag.  [default: the installed commit]")
@click.option(
    "--workflows/--no-workflows", default=None, help="Write workflows for GitHub Actions (the default), or none."
)
@click.option("--restore", multiple=True, metavar="PATH", help="Take ours for a file that was kept or removed.")
@click.option("--yes", is_flag=True, help="Write without asking.")
@dry_run_option
@format_option
@click.pass_context
def command(ctx: click.Context, /, yes: bool, dry_run: bool, format_: str, **options: Any) -> None:
    """Write what a team needs into its repository: model, policy, owners, workflows, schemas.

    Every change is shown first, as a difference. Files that people wrote or changed are kept; CODEOWNERS and
    .gitignore only gain lines. It can be run again at any time: after an upgrade it shows what is new. Files
    are written at the root of the repository, wherever below it this is typed.
    """
    from coronet.adapters.work_tree import WorkTree, find_root
    from coronet.commands.init.plan import apply_init, plan_init

    _require_consent(yes, dry_run, format_)
    root = find_root(Path.cwd())
    ports = _ports(root)
    report = plan_init(_request(options, ports, asks=_can_ask(yes, format_)), ports)
    if dry_run or not report.to_write or format_ != Format.JSON:
        emit(report, format_)
    if dry_run or not report.to_write:
        return
    if not yes and not click.confirm("Write this?", err=True):
        ctx.exit(130)
    done = apply_init(report, WorkTree(root, makes_folders=True))
    if format_ == Format.JSON:
        emit(done, format_)
    show_progress("written", f"{len(done.to_write)} files below {root}")


def _require_consent(yes: bool, dry_run: bool, format_: str) -> None:
    if not (yes or dry_run) and (format_ == Format.JSON or not sys.stdin.isatty()):
        raise WrongUsage("nobody can be asked here whether to write", hint="say --dry-run to look, --yes to write")


def _can_ask(yes: bool, format_: str) -> bool:
    return not yes and format_ != Format.JSON and sys.stdin.isatty()


def _ports(root: Path) -> "InitPorts":
    from coronet.adapters.documents import FileDocuments
    from coronet.adapters.git.checkout import ignored_paths
    from coronet.adapters.schemas import PackageSchemas
    from coronet.adapters.templates import PackageTemplates
    from coronet.adapters.work_tree import WorkTree
    from coronet.commands.init.plan import InitPorts

    return InitPorts(
        files=WorkTree(root),
        documents=FileDocuments(),
        schemas=PackageSchemas(),
        templates=PackageTemplates(),
        ignored=lambda paths: ignored_paths(root, os.environ, paths),
    )


def _request(options: Mapping[str, Any], ports: "InitPorts", *, asks: bool) -> "InitRequest":
    """What the options say, what the record remembers, and what is asked for where neither does."""
    from coronet.commands.init.request import InitRequest, load_record, require_owners

    record = load_record(ports.files)
    asks_owners = asks and not record.answers and not options["owners"]
    owners = click.prompt("Who must approve (@login …)", err=True).split() if asks_owners else options["owners"]
    given = {name: options[name] for name in _REMEMBERED if options[name] is not None}
    answers = {**record.answers, **given}
    return InitRequest(
        owners=require_owners(tuple(owners)),
        model=_model(options, asks=asks and not record.answers),
        pin=_pin(answers, asks=asks) if answers.get("workflows", True) else None,
        restore=frozenset(options["restore"]),
        answers=answers,
    )


def _model(options: Mapping[str, Any], *, asks: bool) -> "ModelSeed | None":
    from coronet.commands.init.request import ModelSeed, require_model_name

    name = options["model"]
    if name is None and asks:
        name = click.prompt("The first model (empty for none)", default="", show_default=False, err=True)
    if not name:
        given = [option for option in _OF_A_MODEL if options[option] is not None]
        if given:
            raise WrongUsage(f"--{given[0].replace('_', '-')} speaks of no model", hint="say --model NAME, too")
        return None
    task = options["task"]
    if task is None and asks:
        task = click.prompt("Its task", type=click.Choice([str(kind) for kind in Task]), err=True)
    if task is None:
        raise WrongUsage("it is not said what kind of model it is", hint="say --task binary, multiclass or regression")
    return ModelSeed(
        name=require_model_name(name),
        task=Task(task),
        registered_model=options["registered_model"],
        owner=options["model_owner"],
        label=options["label"],
        key=options["key"],
        train=options["train_data"],
        evaluation=options["evaluation_data"],
        trainer=options["trainer"],
    )


# What is not asked for again; who installs coronet from git need not say where it is, and gets the new pin
# after an upgrade.
_REMEMBERED = ("source", "ref", "workflows")
_OF_A_MODEL = (
    "task", "registered_model", "model_owner", "label", "key", "train_data", "evaluation_data", "trainer",
)  # fmt: skip


def _pin(answers: dict[str, Any], *, asks: bool) -> "Pin":
    """Which coronet the workflows call: as said now or before, else as it was installed from git."""
    from coronet.adapters.installation import find_installation
    from coronet.core.adoption.pin import require_pin

    installed = find_installation()
    source = answers.get("source", installed.source)
    ref = answers.get("ref", installed.commit)
    if asks and source is None:
        source = answers["source"] = click.prompt("The repository of coronet for the workflows (org/repo)", err=True)
    if asks and ref is None:
        ref = answers["ref"] = click.prompt("Its commit, or a tag", err=True)
    if source is None or ref is None:
        raise WrongUsage(
            "the workflows must name a coronet, and this one was not installed from git",
            hint="say --source organization/repository --ref COMMIT, or --no-workflows",
        )
    return require_pin(str(source), str(ref))
