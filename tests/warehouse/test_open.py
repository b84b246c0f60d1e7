from __future__ import annotations

import time
import timeit
from pathlib import Path

import duckdb
import pytest

from riskapi.errors import DataError
from riskapi.facts.vocabulary import load_vocabulary
from riskapi.warehouse.build import build
from riskapi.warehouse.open import code_domains, open_warehouse
from tests.warehouse.folder import CODES, company, write_datasets


@pytest.fixture
def database(tmp_path: Path) -> Path:
    target = tmp_path / "w.duckdb"
    build(write_datasets(tmp_path / "data", companies=[company("ford")]), target)
    return target


def problem_of(path: Path) -> str:
    with pytest.raises(DataError) as caught:
        open_warehouse(path)
    assert caught.value.problems[0].hint == "run `riskapi data build`"
    return caught.value.problems[0].code


def test_a_missing_database_says_how_to_make_one(tmp_path: Path) -> None:
    assert problem_of(tmp_path / "none.duckdb") == "database-missing"


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    path.write_text("hello")
    assert problem_of(path) == "database-unreadable"


def test_a_database_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    duckdb.connect(str(path)).close()
    assert problem_of(path) == "database-unreadable"


def test_a_database_of_another_schema_is_refused(database: Path) -> None:
    with duckdb.connect(str(database)) as con:
        con.execute("UPDATE meta SET schema_version = schema_version + 1")
    assert problem_of(database) == "schema-version"


@pytest.mark.parametrize(
    "statement", ["DELETE FROM companies", "DELETE FROM stored.companies", "DROP TABLE stored.companies"]
)
def test_the_tables_cannot_be_changed(database: Path, statement: str) -> None:
    con = open_warehouse(database)
    with pytest.raises(duckdb.Error):
        con.execute(statement)
    assert con.execute("SELECT count(*) FROM companies").fetchall() == [(1,)]


def test_a_quote_in_the_path_does_no_harm(tmp_path: Path) -> None:
    target = tmp_path / "o'brien" / "w.duckdb"
    build(write_datasets(tmp_path / "data"), target)
    assert open_warehouse(target).execute("SELECT count(*) FROM companies").fetchall() == [(0,)]


def test_opening_is_fast(database: Path) -> None:
    seconds = timeit.repeat(lambda: open_warehouse(database).close(), timer=time.process_time, number=1, repeat=5)
    assert min(seconds) < 0.3


def test_code_lists_are_the_same_from_the_folder_and_from_the_database(database: Path) -> None:
    from_folder = code_domains(database.parent / "data")
    assert from_folder == code_domains(open_warehouse(database))
    assert from_folder["sector"] == {"automotive": "Automotive"}


@pytest.mark.parametrize(
    ("code", "name"),
    [("TW", "Taiwan"), ("HK", "Hong Kong"), ("MO", "Macao"), ("XK", "Kosovo"), ("RU", "Russia"), ("KR", "South Korea")],
)
def test_countries_have_the_names_that_people_use(database: Path, code: str, name: str) -> None:
    assert code_domains(open_warehouse(database))["country"][code] == name


def test_no_country_name_is_inverted(database: Path) -> None:
    names = code_domains(database.parent / "data")["country"].values()
    assert [name for name in names if ", " in name] == [
        "Bonaire, Sint Eustatius and Saba",
        "Saint Helena, Ascension and Tristan da Cunha",
    ]


def test_a_broken_code_list_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError):
        code_domains(write_datasets(tmp_path, codes=[{"domain": "Sector", "code": "x", "label": "X"}]))


def test_the_vocabulary_loads_from_code_lists_that_have_every_domain(tmp_path: Path) -> None:
    technology = {"domain": "technology", "code": "lidar", "label": "Lidar"}
    folder = write_datasets(tmp_path, codes=[*CODES, technology])
    assert "deal.technologies" in load_vocabulary(code_domains(folder))
