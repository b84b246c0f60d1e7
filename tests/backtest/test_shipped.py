"""The cases of the datasets are those of the record file, field by field."""

from __future__ import annotations

from pathlib import Path

import pytest

from riskapi.backtest.cases import load_cases
from riskapi.backtest.shipped import shipped_cases
from tests.shipped import shipped_workspace

SHARED = Path(__file__).resolve().parents[3] / "shared" / "facts" / "cases_dev.jsonl"


def test_every_deal_of_the_datasets_is_a_case() -> None:
    workspace = shipped_workspace()
    found = shipped_cases(workspace.connection.cursor())
    assert {case.case_id for case in found.cases} == {deal.deal_id for deal in workspace.ledger.deals()}
    assert found.version == shipped_cases(workspace.connection.cursor()).version


def test_what_is_not_told_in_the_table_is_not_known() -> None:
    cases = shipped_cases(shipped_workspace().connection.cursor()).cases
    sites = {case.announcement.sensitivities.near_military_site for case in cases}
    assert sites == {True, False, None}
    assert any(case.announcement.foreign_party.state_ownership is None for case in cases)


@pytest.mark.skipif(not SHARED.is_file(), reason="needs ../shared/facts/cases_dev.jsonl")
def test_the_table_says_what_the_research_says() -> None:
    research = {case.case_id: case for case in load_cases(SHARED).cases}
    for case in shipped_cases(shipped_workspace().connection.cursor()).cases:
        # A title may have been mended on the way in; nothing is scored by it.
        assert case.model_copy(update={"title": ""}) == research[case.case_id].model_copy(update={"title": ""})
