from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from riskapi.errors import RequestError, RuleError
from riskapi.rules import GateKind, Kind, load_file
from riskapi.rules.examples import run_examples
from riskapi.workbench.scaffold import Draft, checked_draft, file_text, write_draft
from tests.shipped import shipped_vocabulary

DAY = date(2026, 11, 22)
DRAFT = Draft(rule_id="us.test.law.stake", jurisdiction="US", gate=GateKind.DISCLOSURE, today=DAY)

#: What an author writes into the empty fields, in their order.
FILLED = (
    ("title", "A law"), ("authority", "Nobody"), ("citation", "Act of Tests"), ("url", "https://example.org/law"),
    ("how", "read"), ("confidence", "high"), ("title", "Stakes"), ("citation", "Act of Tests, section 1"),
    ("from", "2020-01-01"), ("caught", "deal.foreign_stake >= 0.25"), ("points", "5"), ("why", "made up"),
    ("if_unknown", "caution"), ("because", '"{foreign.name} holds much."'),
    ("name", "a quarter"), ("name", "less"), ("name", "not known"),
)  # fmt: skip
GIVEN = "{jurisdiction.activity_here: true}"


def filled(text: str) -> str:
    """The draft with every empty field filled in, as an author would."""
    joined = text
    for field, value in FILLED:
        joined, count = re.subn(rf"(?m)^( *(?:- )?{field}:) *(?:#.*)?$", rf"\1 {value}", joined, count=1)
        assert count == 1, field
    for stake in ("0.25", "0.249"):
        joined = joined.replace(f"given: {GIVEN}", f"given: {{deal.foreign_stake: {stake}, {GIVEN[1:]}", 1)
    return joined


def test_a_draft_that_is_filled_in_passes_the_checks_and_its_examples(tmp_path: Path) -> None:
    path = write_draft(DRAFT, tmp_path)
    path.write_text(filled(path.read_text(encoding="utf-8")), encoding="utf-8")
    (rule,) = load_file(path, shipped_vocabulary())
    assert run_examples([rule]) == []
    assert (rule.id, rule.gate, rule.kind) == (DRAFT.rule_id, GateKind.DISCLOSURE, Kind.AGGRAVATING)


def test_every_empty_field_of_a_draft_is_named_by_the_check(tmp_path: Path) -> None:
    path = write_draft(DRAFT, tmp_path)
    with pytest.raises(RuleError) as caught:
        load_file(path, shipped_vocabulary())
    named = {(problem.field or "").rsplit(".", 1)[-1] for problem in caught.value.problems}
    assert named >= {"title", "authority", "citation", "url", "how", "confidence", "from", "caught", "points", "why",
                     "if_unknown", "because", "name"}  # fmt: skip


def test_a_draft_lies_in_the_folder_of_its_jurisdiction(tmp_path: Path) -> None:
    assert write_draft(DRAFT, tmp_path) == tmp_path / "us" / "us.test.law.yaml"


def test_a_second_rule_goes_behind_the_first_and_leaves_it_as_it_is(tmp_path: Path) -> None:
    path = write_draft(DRAFT, tmp_path)
    first = filled(path.read_text(encoding="utf-8"))
    path.write_text(first, encoding="utf-8")
    assert write_draft(Draft(rule_id="us.test.law.seat", jurisdiction="US", today=DAY), tmp_path) == path
    text = path.read_text(encoding="utf-8")
    assert text.startswith(first)
    assert text.count("\n  - id: ") == 2


def test_an_id_is_not_given_twice(tmp_path: Path) -> None:
    write_draft(DRAFT, tmp_path)
    with pytest.raises(RequestError, match="is there already"):
        write_draft(DRAFT, tmp_path)


def test_a_file_that_ends_with_something_else_is_not_touched(tmp_path: Path) -> None:
    path = write_draft(DRAFT, tmp_path)
    text = path.read_text(encoding="utf-8") + "notes: at the end\n"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RequestError, match="not the last field"):
        write_draft(Draft(rule_id="us.test.law.seat", jurisdiction="US", today=DAY), tmp_path)
    assert path.read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    ("rule_id", "jurisdiction"),
    [("us.test", "US"), ("US.test.law", "US"), ("us.test..law", "US"), ("cn.test.law", "US"), ("us.test.law", "usa"),
     ("us.../../etc.x", "US"), ("us.a b.c", "US")],
)  # fmt: skip
def test_a_wrong_id_is_refused(rule_id: str, jurisdiction: str) -> None:
    with pytest.raises(RequestError):
        checked_draft(Draft(rule_id=rule_id, jurisdiction=jurisdiction, today=DAY))


def test_a_right_id_is_taken() -> None:
    assert checked_draft(DRAFT) == DRAFT
    assert "gate: disclosure" in file_text(DRAFT)
