from __future__ import annotations

import pytest

from riskapi.errors import RuleError
from riskapi.rules.source import parse_source
from riskapi.settings import Settings
from riskapi.workbench.layout import laid_out
from tests.rules.rule_files import VALID
from tests.rules.table_files import TABLE

RULES = Settings.from_environment({}).rules

MIXED = """\
# the file
instrument: us.test.law
jurisdiction: US   # beside
title: A law for tests
authority: Nobody
citation: 1 CFR 1
sources: [{url: https://example.org/law, retrieved: 2026-11-22}]
checked: {on: 2026-11-22, how: read}
confidence: high
rules:

  # the first rule
  - id: us.test.law.stake
    title: Large stakes
    # why these examples
    examples:
      - {name: a quarter, given: {deal.stake: 0.25}, expect: fired}
      # in between
      - {name: less, given: {deal.stake: 0.24}, expect: not_fired}
    when: >-
      deal.stake >= 0.25
      and true
    effect:
      points: 10   # as the others
      pillar: threat
      why: because
    kind: aggravating
    citation: 1 CFR 1.1

  # the second rule
  - {id: us.test.law.other, when: "true"}
# the end
"""


def test_a_file_in_the_usual_layout_stays_as_it_is() -> None:
    assert laid_out(VALID, "x") == VALID


def test_fields_come_into_order_with_their_remarks() -> None:
    text = laid_out(MIXED, "x")
    lines = [line for line in text.splitlines() if line.strip()]
    fields = [line.strip().split(":")[0] for line in lines if line.startswith("    ") and line[4] not in " #-"]
    assert fields == ["title", "citation", "kind", "when", "effect", "examples"]
    assert lines.index("    # why these examples") == lines.index("    examples:") - 1
    assert text.index("pillar: threat") < text.index("points: 10   # as the others") < text.index("why: because")
    assert text.index("title: A law") < text.index("jurisdiction: US   # beside")
    assert text.index("# the second rule") < text.index("us.test.law.other") < text.index("# the end")


def test_nothing_is_lost_and_nothing_is_written_anew() -> None:
    text = laid_out(MIXED, "x")
    assert sorted(text.split("\n")) == sorted(MIXED.split("\n"))
    assert parse_source(text, "x").data == parse_source(MIXED, "x").data


def test_laying_out_twice_changes_nothing_more() -> None:
    once = laid_out(MIXED, "x")
    assert laid_out(once, "x") == once


def test_spaces_carriage_returns_and_empty_lines_are_tidied() -> None:
    untidy = VALID.replace("\n", "  \r\n", 3).replace("rules:\n", "\n\n\nrules:\n") + "\n\n"
    assert laid_out(untidy, "x") == VALID.replace("rules:\n", "\nrules:\n")


def test_spaces_that_are_part_of_a_text_stay() -> None:
    text = VALID.replace("title: Large stakes", "title: Large stakes\n    notes: |+\n      one  \n\n\n      two\n\n")
    assert parse_source(laid_out(text, "x"), "x").data == parse_source(text, "x").data


def test_text_that_is_no_rule_file_is_refused_and_not_changed() -> None:
    with pytest.raises(RuleError):
        laid_out("instrument: [", "x")


@pytest.mark.parametrize("path", sorted(RULES.glob("*/*.yaml")), ids=lambda path: path.stem)
def test_a_shipped_file_says_the_same_in_the_usual_layout(path: object) -> None:
    text = path.read_text(encoding="utf-8")  # type: ignore[attr-defined]  # a path
    shown = laid_out(text, "x")
    assert parse_source(shown, "x").data == parse_source(text, "x").data
    assert sorted(filter(str.strip, shown.split("\n"))) == sorted(filter(str.strip, text.split("\n")))
    assert laid_out(shown, "x") == shown


def test_a_table_stands_where_the_condition_would_and_its_rows_stay_as_they_are() -> None:
    table, rest = TABLE[TABLE.index("    table:") : TABLE.index("    unless:")], TABLE.index("    examples:")
    moved = TABLE.replace(table, "")
    assert laid_out(moved[: rest - len(table)] + table + moved[rest - len(table) :], "x.yaml") == TABLE
