"""Which facts of a deal its parties can choose, and how much it takes to choose otherwise.

Enters: the name of a fact. Leaves: its `Lever`, or None for a fact that can be learnt but not chosen (what the business
is), or that an authority decides. The table says only *that* a fact is a matter of choice and in which direction a
concession lies: the values that are tried come from the constants of the rules.

Effort is an order, not a price: 1 a clause of the contract, 2 how much is held, taken or claimed, 3 who supplies what, 4
the form of the deal or the place of manufacture, 5 a market, 6 the country of the venture. A term that is still open takes
half the effort of one that is settled and would have to be given up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from riskapi.facts.vocabulary import Value


class Control(StrEnum):
    """Who decides on a fact: `parties` choose it, an `authority` grants it, a fact of the `business` can be learnt."""

    PARTIES = "parties"
    AUTHORITY = "authority"
    BUSINESS = "business"


class Move(StrEnum):
    """In which direction a change is a concession."""

    OFF = "off"
    ON = "on"
    LOWER = "lower"
    HIGHER = "higher"
    WITHOUT = "without"  # a list that leaves out something which is on it now
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lever:
    """A fact that the parties choose. `needs` says what must then be true, with {foreign}, {host} and {value}."""

    fact: str
    effort: int
    move: Move
    needs: str

    def cost(self, *, is_open: bool) -> float:
        """Half of the effort where the term is still open."""
        return self.effort / 2 if is_open else float(self.effort)

    def allows(self, now: Value, value: Value) -> bool:
        """Whether the value is a concession from what holds now; from an open term every choice is."""
        if value == now:
            return False
        match self.move:
            case Move.OFF:
                return value is False
            case Move.ON:
                return value is True
            case Move.LOWER:
                return now is None or _number(value) < _number(now)
            case Move.HIGHER:
                return now is None or _number(value) > _number(now)
            case Move.WITHOUT:
                return not isinstance(now, tuple) or (isinstance(value, tuple) and not set(now) <= set(value))
            case Move.OTHER:
                return value != "other"


def _number(value: Value) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _lever(fact: str, effort: int, move: Move, needs: str) -> Lever:
    return Lever(fact=f"deal.{fact}", effort=effort, move=move, needs=needs)


_TABLE = (
    _lever("foreign_board_seat", 1, Move.OFF, "{foreign} has no seat on the board, no observer and no right to nominate"),
    _lever("foreign_veto_rights", 1, Move.OFF, "{foreign} has no vetoes beyond the usual protections of a minority"),
    _lever("foreign_technical_access", 1, Move.OFF, "{foreign} gets no non-public technical information"),
    _lever("foreign_decision_role", 1, Move.OFF,
           "{foreign} takes no part in decisions on technology, infrastructure or personal data"),
    _lever("foreign_bulk_data_access", 1, Move.OFF, "{foreign} gets no access to bulk personal data, in fact as on paper"),
    _lever("effective_control_terms", 1, Move.OFF,
           "no contract lets {foreign} choose inputs, direct operations, keep know-how back or draw royalties beyond ten years"),
    _lever("federal_funding", 1, Move.OFF, "the project takes no public money"),
    _lever("foreign_stake", 2, Move.LOWER, "{foreign} holds {value} of the equity or less, all its rights to shares counted"),
    _lever("foreign_debt_share", 2, Move.LOWER, "{foreign} holds {value} of the debt or less"),
    _lever("other_covered_nation_stake", 2, Move.LOWER, "other holders from covered nations have {value} or less together"),
    _lever("foreign_control", 2, Move.OFF, "{foreign} has no control by votes, contract, special rights or acting in concert"),
    _lever("federal_contracts", 2, Move.OFF, "nothing is sold to the government, directly or through contractors"),
    _lever("tax_credits_forgone", 2, Move.ON, "no energy or manufacturing tax credit is claimed"),
    _lever("value_usd", 3, Move.LOWER, "the deal is worth {value} dollars or less, with all its parts and later steps"),
    _lever("covered_software_origins", 3, Move.WITHOUT,
           "the developers of the connectivity and driving software are owned, controlled and under jurisdiction in: {value}"),
    _lever("vcs_hardware_origins", 3, Move.WITHOUT,
           "the makers of the connectivity hardware are owned, controlled and under jurisdiction in: {value}"),
    _lever("material_assistance_ratio", 3, Move.HIGHER,
           "{value} or more of the direct material cost comes from others than prohibited foreign entities"),
    _lever("technologies", 3, Move.WITHOUT, "of the listed technologies, the deal uses, develops and transfers: {value}"),
    _lever("foreign_supplies_technology", 3, Move.OFF, "{foreign} brings no technology"),
    _lever("host_supplies_technology", 3, Move.OFF, "{host} brings no technology"),
    _lever("near_military_site", 3, Move.OFF, "no site lies near a military or other sensitive government site"),
    _lever("activity_subdivision", 3, Move.OTHER, "the site is in {value}"),
    _lever("host_contributes_business", 4, Move.OFF, "{host} brings land, equipment or money and no operating business"),
    _lever("foreign_contributes_business", 4, Move.OFF, "{foreign} brings land, equipment or money and no operating business"),
    _lever("type", 4, Move.OTHER, "the deal takes this form in substance, not only in name: {value}"),
    _lever("production_countries", 4, Move.WITHOUT, "the goods are made, by the rules of origin, in: {value}"),
    _lever("market_countries", 5, Move.WITHOUT, "the products are sold nowhere but in: {value}"),
    _lever("activity_country", 6, Move.OTHER, "the venture, target or plant is in {value}"),
)  # fmt: skip

LEVERS: Mapping[str, Lever] = {lever.fact: lever for lever in _TABLE}
#: Chosen by the parties, and no concession is sought there: with another product it is another deal; a share of the
#: other side follows from that of the foreign party.
CHOSEN = frozenset(
    {"deal.sector", "deal.product", "deal.model_year", "deal.heavy_vehicles", "deal.signed_on", "deal.host_stake"}
)
#: Facts that an authority decides.
BY_AUTHORITY = frozenset({"deal.has_specific_authorization"})


def control_of(fact: str) -> Control:
    """Who decides on the fact."""
    if fact in LEVERS or fact in CHOSEN:
        return Control.PARTIES
    return Control.AUTHORITY if fact in BY_AUTHORITY else Control.BUSINESS
