"""From bytes to text that looks to a reader as it reads to a parser."""

import re
from itertools import islice

from coronet.errors import Finding, InvalidInput, Location

# Control characters, line breaks that few editors show, the byte order mark, what is no character, and
# the marks that turn the direction of text, so that a reviewer sees another order than the parser:
# https://trojansource.codes
_HIDDEN = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff"
_HIDDEN_IN_FILE = re.compile(f"[{_HIDDEN}]|\r(?!\n)")
_HIDDEN_IN_VALUE = re.compile(f"[\r{_HIDDEN}]")

MAXIMUM_DEPTH = 32
# Beyond it, other programs' numbers no longer tell two neighbours apart: RFC 8259, section 6.
MAXIMUM_INTEGER = 2**53 - 1
_MAXIMUM_DIGITS = 16


class Findings:
    """What is wrong with a file, collected while its parser goes on; after `MOST` it does not."""

    MOST = 100

    def __init__(self, file: str) -> None:
        self._file = file
        self._found: list[Finding] = []

    def add(self, message: str, line: int, column: int, *, hint: str = "") -> None:
        location = Location(file=self._file, line=line, column=column)
        self._found.append(Finding(message=message, hint=hint, location=location))
        if len(self._found) == self.MOST:
            raise self.error()

    def stop(self, message: str, line: int, column: int, *, hint: str = "") -> InvalidInput:
        """The error to raise where the parser cannot go on."""
        self.add(message, line, column, hint=hint)
        return self.error()

    def error(self) -> InvalidInput:
        count = {1: "1 finding", self.MOST: f"{self.MOST} findings and perhaps more"}
        said = count.get(len(self._found), f"{len(self._found)} findings")
        return InvalidInput(f"{self._file} cannot be read: {said}", findings=tuple(self._found))

    def __len__(self) -> int:
        return len(self._found)


def decode(data: bytes, *, file: str, limit: int) -> str:
    """The text of a file; InvalidInput where it is longer than `limit` bytes or holds what nobody sees."""
    findings = Findings(file)
    if len(data) > limit:
        raise findings.stop(f"the file has {len(data)} bytes, and at most {limit} are read", 1, 1)
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        at = place(data[: error.start].decode(), error.start)
        message = f"byte 0x{data[error.start]:02x} is not UTF-8"
        raise findings.stop(message, *at, hint="save the file as UTF-8") from None
    for found in islice(_HIDDEN_IN_FILE.finditer(text), 20):
        findings.add(describe_hidden(found[0]), *place(text, found.start()), hint="take it out")
    if findings:
        raise findings.error()
    return text


def place(text: str, offset: int) -> tuple[int, int]:
    """The line and column of a character, from 1."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def describe_hidden(character: str) -> str:
    kind = "a byte order mark" if character == "\ufeff" else "a character that nobody sees"
    return f"{kind} (U+{ord(character):04X})"


def hidden_in(value: str) -> str | None:
    """What is wrong with a text that may have been written by escapes, or None."""
    found = _HIDDEN_IN_VALUE.search(value)
    return f"text with {describe_hidden(found[0])}" if found else None


def whole_number(text: str) -> int | None:
    """The integer in `text` (a sign and digits), None where it is too large for other programs."""
    if len(text.lstrip("+-")) > _MAXIMUM_DIGITS:
        return None
    number = int(text)
    return number if abs(number) <= MAXIMUM_INTEGER else None


def say_too_large(text: str) -> str:
    shown = text if len(text) <= 24 else f"{text[:20]}… ({len(text)} digits)"
    return f"the number {shown} is too large: whole numbers go to ±{MAXIMUM_INTEGER}"
