"""Digests are written into model files as people left them."""

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from coronet.adapters.documents import FileDocuments
from coronet.core.pinning import pin_digests

OLD, NEW, OTHER = "0a" * 32, "1b" * 32, "2c" * 32

BLOCK = f"""\
# what is governed
data:
  label: species   # the answer
  train:
    path: data/train.csv
    sha256: {OLD}  # pinned
  evaluation:
    path: "data/evaluation.csv"  # kept apart

owner: model-owner
"""
PINNED = f"""\
# what is governed
data:
  label: species   # the answer
  train:
    path: data/train.csv
    sha256: {NEW}  # pinned
  evaluation:
    path: "data/evaluation.csv"  # kept apart
    sha256: {OTHER}

owner: model-owner
"""


def pin(text: str, **digests: str) -> str:
    return pin_digests(text, FileDocuments().parse(text.encode(), file="model.yaml"), digests)


def test_a_digest_is_replaced_or_added_and_all_else_stays() -> None:
    assert pin(BLOCK, train=NEW, evaluation=OTHER) == PINNED


def test_nothing_to_pin_changes_nothing() -> None:
    assert pin(BLOCK) == BLOCK


def test_line_ends_of_another_system_stay() -> None:
    assert pin(BLOCK.replace("\n", "\r\n"), train=NEW, evaluation=OTHER) == PINNED.replace("\n", "\r\n")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"data: {{train: {{path: a.csv, sha256: {OLD}}}}}", f"data: {{train: {{path: a.csv, sha256: {NEW}}}}}"),
        (f'data: {{train: {{sha256: "{OLD}", path: a.csv}}}}', f"data: {{train: {{sha256: {NEW}, path: a.csv}}}}"),
        ("data:\n  train: {path: a.csv}", f"data:\n  train: {{sha256: {NEW}, path: a.csv}}"),
        (
            f"data:\n  train:\n    'sha256' : '{OLD}'\n    path: a",
            f"data:\n  train:\n    'sha256' : {NEW}\n    path: a",
        ),
        ("data:\n  train:\n    path: a.csv", f"data:\n  train:\n    path: a.csv\n    sha256: {NEW}"),
    ],
    ids=["braces", "quotes", "braces without", "quoted key", "no line end"],
)
def test_every_layout_is_kept(before: str, after: str) -> None:
    assert pin(before, train=NEW) == after


def test_a_digest_that_looks_like_a_number_is_quoted() -> None:
    number = "1" * 30 + "e" + "2" * 33
    assert f'sha256: "{number}"' in pin(BLOCK, train=number)


def test_a_value_on_a_line_of_its_own_is_left_for_the_caller_to_see() -> None:
    folded = f"data:\n  train:\n    sha256:\n      {OLD}\n    path: a.csv"
    assert yaml.safe_load(pin(folded, train=NEW))["data"]["train"]["sha256"] == f"{NEW} {OLD}"


def test_a_key_written_in_a_way_of_its_own_is_left_for_the_caller_to_see() -> None:
    escaped = f'data:\n  train:\n    "sha\\x32\\x35\\x36": {OLD}\n    path: a.csv'
    assert pin(escaped, train=NEW) == escaped


parts = st.dictionaries(
    st.sampled_from(["train", "evaluation", "reference"]),
    st.fixed_dictionaries(
        {"path": st.sampled_from(["a.csv", "b c.parquet", "s3://x/y.csv"])}, optional={"sha256": st.just(OLD)}
    ),
    min_size=1,
)


@given(
    data=parts, digest=st.text("0123456789abcdef", min_size=64, max_size=64), style=st.sampled_from([None, True, False])
)
def test_what_is_written_is_what_is_read(data: dict[str, Any], digest: str, style: bool | None) -> None:
    text = yaml.safe_dump({"data": data, "owner": "engineer"}, default_flow_style=style, width=10_000, sort_keys=False)
    written = pin(text, **dict.fromkeys(data, digest))
    wanted = {part: {**value, "sha256": digest} for part, value in data.items()}
    assert yaml.safe_load(written) == {"data": wanted, "owner": "engineer"}
