"""What a deal looks like when it is cut to a date."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from riskapi.claims.model import ReportedDeal, Stance

Build = Callable[..., ReportedDeal]
Say = Callable[..., dict[str, Any]]


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("announced", "precision", "first"),
    [("2026-01-31", "day", "2026-01-31"), ("2024-02-01", "month", "2024-02-29"), ("2025-01-01", "year", "2025-12-31")],
)
def test_a_deal_is_public_from_the_end_of_its_announced_period(
    make_deal: Build, announced: str, precision: str, first: str
) -> None:
    deal = make_deal(announced_on=announced, announced_precision=precision)
    assert deal.known_from == day(first)
    assert deal.known_on(day(first)) is not None
    assert deal.known_on(date.fromordinal(day(first).toordinal() - 1)) is None


def test_a_report_before_the_announcement_makes_the_deal_public_but_not_the_announcement(
    make_deal: Build, say: Say
) -> None:
    deal = make_deal(say("2026-01-10", "media", "reports"))
    known = deal.known_on(day("2026-01-15"))
    assert known is not None
    assert known.announced_on is None
    assert known.known_from == day("2026-01-10")


def test_opposition_before_the_first_report_does_not_make_the_deal_public(make_deal: Build, say: Say) -> None:
    deal = make_deal(say("2026-01-28", "legislator", "opposes"))
    assert deal.known_on(day("2026-01-30")) is None
    known = deal.known_on(day("2026-06-01"))
    assert known is not None
    assert known.opposition == ()
    assert [claim.stance for claim in known.claims] == [Stance.OPPOSES]


def test_opposition_inside_an_announced_month_makes_the_deal_public(make_deal: Build, say: Say) -> None:
    deal = make_deal(say("2026-01-12", "legislator", "opposes"), announced_on="2026-01-01", announced_precision="month")
    known = deal.known_on(day("2026-01-12"))
    assert known is not None
    assert len(known.opposition) == 1


def test_a_foreign_party_that_objects_to_an_order_does_not_oppose_its_own_deal(make_deal: Build, say: Say) -> None:
    assert make_deal(say("2026-02-12", "foreign_party", "opposes")).opposition == ()
    assert len(make_deal(say("2026-02-12", "host_party", "opposes")).opposition) == 1


@pytest.mark.parametrize(("as_of", "outcome"), [("2026-05-31", None), ("2026-06-01", "prohibited")])
def test_an_outcome_and_the_summary_that_tells_it_are_hidden_until_its_day(
    make_deal: Build, as_of: str, outcome: str | None
) -> None:
    deal = make_deal(outcome="prohibited", outcome_on="2026-06-01", summary="Blocked in June.")
    known = deal.known_on(day(as_of))
    assert known is not None
    assert (known.outcome, known.summary) == (outcome, "Blocked in June." if outcome else None)


def test_an_undated_outcome_is_never_shown(make_deal: Build) -> None:
    known = make_deal(outcome="cleared", outcome_on=None).known_on(day("2026-11-22"))
    assert known is not None
    assert known.outcome is None


def test_a_deal_without_any_date_is_never_public(make_deal: Build) -> None:
    deal = make_deal(announced_on=None)
    assert deal.known_from is None
    assert deal.known_on(day("2026-11-22")) is None


def test_cutting_twice_is_cutting_once(make_deal: Build, say: Say) -> None:
    claims: list[Any] = [say("2026-01-10", "media", "reports"), say("2026-03-10", "host_party", "denies")]
    known = make_deal(*claims, outcome="cleared", outcome_on="2026-05-01").known_on(day("2026-02-01"))
    assert known is not None
    assert known.known_on(day("2026-02-01")) == known


@pytest.mark.parametrize(("as_of", "count"), [("2026-03-30", 0), ("2026-03-31", 1)])
def test_a_statement_dated_to_the_month_counts_from_the_end_of_the_month(
    make_deal: Build, say: Say, as_of: str, count: int
) -> None:
    deal = make_deal(say("2026-03-01", "host_party", "denies", note="Not for sale (date known to the month)"))
    known = deal.known_on(day(as_of))
    assert known is not None
    assert [claim.note for claim in known.claims] == ["Not for sale"] * count


@pytest.mark.parametrize(("as_of", "outcome"), [("2026-12-30", None), ("2026-12-31", "cleared")])
def test_an_outcome_dated_to_the_year_counts_from_the_end_of_the_year(
    make_deal: Build, as_of: str, outcome: str | None
) -> None:
    deal = make_deal(outcome="cleared", outcome_on="2026-01-01", summary="Cleared. (Outcome date known to the year.)")
    known = deal.known_on(day(as_of))
    assert known is not None
    assert known.outcome == outcome
