"""What a report says, once: a verdict with what to do next, then blocks. `printing` makes text and Markdown of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from coronet.core.decision import Check, Verdict

# A cell that is `Verbatim` (of `markup`) is printed as code; in all others, what stands between backticks is.
Row = Sequence[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Heading:
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Items:
    """Lines one below the other; `numbered` where they are steps."""

    lines: Sequence[str]
    numbered: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """Rows of cells; an empty `header` where the first cell of each row says what the others are."""

    header: Row
    rows: Sequence[Row]


@dataclass(frozen=True, kw_only=True, slots=True)
class Tree:
    """Checks with what they saw and wanted, the parts of what did not pass below them."""

    checks: Sequence[Check]


@dataclass(frozen=True, kw_only=True, slots=True)
class Listing:
    """Lines that are kept as they are, in a language by which a page may colour them."""

    text: str
    language: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """Markdown that somebody wrote: printed as it is, but for what nobody sees."""

    markdown: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Folded:
    """Blocks that a page shows when they are asked for; a terminal shows them at once."""

    summary: str
    blocks: "Sequence[Block]"


Block = Heading | Words | Items | Table | Tree | Listing | Written | Folded


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """`headline` says what is so and who must do what next; with a `verdict`, that comes first.

    `links` are the addresses the program answers for: no other becomes one. `whole` says where everything
    is, should the page have to be cut.
    """

    headline: str
    verdict: Verdict | None = None
    blocks: Sequence[Block] = ()
    links: Sequence[str] = ()
    whole: str = "the same command prints it"
