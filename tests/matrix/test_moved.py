from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from riskapi.matrix import changes
from riskapi.matrix.changes import between_days, between_worlds, moved_between, moved_rows, movements, with_reasons
from riskapi.matrix.moved import Movement, movement
from riskapi.matrix.run import run
from riskapi.matrix.single import SinglePairings
from riskapi.scoring.score import Judged
from tests.matrix.questions import planned, question
from tests.matrix.worlds import LIST_URL, gamma, listing, matrix_request, opened, settings_in, tables
from tests.shipped import shipped_workspace
from tests.warehouse.folder import company

CARS = {
    "name": "cars",
    "deal": {
        "type": "greenfield",
        "sector": "automotive",
        "activity_country": "US",
        "market_countries": ["US"],
        "model_year": 2028,
    },
}
BEFORE, AFTER = date(2024, 6, 30), date(2026, 11, 22)


def judged(day: date, foreign: str = "byd") -> list[Judged]:
    template = planned(question(["BYD"], ["Ford"], CARS)).templates[0]
    return SinglePairings(shipped_workspace()).judged(foreign, "ford", template, day)


@pytest.fixture(scope="module")
def found() -> Movement:
    card = shipped_workspace().card
    return movement(judged(BEFORE), judged(AFTER), (card, card))


def test_a_law_that_began_between_two_days_is_named_as_the_reason(found: Movement) -> None:
    assert found.is_real
    assert "prohibition" in found.after.gates
    assert "prohibition" not in found.before.gates
    reasons = {item.rule_id: item for item in found.reasons}
    sale = reasons["us.icts.connected-vehicles.manufacturer-sale"]
    assert (sale.before, sale.after) == (None, "fired")
    assert sum(item.points_after - item.points_before for item in found.reasons if "vehicles" in item.rule_id) > 0


def test_a_rule_that_came_without_ever_applying_is_no_reason(found: Movement) -> None:
    assert not [item for item in found.reasons if {item.before, item.after} <= {None, "not_fired"}]


def test_reasons_explain_the_whole_change_of_points(found: Movement) -> None:
    card = shipped_workspace().card
    same = movement(judged(AFTER), judged(AFTER), (card, card))
    assert not same.is_real
    assert same.reasons == ()
    assert sum(item.points_after - item.points_before for item in found.reasons) != 0


def test_answers_without_other_points_count_only_for_the_rules_that_are_asked_for() -> None:
    card = shipped_workspace().card
    told = movement(judged(BEFORE), judged(AFTER), (card, card), frozenset())
    assert told.reasons
    assert all(item.points_before != item.points_after for item in told.reasons)


def test_rows_that_moved_between_two_days_tell_what_came_and_went() -> None:
    plan = planned(question(["BYD", "Toyota"], ["Ford"], CARS, dates=[str(BEFORE), str(AFTER)]))
    rows = pl.concat(run(shipped_workspace(), plan))
    before, after = (rows.filter(pl.col("date") == day) for day in (BEFORE, AFTER))
    moved = moved_rows(before, after)
    first = moved.to_dicts()[0]
    assert first["foreign_id"] == "byd"
    assert first["change"] == pytest.approx(first["score_after"] - first["score_before"], abs=1e-4)
    assert "prohibition:us.icts.connected-vehicles.manufacturer-sale" in first["gates_gained"]
    assert moved["change"].abs().to_list() == sorted(moved["change"].abs().to_list(), reverse=True)
    assert moved_rows(after, after).is_empty()


def test_matrices_of_two_datasets_tell_who_moved_and_whom_only_one_of_them_knows(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    old = tables(tmp_path / "old", gamma(), company("delta", seat_country="CN"))
    now = tables(tmp_path / "now", gamma(), company("omega", seat_country="CN"), designations=[listing()])
    with opened(settings, old) as before, opened(settings, now) as after:
        compared = between_worlds(before, after, matrix_request(after), matrix_request(before))
        assert [item.company_id for item in compared.gone] == ["delta"]
        assert [item.company_id for item in compared.new] == ["omega"]
        assert compared.pairings == 2
        seen: list[int] = []
        moved = moved_between(compared, seen.append)
        assert seen[-1] == 2
        assert moved["foreign_id"].to_list() == ["alpha"]
        assert moved["gates_gained"].to_list() == [["prohibition:us.test.listed"]]
        rows = with_reasons(moved, list(movements(compared, moved)))
        (row,) = rows.to_dicts()
        assert row["way"] == "rises"
        assert row["reasons"] == ["us.test.listed: not fired → fired (+30)"]
        assert row["facts"] == ["designations of Alpha (alpha): gained us_1260h"]
        assert LIST_URL in row["rows"][0]
        assert with_reasons(moved, [])["reasons"].to_list() == [None]


def test_a_company_selected_before_and_no_more_is_compared_all_the_same(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    old = tables(tmp_path / "old", gamma(), designations=[listing()])
    now = tables(tmp_path / "now", gamma(), designations=[listing()], seat_country="US")
    with opened(settings, old) as before, opened(settings, now) as after:
        compared = between_worlds(before, after, matrix_request(after), matrix_request(before))
        moved = moved_between(compared)
        assert {"foreign_id": "alpha", "host_id": "beta"}.items() <= moved.to_dicts()[0].items()
        assert moved["gates_lost"].to_list()[0] == ["prohibition:us.test.listed"]
        assert {(row["foreign_id"], row["host_id"]) for row in moved.to_dicts()} >= {("alpha", "beta")}


def test_two_days_of_one_world_move_what_began_between_them(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    with opened(settings, tables(tmp_path / "now", gamma(), designations=[listing()])) as world:
        compared = between_days(world, matrix_request(world, "2026-01-04", "2026-01-05"))
        assert moved_between(compared)["foreign_id"].to_list() == ["alpha"]
        assert moved_between(between_days(world, matrix_request(world, "2026-01-05", "2026-01-06"))).is_empty()


def test_what_moved_does_not_hang_on_where_the_matrices_are_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ["BYD", "Toyota", "Xiaomi", "Huawei"]
    request = replace(planned(question(names, ["Ford", "Tesla"], CARS)).request, dates=(BEFORE, AFTER))
    whole = moved_between(between_days(shipped_workspace(), request))
    monkeypatch.setattr(changes, "CHUNK", 3)
    pieces = iter([7, 1, 2, 5])

    def unevenly(*given: Any) -> Iterator[pl.DataFrame]:
        rows = pl.concat(run(*given))
        size = next(pieces)
        return iter([rows[:size], rows[size:]])

    monkeypatch.setattr(changes, "run", unevenly)
    assert moved_between(between_days(shipped_workspace(), request)).equals(whole)
    assert len(whole) > 4
