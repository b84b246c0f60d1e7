from __future__ import annotations

from datetime import date

from tests.rulebook import rule_text, rules_from


def test_a_suspension_is_the_gap_between_two_spans() -> None:
    spans = "[{from: 2020-01-01, to: 2020-12-31}, {from: 2022-01-01, to: 2022-12-31}]"
    (rule,) = rules_from(rule_text("gap", "deal.type = 'merger'", in_force=spans))
    days = (date(2019, 12, 31), date(2020, 12, 31), date(2021, 1, 1), date(2022, 1, 1), date(2023, 1, 1))
    assert [rule.state_on(day) for day in days] == ["not_yet", "in_force", "suspended", "in_force", "ended"]


def test_a_rule_without_an_end_stays_in_force() -> None:
    (rule,) = rules_from(rule_text("open", "deal.type = 'merger'", in_force="[{from: 2020-01-01}]"))
    assert [rule.state_on(day) for day in (date(2019, 12, 31), date(2020, 1, 1), date.max)] == [
        "not_yet", "in_force", "in_force",
    ]  # fmt: skip
