"""Streams of an evaluation whose rows all fit into memory."""

from collections.abc import Sequence
from contextlib import AbstractContextManager

from coronet.errors import InvalidInput
from coronet.ports.streams import Joined, Wanted


class NoStreams:
    """The port `Streams`, which knows the size of nothing."""

    def rows(self, location: str) -> int | None:
        return None

    def fits(self, location: str) -> bool:
        return True

    def sha256(self, location: str) -> str:
        raise InvalidInput(f"there is no stream of {location}")

    def columns(self, location: str) -> tuple[str, ...]:
        raise InvalidInput(f"there is no stream of {location}")

    def join(self, files: Sequence[Wanted], key: str | None) -> AbstractContextManager[Joined]:
        raise InvalidInput(f"there is no stream of {files[0].location}")
