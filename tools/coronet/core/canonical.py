"""Canonical JSON and digests: the same facts are always the same bytes."""

import hashlib
import json
from collections.abc import Mapping

DIGEST_PATTERN = r"^sha256:[0-9a-f]{64}$"


def canonical_json(value: object) -> bytes:
    """Bytes of `value` with sorted keys, no blanks, UTF-8 and a final newline.

    Raises ValueError for NaN and infinities, which JSON cannot say, and for text that is not Unicode.
    """
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode() + b"\n"


def digest_bytes(data: bytes) -> str:
    """`sha256:` and the 64 hexadecimal digits of SHA-256 over `data`."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def digest_json(value: object) -> str:
    """The digest of the canonical JSON of `value`."""
    return digest_bytes(canonical_json(value))


def digest_tree(files: Mapping[str, tuple[str, int]]) -> str:
    """One digest for a folder of files.

    `files` maps each relative path to (SHA-256 in hexadecimal, size in bytes). The digest is SHA-256
    over the lines `<sha256> <size> <path>` in the order of the paths, so that it depends on every
    byte and every name, and on nothing else. Raises ValueError for a path with a line break, which could
    pass for two files.
    """
    if broken := [path for path in files if "\n" in path]:
        raise ValueError(f"a path with a line break cannot be digested: {broken[0]!r}")
    lines = (f"{sha256} {size} {path}\n" for path, (sha256, size) in sorted(files.items()))
    return digest_bytes("".join(lines).encode())
