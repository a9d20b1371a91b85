"""A report that is one page, printed for a terminal and as Markdown."""

from abc import ABC, abstractmethod

from coronet.core.render.page import Page
from coronet.core.render.printing import page_markdown, page_text


class Paged(ABC):
    """What it says stands in `page` alone, so that nobody reads less than somebody else."""

    __slots__ = ()

    @abstractmethod
    def page(self) -> Page: ...

    def to_text(self) -> str:
        return page_text(self.page())

    def to_markdown(self) -> str:
        return page_markdown(self.page())
