"""Folders of artifacts on this machine, and in stores that only MLflow's library reaches."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from coronet.adapters.artifact_places import DiskFolder, DistantFolder, Place, place_of
from coronet.adapters.artifact_trees import digest_files, read_folder
from coronet.core.canonical import digest_bytes, digest_tree
from coronet.errors import InvalidInput, Unavailable

FILES = {"MLmodel": b"flavors: {}\n", "a/b/deep.bin": b"\x00" * 100_000, "empty": b""}
FACTS = {path: (digest_bytes(data).removeprefix("sha256:"), len(data)) for path, data in FILES.items()}


@pytest.fixture
def model(tmp_path: Path) -> Path:
    for path, data in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    return tmp_path


@pytest.fixture(params=["disk", pytest.param("library", marks=pytest.mark.mlflow)])
def place(request: pytest.FixtureRequest, model: Path) -> Place:
    """The same folder, read directly and through MLflow's library."""
    return DiskFolder(model) if request.param == "disk" else DistantFolder(model.as_uri())


def test_every_file_is_read(place: Place) -> None:
    assert place.read() == FACTS


def test_files_are_saved_and_loaded(place: Place) -> None:
    assert place.load("a/card.json") is None
    for data in (b"{}", b"[]"):
        place.save("a/card.json", data)
        place.save("card.json", data)
        assert place.load("a/card.json") == data
        assert place.load("card.json") == data
    assert place.load("a") is None
    assert set(place.read()) == {*FILES, "a/card.json", "card.json"}


def test_a_digest_needs_a_file() -> None:
    assert digest_files({}) is None
    assert digest_files({"registered_model_meta": ("0" * 64, 1)}) is None
    assert digest_files({**FACTS, "registered_model_meta": ("0" * 64, 1)}) == digest_tree(FACTS)


def link_to_a_file(folder: Path) -> None:
    (folder / "link").symlink_to(folder / "MLmodel")


def link_to_a_folder(folder: Path) -> None:
    (folder / "link").symlink_to("/")


def link_to_nowhere(folder: Path) -> None:
    (folder / "link").symlink_to("nowhere")


def pipe(folder: Path) -> None:
    os.mkfifo(folder / "a" / "pipe")


def line_break(folder: Path) -> None:
    (folder / "a\nb").write_bytes(b"")


def no_text(folder: Path) -> None:
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff")).write_bytes(b"")


@pytest.mark.parametrize("make", [link_to_a_file, link_to_a_folder, link_to_nowhere, pipe, line_break, no_text])
def test_what_is_no_plain_file_is_refused(model: Path, make: Callable[[Path], None]) -> None:
    make(model)
    with pytest.raises(InvalidInput, match="is no plain file or folder"):
        read_folder(model)


def test_folders_without_end_are_refused(tmp_path: Path) -> None:
    (tmp_path / "/".join("d" * 70)).mkdir(parents=True)
    with pytest.raises(InvalidInput, match="is no plain file or folder"):
        read_folder(tmp_path)


def test_a_link_does_not_lead_out_of_a_run(model: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (outside / "secret").write_bytes(b"secret")
    (model / "out").symlink_to(outside)
    with pytest.raises(InvalidInput, match="by a link"):
        DiskFolder(model).load("out/secret")
    with pytest.raises(InvalidInput, match="by a link"):
        DiskFolder(model).save("out/secret", b"changed")
    assert (outside / "secret").read_bytes() == b"secret"


def test_a_folder_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(Unavailable, match="cannot be used"):
        DiskFolder(tmp_path).save("file/card.json", b"{}")


@pytest.mark.parametrize("uri", ["/a\nb", "/a\0b", "file:///a\0b", "//[", "file://[/a"])
def test_what_is_no_address(uri: str) -> None:
    with pytest.raises(InvalidInput, match="cannot be the address of artifacts"):
        place_of(uri, here=True)


@pytest.mark.mlflow
def test_a_store_whose_library_is_missing_is_told_without_its_password() -> None:
    with pytest.raises(Unavailable, match=r"MLflow cannot reach the files at sftp://host\.invalid") as caught:
        place_of("sftp://engineer:hunter2@host.invalid/models", here=True).read()
    assert "hunter2" not in caught.value.message
