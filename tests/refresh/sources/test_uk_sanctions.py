from __future__ import annotations

import re
from datetime import date

import pytest

from riskapi.refresh.errors import RefreshError
from riskapi.refresh.model import EntityKind, ListedEntity
from riskapi.refresh.sources.uk_sanctions import parse
from riskapi.warehouse.tables import SLUG
from tests.refresh.material import fixture


def by_id() -> dict[str, ListedEntity]:
    return {entity.entity_id: entity for entity in parse(fixture("uk-sanctions.xml")).entities}


def test_an_entity_goes_by_its_primary_name_wherever_that_stands() -> None:
    entity = by_id()["uk-rus9001"]
    assert entity.name == "JSC Vostok Pipeline"
    assert entity.aliases == ("Vostok Pipeline", "АО Восток")


def test_date_country_regime_and_measures_are_read() -> None:
    entity = by_id()["uk-rus9001"]
    (listing,) = entity.listings
    assert listing.list == "uk_sanctions"
    assert listing.listed_on == date(2022, 2, 24)
    assert listing.citation == "The Russia (Sanctions) (EU Exit) Regulations 2019 (RUS9001)"
    assert listing.programmes == ("Asset freeze", "Trust Services Sanctions")
    assert entity.country == "RU"
    assert entity.ids == ("registration number: 1027700000001",)


def test_the_name_of_a_person_is_put_together_and_a_ship_is_no_entity() -> None:
    found = by_id()
    assert (found["uk-afg9001"].name, found["uk-afg9001"].kind) == ("Sample Given FAMILY", EntityKind.PERSON)
    assert found["uk-rus9002"].kind is EntityKind.VESSEL


def test_a_day_before_the_thirteenth_is_not_taken_for_a_month() -> None:
    assert by_id()["uk-rus9002"].listings[0].listed_on == date(2025, 5, 9)


def test_a_designation_without_id_or_name_is_told() -> None:
    body = b"<Designations><Designation/><Designation><UniqueID>X1</UniqueID></Designation></Designations>"
    assert [problem.field for problem in parse(body).problems] == ["UniqueID", "Names"]


def test_an_id_without_letters_still_names_the_entity() -> None:
    body = """<Designations><Designation><UniqueID>№</UniqueID><Names><Name><Name6>X Ltd</Name6></Name></Names>
    </Designation></Designations>""".encode()
    assert re.fullmatch(SLUG, parse(body).entities[0].entity_id)


@pytest.mark.parametrize("body", [b"<Designations/>", b"<SanctionsList><Designation/></SanctionsList>"])
def test_another_format_is_refused(body: bytes) -> None:
    with pytest.raises(RefreshError):
        parse(body)
