"""The hash chain: appending to it, and proving that nobody changed, dropped or reordered an entry."""

import json
from collections.abc import Iterable
from dataclasses import replace

from coronet.core.canonical import canonical_json, digest_bytes
from coronet.core.changelog.entry import Entry, entry_from_json, log_path
from coronet.errors import Finding, Location


def hash_entry(entry: Entry) -> str:
    """SHA-256 over the canonical JSON of all of the entry's fields but `hash`, without a final newline."""
    fields = entry.to_json()
    del fields["hash"]
    return digest_bytes(canonical_json(fields).rstrip(b"\n"))


def chain(entries: Iterable[Entry], *, seq: int, prev: str | None) -> tuple[Entry, ...]:
    """`entries` numbered and linked after the entry number `seq` whose hash is `prev` (0 and None: a new log)."""
    chained: list[Entry] = []
    for entry in entries:
        seq += 1
        linked = replace(entry, seq=seq, prev=prev)
        prev = hash_entry(linked)
        chained.append(replace(linked, hash=prev))
    return tuple(chained)


def read_entries(data: bytes) -> tuple[Entry, ...]:
    """Every entry of a log whose chain holds."""
    return tuple(entry_from_json(json.loads(line)) for line in data.splitlines())


def verify_chain(data: bytes, *, model: str) -> tuple[Finding, ...]:
    """What is wrong with a log: lines that are no entries, hashes and links that do not hold.

    A log that was cut after a whole entry holds: only the history of its branch shows that more was there.
    """
    findings: list[Finding] = []
    last: Entry | None = None
    for number, line in enumerate(data.splitlines(keepends=True), start=1):
        entry = _read_line(line)
        if problem := _examine(entry, last=last, model=model):
            where = Location(file=log_path(model), line=number)
            findings.append(Finding(message=problem, location=where, hint="`git log -p` of the log branch shows when"))
        last = entry or last
    return tuple(findings)


def _read_line(line: bytes) -> Entry | None:
    """The entry that `line` is, byte for byte; None where it is none."""
    try:
        entry = entry_from_json(json.loads(line))
        return entry if entry.line() == line else None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _examine(entry: Entry | None, *, last: Entry | None, model: str) -> str:
    """What is wrong with an entry that stands after `last`, or ""."""
    if entry is None:
        return "this line is no entry of a change log, or not written as one"
    if hash_entry(entry) != entry.hash:
        return f"entry {entry.seq} was changed: its hash does not fit what it says"
    if (entry.seq, entry.prev) != ((last.seq + 1, last.hash) if last else (1, None)):
        return f"entry {entry.seq} does not follow the entry before it"
    return "" if entry.model == model else f"entry {entry.seq} is about {entry.model}"
