"""What must not be taken for a company: namesakes, units, siblings, bare words, other countries."""

from __future__ import annotations

from datetime import date

import pytest

from riskapi.entities.resolver import Ambiguous, KnownName, Match, NamedCompany, NameIndex, NoMatch

COMPANIES = [
    ("ford", "Ford", "US", [("Ford Motor Company", "legal"), ("Ford Model e", "unit")]),
    ("byd", "BYD", "CN", [("BYD Company Limited", "legal"), ("比亚迪股份有限公司", "native")]),
    ("toyota", "Toyota", "JP", [("Toyota Motor Corporation", "legal"), ("トヨタ自動車株式会社", "native")]),
    ("huawei", "Huawei", "CN", [("Huawei Technologies Co., Ltd.", "legal"), ("华为技术有限公司", "native")]),
    ("dahua", "Dahua", "CN", [("Zhejiang Dahua Technology Co., Ltd.", "legal"), ("浙江大华技术股份有限公司", "native")]),
    ("geely-holding", "Zhejiang Geely Holding", "CN", [("Geely Holding Group", "alias"), ("Geely", "alias")]),
    ("geely-auto", "Geely Auto", "CN", [("Geely Automobile Holdings Limited", "legal")]),
    ("citic-group", "CITIC Group", "CN", [("CITIC", "acronym")]),
    ("citic-ltd", "CITIC Limited", "HK", []),
    ("hyundai-motor", "Hyundai Motor", "KR", []),
    ("hyundai-steel", "Hyundai Steel", "KR", []),
    ("saic-motor", "SAIC Motor", "CN", [("SAIC", "acronym")]),
    ("cic", "China Investment Corporation", "CN", [("CIC", "acronym")]),
    ("daimler-truck", "Daimler Truck", "DE", []),
    ("mercedes", "Mercedes-Benz Group", "DE", [("Daimler AG", "former")]),
    ("orion-new", "Orion Systems", "US", [("Orion", "brand")]),
    ("orion-old", "Lyra", "US", [("Orion", "former")]),
    ("rosneft", "Rosneft", "RU", [("ПАО «НК «Роснефть»", "native")]),
    ("porsche-ag", "Porsche AG", "DE", []),
    ("porsche-se", "Porsche SE", "DE", []),
]  # fmt: skip
ENDED = {("mercedes", "Daimler AG"): date(2022, 1, 31), ("orion-old", "Orion"): date(2015, 12, 31)}


@pytest.fixture(scope="module")
def index() -> NameIndex:
    return NameIndex(
        [NamedCompany(company_id=i, name=n, seat_country=c) for i, n, c, _ in COMPANIES],
        [
            KnownName(company_id=i, name=n, kind=k, valid_to=ENDED.get((i, n)))
            for i, _, _, ns in COMPANIES
            for n, k in ns
        ],
    )


@pytest.mark.parametrize(
    ("query", "related"),
    [
        ("Ford Foundation", "ford"),
        ("Ford Credit", "ford"),
        ("Ford Motor Credit Company", "ford"),
        ("BYD Restaurant", "byd"),
        ("Toyota Industries", "toyota"),
        ("Huawei noodle house", "huawei"),
        ("华为餐厅", None),
        ("上海华为技术有限公司", "huawei"),
        ("豊田通商株式会社", None),
    ],
)
def test_a_name_with_other_words_is_another_firms(index: NameIndex, query: str, related: str | None) -> None:
    found = index.resolve(query)
    assert isinstance(found, NoMatch)
    assert related is None or related in {item.company_id for item in found.related}


def test_a_unit_names_its_owner_as_related_and_matches_nothing(index: NameIndex) -> None:
    found = index.resolve("Ford Model e")
    assert isinstance(found, NoMatch)
    assert [item.company_id for item in found.related] == ["ford"]
    assert "not Ford itself" in found.reason


@pytest.mark.parametrize(
    ("query", "company_id"),
    [
        ("Dahua Technology", "dahua"),
        ("Zhejiang Dahua", "dahua"),
        ("浙江大华", "dahua"),
        ("大华技术", "dahua"),
        ("Geely Holding", "geely-holding"),
        ("Geely Automobile", "geely-auto"),
        ("Huawei Technologies Corproation", "huawei"),
        ("Porshe AG", "porsche-ag"),
        ("Rosneft'", "rosneft"),
        ("Biyadi", "byd"),
        ("Huwaei Technologies", "huawei"),
    ],
)
def test_differences_that_are_explained_match(index: NameIndex, query: str, company_id: str) -> None:
    found = index.resolve(query)
    assert isinstance(found, Match)
    assert found.company_id == company_id


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("Hyundai", {"hyundai-motor", "hyundai-steel"}),
        ("Hyundai Group", {"hyundai-motor", "hyundai-steel"}),
        ("CITIC", {"citic-group", "citic-ltd"}),
        ("CIC", {"cic"}),
    ],
    ids=["bare word", "bare word and group", "acronym of one, name of another", "acronym without a country"],
)
def test_what_may_mean_several_is_ambiguous(index: NameIndex, query: str, ids: set[str]) -> None:
    found = index.resolve(query)
    assert isinstance(found, Ambiguous)
    assert {item.company_id for item in found.candidates} == ids


@pytest.mark.parametrize(
    ("query", "hint", "company_id"),
    [
        ("CIC", "CN", "cic"),
        ("SAIC", "CN", "saic-motor"),
        ("CITIC", "CN", "citic-group"),
        ("CITIC", "HK", "citic-ltd"),
        ("CIC", "FR", None),
        ("SAIC Inc.", "US", None),
    ],
)
def test_a_short_name_needs_the_right_country(index: NameIndex, query: str, hint: str, company_id: str | None) -> None:
    found = index.resolve(query, hint)
    assert (found.company_id if isinstance(found, Match) else None) == company_id


def test_a_legal_name_matches_whatever_the_country(index: NameIndex) -> None:
    found = index.resolve("Ford Motor Company", "CN")
    assert isinstance(found, Match)
    assert "seat is in US" in found.reason


def test_a_former_name_tells_when_it_ended(index: NameIndex) -> None:
    found = index.resolve("Daimler AG")
    assert isinstance(found, Match)
    assert (found.company_id, found.kind) == ("mercedes", "former")
    assert "2022-01-31" in found.reason


@pytest.mark.parametrize(("as_of", "company_id"), [(date(2014, 6, 1), "orion-old"), (date(2020, 1, 1), "orion-new")])
def test_a_name_that_changed_hands_means_who_bore_it_that_day(index: NameIndex, as_of: date, company_id: str) -> None:
    found = index.resolve("Orion", as_of=as_of)
    assert isinstance(found, Match)
    assert found.company_id == company_id


def test_names_are_completed_shortest_first(index: NameIndex) -> None:
    assert [item.company_id for item in index.starting_with("hyundai")] == ["hyundai-motor", "hyundai-steel"]
    assert index.starting_with("") == []
    assert index.starting_with("zzz") == []
