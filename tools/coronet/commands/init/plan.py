"""Files in, files out: what `coronet init` would write, and why it leaves the rest alone."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from coronet.commands.init.model import render_model
from coronet.commands.init.report import InitReport
from coronet.commands.init.request import RECORD, InitRequest, Record, load_record, require_owners
from coronet.commands.init.workflows import render_scripts, render_workflows
from coronet.commands.schema import editor_schemas
from coronet.core.adoption.change import (
    Action,
    Change,
    decide_addition,
    decide_change,
    decide_seed,
    record_of,
)
from coronet.core.adoption.ignore_lines import add_ignore_lines
from coronet.core.adoption.owner_lines import add_owner_lines, uncovered, without_owners
from coronet.core.codeowners import LOCATIONS, parse_codeowners
from coronet.core.model_file import model_path
from coronet.core.policy import DEFAULT_PATH, policy_path
from coronet.errors import InvalidInput, WrongUsage
from coronet.ports.documents import Documents, EditableFiles, Files, Schemas, Templates

IGNORE = ".gitignore"


@dataclass(frozen=True, kw_only=True, slots=True)
class InitPorts:
    """`ignored` answers which of these paths git would not take."""

    files: EditableFiles
    documents: Documents
    schemas: Schemas
    templates: Templates
    ignored: Callable[[Sequence[str]], Sequence[str]]


def plan_init(request: InitRequest, ports: InitPorts) -> InitReport:
    """What would be written; nothing is. Raises `WrongUsage` where an answer is missing, `InvalidInput` where
    a file that must be read cannot be."""
    record = load_record(ports.files)
    changes = (
        _owners(request, ports.files),
        *_seeds(request, ports, record),
        *_managed(request, ports, record),
        _ignore(ports.files),
    )
    if unknown := sorted(request.restore - {change.path for change in changes}):
        raise WrongUsage(
            f"{', '.join(unknown)}: no file that init keeps up to date",
            hint="--restore takes the path of a file that init said was kept or removed",
        )
    return _report(request, ports, (*changes, _remember(request, ports.files, record, changes)))


def apply_init(report: InitReport, files: EditableFiles) -> InitReport:
    """Write what was shown; the record last, so that what was cut off is finished by the next run."""
    for change in report.changes:
        if change.is_written:
            if files.read(change.path) != change.before:
                raise InvalidInput(f"{change.path} was changed meanwhile", hint="run coronet init again")
            files.write(change.path, change.after)
    return replace(report, written=True)


def _seeds(request: InitRequest, ports: InitPorts, record: Record) -> Iterator[Change]:
    """What is people's own from the day it is there."""
    policy = ports.templates.read("policy/default.yaml")
    seeds = {"promotions/README.md": ports.templates.read("promotions.md"), DEFAULT_PATH: policy}
    model = request.model
    if model is not None:
        path = model_path(model.name)
        if ports.files.read(path) is None:
            owner = model.owner or next((owner.removeprefix("@") for owner in request.owners), None)
            if owner is None:
                raise WrongUsage("nobody is named who answers for the model", hint="say --owner @login")
            seeds[path] = _checked(path, "model", render_model(replace(model, owner=owner), ports.documents), ports)
        seeds[policy_path(model.name)] = ports.templates.read(f"policy/{model.task}.yaml")
    if request.pin is not None:
        seeds |= {path: data.decode() for path, data in render_scripts(ports.templates).items()}
    for path, text in seeds.items():
        yield decide_seed(
            path,
            before=ports.files.read(path),
            after=text.encode(),
            recorded=record.files.get(path),
            restore=path in request.restore,
        )


def _checked(path: str, schema: str, data: bytes, ports: InitPorts) -> str:
    """The text of `data`, which satisfies its schema: what is asked for on a command line is not more trusted."""
    if findings := ports.documents.validate(ports.documents.parse(data, file=path), schema):
        raise InvalidInput(f"{path} would not be valid, and was not written", findings=findings)
    return data.decode()


def _managed(request: InitRequest, ports: InitPorts, record: Record) -> Iterator[Change]:
    """What we keep up to date for as long as nobody else changes it."""
    workflows = render_workflows(request.pin, ports.templates) if request.pin is not None else {}
    wanted = {**workflows, **editor_schemas(ports.schemas)}
    for path, data in wanted.items():
        yield decide_change(
            path,
            before=ports.files.read(path),
            after=data,
            recorded=record.files.get(path),
            restore=path in request.restore,
        )


def _ignore(files: Files) -> Change:
    before = files.read(IGNORE)
    return decide_addition(IGNORE, before=before, after=add_ignore_lines(before))


def _owners(request: InitRequest, files: Files) -> Change:
    path, before = find_codeowners(files)
    parsed = parse_codeowners(before or b"", file=path)
    if not parsed.is_loaded:
        raise InvalidInput(f"{path} says nothing about owners", findings=parsed.findings)
    if missing := uncovered(parsed):
        if not request.owners:
            raise WrongUsage(
                f"{path} names nobody of its own for {', '.join(missing)}",
                hint="say who must approve: --owner @login, as often as there are owners",
            )
        require_owners(request.owners)
    return decide_addition(path, before=before, after=add_owner_lines(before, file=path, owners=request.owners))


def find_codeowners(files: Files) -> tuple[str, bytes | None]:
    """The CODEOWNERS that counts and its bytes; the one to make, and None, where there is none."""
    found = ((path, files.read(path)) for path in LOCATIONS)
    return next(((path, data) for path, data in found if data is not None), ("CODEOWNERS", None))


def _remember(request: InitRequest, files: Files, record: Record, changes: Sequence[Change]) -> Change:
    """The record, which knows the files that we wrote whole and the answers that were given."""
    whole = [change for change in changes if change.path != IGNORE and not change.path.endswith("CODEOWNERS")]
    after = Record(files=record_of(whole, record.files), answers=request.answers).to_bytes()
    return decide_addition(RECORD, before=files.read(RECORD), after=after)


def _report(request: InitRequest, ports: InitPorts, changes: tuple[Change, ...]) -> InitReport:
    codeowners, before = find_codeowners(ports.files)
    ignored = ports.ignored([change.path for change in changes if change.is_written])
    notes = [
        f"git ignores {path}, as .gitignore says: add it with `git add --force`, or mend the line" for path in ignored
    ]
    notes += [
        f"{codeowners}:{owned.line} leaves {owned.path.partition('/')[0]} to nobody: whoever may write approves"
        for owned in without_owners(parse_codeowners(before or b"", file=codeowners))
    ]
    notes += [_kept(change) for change in changes if change.action in (Action.KEPT, Action.REMOVED)]
    if request.pin is not None and not request.pin.is_fixed:
        notes.append(f"{request.pin.ref} is a tag, which its owners can move: --ref with a commit cannot be")
    return InitReport(changes=changes, notes=tuple(notes), next=_next(request), written=False)


def _kept(change: Change) -> str:
    what = "is not ours, or was changed: it stays" if change.action is Action.KEPT else "was removed: it stays away"
    return f"{change.path} {what}; --restore {change.path} takes ours"


def _next(request: InitRequest) -> tuple[str, ...]:
    """What people do after it."""
    model = request.model
    fill = [f"fill in {model_path(model.name)}, then `coronet data pin {model.name}`"] if model else []
    if not model:
        fill = ["`coronet init --model NAME --task binary` begins a model"]
    return (*fill, "commit, open a pull request, merge it", "`coronet doctor` says what is left to set on the forge")
