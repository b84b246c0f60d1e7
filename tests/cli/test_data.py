from __future__ import annotations

from riskapi.settings import Settings
from riskapi.warehouse.tables import TABLES
from tests.cli.program import run
from tests.cli.world import FURTHER_CODES
from tests.warehouse.folder import CODES


def break_table(settings: Settings) -> None:
    with (settings.datasets / "companies.csv").open("a", encoding="utf-8") as file:
        file.write("gamma,Gamma,,XX,,,,,,,,,,2026-11-22,low,\n")


def test_check_counts_tables_and_rows(small: Settings) -> None:
    result = run("data", "check")
    assert result.exit_code == 0
    rows = len(CODES) + len(FURTHER_CODES) + 2
    assert f"{len(TABLES)} tables, {rows} rows: no problems" in result.stdout


def test_the_official_lists_are_refreshed_from_here(small: Settings) -> None:
    result = run("data", "refresh", "--status")
    assert result.exit_code == 0
    assert "us-csl" in result.stdout
    assert run("data", "refresh", "us-cls").exit_code == 2


def test_check_tells_file_and_line_and_builds_nothing(small: Settings) -> None:
    break_table(small)
    result = run("data", "check")
    assert result.exit_code == 1
    assert "companies.csv:4" in result.stderr
    assert "seat_country" in result.stderr
    assert not list(small.cache.glob("*"))


def test_build_is_the_same_every_time_and_makes_one_file(small: Settings) -> None:
    first, second = run("data", "build", "--quiet"), run("data", "build", "--quiet")
    assert first.exit_code == 0
    assert first.stdout == second.stdout
    assert len(list(small.cache.glob("*.duckdb"))) == 1


def test_build_shows_the_rows_of_each_table_and_the_version(small: Settings) -> None:
    version = run("data", "build", "--quiet").stdout.strip()
    text = run("data", "build").stdout
    assert f"version {version}" in text
    assert "companies" in text


def test_a_failed_build_leaves_the_last_good_one(small: Settings) -> None:
    run("data", "build")
    before = {path: path.read_bytes() for path in small.cache.iterdir()}
    break_table(small)
    result = run("data", "build")
    assert result.exit_code == 1
    assert {path: path.read_bytes() for path in small.cache.iterdir()} == before
