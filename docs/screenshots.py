"""Takes the pictures of docs/images/ from a running service: an address in, small PNG files out.

    riskapi serve &
    python docs/screenshots.py http://127.0.0.1:8000

Pages are taken by Chromium (playwright), sheets of workbooks by LibreOffice and pdftoppm (packages libreoffice-calc and
poppler-utils). Every picture is of the shipped rules and datasets, as of the day below.
"""  # noqa: INP001  # a script

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final
from urllib.parse import urlencode
from urllib.request import urlopen

from PIL import Image, ImageChops
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
MANY: Final = urlencode(
    [
        (
            "firms",
            "Xiaomi\nBYD\nGeely\nSAIC Motor\nchery\nNIO\nXPENG\nGreat Wall Motor\nToyota\nHyundai Motor\nCATL\nvolvo-cars",
        ),
        ("hosts", "Ford\nGeneral Motors\nStellantis\nTesla\nRivian\nMagna International"),
        *DEAL,
    ]
)
#: File, address, colour scheme, height.
PICTURES: Final = (
    ("web-ask", f"/?{VENTURE}", "light", 600),
    ("web-result", f"/deal?{VENTURE}", "light", 1180),
    ("web-result-dark", f"/deal?{VENTURE}", "dark", 720),
    ("web-what-if", f"/what-if?{VENTURE}", "light", 900),
    ("web-timeline", f"/timeline?{VENTURE}", "light", 900),
    ("web-matrix", f"/matrix?{FIRMS}", "light", 620),
)
#: Start of the file, address of the workbook, and its sheets in the pictures.
BOOKS: Final = (
    ("workbook", f"/deal/briefing.xlsx?{VENTURE}", ("Summary", "Waterfall", "Grid")),
    ("portfolio", f"/matrix/portfolio.xlsx?{MANY}", ("Summary", "Matrix", "Distributions")),
)
_DOTS_PER_INCH: Final = "75"
_MARGIN: Final = 12


def main(address: str) -> None:
    """Take them all."""
    FOLDER.mkdir(exist_ok=True)
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for name, place, scheme, height in PICTURES:
            _take(browser, f"{address}{place}", FOLDER / f"{name}.png", scheme, height)
        browser.close()
    for name, place, sheets in BOOKS:
        with tempfile.TemporaryDirectory() as folder:
            _print(f"{address}{place}", name, sheets, Path(folder))


def _take(browser: Browser, address: str, target: Path, scheme: str, height: int) -> None:
    context = browser.new_context(viewport={"width": 1120, "height": height}, color_scheme=scheme)  # type: ignore[arg-type]
    with context:
        page = context.new_page()
        page.goto(address)
        page.wait_for_load_state("networkidle")
        page.screenshot(path=target)
    _shrink(target, target)


def _print(address: str, name: str, sheets: tuple[str, ...], folder: Path) -> None:
    """The first page of each sheet, as LibreOffice prints it."""
    book = folder / f"{name}.xlsx"
    with urlopen(address) as answer:  # noqa: S310  # the service that was named
        book.write_bytes(answer.read())
    profile = f"-env:UserInstallation=file://{folder}/profile"
    _run("soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(book))
    texts = _run("pdftotext", "-layout", str(book.with_suffix(".pdf")), "-").split("\f")
    for sheet in sheets:
        foot = re.compile(rf"\s{re.escape(sheet)}\s+\d+ / \d+")
        number = next(place for place, text in enumerate(texts, 1) if foot.search(text))
        stem = folder / f"{name}-{number}"
        page = ("-f", str(number), "-l", str(number), "-singlefile")
        _run("pdftoppm", "-png", "-r", _DOTS_PER_INCH, *page, str(book.with_suffix(".pdf")), str(stem))
        _shrink(stem.with_suffix(".png"), FOLDER / f"{name}-{sheet.lower()}.png", crop=True)


def _run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603  # our own words


def _shrink(source: Path, target: Path, *, crop: bool = False) -> None:
    """Few colours, and no white around; text and bars need no more."""
    picture = Image.open(source).convert("RGB")
    if crop:
        left, top, right, bottom = ImageChops.difference(picture, Image.new("RGB", picture.size, "white")).getbbox() or (
            0, 0, *picture.size,
        )  # fmt: skip
        picture = picture.crop((max(0, left - _MARGIN), max(0, top - _MARGIN), right + _MARGIN, bottom + _MARGIN))
    picture.quantize(200, method=Image.Quantize.MAXCOVERAGE).save(target, optimize=True)


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/") if len(sys.argv) > 1 else "http://127.0.0.1:8000")
