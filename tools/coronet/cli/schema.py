"""`coronet schema [NAME]`."""

import click

from coronet.adapters.schemas import PackageSchemas
from coronet.cli.output import emit, format_option
from coronet.commands.schema import list_schemas, show_schema


@click.command("schema")
@click.argument("name", required=False)
@format_option
def command(name: str | None, format_: str) -> None:
    """Print the JSON Schema of a file or report; without NAME, list them.

    Validators and editors read it: `coronet schema proposal > proposal.schema.json`.
    """
    schemas = PackageSchemas()
    emit(show_schema(name, schemas) if name else list_schemas(schemas), format_)
