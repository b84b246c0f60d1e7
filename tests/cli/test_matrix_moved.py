"""`riskapi matrix --moved` between two days, two rule sets and two datasets of a small world."""

from __future__ import annotations

import io
import json
from pathlib import Path

import polars as pl
import pytest
from openpyxl import load_workbook

from riskapi.settings import Settings
from tests.cli.program import flat, run
from tests.matrix.worlds import LIST_URL, LISTED, deal, gamma, listing, settings_in, tables

ASKED = ("matrix", "--foreign", "control_country=CN", "--hosts", "control_country=US", "--type", "joint_venture")
PLACE = ("--in", "US", "--set", "market_countries=US")
DAY = ("--as-of", "2026-11-22")


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Earlier tables, in which Alpha is not listed, beside those of the settings, in which it is."""
    found = settings_in(tmp_path)
    tables(tmp_path / "datasets", gamma(), designations=[listing()], deals=[deal("beta")])
    for variable, path in (("RULES", found.rules), ("DATASETS", tmp_path / "datasets"), ("CACHE", found.cache)):
        monkeypatch.setenv(f"RISKAPI_{variable}", str(path))
    assert Settings.from_environment().datasets == tmp_path / "datasets"
    return tables(tmp_path / "base", gamma(), deals=[deal("beta")])


def test_what_moved_since_other_tables_is_told_with_fact_and_row(base: Path) -> None:
    found = run(*ASKED, *PLACE, *DAY, "--base-data", str(base))
    assert found.exit_code == 0, found.output
    told = flat(found.stdout)
    assert "1 pairing of 2 moved as of 2026-11-22 between data" in told
    assert "rises" in told
    assert f"+30 {LISTED}: not fired → fired" in told
    assert "designations of Alpha (alpha): gained us_1260h" in told
    assert LIST_URL in told


def test_what_moved_since_other_rules_is_told_without_a_fact(base: Path, tmp_path: Path) -> None:
    heavier = settings_in(tmp_path, points=95).rules
    found = run(*ASKED, *PLACE, *DAY, "--base-rules", str(heavier))
    assert found.exit_code == 0, found.output
    told = flat(found.stdout)
    assert "1 pairing of 2 moved as of 2026-11-22 between rules" in told
    assert "falls" in told
    assert f"-65 {LISTED}" in told
    assert "fact" not in told


@pytest.mark.parametrize("ending", ["parquet", "csv", "json", "xlsx"])
def test_rows_of_what_moved_are_written_with_reasons(base: Path, tmp_path: Path, ending: str) -> None:
    target = tmp_path / f"moved.{ending}"
    found = run(*ASKED, *PLACE, *DAY, "--moved", "--base-data", str(base), "--out", str(target))
    assert found.exit_code == 0, found.output
    assert "1 of 2 pairings moved" in flat(found.stderr)
    content = target.read_bytes()
    if ending == "xlsx":
        sheet = load_workbook(io.BytesIO(content))["Moved"]
        cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
        row = dict(zip(*cells[-2:], strict=True))
        row["foreign_id"], row["gates_gained"] = row["foreign id"], row["gates gained"]
    elif ending == "json":
        (row,) = json.loads(content)["moved"]
    else:
        (row,) = (pl.read_parquet(content) if ending == "parquet" else pl.read_csv(content)).to_dicts()
    assert row["foreign_id"] == "alpha"
    assert row["way"] == "rises"
    for column, wanted in (
        *(("gates_gained", f"prohibition:{LISTED}"), ("reasons", f"{LISTED}: not fired → fired (+30)")),
        *(("facts", "designations of Alpha (alpha): gained us_1260h"), ("rows", LIST_URL)),
    ):
        assert wanted in (row[column] if isinstance(row[column], str) else "".join(row[column])), column


@pytest.mark.parametrize("ending", ["parquet", "csv", "json", "xlsx"])
def test_a_file_in_which_nothing_moved_is_whole_and_empty(base: Path, tmp_path: Path, ending: str) -> None:
    target = tmp_path / f"moved.{ending}"
    found = run(*ASKED, *PLACE, *DAY, "--base-data", str(Settings.from_environment().datasets), "--out", str(target))
    assert found.exit_code == 0, found.output
    assert "0 of 2 pairings moved" in flat(found.stderr)
    content = target.read_bytes()
    if ending == "parquet":
        assert pl.read_parquet(content).is_empty()
    elif ending == "xlsx":
        assert load_workbook(io.BytesIO(content)).sheetnames == ["Moved", "About"]
    elif ending == "json":
        assert json.loads(content)["moved"] == []
    else:
        assert content.decode("utf-8-sig").startswith("template,")


def test_a_day_on_which_a_listing_begins_moves_its_company(base: Path) -> None:
    found = run(*ASKED, *PLACE, "--as-of", "2026-01-04", "--as-of", "2026-01-05", "--moved", "--json")
    assert found.exit_code == 0, found.output
    told = json.loads(found.stdout)
    assert [row["foreign_id"] for row in told["moved"]] == ["alpha"]
    assert (told["before"]["as_of"], told["after"]["as_of"]) == ("2026-01-04", "2026-01-05")


def test_a_company_that_the_base_does_not_know_is_named_and_not_compared(base: Path, tmp_path: Path) -> None:
    older = tables(tmp_path / "older")
    found = run(*ASKED, *PLACE, *DAY, "--base-data", str(older))
    assert found.exit_code == 0, found.output
    assert "1 company new, so not compared: Gamma" in flat(found.stdout)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ((*DAY, "--moved"), "write --as-of twice"),
        (("--as-of", "2025-01-01", *DAY, "--base-data", "{base}"), "write --as-of once"),
        ((*DAY, "--base-data", "{base}", "--top", "3"), "--top"),
        ((*DAY, "--base-data", "{base}", "--out", "map.svg"), ".parquet"),
        ((*DAY, "--base-data", "no-such-base"), "no folder of tables, no snapshot and no git revision"),
        ((*DAY, "--base-rules", "no-such-base"), "no-such-base"),
    ],
)
def test_what_does_not_fit_together_is_told(base: Path, options: tuple[str, ...], says: str) -> None:
    found = run(*ASKED, *PLACE, *(text.format(base=base) for text in options))
    assert found.exit_code == 2
    assert says in flat(found.stderr)
