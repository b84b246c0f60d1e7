from __future__ import annotations

import pytest

from riskapi.api.frame.negotiation import accepts, preferred


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("application/json", True),
        ("APPLICATION/JSON", True),
        ("text/html, application/json;q=0.1", True),
        ("application/*", True),
        ("*/*", True),
        ("text/html;q=0.9, */*;q=0.8", True),
        ("text/html", False),
        ("application/json;q=0, */*", False),
        ("application/*;q=0, */*;q=1", False),
        ("*/*;q=0", False),
        ("application/json; charset=utf-8; q=0.000", False),
        ("application/problem+json", False),
        ("application/json;q=much", True),
        ("nonsense", False),
        (",;,=", False),
    ],
)
def test_the_most_exact_entry_decides(header: str, expected: bool) -> None:
    assert accepts(header, "application/json") is expected


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        (None, "application/json"),
        ("", "application/json"),
        ("*/*", "application/json"),
        ("text/csv", "text/csv"),
        ("text/*", "text/csv"),
        ("text/csv, */*;q=0.1", "text/csv"),
        ("text/csv;q=0.2, application/json;q=0.3", "application/json"),
        ("application/json;q=0, */*", "text/csv"),
    ],
)
def test_of_several_forms_the_caller_gets_the_one_that_he_wants_most(header: str | None, wanted: str) -> None:
    assert preferred(header, ("application/json", "text/csv")) == wanted
