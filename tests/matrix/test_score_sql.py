"""What rules add up to in SQL is what one pairing scores: on rules of every kind, policy and gate."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskapi.matrix.schema import LISTS, PILLARS
from riskapi.matrix.score_sql import fill_rules, scores_query
from riskapi.matrix.single import results_of
from riskapi.rules import Rule, Status
from riskapi.scoring.score import Judged
from riskapi.scoring.scorecard import LEAST_SCORE, MOST_SCORE, Scorecard
from tests.matrix.test_tally import GROUPS, rule_lists
from tests.scoring.rule_objects import rule, scorecard


@given(st.data())
@settings(deadline=None, max_examples=25)
def test_the_score_in_sql_is_the_score_of_one_pairing(data: st.DataObject) -> None:
    rules = data.draw(rule_lists())
    rows = data.draw(st.lists(st.tuples(*(st.sampled_from(list(Status)) for _ in rules)), min_size=1, max_size=4))
    card = scorecard(data.draw(st.sampled_from([-35.0, 12.5])), None, **GROUPS)
    for found, statuses in zip(scored(rules, rows, card), rows, strict=True):
        judged = [Judged(item, status) for item, status in zip(rules, statuses, strict=True)]
        wanted = results_of(judged, card)
        for name in ("score", "low", "high", *PILLARS):
            assert found[name] == pytest.approx(wanted[name], abs=2e-4)
        assert {name: found[name] for name in (*LISTS, "undetermined")} == {
            name: wanted[name] for name in (*LISTS, "undetermined")
        }


def test_no_number_of_points_reaches_an_end_of_the_scale() -> None:
    rules = [rule(f"r{number}", points) for number, points in enumerate([95.0, 95.0, 95.0, -600.0])]
    for statuses in ([Status.FIRED] * 3 + [Status.NOT_FIRED], [Status.FIRED] * 4):
        judged = [Judged(item, status) for item, status in zip(rules, statuses, strict=True)]
        found, wanted = scored(rules, [tuple(statuses)], scorecard())[0], results_of(judged, scorecard())
        assert found["score"] == wanted["score"] == (LEAST_SCORE if statuses[-1] is Status.FIRED else MOST_SCORE)


def scored(rules: list[Rule], rows: list[tuple[Status, ...]], card: Scorecard) -> list[dict[str, Any]]:
    """The results of the rows, each as a host of one foreign company."""
    with duckdb.connect(":memory:") as con:
        con.execute("CREATE TABLE said (f INTEGER, h INTEGER, rule VARCHAR, fired BOOLEAN)")
        con.execute("CREATE TABLE foreign_side AS SELECT 0::INTEGER AS place")
        con.execute(f"CREATE TABLE host_side AS SELECT unnest(range({len(rows)}))::INTEGER AS place")
        for number, statuses in enumerate(rows):
            for rule, status in zip(rules, statuses, strict=True):
                if status is not Status.NOT_FIRED:
                    con.execute("INSERT INTO said VALUES (0, ?, ?, ?)", [number, rule.id, status is Status.FIRED])
        fill_rules(con, rules, card)
        found = con.execute(f"SELECT * FROM ({scores_query(card)}) ORDER BY h")
        names = [item[0] for item in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
