from __future__ import annotations

import csv
import hashlib
import io
import json
from dataclasses import replace

from riskapi.briefing.flat import HEAD, answer_json, rules_csv
from riskapi.briefing.material import content_hash
from tests.briefing.briefings import demo


def table(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_the_json_file_has_the_hash_that_the_briefing_names() -> None:
    content = answer_json(demo().answer)
    assert hashlib.sha256(content).hexdigest() == content_hash(demo().answer)
    assert json.loads(content)["score"] == demo().answer.score


def test_the_table_has_a_row_for_every_rule_in_the_order_of_the_answer() -> None:
    rows = table(rules_csv(demo().answer))
    assert tuple(rows[0]) == HEAD
    assert [row["rule"] for row in rows] == [rule.id for rule in demo().answer.rules]
    assert {row["score"] for row in rows} == {str(demo().answer.score)}


def test_text_that_looks_like_a_formula_is_kept_from_being_one_and_numbers_stay_numbers() -> None:
    answer = demo().answer
    rule = replace(answer.rules[0], title="=cmd()", points=-5.0, because="@x")
    (row,) = table(rules_csv(replace(answer, rules=(rule,))))
    assert (row["title"], row["because"], row["points"]) == ("'=cmd()", "'@x", "-5.0")
