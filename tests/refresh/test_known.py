from __future__ import annotations

import pytest

from riskapi.refresh.known import KnownCompanies, KnownCompany, identity_of


def companies(*found: tuple[str, str], names: tuple[tuple[str, str, str], ...] = ()) -> KnownCompanies:
    made = [KnownCompany(company_id=i, name=n, countries=frozenset()) for i, n in found]
    return KnownCompanies(made, names)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Northlight Semiconductor Co., Ltd.", "NORTHLIGHT SEMICONDUCTOR COMPANY LIMITED"),
        ("JSC Vostok Pipeline", "Vostok Pipeline, JSC"),
        ("OOO Vostok", "Vostok LLC"),
        ("Public Joint Stock Company Vostok", "PAO Vostok"),
        ("The Example Corporation", "Example Corp."),
        ("北光半導體有限公司", "北光半导体有限公司"),
        ("Société Exemple S.A.", "Societe Exemple SA"),
    ],
)
def test_one_name_in_two_spellings_is_one_identity(one: str, other: str) -> None:
    assert identity_of(one) == identity_of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Vostok LLC", "Vostok PJSC"),
        ("Hunan Example Co", "Henan Example Co"),
        ("Example Trading", "Example Trading 2"),
        ("北光半导体有限公司", "北光半导体股份有限公司"),
    ],
)
def test_names_that_differ_in_a_letter_or_a_form_are_not_one(one: str, other: str) -> None:
    assert identity_of(one) != identity_of(other)


def test_a_name_without_a_form_is_found_by_one_with_a_form() -> None:
    assert companies(("vostok", "Vostok Pipeline")).named("Vostok Pipeline JSC") == {"vostok"}
    assert companies(("vostok", "Vostok Pipeline JSC")).named("Vostok Pipeline") == {"vostok"}


def test_a_known_form_speaks_against_another_one() -> None:
    known = companies(("vostok", "Vostok Pipeline"), names=(("vostok", "Vostok Pipeline PJSC", "legal"),))
    assert known.named("Vostok Pipeline LLC") == set()
    assert known.named("PAO Vostok Pipeline") == {"vostok"}
    assert known.sharing_core("Vostok Pipeline LLC") == {"vostok"}


def test_likeness_is_no_identity() -> None:
    assert companies(("x", "Xiaomi Corporation")).named("Xiaomy Corporation") == set()


def test_a_former_name_counts_only_as_it_was_written() -> None:
    known = companies(("new", "New Name Ltd"), names=(("new", "Old Name Ltd", "former"),))
    assert known.named("Old Name Limited") == {"new"}
    assert known.named("Old Name") == set()


@pytest.mark.parametrize("kind", ["ticker", "acronym", "brand"])
def test_codes_and_brands_are_nobodys_own(kind: str) -> None:
    assert companies(("x", "Example Ltd"), names=(("x", "Zephyr Works", kind),)).named("Zephyr Works") == set()


def test_a_short_core_needs_its_form() -> None:
    known = companies(("abc", "ABC"))
    assert known.named("ABC") == {"abc"}
    assert known.named("ABC LLC") == set()


def test_strictly_a_single_word_is_not_enough() -> None:
    known = companies(("acme", "ACME"), ("zh", "北光"))
    assert known.named("ACME", strictly=True) == set()
    assert known.named("北光", strictly=True) == {"zh"}


def test_a_name_of_signs_only_is_nobodys() -> None:
    assert companies(("x", "***")).named("---") == set()
