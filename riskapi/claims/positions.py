"""Where each speaker who would know stands on a deal: one position for each party and for the authorities.

Enters: claims. Leaves: `Position`s, each with the claim that states it and the claims that go beyond it.

A speaker's position is its latest answer: a confirmation, a denial or a narrow denial. A refusal to comment is its
position only while it has given no answer. Two kinds of answers do not become the position although they are the latest:
a categorical denial recorded with less confidence than the same speaker's narrow denial, so that no party is made to deny
more than is well recorded; and any answer recorded with low confidence after a better recorded one, so that a rumour of a
change of mind is no change of mind. They are told beside the answer that stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from riskapi.claims.model import DENIALS, PARTIES, Claim, Role, Stance

#: Roles that speak of a deal from their own knowledge.
FIRST_HAND = (*PARTIES, Role.REGULATOR)

_CONFIDENCE = {"low": 0, "medium": 1, None: 1, "high": 2}
_LATER = {
    Stance.CONFIRMS: "a later confirmation",
    Stance.DENIES: "a later denial",
    Stance.PARTLY_DENIES: "a later denial in part",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """What one speaker holds: `claim` is the statement that says so, `beyond` are later answers that are recorded too weakly."""

    role: Role
    stance: Stance
    claim: Claim
    beyond: tuple[Claim, ...] = ()

    def named(self, later: Claim) -> str:
        """What one of the answers `beyond` is, with its article."""
        if later.stance is Stance.DENIES and self.stance is Stance.PARTLY_DENIES:
            return "a wider denial"
        return _LATER[later.stance]


def positions_of(claims: Sequence[Claim]) -> tuple[Position, ...]:
    """The position of each party and of the authorities, in the order foreign party, host party, authority."""
    found = (_position([claim for claim in claims if claim.role is role]) for role in FIRST_HAND)
    return tuple(position for position in found if position is not None)


def _position(statements: Sequence[Claim]) -> Position | None:
    ordered = sorted(statements, key=lambda claim: claim.order)
    answers = [claim for claim in ordered if claim.stance in DENIALS or claim.stance is Stance.CONFIRMS]
    silences = [claim for claim in ordered if claim.stance is Stance.DECLINES_COMMENT]
    beyond: list[Claim] = []
    while answers and _is_outweighed(answers[-1], answers[:-1]):
        beyond.insert(0, answers.pop())
    latest = next(reversed(answers or silences), None)
    if latest is None:
        return None
    return Position(role=latest.role, stance=latest.stance, claim=latest, beyond=tuple(beyond))


def _is_outweighed(answer: Claim, earlier: Sequence[Claim]) -> bool:
    narrow = answer.stance is Stance.DENIES and [one for one in earlier if one.stance is Stance.PARTLY_DENIES]
    better = max((_rank(claim) for claim in narrow or earlier), default=0)
    return _rank(answer) < better and (bool(narrow) or _rank(answer) == _CONFIDENCE["low"])


def _rank(claim: Claim) -> int:
    return _CONFIDENCE.get(claim.confidence, 1)
