from __future__ import annotations

import pytest

from riskapi.warehouse.identifiers import is_isin, is_lei


@pytest.mark.parametrize("isin", ["US0378331005", "KYG9830T1067", "CNE100000296"])
def test_true_isins_pass_and_any_changed_digit_fails(isin: str) -> None:
    assert is_isin(isin)
    assert not any(is_isin(isin[:-1] + digit) for digit in "0123456789" if digit != isin[-1])


def test_a_true_lei_passes_and_exchanged_digits_fail() -> None:
    assert is_lei("54930084UKLVMY22DS16")
    assert not is_lei("54930084UKLVMY22DS61")
