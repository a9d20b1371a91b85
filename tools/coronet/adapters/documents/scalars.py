"""What a YAML scalar without quotes means: the core schema of YAML 1.2 without its surprises.

https://yaml.org/spec/1.2.2/#103-core-schema, but only `true`, `false` and `null` as JSON writes them,
no leading zeros, no octal and no hexadecimal numbers. Everything else is text: `on`, `yes`, `12:30`,
`2026-11-20` and `1_000` too, which YAML 1.1 reads as something else.
"""

import re
from math import isfinite

from coronet.adapters.documents.text import say_too_large, whole_number

WORDS = {"": None, "~": None, "null": None, "true": True, "false": False}
INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
NOT_A_NUMBER = re.compile(r"[-+]?(?:\.?inf(?:inity)?|\.?nan)", re.IGNORECASE)


class NoValue(Exception):
    """What is written means no value that a file may hold; the message says so."""


def read_plain(text: str) -> str | int | float | bool | None:
    """The value of a scalar without quotes; `NoValue` for what is no finite number of a sensible size."""
    if text in WORDS:
        return WORDS[text]
    if INTEGER.fullmatch(text):
        number = whole_number(text)
        if number is None:
            raise NoValue(say_too_large(text))
        return number
    if FLOAT.fullmatch(text):
        return read_float(text)
    if NOT_A_NUMBER.fullmatch(text):
        raise NoValue(f"{text} is not a finite number")
    return text


def read_float(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise NoValue(f"the number {text if len(text) <= 24 else text[:20] + '…'} is too large")
    return number


def is_plain_text(text: str) -> bool:
    """Whether `text` is read as itself when it stands without quotes, as far as its meaning goes."""
    try:
        return isinstance(read_plain(text), str)
    except NoValue:
        return False
