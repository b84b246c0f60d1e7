"""What axe says of every kind of page, and whether anything overflows: wide and narrow, light and dark.

Each page is loaded once. Darkness changes colours only, so there only contrast is looked at again; a narrow window changes
places and sizes only, so there everything else is.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.browsing import Tab
from tests.web.pages import ADDRESSES, QUERY

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

AXE: Final = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
WIDE: Final = {"width": 1200, "height": 800}
NARROW: Final = {"width": 360, "height": 800}
EVERYTHING: Final[dict[str, Any]] = {"resultTypes": ["violations"]}
CONTRAST: Final = {**EVERYTHING, "runOnly": ["color-contrast"]}
ALL_BUT_CONTRAST: Final = {**EVERYTHING, "rules": {"color-contrast": {"enabled": False}}}


@pytest.fixture(scope="module")
def visitor(browser: Browser, server: str) -> Iterator[Tab]:
    """One page for all addresses, so that style and script are loaded once."""
    with browser.new_context(base_url=server) as context:
        context.add_init_script(AXE)
        yield Tab(context.new_page())


@pytest.mark.parametrize("address", ADDRESSES.values(), ids=ADDRESSES)
def test_axe_finds_nothing_and_nothing_overflows_in_light_dark_and_narrow(visitor: Tab, address: str) -> None:
    visitor.complaints.clear()
    visitor.page.goto(address)
    look_at(visitor)


def test_axe_finds_nothing_on_pages_of_what_is_kept_and_watched(visitor: Tab) -> None:
    visitor.complaints.clear()
    page = visitor.page
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    page.goto(f"/deal?{QUERY}")
    page.get_by_text("Keep", exact=True).click()
    page.get_by_label("Label, if you like").fill("looked at")
    page.get_by_role("button", name="Keep this answer").click()
    page.get_by_role("heading", name="Score, as it was given").wait_for()
    look_at(visitor)
    page.get_by_role("link", name="Compare with the rules of now").click()
    page.get_by_text("The result is the same.").wait_for()
    look_at(visitor)
    page.goto("/saved?label=looked+at")
    look_at(visitor)
    page.goto(f"/deal?{QUERY}")
    page.get_by_text("Watch", exact=True).click()
    page.get_by_role("button", name="Watch this question").click()
    page.get_by_role("heading", level=1, name="My watchlist").wait_for()
    look_at(visitor)
    page.get_by_role("link", name="Watched").click()
    page.get_by_role("heading", level=1, name="Watchlists").wait_for()
    look_at(visitor)


def look_at(visitor: Tab) -> None:
    """What axe and the window say of the page as it stands."""
    page = visitor.page
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    page.emulate_media(color_scheme="light")
    expect(page.locator(".busy, .htmx-request")).to_have_count(0, timeout=60_000)
    page.evaluate("document.querySelectorAll('details:not([hx-get])').forEach((one) => { one.open = true; })")
    assert findings(page, EVERYTHING) == []
    assert overflow(page) <= 0
    page.emulate_media(color_scheme="dark")
    assert findings(page, CONTRAST) == [], "dark"
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    assert findings(page, ALL_BUT_CONTRAST) == [], "narrow"
    assert overflow(page) <= 0, "narrow"
    assert visitor.complaints == []


def findings(page: Page, options: dict[str, Any]) -> list[str]:
    """What axe has to say."""
    found = page.evaluate("(options) => axe.run(document, options)", options)
    return [f"{item['id']}: {node['html'][:160]}" for item in found["violations"] for node in item["nodes"]]


def overflow(page: Page) -> int:
    """Pixels that the page is wider than the window."""
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))


def test_axe_would_find_what_is_wrong(visitor: Tab) -> None:
    page = visitor.page
    page.goto("/rules")
    page.evaluate(
        """() => {
            document.querySelector('label[for=as_of]').remove();
            const faint = document.createElement('p');
            faint.textContent = 'faint';
            faint.style.cssText = 'color: #eee; background: #fff';
            document.querySelector('main').append(faint);
        }"""
    )
    rules = {finding.split(":")[0] for finding in findings(page, EVERYTHING)}
    assert {"label", "color-contrast"} & rules == {"label", "color-contrast"}
    assert any(finding.startswith("color-contrast") for finding in findings(page, CONTRAST))
    assert not any(finding.startswith("color-contrast") for finding in findings(page, ALL_BUT_CONTRAST))
