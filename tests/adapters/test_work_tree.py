"""The files of a work tree, and one that the user names."""

from pathlib import Path

import pytest

from coronet.adapters.work_tree import WorkTree, find_root, read_file
from coronet.errors import InvalidInput


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git/HEAD").touch()
    (tmp_path / "models/iris").mkdir(parents=True)
    (tmp_path / "models/iris/model.yaml").write_bytes(b"a")
    (tmp_path / "models/b.yaml").write_bytes(b"b")
    return tmp_path


def test_reads_a_file(tree: Path) -> None:
    assert WorkTree(tree).read("models/iris/model.yaml") == b"a"


@pytest.mark.parametrize("path", ["nope", "models", "models/b.yaml/x", "x" * 5000])
def test_what_is_no_file_is_absent(tree: Path, path: str) -> None:
    assert WorkTree(tree).read(path) is None


def test_lists_the_files_below_a_folder(tree: Path) -> None:
    files = WorkTree(tree)
    assert files.paths("models") == ("models/b.yaml", "models/iris/model.yaml")
    assert files.paths(".") == ("models/b.yaml", "models/iris/model.yaml")


@pytest.mark.parametrize("folder", ["nope", "models/b.yaml", "x" * 5000])
def test_what_is_no_folder_has_no_files(tree: Path, folder: str) -> None:
    assert WorkTree(tree).paths(folder) == ()


def test_finds_the_root_from_inside_and_stays_outside_of_any(
    tree: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert find_root(tree / "models/iris") == tree
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    assert find_root(elsewhere) == elsewhere


def test_a_named_file_that_cannot_be_read_is_told(tree: Path) -> None:
    with pytest.raises(InvalidInput, match="No such file"):
        read_file(tree / "nope")
    with pytest.raises(InvalidInput, match="Is a directory"):
        read_file(tree / "models")


def test_a_loop_of_links_is_told(tree: Path) -> None:
    (tree / "CODEOWNERS").symlink_to("CODEOWNERS")
    with pytest.raises(InvalidInput, match="cannot be read"):
        WorkTree(tree).read("CODEOWNERS")


@pytest.mark.parametrize("link", ["file", "folder"])
def test_what_leads_out_of_the_work_tree_is_not_read(
    tree: Path, tmp_path_factory: pytest.TempPathFactory, link: str
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "train.py").write_bytes(b"# not reviewed")
    (tree / "models/out.py").symlink_to(elsewhere / "train.py")
    (tree / "models/out").symlink_to(elsewhere)
    with pytest.raises(InvalidInput, match="leads out of the work tree"):
        WorkTree(tree).read("models/out.py" if link == "file" else "models/out/train.py")


def test_a_written_file_is_whole_and_keeps_its_mode(tree: Path) -> None:
    file = tree / "models/b.yaml"
    file.chmod(0o640)
    WorkTree(tree).write("models/b.yaml", b"new")
    assert (file.read_bytes(), file.stat().st_mode & 0o777) == (b"new", 0o640)
    assert WorkTree(tree).paths("models") == ("models/b.yaml", "models/iris/model.yaml")


def test_a_new_file_comes_with_its_folders_where_that_is_wanted_and_a_script_can_be_run(tree: Path) -> None:
    with pytest.raises(InvalidInput, match="cannot be written"):
        WorkTree(tree).write("a/b/run.sh", b"#!/bin/sh\n")
    files = WorkTree(tree, makes_folders=True)
    files.write("a/b/run.sh", b"#!/bin/sh\n")
    files.write("a/b/x.yaml", b"x\n")
    assert (tree / "a/b/run.sh").stat().st_mode & 0o111
    assert not (tree / "a/b/x.yaml").stat().st_mode & 0o111
    assert sorted(path.name for path in (tree / "a/b").iterdir()) == ["run.sh", "x.yaml"]


def test_nothing_is_written_outside(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (tree / "policy").symlink_to(elsewhere)
    with pytest.raises(InvalidInput, match="leads out of the work tree"):
        WorkTree(tree).write("policy/x.yaml", b"x")
    assert list(elsewhere.iterdir()) == []


def test_a_folder_that_is_a_file_is_told(tree: Path) -> None:
    with pytest.raises(InvalidInput, match="cannot be written"):
        WorkTree(tree).write("models/b.yaml/x", b"x")
