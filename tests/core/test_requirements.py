"""Requirements as their files write them."""

import pytest

from coronet.core.requirements import package_name, packages_of, parse_requirements


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
