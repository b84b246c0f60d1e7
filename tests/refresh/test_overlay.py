from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from riskapi.entities.resolver import Match, load_name_index
from riskapi.refresh.listed import listed_companies
from riskapi.refresh.model import ListedEntity, Listing, Rows
from riskapi.refresh.overlay import Overlaid, overlay
from riskapi.warehouse.build import version_of
from riskapi.warehouse.checks import dataset_problems
from riskapi.warehouse.database import append, create
from riskapi.warehouse.load import Dataset, load_dataset
from riskapi.warehouse.tables import TABLES
from tests.refresh.material import READ_ON, entity
from tests.warehouse.folder import company, write_datasets

ALPHA = company("alpha", name="Alpha Trading", legal_name="Alpha Trading Co., Ltd.", seat_country="CN")


def dataset(tmp_path: Path, *companies: dict[str, str], **tables: Any) -> Dataset:
    return load_dataset(write_datasets(tmp_path / "datasets", companies=list(companies), **tables))


def laid(base: Dataset, *entities: ListedEntity) -> Overlaid:
    return overlay(base, listed_companies(Rows(entities=entities)))


def new_rows(found: Overlaid, base: Dataset, table: str) -> list[dict[str, Any]]:
    return [dict(row.cells) for row in found.dataset.rows[table][len(base.rows[table]) :]]


def test_a_new_listed_company_gets_a_row_its_names_and_its_designations(tmp_path: Path) -> None:
    base = dataset(tmp_path, ALPHA)
    listing = Listing(list="us_sdn", listed_on=date(2024, 3, 4), citation="89 FR 1", source_url="https://example.org/n")
    found = laid(
        base, entity("us-ofac-7", "Omega LLC", country="RU", aliases=("Omega Works", "OML"), listings=(listing,))
    )
    assert found.added == ("us-ofac-7",)
    (row,) = new_rows(found, base, "companies")
    assert (row["name"], row["seat_country"], row["as_of"]) == ("Omega LLC", "RU", READ_ON)
    assert [(name["name"], name["kind"]) for name in new_rows(found, base, "names")] == [
        ("Omega Works", "alias"),
        ("OML", "acronym"),
    ]
    (designation,) = new_rows(found, base, "designations")
    assert designation["listed_on"] == date(2024, 3, 4)
    assert designation["confidence"] == "high"
    assert designation["source_url"] == "https://example.org/n"


def test_a_listing_without_a_date_says_so(tmp_path: Path) -> None:
    base = dataset(tmp_path)
    (row,) = new_rows(laid(base, entity("us-ofac-7", "Omega LLC")), base, "designations")
    assert row["listed_on"] is None
    assert row["confidence"] == "medium"
    seen = Listing(list="us_sdn", first_seen_on=date(2025, 5, 6))
    (row,) = new_rows(laid(base, entity("us-ofac-7", "Omega LLC", listings=(seen,))), base, "designations")
    assert row["as_of"] == date(2025, 5, 6)
    assert row["note"]


def test_a_company_of_the_datasets_wins_and_gets_the_list_that_it_lacks(tmp_path: Path) -> None:
    base = dataset(tmp_path, ALPHA)
    found = laid(base, entity("us-ofac-7", "ALPHA TRADING COMPANY LIMITED", country="CN", aliases=("Alfa",)))
    assert found.added == ()
    assert [(one.entity_id, one.company_id) for one in found.joined] == [("us-ofac-7", "alpha")]
    assert new_rows(found, base, "companies") == new_rows(found, base, "names") == []
    (row,) = new_rows(found, base, "designations")
    assert (row["company_id"], row["list"]) == ("alpha", "us_sdn")


def test_rows_of_the_datasets_are_never_changed(tmp_path: Path) -> None:
    base = dataset(tmp_path, ALPHA)
    found = laid(base, entity("us-ofac-7", "Alpha Trading Co Ltd", country="CN"), entity("us-ofac-8", "Omega"))
    for table, rows in base.rows.items():
        assert found.dataset.rows[table][: len(rows)] == rows


def test_a_list_that_the_datasets_speak_of_is_left_to_them(tmp_path: Path) -> None:
    listed = {"company_id": "alpha", "list": "us_sdn", "listed_on": "2020-01-01"}
    base = dataset(tmp_path, ALPHA, designations=[listed])
    assert laid(base, entity("us-ofac-7", "Alpha Trading Co Ltd", country="CN")).designations_added == 0


def test_a_company_that_was_taken_off_and_is_listed_again_later_gets_a_second_row(tmp_path: Path) -> None:
    listed = {"company_id": "alpha", "list": "us_sdn", "listed_on": "2020-01-01", "delisted_on": "2021-01-01"}
    base = dataset(tmp_path, ALPHA, designations=[listed])

    def added(day: date | None) -> int:
        listing = Listing(list="us_sdn", listed_on=day)
        return laid(
            base, entity("us-ofac-7", "Alpha Trading Co Ltd", country="CN", listings=(listing,))
        ).designations_added

    assert added(date(2023, 1, 1)) == 1
    assert added(date(2020, 6, 1)) == 0
    assert added(None) == 0


def test_a_namesake_in_another_country_is_added_and_told(tmp_path: Path) -> None:
    found = laid(dataset(tmp_path, ALPHA), entity("us-ofac-7", "Alpha Trading Co Ltd", country="IR"))
    assert found.added == ("us-ofac-7",)
    assert [one.candidates for one in found.namesakes] == [("alpha",)]


def test_the_same_name_with_another_legal_form_is_added_and_told(tmp_path: Path) -> None:
    found = laid(dataset(tmp_path, ALPHA), entity("us-ofac-7", "Alpha Trading LLC", country="CN"))
    assert found.joined == ()
    assert [one.candidates for one in found.namesakes] == [("alpha",)]


def test_an_entry_without_a_country_that_bears_a_known_name_is_left_out_and_told(tmp_path: Path) -> None:
    found = laid(dataset(tmp_path, ALPHA), entity("us-ofac-7", "Alpha Trading Co Ltd"))
    assert found.added == ()
    assert found.designations_added == 0
    (doubt,) = found.doubts
    assert doubt.candidates == ("alpha",)


def test_a_name_that_two_companies_of_one_country_bear_is_left_out_and_told(tmp_path: Path) -> None:
    twin = company("twin", name="Alpha Trading", seat_country="CN")
    found = laid(dataset(tmp_path, ALPHA, twin), entity("us-ofac-7", "Alpha Trading", country="CN"))
    assert found.doubts[0].candidates == ("alpha", "twin")


def test_a_misspelt_name_is_another_company(tmp_path: Path) -> None:
    found = laid(dataset(tmp_path, ALPHA), entity("us-ofac-7", "Alfa Trading Co Ltd", country="CN"))
    assert found.added == ("us-ofac-7",)
    assert found.namesakes == ()


def test_an_identifier_joins_whatever_the_name(tmp_path: Path) -> None:
    base = dataset(tmp_path, company("alpha", name="Alpha", seat_country="CN", lei="RISKAPITESTPARENT041"))
    found = laid(base, entity("us-ofac-7", "Omega", ids=("Legal Entity Number: RISKAPITESTPARENT041",)))
    assert [(one.company_id, one.by) for one in found.joined] == [("alpha", "identifier")]


def test_an_alias_that_is_a_known_companys_name_does_not_become_a_name_of_another(tmp_path: Path) -> None:
    base = dataset(tmp_path, ALPHA)
    found = laid(base, entity("us-ofac-7", "Omega", country="IR", aliases=("Alpha Trading", "Omega Two")))
    assert [row["name"] for row in new_rows(found, base, "names")] == ["Omega Two"]
    assert found.dropped_names == 1


def test_an_entry_that_has_only_another_name_in_common_is_added_and_told(tmp_path: Path) -> None:
    found = laid(
        dataset(tmp_path, ALPHA), entity("us-ofac-7", "Alpha Group Holding", country="CN", aliases=("Alpha Trading",))
    )
    assert found.joined == ()
    assert found.added == ("us-ofac-7",)
    assert [(one.candidates, "another name" in one.why) for one in found.namesakes] == [(("alpha",), True)]


def test_an_abbreviation_in_brackets_is_no_part_of_the_name(tmp_path: Path) -> None:
    found = laid(dataset(tmp_path, ALPHA), entity("us-ofac-7", "Alpha Trading Company Ltd (ATC)", country="CN"))
    assert [one.company_id for one in found.joined] == ["alpha"]


def test_a_single_word_that_is_a_known_companys_brand_is_left_out_and_told(tmp_path: Path) -> None:
    brand = {"company_id": "alpha", "name": "Galaxy", "kind": "brand"}
    base = dataset(tmp_path, ALPHA, names=[brand])
    found = laid(
        base, entity("us-ofac-7", "GALAXY", country="IR"), entity("us-ofac-8", "Galaxy Rolling Stock", country="IR")
    )
    assert found.added == ("us-ofac-8",)
    assert [one.candidates for one in found.doubts] == [("alpha",)]


def test_an_abbreviation_of_a_known_company_does_not_become_a_name_of_another(tmp_path: Path) -> None:
    base = dataset(tmp_path, ALPHA, names=[{"company_id": "alpha", "name": "ATC", "kind": "ticker"}])
    found = laid(base, entity("us-ofac-7", "Omega Works", country="IR", aliases=("ATC",)))
    assert new_rows(found, base, "names") == []


def test_an_id_that_is_taken_is_not_used_twice(tmp_path: Path) -> None:
    found = laid(dataset(tmp_path, company("us-ofac-7", name="Alpha")), entity("us-ofac-7", "Omega"))
    assert found.added == ()
    assert found.doubts[0].why == "the id is taken"


def test_a_list_that_the_codes_do_not_know_is_added_to_them(tmp_path: Path) -> None:
    base = dataset(tmp_path)
    found = laid(base, entity("us-ofac-7", "Omega", "us_ns_mbs"))
    (code,) = new_rows(found, base, "codes")
    assert (code["domain"], code["code"]) == ("designation_list", "us_ns_mbs")
    assert "us_ns_mbs" in found.dataset.domains["designation_list"]


def test_the_whole_passes_the_checks_of_the_datasets_and_has_another_version(tmp_path: Path) -> None:
    base = dataset(tmp_path, ALPHA)
    found = laid(
        base,
        entity("us-ofac-7", "Alpha Trading Co Ltd", country="CN"),
        entity("us-ofac-8", "Omega LLC", "us_ns_mbs", country="RU", aliases=("Omega", "Ωmega")),
        entity("uk-1", "Omega, LLC", "uk_sanctions", country="RU"),
    )
    assert dataset_problems(tmp_path, TABLES, found.dataset.rows) == []
    assert version_of(found.dataset).digest != version_of(base).digest
    assert version_of(overlay(base, ()).dataset).digest == version_of(base).digest


def test_a_listed_company_is_found_by_name(tmp_path: Path) -> None:
    import duckdb

    found = laid(
        dataset(tmp_path, ALPHA), entity("us-ofac-8", "Omega Rolling Stock LLC", country="RU", aliases=("Omega RS",))
    )
    with duckdb.connect() as con:
        for table in TABLES:
            create(con, table)
            append(con, table, ([row[name] for name in table.header] for row in found.dataset.rows[table.name]))
        index = load_name_index(con)
    for query in ("OMEGA ROLLING STOCK, LLC", "Omega RS"):
        resolution = index.resolve(query)
        assert isinstance(resolution, Match)
        assert resolution.company_id == "us-ofac-8"
