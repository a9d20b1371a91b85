"""What `gate` and `status` are timed on: a real server, a real repository, and a champion that may be released."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from coronet.adapters.documents import FileDocuments
from coronet.commands.governed import AtCommit
from coronet.commands.ledger import append, read_ledger
from coronet.commands.policies import load_policy
from coronet.core.canonical import digest_bytes
from coronet.core.changelog.entry import Approval, Entry, Event, Pinned
from coronet.core.evidence import Evidence
from coronet.core.proposal import Candidate, Code, Kind, Proposal, ProposedData, Requester, Why
from coronet.ports.registry import ModelVersion, Registry
from coronet.ports.repository import Person
from tests.contract.registries import ServerWorld
from tests.servers import RunningServer, run_server
from tests.stage.stage import MODEL, Stage, evidence_of

AUTHOR = Person.of_login("promoter")
FILES = {"MLmodel": b"flavors: {}\n", "model.skops": b"m" * 20_000, "requirements.txt": b"scikit-learn\n"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Released:
    """A clone at `work` and a registry at `url`, ready for `coronet gate churn`."""

    work: Path
    url: str
    environment: dict[str, str]


@contextmanager
def released(folder: Path, *, proposals: int, entries: int) -> Iterator[Released]:
    """`proposals` on main and `entries` in the log, all of one model, the newest of them its champion."""
    server_folder = folder / "server"
    server_folder.mkdir()
    with run_server(server_folder) as server:
        yield prepare(folder, server, proposals=proposals, entries=entries)


def prepare(folder: Path, server: RunningServer, *, proposals: int, entries: int) -> Released:
    place = folder / f"with-{proposals}"
    place.mkdir()
    stage = Stage(place)
    registry, version = _champion(server)
    evidence = evidence_of(version, None, value=0.9, gain=0.0, clock=stage.clock)
    proposal = _proposal(version, evidence, stage)
    document = FileDocuments().render(proposal.to_json())
    registry.set_alias(MODEL, "champion", version.version)
    old = [replace(proposal, id=f"{MODEL}-v{number}-0000{number:04x}") for number in range(proposals - 1)]
    files: dict[str, str | None] = {
        path: text
        for each in (*old, proposal)
        for path, text in ((each.path, document.decode()), (each.evidence_path, evidence.to_bytes().decode()))
    }
    merge = stage.push(files, message="proposals")
    _log(stage, proposal, [each.id for each in old], document, evidence, merge=merge, entries=entries)
    environment = {**stage.environment, "MLFLOW_TRACKING_URI": server.url}
    return Released(work=stage.work, url=server.url, environment=environment)


def _champion(server: RunningServer) -> tuple[Registry, ModelVersion]:
    world = ServerWorld(server)
    number = world.add_version(MODEL, FILES)
    version = world.registry.version(MODEL, number)
    assert version is not None
    digest = world.registry.artifact_digest(version)
    world.registry.set_version_tags(MODEL, number, {"coronet.digest": digest})
    return world.registry, replace(version, tags={**version.tags, "coronet.digest": digest})


def _proposal(version: ModelVersion, evidence: Evidence, stage: Stage) -> Proposal:
    now = stage.clock.now()
    digest = version.tags["coronet.digest"]
    return Proposal(
        id=f"{MODEL}-v{version.version}-ffffffff",
        kind=Kind.PROMOTION,
        model=MODEL,
        alias="champion",
        candidate=Candidate(
            version=version.version,
            run_id=version.run_id,
            created=version.created,
            source=version.source,
            digest=digest,
        ),
        replaces=None,
        evidence_digest=evidence.digest,
        evidence_verdict="pass",
        policy_digest=_policy_digest(stage),
        data=ProposedData(name=MODEL, digest=evidence.data.digest, rows=1000),
        code=Code(),
        why=Why(summary="the one that serves"),
        requested_by=Requester(login="engineer"),
        created_at=now,
        expires_at=now + timedelta(days=14),
        valid_until=now + timedelta(days=36500),
    )


def _policy_digest(stage: Stage) -> str:
    repository = stage.repository()
    main = AtCommit(repository=repository, commit=repository.head("main") or "")
    return load_policy(main, FileDocuments(), MODEL).digest


def _log(
    stage: Stage, proposal: Proposal, old: list[str], document: bytes, evidence: Evidence, *, merge: str, entries: int
) -> None:
    """Old proposals that ended, holds and releases to fill up, and the champion's promotion last."""
    repository = stage.repository()
    ledger = read_ledger(repository, "promotions-log", [MODEL])
    last = Entry(
        at=stage.clock.now(),
        model=MODEL,
        registered_model=MODEL,
        alias="champion",
        event=Event.PROMOTED,
        proposal=proposal.id,
        proposal_digest=digest_bytes(document),
        target=Pinned(version=proposal.candidate.version, digest=proposal.candidate.digest),
        approvals=(Approval(login="model-owner", at=stage.clock.now(), review="1", commit=merge),),
        pull_request=1,
        merge_commit=merge,
        policy=proposal.policy_digest,
        evidence=evidence.digest,
        valid_until=proposal.valid_until,
        actor="promoter",
        why="the one that serves",
    )
    ended = [replace(last, event=Event.REFUSED, proposal=name, target=None) for name in old]
    filling = [
        replace(last, event=Event.HELD if number % 2 == 0 else Event.RELEASED, proposal=None, target=None)
        for number in range((entries - len(ended) - 1) // 2 * 2)
    ]
    everything = [*ended, *filling, last]
    append(repository, ledger, "promotions-log", {MODEL: everything}, author=AUTHOR, at=last.at, message="log")


def record_calls(url: str, act: Callable[[str], None]) -> tuple[tuple[str, str], ...]:
    """The (method, path) of every request that `act` makes of a server, which it reaches through us."""
    calls: list[tuple[str, str]] = []
    address = url.removeprefix("http://")

    class Recorder(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            calls.append(("GET", self.path))
            upstream = HTTPConnection(address)
            upstream.request("GET", self.path)
            answer = upstream.getresponse()
            body = answer.read()
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.headers.get("Content-Type", "application/json"))
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            upstream.close()

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Recorder)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        act(f"http://127.0.0.1:{server.server_port}")
    finally:
        server.shutdown()
    return tuple(calls)
