"""Findings of validation: everything, in the file's order, with its place, in words."""

import copy
import json
import pathlib
from collections.abc import Iterator
from typing import Any

import pytest

from coronet.adapters.documents import FileDocuments
from coronet.core.canonical import canonical_json
from coronet.core.documents import Path, lay_over
from coronet.core.evidence import evidence_from_json
from coronet.core.model_file import model_from_json
from coronet.core.policy import DEFAULTS, merge_policies, policy_from_json
from coronet.core.proposal import proposal_from_json
from tests.adapters.examples import EVIDENCE, LAYER, MODEL, POLICY, PROPOSAL, VALID

DOCUMENTS = FileDocuments()
FOLDER = pathlib.Path(__file__).parent
# Where people choose the keys.
FREE: dict[str, set[Path]] = {
    "proposal": set(),
    "evidence": {
        ("rows", "unusable"),
        ("contract", "candidate"),
        ("contract", "champion"),
        ("checks", 0, "files"),
        ("checks", 0, "numbers"),
        ("metrics", 0, "segment"),
        *(("metrics", index, "segment") for index in range(1, 4)),
    },
    "policy": {("gates",), ("ranking", "score")},
    "policy_layer": {("gates",), ("ranking", "score")},
    "policy_cases": {("cases", 0, "metrics", 1, "segment"), ("cases", 0, "expect", "gates")},
    "model": {("outputs",), ("schedule",)},
}


def found(schema: str, value: Any) -> list[str]:
    document = DOCUMENTS.parse(canonical_json(value), file="f.json")
    return [str(finding).split(": ", 1)[1] for finding in DOCUMENTS.validate(document, schema)]


def changed(value: dict[str, Any], path: str, new: Any) -> dict[str, Any]:
    """A copy with the value at `path` (parts joined by /) replaced, or taken out where `new` is `...`."""
    value = copy.deepcopy(value)
    *parents, last = [int(part) if part.isdigit() else part for part in path.split("/")]
    inner: Any = value
    for part in parents:
        inner = inner[part]
    if new is ...:
        del inner[last]
    else:
        inner[last] = new
    return value


def mappings(value: Any, path: Path = ()) -> Iterator[tuple[Path, dict[str, Any]]]:
    if isinstance(value, dict):
        yield path, value
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        yield from mappings(part, (*path, key))


# --- what is accepted -----------------------------------------------------------------------------


@pytest.mark.parametrize("schema", VALID)
def test_the_examples_are_valid(schema: str) -> None:
    assert found(schema, VALID[schema]) == []


def test_a_policy_that_says_little_is_valid_and_the_defaults_are() -> None:
    assert found("policy", {"schema": "coronet/policy/v1"}) == []
    assert found("policy_layer", {"schema": "coronet/policy/v1"}) == []
    assert found("policy", dict(DEFAULTS)) == []


def test_evidence_from_two_prediction_files_is_valid() -> None:
    alone = {**EVIDENCE, "candidate": {"predictions": EVIDENCE["data"]["digest"]}, "champion": None, "metrics": []}
    assert found("evidence", alone) == []


@pytest.mark.parametrize(
    "path",
    [
        "data.csv",
        "data/a b.csv",
        "../../common/x.parquet",
        "../x.csv",
        "a..b/c",
        "s3://bucket/x.csv",
        "https://e.org/x",
    ],
)
def test_data_may_come_from_the_repository_or_a_url(path: str) -> None:
    assert found("model", changed(MODEL, "data/train/path", path)) == []


@pytest.mark.parametrize("trainer", ["sklearn.svm.SVC", "train.py:fit", "code/my_train.py:fit_2"])
def test_trainers(trainer: str) -> None:
    assert found("model", changed(MODEL, "trainer", trainer)) == []


def test_the_core_reads_the_examples() -> None:
    assert proposal_from_json(PROPOSAL).to_json() == PROPOSAL
    assert evidence_from_json(EVIDENCE).digest.startswith("sha256:")
    assert found("evidence", evidence_from_json(EVIDENCE).to_json()) == []
    assert len(policy_from_json(POLICY).gates) == 14
    assert policy_from_json(POLICY, LAYER).gates[0].mode == "off"
    assert model_from_json(MODEL, name="churn").data.version == "20260211"


# --- what is not ----------------------------------------------------------------------------------


@pytest.mark.parametrize("schema", VALID)
def test_unknown_keys_are_refused_wherever_keys_are_not_free(schema: str) -> None:
    whole = VALID[schema]
    for path, _ in mappings(whole):
        if path in FREE[schema] or "hyperparameters" in path:
            continue
        broken = copy.deepcopy(whole)
        inner: Any = broken
        for part in path:
            inner = inner[part]
        inner["zzzzzz"] = 1
        assert len(messages := found(schema, broken)) == 1, path
        assert messages[0].startswith("unknown key 'zzzzzz'")


def breakages() -> list[tuple[str, str, str]]:
    """(schema, what is broken, what is found) of the table beside this file."""
    blocks = (FOLDER / "findings.txt").read_text().strip().split("\n\n")
    heads = [block.partition("\n") for block in blocks]
    return [(*head.split(": ", 1), said) for head, _, said in heads]  # type: ignore[misc]


@pytest.mark.parametrize(("schema", "breakage", "said"), breakages())
def test_a_finding_says_what_was_found_and_what_is_wanted(schema: str, breakage: str, said: str) -> None:
    path, _, new = breakage.partition(" = ")
    broken = changed(VALID[schema], path.removesuffix(" is taken out"), json.loads(new) if new else ...)
    assert "\n".join(f"    {message}" for message in found(schema, broken)) == said


def test_everything_is_found_at_once_in_the_order_of_the_file() -> None:
    document = DOCUMENTS.parse(BROKEN_POLICY.encode(), file="policy/iris.yaml")
    assert [str(finding) for finding in DOCUMENTS.validate(document, "policy_layer")] == [
        "policy/iris.yaml:1:1: `confidence` is 95, wanted less than 1",
        "policy/iris.yaml:1:1: `schema` is missing",
        "policy/iris.yaml:3:12: `gates.better.metric` is 'roc_aux', wanted another word; did you mean 'roc_auc'?",
        "policy/iris.yaml:3:29: `gates.better.rule` is 'superiour', wanted another word; did you mean 'superior'?",
        "policy/iris.yaml:4:3: the key 'Fair!' in `gates` is not "
        "a name: 1 to 63 of a-z, 0-9, _ and -, beginning with a letter or digit",
        "policy/iris.yaml:5:5: unknown key 'valu' in `gates.Fair!`; did you mean 'value'?",
        "policy/iris.yaml:6:1: unknown key 'aprovals'; did you mean 'approvals'?",
        "policy/iris.yaml:7:11: `until` is missing in `freeze[0]`",
        "policy/iris.yaml:7:11: `why` is missing in `freeze[0]`",
        "policy/iris.yaml:7:12: `freeze[0].from` is '2026-12-32', which is no day that there is",
    ]


BROKEN_POLICY = """\
confidence: 95
gates:
  better: {metric: roc_aux, rule: superiour}
  Fair!:
    valu: 1
aprovals: {count: 1}
freeze: [ {from: 2026-12-32}]
"""


def test_what_a_layer_may_leave_out_the_whole_policy_must_have() -> None:
    wide = DOCUMENTS.parse(
        b"schema: coronet/policy/v1\ngates:\n  good: {rule: floor, value: 0.7}\n  fair: {rule: gap, by: [sex]}\n",
        file="policy/default.yaml",
    )
    narrow = DOCUMENTS.parse(
        b"schema: coronet/policy/v1\ngates:\n  good: {metric: f1, margin: 0}\n  fair: {metric: f1, value: 0.1}\n",
        file="policy/iris.yaml",
    )
    assert DOCUMENTS.validate(wide, "policy_layer") == DOCUMENTS.validate(narrow, "policy_layer") == ()
    merged = lay_over([wide, narrow], merge_policies(DEFAULTS, wide.value, narrow.value))
    assert [str(finding) for finding in DOCUMENTS.validate(merged, "policy")] == [
        "policy/iris.yaml:3:22: `margin` in `gates.good` does not go with `rule: floor`"
    ]


@pytest.mark.parametrize("value", [None, [], "text", 7, True])
@pytest.mark.parametrize("schema", VALID)
def test_a_file_that_is_no_mapping(schema: str, value: Any) -> None:
    (message,) = found(schema, value)
    assert message.startswith("the file is ")
    assert "wanted a mapping" in message


@pytest.mark.parametrize(
    "path",
    [
        *(
            "/etc/passwd",
            "../../../x",
            "a/../../../../x",
            "..",
            "../..",
            ".",
            "./x",
            "a/./b",
            "~/x",
            "C:\\x",
            "a\\b",
            "a//b",
        ),
        *(
            "file:///etc/passwd",
            "local:///x",
            "zip://a::file:///x",
            "https://e.org/x::y",
            "memory://x",
            "a/",
            "",
            "a\nb",
        ),
    ],
)
def test_data_may_not_come_from_elsewhere_on_the_machine(path: str) -> None:
    (message,) = found("model", changed(MODEL, "data/train/path", path))
    assert "wanted a relative path with / that stays in the repository, or a URL" in message


@pytest.mark.parametrize(
    "trainer", ["SVC", "os.system()", "../train.py:fit", "/train.py:fit", "train.py", "a.b:c", "a."]
)
def test_trainers_that_are_none(trainer: str) -> None:
    (message,) = found("model", changed(MODEL, "trainer", trainer))
    assert "wanted a dotted path" in message


def test_long_values_are_shown_in_part() -> None:
    (message,) = found("model", changed(MODEL, "owner", "x" * 10_000))
    assert len(message) < 300
