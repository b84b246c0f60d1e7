"""Takes the pictures of docs/images/ from a running service: an address in, small PNG files out.

    riskapi serve &
    python docs/screenshots.py http://127.0.0.1:8000

Needs Chromium and playwright. Every picture is of the shipped rules and datasets, as of the day below.
"""  # noqa: INP001  # a script

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from playwright.sync_api import Browser, sync_playwright

FOLDER: Final = Path(__file__).parent / "images"
DAY: Final = "2026-11-22"
DEAL: Final = (
    ("type", "joint_venture"),
    ("sector", "automotive"),
    ("activity_country", "US"),
    ("market_countries", "US"),
    ("model_year", "2028"),
    ("as_of", DAY),
)
VENTURE: Final = urlencode([("a", "Xiaomi"), ("b", "Ford"), *DEAL])
FIRMS: Final = urlencode(
    [("firms", "Xiaomi\nBYD\nGeely\nToyota\nHyundai Motor"), ("hosts", "Ford\nTesla\nStellantis"), *DEAL]
)
#: File, address, colour scheme, height.
PICTURES: Final = (
    ("web-ask", f"/?{VENTURE}", "light", 560),
    ("web-result", f"/deal?{VENTURE}", "light", 1180),
    ("web-result-dark", f"/deal?{VENTURE}", "dark", 720),
    ("web-what-if", f"/what-if?{VENTURE}", "light", 900),
    ("web-timeline", f"/timeline?{VENTURE}", "light", 900),
    ("web-matrix", f"/matrix?{FIRMS}", "light", 620),
)


def main(address: str) -> None:
    """Take them all."""
    FOLDER.mkdir(exist_ok=True)
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for name, place, scheme, height in PICTURES:
            _take(browser, f"{address}{place}", FOLDER / f"{name}.png", scheme, height)
        browser.close()


def _take(browser: Browser, address: str, target: Path, scheme: str, height: int) -> None:
    context = browser.new_context(viewport={"width": 1120, "height": height}, color_scheme=scheme)  # type: ignore[arg-type]
    with context:
        page = context.new_page()
        page.goto(address)
        page.wait_for_load_state("networkidle")
        page.screenshot(path=target)


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/") if len(sys.argv) > 1 else "http://127.0.0.1:8000")
