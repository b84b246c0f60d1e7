"""The status of a deal follows from what was said by the date, and from nothing else."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskapi.claims.ledger import DealLedger
from riskapi.claims.model import Claim, ReportedDeal, Role, Stance
from riskapi.claims.status import LABELS, OUTCOME_STATUS, Status, deal_status, no_report

Build = Callable[..., ReportedDeal]
Say = Callable[..., dict[str, Any]]
TODAY = date(2026, 11, 22)


def test_the_reference_pairing_reads_as_reported_denied_by_one_and_narrowly_by_the_other(
    xiaomi_ford: DealLedger,
) -> None:
    status = deal_status(xiaomi_ford.get("xf"), TODAY)
    assert status.status is Status.DENIED_BY_ONE
    assert status.position_of(Role.HOST_PARTY) is Stance.DENIES
    assert status.position_of(Role.FOREIGN_PARTY) is Stance.PARTLY_DENIES
    assert [(pair.affirmed.claimant, pair.denied.claimant, pair.in_part) for pair in status.contradictions] == [
        ("Financial Times", "Ford", False),
        ("Financial Times", "Xiaomi", True),
    ]
    assert not status.opposed
    assert status.headline == (
        "Reported by Financial Times on 31 January 2026, citing four anonymous sources; "
        "denied categorically by Ford on 31 January 2026 (completely false); "
        "denied in part only by Xiaomi on 2 February 2026 (is not selling in the US and not negotiating to do so)."
    )


def test_the_published_record_of_the_reference_pairing_reads_the_same() -> None:
    ledger = DealLedger.from_rows(*(_table(name) for name in ("deals", "claims")))
    (deal,) = ledger.between("ford", "xiaomi", TODAY)
    status = deal_status(deal, TODAY)
    assert status.status is Status.DENIED_BY_ONE
    assert status.headline.startswith("Reported by Financial Times on 31 January 2026, citing four anonymous sources; ")
    assert status.position_of(Role.HOST_PARTY) is Stance.DENIES
    assert status.position_of(Role.FOREIGN_PARTY) is Stance.PARTLY_DENIES
    assert ledger.between("ford", "xiaomi", date(2026, 1, 30)) == ()
    assert ledger.legislators_opposing("ford", "xiaomi", date(2026, 1, 30)) == 0


def _table(name: str) -> list[dict[str, str]]:
    path = Path(__file__).parents[2] / "datasets" / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_wider_denial_with_less_confidence_is_told_beside_the_narrow_one(make_deal: Build, say: Say) -> None:
    deal = make_deal(
        say(*REPORT, claimant="Paper"),
        say("2026-02-02", "foreign_party", "partly_denies", claimant="Alpha", note="not now"),
        say("2026-02-03", "foreign_party", "denies", claimant="Alpha online", note="all false", confidence="medium"),
    )
    status = deal_status(deal, TODAY)
    assert status.status is Status.PARTLY_DENIED
    assert status.headline == (
        "Reported by Paper on 1 February 2026; denied in part only by Alpha on 2 February 2026 (not now); "
        "a wider denial by Alpha online on 3 February 2026 is on record with less confidence (all false)."
    )


def test_the_day_before_the_report_there_is_none(xiaomi_ford: DealLedger) -> None:
    status = deal_status(xiaomi_ford.get("xf"), date(2026, 1, 30))
    assert status.status is Status.NO_REPORT
    assert status.headline == "No report of such a deal is on record as of 30 January 2026."
    assert (status.claims, status.grades, status.outcome) == ((), (), None)


def test_companies_without_a_deal_have_a_status_too() -> None:
    status = no_report(TODAY)
    assert (status.deal_id, status.status, status.label) == (None, Status.NO_REPORT, "no report on record")


def test_the_label_tells_a_narrow_denial_beside_a_categorical_one(xiaomi_ford: DealLedger) -> None:
    label = deal_status(xiaomi_ford.get("xf"), TODAY).label
    assert label == "denied categorically by one speaker, in part by another"


def test_every_status_has_a_label() -> None:
    assert set(LABELS) == set(Status)


def test_between_the_two_denials_only_the_first_is_told(xiaomi_ford: DealLedger) -> None:
    status = deal_status(xiaomi_ford.get("xf"), date(2026, 2, 1))
    assert status.status is Status.DENIED_BY_ONE
    assert status.position_of(Role.FOREIGN_PARTY) is None
    assert "Xiaomi" not in status.headline


REPORT = ("2026-02-01", "media", "reports")


@pytest.mark.parametrize(
    ("claims", "status"),
    [
        ([], Status.RECORDED),
        ([REPORT], Status.REPORTED),
        ([REPORT, ("2026-02-02", "host_party", "declines_comment")], Status.REPORTED),
        ([REPORT, ("2026-02-02", "host_party", "partly_denies")], Status.PARTLY_DENIED),
        ([REPORT, ("2026-02-02", "host_party", "denies")], Status.DENIED_BY_ONE),
        ([("2026-02-02", "host_party", "denies"), ("2026-02-02", "foreign_party", "denies")], Status.DENIED_BY_ALL),
        ([("2026-02-02", "host_party", "denies"), ("2026-02-02", "regulator", "denies")], Status.DENIED_BY_ONE),
        ([REPORT, ("2026-02-02", "host_party", "confirms")], Status.CONFIRMED_BY_ONE),
        ([("2026-02-02", "host_party", "confirms"), ("2026-02-02", "foreign_party", "confirms")], Status.CONFIRMED),
        ([("2026-02-02", "host_party", "confirms"), ("2026-02-02", "regulator", "confirms")], Status.CONFIRMED),
        ([("2026-02-02", "host_party", "denies"), ("2026-02-02", "foreign_party", "confirms")], Status.DISPUTED),
        ([("2026-02-02", "host_party", "confirms"), ("2026-02-03", "host_party", "denies")], Status.DENIED_BY_ONE),
        ([("2026-02-02", "host_party", "denies"), ("2026-02-03", "host_party", "confirms")], Status.CONFIRMED_BY_ONE),
        (
            [("2026-02-02", "host_party", "denies"), ("2026-02-03", "host_party", "declines_comment")],
            Status.DENIED_BY_ONE,
        ),
        ([("2026-02-02", "legislator", "opposes")], Status.RECORDED),
    ],
)
def test_the_status_follows_from_the_latest_position_of_each_speaker(
    make_deal: Build, say: Say, claims: list[tuple[str, str, str]], status: Status
) -> None:
    deal = make_deal(*(say(*claim) for claim in claims))
    assert deal_status(deal, TODAY).status is status


@pytest.mark.parametrize(("outcome", "status"), sorted(OUTCOME_STATUS.items()))
def test_an_outcome_settles_the_status_from_its_day_on(
    make_deal: Build, say: Say, outcome: str, status: Status
) -> None:
    deal = make_deal(say("2026-02-02", "host_party", "denies"), outcome=outcome, outcome_on="2026-06-01")
    assert deal_status(deal, date(2026, 5, 31)).status is Status.DENIED_BY_ONE
    assert deal_status(deal, date(2026, 6, 1)).status is status


def test_what_is_said_after_the_outcome_states_no_position(make_deal: Build, say: Say) -> None:
    deal = make_deal(
        say(*REPORT), say("2026-07-02", "host_party", "denies"), outcome="prohibited", outcome_on="2026-06-01"
    )
    status = deal_status(deal, TODAY)
    assert (status.positions, status.contradictions) == ((), ())
    assert len(status.claims) == 2


def test_a_denied_report_without_a_recorded_denial_says_that_nobody_is_named(make_deal: Build) -> None:
    status = deal_status(make_deal(outcome="report_denied", outcome_on="2026-06-01"), TODAY)
    assert status.status is Status.DENIED
    assert "without saying who denied it" in status.headline


def test_a_pending_case_is_told_by_its_claims(make_deal: Build, say: Say) -> None:
    status = deal_status(make_deal(say(*REPORT), outcome="pending", outcome_on="2026-06-01"), TODAY)
    assert status.status is Status.REPORTED


def test_opposition_is_a_flag_beside_the_status(make_deal: Build, say: Say) -> None:
    status = deal_status(make_deal(say(*REPORT), say("2026-03-01", "legislator", "opposes", claimant="Rep. X")), TODAY)
    assert (status.status, status.opposed, status.legislators_opposing) == (Status.REPORTED, True, 1)
    assert status.headline.endswith("; opposed by Rep. X.")


def test_low_confidence_is_told(make_deal: Build, say: Say) -> None:
    status = deal_status(make_deal(say(*REPORT, claimant="Blog", confidence="low"), confidence="low"), TODAY)
    assert len(status.warnings) == 2
    assert "Blog (2026-02-01)" in status.warnings[1]


DAYS = st.dates(date(2025, 12, 1), date(2026, 12, 31))


@st.composite
def claims(draw: st.DrawFn) -> Claim:
    return Claim(
        claim_id=draw(st.text("abcdef", min_size=4, max_size=8)),
        deal_id="d1",
        made_on=draw(DAYS),
        made_precision=draw(st.sampled_from(["day", "day", "month"])),
        claimant=draw(st.sampled_from(["A", "B", "Rep. C"])),
        role=draw(st.sampled_from(list(Role))),
        stance=draw(st.sampled_from(list(Stance))),
        anonymous_sources=draw(st.none() | st.integers(0, 5)),
    )


@st.composite
def deals(draw: st.DrawFn) -> ReportedDeal:
    said = draw(st.lists(claims(), max_size=6, unique_by=lambda claim: claim.claim_id))
    return ReportedDeal(
        deal_id="d1",
        title="t",
        announced_on=draw(st.none() | DAYS),
        outcome=draw(st.sampled_from([None, "pending", "report_denied", *OUTCOME_STATUS])),
        outcome_on=draw(st.none() | DAYS),
        summary=draw(st.none() | st.just("told at the end")),
        claims=tuple(sorted(said, key=lambda claim: claim.order)),
    )


@given(deal=deals(), later=st.lists(claims(), max_size=4), as_of=DAYS)
def test_nothing_said_or_decided_later_changes_the_status(deal: ReportedDeal, later: list[Claim], as_of: date) -> None:
    told = tuple(claim for claim in deal.claims if claim.said_by <= as_of)
    shift = as_of + timedelta(days=1)
    future = tuple(
        replace(claim, claim_id=f"z{i}", made_on=shift, made_precision="day") for i, claim in enumerate(later)
    )
    settled = deal.outcome_on is not None and deal.outcome_on <= as_of
    past = replace(deal, claims=told) if settled else replace(deal, claims=told, outcome="prohibited", outcome_on=shift)
    other = replace(past, claims=told + future)
    assert deal_status(other, as_of) == deal_status(past, as_of)
    assert deal_status(other, as_of) == deal_status(deal, as_of)


@given(deal=deals(), as_of=DAYS)
def test_a_status_holds_only_claims_and_outcomes_of_its_time(deal: ReportedDeal, as_of: date) -> None:
    status = deal_status(deal, as_of)
    assert all(claim.said_by <= as_of for claim in status.claims)
    assert status.outcome_on is None or status.outcome_on <= as_of
    assert len(status.grades) == len(status.claims)
    assert status.headline.endswith(".")
