"""Every verb of the road as typed: what it prints in each format, byte for byte, and how it exits."""

import json

import pytest

from coronet.core.canonical import canonical_json
from tests.cli.cases import CASES, FORMATS, GOLDEN, Shelf, answer
from tests.stage.reports import schema_of


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    return Shelf(tmp_path_factory.mktemp("worlds"))


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", CASES)
def test_what_it_says(shelf: Shelf, name: str, form: str) -> None:
    """Where this changes on purpose: `python -m tests.cli`, and read the difference."""
    case = CASES[name]
    typed = answer(shelf, case, form)
    assert typed.out == (GOLDEN / name / FORMATS[form]).read_bytes().decode()
    assert typed.code == case.code
    if form == "text":
        assert typed.err == (GOLDEN / name / "err.txt").read_bytes().decode()


@pytest.mark.parametrize("name", CASES)
def test_json_is_one_canonical_line_that_names_its_schema(name: str) -> None:
    data = (GOLDEN / name / "out.json").read_bytes()
    value = json.loads(data)
    assert canonical_json(value) == data
    assert data.count(b"\n") == 1
    assert schema_of(value)


def test_there_is_no_golden_answer_of_nothing() -> None:
    assert sorted(path.name for path in GOLDEN.iterdir() if path.is_dir()) == sorted(CASES)
