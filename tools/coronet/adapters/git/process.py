"""Starting git: the only importer of subprocess, and the environment in which git runs.

Every git here speaks plain English, asks nobody for a password, runs no hook of the user's, follows no
`GIT_DIR` of a surrounding hook, and sees objects as they are, without replacements.
"""

import contextlib
import os
import re
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from coronet.errors import Unavailable

OLDEST_GIT = (2, 38)

# What would make git look at another repository, another index or other objects than those asked for.
_UNWANTED = frozenset(
    {
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_ATTR_SOURCE",
        "GIT_COMMON_DIR",
        "GIT_DIR",
        "GIT_GRAFT_FILE",
        "GIT_ICASE_PATHSPECS",
        "GIT_LITERAL_PATHSPECS",
        "GIT_GLOB_PATHSPECS",
        "GIT_NOGLOB_PATHSPECS",
        "GIT_IMPLICIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_INTERNAL_SUPER_PREFIX",
        "GIT_NAMESPACE",
        "GIT_OBJECT_DIRECTORY",
        "GIT_PREFIX",
        "GIT_QUARANTINE_PATH",
        "GIT_REPLACE_REF_BASE",
        "GIT_SHALLOW_FILE",
        "GIT_WORK_TREE",
        "LANGUAGE",
    }
)
_WANTED = {
    "LC_ALL": "C",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GCM_INTERACTIVE": "never",
}
_SETTINGS = (
    "core.hooksPath=/dev/null",
    "protocol.version=2",
    "gc.auto=0",
    "advice.detachedHead=false",
)
_STOPPING = 2.0  # seconds for git to remove its lock files before it is killed


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """How a git process ended; `words` is what it said on standard error."""

    code: int
    out: bytes
    words: str


@dataclass(frozen=True, slots=True)
class Process:
    """A git that was started, and is waited for later."""

    verb: str
    popen: "subprocess.Popen[bytes]"

    def join(self, data: bytes | None = None, *, timeout: float) -> Answer:
        """Wait for its end, at most `timeout` seconds; Unavailable (`TimedOut`) after that."""
        try:
            out, said = self.popen.communicate(data, timeout=timeout)
        except subprocess.TimeoutExpired:
            self.stop()
            raise TimedOut(
                f"git {self.verb} did not end within {timeout:g} seconds",
                hint="see whether the remote can be reached; give git longer with CORONET_GIT_TIMEOUT",
            ) from None
        except BaseException:
            self.stop()
            raise
        return Answer(code=self.popen.returncode, out=out, words=said.decode(errors="replace").strip())

    def stop(self) -> None:
        """End it and what it started; a git that is asked to end removes its lock files."""
        for signal_ in (signal.SIGTERM, signal.SIGKILL):
            if self.popen.poll() is not None:
                break
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.popen.pid, signal_)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.popen.wait(_STOPPING)
        self.close()

    def close(self) -> None:
        """Let a process that reads until the end of its input end."""
        for pipe in self._pipes():
            with contextlib.suppress(OSError):
                pipe.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.popen.wait(_STOPPING)

    def _pipes(self) -> Iterator[IO[bytes]]:
        yield from (pipe for pipe in (self.popen.stdin, self.popen.stdout, self.popen.stderr) if pipe)


class TimedOut(Unavailable):
    """git was stopped because it took too long: what it did until then is not known."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Git:
    """Runs git in `folder`; `timeout` is in seconds, for each process that may use the network."""

    folder: Path
    environment: Mapping[str, str] = field(repr=False)
    timeout: float = 120.0

    def start(self, *arguments: str, extra: Mapping[str, str] | None = None, feed: bool = False) -> Process:
        """Start `git ARGUMENTS`; with `feed` it gets a standard input to write to, else an empty one."""
        settings = [part for setting in _SETTINGS for part in ("-c", setting)]
        kept = {name: value for name, value in self.environment.items() if not _is_unwanted(name, value)}
        try:
            # A session of its own: no terminal to ask for a passphrase on, and one group to stop.
            popen = subprocess.Popen(  # noqa: S603
                ["git", "-C", str(self.folder), *settings, *arguments],  # noqa: S607
                stdin=subprocess.PIPE if feed else subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env={**kept, **_WANTED, **(extra or {})},
                start_new_session=True,
            )
        except FileNotFoundError:
            raise Unavailable("git is not installed", hint=f"install git {say(OLDEST_GIT)} or newer") from None
        except OSError as error:
            raise Unavailable(f"git cannot be started: {error.strerror}") from error
        return Process(arguments[0], popen)

    def run(
        self,
        *arguments: str,
        data: bytes | None = None,
        extra: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> Answer:
        """Run `git ARGUMENTS` to its end, whatever its exit code."""
        process = self.start(*arguments, extra=extra, feed=data is not None)
        return process.join(data, timeout=self.timeout if timeout is None else timeout)

    def require(self, *arguments: str, data: bytes | None = None, extra: Mapping[str, str] | None = None) -> bytes:
        """The output of `git ARGUMENTS`; Unavailable with git's own words where it fails."""
        answer = self.run(*arguments, data=data, extra=extra)
        if answer.code != 0:
            raise self.explain(arguments[0], answer)
        return answer.out

    def explain(self, verb: str, answer: Answer) -> Unavailable:
        """Why a git ended badly, as an error to raise."""
        version = self._version()
        if version and version < OLDEST_GIT:
            return Unavailable(
                f"git {say(version)} is too old: git {say(OLDEST_GIT)} or newer is needed",
                hint="upgrade git on this machine",
            )
        if "dubious ownership" in answer.words:
            return Unavailable(
                f"git refuses this repository because it belongs to another user: {last_words(answer.words)}",
                hint=f"if you trust it: git config --global --add safe.directory {self.folder.resolve()}",
            )
        return Unavailable(f"git {verb} failed: {last_words(answer.words) or f'exit code {answer.code}'}")

    def _version(self) -> tuple[int, ...] | None:
        found = re.search(rb"(\d+)\.(\d+)", self.run("version").out)
        return (int(found[1]), int(found[2])) if found else None


def _is_unwanted(name: str, value: str) -> bool:
    """What leads git astray, and what mixes a trace into the words that it says when it fails."""
    is_trace = name.startswith("GIT_TRACE") and value.lower() in ("1", "2", "true")
    return is_trace or name == "GIT_CURL_VERBOSE" or name in _UNWANTED


def say(version: Sequence[int]) -> str:
    return ".".join(str(number) for number in version)


def last_words(words: str) -> str:
    """What matters of git's standard error, on one line, without its prefixes."""
    lines = [re.sub(r"^(fatal|error|remote): ", "", line).strip() for line in words.splitlines()]
    noise = ("hint:", "warning:", "Please make sure", "and the repository exists", "To ")
    return without_password("; ".join(line for line in lines if line and not line.startswith(noise)))


def without_password(text: str) -> str:
    """`text` with the addresses in it as anybody may see them."""
    return re.sub(r"(\w://)[^/@\s]*@", r"\1", text)
