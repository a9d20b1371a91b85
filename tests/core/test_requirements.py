"""Requirements as their files write them."""

from typing import Any

import pytest

from coronet.core.requirements import LONGEST, conda_requirements, package_name, packages_of, parse_requirements


@pytest.mark.parametrize(
    ("requirement", "name"),
    [
        ("numpy==2.1.0", "numpy"),
        ("Scikit_Learn >= 1.5; python_version > '3'", "scikit-learn"),
        ("zope.interface", "zope-interface"),
        ("uvicorn[standard]~=0.30", "uvicorn"),
        ("model @ https://example.org/model.whl", "model"),
        ("./wheels/own.whl", "./wheels/own.whl"),
    ],
)
def test_which_package_a_requirement_names(requirement: str, name: str) -> None:
    assert package_name(requirement) == name
    assert packages_of([requirement]) == {name: requirement}


def test_what_stands_in_a_file() -> None:
    text = (
        "# by hand\n--index-url https://example.org\nscipy # for tests\n\nnumpy==2.1\nnumpy==2.1\nown#not-a-comment\n"
    )
    assert parse_requirements(text) == ("numpy==2.1", "own#not-a-comment", "scipy")


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"dependencies": ["python=3.11.9", "pip<=24", "scipy", {"pip": ["numpy==2.1"]}]}, ("numpy==2.1", "scipy")),
        ({"dependencies": [{"channel": "own"}, 3, {"pip": "numpy"}, {"pip": None}]}, ()),
        ({"name": "own"}, None),
        ({"dependencies": "numpy"}, None),
        (["numpy"], None),
    ],
)
def test_what_a_conda_environment_names(value: Any, found: tuple[str, ...] | None) -> None:
    assert conda_requirements(value) == found


def test_a_file_with_digests_and_long_lines() -> None:
    text = f"numpy==2.1 \\\n    --hash=sha256:{'0' * 64}\nown @ https://example.org/{'x' * 2000}\n"
    found = parse_requirements(text)
    assert found[0] == "numpy==2.1"
    assert (package_name(found[1]), len(found[1]), len(found)) == ("own", LONGEST, 2)
