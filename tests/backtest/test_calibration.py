"""Fitting points: signs, orders, penalty, groups; proposals and their way into rule files."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskapi.backtest.accept import accept
from riskapi.backtest.calibrate import Calibration, Proposal, calibrate
from riskapi.backtest.calibration import FEWEST_CASES, ORDER_GAP, PENALTIES, Design, fit
from riskapi.backtest.calibration_output import calibration_data, calibration_markdown
from riskapi.backtest.cases import load_cases
from riskapi.backtest.expert import RECORD, CalibrationRecord, load_record, record_text
from riskapi.backtest.metrics import Estimate, wilson
from riskapi.backtest.report import Provenance, Ranking
from riskapi.errors import RequestError, RuleError
from riskapi.rules import Rule, load_rules
from tests.backtest.synthetic import invented_file, record, write
from tests.rulebook import rules_from
from tests.shipped import shipped_vocabulary, shipped_workspace


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is found does not depend on how many samples and strengths are tried."""
    monkeypatch.setattr("riskapi.backtest.calibration.PENALTIES", (4.0, 16.0))
    monkeypatch.setattr("riskapi.backtest.baselines.REPEATS", 1)
    monkeypatch.setattr("riskapi.backtest.calibrate.SPREAD_DRAWS", 3)


RULE = """
  - id: us.test.{name}
    title: Test
    citation: 15 CFR 1
    kind: {kind}
    in_force: [{{from: 2020-01-01}}]
    when: deal.critical_technology
    effect: {{pillar: {pillar}, points: {points}, why: test}}
    if_unknown: ignore
    because: Test.
"""


def rule(name: str, points: float = 5, pillar: str = "vulnerability") -> Rule:
    kind = "aggravating" if points > 0 else "mitigating"
    (made,) = rules_from(RULE.format(name=name, kind=kind, pillar=pillar, points=f"{points:g}"))
    return made


def design(
    rules: Sequence[Rule], rows: Sequence[Sequence[Sequence[int]]], orders: Sequence[tuple[int, int]] = ()
) -> Design:
    """`rows` holds for each case the groups of rules that would count."""
    return Design(
        rules=tuple(rules),
        expert=np.array([rule.points for rule in rules]),
        candidates=tuple(tuple(tuple(group) for group in row) for row in rows),
        sums=frozenset(),
        orders=tuple(orders),
    )


def whole(made: Design) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.arange(len(made.candidates), dtype=np.int64)


TELLING, IDLE = rule("telling"), rule("idle")


def test_a_rule_that_goes_with_bad_outcomes_gains_and_one_that_does_not_loses() -> None:
    rows = [[[0]]] * 20 + [[[1]]] * 20 + [[]] * 20
    truth = np.array([True] * 16 + [False] * 4 + [False] * 20 + [True] * 6 + [False] * 14)
    made = design([TELLING, IDLE], rows)
    found = fit(made, truth, whole(made), 1.0)
    assert found.points[0] > TELLING.points
    assert 0 <= found.points[1] < IDLE.points
    assert list(found.counted) == [20, 20]


def test_a_strong_penalty_keeps_the_expert_points() -> None:
    rows = [[[0]]] * 20 + [[]] * 20
    made = design([TELLING], rows)
    truth = np.array([True] * 20 + [False] * 20)
    loose, tight = (fit(made, truth, whole(made), penalty).points[0] for penalty in (0.5, 1e6))
    assert loose > 15
    assert tight == pytest.approx(TELLING.points, abs=0.01)


def test_points_never_change_their_sign() -> None:
    mitigating = rule("mitigating", -5)
    rows = [[[0], [1]]] * 20 + [[]] * 20
    made = design([TELLING, mitigating], rows)
    found = fit(made, np.array([False] * 20 + [True] * 20), whole(made), 0.1)
    assert found.points[0] == pytest.approx(0, abs=1e-6)
    assert found.points[1] < -5
    against = fit(made, np.array([True] * 20 + [False] * 20), whole(made), 0.1)
    assert against.points[1] == pytest.approx(0, abs=1e-6)


def test_an_order_is_kept_against_the_outcomes() -> None:
    rows = [[[0]]] * 20 + [[[1]]] * 20
    truth = np.array([True] * 20 + [False] * 20)
    free, bound = design([TELLING, IDLE], rows), design([TELLING, IDLE], rows, [(0, 1)])
    low, high = fit(free, truth, whole(free), 1.0).points
    assert low > high
    low, high = fit(bound, truth, whole(bound), 1.0).points
    assert low <= high - ORDER_GAP + 0.1


def test_a_rule_that_hardly_ever_counted_stays_where_it_is() -> None:
    rows = [[[0]]] * (FEWEST_CASES - 1) + [[]] * 30
    made = design([TELLING], rows)
    truth = np.array([True] * (FEWEST_CASES - 1) + [False] * 30)
    assert fit(made, truth, whole(made), 1.0).points[0] == pytest.approx(TELLING.points)


def test_a_fixed_rule_stays_where_it_is() -> None:
    rows = [[[0]]] * 20 + [[]] * 20
    made = replace(design([TELLING], rows), fixed=frozenset({0}))
    assert fit(made, np.array([True] * 20 + [False] * 20), whole(made), 0.5).points[0] == pytest.approx(TELLING.points)


def test_of_a_group_only_the_heaviest_counts_also_after_the_fit() -> None:
    heavy, light = rule("heavy", 9), rule("light", 4)
    made = design([heavy, light], [[[0, 1]], [[1]], []])
    assert made.matrix(made.expert).tolist() == [[1, 0], [0, 1], [0, 0]]
    assert made.matrix(np.array([2.0, 4.0])).tolist() == [[0, 1], [0, 1], [0, 0]]
    assert made.total(np.array([9.0, 4.0]), whole(made)).tolist() == [9, 4, 0]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans()), min_size=30, max_size=60), st.floats(0.5, 50))
def test_signs_and_orders_hold_whatever_the_outcomes(cases: list[tuple[bool, bool, bool]], penalty: float) -> None:
    rules = [rule("low", 3), rule("high", 6)]
    made = design(rules, [[[index] for index in (0, 1) if case[index]] for case in cases], [(0, 1)])
    low, high = fit(made, np.array([case[2] for case in cases]), whole(made), penalty).points
    assert low >= 0
    assert high >= 0
    assert low <= high + 0.1


# The shipped record


def test_the_shipped_record_fits_the_shipped_rules() -> None:
    workspace = shipped_workspace()
    found = load_record(workspace.settings.rules, workspace.book)
    assert found.orders
    points = {rule.id: rule.points for rule in workspace.book.rules}
    assert all(
        abs(points[low]) <= abs(points[high]) or points[low] <= points[high] for low, high in found.order_pairs()
    )


def test_points_edited_since_they_were_accepted_are_told(tmp_path: Path) -> None:
    book = shipped_workspace().book
    wrong = {
        "any.screening-grounds.land": {"expert": 8, "points": -77},
        "any.screening-grounds.lnd": {"expert": 1, "points": 1},
    }
    (tmp_path / RECORD).write_text(json.dumps({"accepted": wrong}))
    with pytest.raises(RuleError) as found:
        load_record(tmp_path, book)
    details = " ".join(problem.detail + (problem.hint or "") for problem in found.value.problems)
    assert "the record accepted -77" in details
    assert "any.screening-grounds.land" in details


def test_a_record_with_unknown_fields_is_refused_with_their_place(tmp_path: Path) -> None:
    (tmp_path / RECORD).write_text('{"orders": [["a"]], "acepted": {}}')
    with pytest.raises(RuleError) as found:
        load_record(tmp_path, shipped_workspace().book)
    assert {problem.field for problem in found.value.problems} == {"orders.0", "acepted"}


def test_the_record_reads_back_as_written() -> None:
    made = CalibrationRecord.model_validate(
        {"orders": [["us.a", "us.b"]], "fixed": {"us.c": "why"},
         "accepted": {"us.b": {"expert": 2, "points": 4}, "us.a": {"expert": 1, "points": 3}},
         "evidence": {"cases": "abc", "n": 3, "adverse": 1, "penalty": 4}}
    )  # fmt: skip
    assert CalibrationRecord.model_validate_json(record_text(made)) == made
    assert record_text(made).index('us.a": {') < record_text(made).index('us.b": {')


# Acceptance


def folder_with_rules(tmp_path: Path) -> Path:
    target = tmp_path / "rules"
    shutil.copytree(shipped_workspace().settings.rules, target)
    (target / RECORD).unlink(missing_ok=True)
    return target


def report_of(*rows: Proposal) -> Calibration:
    none = Estimate(value=None, low=None, high=None, n=0, adverse=0)
    ranking = Ranking(auc=none, auc_china=none, auc_us=none)
    made = Provenance(engine="1", rule_set="1", dataset="1", cases="abc", seed=1, draws=1, level=0.95)
    return Calibration(
        n=9, adverse=4, penalty=4.0, pillars={}, nested=ranking, later=ranking, expert=ranking, current=ranking,
        country=ranking, gain=ranking, proposals=rows, hosts=(), eras=(), versions=made,
    )  # fmt: skip


def proposal(rule_id: str, proposed: float | None) -> Proposal:
    current = shipped_workspace().book.by_id[rule_id].points
    return Proposal(
        rule_id=rule_id, pillar="vulnerability", group=None, expert=current, current=current, fitted=0.0, spread=0.0,
        counted=wilson(3, 9), proposed=proposed,
    )  # fmt: skip


LAND, SITE = "any.screening-grounds.land", "any.screening-grounds.sensitive-site"


def test_accepted_points_change_one_number_each_and_the_expert_points_are_kept(tmp_path: Path) -> None:
    folder = folder_with_rules(tmp_path)
    before = load_rules(folder, shipped_vocabulary(), examples=False)
    file = before.by_id[LAND].file
    text = (folder / file).read_text()
    assert accept(report_of(proposal(LAND, 37), proposal(SITE, None)), folder, before) == (file,)
    after = load_rules(folder, shipped_vocabulary(), examples=False)
    changed = [rule.id for rule in after.rules if rule.points != before.by_id[rule.id].points]
    assert changed == [LAND]
    assert after.by_id[LAND].points == 37
    lines = [(old, new) for old, new in zip(text.splitlines(), (folder / file).read_text().splitlines(), strict=True)]
    assert len([1 for old, new in lines if old != new]) == 1
    record = load_record(folder, after)
    assert record.expert_points() == {LAND: before.by_id[LAND].points}
    assert record.evidence is not None
    assert record.evidence.cases == "abc"


def test_a_second_acceptance_keeps_the_first_expert_points(tmp_path: Path) -> None:
    folder = folder_with_rules(tmp_path)
    first = load_rules(folder, shipped_vocabulary(), examples=False)
    accept(report_of(proposal(LAND, 37)), folder, first)
    second = load_rules(folder, shipped_vocabulary(), examples=False)
    expert = load_record(folder, second).expert_points()[LAND]
    accept(report_of(replace(proposal(LAND, 21), expert=expert, current=37.0)), folder, second)
    third = load_rules(folder, shipped_vocabulary(), examples=False)
    assert third.by_id[LAND].points == 21
    assert load_record(folder, third).expert_points() == {LAND: first.by_id[LAND].points}


# The whole study


def test_the_study_learns_on_invented_cases_and_says_what_it_would_change(tmp_path: Path) -> None:
    made = [
        record(number, outcome="prohibited" if number % 3 == 0 else "cleared", sector="other", host_country="US",
               sensitivities={"near_military_site": number % 3 == 0, "critical_technology": False, "defence_supplier": False})
        for number in range(60)
    ]  # fmt: skip
    report = calibrate(shipped_workspace(), load_cases(write(tmp_path / "cases.jsonl", *made)))
    assert (report.n, report.adverse) == (60, 20)
    assert report.nested.auc.value is not None
    assert report.nested.auc.value > 0.9
    site = next(row for row in report.proposals if row.rule_id == SITE)
    assert site.fitted > site.expert
    assert site.counted.adverse == site.counted.n == 20
    assert report.penalty in PENALTIES
    assert sum(row.observed.n for row in report.eras) == 60


def test_too_few_cases_are_told(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="too few"):
        calibrate(shipped_workspace(), load_cases(write(tmp_path / "cases.jsonl", record(0), record(1))))


@pytest.mark.slow
def test_the_report_can_be_read_as_data_and_as_markdown(tmp_path: Path) -> None:
    report = calibrate(shipped_workspace(), invented_file(tmp_path))
    data = json.loads(json.dumps(calibration_data(report)))
    assert {"nested", "later", "current", "expert", "country", "gain", "proposals", "eras", "hosts"} <= set(data)
    text = calibration_markdown(report)
    assert "## Proposed points" in text
    assert all(f"`{row.rule_id}`" in text for row in report.proposals if row.proposed is not None)
