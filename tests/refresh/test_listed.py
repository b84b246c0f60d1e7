from __future__ import annotations

from datetime import date

import pytest

from riskapi.refresh.listed import ListedCompany, lei_of, listed_companies
from riskapi.refresh.model import EntityKind, Listing, Rows, joined
from riskapi.refresh.sources import source_named
from tests.refresh.material import entity, fixture


def companies(*entities: object) -> tuple[ListedCompany, ...]:
    return listed_companies(Rows(entities=entities))  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", [EntityKind.PERSON, EntityKind.VESSEL, EntityKind.AIRCRAFT])
def test_what_is_no_company_is_left_out(kind: EntityKind) -> None:
    assert companies(entity("us-ofac-1", "Example Ltd", kind=kind)) == ()


def test_an_entry_of_unknown_kind_is_a_company_unless_its_list_names_people() -> None:
    def kept(name: str, code: str) -> bool:
        return bool(companies(entity("us-csl-1", name, code, kind=EntityKind.UNKNOWN)))

    assert kept("John Sample", "us_entity_list")
    assert not kept("John Sample", "us_denied_persons")
    assert kept("Sample Trading LLC", "us_denied_persons")


def test_the_same_name_in_the_same_country_is_one_company_on_all_lists() -> None:
    one = entity("us-ofac-1", "VOSTOK PIPELINE, JSC", country="RU", aliases=("VOSTOK",))
    other = entity(
        "uk-rus1", "JSC Vostok Pipeline", "uk_sanctions", country="RU", source="uk-sanctions",
        listings=(Listing(list="uk_sanctions", listed_on=date(2022, 2, 24)),),
    )  # fmt: skip
    (company,) = companies(one, other)
    assert company.company_id == "uk-rus1"
    assert [listing.list for listing in company.listings] == ["uk_sanctions", "us_sdn"]
    assert set(company.aliases) == {"VOSTOK PIPELINE, JSC", "VOSTOK"}
    assert company.country == "RU"


def test_the_same_name_in_another_or_no_country_is_another_company() -> None:
    found = companies(
        entity("us-ofac-1", "Example Ltd", country="RU"),
        entity("us-ofac-2", "Example Ltd", country="BY"),
        entity("us-ofac-3", "Example Ltd"),
        entity("us-ofac-4", "Example Ltd"),
    )
    assert len(found) == 4


def test_one_identifier_is_one_company_whatever_the_names() -> None:
    lei = ("Legal Entity Number: RISKAPITESTPARENT041",)
    (company,) = companies(entity("us-ofac-1", "A Ltd", ids=lei), entity("uk-1", "B Ltd", ids=lei))
    assert company.lei == "RISKAPITESTPARENT041"


def test_an_identifier_with_wrong_check_digits_is_none() -> None:
    assert lei_of(entity("us-ofac-1", ids=("Legal Entity Number: RISKAPITESTPARENT042",))) is None
    assert lei_of(entity("us-ofac-1", ids=("Tax ID: RISKAPITESTPARENT041",))) is None


def test_addresses_in_several_countries_leave_the_country_open() -> None:
    (company,) = companies(entity("us-ofac-1", "Two Ports LLC", address_countries=("AE", "AZ")))
    assert company.country is None
    assert company.countries == ("AE", "AZ")


def test_the_fixtures_of_three_publications_name_one_company_together() -> None:
    parts = [
        source_named("us-csl").parse(fixture("us-csl.json")),
        source_named("uk-sanctions").parse(fixture("uk-sanctions.xml")),
        source_named("eu-sanctions").parse(fixture("eu-sanctions.xml")),
    ]
    found = listed_companies(joined(parts))
    (vostok,) = [company for company in found if "ostok" in company.name or "OSTOK" in company.name]
    assert {listing.list for listing in vostok.listings} == {"us_sdn", "us_ssi", "uk_sanctions", "eu_sanctions"}
    assert not any("SAMPLE" in company.name for company in found)
