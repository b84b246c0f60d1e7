from __future__ import annotations

import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest

from riskapi.rules import load_rules
from riskapi.workbench.site import site_pages, write_site
from riskapi.workbench.site_parts import SCRIPT, STYLE
from tests.cli.world import RULE, write_rules
from tests.rules.shipped import shipped_book
from tests.shipped import AS_OF, shipped_vocabulary

VOID = {"meta", "link", "br", "input", "rect", "line"}


class Outline(HTMLParser):
    """Links, ids and loaded files of a page; fails where elements do not close."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.ids: list[str] = []
        self.labels = 0
        self.open: list[str] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag not in VOID:
            self.open.append(tag)
        if "id" in values:
            self.ids.append(values["id"] or "")
        if tag == "a":
            self.links.append(values["href"] or "")
        if tag in ("link", "script", "img", "iframe"):
            self.loaded.append(values.get("href") or values.get("src") or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        return

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@cache
def pages() -> dict[str, str]:
    return dict(site_pages(shipped_book(), AS_OF))


@cache
def outlines() -> dict[str, Outline]:
    return {name: Outline(text) for name, text in pages().items()}


def test_every_instrument_has_a_page_and_every_rule_an_anchor_and_a_row() -> None:
    for rule in shipped_book().rules:
        target = f"instruments/{rule.instrument.id}.html"
        assert rule.id in outlines()[target].ids
        assert f"{target}#{rule.id}" in outlines()["index.html"].links
        assert f"{target}#{rule.id}" in outlines()["timeline.html"].links


def test_every_link_inside_the_book_leads_somewhere() -> None:
    for name, outline in outlines().items():
        folder = Path(name).parent
        for link in outline.links:
            if link.startswith("http"):
                continue
            path, _, anchor = link.partition("#")
            target = (folder / path).as_posix() if path else name
            target = re.sub(r"[^/]+/\.\./", "", target)
            assert target in outlines(), f"{name}: {link}"
            assert not anchor or anchor in outlines()[target].ids, f"{name}: {link}"


def test_no_page_loads_anything_from_elsewhere() -> None:
    for outline in outlines().values():
        assert all(item.endswith(("style.css", "filter.js")) and "//" not in item for item in outline.loaded)
    assert "http" not in STYLE
    assert "url(" not in STYLE
    assert not re.search(r"fetch|import|XMLHttp|https?:", SCRIPT)


def test_ids_of_a_page_are_unique() -> None:
    for name, outline in outlines().items():
        assert len(outline.ids) == len(set(outline.ids)), name


def test_facts_lead_back_to_the_rules_that_use_them() -> None:
    links = outlines()["facts.html"].links
    for rule in shipped_book().rules:
        assert f"instruments/{rule.instrument.id}.html#{rule.id}" in links
    assert {fact.name for fact in shipped_vocabulary()} <= set(outlines()["facts.html"].ids)


def test_the_dates_stand_beside_the_bars() -> None:
    text = pages()["instruments/us.icts.connected-vehicles.html"]
    assert 'aria-label="In force from 2025-03-17"' in text
    assert "<td>from 2025-03-17</td>" in text


def test_text_of_a_rule_file_is_shown_and_never_run(tmp_path: Path) -> None:
    nasty = '<script>alert(1)</script> & \\"quoted\\"'
    write_rules(tmp_path, RULE.replace("title: A quarter or more goes abroad", f'title: "{nasty}"'))
    found = dict(site_pages(load_rules(tmp_path, shipped_vocabulary()), AS_OF))
    for name, text in found.items():
        assert "<script>alert" not in text
        Outline(text)
        if name != "facts.html":
            assert name == "timeline.html" or "&lt;script&gt;" in text


def test_pages_of_instruments_that_are_gone_are_removed(tmp_path: Path) -> None:
    write_rules(tmp_path / "rules")
    book = load_rules(tmp_path / "rules", shipped_vocabulary())
    (tmp_path / "out" / "instruments").mkdir(parents=True)
    old = tmp_path / "out" / "instruments" / "us.gone.html"
    old.write_text("", encoding="utf-8")
    assert write_site(book, tmp_path / "out", AS_OF) == 4
    assert not old.exists()
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "index.html", "timeline.html", "facts.html", "instruments", "style.css", "filter.js"
    }  # fmt: skip


@pytest.mark.parametrize("name", ["index.html", "facts.html"])
def test_filters_have_labels_and_tell_how_much_is_shown(name: str) -> None:
    text = pages()[name]
    assert text.count("<label>") == len(re.findall(r"<(?:input|select)\b", text))
    assert 'role="status" aria-live="polite"' in text
