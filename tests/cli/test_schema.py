"""`coronet schema`, as typed."""

import json
import subprocess
import sys

import jsonschema
import pytest
from click.testing import CliRunner

from coronet.adapters.schemas import PackageSchemas
from coronet.cli.main import coronet, run


def test_the_list_has_every_schema_of_the_package() -> None:
    result = CliRunner().invoke(coronet, ["schema"])
    assert result.exit_code == 0
    assert [line.split()[0] for line in result.output.splitlines()] == list(PackageSchemas().names())


def test_the_list_as_data_satisfies_its_own_schema() -> None:
    report = json.loads(CliRunner().invoke(coronet, ["schema", "--format", "json"]).output)
    jsonschema.Draft202012Validator(PackageSchemas().load("schema")).validate(report)
    assert report["schema"] == "coronet/schema/v1"


@pytest.mark.parametrize("name", PackageSchemas().names())
def test_what_is_printed_is_a_schema(name: str) -> None:
    result = CliRunner().invoke(coronet, ["schema", name])
    assert result.exit_code == 0
    jsonschema.Draft202012Validator.check_schema(json.loads(result.output))
    assert json.loads(CliRunner().invoke(coronet, ["schema", name, "--format", "json"]).output) == json.loads(
        result.output
    )


def test_a_misspelt_name_is_a_wrong_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["schema", "polcy"]) == 2
    streams = capsys.readouterr()
    assert streams.out == ""
    assert streams.err == "wrong command line: there is no schema 'polcy'\n  → did you mean policy?\n"


def test_reading_files_imports_no_validator() -> None:
    code = (
        "import sys; from coronet.adapters.documents import FileDocuments; import coronet.cli.schema;"
        "d = FileDocuments(); d.parse(b'{}', file='a.json'); assert 'yaml' not in sys.modules;"
        "d.parse(b'a: 1', file='a.yaml'); assert 'jsonschema' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
