"""What every registry does alike: the fake that commands are tested on, a real server, an SQLite file."""

import math
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest

from coronet.core.canonical import digest_bytes, digest_tree
from coronet.core.timestamps import format_time, parse_time
from coronet.errors import Conflict, InvalidInput
from coronet.ports.registry import ModelVersion, Registry
from tests.contract.registries import MODEL, Files, MemoryWorld, ServerWorld, StoreWorld, World

NO_VERSIONS = ["0", "007", " 1", "1 ", "1\n", "+1", "-1", "1.0", "abc", "", "latest", "champion", "9" * 30, "１"]
NO_ALIASES = ["champion\n", "сhampion", "Champion", "latest", "v1", "v007", "", "a b", "a/b", "-a", "a" * 64, "é"]
NO_PATHS = ["", ".", "..", "../x", "a/../b", "/etc/passwd", "a//b", "a/", "a\\b", "a\nb", "a\0b"]


@pytest.fixture(scope="session")
def store_world(tmp_path_factory: pytest.TempPathFactory) -> StoreWorld:
    return StoreWorld(tmp_path_factory.mktemp("store") / "mlflow.db")


@pytest.fixture(
    params=[
        "memory",
        pytest.param("server", marks=[pytest.mark.server, pytest.mark.slow]),
        pytest.param("store", marks=pytest.mark.mlflow),
    ]
)
def world(request: pytest.FixtureRequest) -> World:
    match request.param:
        case "server":
            return ServerWorld(request.getfixturevalue("mlflow_server"))
        case "store":
            store: StoreWorld = request.getfixturevalue("store_world")
            return store
        case _:
            return MemoryWorld()


@pytest.fixture
def registry(world: World) -> Registry:
    return world.registry


@pytest.fixture
def name() -> str:
    """A model that no other test uses."""
    return f"iris-{uuid4().hex[:12]}"


@pytest.fixture
def two_versions(world: World, name: str) -> str:
    world.add_version(name)
    world.add_version(name, {**MODEL, "model.skops": b"other"})
    return name


def version_of(registry: Registry, name: str, version: str) -> ModelVersion:
    found = registry.version(name, version)
    assert found is not None
    return found


def digest_of(registry: Registry, name: str, version: str) -> str:
    return registry.artifact_digest(version_of(registry, name, version))


def tree_digest(files: Files) -> str:
    return digest_tree({path: (digest_bytes(data).removeprefix("sha256:"), len(data)) for path, data in files.items()})


# --- models and versions ---


def test_a_model_that_is_not_registered_is_none(registry: Registry, name: str) -> None:
    assert registry.model(name) is None
    assert registry.model("") is None
    assert registry.version(name, "1") is None
    assert registry.versions(name) == ()


def test_a_model_without_versions(world: World, registry: Registry, name: str) -> None:
    world.add_model(name, tags={"owner": "model-owner", "empty": ""})
    found = registry.model(name)
    assert found is not None
    assert (found.name, found.aliases) == (name, {})
    assert found.tags == {"owner": "model-owner", "empty": ""}
    assert registry.versions(name) == ()


def test_models_come_by_name_with_their_aliases(world: World, registry: Registry, name: str) -> None:
    for model in (f"{name}-b", f"{name}-a"):
        world.add_version(model)
        registry.set_alias(model, "champion", "1")
    found = [model for model in registry.models() if model.name.startswith(name)]
    assert [model.name for model in found] == [f"{name}-a", f"{name}-b"]
    assert all(model.aliases == {"champion": "1"} for model in found)
    assert found[0] == registry.model(f"{name}-a")


def test_a_version_is_text_and_its_creation_survives_being_written(registry: Registry, two_versions: str) -> None:
    found = version_of(registry, two_versions, "2")
    assert (found.name, found.version, found.status) == (two_versions, "2", "READY")
    assert found.run_id
    assert found.source.startswith("models:/m-")
    assert parse_time(format_time(found.created)) == found.created


def test_versions_come_newest_first_by_number(world: World, registry: Registry, name: str) -> None:
    for number in range(11):
        world.add_version(name, tags={"n": str(number)})
    found = registry.versions(name)
    assert [version.version for version in found] == [str(number) for number in range(11, 0, -1)]
    assert found[0] == registry.version(name, "11")
    assert found[0].tags == {"n": "10"}


@pytest.mark.parametrize("version", NO_VERSIONS)
def test_what_is_no_version_number_names_no_version(registry: Registry, two_versions: str, version: str) -> None:
    assert registry.version(two_versions, version) is None
    with pytest.raises(Conflict):
        registry.set_alias(two_versions, "champion", version)
    with pytest.raises(Conflict):
        registry.set_version_tags(two_versions, version, {"k": "v"})


def test_a_model_made_again_counts_from_one_and_can_be_told_apart(world: World, registry: Registry, name: str) -> None:
    world.add_version(name)
    before, digest_before = version_of(registry, name, "1"), digest_of(registry, name, "1")
    world.delete_model(name)
    assert registry.model(name) is None
    world.add_version(name, {**MODEL, "model.skops": b"another"})
    after = version_of(registry, name, "1")
    assert after.version == before.version
    assert after.source != before.source
    assert digest_of(registry, name, "1") != digest_before


@pytest.mark.parametrize("quoted", ["it's", 'a "model"', "with blank", "modèle", "a%20b", "a&b=c#d"])
def test_unusual_names_of_models(world: World, registry: Registry, name: str, quoted: str) -> None:
    unusual = f"{name} {quoted}"
    world.add_version(unusual)
    registry.set_alias(unusual, "champion", "1")
    found = registry.model(unusual)
    assert found is not None
    assert found.aliases == {"champion": "1"}
    assert [version.version for version in registry.versions(unusual)] == ["1"]


# --- aliases ---


def test_an_alias_is_read_back_and_moves(registry: Registry, two_versions: str) -> None:
    for version in ("1", "1", "2", "1"):
        registry.set_alias(two_versions, "champion", version)
        found = registry.model(two_versions)
        assert found is not None
        assert found.aliases == {"champion": version}


def test_aliases_do_not_touch_each_other(registry: Registry, two_versions: str) -> None:
    registry.set_alias(two_versions, "champion", "1")
    registry.set_alias(two_versions, "challenger", "2")
    registry.set_alias(two_versions, "eu_west-1", "2")
    found = registry.model(two_versions)
    assert found is not None
    assert found.aliases == {"champion": "1", "challenger": "2", "eu_west-1": "2"}


@pytest.mark.parametrize("alias", NO_ALIASES)
def test_an_alias_that_could_be_mistaken_is_refused_before_it_is_sent(
    registry: Registry, two_versions: str, alias: str
) -> None:
    with pytest.raises(InvalidInput, match="cannot be an alias"):
        registry.set_alias(two_versions, alias, "1")
    found = registry.model(two_versions)
    assert found is not None
    assert found.aliases == {}


def test_an_alias_is_not_set_on_what_is_not_there(registry: Registry, two_versions: str, name: str) -> None:
    registry.set_alias(two_versions, "champion", "1")
    with pytest.raises(Conflict, match="version 9 of"):
        registry.set_alias(two_versions, "champion", "9")
    with pytest.raises(Conflict, match="version 1 of"):
        registry.set_alias(f"{name}-nobody", "champion", "1")
    found = registry.model(two_versions)
    assert found is not None
    assert found.aliases == {"champion": "1"}


def test_an_alias_goes_with_its_version(world: World, registry: Registry, two_versions: str) -> None:
    registry.set_alias(two_versions, "champion", "2")
    world.delete_version(two_versions, "2")
    found = registry.model(two_versions)
    assert found is not None
    assert found.aliases == {}
    assert registry.version(two_versions, "2") is None
    assert [version.version for version in registry.versions(two_versions)] == ["1"]


def test_an_alias_may_dangle(world: World, registry: Registry, two_versions: str) -> None:
    world.delete_version(two_versions, "2")
    world.dangle_alias(two_versions, "champion", "2")
    found = registry.model(two_versions)
    assert found is not None
    assert found.aliases == {"champion": "2"}
    assert registry.version(two_versions, "2") is None


def test_two_writers_of_the_first_alias_both_succeed(world: World, two_versions: str) -> None:
    writers = {version: world.another() for version in ("1", "2")}
    together = Barrier(len(writers))

    def write(version: str) -> None:
        together.wait(timeout=60)
        writers[version].set_alias(two_versions, "champion", version)

    for registry in writers.values():
        assert registry.model(two_versions) is not None  # connected, so that the writes meet
    with ThreadPoolExecutor(len(writers)) as threads:
        list(threads.map(write, writers))
    found = world.registry.model(two_versions)
    assert found is not None
    assert found.aliases["champion"] in writers


# --- tags ---


def test_tags_are_added_and_overwritten(registry: Registry, two_versions: str) -> None:
    registry.set_version_tags(two_versions, "1", {"status": "candidate", "note": "ä\n\"b\" 'c' %20", "empty": ""})
    registry.set_version_tags(two_versions, "1", {"status": "champion"})
    registry.set_version_tags(two_versions, "1", {})
    found = version_of(registry, two_versions, "1")
    assert found.tags == {"status": "champion", "note": "ä\n\"b\" 'c' %20", "empty": ""}
    assert registry.versions(two_versions)[1].tags == found.tags
    assert version_of(registry, two_versions, "2").tags == {}


def test_tags_are_not_set_on_what_is_not_there(registry: Registry, two_versions: str) -> None:
    with pytest.raises(Conflict, match="version 9 of"):
        registry.set_version_tags(two_versions, "9", {"status": "champion"})
    registry.set_version_tags(two_versions, "9", {})  # nothing to write, nothing asked


# --- digests ---


def test_the_digest_is_the_tree_digest_of_the_files(world: World, registry: Registry, name: str) -> None:
    files = {**MODEL, "a/b/c/deep.txt": b"deep", "empty": b"", "with blank ü.txt": b"x"}
    world.add_version(name, files)
    assert digest_of(registry, name, "1") == tree_digest(files)


def test_what_mlflow_writes_beside_a_model_is_left_out(world: World, registry: Registry, name: str) -> None:
    nested = {**MODEL, "input/registered_model_meta": b"of the model's own"}
    world.add_version(name, {**nested, "registered_model_meta": b"model_name: iris\n"})
    assert digest_of(registry, name, "1") == tree_digest(nested)


@pytest.mark.parametrize(
    "changed",
    [
        {**MODEL, "model.skops": b"\x00\x02"},
        {**MODEL, "more.py": b""},
        {path: data for path, data in MODEL.items() if path != "input/example.json"},
        {**{path: data for path, data in MODEL.items() if path != "model.skops"}, "model2.skops": MODEL["model.skops"]},
    ],
    ids=["a byte", "a file more", "a file less", "a name"],
)
def test_files_changed_after_registration_change_the_digest(
    world: World, registry: Registry, name: str, changed: Files
) -> None:
    world.add_version(name)
    before = digest_of(registry, name, "1")
    world.change_files(name, "1", changed)
    assert digest_of(registry, name, "1") == tree_digest(changed)
    assert digest_of(registry, name, "1") != before
    world.change_files(name, "1", MODEL)
    assert digest_of(registry, name, "1") == before


def test_a_version_without_files_has_no_digest(world: World, registry: Registry, name: str) -> None:
    world.add_version(name)
    world.change_files(name, "1", {})
    with pytest.raises(Conflict, match="no files"):
        digest_of(registry, name, "1")


def test_a_version_deleted_meanwhile_has_no_digest(world: World, registry: Registry, two_versions: str) -> None:
    found = version_of(registry, two_versions, "2")
    world.delete_version(two_versions, "2")
    with pytest.raises(Conflict, match="version 2 of"):
        registry.artifact_digest(found)


# --- runs ---


def test_a_run_with_what_was_recorded(world: World, registry: Registry) -> None:
    tags = {"git_commit": "abc", "empty": ""}
    run_id = world.add_run(name="train", params={"depth": "3"}, metrics={"auc": 0.75, "lost": math.nan}, tags=tags)
    found = registry.run(run_id)
    assert found is not None
    assert (found.id, found.name, found.status, found.experiment) == (run_id, "train", "FINISHED", "Default")
    assert found.params == {"depth": "3"}
    assert found.metrics["auc"] == 0.75
    assert math.isnan(found.metrics["lost"])
    assert tags.items() <= found.tags.items()


@pytest.mark.parametrize("run_id", ["0" * 32, "nobody", "", "../x", "a b", "a\nb", "é"])
def test_a_run_that_is_not_there_is_none(registry: Registry, run_id: str) -> None:
    assert registry.run(run_id) is None
    assert registry.load_run_file(run_id, "run.json") is None
    with pytest.raises(Conflict, match="run"):
        registry.save_run_file(run_id, "run.json", b"{}")


@pytest.fixture
def run_id(world: World) -> str:
    return world.add_run(name="evaluate", params={}, metrics={}, tags={})


def test_files_of_a_run_are_saved_replaced_and_loaded(registry: Registry, run_id: str) -> None:
    assert registry.load_run_file(run_id, "reports/card.json") is None
    for data in (b"{}", b"\x00\xff" * 100_000, b""):
        registry.save_run_file(run_id, "reports/card.json", data)
        assert registry.load_run_file(run_id, "reports/card.json") == data
    assert registry.load_run_file(run_id, "reports") is None
    assert registry.load_run_file(run_id, "reports/card.json.bak") is None


def test_files_of_a_run_may_have_blanks_and_accents(registry: Registry, run_id: str) -> None:
    registry.save_run_file(run_id, "été 1/carte n°2.json", b"1")
    assert registry.load_run_file(run_id, "été 1/carte n°2.json") == b"1"


@pytest.mark.parametrize("path", NO_PATHS)
def test_files_of_a_run_stay_in_its_folder(registry: Registry, run_id: str, path: str) -> None:
    with pytest.raises(InvalidInput, match="cannot be the path of an artifact"):
        registry.load_run_file(run_id, path)
    with pytest.raises(InvalidInput, match="cannot be the path of an artifact"):
        registry.save_run_file(run_id, path, b"x")
