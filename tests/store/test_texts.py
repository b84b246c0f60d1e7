from __future__ import annotations

import pytest

from riskapi.errors import RequestError
from riskapi.store.texts import LIMITS, check_texts, is_storable
from tests.store.material import HARMLESS, REFUSED


@pytest.mark.parametrize("text", HARMLESS)
def test_signs_that_mean_something_elsewhere_are_text(text: str) -> None:
    check_texts(label=text, reason=text)
    assert is_storable(text)


@pytest.mark.parametrize("text", REFUSED)
def test_what_a_database_may_choke_on_is_refused(text: str) -> None:
    with pytest.raises(RequestError):
        check_texts(label=text)


def test_a_reason_may_have_several_lines() -> None:
    check_texts(reason="one\ntwo\tthree")
    with pytest.raises(RequestError):
        check_texts(label="one\ntwo")


def test_everything_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(RequestError) as raised:
        check_texts(label="x" * (LIMITS["label"] + 1), actor="", tenant="../x", route=None)
    assert [(p.field, p.code) for p in raised.value.problems] == [
        ("label", "too-long"), ("actor", "text-empty"), ("tenant", "tenant-malformed"),
    ]  # fmt: skip


@pytest.mark.parametrize("tenant", ["a", "default", "ministry-of-economy", "a.b_c-9"])
def test_plain_names_are_tenants(tenant: str) -> None:
    check_texts(tenant=tenant)


@pytest.mark.parametrize("tenant", ["A", "-a", "a-", "a b", "a/b", "..", "ä", "a" * 65])
def test_other_names_are_none(tenant: str) -> None:
    with pytest.raises(RequestError):
        check_texts(tenant=tenant)
