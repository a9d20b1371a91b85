"""The record and the registry: what is governed, by which policy, on which alias, with which log."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from shlex import quote

from coronet.core.decision import Check, Result
from coronet.core.doctor.facts import Answer, Unknown
from coronet.core.doctor.finding import Finding, Severity, well


@dataclass(frozen=True, kw_only=True, slots=True)
class GovernedModel:
    """`registered` and `alias` name what is moved. `problems` are what is wrong with its files, a sentence each;
    `gates` is how many its policy enforces, `approvals` the most that it asks for."""

    name: str
    registered: str
    alias: str
    gates: int = 0
    approvals: int = 1
    problems: tuple[str, ...] = ()


def judge_models(models: Sequence[GovernedModel]) -> Iterator[Finding]:
    if not models:
        yield Finding(
            name="models",
            severity=Severity.ADVICE,
            saw="no model is governed on the main branch",
            why="nothing can be proposed before models/<m>/model.yaml is merged",
            command="coronet init --model NAME --task binary",
        )
    for model in models:
        yield from _judge_files(model)
    yield from _judge_aliases(models)


def _judge_files(model: GovernedModel) -> Iterator[Finding]:
    name = f"models.{model.name}"
    for problem in model.problems:
        yield Finding(
            name=name,
            severity=Severity.BROKEN,
            saw=problem,
            why="nothing of this model can be proposed, promoted or released until it is mended",
            click="mend the file in a pull request",
            command=f"coronet policy show {quote(model.name)}",
        )
    if model.problems:
        return
    if model.gates:
        yield well(name, f"{model.registered}@{model.alias}, {model.gates} enforced gates")
        return
    yield Finding(
        name=name,
        severity=Severity.ADVICE,
        saw="its policy enforces no gate",
        why="a policy without gates lets nothing pass",
        click=f"write gates into policy/{model.name}.yaml",
        command=f"coronet policy show {quote(model.name)}",
    )


def _judge_aliases(models: Sequence[GovernedModel]) -> Iterator[Finding]:
    governed: dict[tuple[str, str], list[str]] = {}
    for model in models:
        governed.setdefault((model.registered, model.alias), []).append(model.name)
    for (registered, alias), names in governed.items():
        if len(names) > 1:
            yield Finding(
                name="models.alias",
                severity=Severity.BROKEN,
                saw=f"{' and '.join(names)} both govern {registered}@{alias}",
                why="two logs would each say where the alias is: every promotion of one is a divergence of the other",
                click="give one of them another registered_model or another aliases.champion in its model.yaml",
            )


def judge_proposals(wrong: Mapping[str, str], *, count: int, waiting: int) -> Iterator[Finding]:
    """`wrong` maps the paths of merged proposals that wait to what is wrong with them; `count` are merged in all."""
    for path, problem in wrong.items():
        yield Finding(
            name="proposals",
            severity=Severity.WEAK,
            saw=f"{path}: {problem}",
            why="promote refuses it",
            click="restore it as it was approved, from git's history",
            command=f"git log --follow -- {quote(path)}",
        )
    if not wrong:
        yield well("proposals", f"{count} merged, {waiting} of them without an outcome, all of these readable")


def judge_log(checks: Sequence[Check], *, entries: int) -> Iterator[Finding]:
    """`checks` as `coronet verify` makes them."""
    broken = [check for check in checks if check.result is Result.FAIL]
    for check in broken:
        yield Finding(
            name=f"record.{check.name}",
            severity=Severity.BROKEN,
            saw=check.saw,
            why="the record no longer proves who approved what",
            click=check.hint,
            command="coronet verify",
        )
    if not broken:
        yield well("record", f"{entries} entries, intact" if checks else "nothing was logged yet")


def judge_registry(
    aliases: Answer[Mapping[str, Mapping[str, str]]], models: Sequence[GovernedModel]
) -> Iterator[Finding]:
    """`aliases` maps each registered model to where its aliases are."""
    if isinstance(aliases, Unknown):
        yield Finding(
            name="registry",
            severity=Severity.WEAK,
            saw=aliases.why,
            why="without the registry nothing can be proposed, promoted or released",
            click="set MLFLOW_TRACKING_URI and its credentials; see whether the server is up",
        )
        return
    yield well("registry", f"it answers, with {len(aliases)} registered models")
    for model in models:
        if model.registered not in aliases and not model.problems:
            yield Finding(
                name=f"registry.{model.name}",
                severity=Severity.ADVICE,
                saw=f"{model.registered} is not registered yet",
                why="its first version is made by train or track, and its first champion by a proposal",
                command=f"coronet train {quote(model.name)}",
            )
    yield Finding(
        name="registry.rights",
        severity=Severity.ADVICE,
        saw="whether this credential may set aliases cannot be known without setting one",
        why="MLflow guards nothing by itself: whoever may register versions may usually move aliases, too",
        click="give the credential that may to the environment of promote alone, and others one that may only read",
    )
