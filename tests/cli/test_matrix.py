from __future__ import annotations

import json
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from openpyxl import Workbook, load_workbook

from riskapi.matrix.kept import MANIFEST
from riskapi.matrix.schema import SCHEMA
from riskapi.workspace import Workspace
from tests.cli.program import flat, run

DEAL = ("--type", "joint_venture", "--sector", "automotive", "--in", "US", "--set", "market_countries=US")
DAY = ("--as-of", "2026-11-22")
PAIRS = ("--foreign", "Xiaomi;BYD", "--foreign", "Toyota", "--hosts", "Ford;Tesla")


@pytest.fixture(autouse=True)
def _shared(shipped: Workspace) -> None:
    """Every command here uses the one workspace."""


def test_a_small_matrix_is_a_table_of_scores() -> None:
    found = run("matrix", *PAIRS, *DEAL, *DAY)
    assert found.exit_code == 0
    lines = [line.split() for line in found.stdout.splitlines()]
    scores = {line[0]: line[1:] for line in lines if line and line[0] in ("Xiaomi", "BYD", "Toyota")}
    assert set(scores) == {"Xiaomi", "BYD", "Toyota"}
    single = json.loads(run("score", "BYD", "Ford", *DEAL, *DAY, "--json").stdout)
    assert f"{single['score']:.1f}" in scores["BYD"]
    assert "Not legal advice" in found.stdout


def test_a_large_matrix_is_a_ranking_in_which_equal_results_are_one_line() -> None:
    found = run(
        "matrix", "--foreign", "country=CN,sector=automotive", "--hosts", "country=US", *DEAL, *DAY, "--top", "60"
    )
    assert found.exit_code == 0
    assert "Highest scores" in found.stdout
    assert "more" in found.stdout


def test_an_answer_of_a_cell_is_that_of_the_pairing() -> None:
    found = run("matrix", *PAIRS, *DEAL, *DAY, "--explain", "BYD × ford")
    assert found.exit_code == 0
    alone = run("score", "BYD", "Ford", "--foreign", "BYD", *DEAL, *DAY)
    assert found.stdout.partition("Parties")[0] == alone.stdout.partition("Parties")[0]


def test_what_moved_between_two_days_is_told_with_the_rules_behind_it() -> None:
    found = run("matrix", *PAIRS, *DEAL, "--set", "model_year=2028", "--as-of", "2024-01-01", *DAY, "--moved")
    assert found.exit_code == 0
    text = flat(found.stdout)
    assert "moved between 2024-01-01 and 2026-11-22" in text
    assert "us.icts.connected-vehicles" in text
    assert "gates gained" in text


@pytest.mark.parametrize("ending", ["parquet", "csv", "json", "xlsx", "svg"])
def test_each_ending_gives_its_file_and_leaves_nothing_beside_it(tmp_path: Path, ending: str) -> None:
    target = tmp_path / f"map.{ending}"
    found = run("matrix", *PAIRS, *DEAL, *DAY, "--out", str(target))
    assert found.exit_code == 0, found.stderr
    assert [path.name for path in tmp_path.iterdir()] == [target.name]
    assert target.stat().st_size > 500


def test_parquet_csv_and_json_hold_the_same_rows_and_name_the_versions(tmp_path: Path) -> None:
    for ending in ("parquet", "csv", "json"):
        run("matrix", *PAIRS, *DEAL, *DAY, "--out", str(tmp_path / f"map.{ending}"))
    rows = pl.read_parquet(tmp_path / "map.parquet")
    assert rows.schema == SCHEMA
    assert len(rows) == 6
    told = json.loads((tmp_path / "map.json").read_text(encoding="utf-8"))
    assert [row["score"] for row in told["rows"]] == rows["score"].to_list()
    assert told["rows"][0]["drivers"] == rows["drivers"][0].to_list()
    table = pl.read_csv(tmp_path / "map.csv")
    assert table["low"].to_list() == rows["low"].to_list()
    assert table["gates"].fill_null("").to_list() == rows["gates"].list.join("; ").to_list()
    assert json.loads(pl.read_parquet_metadata(tmp_path / "map.parquet")["riskapi"])["versions"] == told["versions"]


@pytest.mark.parametrize("ending", ["csv", "json", "xlsx", "svg"])
def test_a_file_is_about_the_kind_of_deal_in_words_and_misspelt_names_are_told(tmp_path: Path, ending: str) -> None:
    sides = ("--foreign", "Xiomi;BYD", "--hosts", "Ford")
    file = tmp_path / f"cars.{ending}"
    found = run("matrix", *sides, *DEAL, *DAY, "--out", str(file))
    assert (found.exit_code, "`Xiomi` for Xiaomi" in flat(found.stderr)) == (0, True)
    texts = (
        [file.read_text()]
        if ending != "xlsx"
        else [str(cell) for sheet in load_workbook(file) for row in sheet.values for cell in row]
    )
    assert any("Joint venture, Automotive, United States" in text for text in texts)
    assert not any("joint_venture" in text for text in texts)
    if ending in ("json", "xlsx"):
        assert any("`Xiomi` for Xiaomi" in text for text in texts)


def test_the_top_is_kept_in_a_file_too(tmp_path: Path) -> None:
    run("matrix", *PAIRS, *DEAL, *DAY, "--top", "2", "--out", str(tmp_path / "top.parquet"))
    run("matrix", *PAIRS, *DEAL, *DAY, "--out", str(tmp_path / "all.parquet"))
    top, every = (pl.read_parquet(tmp_path / f"{name}.parquet") for name in ("top", "all"))
    assert top["score"].to_list() == sorted(every["score"], reverse=True)[:2]


@pytest.mark.parametrize("form", ["txt", "csv", "xlsx"])
def test_names_come_from_a_file_and_problems_are_told_by_line(tmp_path: Path, form: str) -> None:
    path = tmp_path / f"firms.{form}"
    names = ["BYD", "No Such Firm Whatsoever", "Xiaomi"]
    if form == "xlsx":
        book = Workbook()
        book.worksheets[0].append(["rank", "name"])
        for number, name in enumerate(names):
            book.worksheets[0].append([number, name])
        book.save(path)
    else:
        path.write_text("\n".join(names if form == "txt" else ["name", *names]), encoding="utf-8")
    found = run("matrix", "--foreign", f"@{path}", "--hosts", "Ford", *DEAL, *DAY)
    assert found.exit_code == 2
    assert f"firms.{form}:{2 if form == 'txt' else 3}" in flat(found.stderr).replace(" ", "")


def test_kinds_of_deal_come_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "deals.yaml"
    path.write_text(
        "- name: licence\n  deal: {type: licence, activity_country: NO, foreign_supplies_technology: yes}\n"
        "- name: purchase at home\n  at_host: true\n  deal: {type: acquisition, foreign_stake: 100%}\n",
        encoding="utf-8",
    )
    found = run("matrix", *PAIRS, "--template", str(path), *DAY, "--json")
    assert found.exit_code == 0, found.stderr
    rows = json.loads(found.stdout)["rows"]
    assert [row["template"] for row in rows] == ["licence"] * 6 + ["purchase at home"] * 6
    path.write_text("- name: licence\n- deal:\n    tipe: licence\n", encoding="utf-8")
    wrong = run("matrix", *PAIRS, "--template", str(path), *DAY)
    assert wrong.exit_code == 2
    assert "deals.yaml:3" in flat(wrong.stderr).replace(" ", "")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--hosts", "Ford", *DEAL), "--foreign"),
        ((*PAIRS, "--type", "joint_ventur"), "--type"),
        ((*PAIRS, *DEAL, "--as-of", "2026-13-01"), "--as-of"),
        ((*PAIRS, *DEAL, "--out", "map.doc"), "--out"),
        (("--foreign", "all", "--hosts", "all", *DEAL, "--out", "map.xlsx"), "a workbook holds"),
        ((*PAIRS, *DEAL, "--moved"), "--moved"),
        ((*PAIRS, *DEAL, "--top", "3", "--out", "map.csv", "--resume"), "--resume"),
        ((*PAIRS, *DEAL, "--resume"), "--resume"),
        ((*PAIRS, *DEAL, "--explain", "BYD×Rivian"), "--explain"),
        (("--foreign", "sectr=automotive", "--hosts", "Ford", *DEAL), "did you mean"),
        (("--foreign", "@nowhere.csv", "--hosts", "Ford", *DEAL), "nowhere.csv"),
    ],
)
def test_what_is_wrong_is_told_by_option(arguments: tuple[str, ...], says: str) -> None:
    found = run("matrix", *arguments)
    assert found.exit_code == 2
    assert says in flat(found.stderr)


_KILLED = """
import os, signal
from riskapi.cli.main import main
from riskapi.matrix import kept

kept.ROWS_A_FILE = 1
settle = kept._settle

def settle_or_die(part, target):
    if target.name.startswith("rows-000000000012"):
        os.kill(os.getpid(), signal.SIGKILL)
    settle(part, target)

kept._settle = settle_or_die
main()
"""


@pytest.mark.slow
def test_a_run_that_is_killed_goes_on_and_gives_the_same_file(tmp_path: Path) -> None:
    asked = ("matrix", *PAIRS, *DEAL, "--as-of", "2024-01-01", "--as-of", "2025-01-01", *DAY)
    target = ("--out", str(tmp_path / "map.parquet"))
    kept = tmp_path / "map.parquet.run"
    process = subprocess.run([sys.executable, "-c", _KILLED, *asked, *target], check=False, timeout=120)
    assert process.returncode == -signal.SIGKILL
    assert (kept / MANIFEST).is_file()
    assert not (tmp_path / "map.parquet").exists()
    refused = run(*asked, *target)
    assert refused.exit_code == 2
    assert "--resume" in refused.stderr
    found = run(*asked, *target, "--resume")
    assert found.exit_code == 0, found.stderr
    assert "going on after 12 of 18" in found.stderr
    assert not kept.exists()
    run(*asked, "--out", str(tmp_path / "whole.parquet"))
    whole, resumed = (pl.read_parquet(tmp_path / f"{name}.parquet") for name in ("whole", "map"))
    assert resumed.equals(whole)


def documented() -> list[str]:
    """The commands that the how-to shows."""
    page = (Path(__file__).parents[2] / "docs" / "how-to-map.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```sh\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    return [block.replace("\\\n", " ") for block in blocks]


@pytest.mark.parametrize("command", documented(), ids=lambda command: command.split()[-1])
def test_a_command_of_the_how_to_runs(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    program, *arguments = shlex.split(command)
    assert program == "riskapi"
    found = run(*arguments)
    assert found.exit_code == 0, found.stderr
    assert found.stdout.strip() or [path.name for path in tmp_path.iterdir()] == [arguments[-1]]


def test_the_python_of_the_how_to_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    page = (Path(__file__).parents[2] / "docs" / "how-to-map.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile(block, "how-to-map.md", "exec"), names)  # noqa: S102  # what the page shows
    assert len(names["rows"]) == names["asked"].pairings
    assert names["highest"]["score"].is_sorted(descending=True)
