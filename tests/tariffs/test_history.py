from __future__ import annotations

from datetime import date, timedelta

import pytest

from riskapi.tariffs import duty, duty_history
from tests.tariffs.rows import book, measure

FIRST, LAST = date(2024, 1, 1), date(2024, 12, 31)
BOOK = book(
    measure(),
    measure("us.301", 25, "adds", valid_to=date(2024, 9, 26)),
    measure("us.301", 100, "adds", valid_from=date(2024, 9, 27)),
    measure("us.122", 10, "adds", not_with=("us.301",), valid_from=date(2024, 3, 1), valid_to=date(2024, 3, 31)),
)


def test_a_period_ends_the_day_before_the_rate_changes() -> None:
    periods = duty_history(BOOK, "ev_car", "CN", "US", FIRST, LAST)
    found = [(period.start, period.end, period.duty.total_pct, period.change_pct) for period in periods]
    assert found == [(FIRST, date(2024, 9, 26), 27.5, None), (date(2024, 9, 27), LAST, 102.5, 75.0)]


def test_the_periods_agree_with_the_duty_of_every_day() -> None:
    periods = duty_history(BOOK, "ev_car", "CN", "US", FIRST, LAST)
    day = FIRST
    while day <= LAST:
        (period,) = [period for period in periods if period.start <= day <= period.end]
        assert period.duty.total_pct == duty(BOOK, "ev_car", "CN", "US", day).total_pct
        day += timedelta(days=1)


def test_one_day_is_one_period() -> None:
    (period,) = duty_history(BOOK, "ev_car", "CN", "US", FIRST, FIRST)
    assert (period.start, period.end) == (FIRST, FIRST)


def test_the_end_of_the_record_begins_a_period_of_its_own() -> None:
    found = book(measure(importer="CN", origin="US", rate_pct=15))
    periods = duty_history(found, "ev_car", "US", "CN", date(2026, 11, 1), date(2026, 11, 22))
    assert [(period.start, period.duty.total_pct, period.change_pct) for period in periods] == [
        (date(2026, 11, 1), 15, None),
        (date(2026, 11, 10), None, None),
    ]


def test_an_end_before_the_start_is_refused() -> None:
    with pytest.raises(ValueError, match="lies before"):
        duty_history(BOOK, "ev_car", "CN", "US", LAST, FIRST)
