from __future__ import annotations

from pathlib import Path

import pytest

from riskapi.store.address import file_of, read_address, shown
from riskapi.store.errors import StoreError


@pytest.mark.parametrize("text", ["some/store.sqlite", "sqlite:///some/store.sqlite"])
def test_a_path_is_a_sqlite_file(text: str) -> None:
    assert file_of(read_address(text)) == Path("some/store.sqlite")


@pytest.mark.parametrize("text", ["postgresql://a@b/c", "postgres://a@b/c", "postgresql+psycopg://a@b/c"])
def test_every_usual_name_of_postgresql_is_understood(text: str) -> None:
    url = read_address(text)
    assert url.drivername == "postgresql+psycopg"
    assert file_of(url) is None


@pytest.mark.parametrize(
    "text",
    ["mysql://u:geheim@h/d", "postgresql+asyncpg://u:geheim@h/d", "sqlite://", "sqlite:///:memory:", "x://y:geheim:z",
     "postgresql://u:geheim@h:port/d"],
)  # fmt: skip
def test_other_databases_are_refused_without_repeating_the_password(text: str) -> None:
    with pytest.raises(StoreError) as raised:
        read_address(text)
    (problem,) = raised.value.problems
    assert (problem.code, problem.field) == ("store-address", "RISKAPI_STORE")
    assert "geheim" not in str(raised.value)
    assert raised.value.__cause__ is None


def test_an_address_is_shown_without_its_password() -> None:
    assert "geheim" not in shown(read_address("postgresql://u:geheim@h/d"))
