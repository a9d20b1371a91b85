"""The story: scenes of commands, each with the exit code that it must end with."""

import os
import shlex
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import click

from coronet.adapters.clock import SystemClock
from coronet.cli.demo.stage import DemoStage
from coronet.core.timestamps import format_time

PASS, REFUSED, CONFLICT = 0, 4, 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One command as the user would type it; `later` sets the clock that many days ahead for it."""

    command: str
    ends: int = PASS
    later: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Scene:
    title: str
    say: str
    steps: tuple[Step, ...]


def _train(model: str, setting: str, summary: str, kind: str = "tuning") -> Step:
    return Step(
        command=f'coronet train {model} --set {setting} --change-type {kind} --change-summary "{summary}" '
        f"--hypothesis-id H-1 --owner model-owner"
    )


def _accept(number: int) -> tuple[Step, ...]:
    return (
        Step(command=f"coronet pr approve {number} --as model-owner"),
        Step(command=f"coronet pr merge {number} --as model-owner"),
    )


def _ask(model: str, ends: int = PASS) -> tuple[Step, ...]:
    return (Step(command=f"coronet evaluate {model}"), Step(command=f"coronet propose {model}", ends=ends))


SCENES = (
    Scene(
        title="A first champion",
        say="Nothing serves yet. Even the first model comes by a proposal that an owner approves.",
        steps=(
            _train("breast-cancer", "C=0.1", "first model", "architecture"),
            *_ask("breast-cancer"),
            Step(command="coronet pr view 1"),
        ),
    ),
    Scene(
        title="Nobody approves what they asked for",
        say="The engineer opened the pull request, and tries to approve it.",
        steps=(Step(command="coronet pr approve 1 --as engineer", ends=REFUSED),),
    ),
    Scene(
        title="Approved, merged, promoted",
        say="A code owner approves and merges. `promote` proves that, moves the alias, and logs it.",
        steps=(
            *_accept(1),
            Step(command="coronet promote --as promoter"),
            Step(command="coronet gate breast-cancer"),
        ),
    ),
    Scene(
        title="A worse candidate",
        say="Far too much regularisation. The evidence says so, and no pull request is opened.",
        steps=(_train("breast-cancer", "C=0.001", "regularise more"), *_ask("breast-cancer", REFUSED)),
    ),
    Scene(
        title="A tie",
        say="A lower log loss on these rows, but the interval reaches zero: a script that trusts one number "
        "would have promoted it.",
        steps=(_train("breast-cancer", "C=2.0", "regularise less"), *_ask("breast-cancer", REFUSED)),
    ),
    Scene(
        title="A real winner",
        say="The whole interval is on the good side. This is what the reviewer reads.",
        steps=(
            _train("breast-cancer", "C=0.5", "the right amount of regularisation"),
            *_ask("breast-cancer"),
            Step(command="coronet pr view 2"),
            *_accept(2),
        ),
    ),
    Scene(
        title="Two proposals against one champion",
        say="Before the winner is promoted, another candidate is approved against the same old champion. "
        "The first to be merged wins; the other is a conflict, and moves nothing.",
        steps=(
            _train("breast-cancer", "C=0.8", "nearly the same"),
            *_ask("breast-cancer"),
            *_accept(3),
            Step(command="coronet promote --as promoter", ends=CONFLICT),
            Step(command="coronet gate breast-cancer"),
        ),
    ),
    Scene(
        title="An approval does not last for ever",
        say="A hundred days later nobody has looked at the champion again: releases stop.",
        steps=(Step(command="coronet gate breast-cancer", ends=REFUSED, later=100),),
    ),
    Scene(
        title="Back to the former champion",
        say="Three in the morning: errors. The rollback is a proposal, too.",
        steps=(
            Step(command='coronet rollback breast-cancer --summary "errors in production"'),
            *_accept(4),
            Step(command="coronet promote --as promoter"),
            Step(command="coronet gate breast-cancer"),
        ),
    ),
    Scene(
        title="Segments",
        say="Progression of diabetes, judged for each sex and age band: better overall must not mean worse for some.",
        steps=(
            _train("diabetes", "max_depth=1", "a stump", "architecture"),
            *_ask("diabetes"),
            *_accept(5),
            Step(command="coronet promote --as promoter"),
            _train("diabetes", "max_depth=3", "deeper trees"),
            *_ask("diabetes"),
            Step(command="coronet pr view 6"),
            *_accept(6),
            Step(command="coronet promote --as promoter"),
        ),
    ),
    Scene(
        title="One more model, and what became of all",
        say="Iris: 72 flowers decide little. Then the record: what is, what was, and the proof that it is whole.",
        steps=(
            _train("iris", "max_depth=2", "a small forest", "architecture"),
            *_ask("iris"),
            *_accept(7),
            Step(command="coronet promote --as promoter"),
            _train("iris", "n_estimators=200", "more trees"),
            *_ask("iris", REFUSED),
            Step(command="coronet status"),
            Step(command="coronet log breast-cancer"),
            Step(command="coronet verify"),
        ),
    ),
)

NEXT = (
    ("coronet status --versions", "every version with its aliases and tags"),
    ("coronet pr view 2", "the pull request as its reviewer read it"),
    ("coronet log breast-cancer --format markdown", "the change log as it is rendered"),
    ("coronet train iris --set max_depth=4", "a candidate of your own; then evaluate and propose it"),
    ("coronet renew breast-cancer --help", "more time for a champion, with fresh evidence"),
    ("git log --oneline origin/main", "every decision is a commit"),
)


def play(stage: DemoStage) -> None:
    """Run every scene in the clone; what ends in another way than the story says is a bug."""
    began = time.monotonic()
    with _dressed(stage):
        for number, scene in enumerate(SCENES, start=1):
            _announce(f"{number}. {scene.title}", scene.say)
            for step in scene.steps:
                _run(step)
    _announce("What to try next", f"All of it is in {stage.folder}. Type:")
    click.echo(f"  . {shlex.quote(str(stage.folder / 'env'))} && cd {shlex.quote(str(stage.work))}")
    for command, why in NEXT:
        click.echo(f"  {command:<48} # {why}")
    click.echo(f"\n{sum(len(scene.steps) for scene in SCENES)} commands in {time.monotonic() - began:.0f} s.")


def _announce(title: str, say: str) -> None:
    click.echo(f"\n{click.style(title, bold=True)}\n{say}\n")


def _run(step: Step) -> None:
    from coronet.cli.main import run

    moment = format_time(SystemClock().now() + timedelta(days=step.later)) if step.later else None
    prefix = f"CORONET_NOW={moment} " if moment else ""
    click.echo(click.style(f"$ {prefix}{step.command}", fg="cyan"))
    with _set({"CORONET_NOW": moment}):
        code = run(shlex.split(step.command)[1:])
    if code != PASS:
        click.echo(f"(exit {code})")
    click.echo()
    if code != step.ends:
        raise AssertionError(f"{step.command!r} ended with {code}, the story says {step.ends}")


@contextmanager
def _dressed(stage: DemoStage) -> Iterator[None]:
    """In the clone, with the stage's registry, and without settings of the user's that would lead elsewhere."""
    names = ("CORONET_NOW", "CORONET_REPOSITORY", "CORONET_REMOTE", "CORONET_BRANCH", "CORONET_LOG_BRANCH")
    settings: Mapping[str, str | None] = {
        **dict.fromkeys((*names, "CORONET_FORGE", "CORONET_ACTOR", "CORONET_REQUESTED_BY")),
        "MLFLOW_TRACKING_URI": stage.registry,
    }
    before = Path.cwd()
    os.chdir(stage.work)
    try:
        with _set(settings):
            yield
    finally:
        os.chdir(before)


@contextmanager
def _set(settings: Mapping[str, str | None]) -> Iterator[None]:
    """The environment with these variables set, or unset where they are None."""
    before = {name: os.environ.get(name) for name in settings}
    _apply(settings)
    try:
        yield
    finally:
        _apply(before)


def _apply(settings: Mapping[str, str | None]) -> None:
    for name, value in settings.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
