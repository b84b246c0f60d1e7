from __future__ import annotations

from pathlib import Path

from riskapi.settings import Settings
from tests.cli.program import flat, run
from tests.cli.world import RULE, write_rules

SALE = "us.icts.connected-vehicles.manufacturer-sale"


def test_the_shipped_rules_are_listed_by_jurisdiction() -> None:
    ids = run("rules", "list", "--in", "cn", "--ids").stdout.split()
    assert len(ids) >= 10
    assert all(name.startswith("cn.") for name in ids)


def test_a_jurisdiction_without_rules_is_refused_with_those_that_have_some() -> None:
    result = run("rules", "list", "--in", "ZZ")
    assert result.exit_code == 2
    assert "one of:" in result.stderr
    assert "US" in result.stderr


def test_the_list_shows_title_gate_and_points(small: Settings) -> None:
    text = flat(run("rules", "list").stdout)
    assert "us.test.foreign-share" in text
    assert "A quarter or more goes abroad" in text
    assert "+10" in text
    assert "prohibition" in text


def test_a_rule_is_shown_with_condition_citation_and_examples() -> None:
    text = flat(run("rules", "show", SALE).stdout)
    assert "15 CFR 791.304" in text
    assert "deal.model_year >= 2027" in text
    assert "In force from 2025-03-17" in text
    assert "Unless" in text
    assert "fired" in text


def test_an_unknown_rule_gives_near_ids() -> None:
    result = run("rules", "show", SALE.replace("vehicles", "vehicle"))
    assert result.exit_code == 2
    assert f"did you mean `{SALE}`" in flat(result.stderr)


def test_check_counts_what_is_right(small: Settings) -> None:
    result = run("rules", "check")
    assert result.exit_code == 0
    assert result.stdout == "1 files, 1 rules: no problems\n"


def test_check_tells_every_problem_with_its_place_and_fails(small: Settings) -> None:
    write_rules(small.rules, RULE.replace("deal.foreign_stake >= 0.25", "deal.foreign_steak >= 0.25"))
    (small.rules / "us" / "us.other.yaml").write_text("instrument: [", encoding="utf-8")
    result = run("rules", "check")
    assert result.exit_code == 1
    assert "us/us.test.yaml:17:" in result.stderr
    assert "did you mean `deal.foreign_stake`" in flat(result.stderr)
    assert "us/us.other.yaml:" in result.stderr


def test_check_reads_the_scorecard_too(small: Settings) -> None:
    (small.rules / "scorecard.yaml").write_text("base: many\n", encoding="utf-8")
    result = run("rules", "check")
    assert result.exit_code == 1
    assert "scorecard.yaml" in result.stderr


def test_check_of_one_file_does_not_read_the_others(small: Settings) -> None:
    (small.rules / "us" / "us.other.yaml").write_text("instrument: [", encoding="utf-8")
    assert run("rules", "check", str(small.rules / "us" / "us.test.yaml")).exit_code == 0
    assert run("rules", "check", str(small.rules / "us" / "us.other.yaml")).exit_code == 1


def test_a_file_that_is_not_there_is_bad_input(small: Settings, tmp_path: Path) -> None:
    result = run("rules", "check", str(tmp_path / "none.yaml"))
    assert result.exit_code == 2
    assert "there is no such file" in result.stderr


def test_examples_run_by_folder_file_instrument_and_id(small: Settings) -> None:
    told = "1 rules, 3 examples: all as expected\n"
    file = str(small.rules / "us" / "us.test.yaml")
    for targets in ((), (file,), ("us.test",), ("us.test.foreign-share",), (file, "us.test")):
        result = run("rules", "test", *targets)
        assert (result.exit_code, result.stdout) == (0, told)


def test_a_failing_example_is_told_with_its_line_and_what_decided(small: Settings) -> None:
    write_rules(small.rules, RULE.replace("{deal.foreign_stake: 0.1}", "{deal.foreign_stake: 0.25}"))
    result = run("rules", "test")
    text = flat(result.stderr)
    assert result.exit_code == 1
    assert "us/us.test.yaml:24:" in text
    assert "example `a tenth` is fired, not_fired was expected" in text
    assert "deal.foreign_stake >= 0.25" in text


def test_an_unknown_target_of_test_is_bad_input(small: Settings) -> None:
    result = run("rules", "test", "us.test.foreign-shares")
    assert result.exit_code == 2
    assert "did you mean `us.test.foreign-share`" in flat(result.stderr)
