"""Two deals side by side."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from litestar.testing import TestClient

from riskapi.web.compare import lines, rule_pairs
from riskapi.web.question import question_in
from riskapi.workspace import Workspace
from tests.shipped import AS_OF
from tests.web.pages import BODY, MEXICO, QUERY, Reader


def test_only_what_differs_is_marked(workspace: Workspace) -> None:
    one = workspace.ask(BODY, today=AS_OF)
    other = workspace.ask({**BODY, "deal": {**BODY["deal"], "activity_country": "MX"}}, today=AS_OF)  # type: ignore[dict-item]
    differing = {line.what for line in lines(one, other) if line.differs}
    assert "activity country" in differing
    assert "model year" not in differing
    assert not [line for line in lines(one, one) if line.differs]
    assert rule_pairs(one, one) == []


def test_every_rule_whose_say_differs_is_on_the_page(client: TestClient[Any], workspace: Workspace) -> None:
    page = Reader(client.get(f"/compare?{urlencode({'left': QUERY})}&{MEXICO}").text)
    one, other = (
        workspace.ask(question_in(query).body(workspace.vocabulary), today=AS_OF) for query in (QUERY, MEXICO)
    )
    differing = rule_pairs(one, other)
    assert len(differing) > 5
    for pair in differing:
        assert pair.rule.title in page.text


def test_the_form_of_the_second_deal_starts_from_the_first(client: TestClient[Any]) -> None:
    page = Reader(client.get(f"/compare?{urlencode({'left': QUERY})}").text)
    values = {attributes.get("name"): attributes.get("value") for tag, attributes in page.elements if tag == "input"}
    assert (values["a"], values["model_year"]) == ("Xiaomi", "2028")


def test_a_comparison_without_a_first_deal_says_what_to_do(client: TestClient[Any]) -> None:
    response = client.get("/compare")
    assert response.status_code == 422
    assert "ask a question" in response.text
