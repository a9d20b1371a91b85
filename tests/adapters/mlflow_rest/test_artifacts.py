"""Files of versions and runs: where they may lie, what may be listed, and what changes under our eyes."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier
from urllib.parse import unquote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coronet.adapters.artifact_places import place_of
from coronet.adapters.artifact_trees import is_plain_name
from coronet.adapters.mlflow_rest.address import parse_address
from coronet.adapters.mlflow_rest.registry import RestRegistry
from coronet.adapters.mlflow_rest.server import Server
from coronet.core.canonical import digest_bytes, digest_tree
from coronet.errors import Conflict, CoronetError, InvalidInput, Unavailable
from coronet.ports.registry import ModelVersion
from tests.fakes.http_server import Answer, Asked, Handler, Reply, StubServer, error_reply, json_reply

API = "/api/2.0/mlflow-artifacts/artifacts"
IRIS = ModelVersion(
    name="iris", version="7", run_id="r", created=datetime(2026, 1, 1, tzinfo=UTC), source="models:/m-1"
)
FILES = {"MLmodel": b"flavors: {}\n", "model.skops": b"\x00" * 3_000_000, "data/x.json": b"{}"}


def tree_digest(files: Mapping[str, bytes]) -> str:
    return digest_tree({path: (digest_bytes(data).removeprefix("sha256:"), len(data)) for path, data in files.items()})


class Store:
    """A stub's artifact store: `listings` by folder and `files` by path replace what would be answered."""

    def __init__(self, uri: str = "mlflow-artifacts:/1/models/m-1/artifacts") -> None:
        self.uri = uri
        self.root = "1/models/m-1/artifacts"
        self.listings: dict[str, Answer] = {
            "": listing(file("MLmodel", 12), file("model.skops", 3_000_000), folder("data")),
            "data": listing(file("x.json", 2)),
        }
        self.files: dict[str, Answer] = {path: Reply(body=data) for path, data in FILES.items()}

    def answer(self, asked: Asked) -> Answer:
        if asked.path.endswith("/get-download-uri"):
            return json_reply({"artifact_uri": self.uri})
        if asked.path.endswith("/runs/get"):
            return json_reply({"run": {"info": {"run_id": "r", "artifact_uri": self.uri}}})
        if asked.path.endswith(API):
            inner = asked.query["path"].removeprefix(self.root).strip("/")
            return self.listings.get(inner, json_reply({}))
        inner = unquote(asked.path.rpartition(f"{self.root}/")[2])
        return self.files.get(inner, error_reply(404, "RESOURCE_DOES_NOT_EXIST"))


def file(path: object, size: object = None) -> dict[str, object]:
    return {"path": path, "is_dir": False, **({} if size is None else {"file_size": size})}


def folder(path: object) -> dict[str, object]:
    return {"path": path, "is_dir": True}


def listing(*entries: object) -> Reply:
    return json_reply({"files": list(entries)})


@pytest.fixture
def store(stub: StubServer) -> Store:
    store = Store()
    stub.answer = store.answer
    return store


def downloads(stub: StubServer) -> list[str]:
    return [asked.path for asked in stub.asked if asked.path.startswith(f"{API}/")]


# --- digests ---


def test_files_are_hashed_as_they_stream(store: Store, registry: RestRegistry) -> None:
    assert registry.artifact_digest(IRIS) == tree_digest(FILES)


def test_a_size_that_is_not_listed_is_not_compared(store: Store, registry: RestRegistry) -> None:
    store.listings[""] = listing(file("MLmodel"), file("model.skops", "3000000"), folder("data"))
    assert registry.artifact_digest(IRIS) == tree_digest(FILES)


def test_files_are_read_side_by_side(stub: StubServer, store: Store, registry: RestRegistry) -> None:
    together = Barrier(3)

    def meet(data: bytes) -> Callable[[Handler], None]:
        def answer(handler: Handler) -> None:
            together.wait(timeout=30)
            handler.send(Reply(body=data))

        return answer

    store.files = {path: meet(data) for path, data in FILES.items()}
    assert registry.artifact_digest(IRIS) == tree_digest(FILES)


def test_a_file_cut_while_it_streams_is_read_again(store: Store, registry: RestRegistry, pauses: list[float]) -> None:
    whole = FILES["model.skops"]
    answers: list[Answer] = [Reply(body=whole[:1_500_000], length=len(whole)), Reply(body=whole)]
    store.files["model.skops"] = lambda handler: handler.send(answers.pop(0))  # type: ignore[arg-type]
    assert registry.artifact_digest(IRIS) == tree_digest(FILES)
    assert len(pauses) == 1


@pytest.mark.parametrize("body", [b"flavors: {}", b"flavors: {}\n\n", b"", b"x" * 5_000_000])
def test_a_file_of_another_size_than_listed_is_a_conflict(store: Store, registry: RestRegistry, body: bytes) -> None:
    store.files["MLmodel"] = Reply(body=body)
    with pytest.raises(Conflict, match="MLmodel changed while it was read"):
        registry.artifact_digest(IRIS)


def test_a_file_gone_since_it_was_listed_is_a_conflict(store: Store, registry: RestRegistry) -> None:
    del store.files["data/x.json"]
    with pytest.raises(Conflict, match=r"x\.json changed while it was read"):
        registry.artifact_digest(IRIS)


def test_one_file_that_fails_fails_all(store: Store, registry: RestRegistry) -> None:
    store.files["model.skops"] = error_reply(500, "INTERNAL_ERROR", "bucket is gone")
    with pytest.raises(Unavailable, match="bucket is gone"):
        registry.artifact_digest(IRIS)


@pytest.mark.parametrize("name", ["..", ".", "", "../x", "a/b", "/etc/passwd", "..\\x", "a\nb", "a\x00b", "a\u2028b"])
@pytest.mark.parametrize("kind", [file, folder])
def test_what_would_lead_out_of_the_folder_is_not_followed(
    stub: StubServer, store: Store, registry: RestRegistry, name: str, kind: Callable[[str], dict[str, object]]
) -> None:
    store.listings["data"] = listing(file("x.json", 2), kind(name))
    with pytest.raises(InvalidInput, match="would lead out of it"):
        registry.artifact_digest(IRIS)
    assert downloads(stub) == []


def test_folders_without_end_are_left(store: Store, stub: StubServer, registry: RestRegistry) -> None:
    stub.answer = lambda asked: listing(folder("again")) if asked.path == API else store.answer(asked)
    with pytest.raises(InvalidInput, match="more files or folders than a model has"):
        registry.artifact_digest(IRIS)


def test_files_without_number_are_left(store: Store, registry: RestRegistry) -> None:
    store.listings[""] = listing(*(file(f"f{number}", 0) for number in range(100_001)))
    with pytest.raises(InvalidInput, match="more files or folders than a model has"):
        registry.artifact_digest(IRIS)


@pytest.mark.parametrize(
    "files", [{}, "no", [1], [{}], [{"path": "a", "file_size": "big"}], [{"path": "a", "x": 1}, 7]]
)
def test_a_listing_that_is_none(store: Store, registry: RestRegistry, files: object) -> None:
    store.listings[""] = json_reply({"files": files})
    with pytest.raises((Unavailable, Conflict)):
        registry.artifact_digest(IRIS)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)
@given(st.dictionaries(st.text(max_size=4), st.binary(max_size=20), min_size=1, max_size=4))
def test_any_names_are_hashed_as_they_are_or_refused(
    store: Store, registry: RestRegistry, files: dict[str, bytes]
) -> None:
    store.listings[""] = listing(*(file(name, len(data)) for name, data in files.items()))
    store.files = {name: Reply(body=data) for name, data in files.items()}
    if all(is_plain_name(name) for name in files):
        assert registry.artifact_digest(IRIS) == tree_digest(files)
    else:
        with pytest.raises(InvalidInput):
            registry.artifact_digest(IRIS)


# --- where they lie ---


def test_an_address_of_this_server_is_its_own_store(store: Store, stub: StubServer, registry: RestRegistry) -> None:
    for uri in (f"{stub.url}{API}/{store.root}", f"mlflow-artifacts://127.0.0.1:{stub.port}/{store.root}"):
        store.uri = uri
        assert registry.artifact_digest(IRIS) == tree_digest(FILES)


def test_a_server_behind_a_path_keeps_its_store_there(store: Store, stub: StubServer) -> None:
    registry = RestRegistry(Server(parse_address(f"{stub.url}/tools", {})))
    assert registry.artifact_digest(IRIS) == tree_digest(FILES)
    assert all(asked.path.startswith("/tools/api/2.0/") for asked in stub.asked)
    store.uri = f"{stub.url}/tools{API}/{store.root}"
    assert registry.artifact_digest(IRIS) == tree_digest(FILES)


@pytest.mark.parametrize("form", ["mlflow-artifacts://127.0.0.1:{port}/{root}", "http://127.0.0.1:{port}{api}/{root}"])
def test_another_server_is_not_shown_the_credentials(store: Store, stub: StubServer, form: str) -> None:
    registry = RestRegistry(Server(parse_address(stub.url, {"MLFLOW_TRACKING_TOKEN": "t0ken"})))
    with StubServer().running() as other:
        store.uri = form.format(port=other.port, api=API, root=store.root)
        with pytest.raises(Unavailable, match="lie on another server"):
            registry.artifact_digest(IRIS)
        assert other.asked == []


@pytest.mark.parametrize(
    "uri",
    ["mlflow-artifacts:/", "mlflow-artifacts:/a/../../b", "mlflow-artifacts:/a/%2e%2e/b", "mlflow-artifacts:/a//b"],
)
def test_a_store_is_not_left_by_its_address(store: Store, stub: StubServer, registry: RestRegistry, uri: str) -> None:
    store.uri = uri
    with pytest.raises(InvalidInput, match="cannot be the path of an artifact"):
        registry.artifact_digest(IRIS)


@pytest.mark.parametrize("form", ["{}", "file://{}", "file://localhost{}"])
def test_a_folder_on_this_machine_is_read_directly(
    store: Store, registry: RestRegistry, tmp_path: Path, form: str
) -> None:
    root = tmp_path / "with blank"
    for path, data in FILES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    store.uri = form.format(root if form == "{}" else str(root).replace(" ", "%20"))
    assert registry.artifact_digest(IRIS) == tree_digest(FILES)
    registry.save_run_file("r", "new/card.json", b"{}")
    assert registry.load_run_file("r", "new/card.json") == b"{}"
    assert (root / "new" / "card.json").read_bytes() == b"{}"


@pytest.mark.parametrize("uri", ["/nowhere/on/this/machine", "file:///nowhere/on/this/machine", "relative/path", ""])
def test_a_folder_on_the_servers_machine_is_out_of_reach(uri: str) -> None:
    with pytest.raises(Unavailable, match="out of reach from here"):
        place_of(uri, here=False)


def test_a_missing_folder_of_this_machine_has_no_files(store: Store, registry: RestRegistry) -> None:
    store.uri = "/nowhere/on/this/machine"
    with pytest.raises(Conflict, match="has no files"):
        registry.artifact_digest(IRIS)
    assert registry.load_run_file("r", "card.json") is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)
@given(st.sampled_from(["/", "//[", "mlflow-artifacts:/", "mlflow-artifacts://[", "file://", "file:///"]), st.text())
def test_any_address_is_read_or_refused(store: Store, registry: RestRegistry, start: str, rest: str) -> None:
    store.uri = start + rest
    with suppress(CoronetError):
        registry.load_run_file("r", "no such file")


# --- files of runs ---


def test_a_file_of_a_run_is_written_where_its_run_lies(store: Store, stub: StubServer, registry: RestRegistry) -> None:
    store.files["reports/é 1.json"] = Reply()
    registry.save_run_file("r", "reports/é 1.json", b"{}")
    sent = stub.asked[-1]
    assert (sent.method, sent.path, sent.body) == ("PUT", f"{API}/{store.root}/reports/%C3%A9%201.json", b"{}")


def test_a_server_that_does_not_serve_artifacts_says_so(store: Store, registry: RestRegistry) -> None:
    store.files["card.json"] = Reply(status=503, body=b"disabled due to `--no-serve-artifacts`")
    with pytest.raises(Unavailable, match="--no-serve-artifacts"):
        registry.load_run_file("r", "card.json")
