"""Where each speaker stands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from riskapi.claims.model import ReportedDeal, Role, Stance
from riskapi.claims.positions import positions_of

Build = Callable[..., ReportedDeal]
Say = Callable[..., dict[str, Any]]


@pytest.mark.parametrize(
    ("narrow", "wide", "stance", "beyond"),
    [
        ("high", "medium", Stance.PARTLY_DENIES, 1),
        ("high", "low", Stance.PARTLY_DENIES, 1),
        ("medium", "low", Stance.PARTLY_DENIES, 1),
        ("high", "high", Stance.DENIES, 0),
        ("medium", "high", Stance.DENIES, 0),
        ("low", "", Stance.DENIES, 0),
        ("high", "", Stance.PARTLY_DENIES, 1),
    ],
)
def test_a_wider_denial_recorded_with_less_confidence_does_not_replace_a_narrow_one(
    make_deal: Build, say: Say, narrow: str, wide: str, stance: Stance, beyond: int
) -> None:
    deal = make_deal(
        say("2026-02-01", "foreign_party", "partly_denies", confidence=narrow),
        say("2026-02-02", "foreign_party", "denies", confidence=wide),
    )
    (position,) = positions_of(deal.claims)
    assert (position.stance, len(position.beyond)) == (stance, beyond)


@pytest.mark.parametrize(
    ("first", "second"), [("denies", "confirms"), ("confirms", "denies"), ("denies", "partly_denies")]
)
def test_otherwise_the_latest_answer_is_the_position_unless_it_is_recorded_too_weakly(
    make_deal: Build, say: Say, first: str, second: str
) -> None:
    def positions(earlier: str, later: str) -> tuple[str, int]:
        deal = make_deal(
            say("2026-02-01", "host_party", first, confidence=earlier),
            say("2026-02-02", "host_party", second, confidence=later),
        )
        (position,) = positions_of(deal.claims)
        return position.stance.value, len(position.beyond)

    assert positions("high", "medium") == positions("low", "low") == (second, 0)
    assert positions("high", "low") == positions("medium", "low") == (first, 1)


def test_a_later_answer_that_does_not_count_is_called_what_it_is(make_deal: Build, say: Say) -> None:
    deal = make_deal(
        say("2026-02-01", "host_party", "denies", confidence="high"),
        say("2026-02-02", "host_party", "confirms", confidence="low"),
    )
    (position,) = positions_of(deal.claims)
    assert position.named(position.beyond[0]) == "a later confirmation"


def test_silence_is_a_position_only_without_an_answer(make_deal: Build, say: Say) -> None:
    silent = say("2026-02-03", "host_party", "declines_comment")
    assert positions_of(make_deal(silent).claims)[0].stance is Stance.DECLINES_COMMENT
    answered = make_deal(say("2026-02-01", "host_party", "denies"), silent)
    assert positions_of(answered.claims)[0].stance is Stance.DENIES


def test_only_those_who_would_know_have_a_position(make_deal: Build, say: Say) -> None:
    roles = ["media", "legislator", "regulator", "host_party", "foreign_party"]
    deal = make_deal(*(say("2026-02-01", role, "denies") for role in roles))
    assert [position.role for position in positions_of(deal.claims)] == [
        Role.FOREIGN_PARTY,
        Role.HOST_PARTY,
        Role.REGULATOR,
    ]
