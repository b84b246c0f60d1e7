from __future__ import annotations

from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest

from riskapi.refresh.errors import RefreshError
from riskapi.refresh.source import Needs
from riskapi.refresh.sources.us_federal_register import follow, lists_named, parse, plan
from tests.refresh.material import fixture


def test_a_document_is_read_with_its_dates_citation_and_list() -> None:
    first = parse(fixture("us-federal-register-1.json")).notices[0]
    assert first.document_id == "2024-90001"
    assert first.lists == ("us_entity_list",)
    assert (first.published_on, first.effective_on) == (date(2024, 3, 6), date(2024, 3, 4))
    assert first.citation == "89 FR 10001"


@pytest.mark.parametrize(
    ("title", "lists"),
    [
        ("Additions of Entities to the Entity List", ("us_entity_list",)),
        ("Additions to the Entity List; Revision of the Unverified List", ("us_entity_list", "us_uvl")),
        ("Notice on the Addition of Entities to the Uyghur Forced Labor Prevention Act Entity List", ("us_uflpa",)),
        ("Notice of Availability of Designation of Chinese Military Companies", ("us_1260h",)),
        ("Addition of 'Military End User' Entities", ("us_meu",)),
        ("Export Administration Regulations: Corrections", ()),
    ],
)
def test_a_title_names_lists(title: str, lists: tuple[str, ...]) -> None:
    assert lists_named(title) == lists


def test_the_next_page_is_followed_below_the_own_base() -> None:
    (resource,) = follow(fixture("us-federal-register-1.json"))
    assert resource.path == "/api/v1/documents.json?page=2&per_page=100"
    assert follow(fixture("us-federal-register-2.json")) == ()


def test_every_search_starts_at_the_day_that_is_wanted() -> None:
    for resource in plan(Needs(notices_since=date(2025, 6, 1))):
        query = parse_qs(urlsplit(resource.path).query)
        assert query["conditions[publication_date][gte]"] == ["2025-06-01"]


def test_a_search_without_a_hit_is_no_fault_and_hits_without_results_are() -> None:
    assert parse(b'{"count": 0}').count() == 0
    with pytest.raises(RefreshError, match="results"):
        parse(b'{"count": 3}')


def test_a_document_without_a_date_is_told() -> None:
    body = b'{"count": 1, "results": [{"document_number": "1", "title": "x", "publication_date": "soon"}]}'
    assert parse(body).problems[0].field == "publication_date"
