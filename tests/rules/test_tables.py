"""A decision table loads as the rules that its rows are, and every problem of it names the row and the column."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from riskapi.errors import RuleError
from riskapi.language import text
from riskapi.rules import content_version, load_file, load_rules
from riskapi.rules.examples import run_examples
from tests.rules.rule_files import small_vocabulary
from tests.rules.table_files import CSV_NAME, CSV_ROWS, IN_CSV, NAME, TABLE, changed, line_of, load, problems, write


def test_each_row_is_a_rule_with_its_own_condition_dates_and_points(tmp_path: Path) -> None:
    rules = load(tmp_path)
    first, venture = rules["first"], rules["venture"]
    assert list(rules) == ["first", "second", "venture"]
    assert first.id == "us.test.law.duty.first"
    assert text(first.when) == "(deal.type = 'licence') and (deal.stake >= 0.25)"
    assert [(span.start, span.to) for span in first.in_force] == [(date(2024, 1, 1), date(2025, 12, 31))]
    assert (first.points, venture.points) == (4, 6)
    assert [part.name for part in first.unless] == ["lifted"]


def test_the_examples_of_a_table_hold_for_every_row(tmp_path: Path) -> None:
    rules = load(tmp_path)
    assert run_examples(rules.values()) == []
    assert all(len(rule.examples) > 2 for rule in rules.values())


def test_shared_texts_take_words_of_the_row(tmp_path: Path) -> None:
    rules = load(tmp_path)
    assert rules["venture"].title == "Duty of 30 %"
    assert rules["first"].because.fill({"foreign.name": "A"}, small_vocabulary()) == "A pays 10 %."


def test_a_brace_in_a_word_of_the_row_is_no_slot(tmp_path: Path) -> None:
    rules = load(tmp_path, changed(("row.rate: 10}", 'row.rate: "{x}"}')))
    assert rules["first"].because.fill({"foreign.name": "A"}, small_vocabulary()) == "A pays {x} %."


def test_rows_share_a_group_unless_they_are_to_add_up(tmp_path: Path) -> None:
    assert {rule.group for rule in load(tmp_path).values()} == {"us.test.law.duty"}
    adding = changed(("    table:\n", "    table:\n      hit: sum\n"))
    assert {rule.group for rule in load(tmp_path, adding).values()} == {None}
    named = changed(("{pillar: threat,", "{pillar: threat, group: us.duties,"))
    assert {rule.group for rule in load(tmp_path, named).values()} == {"us.duties"}


def test_what_holds_for_all_rows_stands_beside_the_table(tmp_path: Path) -> None:
    shared = changed(("    table:\n", "    when: deal.value > 5 or deal.licensed\n    table:\n"))
    when = text(load(tmp_path, shared)["first"].when)
    assert when == "((deal.value > 5) or deal.licensed) and (deal.type = 'licence') and (deal.stake >= 0.25)"


def test_a_named_part_can_be_a_column(tmp_path: Path) -> None:
    named = changed(
        ("    table:\n", "    where: {modern: deal.year >= 2020}\n    table:\n"),
        ("points: 6,", "points: 6, modern: no,"),
    )
    rules = load(tmp_path, named)
    assert text(rules["venture"].when).endswith("(not modern)")
    assert rules["first"].parts == ()  # a row keeps the parts that it uses


def test_a_row_can_have_a_condition_of_its_own(tmp_path: Path) -> None:
    own = changed(("points: 6,", "points: 6, when: deal.year > 2020 or deal.licensed,"))
    assert "((deal.year > 2020) or deal.licensed)" in text(load(tmp_path, own)["venture"].when)


def test_a_dash_takes_away_what_the_rows_share(tmp_path: Path) -> None:
    gates = changed(("{pillar: threat,", "{pillar: threat, gate: tariff,"), ("points: 6,", "points: 6, gate: -,"))
    rules = load(tmp_path, gates)
    assert (rules["first"].gate, rules["venture"].gate) == ("tariff", None)


def test_a_table_named_like_its_instrument_keeps_ids_short(tmp_path: Path) -> None:
    rules = load(tmp_path, changed(("id: us.test.law.duty", "id: us.test.law")))
    assert rules["first"].id == "us.test.law.first"


def test_ordinary_rules_stand_beside_a_table(tmp_path: Path) -> None:
    rule = TABLE[TABLE.index("  - id:") :]
    both = TABLE + rule.replace("id: us.test.law.duty", "id: us.test.law.more")
    assert len(load_file(write(tmp_path, both), small_vocabulary())) == 6


def test_rows_of_a_csv_file_are_the_same_rules(tmp_path: Path) -> None:
    inside, beside = load(tmp_path / "a"), load(tmp_path / "b", IN_CSV, CSV_ROWS)
    assert [(r.id, r.condition, r.in_force, r.points, r.title) for r in beside.values()] == [
        (r.id, r.condition, r.in_force, r.points, r.title) for r in inside.values()
    ]
    assert {rule.line for rule in beside.values()} == {line_of(IN_CSV, CSV_NAME)}


def test_codes_that_look_like_something_else_stay_text(tmp_path: Path) -> None:
    norway = CSV_ROWS.replace("row.rate", "deal.countries").replace("4,10\n", "4,NO\n").replace("5,20\n", "5,US\n")
    norway = norway.replace("6,30\n", "6,-\n")
    texts = IN_CSV.replace("{row.rate}", "x")
    assert "('NO' in deal.countries)" in text(load(tmp_path, texts, norway)["first"].when)


def test_the_version_of_a_rule_set_follows_its_tables(tmp_path: Path) -> None:
    write(tmp_path, IN_CSV, CSV_ROWS)
    before = content_version(tmp_path)
    write(tmp_path, IN_CSV, CSV_ROWS.replace("25%", "26%"))
    assert content_version(tmp_path) != before


def test_a_csv_file_that_no_rule_file_names_is_told(tmp_path: Path) -> None:
    write(tmp_path / "us", IN_CSV, CSV_ROWS)
    (tmp_path / "us" / "us.other.csv").write_text(CSV_ROWS, encoding="utf-8")
    with pytest.raises(RuleError) as caught:
        load_rules(tmp_path, small_vocabulary())
    assert [(problem.code, problem.file) for problem in caught.value.problems] == [("unused-file", "us/us.other.csv")]


@pytest.mark.parametrize(
    ("old", "new", "code", "said"),
    [
        ("deal.type: licence", "deal.type: licens", "unknown-code", "did you mean `licence`"),
        ('">= 25%"', '">= 25"', "never-true", ""),
        ('">= 25%"', '">= 0,25"', "bad-cell", "a point before decimals"),
        ("points: 4", "points: four", "bad-value", "in digits"),
        ("points: 4", "points: -4", "bad-value", "above 0"),
        ("deal.type: licence", "deal.typ: licence", "unknown-column", "did you mean `deal.type`"),
        ("key: first", "key: First Row", "row-key", "small letters"),
        ("key: first, ", "", "row-key", "small letters"),
        ("key: second", "key: first", "row-key", "a key of its own"),
        ("from: 2024-01-01", "from: 2024-13-01", "bad-value", "2027-01-31"),
        (", row.rate: 10", "", "bad-cell", "fill it in"),
        ('deal.type: licence, deal.stake: ">= 25%", ', "", "bad-cell", "input column"),
        ("deal.type: licence", "deal.type: licence, joint_venture", "unknown-column", "quotation marks"),
    ],
)
def test_a_problem_of_a_cell_names_its_row(old: str, new: str, code: str, said: str, tmp_path: Path) -> None:
    bad = changed((old, new))
    found = next(problem for problem in problems(tmp_path, bad) if problem.code == code)
    row = "key: first" if new == "key: first" else new if new in bad and new else "points: 4"
    assert found.line in {line_of(bad, row), line_of(bad, '">= 20%"')}
    assert said in f"{found.detail} {found.hint}"


def test_a_problem_in_a_csv_file_names_its_line_and_column(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, IN_CSV, CSV_ROWS.replace("2026-01-01,,6", "2026-01-41,,6"))
    assert (found.file, found.line, found.column, found.field) == (CSV_NAME, 4, 4, "line 4 from")


def test_what_the_rows_share_is_wrong_once(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, changed(("if_unknown: caution", "if_unknown: perhaps")))
    assert (found.file, found.line) == (NAME, line_of(TABLE, "if_unknown"))
    (missing,) = problems(tmp_path, changed(("    kind: aggravating\n", "")))
    assert missing.line == line_of(TABLE, "- id:")


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    bad = changed(
        ("deal.type: licence", "deal.type: licens"), ("points: 5", "points: x"), ("fires: [first]", "fires: [frst]")
    )
    assert {problem.code for problem in problems(tmp_path, bad)} >= {"unknown-code", "bad-value", "table-example"}


def test_a_broken_part_is_told_even_where_no_row_can_use_it(tmp_path: Path) -> None:
    bad = changed(("    table:\n", "    where: {large: deal.stak > 1}\n    when: large\n    table:\n"))
    assert [problem.code for problem in problems(tmp_path, bad)] == ["unknown-fact"]


def test_a_part_that_no_row_uses_is_told(tmp_path: Path) -> None:
    idle = changed(("    table:\n", "    where: {large: deal.value > 1}\n    table:\n"))
    assert [problem.code for problem in problems(tmp_path, idle)] == ["unused-part"]


@pytest.mark.parametrize(
    "table",
    [
        "table: {}",
        "table: {rows: [], file: x.csv}",
        "table: {rows: none}",
        "table: {file: ../x.csv}",
        "table: {file: x.csv}",
    ],
)
def test_a_table_without_rows_is_told_and_nothing_follows(table: str, tmp_path: Path) -> None:
    start, end = TABLE.index("    table:"), TABLE.index("    unless:")
    (found,) = problems(tmp_path, TABLE[:start] + f"    {table}\n" + TABLE[end:])
    assert found.line == line_of(TABLE, "table:")


def test_a_slot_for_a_column_that_is_not_there_is_told_once(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, changed(("Duty of {row.rate}", "Duty of {row.rat}")))
    assert (found.code, found.line) == ("unknown-column", line_of(TABLE, "title: Duty"))


def test_rows_cannot_change_one_of_several_spans(tmp_path: Path) -> None:
    spans = changed(
        ("    table:\n", "    in_force: [{from: 2020-01-01, to: 2020-12-31}, {from: 2024-01-01}]\n    table:\n")
    )
    assert {problem.code for problem in problems(tmp_path, spans)} == {"bad-cell"}
