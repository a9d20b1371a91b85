"""The page of every command, from the commands' own help: `python -m tests.repository.commands_page` writes it."""

from collections.abc import Iterator
from pathlib import Path

import click

from coronet.cli.main import coronet
from coronet.cli.verbs import VERBS

PAGE = Path(__file__).parents[2] / "docs/commands.md"
WIDTH = 100
INTRODUCTION = """\
# Commands

What every command says of itself; written by `make docs`. Exit codes: 0 done, 2 wrong command line, 3 invalid
input, 4 refused, 5 conflict, 6 unavailable (safe to repeat), 130 interrupted; 1 is a bug.
"""


def render_page() -> str:
    parts = [INTRODUCTION]
    for section in dict.fromkeys(verb.section for verb in VERBS.values()):
        parts.append(f"## {section}\n")
        for name in (name for name, verb in VERBS.items() if verb.section == section):
            parts += [f"### coronet {path}\n\n```\n{text}\n```\n" for path, text in _helps(name)]
    return "\n".join(parts)


def _helps(verb: str) -> Iterator[tuple[str, str]]:
    settings = {**coronet.context_settings, "terminal_width": WIDTH, "max_content_width": WIDTH}
    root = click.Context(coronet, info_name="coronet", **settings)
    command = coronet.get_command(root, verb)
    if command is None:
        raise LookupError(f"coronet {verb} is listed and not there")
    yield from _help_of(command, verb, root)


def _help_of(command: click.Command, path: str, parent: click.Context) -> Iterator[tuple[str, str]]:
    context = click.Context(command, info_name=path.rsplit(" ", 1)[-1], parent=parent)
    yield path, command.get_help(context)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is not None and not below.hidden:
                yield from _help_of(below, f"{path} {name}", context)


if __name__ == "__main__":
    PAGE.write_text(render_page())
