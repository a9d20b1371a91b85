"""`coronet owners`."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from coronet.adapters.work_tree import WorkTree, find_root, read_file
from coronet.cli.output import emit, format_option
from coronet.commands.owners import find_owners, load_codeowners, require_loaded
from coronet.core.codeowners import parse_codeowners


@click.command()
@click.argument("paths", nargs=-1, required=True)
@click.option(
    "--codeowners",
    "file",
    type=click.Path(path_type=Path),
    help="Read this file instead of the CODEOWNERS of the work tree.",
)
@format_option
def command(paths: tuple[str, ...], file: Path | None, format_: str) -> None:
    """Print who must approve a change to PATHS, one path a line.

    PATHS are files, written from the root of the repository; they need not exist. A - reads them from
    standard input, one a line. The owners are those of the last matching line of CODEOWNERS, as on GitHub;
    lines that GitHub skips are told on standard error.
    """
    files = WorkTree(find_root(Path.cwd()))
    if file is None:
        codeowners = load_codeowners(files)
    else:
        codeowners = require_loaded(parse_codeowners(read_file(file), file=str(file)))
    report = find_owners(list(_read_paths(paths)), codeowners, files)
    for finding in report.findings:
        click.echo(f"warning: {finding}", err=True)
    emit(report, format_)


def _read_paths(paths: Sequence[str]) -> Iterator[str]:
    for path in paths:
        if path == "-":
            lines = sys.stdin.buffer.read().decode(errors="replace").split("\n")
            yield from (line for line in lines if line)
        else:
            yield path
