"""Words and links of the pages."""

from __future__ import annotations

from datetime import date

import pytest
from jinja2 import UndefinedError

from riskapi.web.render import addresses, environment, spoken_day, spoken_span, value_words


@pytest.mark.parametrize(
    "raw", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "file:///etc/passwd", "", None]
)
def test_only_addresses_of_the_web_become_links(raw: str | None) -> None:
    assert addresses(raw) == []


def test_several_sources_become_several_links() -> None:
    assert addresses("https://a.example/x | note | http://b.example") == ["https://a.example/x", "http://b.example"]


def test_days_are_said_in_words() -> None:
    assert spoken_day(date(2026, 11, 2)) == "2 November 2026"
    assert spoken_span(date(2026, 1, 1), None) == "since 1 January 2026"
    assert spoken_span(date(2026, 1, 1), date(2026, 1, 31)) == "1 January 2026 to 31 January 2026"


def test_text_is_escaped_and_a_forgotten_name_is_an_error() -> None:
    assert environment().from_string("{{ x }}").render(x="<b>'\"") == "&lt;b&gt;&#39;&#34;"
    with pytest.raises(UndefinedError):
        environment().from_string("{{ x }}").render()


def test_values_of_facts_are_said_and_not_printed() -> None:
    assert [value_words(value) for value in (None, True, False, (), ("a", "b"), 0.25)] == [
        "not known",
        "yes",
        "no",
        "none",
        "a, b",
        "0.25",
    ]
