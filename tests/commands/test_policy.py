"""`policy show`: what holds for a model, and where each value comes from."""

import re

import pytest

from coronet.adapters.documents import FileDocuments
from coronet.commands.policies import load_policy
from coronet.commands.policy.show import PolicyReport, show_policy
from coronet.core.documents import Document
from coronet.errors import InvalidInput
from tests.fakes.memory_files import MemoryFiles
from tests.stage.reports import told
from tests.stage.stage import FILES

DEFAULT = FILES["policy/default.yaml"]
OWN = """\
schema: coronet/policy/v1
gates:
  good_enough: {value: 0.8}
  harmless: {metric: accuracy, rule: non_inferior, margin: 0.01, by: [region]}
proposals: {expire_after: 3d}
"""


def files(**policies: str) -> MemoryFiles:
    return MemoryFiles({f"policy/{name}.yaml": text.encode() for name, text in policies.items()})


def shown(**policies: str) -> PolicyReport:
    return told(show_policy(files(**policies), FileDocuments(), "churn"))


def test_every_value_with_the_file_it_comes_from() -> None:
    report = shown(default=DEFAULT, churn=OWN)
    origins = report.to_json()["origins"]
    assert origins["gates.good_enough.value"] == "policy/churn.yaml"
    assert origins["gates.good_enough.rule"] == "policy/default.yaml"
    assert origins["gates.harmless.by"] == "policy/churn.yaml"
    assert origins["proposals.expire_after"] == "policy/churn.yaml"
    assert origins["proposals.valid_for"] == "built in"
    assert origins["confidence"] == "built in"
    assert report.to_json()["policy"]["gates"]["good_enough"] == {"metric": "roc_auc", "rule": "floor", "value": 0.8}


def test_the_digest_is_the_one_that_proposals_pin() -> None:
    there = files(default=DEFAULT, churn=OWN)
    assert shown(default=DEFAULT, churn=OWN).digest == load_policy(there, FileDocuments(), "churn").digest
    assert shown(default=DEFAULT, churn=OWN).digest != shown(default=DEFAULT).digest


def test_comments_and_layout_do_not_change_the_digest() -> None:
    assert shown(default=DEFAULT).digest == shown(default="# a comment\n" + DEFAULT).digest


def test_text_and_markdown_say_the_same() -> None:
    report = shown(default=DEFAULT)
    assert "gates.better.metric" in report.to_text()
    assert report.to_text().splitlines()[0] == f"The effective policy of churn: {report.digest}"
    assert re.search(r"\| gates\.better\.rule +\| superior \| policy/default\.yaml:\d+ \|", report.to_markdown())


def test_values_are_said_as_a_policy_has_them_with_their_lines() -> None:
    text = shown(default=DEFAULT, churn=OWN).to_text()
    assert re.search(r"gates\.harmless\.by +\[region\] +policy/churn\.yaml:4", text)
    assert re.search(r"gates\.good_enough\.value +0\.8 +policy/churn\.yaml:3 +0\.7 \(policy/default\.yaml\)", text)
    assert re.search(r"proposals\.expire_after +3d +policy/churn\.yaml:5 +14d \(built in\)", text)


def test_what_holds_although_nobody_says_it() -> None:
    report = shown(default=DEFAULT, churn=OWN)
    implied = report.to_json()["implied"]
    assert implied["gates.harmless.below_minimum"] == "inconclusive"
    assert implied["gates.better.mode"] == "enforce"
    assert implied["approvals.protection"] == "warn"
    assert re.search(r"rollback\.four_eyes +false +built in, where nothing is said", report.to_text())
    said = shown(default=DEFAULT, churn=OWN + "approvals: {protection: require}\n").to_json()
    assert "approvals.protection" not in said["implied"]


def test_the_same_value_again_replaces_nothing() -> None:
    same = shown(default=DEFAULT, churn="schema: coronet/policy/v1\ngates: {good_enough: {value: 0.7}}\n")
    assert same.to_json()["replaced"] == {}


def test_a_model_without_a_file_of_its_own_and_one_without_a_default() -> None:
    assert shown(default=DEFAULT).to_json()["origins"]["gates.better.rule"] == "policy/default.yaml"
    assert shown(churn=DEFAULT).to_json()["origins"]["gates.better.rule"] == "policy/churn.yaml"


def test_no_policy_at_all() -> None:
    with pytest.raises(InvalidInput, match=r"neither policy/default\.yaml nor policy/churn\.yaml is there"):
        shown()


@pytest.mark.parametrize(
    ("policies", "place"),
    [
        ({"default": "gates: [\n"}, "policy/default.yaml:2"),
        ({"default": DEFAULT, "churn": "nonsense: 1\n"}, "policy/churn.yaml:1"),
        ({"default": DEFAULT, "churn": "gates: {better: {rule: floor}}\n"}, "policy/churn.yaml:1"),
        ({"default": DEFAULT + "freeze: [{from: 2026-13-01, until: 2026-12-24, why: x}]\n"}, "policy/default.yaml:5"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(policies: dict[str, str], place: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        shown(**policies)
    places = [str(finding.location) for finding in caught.value.findings] or [str(caught.value.location)]
    assert any(found.startswith(place) for found in places), (places, caught.value.message)


@pytest.mark.parametrize("model", ["../x", "", "A", "default"])
def test_a_name_that_is_none(model: str) -> None:
    with pytest.raises(InvalidInput, match="model"):
        show_policy(files(default=DEFAULT), FileDocuments(), model)


def test_a_policy_with_a_trusted_digest_is_not_validated_again() -> None:
    class NeverAsked(FileDocuments):
        def validate(self, document: Document, schema: str) -> tuple[()]:
            raise AssertionError("validated twice")

    there = files(default=DEFAULT)
    digest = load_policy(there, FileDocuments(), "churn").digest
    assert load_policy(there, NeverAsked(), "churn", trusted=digest).digest == digest
    with pytest.raises(AssertionError):
        load_policy(there, NeverAsked(), "churn", trusted="sha256:" + "0" * 64)
