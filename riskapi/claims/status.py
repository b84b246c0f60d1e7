"""What the record says of a deal as of a date: reported, denied, confirmed, decided.

Enters: a `ReportedDeal` and an as-of date. Leaves: a `DealStatus` with a headline sentence, the position of each
party, the contradictions side by side, the opposition and the grade of each claim.

A speaker's position is its latest answer, as told in `riskapi.claims.positions`.
What is said after an outcome that settles the status is about something else (an order, a sale) and states no position.
Speakers are the two parties and the authorities. Rules, the first that applies:

     1  no_report            the deal was not public by the as-of date
     2  prohibited, divestiture_ordered, withdrawn, cleared, completed
                             an outcome of that kind is dated on or before the as-of date (see OUTCOME_STATUS)
     3  disputed             one speaker confirms and another denies categorically
     4  confirmed            two speakers confirm
     5  confirmed_by_one     one speaker confirms
     6  denied_by_all        both parties deny categorically
     7  denied_by_one        one speaker denies categorically; a narrow denial by the other does not make it two
     8  partly_denied        only narrow denials
     9  denied               the record's outcome is `report_denied` but who denied is not recorded
    10  reported             media or others report it; nobody who would know has answered
    11  recorded             the row stands in the dataset and no statement is recorded

Opposition is not a status: `opposed` says whether anyone has spoken against the deal since it became public.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import combinations

from riskapi.claims.grading import Grade, grade_claims
from riskapi.claims.ledger import count_legislators
from riskapi.claims.model import AFFIRMATIONS, DENIALS, PARTIES, Claim, Edited, ReportedDeal, Role, Stance
from riskapi.claims.positions import Position, positions_of
from riskapi.claims.wording import headline


class Status(StrEnum):
    """The status of a deal; the rules are in the module's text."""

    NO_REPORT = "no_report"
    PROHIBITED = "prohibited"
    DIVESTITURE_ORDERED = "divestiture_ordered"
    WITHDRAWN = "withdrawn"
    CLEARED = "cleared"
    COMPLETED = "completed"
    DISPUTED = "disputed"
    CONFIRMED = "confirmed"
    CONFIRMED_BY_ONE = "confirmed_by_one"
    DENIED_BY_ALL = "denied_by_all"
    DENIED_BY_ONE = "denied_by_one"
    PARTLY_DENIED = "partly_denied"
    DENIED = "denied"
    REPORTED = "reported"
    RECORDED = "recorded"


#: Outcome codes of the dataset that settle the status. `pending` and `report_denied` do not: the claims decide.
OUTCOME_STATUS = {
    "prohibited": Status.PROHIBITED,
    "forced_divestiture": Status.DIVESTITURE_ORDERED,
    "withdrawn_after_objection": Status.WITHDRAWN,
    "abandoned_pending_review": Status.WITHDRAWN,
    "abandoned_commercial": Status.WITHDRAWN,
    "cleared": Status.CLEARED,
    "cleared_with_conditions": Status.CLEARED,
    "completed_without_known_review": Status.COMPLETED,
}


LABELS = {
    Status.NO_REPORT: "no report on record",
    Status.PROHIBITED: "prohibited",
    Status.DIVESTITURE_ORDERED: "divestiture ordered",
    Status.WITHDRAWN: "withdrawn or abandoned",
    Status.CLEARED: "cleared",
    Status.COMPLETED: "completed",
    Status.DISPUTED: "confirmed by one, denied by another",
    Status.CONFIRMED: "confirmed",
    Status.CONFIRMED_BY_ONE: "confirmed by one speaker",
    Status.DENIED_BY_ALL: "denied categorically by both parties",
    Status.DENIED_BY_ONE: "denied categorically by one speaker",
    Status.PARTLY_DENIED: "denied in part only",
    Status.DENIED: "denied, by whom is not recorded",
    Status.REPORTED: "reported, not answered",
    Status.RECORDED: "on record without statements",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """Two claims that cannot both be wholly true: `in_part` where the denial is narrow."""

    affirmed: Claim
    denied: Claim
    in_part: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DealStatus:
    """What can be said of the deal as of a date, from claims made and outcomes dated by then.

    `deal_id` and `title` are None where two companies have no deal on record. `edited` is that of the row of the deal; each
    claim has its own.
    """

    deal_id: str | None
    title: str | None
    as_of: date
    status: Status
    headline: str
    known_from: date | None = None
    positions: tuple[Position, ...] = ()
    reports: tuple[Claim, ...] = ()
    opposition: tuple[Claim, ...] = ()
    legislators_opposing: int = 0
    contradictions: tuple[Contradiction, ...] = ()
    claims: tuple[Claim, ...] = ()
    grades: tuple[Grade, ...] = ()
    outcome: str | None = None
    outcome_on: date | None = None
    warnings: tuple[str, ...] = ()
    edited: Edited | None = None

    @property
    def opposed(self) -> bool:
        """Whether anyone has spoken against the deal since it became public."""
        return bool(self.opposition)

    @property
    def label(self) -> str:
        """The status in a few words; a narrow denial beside a categorical one is told as well."""
        text = LABELS[self.status]
        narrow = any(position.stance is Stance.PARTLY_DENIES for position in self.positions)
        return f"{text}, in part by another" if narrow and self.status is Status.DENIED_BY_ONE else text

    def position_of(self, role: Role) -> Stance | None:
        """The stance of a role on the date, or None where it has said nothing."""
        return next((position.stance for position in self.positions if position.role is role), None)


def deal_status(deal: ReportedDeal, as_of: date) -> DealStatus:
    """The status of `deal` as of a date; claims made and outcomes dated after it play no part."""
    known = deal.known_on(as_of)
    if known is None:
        return no_report(as_of, deal.deal_id, deal.title)
    answers = _before_outcome(known)
    positions = positions_of(answers)
    opposition = known.opposition
    return DealStatus(
        deal_id=known.deal_id,
        title=known.title,
        as_of=as_of,
        status=_status(known, positions),
        headline=headline(known, positions, as_of),
        known_from=known.known_from,
        positions=positions,
        reports=tuple(claim for claim in known.claims if claim.stance is Stance.REPORTS),
        opposition=opposition,
        legislators_opposing=count_legislators(opposition),
        contradictions=contradictions_in(answers),
        claims=known.claims,
        grades=grade_claims(known, as_of),
        outcome=known.outcome,
        outcome_on=known.outcome_on,
        warnings=_warnings(known),
        edited=known.edited,
    )


def no_report(as_of: date, deal_id: str | None = None, title: str | None = None) -> DealStatus:
    """The status of a deal that was not public by `as_of`, or of two companies without one."""
    sentence = headline(None, (), as_of)
    return DealStatus(deal_id=deal_id, title=title, as_of=as_of, status=Status.NO_REPORT, headline=sentence)


def _before_outcome(deal: ReportedDeal) -> tuple[Claim, ...]:
    if deal.outcome not in OUTCOME_STATUS or deal.outcome_by is None:
        return deal.claims
    return tuple(claim for claim in deal.claims if claim.made_on <= deal.outcome_by)


def contradictions_in(claims: Sequence[Claim]) -> tuple[Contradiction, ...]:
    """Every pair of claims of which one affirms the deal and the other denies it, in whole or in part."""
    pairs: list[Contradiction] = []
    for one, other in combinations(claims, 2):
        affirmed, denied = (one, other) if one.stance in AFFIRMATIONS else (other, one)
        if affirmed.stance in AFFIRMATIONS and denied.stance in DENIALS:
            pairs.append(Contradiction(affirmed=affirmed, denied=denied, in_part=denied.stance is Stance.PARTLY_DENIES))
    return tuple(pairs)


def _status(deal: ReportedDeal, positions: Sequence[Position]) -> Status:
    if deal.outcome in OUTCOME_STATUS:
        return OUTCOME_STATUS[deal.outcome]
    if by_claims := _status_by_positions(positions):
        return by_claims
    if deal.outcome == "report_denied":
        return Status.DENIED
    affirmed = any(claim.stance in AFFIRMATIONS for claim in deal.claims)
    return Status.REPORTED if affirmed else Status.RECORDED


def _status_by_positions(positions: Sequence[Position]) -> Status | None:
    roles = {stance: {position.role for position in positions if position.stance is stance} for stance in Stance}
    confirming, denying = roles[Stance.CONFIRMS], roles[Stance.DENIES]
    if confirming and denying:
        return Status.DISPUTED
    if confirming:
        return Status.CONFIRMED if len(confirming) > 1 else Status.CONFIRMED_BY_ONE
    if denying:
        return Status.DENIED_BY_ALL if denying.issuperset(PARTIES) else Status.DENIED_BY_ONE
    return Status.PARTLY_DENIED if roles[Stance.PARTLY_DENIES] else None


def _warnings(deal: ReportedDeal) -> tuple[str, ...]:
    lines = [
        f"The claim of {claim.claimant} ({claim.made_on.isoformat()}) is recorded with low confidence."
        for claim in deal.claims
        if claim.confidence == "low"
    ]
    if deal.confidence == "low":
        lines.insert(0, "The deal itself is recorded with low confidence.")
    return tuple(lines)
