"""Grades of claims on the Admiralty scale: two characters, the source's reliability and the information's credibility.

Enters: a deal as it was known on a date. Leaves: a `Grade` for each claim, with the reasons for both characters.

The scale is the two-character one of NATO's AJP-2.1 (Allied Joint Doctrine for Intelligence Procedures), known as the
Admiralty code: reliability A completely reliable, B usually, C fairly, D not usually, E unreliable, F cannot be judged;
credibility 1 confirmed by other sources, 2 probably true, 3 possibly true, 4 doubtful, 5 improbable, 6 truth cannot be
judged. The doctrine has analysts judge the two apart from each other; so do the rules below, which are our own.

Reliability (what the speaker is in a position to know and has to answer for):
    regulator                                   A   speaks officially of its own proceedings
    a party to the deal                         B   first hand and answerable, but with an interest
    media, on the record (0 anonymous)          B
    media, 3 or more anonymous sources          B
    media, 2 anonymous, or number not known     C
    media, 1 anonymous source                   D
    legislator                                  C   public and answerable, mostly second hand and partisan
    a row marked low confidence                 one letter lower, E at most

Credibility of a statement that there is (or is not) such a deal starts at 3, possibly true, and moves:
    reports, confirms   -2 another speaker who is a party or an authority confirms, else -1 another outlet reports it;
                        +1 for each party (or authority) that denies it categorically
    denies              -1 another party denies categorically; +1 media report the deal; +2 another party confirms it
    partly_denies       -1 another party denies, in whole or part; +1 another party confirms the deal;
                        a report that says more than what is denied is not contradicted
kept within 1 to 5. What a party or an authority confirms or denies is its position (`riskapi.claims.positions`).
An outcome that presupposes a deal (cleared, prohibited, completed, withdrawn, ...) makes an affirmation 1,
a categorical denial made by then 5 and a narrow one 4; a denial made later is about something else: 6.
Opposition, support and refusals to comment say nothing on whether there is a deal: 6.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from riskapi.claims.model import AFFIRMATIONS, DENIALS, PARTIES, Claim, ReportedDeal, Role, Stance
from riskapi.claims.positions import positions_of

RELIABILITY = {
    "A": "completely reliable",
    "B": "usually reliable",
    "C": "fairly reliable",
    "D": "not usually reliable",
    "E": "unreliable",
    "F": "reliability cannot be judged",
}
CREDIBILITY = {
    1: "confirmed by other sources",
    2: "probably true",
    3: "possibly true",
    4: "doubtful",
    5: "improbable",
    6: "truth cannot be judged",
}

#: Anonymous sources from which a report is taken as well sourced.
WELL_SOURCED = 3

#: Outcomes that say nothing on whether there was a deal.
_NO_PROOF = frozenset({"pending", "report_denied"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """The grade of one claim as of a date."""

    claim_id: str
    reliability: str
    credibility: int
    reasons: tuple[str, ...]

    @property
    def code(self) -> str:
        """The two characters, such as `B4`."""
        return f"{self.reliability}{self.credibility}"

    @property
    def words(self) -> str:
        """The two characters in words."""
        return f"{RELIABILITY[self.reliability]}, {CREDIBILITY[self.credibility]}"


def grade_claims(deal: ReportedDeal, as_of: date) -> tuple[Grade, ...]:
    """Grade every claim made by `as_of`, in reading order; later claims and outcomes play no part."""
    known = deal.known_on(as_of)
    return () if known is None else tuple(_grade(claim, known) for claim in known.claims)


def _grade(claim: Claim, deal: ReportedDeal) -> Grade:
    letter, why_letter = _reliability(claim)
    number, why_number = _credibility(claim, deal)
    return Grade(claim_id=claim.claim_id, reliability=letter, credibility=number, reasons=(*why_letter, *why_number))


def _reliability(claim: Claim) -> tuple[str, tuple[str, ...]]:
    letter, reason = _by_role(claim)
    if claim.confidence != "low":
        return letter, (reason,)
    return min(chr(ord(letter) + 1), "E"), (reason, "the row is marked low confidence")


def _by_role(claim: Claim) -> tuple[str, str]:
    if claim.role is Role.REGULATOR:
        return "A", "an authority speaks officially"
    if claim.role in PARTIES:
        return "B", "a party speaks first hand, with an interest"
    if claim.role is Role.LEGISLATOR:
        return "C", "a legislator speaks in public, mostly at second hand"
    return _by_sources(claim.anonymous_sources)


def _by_sources(anonymous: int | None) -> tuple[str, str]:
    if anonymous is None:
        return "C", "media; how many sources are anonymous is not known"
    if anonymous == 0:
        return "B", "media, on the record"
    if anonymous == 1:
        return "D", "media, one anonymous source"
    return ("B" if anonymous >= WELL_SOURCED else "C"), f"media, {anonymous} anonymous sources"


def _credibility(claim: Claim, deal: ReportedDeal) -> tuple[int, tuple[str, ...]]:
    if claim.stance not in AFFIRMATIONS | DENIALS:
        return 6, ("says nothing on whether there is a deal",)
    if proven := _against_outcome(claim, deal):
        return proven
    steps = _affirmation_steps(claim, deal) if claim.stance in AFFIRMATIONS else _denial_steps(claim, deal)
    number = min(5, max(1, 3 + sum(step for step, _ in steps)))
    return number, tuple(reason for _, reason in steps) or ("neither corroborated nor contradicted",)


def _against_outcome(claim: Claim, deal: ReportedDeal) -> tuple[int, tuple[str, ...]] | None:
    if deal.outcome is None or deal.outcome in _NO_PROOF or deal.outcome_by is None:
        return None
    reason = (f"the deal's outcome is on record: {deal.outcome.replace('_', ' ')}",)
    if claim.stance in AFFIRMATIONS:
        return 1, reason
    if claim.made_on > deal.outcome_by:
        return 6, ("made after the outcome, so about something else",)
    return (5 if claim.stance is Stance.DENIES else 4), reason


Step = tuple[int, str]


def _affirmation_steps(claim: Claim, deal: ReportedDeal) -> list[Step]:
    others = [other for other in deal.claims if not same_speaker(claim, other)]
    steps: list[Step] = []
    if confirming := _holding(Stance.CONFIRMS, others):
        steps.append((-2, f"confirmed by {_names(confirming)}"))
    elif echoing := [other for other in others if other.role is Role.MEDIA and other.stance in AFFIRMATIONS]:
        steps.append((-1, f"also reported by {_names(echoing)}"))
    denying = _holding(Stance.DENIES, others)
    if denying:
        steps.append((len({other.role for other in denying}), f"denied categorically by {_names(denying)}"))
    return steps


def _denial_steps(claim: Claim, deal: ReportedDeal) -> list[Step]:
    others = [other for other in deal.claims if not same_speaker(claim, other)]
    narrow = claim.stance is Stance.PARTLY_DENIES
    steps: list[Step] = []
    agreeing = _holding(Stance.DENIES, others) + (_holding(Stance.PARTLY_DENIES, others) if narrow else [])
    if agreeing:
        steps.append((-1, f"also denied by {_names(agreeing)}"))
    if confirming := _holding(Stance.CONFIRMS, others):
        steps.append((1 if narrow else 2, f"contradicted by {_names(confirming)}, who confirms the deal"))
    elif not narrow and (reporting := [o for o in others if o.role is Role.MEDIA and o.stance in AFFIRMATIONS]):
        steps.append((1, f"contradicted by the report of {_names(reporting)}"))
    return steps


def same_speaker(one: Claim, other: Claim) -> bool:
    """Whether two claims come from one side: a party has one voice, whoever lends it; others go by name."""
    if one.role in PARTIES or other.role in PARTIES:
        return one.role is other.role
    return one.claimant.casefold() == other.claimant.casefold()


def _holding(stance: Stance, claims: Sequence[Claim]) -> list[Claim]:
    return [position.claim for position in positions_of(claims) if position.stance is stance]


def _names(claims: Iterable[Claim]) -> str:
    return " and ".join(dict.fromkeys(claim.claimant for claim in claims))
