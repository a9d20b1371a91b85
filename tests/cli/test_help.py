"""Every verb loads, and says what it does and what each of its options means."""

from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from coronet.cli.main import coronet, run
from coronet.cli.verbs import VERBS


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every verb with the verbs below it, by what is typed."""
    context = click.Context(coronet)
    for name in VERBS:
        command = coronet.get_command(context, name)
        assert command is not None
        yield name, command
        if isinstance(command, click.Group):
            yield from ((f"{name} {below}", command.commands[below]) for below in command.commands)


COMMANDS = dict(commands())


@pytest.mark.parametrize("typed", COMMANDS)
def test_a_verb_says_what_it_does(typed: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*typed.split(), "--help"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert out.startswith(f"Usage: coronet {typed} ")
    assert COMMANDS[typed].help


@pytest.mark.parametrize("typed", COMMANDS)
def test_every_option_is_documented(typed: str) -> None:
    for parameter in COMMANDS[typed].params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{typed} {parameter.opts}"
            assert parameter.help.rstrip("]")[-1] in ".)…'\"" or "[default" in parameter.help, parameter.help
    names = [name for parameter in COMMANDS[typed].params for name in parameter.opts]
    assert len(names) == len(set(names))


def test_the_list_has_every_verb_in_its_section() -> None:
    out = CliRunner().invoke(coronet, ["--help"]).output
    for name, verb in VERBS.items():
        assert f"  {name} " in out
        assert verb.section in out
    assert run(["-h"]) == 0


WRITES = ("propose", "promote", "rollback", "renew", "hold", "check", "data pin", "train", "track", "init")


@pytest.mark.parametrize("typed", WRITES)
def test_whatever_writes_can_be_tried_first(typed: str) -> None:
    assert "--dry-run" in [name for parameter in COMMANDS[typed].params for name in parameter.opts]


@pytest.mark.parametrize(
    "typed", [typed for typed, command in COMMANDS.items() if not isinstance(command, click.Group)]
)
def test_every_verb_but_the_demo_answers_programs(typed: str) -> None:
    options = [name for parameter in COMMANDS[typed].params for name in parameter.opts]
    assert "--format" in options or typed == "demo"


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out.startswith("coronet, version ")
