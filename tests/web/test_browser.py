"""The pages in a real browser, on a server process: the whole way of an analyst, by keyboard too.

What axe says of each page: `test_axe.py`. Needs Chromium (Debian: `apt-get install chromium`). Nothing leaves the machine.
"""

from __future__ import annotations

import re
from typing import Final

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.web.browsing import Tab
from tests.web.pages import QUERY

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

DATED: Final = f"{QUERY}&as_of=2026-11-22"


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
    page.get_by_role("option", name="Ford US").wait_for()
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


def test_a_late_answer_neither_takes_a_link_away_while_it_is_pressed_nor_brings_the_old_address_back(tab: Tab) -> None:
    page = tab.page
    page.goto("/rules")
    page.get_by_label("Words").press_sequentially("manufacturer")
    page.wait_for_url("**q=manufacturer&**")
    waiting: list[Route] = []
    page.route("**/rules?*", lambda route: waiting.append(route))  # noqa: PLW0108  # it looks into functions
    page.get_by_label("Words").press_sequentially("-s")
    link = page.get_by_role("link", name=re.compile("Sale of connected vehicles")).first
    while not waiting:
        page.wait_for_timeout(20)
    box = link.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    page.mouse.down()
    with page.expect_response("**/rules?*"):
        waiting[0].continue_()
    page.mouse.up()
    page.wait_for_url("**/rules/us.icts.connected-vehicles.*")


def test_an_answer_that_came_while_a_link_was_pressed_is_asked_again_when_the_press_leads_nowhere(tab: Tab) -> None:
    page = tab.page
    page.goto("/rules")
    page.get_by_label("Words").press_sequentially("manufacturer")
    page.wait_for_url("**q=manufacturer&**")
    box = page.locator("#found a").first.bounding_box()
    assert box is not None
    page.get_by_label("Words").press_sequentially("-sale")
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    page.mouse.down()
    page.wait_for_timeout(600)
    page.mouse.move(5, 5)
    page.mouse.up()
    page.get_by_text("1 rule", exact=True).wait_for()


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
    # Once is enough: on a busy machine the others wait for something else.
    assert any(_time_of(tab.page) < 500 for _ in range(20))


def _time_of(page: Page) -> float:
    page.reload()
    return float(page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd"))


def test_paper_has_the_answer_and_no_buttons(tab: Tab) -> None:
    tab.page.goto(f"/deal?{DATED}")
    tab.page.emulate_media(media="print")
    assert tab.page.locator(".score").is_visible()
    assert not tab.page.locator(".tools").is_visible()
    assert not tab.page.get_by_role("button", name="Score again").is_visible()
