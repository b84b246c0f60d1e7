from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

from riskapi.refresh.difference import Difference, TableChanges, difference
from riskapi.refresh.known import KnownCompanies, KnownCompany
from riskapi.refresh.model import EntityKind, ListedEntity, Listing, Rows
from riskapi.refresh.report import as_json, as_markdown
from tests.refresh.material import entity


def rows(*found: ListedEntity) -> Rows:
    return Rows(entities=found)


def of_table(found: Difference, name: str = "listed_entities") -> TableChanges:
    (table,) = [table for table in found.tables if table.table == name]
    return table


def known(*companies: tuple[str, str, str], names: Any = ()) -> KnownCompanies:
    made = [KnownCompany(company_id=i, name=n, countries=frozenset(filter(None, [c]))) for i, n, c in companies]
    return KnownCompanies(made, names)


A, B = entity("us-ofac-1", "Alpha Trading Ltd", country="CN"), entity("us-ofac-2", "Beta Shipping")


def test_rows_that_come_go_and_change_are_told() -> None:
    changed = replace(B, name="Beta Shipping Co")
    found = of_table(difference(rows(B), rows(A, changed)))
    assert [cells["entity_id"] for cells in found.added] == ["us-ofac-1"]
    assert found.removed == ()
    (change,) = found.changed
    assert change.columns == {"name": ("Beta Shipping", "Beta Shipping Co")}
    assert [cells["entity_id"] for cells in of_table(difference(rows(A, B), rows(B))).removed] == ["us-ofac-1"]


def test_another_day_of_reading_and_another_order_are_no_change() -> None:
    one = replace(A, aliases=("x", "y"))
    assert not difference(rows(one), rows(replace(one, as_of=date(2027, 1, 1), aliases=("y", "x"))))


def test_a_new_list_of_an_entity_that_stays_is_told_as_a_place_on_a_list() -> None:
    more = replace(A, listings=(*A.listings, Listing(list="us_ssi")))
    found = difference(rows(A, B), rows(more, B))
    assert [cells["list"] for cells in of_table(found, "list_memberships").added] == ["us_ssi"]


def test_the_places_of_a_new_entity_are_not_told_twice() -> None:
    assert not of_table(difference(rows(), rows(A)), "list_memberships")


def test_companies_of_the_datasets_are_touched_by_their_exact_names_only() -> None:
    companies = known(("alpha", "Alpha Trading Limited", "CN"), ("alfa", "Alfa Trading Ltd", "CN"))
    found = difference(rows(), rows(A), companies)
    (touched,) = found.touched
    assert (touched.company_id, touched.change, touched.agrees) == ("alpha", "added", True)
    assert found.touched_companies == ("alpha",)


def test_a_namesake_from_another_country_is_shown_and_moves_nothing() -> None:
    found = difference(rows(), rows(A), known(("alpha", "Alpha Trading Ltd", "BR")))
    assert [touched.agrees for touched in found.touched] == [False]
    assert found.touched_companies == ()


def test_a_country_that_is_not_known_leaves_it_open() -> None:
    found = difference(rows(), rows(A), known(("alpha", "Alpha Trading Ltd", "")))
    assert found.touched_companies == ("alpha",)


def test_an_alias_touches_a_company_if_it_says_enough() -> None:
    other = entity("us-ofac-9", "Omega", aliases=("Alpha Trading Ltd", "ACME"), country="CN")
    companies = known(("alpha", "Alpha Trading Ltd", "CN"), ("acme", "ACME", "CN"))
    assert difference(rows(), rows(other), companies).touched_companies == ("alpha",)


def test_persons_touch_no_company() -> None:
    person = replace(A, kind=EntityKind.PERSON)
    assert difference(rows(), rows(person), known(("alpha", "Alpha Trading Ltd", "CN"))).touched == ()


def test_a_company_is_touched_when_it_leaves_a_list() -> None:
    (touched,) = difference(rows(A), rows(), known(("alpha", "Alpha Trading Ltd", "CN"))).touched
    assert touched.change == "removed"


def test_the_report_shows_counts_companies_and_rows() -> None:
    found = difference(rows(B), rows(A), known(("alpha", "Alpha Trading Ltd", "CN")), since="s1")
    text = as_markdown(found)
    assert "Since snapshot `s1`." in text
    assert "| Listed entities | 1 | 1 | 0 |" in text
    assert "| Alpha Trading Ltd (alpha) | added | Alpha Trading Ltd | us_sdn | the same |" in text
    assert "| us-ofac-2 | Beta Shipping | us_sdn |" in text


def test_a_name_cannot_break_out_of_its_cell() -> None:
    evil = entity("us-ofac-3", "A | B [x](http://e.org) <script>`")
    text = as_markdown(difference(rows(B), rows(B, evil), since="s1"))
    assert "A \\| B \\[x\\](http://e.org) \\<script\\>\\`" in text


def test_a_long_list_is_cut_in_the_page_and_whole_in_the_json() -> None:
    many = rows(*(entity(f"us-csl-{n}", f"Example {n}") for n in range(300)))
    found = difference(rows(), many, since="s1")
    assert "and 100 more" in as_markdown(found)
    assert len(json.loads(as_json(found))["tables"]["listed_entities"]["added"]) == 300


def test_the_json_holds_dates_and_changes() -> None:
    dated = replace(A, listings=(Listing(list="us_sdn", listed_on=date(2024, 1, 2)),))
    values = json.loads(as_json(difference(rows(A), rows(dated), since="s1")))
    (change,) = values["tables"]["list_memberships"]["changed"]
    assert change["columns"]["listed_on"] == {"before": None, "after": "2024-01-02"}


def test_nothing_new_is_said_so() -> None:
    assert "Nothing changes." in as_markdown(difference(rows(A), rows(A), since="s1"))
