"""Who must approve a change: the report, and the paths that it answers for."""

import pytest

from coronet.commands.owners import OwnersReport, find_owners, load_codeowners
from coronet.core.codeowners import parse_codeowners
from coronet.errors import InvalidInput, WrongUsage
from tests.fakes.memory_files import MemoryFiles

RULES = b"* @engineer\n/promotions/ @model-owner @second-owner\n/models/\n"
FILES = MemoryFiles({"CODEOWNERS": RULES, "promotions/iris/a.yaml": b"", "docs/CODEOWNERS": b"* @writer\n"})


def ask(*paths: str) -> OwnersReport:
    return find_owners(paths, parse_codeowners(RULES), FILES)


def test_each_path_has_its_answer_in_order() -> None:
    assert ask("promotions/iris/a.yaml", "models/iris/model.yaml", "README.md").to_text() == (
        "promotions/iris/a.yaml\t@model-owner @second-owner\n"
        "models/iris/model.yaml\t(nobody: line 3 has no owners)\n"
        "README.md\t@engineer"
    )


def test_a_path_without_a_rule_says_so() -> None:
    report = find_owners(["x"], parse_codeowners("/y @engineer"), FILES)
    assert report.to_text() == "x\t(nobody: no rule matches)"
    assert report.to_json()["paths"] == [{"path": "x", "owners": [], "line": None}]


def test_markdown_notifies_nobody() -> None:
    report = find_owners(["a|b"], parse_codeowners("* @engineer"), FILES)
    assert report.to_markdown().splitlines()[-1] == "| a\\|b | @\u200bengineer |"


@pytest.mark.parametrize("path", ["./docs/x", "docs//x", "docs/./x"])
def test_a_path_is_read_as_git_lists_it(path: str) -> None:
    assert ask(path).paths[0].path == "docs/x"


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/etc/passwd", "absolute"),
        ("../x", "no path in a repository"),
        ("a/../b", "no path in a repository"),
        ("a\0b", "no path in a repository"),
        ("a\udcff", "no path in a repository"),
        ("promotions/", "a folder"),
        ("promotions", "a folder"),
        ("./promotions/iris", "a folder"),
        (".", "a folder"),
        ("new/", "a folder"),
        ("", "a folder"),
    ],
)
def test_what_is_no_file_of_the_repository_is_refused(path: str, message: str) -> None:
    with pytest.raises(WrongUsage, match=message):
        ask(path)


def test_findings_are_reported_as_data() -> None:
    report = find_owners(["x"], parse_codeowners("* @engineer\n!x @engineer"), FILES)
    (finding,) = report.to_json()["findings"]
    assert (finding["line"], finding["column"], finding["severity"]) == (2, 1, "error")


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"docs/CODEOWNERS": b"", "CODEOWNERS": b"", ".github/CODEOWNERS": b""}, ".github/CODEOWNERS"),
        ({"docs/CODEOWNERS": b"", "CODEOWNERS": b""}, "CODEOWNERS"),
        ({"docs/CODEOWNERS": b""}, "docs/CODEOWNERS"),
    ],
)
def test_the_first_codeowners_found_counts(files: dict[str, bytes], expected: str) -> None:
    assert load_codeowners(MemoryFiles(files)).file == expected


def test_no_codeowners_is_told() -> None:
    with pytest.raises(InvalidInput, match="no CODEOWNERS"):
        load_codeowners(MemoryFiles({}))


def test_a_codeowners_that_github_would_not_load_is_refused() -> None:
    with pytest.raises(InvalidInput, match="says nothing") as caught:
        load_codeowners(MemoryFiles({"CODEOWNERS": b"\xff"}))
    assert str(caught.value.findings[0].location) == "CODEOWNERS:1"
