"""The brief as a page: complete, self-contained, and nothing from outside acts in it."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

from riskapi.assessment.words import amount
from riskapi.briefing.material import Briefing, content_hash
from riskapi.briefing.page import brief_html
from riskapi.briefing.sheets import Paper
from tests.briefing.briefings import demo


class Tags(HTMLParser):
    """Everything that a page opens and closes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.opened: list[tuple[str, dict[str, str | None]]] = []
        self.stack: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.opened.append((tag, dict(attrs)))
        if tag not in ("meta", "rect", "line", "path"):
            self.stack.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.opened.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.stack.pop() == tag


def page(briefing: Briefing | None = None) -> str:
    return brief_html(briefing or demo()).decode()


def test_the_page_says_what_the_answer_says() -> None:
    answer, text = demo().answer, page()
    for needed in (
        amount(answer.score),
        answer.band.label,
        content_hash(answer),
        "Not legal advice",
        str(answer.as_of),
    ):
        assert needed in text
    for gate in (gate for gate in answer.gates if gate.status == "fired"):
        assert gate.title in text


def test_the_page_is_well_formed_and_needs_nothing_from_elsewhere() -> None:
    tags = Tags(page())
    assert tags.stack == []
    assert not {tag for tag, _ in tags.opened} & {"script", "link", "img", "iframe", "object", "form", "base"}
    assert not any(name.startswith("on") for _, attributes in tags.opened for name in attributes)
    assert "url(" not in page()
    assert "@import" not in page()


def test_every_number_leads_to_a_source_of_the_page() -> None:
    text = page()
    cited = set(re.findall(r'href="#(s\d+)"', text))
    assert cited
    assert cited == set(re.findall(r'id="(s\d+)"', text))


def test_what_comes_from_outside_is_text() -> None:
    briefing = demo()
    status = briefing.answer.deal_status
    assert status is not None
    evil = '<script>alert("1")</script>'
    claims = tuple(replace(claim, source_url="javascript:alert(1)") for claim in status.claims)
    first, second = briefing.answer.parties
    answer = replace(
        briefing.answer,
        question=evil,
        parties=(replace(first, name=evil), second),
        deal_status=replace(status, headline=evil, claims=claims),
        warnings=(evil,),
    )
    text = page(replace(briefing, answer=answer))
    assert "<script" not in text
    assert 'href="javascript' not in text
    assert Tags(text).stack == []


def test_the_scale_is_told_in_words() -> None:
    answer = demo().answer
    assert f'aria-label="Score {amount(answer.score)}; it may lie between' in page()


def test_the_same_briefing_gives_the_same_page_for_each_paper() -> None:
    assert brief_html(demo()) == brief_html(demo())
    assert "size:letter" in brief_html(demo(), paper=Paper.LETTER).decode()
    assert "size:A4" in page()
