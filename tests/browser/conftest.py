"""A browser of this machine, and pages that the commands wrote."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Dialog, Page, sync_playwright

from tests.browser.worlds import WORLDS

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Nothing of the browser's own speaks to the network.
FLAGS = ("--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync")


@dataclass(kw_only=True)
class Shown:
    """A page as it is shown, what it asked other places for, and what it complained of."""

    page: Page
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def dismiss(self, dialog: Dialog) -> None:
        self.complaints.append(dialog.message)
        dialog.dismiss()


Scheme = Literal["light", "dark"]
Show = Callable[[Path, int, Scheme], Shown]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.skip(f"this machine has none of the browsers {', '.join(NAMES)}")
    with sync_playwright() as playwright:
        # Its own sandbox refuses to run as root, as which jobs in containers do; the pages are ours.
        browser = playwright.chromium.launch(executable_path=found, args=[*FLAGS, "--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def show(browser: Browser) -> Iterator[Show]:
    contexts = []

    def open_page(path: Path, width: int = 1280, scheme: Scheme = "light") -> Shown:
        context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
        contexts.append(context)
        shown = Shown(page=context.new_page())
        shown.page.on("console", lambda message: shown.complaints.append(message.text))
        shown.page.on("pageerror", lambda error: shown.complaints.append(str(error)))
        shown.page.on("dialog", shown.dismiss)
        shown.page.on("request", lambda request: shown.asked.append(request.url))
        shown.page.goto(path.as_uri())
        return shown

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="session", params=WORLDS)
def written(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page that a command wrote."""
    return WORLDS[request.param](tmp_path_factory.mktemp("page"))
