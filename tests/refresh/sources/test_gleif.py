from __future__ import annotations

from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest

from riskapi.refresh.errors import RefreshError
from riskapi.refresh.model import ParentRelation
from riskapi.refresh.source import Needs
from riskapi.refresh.sources.gleif import follow, leis_of, parse, plan
from tests.refresh.material import fixture

CHILD, PARENT = "RISKAPITESTCHILD0059", "RISKAPITESTPARENT041"


def test_a_record_is_read_with_names_countries_and_statuses() -> None:
    child, parent = parse(fixture("gleif-records.json")).legal_entities
    assert (child.lei, child.legal_name) == (CHILD, "Northlight Motors GmbH")
    assert child.other_names == ("Northlight Automotive GmbH",)
    assert (parent.seat_country, parent.incorporation_country) == ("CN", "US")
    assert parent.registration_status == "LAPSED"


def test_a_parent_is_asked_for_only_where_there_is_one() -> None:
    (resource,) = follow(fixture("gleif-records.json"))
    assert resource.path == f"/api/v1/lei-records/{CHILD}/direct-parent-relationship"
    assert resource.optional


def test_a_parent_relation_is_read_with_the_period_of_the_relation() -> None:
    (relation,) = parse(fixture("gleif-parent.json")).parents
    assert relation == ParentRelation(
        child_lei=CHILD,
        parent_lei=PARENT,
        source="gleif",
        kind="direct",
        status="ACTIVE",
        valid_from=date(2019, 5, 1),
        source_url=f"https://api.gleif.org/api/v1/lei-records/{CHILD}/direct-parent-relationship",
    )
    assert follow(fixture("gleif-parent.json")) == ()


def test_identifiers_are_asked_for_a_hundred_at_a_time_and_nothing_without_any() -> None:
    leis = tuple(f"EXAMPLE{number:011d}00" for number in range(250))
    asked = [
        parse_qs(urlsplit(resource.path).query)["filter[lei]"][0].split(",") for resource in plan(Needs(leis=leis))
    ]
    assert [len(page) for page in asked] == [100, 100, 50]
    assert sorted(lei for page in asked for lei in page) == sorted(leis)
    assert plan(Needs()) == ()


def test_identifiers_with_wrong_check_digits_are_neither_asked_for_nor_believed() -> None:
    assert leis_of([CHILD, None, "RISKAPITESTCHILD0058", "short"]) == (CHILD,)
    body = b'{"data": [{"id": "RISKAPITESTCHILD0058", "attributes": {"entity": {"legalName": {"name": "X"}}}}]}'
    assert parse(body).problems[0].field == "id"


def test_a_relation_of_another_type_is_told() -> None:
    body = fixture("gleif-parent.json").replace(b"IS_DIRECTLY_CONSOLIDATED_BY", b"IS_FUND-MANAGED_BY")
    assert parse(body).problems


def test_data_of_another_shape_is_refused() -> None:
    with pytest.raises(RefreshError, match="`data`"):
        parse(b'{"data": 3}')
