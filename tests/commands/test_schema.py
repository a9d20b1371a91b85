"""Which schemas there are, and each of them."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from coronet.adapters.schemas import PackageSchemas, load_schema
from coronet.commands.schema import editor_schemas, list_schemas, show_schema
from coronet.errors import WrongUsage


class TwoSchemas:
    def names(self) -> tuple[str, ...]:
        return ("policy", "proposal")

    def load(self, name: str) -> Mapping[str, Any]:
        return {"title": f"Title of {name}", "const": "é"}


def test_the_list() -> None:
    report = list_schemas(TwoSchemas())
    assert report.to_text() == "policy    Title of policy\nproposal  Title of proposal"
    assert report.to_markdown().splitlines()[2] == "| `policy` | Title of policy |"
    assert report.to_json()["schemas"][1] == {"name": "proposal", "title": "Title of proposal"}


def test_one_schema_is_printed_as_a_file_would_hold_it() -> None:
    report = show_schema("policy", TwoSchemas())
    assert report.to_text() == '{\n  "title": "Title of policy",\n  "const": "é"\n}'
    assert json.loads(report.to_text()) == report.to_json()
    assert report.to_markdown() == f"```json\n{report.to_text()}\n```"


@pytest.mark.parametrize(
    ("name", "hint"), [("polcy", "did you mean policy?"), ("zzz", "there are: policy, proposal"), ("../policy", None)]
)
def test_a_name_that_there_is_not(name: str, hint: str | None) -> None:
    with pytest.raises(WrongUsage, match="no schema") as caught:
        show_schema(name, TwoSchemas())
    assert hint is None or caught.value.hint == hint


def test_what_people_write_finds_its_schema_where_its_first_line_looks() -> None:
    found = editor_schemas(PackageSchemas())
    names = ("model", "policy_cases", "policy_layer", "proposal")
    assert sorted(found) == [f".coronet/schemas/{name}.schema.json" for name in names]
    for name, data in found.items():
        assert json.loads(data) == load_schema(name.split("/")[-1].removesuffix(".schema.json"))
        assert data.endswith(b"}\n")
