"""The page of an answer shows what the answer says."""

from __future__ import annotations

from typing import Any

import pytest
from litestar.testing import TestClient

from riskapi.assessment.answer import Answer
from riskapi.assessment.words import amount
from riskapi.web.question import Question
from riskapi.web.result import asked_next, gates_by_kind, settled_question
from riskapi.workspace import Workspace
from tests.shipped import AS_OF
from tests.web.pages import BODY, QUERY, RULE, VENTURE, Reader


@pytest.fixture(scope="module")
def answer(workspace: Workspace) -> Answer:
    return workspace.ask(BODY, today=AS_OF)


@pytest.fixture(scope="module")
def page(client: TestClient[Any]) -> Reader:
    return Reader(client.get(f"/deal?{QUERY}").text)


def test_score_range_band_and_notice_are_on_the_page(page: Reader, answer: Answer) -> None:
    for text in (
        amount(answer.score),
        f"{amount(answer.low)} to {amount(answer.high)}",
        answer.band.label,
        answer.notice,
    ):
        assert text in page.text


def test_the_drawing_says_the_same_as_the_text(page: Reader, answer: Answer) -> None:
    drawn = [text for text in page.attributes("aria-label") if text.startswith("Score ")]
    assert drawn == [
        f"Score {amount(answer.score)} of 100; it may lie between {amount(answer.low)} and {amount(answer.high)}."
    ]


def test_every_rule_of_the_answer_has_its_place_on_the_page(page: Reader, answer: Answer) -> None:
    placed = {name.removeprefix("rule-") for name in page.attributes("id") if name.startswith("rule-")}
    assert placed == {rule.id for rule in answer.rules}


def test_every_gate_that_applies_is_named_with_its_citation(page: Reader, answer: Answer) -> None:
    for gate in answer.gates:
        assert gate.citation in page.text


def test_the_waterfall_adds_up_on_the_page(page: Reader, answer: Answer) -> None:
    assert sum(step.points for step in answer.waterfall) == pytest.approx(answer.points)
    for step in answer.waterfall:
        assert step.label in page.text


def test_statements_stand_with_their_grades(page: Reader, answer: Answer) -> None:
    assert answer.deal_status is not None
    for claim in answer.deal_status.claims:
        assert claim.claimant in page.text
    for grade in answer.deal_status.grades:
        assert f" {grade.code} " in page.text


def test_the_open_questions_that_move_the_range_most_come_first(workspace: Workspace, answer: Answer) -> None:
    asked = asked_next(answer, Question.read(VENTURE), workspace)
    assert [item.moves for item in asked] == sorted((item.moves for item in asked), reverse=True)
    assert asked[0].field.name == "technologies"


def test_an_answered_question_is_not_asked_again(client: TestClient[Any]) -> None:
    page = Reader(client.get(f"/deal?{QUERY}&technologies=none&host_stake=60").text)
    asked = [value for value in page.attributes("id") if value.startswith("next-")]
    assert asked
    assert "next-host_stake" not in asked


def test_gates_are_ordered_by_weight(answer: Answer) -> None:
    kinds = [kind.kind for kind in gates_by_kind(answer)]
    assert kinds[:2] == ["prohibition", "licence_required"]
    assert sum(len(kind.applies) + len(kind.may_apply) for kind in gates_by_kind(answer)) == len(answer.gates)


def test_the_permanent_address_names_ids_and_day_in_the_order_asked(workspace: Workspace, answer: Answer) -> None:
    turned = workspace.ask({**BODY, "parties": ["Ford", "小米"]}, today=AS_OF)
    settled = settled_question(Question.read([("a", "Ford"), ("b", "小米")]), turned)
    assert (settled.first, settled.second, settled.as_of) == ("ford", "xiaomi", "2026-11-22")
    assert settled_question(Question.read(VENTURE), answer).first == "xiaomi"


def test_the_account_of_a_rule_names_clause_trace_evidence_and_source(client: TestClient[Any]) -> None:
    part = client.get(f"/deal/rule?{QUERY}&rule={RULE}", headers={"hx-request": "true"})
    text = Reader(part.text).text
    assert "<html" not in part.text
    for wanted in ("15 CFR 791.304", "What decided", "deal.model_year", "Evidence", "Where the law was read"):
        assert wanted in text


def test_a_name_in_any_script_is_understood(client: TestClient[Any]) -> None:
    assert "Xiaomi and Ford" in Reader(client.get("/deal?a=小米&b=Форд&type=licence&activity_country=US").text).text


def test_duties_are_shown_where_the_goods_cross_a_border(client: TestClient[Any]) -> None:
    told = "type=supply&activity_country=US&market_countries=US&production_countries=CN&product=ev_car&foreign_party=Xiaomi"
    page = Reader(client.get(f"/deal?a=Xiaomi&b=Ford&{told}").text)
    assert "Duties" in page.text
    assert "per cent of the customs value" in page.text
