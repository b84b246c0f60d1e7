from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import make_url

from riskapi.store.tables import Base, Instant

HERE = datetime(2026, 11, 22, 12, 30, 1, 999_999, tzinfo=timezone(timedelta(hours=5, minutes=30)))


@pytest.mark.parametrize("name", ["sqlite", "postgresql"])
def test_a_moment_comes_back_as_it_was_in_utc(name: str) -> None:
    dialect = make_url(f"{name}://").get_dialect()()
    kept = Instant().process_bind_param(HERE, dialect)
    found = Instant().process_result_value(kept, dialect)
    assert found == HERE
    assert found.tzinfo is UTC


def test_a_moment_without_its_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Instant().process_bind_param(HERE.replace(tzinfo=None), make_url("sqlite://").get_dialect()())


def test_every_table_but_the_list_of_tenants_says_whose_rows_are_whose() -> None:
    without = [name for name, table in Base.metadata.tables.items() if "tenant" not in table.c]
    assert without == ["tenants"]
