"""docs/commands.md is what the commands say of themselves."""

from tests.repository.commands_page import PAGE, render_page


def test_the_page_is_current() -> None:
    assert PAGE.read_text() == render_page(), "make docs"
