"""Golden layouts of the stable pages: where their parts stand, in which order, and in which colours.

Not golden images: pages use the fonts of the machine, and with another font every line breaks elsewhere and every pixel below
moves. What must not change unseen is which parts there are, what stands beside what and above what, and their colours in light
and dark; so that is kept, as places in per cent of the window and as colours. How high a part is depends on the font and is
not kept. A change that is meant is written by

    RISKAPI_GOLDEN=write pytest tests/web/test_layout.py
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Final

import pytest

from tests.web.browsing import Tab
from tests.web.pages import QUERY

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

FOLDER: Final = Path(__file__).parent / "golden"
#: Per cent of the window that an edge may be off: scroll bars and rounding.
TOLERANCE: Final = 1.5
PAGES: Final = {"home": "/", "result": f"/deal?{QUERY}&as_of=2026-11-22", "rules": "/rules?as_of=2026-11-22"}
LOOKS: Final = {"wide": (1200, "light"), "narrow": (360, "light"), "dark": (1200, "dark")}
#: Parts whose width no font decides, by page.
PARTS: Final = {
    "home": ("header.top", ".lead", "form.ask", "#a", "#b", "#type", "#sector", "#activity_country", ".describing",
             "form.ask button", ".cards", ".bands", ".foot"),
    "result": ("header.top", ".lead", ".tools", ".result", ".split > section:nth-child(2)", ".scale-drawing", "form.next",
               ".foot"),
    "rules": ("header.top", ".lead", "form.filters", "#q", "#jurisdiction", "#found", "#found .law", ".foot"),
}  # fmt: skip
#: A part that is as wide as its words stands where its left edge is.
AS_WIDE_AS_WORDS: Final = ("form.ask button",)
COLOURED: Final = {
    "home": ("body", "form.ask", "form.ask button", ".band-severe", ".band-low"),
    "result": ("body", ".result", ".result .band", ".tools .button", ".seg-severe"),
    "rules": ("body", "form.filters button", ".tag-state-in_force"),
}
_MEASURE: Final = """([parts, coloured]) => {
    const box = (selector) => document.querySelector(selector).getBoundingClientRect();
    const percent = (pixels) => Math.round(1000 * pixels / document.documentElement.clientWidth) / 10;
    const look = (selector) => {
        const style = getComputedStyle(document.querySelector(selector));
        return [style.color, style.backgroundColor, style.fill];
    };
    return {
        places: Object.fromEntries(parts.map((one) => [one, [percent(box(one).left), percent(box(one).right)]])),
        rows: Object.fromEntries(parts.map((one) => [one, box(one).top])),
        colours: Object.fromEntries(coloured.map((one) => [one, look(one)])),
    };
}"""


@pytest.mark.parametrize("page", PAGES)
def test_every_part_stands_where_it_stood_and_has_its_colours(tab: Tab, page: str) -> None:
    tab.page.goto(PAGES[page])
    found = {look: measured(tab, page, *size) for look, size in LOOKS.items()}
    file = FOLDER / f"{page}.json"
    if os.environ.get("RISKAPI_GOLDEN") == "write":
        file.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    golden = json.loads(file.read_text(encoding="utf-8"))
    for look in LOOKS:
        assert found[look]["order"] == golden[look]["order"], look
        assert found[look]["colours"] == golden[look]["colours"], look
        for part, edges in golden[look]["places"].items():
            assert found[look]["places"][part] == pytest.approx(edges, abs=TOLERANCE), (look, part)


def measured(tab: Tab, page: str, width: int, scheme: Any) -> dict[str, Any]:
    tab.page.set_viewport_size({"width": width, "height": 900})
    tab.page.emulate_media(color_scheme=scheme)
    found = tab.page.evaluate(_MEASURE, [PARTS[page], COLOURED[page]])
    places = {part: edges[:1] if part in AS_WIDE_AS_WORDS else edges for part, edges in found["places"].items()}
    return {"order": in_rows(found["rows"], places), "places": places, "colours": found["colours"]}


def in_rows(tops: dict[str, float], places: dict[str, list[float]]) -> list[list[str]]:
    """The parts from top to bottom; those whose upper edges are within a line of each other stand in one row."""
    rows: list[list[str]] = []
    for part in sorted(tops, key=lambda one: (round(tops[one]), places[one][0])):
        if rows and abs(tops[part] - tops[rows[-1][0]]) < 8:
            rows[-1].append(part)
        else:
            rows.append([part])
    return [sorted(row, key=lambda one: (places[one][0], one)) for row in rows]
