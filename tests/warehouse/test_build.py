from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest

from riskapi.errors import DataError
from riskapi.warehouse.build import build
from riskapi.warehouse.open import open_warehouse, read_version
from tests.warehouse.folder import company, write_datasets

FORD, KIA = company("ford", seat_country="US", sectors="automotive"), company("kia", seat_country="KR")


def test_the_same_rows_give_the_same_version_in_any_order(tmp_path: Path) -> None:
    one = build(write_datasets(tmp_path / "one", companies=[FORD, KIA]), tmp_path / "one.duckdb")
    other = build(write_datasets(tmp_path / "two", companies=[KIA, FORD]), tmp_path / "two.duckdb")
    assert one == other
    assert one.version == one.digest[:12]
    assert len(one.digest) == 64


def test_one_changed_cell_gives_another_version(tmp_path: Path) -> None:
    one = build(write_datasets(tmp_path / "one", companies=[FORD]), tmp_path / "w.duckdb")
    other = build(write_datasets(tmp_path / "two", companies=[FORD | {"note": "x"}]), tmp_path / "w.duckdb")
    assert one.version != other.version


def test_the_database_holds_typed_rows_and_tells_what_it_was_made_of(tmp_path: Path) -> None:
    older = KIA | {"as_of": "2020-01-01"}
    version = build(write_datasets(tmp_path / "data", companies=[FORD, older]), tmp_path / "w.duckdb")
    con = open_warehouse(tmp_path / "w.duckdb")
    assert read_version(con) == version
    assert (version.rows["companies"], version.newest_as_of["companies"]) == (2, date(2026, 11, 22))
    assert version.newest_as_of["codes"] is None
    rows = con.execute("SELECT company_id, sectors, lei, as_of FROM companies ORDER BY company_id").fetchall()
    assert rows == [("ford", ["automotive"], None, date(2026, 11, 22)), ("kia", None, None, date(2020, 1, 1))]


def test_callbacks_derive_further_tables(tmp_path: Path) -> None:
    def derive(con: duckdb.DuckDBPyConnection) -> None:
        con.execute("CREATE TABLE seats AS SELECT seat_country, count(*) AS number FROM companies GROUP BY ALL")

    build(write_datasets(tmp_path / "data", companies=[FORD]), tmp_path / "w.duckdb", [derive])
    assert open_warehouse(tmp_path / "w.duckdb").execute("FROM seats").fetchall() == [("US", 1)]


def failing(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("CREATE TABLE half AS SELECT 1")
    raise RuntimeError("injected")


def test_a_failed_derivation_leaves_the_last_good_database_and_no_debris(tmp_path: Path) -> None:
    target = tmp_path / "out" / "w.duckdb"
    good = build(write_datasets(tmp_path / "data", companies=[FORD]), target)
    content = target.read_bytes()
    with pytest.raises(RuntimeError, match="injected"):
        build(write_datasets(tmp_path / "data", companies=[FORD, KIA]), target, [failing])
    assert target.read_bytes() == content
    assert list(target.parent.iterdir()) == [target]
    assert read_version(open_warehouse(target)) == good


def test_a_first_build_that_fails_leaves_nothing(tmp_path: Path) -> None:
    target = tmp_path / "out" / "w.duckdb"
    with pytest.raises(RuntimeError):
        build(write_datasets(tmp_path / "data"), target, [failing])
    assert list(target.parent.iterdir()) == []


def test_broken_tables_leave_the_last_good_database(tmp_path: Path) -> None:
    target = tmp_path / "out" / "w.duckdb"
    build(write_datasets(tmp_path / "data", companies=[FORD]), target)
    content = target.read_bytes()
    with pytest.raises(DataError):
        build(write_datasets(tmp_path / "data", companies=[FORD, FORD]), target)
    assert target.read_bytes() == content
    assert list(target.parent.iterdir()) == [target]


def test_a_reader_keeps_its_state_and_the_next_one_sees_the_new_database(tmp_path: Path) -> None:
    target = tmp_path / "w.duckdb"
    build(write_datasets(tmp_path / "data", companies=[FORD]), target)
    reader = open_warehouse(target)
    build(write_datasets(tmp_path / "data", companies=[FORD, KIA]), target)
    count = "SELECT count(*) FROM companies"
    assert reader.cursor().execute(count).fetchall() == [(1,)]
    assert open_warehouse(target).execute(count).fetchall() == [(2,)]
