"""The protocol without HTTP, against what the specification of version 0.2 asks of each message.

https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from riskapi.entities.reconciliation import (
    answer_batch,
    answer_extension,
    manifest,
    propose_properties,
    read_batch,
    read_extension,
    suggest_entities,
    suggest_properties,
)
from riskapi.entities.resolver import KnownName, NamedCompany, NameIndex
from riskapi.errors import RequestError

TEXT = {"type": "string"}
TYPE = {"type": "object", "required": ["id"], "properties": {"id": TEXT, "name": TEXT}}
#: Our own wording of what the specification says of the messages.
MANIFEST = {
    "type": "object",
    "required": ["versions", "name", "identifierSpace", "schemaSpace"],
    "properties": {
        "versions": {"type": "array", "items": TEXT, "contains": {"const": "0.2"}},
        "name": TEXT, "identifierSpace": TEXT, "schemaSpace": TEXT, "documentation": TEXT, "serviceVersion": TEXT,
        "defaultTypes": {"type": "array", "items": TYPE, "uniqueItems": True},
        "view": {"required": ["url"], "properties": {"url": {"pattern": r"\{\{id\}\}"}}},
        "suggest": {"additionalProperties": {"required": ["service_url", "service_path"]}},
        "extend": {
            "properties": {
                "propose_properties": {"required": ["service_url", "service_path"]},
                "property_settings": {"items": {"required": ["type", "label", "name"]}},
            }
        },
    },
}  # fmt: skip
RESULTS = {
    "type": "object",
    "additionalProperties": {
        "required": ["result"],
        "properties": {
            "result": {
                "type": "array",
                "items": {
                    "required": ["id", "name", "score"],
                    "properties": {
                        "id": TEXT, "name": TEXT, "description": TEXT, "score": {"type": "number"},
                        "match": {"type": "boolean"}, "type": {"type": "array", "items": TYPE},
                        "features": {"type": "array", "items": {"required": ["id", "value"]}},
                    },
                },
            }
        },
    },
}  # fmt: skip
SUGGESTIONS = {
    "required": ["result"],
    "properties": {
        "result": {"type": "array", "items": {"required": ["id", "name"], "properties": {"id": TEXT, "name": TEXT}}}
    },
}
EXTENSION = {
    "required": ["meta", "rows"],
    "properties": {
        "meta": {"type": "array", "items": {"required": ["id", "name"]}},
        "rows": {
            "additionalProperties": {
                "additionalProperties": {
                    "type": "array",
                    "items": {"required": ["str"], "properties": {"str": TEXT}, "additionalProperties": False},
                }
            }
        },
    },
}

INDEX = NameIndex(
    [
        NamedCompany(company_id="xiaomi", name="Xiaomi", seat_country="CN"),
        NamedCompany(company_id="ford", name="Ford", seat_country="US"),
        NamedCompany(company_id="volvo-ab", name="AB Volvo", seat_country="SE"),
        NamedCompany(company_id="volvo-cars", name="Volvo Cars", seat_country="SE"),
        NamedCompany(company_id="orion-a", name="Orion Energy", seat_country="US"),
        NamedCompany(company_id="orion-b", name="Orion Pharma", seat_country="FI"),
    ],
    [KnownName(company_id="xiaomi", name="小米集团", kind="native")]
    + [KnownName(company_id=f"orion-{letter}", name="Orion", kind="short") for letter in "ab"],
)


def conforms(message: object, schema: dict[str, Any]) -> None:
    Draft202012Validator(schema).validate(json.loads(json.dumps(message)))


def results(**query: Any) -> list[dict[str, Any]]:
    answer = answer_batch(INDEX, read_batch({"q0": query}))
    conforms(answer, RESULTS)
    found: list[dict[str, Any]] = answer["q0"]["result"]
    return found


def test_the_manifest_tells_what_is_served_and_where() -> None:
    told = manifest("https://example.org", "1.2.3")
    conforms(told, MANIFEST)
    assert told["view"]["url"] == "https://example.org/v1/companies/{{id}}"


def test_a_certain_match_is_marked_as_one() -> None:
    (first,) = results(query="小米集團")
    assert (first["id"], first["match"], first["score"]) == ("xiaomi", True, 100)
    assert first["type"] == [{"id": "company", "name": "Company"}]


@pytest.mark.parametrize("query", ["Volvo", "Ford Foundation", "Orion"])
def test_what_is_not_certain_is_no_match_and_scored_lower(query: str) -> None:
    found = results(query=query)
    assert found
    assert not any(item["match"] for item in found)
    assert max(item["score"] for item in found) <= 80


@pytest.mark.parametrize("value", ["FI", "fi", ["FI"], {"id": "FI", "name": "Finland"}])
def test_a_country_among_the_properties_tells_namesakes_apart(value: object) -> None:
    found = results(query="Orion", properties=[{"pid": "country", "v": value}])
    assert (found[0]["id"], found[0]["match"]) == ("orion-b", True)


def test_candidates_come_in_the_order_of_their_scores_and_not_more_than_asked() -> None:
    found = results(query="Volvo", limit=1)
    assert len(found) == 1
    everything = results(query="Volvo Ford Orion Xiaomi", limit=20)
    assert [item["score"] for item in everything] == sorted((item["score"] for item in everything), reverse=True)


@pytest.mark.parametrize("kind", ["person", ["person", "place"]])
def test_another_type_has_no_candidates(kind: object) -> None:
    assert results(query="Xiaomi", type=kind) == []
    assert results(query="Xiaomi", type=["company", "person"])


def test_every_wrong_query_of_a_batch_is_named() -> None:
    batch = {"a": {"query": 3}, "b": 7, "c": {"query": "Ford"}, "d": {}, "e": {"query": "x", "limit": "many"}}
    with pytest.raises(RequestError) as caught:
        read_batch(batch)
    places = [problem.pointer for problem in caught.value.problems]
    assert places == ["/queries/a/query", "/queries/b", "/queries/d", "/queries/e/limit"]


@pytest.mark.parametrize("data", [[], "x", None, {f"q{n}": {"query": "x"} for n in range(501)}])
def test_what_is_no_batch_is_refused(data: object) -> None:
    with pytest.raises(RequestError):
        read_batch(data)


@given(st.dictionaries(st.text(max_size=5), st.fixed_dictionaries({"query": st.text(max_size=40)}), max_size=4))
def test_any_batch_of_texts_is_answered_key_by_key(batch: dict[str, Any]) -> None:
    answer = answer_batch(INDEX, read_batch(batch))
    conforms(answer, RESULTS)
    assert answer.keys() == batch.keys()


def test_names_are_suggested_by_their_beginning() -> None:
    found = suggest_entities(INDEX, "vol")
    conforms(found, SUGGESTIONS)
    assert {item["id"] for item in found["result"]} == {"volvo-cars"}
    conforms(suggest_properties("country"), SUGGESTIONS)
    assert [item["id"] for item in suggest_properties("LISTS")["result"]] == ["designations"]


def test_properties_are_proposed_for_companies_only() -> None:
    assert propose_properties("company", 1)["properties"] == [{"id": "country", "name": "Country of the seat"}]
    assert propose_properties("person", None) == {"type": "person", "properties": []}


def test_values_are_those_of_the_day_and_unknown_ones_are_left_empty() -> None:
    asked: list[tuple[str, str, date]] = []

    def read(company: str, fact: str, day: date) -> object:
        asked.append((company, fact, day))
        return {"designations": ("us_1260h",), "seat_country": "CN"}.get(fact)

    ids, properties = read_extension(
        {"ids": ["xiaomi", "nobody"], "properties": [{"id": "country"}, {"id": "control_country"},
                                                     {"id": "designations", "settings": {"as_of": "2021-03-01"}}]}
    )  # fmt: skip
    answer = answer_extension(INDEX.companies, read, ids, properties, date(2026, 11, 22))
    conforms(answer, EXTENSION)
    assert answer["rows"]["xiaomi"] == {
        "country": [{"str": "CN"}],
        "control_country": [],
        "designations": [{"str": "us_1260h"}],
    }
    assert answer["rows"]["nobody"] == {"country": [], "control_country": [], "designations": []}
    assert ("xiaomi", "designations", date(2021, 3, 1)) in asked
    assert ("xiaomi", "seat_country", date(2026, 11, 22)) in asked


@pytest.mark.parametrize(
    "data",
    [
        7,
        {"ids": "xiaomi", "properties": []},
        {"ids": ["xiaomi"], "properties": "country"},
        {"ids": ["xiaomi"], "properties": [{"id": "contry"}]},
        {"ids": ["xiaomi"], "properties": [{"id": "country", "settings": {"as_of": "yesterday"}}]},
    ],
)
def test_an_extension_that_cannot_be_read_is_refused(data: object) -> None:
    with pytest.raises(RequestError):
        read_extension(data)
