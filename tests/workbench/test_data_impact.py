"""What other datasets move, in small worlds that differ in one row; and the reports of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from riskapi.assessment.request import PartyRequest, ScoreRequest
from riskapi.matrix.moved import Way
from riskapi.workbench import data_impact as module
from riskapi.workbench.data_impact import DataImpact, asked, companies_between, data_impact
from riskapi.workbench.data_report import as_json, as_markdown, impact_lines, largest_lines
from riskapi.workspace import Workspace
from tests.matrix.worlds import (
    DAY,
    LIST_URL,
    LISTED,
    deal,
    gamma,
    listing,
    opened,
    score_request,
    settings_in,
    tables,
)
from tests.warehouse.folder import company


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Workspace]]:
    folder: Path = tmp_path_factory.mktemp("worlds")
    settings = settings_in(folder)
    with ExitStack() as stack:
        made = {
            "plain": tables(folder / "plain", gamma(), deals=[deal("beta")]),
            "listed": tables(
                folder / "listed", gamma(), company("omega"), designations=[listing()], deals=[deal("beta")]
            ),
            "renamed": tables(folder / "renamed", gamma(), name="Alpha Works", deals=[deal("beta")]),
        }
        yield {name: stack.enter_context(opened(settings, path)) for name, path in made.items()}


@pytest.fixture(scope="module")
def found(worlds: dict[str, Workspace]) -> DataImpact:
    """What the designation of Alpha moves."""
    return data_impact(worlds["plain"], worlds["listed"], DAY)


def test_companies_are_told_apart_by_what_becomes_of_them(worlds: dict[str, Workspace]) -> None:
    there = companies_between(worlds["plain"], worlds["listed"], DAY)
    back = companies_between(worlds["listed"], worlds["plain"], DAY)
    assert (there.changed, there.new, there.gone) == ({"alpha": "Alpha"}, {"omega": "Omega"}, {})
    assert (back.changed, back.new, back.gone) == ({"alpha": "Alpha"}, {}, {"omega": "Omega"})


def test_every_form_of_deal_with_the_company_that_changes_is_looked_at_and_moves(found: DataImpact) -> None:
    assert found.impact.total == {"deals": 1, "companies that change": len(module.FORMS)}
    assert found.scored == len(found.impact.moved) == 1 + len(module.FORMS)
    assert {item.movement.way for item in found.impact.moved} == {Way.RISES}
    assert {reason.rule_id for item in found.impact.moved for reason in item.movement.reasons} == {LISTED}
    assert found.left_out == 0


def test_a_name_change_moves_nothing_though_its_company_is_looked_at(worlds: dict[str, Workspace]) -> None:
    found = data_impact(worlds["plain"], worlds["renamed"], DAY)
    assert [change.fact for change in found.facts] == ["name"]
    assert found.impact.moved == ()
    assert found.impact.total["deals"] == 1
    assert "None of those that were looked at" in as_markdown(found, "this")


def test_questions_of_the_caller_are_the_only_ones_that_are_looked_at(worlds: dict[str, Workspace]) -> None:
    both = [asked(score_request(worlds["listed"], name), "file") for name in ("alpha", "gamma")]
    found = data_impact(worlds["plain"], worlds["listed"], DAY, both)
    assert found.impact.total == {"file": 2}
    assert found.scored == 1
    assert [item.proposal.label for item in found.impact.moved] == ["alpha and beta"]


def test_a_question_that_only_one_side_can_answer_or_means_somebody_else_is_told(worlds: dict[str, Workspace]) -> None:
    def named(name: str) -> ScoreRequest:
        return ScoreRequest(parties=(PartyRequest(name=name), PartyRequest(name="beta")), deal={}, as_of=DAY)

    found = data_impact(worlds["plain"], worlds["listed"], DAY, [asked(named("Omega"), "file", "mine")])
    (unlike,) = found.unlike
    assert unlike.label == "mine"
    assert "Omega" in unlike.before
    assert unlike.after == "omega and beta"
    assert found.impact.moved == ()
    assert "mine" in as_markdown(found, "this")


def test_what_is_beyond_the_bounds_is_counted(worlds: dict[str, Workspace], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_SCORED", 2)
    monkeypatch.setattr(module, "MOST_ASKED", 4)
    found = data_impact(worlds["plain"], worlds["listed"], DAY)
    assert found.scored == 2
    assert found.left_out == 1 + len(module.FORMS) - 2
    assert any("left out" in line and str(found.left_out) in line for line in impact_lines(found))


def test_the_report_names_pairing_scores_rule_fact_and_source(found: DataImpact) -> None:
    text = as_markdown(found, "snapshot x")
    assert text.startswith("# What snapshot x moves\n")
    assert f"`{LISTED}`: not fired → fired (+30)" in text
    assert "designations of Alpha (alpha): gained us\\_1260h" in text
    assert f"91 FR 1; {LIST_URL}" in text
    assert "New, so that there is nothing to compare: Omega." in text
    assert "rises" in next(iter(largest_lines(found, 1)))


def test_the_json_has_both_sides_with_facts_and_rows(found: DataImpact) -> None:
    told = json.loads(as_json(found, "snapshot x"))
    assert told["companies"]["changed"] == {"alpha": "Alpha"}
    assert told["looked_at"] == found.impact.total.total()
    first = told["impact"]["movements"][0]
    assert first["after"]["gates"] == ["prohibition"]
    fact = first["rules"][0]["facts"][0]
    assert (fact["fact"], fact["before"], fact["after"]) == ("foreign.designations", [], ["us_1260h"])
    assert fact["rows"]["new"][0]["source_url"] == LIST_URL
    assert told["versions"]["before"]["dataset"] != told["versions"]["after"]["dataset"]
