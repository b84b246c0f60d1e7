from __future__ import annotations

import json
from pathlib import Path

from riskapi.settings import Settings
from tests.cli.program import flat, run

SHARE = "us.test.foreign-share"


def test_the_schema_is_printed_as_json(small: Settings) -> None:
    assert json.loads(run("rules", "schema").stdout)["$schema"].endswith("2020-12/schema")


def test_a_rule_is_explained_with_what_decided_and_what_would_change_it(small: Settings) -> None:
    text = flat(run("rules", "explain", SHARE, "--given", "deal.foreign_stake=10%").stdout)
    assert f"{SHARE} not fired" in text
    assert "large share false" in text
    assert "Decided by deal.foreign_stake >= 0.25 false" in text
    assert "Nearest way to make it true deal.foreign_stake >= 0.25" in text
    assert "deal.foreign_stake = 10 %" in text


def test_a_fact_that_is_not_given_is_not_known(small: Settings) -> None:
    data = json.loads(run("rules", "explain", SHARE, "--json").stdout)
    assert data["status"] == "undetermined"
    assert data["tree"]["value"] is None
    assert data["facts"] == {"deal.foreign_stake": None}
    assert data["nearest_flip"][0]["facts"] == ["deal.foreign_stake"]


def test_a_rule_that_fires_says_because(small: Settings) -> None:
    result = run("rules", "explain", SHARE, "--given", "deal.foreign_stake=0.3", "--given", "foreign.name=Alpha")
    assert "Because Alpha takes a share" in flat(result.stdout)
    assert "Nearest" not in result.stdout


def test_a_rule_not_in_force_says_so(small: Settings) -> None:
    text = flat(run("rules", "explain", SHARE, "--as-of", "2019-12-31").stdout)
    assert "Not in force on 2019-12-31" in text


def test_facts_that_cannot_be_read_are_told_together(small: Settings) -> None:
    result = run(
        "rules", "explain", SHARE,
        "--given", "deal.foreign_steak=1", "--given", "deal.foreign_stake=much", "--given", "half",
    )  # fmt: skip
    assert result.exit_code == 2
    assert "did you mean `deal.foreign_stake`" in flat(result.stderr)
    assert "3 problems" in result.stderr


def test_a_fact_that_the_rule_does_not_use_is_pointed_out(small: Settings) -> None:
    assert "deal.model_year" in run("rules", "explain", SHARE, "--given", "deal.model_year=2027").stderr


def test_a_new_rule_is_written_and_named(small: Settings) -> None:
    result = run("rules", "new", "cn.test.law.stake", "--jurisdiction", "cn", "--gate", "disclosure")
    path = small.rules / "cn" / "cn.test.law.yaml"
    assert result.exit_code == 0, result.stderr
    assert str(path) in result.stdout.replace("\n", "")
    assert "gate: disclosure" in path.read_text(encoding="utf-8")
    assert run("rules", "check").exit_code == 1


def test_a_draft_can_be_printed_only(small: Settings) -> None:
    before = sorted(small.rules.rglob("*"))
    result = run("rules", "new", "us.test.other", "--jurisdiction", "US", "--print")
    assert result.stdout.startswith("  - id: us.test.other\n")
    assert sorted(small.rules.rglob("*")) == before


def test_an_unknown_gate_is_refused_with_the_possible_ones(small: Settings) -> None:
    result = run("rules", "new", "us.test.law.x", "--jurisdiction", "US", "--gate", "ban")
    assert result.exit_code == 2
    assert "prohibition" in result.stderr


def test_a_file_is_put_into_the_usual_layout_and_then_stays(small: Settings) -> None:
    path = small.rules / "us" / "us.test.yaml"
    first = path.read_text(encoding="utf-8")
    path.write_text(
        first.replace("title: Test instrument\n", "").replace("rules:\n", "title: Test instrument\nrules:\n")
    )
    untidy = path.read_text(encoding="utf-8")
    result = run("rules", "fmt", "--check")
    assert (result.exit_code, path.read_text(encoding="utf-8")) == (1, untidy)
    assert "not in the usual layout" in flat(result.stderr)
    assert run("rules", "fmt").exit_code == 0
    assert path.read_text(encoding="utf-8") == first.lstrip("\n")
    assert run("rules", "fmt", "--check", str(path)).exit_code == 0


def test_a_broken_file_is_told_and_not_changed(small: Settings) -> None:
    path = small.rules / "us" / "us.test.yaml"
    path.write_text("instrument: [  \n", encoding="utf-8")
    assert run("rules", "fmt").exit_code == 1
    assert path.read_text(encoding="utf-8") == "instrument: [  \n"
    assert run("rules", "fmt", "none.yaml").exit_code == 2


def test_the_rule_book_is_written_as_pages(small: Settings, tmp_path: Path) -> None:
    result = run("rules", "docs", "--out", str(tmp_path / "book"))
    assert "4 pages written" in result.stdout
    assert SHARE in (tmp_path / "book" / "index.html").read_text(encoding="utf-8")
