"""The time that a command goes by, for those that need nothing else of the world, too."""

from collections.abc import Mapping
from contextlib import suppress

import click

from coronet.adapters.clock import FixedClock, SystemClock
from coronet.core.timestamps import format_time, parse_time
from coronet.errors import WrongUsage
from coronet.ports.clock import Clock

FIXED = "CORONET_NOW"


def find_clock(environment: Mapping[str, str]) -> Clock:
    """The machine's, or one that stands still where somebody set it; WrongUsage where that is no moment."""
    text = environment.get(FIXED)
    if not text:
        return SystemClock()
    with suppress(ValueError):
        return FixedClock(parse_time(text))
    raise WrongUsage(f"{FIXED} is {text!r}, and no moment", hint="write it as in 2026-11-20T21:05:00Z")


def say_fixed_time(environment: Mapping[str, str]) -> None:
    """A time that somebody set is never used silently: expiry, freezes and reviews all rest on it."""
    if text := environment.get(FIXED):
        with suppress(ValueError):
            text = format_time(parse_time(text))
        click.echo(f"warning: the time is {text}, as {FIXED} says, and not the machine's", err=True)
