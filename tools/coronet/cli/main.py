"""The command line: which verbs there are, and how an error ends a process.

Verbs are imported when they are called, so that `--help` and the hot verbs start in milliseconds.
"""

import importlib
from collections.abc import Sequence
from contextlib import suppress

import click

from coronet import __version__
from coronet.cli.verbs import VERBS
from coronet.errors import CoronetError, Unavailable, WrongUsage

# What the extra `models` installs: a gate, a check or a promotion does without.
OPTIONAL = frozenset({"fsspec", "mlflow", "numpy", "pandas", "pyarrow", "scipy", "skops", "sklearn"})
# What the extra `github` installs.
OPTIONAL_FOR_GITHUB = frozenset({"github", "requests"})
# What the extras for distributed engines install.
OPTIONAL_FOR_ENGINES = {"pyspark": "spark", "py4j": "spark", "dask": "dask", "distributed": "dask"}


class LazyGroup(click.Group):
    """A group whose verbs stand in a table: name → (module, one line of help)."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            return None
        command = importlib.import_module(VERBS[cmd_name].module).command
        if not isinstance(command, click.Command):
            raise TypeError(f"{VERBS[cmd_name].module}.command is no click command")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from difflib import get_close_matches

            if close := get_close_matches(args[0], VERBS, n=1):
                raise click.UsageError(f"{error.message} Did you mean {close[0]!r}?", ctx=ctx) from None
            raise

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for section in dict.fromkeys(verb.section for verb in VERBS.values()):
            rows = [(name, verb.help) for name, verb in VERBS.items() if verb.section == section]
            with formatter.section(section):
                formatter.write_dl(rows)


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="coronet")
def coronet() -> None:
    """Model promotion as a pull request: proposals in git, review by code owners,
    a merge that moves the MLflow champion alias."""


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command line and answer its exit code; only a bug leaves as an exception."""
    try:
        code = coronet.main(arguments, prog_name="coronet", standalone_mode=False)
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return 130
    except click.ClickException as error:
        error.show()
        _tell_job(WrongUsage(error.format_message()))
        return error.exit_code
    except CoronetError as error:
        return _end_with(error)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in {*OPTIONAL, *OPTIONAL_FOR_GITHUB, *OPTIONAL_FOR_ENGINES}:
            raise
        return _end_with(_not_installed(str(error.name)))
    return code if isinstance(code, int) else 0


def _not_installed(module: str) -> CoronetError:
    needs = "install coronet with what training and evaluating need: pip install 'coronet[models]'"
    if module.partition(".")[0] in OPTIONAL_FOR_GITHUB:
        needs = "install coronet with what speaking to GitHub needs: pip install 'coronet[github]'"
    if engine := OPTIONAL_FOR_ENGINES.get(module.partition(".")[0]):
        needs = f"install coronet with what this engine needs: pip install 'coronet[models,{engine}]'"
    return Unavailable(f"{module} is not installed, which this command needs", hint=needs)


def _end_with(error: CoronetError) -> int:
    click.echo(render_error(error), err=True)
    _tell_job(error)
    return error.exit_code


def _tell_job(error: CoronetError) -> None:
    """A failing step shows what its reader needs, without opening the log; a full disk does not hide it."""
    import os

    from coronet.cli.output import is_job

    if is_job(os.environ):
        from coronet.cli.job import tell_error

        with suppress(Unavailable):
            tell_error(error, os.environ)


def render_error(error: CoronetError) -> str:
    """What went wrong and what to do; names and values in it may be anybody's, and must act on nothing."""
    from coronet.core.render.markup import plain_text

    where = f"{error.location}: " if error.location else ""
    lines = [f"{error.title}: {where}{error.message}"]
    lines += [f"  {finding}" for finding in error.findings]
    if error.hint:
        lines.append(f"  → {error.hint}")
    return "\n".join(plain_text(line) for line in lines)
