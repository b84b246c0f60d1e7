"""The headline is made from the claims and reads as a sentence."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from riskapi.claims.model import ReportedDeal
from riskapi.claims.status import deal_status
from riskapi.claims.wording import period

Build = Callable[..., ReportedDeal]
Say = Callable[..., dict[str, Any]]
TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("precision", "words"), [("day", "on 1 March 2025"), ("month", "in March 2025"), ("year", "in 2025")]
)
def test_a_date_is_told_as_exactly_as_it_is_known(precision: str, words: str) -> None:
    assert period(date(2025, 3, 1), precision) == words


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "on 1 February 2026."), (1, "citing one anonymous source."), (12, "citing 12 anonymous sources.")],
)
def test_anonymous_sources_are_counted(make_deal: Build, say: Say, count: int, words: str) -> None:
    deal = make_deal(say("2026-02-01", "media", "reports", anonymous_sources=count))
    assert deal_status(deal, TODAY).headline.endswith(words)


def test_a_deal_without_statements_says_so_and_tells_the_outcome(make_deal: Build) -> None:
    deal = make_deal(outcome="prohibited", outcome_on="2026-06-01")
    assert deal_status(deal, TODAY).headline == (
        "Announced on 31 January 2026, with no press report on record; prohibited on 1 June 2026."
    )


def test_further_outlets_are_counted_once_each(make_deal: Build, say: Say) -> None:
    names = ["First", "Second", "First", "Third"]
    claims = [say(f"2026-02-0{i + 1}", "media", "reports", claimant=name) for i, name in enumerate(names)]
    headline = deal_status(make_deal(*claims), TODAY).headline
    assert headline == "Reported by First on 1 February 2026 (and by two others)."


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (2, "opposed by Rep. 0 and Rep. 1."),
        (3, "opposed by Rep. 0, Rep. 1 and Rep. 2."),
        (4, "opposed by 4 speakers, 4 of them legislators."),
    ],
)
def test_few_opponents_are_named_and_many_are_counted(make_deal: Build, say: Say, count: int, words: str) -> None:
    claims = [say("2026-03-01", "legislator", "opposes", claim_id=str(i), claimant=f"Rep. {i}") for i in range(count)]
    assert deal_status(make_deal(*claims), TODAY).headline.endswith(words)
