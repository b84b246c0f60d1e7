from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskapi.entities.resolver import (
    Ambiguous,
    KnownName,
    Match,
    NamedCompany,
    NameIndex,
    NoMatch,
    as_mapping,
)

COMPANIES = [
    ("xiaomi", "Xiaomi", "CN", [("Xiaomi Corporation", "legal"), ("小米集团", "native"), ("1810.HK", "ticker")]),
    ("redmi", "Redmi Phones", "CN", [("Redmi", "brand")]),
    ("xiaomi-inc", "Xiaomi Inc. (Beijing)", "CN", [("Xiaomi Inc.", "legal")]),
    ("ford", "Ford", "US", [("Ford Motor Company", "legal"), ("F", "ticker")]),
    ("general-motors", "General Motors", "US", [("GM", "acronym")]),
    ("great-mining", "Great Mining", "AU", [("GM", "acronym")]),
    ("volvo-ab", "AB Volvo", "SE", [("Volvo Trucks", "brand")]),
    ("volvo-cars", "Volvo Cars", "SE", []),
    ("huawei", "Huawei", "CN", [("Huawei Technologies Co., Ltd.", "legal")]),
    ("hunan-steel", "Hunan Valin Steel", "CN", []),
    ("henan-power", "Henan Electric Power", "CN", []),
    ("facebook", "Meta Platforms", "US", [("Facebook", "former")]),
    ("orion-a", "Orion Energy", "US", [("Orion", "brand")]),
    ("orion-b", "Orion Pharma", "FI", [("Orion", "brand")]),
]  # fmt: skip


@pytest.fixture(scope="module")
def index() -> NameIndex:
    return NameIndex(
        [NamedCompany(company_id=i, name=n, seat_country=c, incorporation_country=c) for i, n, c, _ in COMPANIES],
        [KnownName(company_id=i, name=name, kind=kind) for i, _, _, names in COMPANIES for name, kind in names],
    )


@pytest.mark.parametrize(
    ("query", "company_id", "kind"),
    [
        ("xiaomi-inc", "xiaomi-inc", "company_id"),
        ("xiaomi", "xiaomi", "company_id"),
        ("XIAOMI", "xiaomi", "name"),
        ("  Xiaomi  corp. ", "xiaomi", "name"),
        ("Xiaomi Inc.", "xiaomi-inc", "legal"),
        ("小米集團", "xiaomi", "native"),
        ("1810.HK", "xiaomi", "ticker"),
        ("Redmi", "redmi", "brand"),
        ("Ford Motor Co", "ford", "legal"),
        ("Ford Group", "ford", "name"),
        ("Motor Ford Company", "ford", "legal"),
        ("Facebook, Inc.", "facebook", "former"),
        ("Huawei Technologies", "huawei", "legal"),
    ],
)
def test_a_stored_name_matches(index: NameIndex, query: str, company_id: str, kind: str) -> None:
    found = index.resolve(query)
    assert isinstance(found, Match)
    assert (found.company_id, found.kind, found.score) == (company_id, kind, 100.0)
    assert found.reason


def test_a_misspelt_word_matches_with_its_score(index: NameIndex) -> None:
    found = index.resolve("Huawai Technologies")
    assert isinstance(found, Match)
    assert found.company_id == "huawei"
    assert 93 <= found.score < 100


@pytest.mark.parametrize(
    "query",
    [
        "Henan Valin Steel",  # another province, not a misspelling
        "Hunan Valin Steel 2",
        "General Motors Financial",
        "General",
        "Ford Foundation",
        "Ferd",
        "Fjord Motor",  # another consonant, and a word of its own
        "Xieome",
        "Takada Huawei",
        "小米集因",
        "f",
        "Acme",
        "",
        "   ",
        "x" * 5000,
        "'; DROP TABLE companies; --",
        "{{7*7}} $(reboot) %s",
    ],
)
def test_what_only_looks_alike_is_no_match(index: NameIndex, query: str) -> None:
    found = index.resolve(query)
    assert isinstance(found, NoMatch)
    assert found.reason


def test_the_whole_name_inside_a_query_is_related_not_a_match(index: NameIndex) -> None:
    found = index.resolve("General Motors Financial")
    assert isinstance(found, NoMatch)
    assert found.related[0].company_id == "general-motors"


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("GM", {"general-motors", "great-mining"}),
        ("Orion", {"orion-a", "orion-b"}),
        ("Volvo", {"volvo-ab", "volvo-cars"}),
    ],
    ids=["acronym of two", "brand of two", "bare word of two names"],
)
def test_a_name_of_two_companies_is_ambiguous(index: NameIndex, query: str, ids: set[str]) -> None:
    found = index.resolve(query)
    assert isinstance(found, Ambiguous)
    assert {candidate.company_id for candidate in found.candidates} == ids


@pytest.mark.parametrize(
    ("query", "hint", "company_id"),
    [("GM", "us", "general-motors"), ("gm", "AU", "great-mining"), ("Orion", "FI", "orion-b")],
)
def test_a_country_decides_between_companies_of_one_name(
    index: NameIndex, query: str, hint: str, company_id: str
) -> None:
    found = index.resolve(query, country_hint=hint)
    assert isinstance(found, Match)
    assert found.company_id == company_id


def test_a_country_that_fits_neither_means_none_of_them(index: NameIndex) -> None:
    found = index.resolve("Orion", country_hint="BR")
    assert isinstance(found, NoMatch)
    assert {candidate.company_id for candidate in found.candidates} == {"orion-a", "orion-b"}


@pytest.mark.parametrize("query", ["Redmi", "1810.HK"])
def test_a_brand_or_code_known_in_another_country_only_is_no_match(index: NameIndex, query: str) -> None:
    found = index.resolve(query, country_hint="US")
    assert isinstance(found, NoMatch)
    assert len(found.candidates) == 1
    assert isinstance(index.resolve(query, country_hint="CN"), Match)


def test_a_companys_own_name_goes_before_a_brand_of_another() -> None:
    companies = [NamedCompany(company_id="a", name="Galaxy"), NamedCompany(company_id="b", name="Geely Auto")]
    index = NameIndex(companies, [KnownName(company_id="b", name="Galaxy", kind="brand")])
    found = index.resolve("Galaxy")
    assert isinstance(found, Match)
    assert found.company_id == "a"
    assert [candidate.company_id for candidate in found.candidates] == ["b"]


@pytest.mark.parametrize(("query", "status"), [("Ford", "match"), ("GM", "ambiguous"), ("Acme", "no_match")])
def test_an_answer_as_plain_values_names_its_status(index: NameIndex, query: str, status: str) -> None:
    plain = as_mapping(index.resolve(query))
    assert (plain["status"], plain["query"]) == (status, query)
    json.dumps(plain)


@given(st.text(max_size=80))
def test_any_text_gets_an_answer(index: NameIndex, text: str) -> None:
    assert isinstance(index.resolve(text), Match | Ambiguous | NoMatch)


def test_thousands_of_names_are_indexed_and_asked_quickly() -> None:
    words = ["north", "delta", "steel", "motor", "ocean", "grain", "solar", "metal", "river", "cloud"]
    companies = [
        NamedCompany(company_id=f"c{n}", name=f"{words[n % 10]} {words[n // 10 % 10]} {n} Works") for n in range(1500)
    ]
    names = [
        KnownName(company_id=f"c{n % 1500}", name=f"{words[n % 7]} {n} Holdings Ltd", kind="alias") for n in range(4500)
    ]
    start = time.thread_time()
    index = NameIndex(companies, names)
    built = time.thread_time()
    for _ in range(100):
        index.resolve("delta 8 Holdings")
    exact = time.thread_time()
    for number in range(20):
        index.resolve(f"Unheard Of Manufacturing {number}")
    fuzzy = time.thread_time()
    assert built - start < 3.0
    assert (exact - built) / 100 < 0.005
    assert (fuzzy - exact) / 20 < 0.05
