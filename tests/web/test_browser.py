"""The pages in a real browser, on a server process: the whole way of an analyst, by keyboard, and what axe says of each page.

Needs Chromium (Debian: `apt-get install chromium`). Nothing leaves the machine.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.web.pages import ADDRESSES, QUERY

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

CHROMIUM: Final = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
AXE: Final = Path(__file__).parent / "vendor" / "axe.min.js"
ARGUMENTS: Final = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
START_SECONDS: Final = 60
DATED: Final = f"{QUERY}&as_of=2026-11-22"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a service in a process of its own."""
    log = tmp_path_factory.mktemp("web") / "log.txt"
    command = [sys.executable, "-m", "uvicorn", "--factory", "riskapi.web.app:create_app", "--port", "0"]
    with log.open("w", encoding="utf-8") as target:
        process = subprocess.Popen(command, stdout=target, stderr=target)
    try:
        yield _address(process, log)
    finally:
        process.terminate()
        process.wait(timeout=30)


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        found = re.search(r"running on (http://127\.0\.0\.1:\d+)", log.read_text(encoding="utf-8"))
        if found:
            return found.group(1)
        time.sleep(0.05)
    raise AssertionError(log.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine: install the package `chromium`")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class Tab:
    """A page, and everything that it complained about or asked another machine for."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type != "log" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self._note)

    def _note(self, request: object) -> None:
        url = str(getattr(request, "url", ""))
        if not re.match(r"(http://127\.0\.0\.1[:/]|blob:|data:)", url):
            self.complaints.append(f"left the machine: {url}")


@pytest.fixture
def tab(browser: Browser, server: str) -> Iterator[Tab]:
    """A fresh page in a window of usual width; it must have no complaints in the end."""
    with browser.new_context(base_url=server, viewport={"width": 1200, "height": 850}) as context:
        tab = Tab(context.new_page())
        yield tab
        assert tab.complaints == []


def score_on(page: Page) -> float:
    return float(page.locator(".score").first.inner_text().lstrip("<>"))


# --- the way of an analyst


def test_by_keyboard_alone_from_the_question_to_the_workbook(tab: Tab) -> None:
    page, keys = tab.page, tab.page.keyboard
    page.goto("/")
    keys.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    keys.press("Enter")
    keys.press("Tab")
    keys.type("Xiaom")
    page.get_by_role("option", name="Xiaomi CN").wait_for()
    keys.press("ArrowDown")
    keys.press("Enter")
    assert page.get_by_label("First party").first.input_value() == "Xiaomi"
    keys.press("Tab")
    keys.type("Форд")
    page.get_by_role("option").first.wait_for()
    keys.press("ArrowDown")
    keys.press("Enter")
    assert page.get_by_label("Second party").first.input_value() == "Ford"
    for word in ("Joint v", "Automotive", "United States"):
        keys.press("Tab")
        keys.type(word)
    keys.press("Tab")
    keys.type("united states")
    keys.press("Enter")
    page.wait_for_url("**/deal?**")
    assert page.get_by_role("heading", level=1).inner_text() == "Xiaomi and Ford"
    assert 0 < score_on(page) < 100
    assert "&as_of=&" not in page.url

    account = page.locator("article.rule").first
    account.locator("summary").focus()
    keys.press("Enter")
    account.get_by_text("What decided").wait_for()

    with page.expect_download(timeout=30_000) as kept:
        page.get_by_role("link", name="workbook").focus()
        keys.press("Enter")
    assert re.fullmatch(r"xiaomi-ford-\d{4}-\d\d-\d\d\.xlsx", kept.value.suggested_filename)


def test_escape_closes_the_list_and_a_click_chooses(tab: Tab) -> None:
    page = tab.page
    page.goto("/")
    field = page.get_by_role("combobox", name="First party")
    field.press_sequentially("volvo")
    page.get_by_role("option").first.wait_for()
    assert field.get_attribute("aria-expanded") == "true"
    field.press("Escape")
    assert field.get_attribute("aria-expanded") == "false"
    assert field.input_value() == "volvo"
    field.press("ArrowDown")
    page.get_by_role("option", name="Volvo Cars").click()
    assert field.input_value() == "Volvo Cars"


def test_an_open_question_that_is_answered_moves_the_range(tab: Tab) -> None:
    page = tab.page
    page.goto(f"/deal?{DATED}")
    before = page.locator(".result strong").first.inner_text()
    page.get_by_text("Choose", exact=True).click()
    page.get_by_label("Lidar").check()
    page.locator("#next-foreign_control").select_option("no")
    page.get_by_role("button", name="Score again").click()
    page.wait_for_url("**technologies=lidar**")
    assert page.locator(".result strong").first.inner_text() != before
    assert "model_year=2028" in page.url


def test_a_slider_scores_again_while_it_moves(tab: Tab) -> None:
    page = tab.page
    page.goto(f"/what-if?{DATED}")
    before = score_on(page)
    slider = page.get_by_role("slider", name=re.compile("model year"))
    slider.focus()
    with page.expect_response(re.compile(r"/what-if/live\?.*model_year=2026")):
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("ArrowLeft")
    page.get_by_text("as asked").first.wait_for()
    assert score_on(page) < before
    page.get_by_text("How far one fact alone moves the score").wait_for(timeout=30_000)


def test_a_value_that_cannot_be_is_told_beside_the_slider(browser: Browser, server: str) -> None:
    with browser.new_context(base_url=server) as context:
        page = context.new_page()
        page.goto(f"/what-if?{DATED}")
        page.locator("#lever-foreign_stake").fill("140")
        page.get_by_text("per cent, from 0 to 100").wait_for()


def test_rules_are_found_while_typing_and_the_address_keeps_the_search(tab: Tab) -> None:
    page = tab.page
    page.goto("/rules")
    page.get_by_label("Words").press_sequentially("manufacturer-sale")
    page.get_by_text("1 rule", exact=True).wait_for()
    page.wait_for_url("**q=manufacturer-sale**")
    page.get_by_role("link", name=re.compile("Sale of connected vehicles")).click()
    page.wait_for_url("**/rules/us.icts.connected-vehicles.manufacturer-sale**")
    page.go_back()
    page.get_by_text("1 rule", exact=True).wait_for()


def test_leaving_the_search_asks_for_nothing_whose_answer_could_overtake_a_click(tab: Tab) -> None:
    page = tab.page
    page.goto("/rules")
    page.get_by_label("Words").press_sequentially("manufacturer-sale")
    page.wait_for_url("**q=manufacturer-sale**")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/rules?" in request.url else None)
    page.get_by_label("Words").blur()
    page.wait_for_timeout(500)
    assert asked == []


def test_a_link_to_a_rule_opens_what_it_lies_in(tab: Tab) -> None:
    page = tab.page
    page.goto(f"/deal?{DATED}")
    page.locator(".maybe summary").click()
    page.locator(".maybe .gate-list a").last.click()
    target = page.evaluate("location.hash.slice(1)")
    assert page.locator(f"[id='{target}']").is_visible()


def test_everything_but_the_conveniences_works_without_script(browser: Browser, server: str) -> None:
    with browser.new_context(base_url=server, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto("/")
        page.locator("#a").fill("Xiaomi")
        page.locator("#b").fill("Ford")
        page.locator("#type").select_option("joint_venture")
        page.locator("#activity_country").select_option("US")
        page.get_by_role("button", name="Score the deal").click()
        assert page.locator("h1").inner_text() == "Xiaomi and Ford"
        page.locator("article.rule summary").first.click()
        page.get_by_role("link", name="Open the account of this rule").first.click()
        assert page.get_by_text("Where the law was read").is_visible()


def test_the_first_page_comes_within_half_a_second(tab: Tab) -> None:
    tab.page.goto("/")
    took = min(_time_of(tab.page) for _ in range(3))
    assert took < 500


def _time_of(page: Page) -> float:
    page.reload()
    return float(page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd"))


# --- every page


@pytest.mark.parametrize("address", ADDRESSES.values(), ids=ADDRESSES)
def test_axe_finds_nothing_and_nothing_overflows_in_light_dark_and_narrow(
    browser: Browser, server: str, address: str
) -> None:
    for scheme, width in (("light", 1200), ("dark", 1200), ("light", 360)):
        with browser.new_context(
            base_url=server,
            viewport={"width": width, "height": 800},
            color_scheme=scheme,  # type: ignore[arg-type]
        ) as context:
            tab = Tab(context.new_page())
            tab.page.goto(address)
            tab.page.wait_for_load_state("networkidle")
            assert findings(tab.page) == [], (scheme, width)
            assert tab.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, (scheme, width)
            assert tab.complaints == []


def findings(page: Page) -> list[str]:
    """What axe has to say, everything opened."""
    page.evaluate("document.querySelectorAll('details:not([hx-get])').forEach((one) => { one.open = true; })")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run()")
    return [f"{item['id']}: {node['html'][:160]}" for item in found["violations"] for node in item["nodes"]]


def test_paper_has_the_answer_and_no_buttons(tab: Tab) -> None:
    tab.page.goto(f"/deal?{DATED}")
    tab.page.emulate_media(media="print")
    assert tab.page.locator(".score").is_visible()
    assert not tab.page.locator(".tools").is_visible()
    assert not tab.page.get_by_role("button", name="Score again").is_visible()
