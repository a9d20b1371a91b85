"""Running the workflow files of a repository of the stand-in, as they are on its branches."""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.github import Hub
from tests.github.events import Event
from tests.runner.asking import ask
from tests.runner.runs import Run, read_run
from tests.runner.triggers import Workflow, is_foreign, load_workflow, rights_of, starts

PROGRAMS = Path(sys.executable).parent
WORKFLOWS = ".github/workflows"
MINUTES = 3
# What GitHub knows and act does not: it would refuse the file. Nothing that runs depends on it.
_UNKNOWN = re.compile(r"^ +(queue: max|deployment: false).*\n", re.MULTILINE)
# Somebody who starts a workflow by a schedule is nobody.
_BOT = "github-actions[bot]"


@dataclass(frozen=True, kw_only=True)
class Replaced:
    """Actions by `owner/name@ref`, and the folders that take their place."""

    actions: Mapping[str, Path]

    def also(self, actions: Mapping[str, Path]) -> "Replaced":
        return Replaced(actions={**self.actions, **actions})

    @staticmethod
    def of_pins(pins: Mapping[str, str]) -> "Replaced":
        """The actions that the workflows pin; what they pin and nobody replaced cannot be found, and fails."""
        here = Path(__file__).parent / "replaced"
        named = {name: pin.split()[0] for name, pin in pins.items()}
        return Replaced(
            actions={f"{name}@{sha}": here / name.split("/")[1] for name, sha in named.items() if _is_here(here, name)}
        )


def _is_here(folder: Path, name: str) -> bool:
    return (folder / name.split("/")[1]).is_dir()


class Watch:
    """Keeps the events of a stand-in until somebody runs what they start."""

    def __init__(self, hub: Hub) -> None:
        self.events: deque[Event] = deque()
        hub.listen(self.events.append)


@dataclass(kw_only=True)
class Runner:
    """`variables` and `secrets` are the repository's, `environment` the runner's own; `folder` is for its work."""

    hub: Hub
    repository: str
    folder: Path
    replaced: Replaced
    variables: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    runs: list[Run] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._watch = Watch(self.hub)

    def drain(self) -> list[Run]:
        """Run what the events until now start, and what those runs start, until nothing waits."""
        done: list[Run] = []
        while self._watch.events:
            event = self._watch.events.popleft()
            if event.repository == self.repository and event.starts_workflows:
                done += self._start_all(event)
        return done

    def ignore(self) -> None:
        """Forget what waits."""
        self._watch.events.clear()

    def schedule(self, workflow: str) -> Run:
        """The clock starts a workflow of the default branch."""
        return self._run(workflow, self._tick({"schedule": "0 0 * * *"}, "schedule", _BOT))

    def meet(self, event: Event) -> list[Run]:
        """Run what an event starts that the stand-in does not make by itself."""
        return [*self._start_all(event), *self.drain()]

    def dispatch(self, workflow: str, *, by: str, **inputs: str) -> list[Run]:
        """Somebody presses the button of a workflow; its own runs first, then those that they start."""
        known = load_workflow(self._file(self._head(), f"{WORKFLOWS}/{workflow}.yml"))[True]["workflow_dispatch"] or {}
        told = {name.replace("_", "-"): value for name, value in inputs.items()}
        assert set(told) <= set(known.get("inputs", {})), f"{workflow} has no such inputs: {told}"
        defaults = {name: _text(each.get("default", "")) for name, each in known.get("inputs", {}).items()}
        payload = {"inputs": {**defaults, **told}, "ref": "refs/heads/main"}
        return [self._run(workflow, self._tick(payload, "workflow_dispatch", by)), *self.drain()]

    # --- within ---

    def _start_all(self, event: Event) -> list[Run]:
        return [
            self._run(name, event)
            for name, workflow in self._workflows(event.sha).items()
            if starts(workflow, event, changed=self._changed(event), path=f"{WORKFLOWS}/{name}.yml")
        ]

    def _run(self, name: str, event: Event) -> Run:
        workflow = self._workflows(event.sha)[name]
        place = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self.folder))
        clone = self._clone(place / "clone", event.sha)
        (place / "event.json").write_text(json.dumps(event.payload))
        done = subprocess.run(
            self._command(name, workflow, event, place),
            cwd=clone,
            env={"PATH": f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}", "HOME": str(place), "LANG": "C.UTF-8"},
            capture_output=True,
            text=True,
            timeout=60 * MINUTES,
            stdin=subprocess.DEVNULL,
            check=False,
        )
        run = read_run(name, event.name, done.returncode, done.stdout + done.stderr)
        self.runs.append(run)
        self._report(workflow, run, event)
        return run

    def _command(self, name: str, workflow: Workflow, event: Event, place: Path) -> list[str]:
        told = {
            **self.environment,
            "CORONET_NOW": self.hub.stamp(),
            "GITHUB_API_URL": self.hub.api,
            "GITHUB_SERVER_URL": self.hub.web,
            "GITHUB_REPOSITORY": self.repository,
            "GITHUB_SHA": event.sha,
            "GITHUB_REF": event.ref,
            "GITHUB_TRIGGERING_ACTOR": event.actor,
        }
        foreign = is_foreign(event)
        token = self.hub.actions_token(self.repository, {"contents": "read"} if foreign else rights_of(workflow))
        secrets = {**({} if foreign else self.secrets), "GITHUB_TOKEN": token}
        command = [str(PROGRAMS / "act"), event.name, "-W", f"{WORKFLOWS}/{name}.yml", "-e", str(place / "event.json")]
        command += ["-P", "ubuntu-latest=-self-hosted", "--no-skip-checkout", "--no-cache-server", "--json"]
        command += ["--actor", event.actor]
        for option, pairs in (("--env", told), ("--var", self.variables), ("-s", secrets)):
            command += [part for pair in pairs.items() for part in (option, "=".join(pair))]
        for action, folder in self.replaced.actions.items():
            command += ["--local-repository", f"{action}={folder}"]
        return command

    def _report(self, workflow: Workflow, run: Run, event: Event) -> None:
        """GitHub shows each job of a run as a check of the commit."""
        sha = event.payload["pull_request"]["head"]["sha"] if event.name == "pull_request" else event.sha
        token = self.hub.actions_token(self.repository, {"checks": "write"})
        for name, job in workflow["jobs"].items():
            conclusion = run.jobs.get(name, "success" if run.succeeded else "skipped")
            body = {"name": job.get("name", name), "head_sha": sha, "status": "completed", "conclusion": conclusion}
            ask(self.hub, "POST", f"/repos/{self.repository}/check-runs", body, token=token)

    def _clone(self, folder: Path, sha: str) -> Path:
        source = self.hub.repository(self.repository).folder
        quiet = {"check": True, "capture_output": True}
        subprocess.run(["git", "clone", "--quiet", "--shared", "--no-checkout", str(source), str(folder)], **quiet)  # type: ignore[call-overload]
        subprocess.run(["git", "checkout", "--quiet", "--detach", sha], cwd=folder, **quiet)  # type: ignore[call-overload]
        for file in (folder / WORKFLOWS).glob("*.yml"):
            file.write_text(_UNKNOWN.sub("", file.read_text()))
        return folder

    def _tick(self, payload: dict[str, Any], name: str, actor: str) -> Event:
        return Event(
            name=name,
            payload=payload,
            actor=actor,
            repository=self.repository,
            ref="refs/heads/main",
            sha=self._head(),
            starts_workflows=True,
        )

    def _head(self) -> str:
        return self.hub.git(self.repository).head("main") or ""

    def _file(self, commit: str, path: str) -> bytes:
        found = self.hub.git(self.repository).file(commit, path)
        assert found is not None, path
        return found

    def _workflows(self, commit: str) -> dict[str, Workflow]:
        git = self.hub.git(self.repository)
        paths = git.run("ls-tree", "--name-only", commit, f"{WORKFLOWS}/").stdout.decode().split()
        return {Path(path).stem: load_workflow(self._file(commit, path)) for path in paths}

    def _changed(self, event: Event) -> list[str]:
        if event.name != "push":
            return []
        before, git = str(event.payload["before"]), self.hub.git(self.repository)
        if not before.strip("0"):
            return git.run("ls-tree", "-r", "--name-only", event.sha).stdout.decode().splitlines()
        return git.run("diff", "--name-only", before, event.sha).stdout.decode().splitlines()


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
