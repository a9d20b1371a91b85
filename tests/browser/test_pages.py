"""What somebody sees who opens a page: all of it, on any screen, in light and in dark, and nothing that it runs."""

from pathlib import Path

import pytest

from tests.browser.conftest import Scheme, Show

PHONE, DESK = 360, 1280
SCREENS = [(PHONE, "light"), (DESK, "dark")]
# The least contrast of text with what is behind it: WCAG 2.2, 1.4.3.
CONTRAST = 4.5

# Texts of drawings that reach out of their drawing, by a pixel or more.
CUT = """() => [...document.querySelectorAll('svg text')].filter(text => {
  const inner = text.getBoundingClientRect(), outer = text.ownerSVGElement.getBoundingClientRect();
  return inner.left < outer.left - 1 || inner.right > outer.right + 1
    || inner.top < outer.top - 1 || inner.bottom > outer.bottom + 1;
}).map(text => text.textContent)"""

# Numbers at the axes of a drawing that lie on each other.
COVERED = """() => [...document.querySelectorAll('svg')].flatMap(svg => {
  const texts = [...svg.querySelectorAll('text')].map(text => [text.textContent, text.getBoundingClientRect()]);
  return texts.flatMap(([name, a], place) => texts.slice(place + 1).filter(([, b]) =>
    Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
    && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 3).map(([other]) => `${name} and ${other}`));
})"""

# Words that make a cell wider than anybody reads, or that lie outside of what shows a table.
WIDE = """() => {
  const wordy = [...document.querySelectorAll('td')].filter(cell => cell.getBoundingClientRect().width > 460);
  const cut = [...document.querySelectorAll('caption')].filter(caption => {
    const words = document.createRange();
    words.selectNodeContents(caption);
    return words.getBoundingClientRect().right > caption.closest('.wide').getBoundingClientRect().right + 1;
  });
  return [...wordy, ...cut].map(each => each.textContent.slice(0, 60));
}"""

# Texts that stand out too little from what is behind them, with their contrast.
PALE = """least => {
  const numbers = color => (color.match(/[\\d.]+/g) || []).map(Number);
  const over = (front, back) => {
    const alpha = front.length > 3 ? front[3] : 1;
    return [0, 1, 2].map(place => alpha * front[place] + (1 - alpha) * back[place]);
  };
  const behind = element => {
    if (!element) return [255, 255, 255];
    return over(numbers(getComputedStyle(element).backgroundColor), behind(element.parentElement));
  };
  const light = color => color.map(value => value / 255)
    .map(value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
    .reduce((sum, value, place) => sum + value * [0.2126, 0.7152, 0.0722][place], 0);
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), pale = [];
  while (walker.nextNode()) {
    const said = walker.currentNode.textContent.trim(), element = walker.currentNode.parentElement;
    if (!said || ['TITLE', 'DESC', 'STYLE'].includes(element.tagName.toUpperCase())) continue;
    const style = getComputedStyle(element), back = behind(element);
    const ink = over(numbers(element.ownerSVGElement ? style.fill : style.color), back);
    const [low, high] = [light(ink), light(back)].sort((a, b) => a - b);
    const contrast = (high + 0.05) / (low + 0.05);
    if (contrast < least) pale.push(`${said.slice(0, 40)}: ${contrast.toFixed(2)}`);
  }
  return pale;
}"""


@pytest.mark.parametrize(("width", "scheme"), SCREENS)
def test_a_page_fits_its_screen_and_can_be_read(written: Path, show: Show, width: int, scheme: Scheme) -> None:
    shown = show(written, width, scheme)
    page = shown.page
    page.evaluate("() => document.querySelectorAll('details').forEach(each => { each.open = true })")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    assert page.evaluate(CUT) == []
    assert page.evaluate(WIDE) == []
    assert page.evaluate(COVERED) == []
    assert page.evaluate(PALE, CONTRAST) == []


def test_a_page_asks_no_other_place_and_runs_nothing(written: Path, show: Show) -> None:
    shown = show(written, DESK, "light")
    assert shown.asked == [written.as_uri()]
    assert shown.complaints == []
    assert shown.page.locator("script, img, iframe, object, link").count() == 0


def test_numbers_behind_a_drawing_show_when_they_are_asked_for(written: Path, show: Show) -> None:
    folded = show(written, DESK, "light").page.locator("details").first
    table = folded.locator("table")
    assert not table.is_visible()
    folded.locator("summary").click()
    assert table.is_visible()
    assert table.locator("td").count() > 0


def test_drawings_are_told_to_those_who_cannot_see_them(written: Path, show: Show) -> None:
    """A browser makes names of them for its accessibility tree."""
    page = show(written, DESK, "light").page
    drawings = page.get_by_role("img")
    assert drawings.count() == page.locator("svg:not([aria-hidden])").count() > 0
    assert all(drawings.nth(place).get_attribute("aria-hidden") is None for place in range(drawings.count()))
    snapshot = page.locator("body").aria_snapshot()
    assert snapshot.count("- img") == snapshot.count('- img "')
