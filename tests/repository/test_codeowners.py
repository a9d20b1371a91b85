"""This repository's own CODEOWNERS says what it means to say."""

from pathlib import Path

import pytest

from coronet.adapters.work_tree import WorkTree
from coronet.commands.owners import load_codeowners

CODEOWNERS = load_codeowners(WorkTree(Path(__file__).parents[2]))


def test_no_line_is_skipped() -> None:
    assert CODEOWNERS.findings == ()


@pytest.mark.parametrize(
    ("path", "owners"),
    [
        ("promotions/iris/iris-v7-7c2f9a41.yaml", ("@model-owner", "@second-owner")),
        ("promotions/iris/iris-v7-7c2f9a41.evidence.json", ("@model-owner", "@second-owner")),
        ("policy/default.yaml", ("@model-owner", "@second-owner")),
        ("models/iris/model.yaml", ("@model-owner", "@second-owner")),
        ("CODEOWNERS", ("@maintainer",)),
        (".github/workflows/promote.yml", ("@maintainer",)),
        (".github/CODEOWNERS", ("@maintainer",)),
        ("tools/coronet/policy/x.py", ("@maintainer",)),
        ("README.md", ("@maintainer",)),
    ],
)
def test_who_must_approve(path: str, owners: tuple[str, ...]) -> None:
    assert CODEOWNERS.owners_of(path).owners == owners
