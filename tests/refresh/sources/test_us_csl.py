from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from riskapi.refresh.errors import RefreshError
from riskapi.refresh.model import EntityKind, ListedEntity, Rows
from riskapi.refresh.sources.us_csl import parse
from tests.refresh.material import fixture


def rows() -> Rows:
    return parse(fixture("us-csl.json"))


def named(name: str) -> ListedEntity:
    (found,) = [entity for entity in rows().entities if entity.name == name]
    return found


def parsed(**entry: Any) -> Rows:
    given = {"name": "Example Ltd", "source": "Entity List (EL) - Bureau of Industry and Security", **entry}
    return parse(json.dumps({"results": [given]}).encode())


def test_an_entry_is_read_with_names_list_date_and_citation() -> None:
    entity = named("Northlight Semiconductor Co., Ltd.")
    assert entity.aliases == ("Northlight Semi", "NLS", "北光半导体有限公司")
    assert entity.country == "CN"
    (listing,) = entity.listings
    assert (listing.list, listing.listed_on, listing.citation) == ("us_entity_list", date(2024, 3, 4), "89 FR 10001")


def test_entries_of_one_ofac_number_become_one_entity_on_several_lists() -> None:
    entity = named("VOSTOK PIPELINE, JSC")
    assert entity.entity_id == "us-ofac-36001"
    assert [listing.list for listing in entity.listings] == ["us_sdn", "us_ssi"]
    assert [listing.programmes for listing in entity.listings] == [("EXAMPLE-EO1",), ("EXAMPLE-EO2",)]


def test_aliases_in_one_text_are_taken_apart() -> None:
    assert named("VOSTOK PIPELINE, JSC").aliases == ("VOSTOK TRUBOPROVOD", "AO VOSTOK")


def test_the_id_of_an_entry_without_a_number_depends_on_name_and_list_only() -> None:
    one = parsed(id="x", addresses=[{"country": "CN"}]).entities[0].entity_id
    assert parsed(id="y", addresses=[{"country": "HK"}]).entities[0].entity_id == one
    assert parsed(source="Unverified List (UVL) - BIS").entities[0].entity_id != one
    assert parsed(name="Example Two Ltd").entities[0].entity_id != one


def test_the_country_is_not_known_where_addresses_lie_in_several() -> None:
    entity = named("Two Ports Trading LLC")
    assert entity.country is None
    assert entity.address_countries == ("AE", "AZ")


def test_kinds_are_those_that_the_publisher_gives_and_unknown_where_it_gives_none() -> None:
    kinds = {entity.name: entity.kind for entity in rows().entities}
    assert kinds["EXAMPLE, Ivan"] is EntityKind.PERSON
    assert kinds["SEA EXAMPLE"] is EntityKind.VESSEL
    assert kinds["JOHN Q. SAMPLE"] is EntityKind.UNKNOWN


def test_identifiers_of_persons_are_not_kept() -> None:
    assert named("EXAMPLE, Ivan").ids == ()
    assert "Legal Entity Number: RISKAPITESTPARENT041" in named("VOSTOK PIPELINE, JSC").ids


def test_an_address_that_is_none_is_left_out() -> None:
    assert named("Two Ports Trading LLC").source_url == "https://www.trade.gov/consolidated-screening-list"


def test_an_empty_and_a_repeated_alias_are_left_out() -> None:
    assert named("Two Ports Trading LLC").aliases == ()


def test_control_characters_do_not_survive() -> None:
    entity = parsed(name="Exa\u202emple\x1b[31m\n Ltd", alt_names=["A|B"]).entities[0]
    assert entity.name == "Example [31m Ltd"
    assert entity.aliases == ("A/B",)


@pytest.mark.parametrize(
    ("entry", "field"),
    [({"name": " "}, "name"), ({"source": ""}, "source"), ({"source": "A New List (NEW) - Somebody"}, "source")],
)
def test_an_entry_that_cannot_be_read_is_told_with_its_number_and_field(entry: dict[str, Any], field: str) -> None:
    (problem,) = parsed(**entry).problems
    assert problem.field == field
    assert "entry 1" in problem.detail


def test_a_file_without_results_is_refused() -> None:
    with pytest.raises(RefreshError, match="`results`"):
        parse(b'{"total": 1}')


def test_a_file_that_was_cut_off_is_refused_with_its_place() -> None:
    with pytest.raises(RefreshError) as caught:
        parse(fixture("us-csl.json")[:900])
    assert caught.value.problems[0].code == "json-malformed"
    assert caught.value.problems[0].line
