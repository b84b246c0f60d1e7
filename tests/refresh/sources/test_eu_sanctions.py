from __future__ import annotations

from datetime import date

import pytest

from riskapi.refresh.errors import RefreshError
from riskapi.refresh.model import EntityKind, ListedEntity
from riskapi.refresh.sources.eu_sanctions import parse
from tests.refresh.material import fixture


def by_id() -> dict[str, ListedEntity]:
    return {entity.entity_id: entity for entity in parse(fixture("eu-sanctions.xml")).entities}


def test_an_entity_goes_by_its_first_strong_name_and_weak_ones_are_left_out() -> None:
    entity = by_id()["eu-9001-10"]
    assert entity.name == "Vostok Pipeline JSC"
    assert entity.aliases == ("АО Восток Трубопровод",)


def test_date_act_and_country_are_read() -> None:
    entity = by_id()["eu-9001-10"]
    (listing,) = entity.listings
    assert (listing.list, listing.listed_on) == ("eu_sanctions", date(2023, 6, 23))
    assert listing.citation == "2025/0000 (OJ L) (EU.9001.10)"
    assert listing.source_url == "https://eur-lex.europa.eu/eli/reg_impl/2025/0000/oj"
    assert entity.country == "RU"


def test_the_date_of_an_act_is_not_taken_for_the_date_of_the_listing() -> None:
    (listing,) = by_id()["eu-9002-20"].listings
    assert listing.listed_on is None


def test_a_person_is_marked_so_and_keeps_no_numbers() -> None:
    entity = by_id()["eu-9002-20"]
    assert entity.kind is EntityKind.PERSON
    assert entity.ids == ()


def test_an_entry_without_reference_or_name_is_told() -> None:
    body = b'<export><sanctionEntity/><sanctionEntity euReferenceNumber="EU.1.2"/></export>'
    assert [problem.field for problem in parse(body).problems] == ["euReferenceNumber", "nameAlias"]


def test_an_empty_list_is_refused() -> None:
    with pytest.raises(RefreshError, match="sanctionEntity"):
        parse(b"<export/>")
