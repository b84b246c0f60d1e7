"""Rule files with a decision table for tests: a complete small one, inside the file and in a CSV file beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from riskapi.errors import Problem, RuleError
from riskapi.rules import Rule, load_file
from tests.rules.rule_files import small_vocabulary

NAME = "us.test.law.yaml"
CSV_NAME = "us.test.law.csv"
HEAD = """\
instrument: us.test.law
title: A law for tests
jurisdiction: US
authority: Nobody
citation: 1 CFR 1
sources:
  - {url: https://example.org/law, retrieved: 2026-11-22}
checked: {on: 2026-11-22, how: read}
confidence: high
rules:
"""
ROWS = """\
      rows:
        # the first step
        - {key: first, deal.type: licence, deal.stake: ">= 25%", from: 2024-01-01, to: 2025-12-31, points: 4, row.rate: 10}
        - {key: second, deal.type: licence, deal.stake: ">= 20%", from: 2026-01-01, points: 5, row.rate: 20}  # now
        - {key: venture, deal.type: joint_venture, deal.stake: "[0.3..0.5)", from: 2026-01-01, points: 6, row.rate: 30}
"""
EXAMPLES = """\
    examples:
      - {name: then, as_of: 2025-12-31, given: {deal.stake: 0.25, deal.type: licence}, fires: [first]}
      - {name: too small then, as_of: 2025-12-31, given: {deal.stake: 0.24, deal.type: licence}, fires: []}
      - name: now
        given: {deal.stake: 0.25, deal.type: licence}
        fires: [second]
      - {name: in between, given: {deal.stake: 0.3, deal.type: joint_venture}, fires: venture}
      - {name: half, given: {deal.stake: 0.5, deal.type: joint_venture}, fires: []}
      - {name: nothing told, as_of: [2025-06-30, 2026-06-30], given: {}, undetermined: all}
"""
TABLE = f"""\
{HEAD}\
  - id: us.test.law.duty
    title: Duty of {{row.rate}} %
    citation: 1 CFR 1.1
    kind: aggravating
    table:
{ROWS}\
    unless: {{lifted: deal.licensed}}
    effect: {{pillar: threat, why: because}}
    if_unknown: caution
    because: "{{foreign.name}} pays {{row.rate}} %."
{EXAMPLES}"""
CSV_ROWS = """\
key,deal.type,deal.stake,from,to,points,row.rate
first,licence,>= 25%,2024-01-01,2025-12-31,4,10
second,licence,>= 20%,2026-01-01,,5,20
venture,joint_venture,[0.3..0.5),2026-01-01,,6,30
"""
IN_CSV = TABLE.replace(ROWS, f"      file: {CSV_NAME}\n")


def changed(*changes: tuple[str, str], text: str = TABLE) -> str:
    """A file with texts replaced; each must be there, so that no test changes nothing."""
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def write(folder: Path, text: str = TABLE, csv: str | None = None) -> Path:
    """The rule file, and the CSV file if there is one."""
    folder.mkdir(parents=True, exist_ok=True)
    if csv is not None:
        (folder / CSV_NAME).write_text(csv, encoding="utf-8", newline="")
    (folder / NAME).write_text(text, encoding="utf-8", newline="")
    return folder / NAME


def load(folder: Path, text: str = TABLE, csv: str | None = None) -> dict[str, Rule]:
    """The rules by their keys."""
    rules = load_file(write(folder, text, csv), small_vocabulary(), NAME)
    return {rule.id.rpartition(".")[2]: rule for rule in rules}


def problems(folder: Path, text: str, csv: str | None = None) -> tuple[Problem, ...]:
    """What is wrong with a file."""
    with pytest.raises(RuleError) as caught:
        load(folder, text, csv)
    return caught.value.problems


def line_of(text: str, part: str) -> int:
    """The line on which a text first stands."""
    return text[: text.index(part)].count("\n") + 1
