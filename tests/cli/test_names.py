from __future__ import annotations

import json
from pathlib import Path

import pytest

from riskapi.settings import Settings
from tests.cli.program import flat, run


def test_a_name_that_settles_is_told_with_its_id(small: Settings) -> None:
    result = run("resolve", "ALPHA")
    assert result.exit_code == 0
    assert "ALPHA: Alpha id alpha" in flat(result.stdout)


def test_a_name_that_does_not_settle_gives_candidates_and_exit_code_2(small: Settings) -> None:
    result = run("resolve", "Alpha", "Alphq")
    assert result.exit_code == 2
    assert "Alpha CN alpha" in flat(result.stdout)


def test_json_tells_every_name_in_order(small: Settings) -> None:
    data = json.loads(run("resolve", "Beta", "nobody at all", "--json").stdout)
    assert [(item["query"], item["result"]) for item in data] == [("Beta", "match"), ("nobody at all", "no_match")]
    assert data[0]["company_id"] == "beta"


def test_a_country_that_does_not_exist_is_refused(small: Settings) -> None:
    result = run("resolve", "Alpha", "--country", "XX")
    assert result.exit_code == 2
    assert "--country: `XX` is not a country code" in flat(result.stderr)


def test_escapes_in_a_query_do_not_reach_the_terminal(small: Settings) -> None:
    result = run("resolve", "Al\x1b[31mpha\x07")
    assert "\x1b" not in result.stdout
    assert "\\x1b[31m" in result.stdout
    assert "\x1b" not in run("resolve", "Al\x1b[31mpha\x07", "--json").stdout


def test_a_file_is_answered_through_the_command(small: Settings, tmp_path: Path) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("query\nAlpha\nNo Such Company\n", "utf-8")
    assert run("resolve", "--file", str(source), "--out", str(target)).exit_code == 0
    assert [line.split(",")[1] for line in target.read_text("utf-8").splitlines()] == ["status", "match", "no_match"]


@pytest.mark.parametrize(
    "arguments", [[], ["Alpha", "--evaluate", "x.csv"], ["--file", "in.csv"], ["--out", "out.csv"]]
)
def test_exactly_one_way_of_asking_is_taken(arguments: list[str], small: Settings) -> None:
    result = run("resolve", *arguments)
    assert result.exit_code == 2
    assert "one-way" in result.stderr


def test_a_unit_of_a_company_names_its_owner_without_meaning_it() -> None:
    result = run("resolve", "Ford Credit")
    assert result.exit_code == 2
    assert "related, but not meant: Ford (ford)" in flat(result.stdout)
