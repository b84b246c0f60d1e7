"""A service in a process of its own, and a browser that visits it.

Needs Chromium (Debian: `apt-get install chromium`). Nothing leaves the machine.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM: Final = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
ARGUMENTS: Final = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
START_SECONDS: Final = 180  # it opens rules and datasets; a busy machine takes its time


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The address of a service; what it says is kept in the folder."""
    log = folder / "log.txt"
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


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser; skips where there is none."""
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
