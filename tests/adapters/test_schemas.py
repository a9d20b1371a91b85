"""The schemas themselves: which there are, that they stand alone, teach, and keep step with the core."""

import dataclasses
import json
import re
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coronet.adapters.documents import FileDocuments
from coronet.adapters.schemas import PackageSchemas, load_schema
from coronet.core import evidence, model_file, policy, proposal
from coronet.core.canonical import DIGEST_PATTERN
from coronet.core.catalogue import METRICS
from coronet.core.decision import Verdict
from coronet.core.drift import ColumnDrift, ColumnKind, DriftRule
from coronet.core.evidence.costs import Cost, Costs, Latency
from coronet.core.evidence.custom_checks import Answered, CustomCheck
from coronet.core.evidence.data_drift import DataDrift, OtherColumns
from coronet.core.evidence.leakage import Leak, Leakage
from coronet.core.names import is_alias, is_name
from coronet.core.policy.demands import DEPENDENCIES, LATENCIES, SIZE
from tests.adapters.examples import PROPOSAL, VALID

NAMES = PackageSchemas().names()
INPUTS = tuple(VALID)
ROOT = Path(__file__).parents[2]


def parts(schema: Any) -> Iterator[dict[str, Any]]:
    """Every mapping inside a schema."""
    if isinstance(schema, dict):
        yield schema
    for part in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        yield from parts(part)


def follow(part: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """`part` with what it refers to."""
    if "$ref" not in part:
        return part
    return {**follow(schema["$defs"][part["$ref"].removeprefix("#/$defs/")], schema), **part}


def part_of(name: str, path: str) -> Any:
    part = load_schema(name)
    for key in path.split("."):
        part = part[key]
    return part


def test_the_schemas_of_every_input_are_there() -> None:
    assert set(INPUTS) <= set(NAMES)
    assert "terms" not in NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_is_a_schema_with_a_title_and_stands_alone(name: str) -> None:
    schema = load_schema(name)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$id"] == f"{name}.schema.json"
    assert schema["title"]
    references = {part["$ref"] for part in parts(schema) if "$ref" in part}
    known = {f"#/$defs/{key}" for key in schema.get("$defs", {})} | {"#"}
    assert references <= known
    assert known <= references | {"#"}


def test_no_two_files_define_the_same_word() -> None:
    files = [json.loads(path.read_text()) for path in (ROOT / "tools/coronet/schemas").glob("*.json")]
    words = [word for schema in files for word in schema.get("$defs", {})]
    assert sorted(words) == sorted(set(words))


def test_a_schema_that_is_not_there_is_a_bug() -> None:
    with pytest.raises(FileNotFoundError):
        load_schema("nothing")


@pytest.mark.parametrize("name", INPUTS)
def test_every_field_teaches(name: str) -> None:
    schema = load_schema(name)
    fields = {
        key: follow(part, schema)
        for whole in parts(schema)
        if "additionalProperties" in whole
        for key, part in whole.get("properties", {}).items()
    }
    assert fields
    assert [key for key, part in fields.items() if not (part.get("description") or part.get("title"))] == []


@pytest.mark.parametrize("name", INPUTS)
def test_patterns_are_of_the_whole_text_and_say_what_they_want(name: str) -> None:
    patterns = [part for part in parts(load_schema(name)) if isinstance(part.get("pattern"), str)]
    assert patterns
    for part in patterns:
        assert part["pattern"].startswith("^")
        assert part["pattern"].endswith("$")
        assert not re.search(r"\\[dwsAZzb]", part["pattern"])  # they differ between Python and JavaScript
        assert part.get("patternErrorMessage") or "within" in part["pattern"]


@pytest.mark.parametrize("name", INPUTS)
def test_every_case_is_made_by_keys(name: str) -> None:
    for part in parts(load_schema(name)):
        if "if" in part:
            assert set(part["if"]) == {"properties", "required"}
            assert set(part["if"]["properties"]) == set(part["if"]["required"])
            assert "else" not in part


@pytest.mark.parametrize("name", INPUTS)
def test_other_validators_accept_what_we_accept(name: str) -> None:
    jsonschema.Draft202012Validator(load_schema(name)).validate(VALID[name])


# --- in step with the core ------------------------------------------------------------------------


def test_the_kinds_of_file_are_those_of_the_core() -> None:
    kinds = {name: load_schema(name)["properties"]["schema"]["const"] for name in ("proposal", "evidence", "model")}
    assert kinds == {"proposal": proposal.SCHEMA, "evidence": evidence.SCHEMA, "model": model_file.SCHEMA}
    assert load_schema("policy")["$defs"]["policy"]["properties"]["schema"]["const"] == policy.SCHEMA


def test_the_metrics_are_those_of_the_catalogue() -> None:
    known, pattern = load_schema("policy")["$defs"]["metric"]["anyOf"]
    assert known["enum"] == list(METRICS)
    assert all(re.fullmatch(pattern["pattern"], f"within_{n}_percent") for n in (1, 10, 99))
    assert re.fullmatch(pattern["pattern"], "custom.profit")
    assert not re.fullmatch(pattern["pattern"], "profit")


@pytest.mark.parametrize(
    ("name", "path", "words"),
    [
        ("policy", "$defs.policy.properties.correction", policy.Correction),
        ("policy", "$defs.gate.properties.correction", policy.Correction),
        ("policy", "$defs.policy.properties.on_inconclusive", policy.OnInconclusive),
        ("policy", "$defs.gate.properties.rule", policy.Rule),
        ("policy", "$defs.gate.properties.mode", policy.Mode),
        ("policy", "$defs.gate.properties.statistics", policy.Statistics),
        ("policy", "$defs.gate.properties.below_minimum", policy.BelowMinimum),
        ("policy", "$defs.take", policy.Take),
        ("policy", "$defs.gate.properties.by_rule", DriftRule),
        ("evidence", "$defs.moved_column.properties.kind", ColumnKind),
        ("evidence", "$defs.custom_check.properties.result", Answered),
        ("policy_cases", "$defs.case.properties.checks.additionalProperties", Answered),
        ("proposal", "properties.kind", proposal.Kind),
        ("proposal", "properties.evidence.properties.verdict", Verdict),
        ("proposal", "properties.why.properties.change_type", proposal.ChangeType),
        ("evidence", "$defs.task", evidence.Task),
        ("model", "$defs.task", evidence.Task),
    ],
)
def test_words_are_those_of_the_core(name: str, path: str, words: type[StrEnum]) -> None:
    assert part_of(name, path)["enum"] == [str(word) for word in words]


@pytest.mark.parametrize(
    ("name", "path", "kind"),
    [
        ("evidence", "$defs.fact", evidence.MetricFact),
        ("evidence", "$defs.subject_or_none", evidence.Subject),
        ("evidence", "properties.data", evidence.EvaluationData),
        ("evidence", "properties.rows", evidence.RowCounts),
        ("evidence", "properties.contract", evidence.Contract),
        ("evidence", "$defs.contract_change", evidence.ContractChange),
        ("evidence", "$defs.costs", Costs),
        ("evidence", "$defs.cost", Cost),
        ("evidence", "$defs.latency", Latency),
        ("evidence", "$defs.data_drift", DataDrift),
        ("evidence", "$defs.other_columns", OtherColumns),
        ("evidence", "$defs.leakage", Leakage),
        ("evidence", "$defs.leak", Leak),
        ("evidence", "$defs.custom_check", CustomCheck),
        ("proposal", "properties.candidate", proposal.Candidate),
        ("proposal", "properties.replaces", proposal.Replaced),
        ("proposal", "properties.data", proposal.ProposedData),
        ("proposal", "properties.code", proposal.Code),
        ("proposal", "properties.why", proposal.Why),
        ("proposal", "properties.requested_by", proposal.Requester),
        ("policy", "$defs.policy.properties.approvals", policy.Approvals),
        ("model", "$defs.data_file", model_file.DataFile),
        ("model", "properties.data", model_file.ModelData),
    ],
)
def test_fields_are_those_of_the_core(name: str, path: str, kind: Any) -> None:
    assert set(part_of(name, path)["properties"]) == {field.name for field in dataclasses.fields(kind)}


def test_what_a_column_of_drift_may_say_is_what_was_measured_but_for_the_drawing() -> None:
    fields = {field.name for field in dataclasses.fields(ColumnDrift)} - {"bins"}
    assert set(part_of("evidence", "$defs.moved_column")["properties"]) == fields


def test_the_costs_that_a_budget_may_be_of_are_those_of_the_core() -> None:
    assert part_of("evidence", "$defs.latency")["properties"]["of"]["enum"] == list(LATENCIES)
    cases = part_of("policy", "$defs.whole_gate")["allOf"]
    (of,) = [
        case["then"]["properties"]["of"]["enum"]
        for case in cases
        if case["if"]["properties"] == {"rule": {"const": "budget"}}
    ]
    assert of == [*LATENCIES, SIZE, DEPENDENCIES]


NAMELIKE = st.text(st.sampled_from("aZ09_-v. \nlatest"), max_size=70) | st.sampled_from(
    ["latest", "v1", "v1a", "a" * 64]
)


@given(NAMELIKE)
def test_names_and_aliases_are_those_of_the_core(text: str) -> None:
    terms = load_schema("model")["$defs"]
    assert bool(re.fullmatch(terms["name"]["pattern"], text)) == is_name(text)
    assert bool(re.fullmatch(terms["alias"]["pattern"], text)) == is_alias(text)


def test_digests_are_those_of_the_core() -> None:
    assert load_schema("evidence")["$defs"]["digest"]["pattern"] == DIGEST_PATTERN


def test_what_the_core_identifies_is_an_id() -> None:
    made = proposal.proposal_from_json(PROPOSAL)
    id_ = proposal.identify(
        kind=made.kind,
        model="a" * 63,
        alias=made.alias,
        candidate=made.candidate,
        replaces=None,
        facts_digest="",
        policy_digest="",
        attempt=1,
    )
    assert re.fullmatch(load_schema("proposal")["properties"]["id"]["pattern"], id_)


# --- in step with the repository ------------------------------------------------------------------


def governed_files() -> list[tuple[str, Path]]:
    models = [("model", path) for path in sorted(ROOT.glob("models/*/model.yaml"))]
    policies = [
        ("policy_cases" if path.name.endswith(".cases.yaml") else "policy_layer", path)
        for path in sorted(ROOT.glob("policy/**/*.yaml"))
    ]
    return models + policies


@pytest.mark.parametrize(("name", "file"), governed_files())
def test_the_files_of_this_repository_are_valid(name: str, file: Path) -> None:
    document = FileDocuments().parse(file.read_bytes(), file=str(file))
    assert FileDocuments().validate(document, name) == ()


@pytest.mark.parametrize(("name", "file"), governed_files())
def test_what_they_tell_editors_is_their_schema(name: str, file: Path) -> None:
    first = file.read_text().split("\n", 1)[0]
    if first.startswith("# yaml-language-server:"):
        schema = file.parent / first.removeprefix("# yaml-language-server: $schema=")
        assert schema.resolve() == ROOT / f"tools/coronet/schemas/{name}.schema.json"


def test_proposals_name_a_schema_that_is_there() -> None:
    first = FileDocuments().render(PROPOSAL).decode().split("\n", 1)[0]
    named = first.removeprefix("# yaml-language-server: $schema=")
    assert (ROOT / "tests" / "core" / named).resolve() == ROOT / "tools/coronet/schemas/proposal.schema.json"
    assert (ROOT / "tests" / "core" / named).is_file()  # as deep as promotions/<model>
