from __future__ import annotations

import pytest

from riskapi.api.negotiation import accepts


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
