"""The shipped table against the rules that the arithmetic relies on."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise

import pytest

from riskapi.tariffs import Action, DutyBook, Measure, duty
from riskapi.tariffs.conditions import CONDITIONS
from riskapi.tariffs.coverage import COVERAGE, Coverage
from riskapi.tariffs.measures import names_measure
from tests.shipped import AS_OF, shipped_vocabulary, shipped_workspace


@lru_cache(maxsize=1)
def shipped_book() -> DutyBook:
    return DutyBook.from_connection(shipped_workspace().connection)


def shipped_rows() -> list[Measure]:
    return [row for rows in shipped_book().by_importer.values() for row in rows]


def test_every_condition_of_the_code_list_is_explained_and_none_besides() -> None:
    assert set(CONDITIONS) == set(shipped_vocabulary().domains["duty_condition"])


def test_only_measures_that_replace_or_fill_up_act_on_others() -> None:
    wanting = {Action.REPLACES, Action.ALL_IN}
    assert [row.key for row in shipped_rows() if (row.action in wanting) != bool(row.acts_on)] == []


def test_every_measure_that_is_named_exists() -> None:
    ids = {row.measure_id for row in shipped_rows()}
    named = {name for row in shipped_rows() for name in (*row.acts_on, *row.not_with)}
    assert [name for name in sorted(named) if not any(names_measure((name,), found) for found in ids)] == []


def test_no_two_rows_of_a_measure_speak_of_the_same_goods_on_a_day() -> None:
    spans: dict[tuple[object, ...], list[Measure]] = {}
    for row in shipped_rows():
        spans.setdefault((row.measure_id, row.importer, row.origin, row.product_group, row.company_id), []).append(row)
    overlapping = []
    for rows in spans.values():
        rows.sort(key=lambda row: row.valid_from or date.min)
        overlapping += [b.key for a, b in pairwise(rows) if (a.valid_to or date.max) >= (b.valid_from or date.min)]
    assert overlapping == []


def test_no_two_measures_take_each_others_place() -> None:
    rows = shipped_rows()
    pairs = [(a.key, b.key) for a in rows for b in rows if a.gives_way_to(b) and b.gives_way_to(a)]
    assert pairs == []


def test_a_rate_on_a_part_says_which_part() -> None:
    assert [row.key for row in shipped_rows() if row.base_pct is not None and row.base is None] == []


def test_products_of_the_coverage_are_product_groups() -> None:
    assert {entry.product for entry in COVERAGE} <= set(shipped_vocabulary().domains["product_group"])


def test_no_goods_are_covered_twice_on_a_day() -> None:
    claims = Counter((e.importer, e.product, origin) for e in COVERAGE for origin in e.origins)
    assert [claim for claim, count in claims.items() if count > 1] == []


@pytest.mark.parametrize("entry", COVERAGE, ids=lambda entry: f"{entry.importer}-{entry.product}-{entry.origins[0]}")
def test_covered_goods_have_one_ordinary_duty_on_every_day(entry: Coverage) -> None:
    last = min(entry.until or AS_OF, AS_OF)
    edges = {entry.since, last}
    for row in shipped_book().by_importer[entry.importer]:
        edges |= {row.valid_from or entry.since, (row.valid_to or last) + timedelta(days=1)}
    for origin in entry.origins:
        for day in sorted(day for day in edges if entry.since <= day <= last):
            answer = duty(shipped_book(), entry.product, origin, entry.importer, day)
            totals = [case.total_pct for case in answer.alternatives] or [answer.total_pct]
            explained = all(case.reasons for case in answer.alternatives if case.total_pct is None)
            assert any(total is not None for total in totals), (origin, day, answer.reasons)
            assert explained
            assert sum(c.measure.action is Action.ORDINARY for c in answer.counted) <= 1
