"""Admiralty grades: both characters by the stated rules."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from riskapi.claims.grading import CREDIBILITY, RELIABILITY, grade_claims
from riskapi.claims.ledger import DealLedger
from riskapi.claims.model import ReportedDeal

Build = Callable[..., ReportedDeal]
Say = Callable[..., dict[str, Any]]
TODAY = date(2026, 11, 22)


def codes(deal: ReportedDeal, as_of: date = TODAY) -> list[str]:
    return [grade.code for grade in grade_claims(deal, as_of)]


@pytest.mark.parametrize(
    ("role", "anonymous", "letter"),
    [
        ("regulator", None, "A"),
        ("host_party", None, "B"),
        ("foreign_party", None, "B"),
        ("legislator", None, "C"),
        ("media", 0, "B"),
        ("media", 1, "D"),
        ("media", 2, "C"),
        ("media", 3, "B"),
        ("media", None, "C"),
    ],
)
def test_reliability_follows_from_who_speaks_and_from_how_many_sources(
    make_deal: Build, say: Say, role: str, anonymous: int | None, letter: str
) -> None:
    assert codes(make_deal(say("2026-02-01", role, "reports", anonymous_sources=anonymous))) == [f"{letter}3"]


@pytest.mark.parametrize(("role", "anonymous", "letter"), [("regulator", None, "B"), ("media", 1, "E")])
def test_a_low_confidence_row_loses_one_letter(
    make_deal: Build, say: Say, role: str, anonymous: int | None, letter: str
) -> None:
    deal = make_deal(say("2026-02-01", role, "reports", anonymous_sources=anonymous, confidence="low"))
    (grade,) = grade_claims(deal, TODAY)
    assert grade.reliability == letter
    assert "the row is marked low confidence" in grade.reasons


@pytest.mark.parametrize(
    ("others", "number"),
    [
        ([], 3),
        ([("media", "reports", "Second")], 2),
        ([("media", "reports", "media")], 3),
        ([("host_party", "confirms", "Beta")], 1),
        ([("host_party", "denies", "Beta")], 4),
        ([("host_party", "denies", "Beta"), ("host_party", "denies", "Beta again")], 4),
        ([("host_party", "denies", "Beta"), ("foreign_party", "denies", "Alpha")], 5),
        ([("host_party", "partly_denies", "Beta")], 3),
        ([("host_party", "confirms", "Beta"), ("foreign_party", "denies", "Alpha")], 2),
        ([("legislator", "opposes", "Rep. X")], 3),
    ],
)
def test_a_report_gains_by_corroboration_and_loses_by_denial(
    make_deal: Build, say: Say, others: list[tuple[str, str, str]], number: int
) -> None:
    rest = [
        say("2026-02-02", role, stance, claim_id=f"x{i}", claimant=name)
        for i, (role, stance, name) in enumerate(others)
    ]
    assert grade_claims(make_deal(say("2026-02-01", "media", "reports"), *rest), TODAY)[0].credibility == number


@pytest.mark.parametrize(
    ("stance", "others", "number"),
    [
        ("denies", [], 3),
        ("denies", [("media", "reports")], 4),
        ("denies", [("host_party", "denies")], 2),
        ("denies", [("host_party", "confirms")], 5),
        ("partly_denies", [("media", "reports")], 3),
        ("partly_denies", [("host_party", "denies")], 2),
        ("partly_denies", [("host_party", "confirms")], 4),
        ("declines_comment", [("media", "reports")], 6),
    ],
)
def test_a_denial_is_weighed_by_what_it_denies(
    make_deal: Build, say: Say, stance: str, others: list[tuple[str, str]], number: int
) -> None:
    rest = [say("2026-02-02", role, said) for role, said in others]
    assert grade_claims(make_deal(say("2026-02-01", "foreign_party", stance), *rest), TODAY)[0].credibility == number


def test_an_outcome_proves_the_report_and_disproves_the_denial_from_its_day_on(make_deal: Build, say: Say) -> None:
    claims = [say("2026-02-01", "media", "reports"), say("2026-02-02", "host_party", "denies")]
    deal = make_deal(*claims, outcome="cleared", outcome_on="2026-06-01")
    assert codes(deal, date(2026, 5, 31)) == ["C4", "B4"]
    assert codes(deal, date(2026, 6, 1)) == ["C1", "B5"]


def test_a_denial_after_the_outcome_is_about_something_else(make_deal: Build, say: Say) -> None:
    deal = make_deal(say("2026-07-02", "host_party", "denies"), outcome="prohibited", outcome_on="2026-06-01")
    assert codes(deal) == ["B6"]


def test_the_reference_pairing(xiaomi_ford: DealLedger) -> None:
    grades = grade_claims(xiaomi_ford.get("xf"), TODAY)
    assert [grade.code for grade in grades] == ["C6", "B4", "B4", "B2"]
    assert grades[1].words == "usually reliable, doubtful"
    assert grades[1].reasons == ("media, 4 anonymous sources", "denied categorically by Ford")


def test_both_scales_are_whole() -> None:
    assert "".join(RELIABILITY) == "ABCDEF"
    assert list(CREDIBILITY) == [1, 2, 3, 4, 5, 6]
