"""One pattern of a CODEOWNERS file: gitignore's rules, less what GitHub does not support, plus its `docs/*`.

https://git-scm.com/docs/gitignore#_pattern_format
https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners

A pattern becomes a sequence of segments that the names of a path must match from first to last. Sequence
and segment are both matched by taking the leftmost fit after a star, which is always as good as any later
one: the time is bounded by the length of the pattern times that of the path, whatever the pattern says.
"""

import re
from dataclasses import dataclass

# The text between the stars of one segment: ("a", "b") is `a*b`, ("a",) is `a`.
Segment = tuple[str, ...]

ANY_NAME: Segment = ("", "")
# Stands for zero or more names.
ANY_DEPTH: Segment = ()
# `?` in the text of a segment, where no slash can be.
_ANY_CHARACTER = "/"

# One character, together with the backslash that escapes it.
_CHARACTER = re.compile(r"\\.|.", re.DOTALL)


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """Why a pattern has no meaning for GitHub, and what to write instead."""

    message: str
    hint: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Pattern:
    text: str
    segments: tuple[Segment, ...]

    def matches(self, path: str) -> bool:
        """Whether this pattern matches a file's path, which is relative to the repository's root."""
        return _match_names(self.segments, path.split("/"))


def parse_pattern(text: str) -> Pattern | Fault:
    """The meaning of a pattern of at least one character."""
    characters = _CHARACTER.findall(text)
    parts = _split(characters)
    return _find_fault(text, characters, parts) or Pattern(text=text, segments=_place(parts))


def _split(characters: list[str]) -> list[list[str]]:
    """The parts between slashes; the first or the last is empty where the pattern begins or ends with one."""
    parts: list[list[str]] = [[]]
    for character in characters:
        if character in ("/", "\\/"):
            parts.append([])
        else:
            parts[-1].append(character)
    return parts


def _find_fault(text: str, characters: list[str], parts: list[list[str]]) -> Fault | None:
    if text.startswith("!"):
        return Fault(
            message=f"{text!r} negates a pattern, which CODEOWNERS does not support",
            hint="name the owners of that path in a later line",
        )
    if text.startswith("\\#"):
        return Fault(
            message=f"{text!r} begins with an escaped #, which CODEOWNERS does not support",
            hint="write ? in the place of the #",
        )
    if "[" in characters or "]" in characters:
        return Fault(
            message=f"{text!r} has a character range, which CODEOWNERS does not support",
            hint="use ? or *, or write a line for each name",
        )
    if characters[-1] == "\\":
        return Fault(
            message=f"{text!r} ends with a lone backslash and never matches anything",
            hint="remove the backslash",
        )
    if not any(parts):
        return Fault(message=f"{text!r} never matches anything", hint="write * for every file")
    if [] in parts[1:-1] or ["."] in parts or [".", "."] in parts:
        return Fault(
            message=f"{text!r} has an empty, . or .. folder and never matches anything",
            hint="write the path as git lists it",
        )
    return None


def _place(parts: list[list[str]]) -> tuple[Segment, ...]:
    """What comes before and after the written segments: anywhere or at the root; all below or just there."""
    segments = [_parse_segment(part) for part in parts if part]
    is_rooted = parts[0] == [] or len(segments) > 1
    before = () if is_rooted else (ANY_DEPTH,)
    return (*before, *segments, *_below(segments[-1], is_folder=parts[-1] == []))


def _below(last: Segment, *, is_folder: bool) -> tuple[Segment, ...]:
    if is_folder:
        return (ANY_NAME, ANY_DEPTH)
    if last == ANY_DEPTH:
        return (ANY_NAME,)
    # GitHub's own rule: `docs/*` does not reach into the folders of docs.
    return () if last == ANY_NAME else (ANY_DEPTH,)


def _parse_segment(part: list[str]) -> Segment:
    if part == ["*", "*"]:
        return ANY_DEPTH
    pieces: list[list[str]] = [[]]
    previous = ""
    for character in part:
        if character == "?":
            pieces[-1].append(_ANY_CHARACTER)
        elif character != "*":
            pieces[-1].append(character[-1])
        elif previous != "*":
            pieces.append([])
        previous = character
    return tuple("".join(piece) for piece in pieces)


def _match_names(segments: tuple[Segment, ...], names: list[str]) -> bool:
    at = position = 0
    resume: tuple[int, int] | None = None
    while position < len(names):
        if at < len(segments) and segments[at] == ANY_DEPTH:
            at += 1
            resume = (at, position)
        elif at < len(segments) and _match_name(segments[at], names[position]):
            at += 1
            position += 1
        elif resume is not None:
            at, position = resume[0], resume[1] + 1
            resume = (at, position)
        else:
            return False
    return all(segment == ANY_DEPTH for segment in segments[at:])


def _match_name(segment: Segment, name: str) -> bool:
    first, last = segment[0], segment[-1]
    if len(segment) == 1:
        return len(name) == len(first) and _fits(first, name, 0)
    start, end = len(first), len(name) - len(last)
    if start > end or not _fits(first, name, 0) or not _fits(last, name, end):
        return False
    for piece in segment[1:-1]:
        found = _find(piece, name, start, end)
        if found is None:
            return False
        start = found + len(piece)
    return True


def _fits(piece: str, name: str, at: int) -> bool:
    """Whether `piece` matches at `at`, where `name` is known to be long enough."""
    if _ANY_CHARACTER not in piece:
        return name.startswith(piece, at)
    return all(wanted in (_ANY_CHARACTER, found) for wanted, found in zip(piece, name[at:], strict=False))


def _find(piece: str, name: str, start: int, end: int) -> int | None:
    """The leftmost place of `piece` within name[start:end]."""
    if _ANY_CHARACTER not in piece:
        found = name.find(piece, start, end)
        return None if found < 0 else found
    return next((at for at in range(start, end - len(piece) + 1) if _fits(piece, name, at)), None)
