"""A pairing of two made-up companies and a handful of small rules, for tests of what-if."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from riskapi.facts.assembly import Assembler, Links, Pairing
from riskapi.facts.groups import GroupIndex
from riskapi.facts.parties import inline_party
from riskapi.facts.vocabulary import Value
from riskapi.rules import Rule
from riskapi.scoring.alternatives import Variable, variables
from riskapi.scoring.information import critical_values
from riskapi.scoring.scorecard import Scorecard
from riskapi.scoring.soundings import Sounder
from riskapi.scoring.whatif import Search
from tests.rulebook import book_of, rule_text, rules_from
from tests.scoring.rule_objects import scorecard
from tests.shipped import AS_OF, shipped_vocabulary

NO_GROUPS = GroupIndex({})


@cache
def pool() -> Mapping[str, Rule]:
    """Rules by the last part of their id: thresholds, rights, lists, forms, gates, groups, both signs."""
    texts = (
        rule_text("quarter", "deal.foreign_stake >= 0.25", points=10, gate="mandatory_filing"),
        rule_text("half", "deal.foreign_stake > 0.5", points=20),
        rule_text("seat", "deal.foreign_board_seat", points=8, if_unknown="caution"),
        rule_text("influence", "deal.foreign_stake >= 0.1 or deal.foreign_board_seat", points=12, gate="prohibition"),
        rule_text("know-how", "deal.foreign_veto_rights and deal.foreign_technical_access", points=15),
        rule_text("market", "'US' in deal.market_countries", points=9, gate="licence_required"),
        rule_text(
            "software", "list_has_any(deal.covered_software_origins, ['CN', 'RU'])", points=30, gate="prohibition"
        ),
        rule_text("form", "deal.type in ('joint_venture', 'acquisition')", points=14, group="form"),
        rule_text("form-and-seat", "deal.type = 'joint_venture' and deal.foreign_board_seat", points=18, group="form"),
        rule_text("control", "deal.foreign_control", points=16, gate="review_jurisdiction", if_unknown="caution"),
        rule_text("passive", "deal.foreign_stake < 0.1 and not deal.foreign_board_seat", kind="mitigating", points=-10),
        rule_text("licence", "deal.type = 'licence'", kind="mitigating", points=-6),
    )
    return {rule.id.rsplit(".", 1)[1]: rule for rule in rules_from(*texts)}


@cache
def assembler() -> Assembler:
    return Assembler(shipped_vocabulary(), NO_GROUPS.groups_of)


def pairing(told: Mapping[str, Value]) -> Pairing:
    """A buyer from China and a maker in the United States, who meet there unless told otherwise."""
    buyer, maker = (
        inline_party(name, {"seat_country": country}, NO_GROUPS, AS_OF)
        for name, country in (("Buyer", "CN"), ("Maker", "US"))
    )
    return assembler().pairing((buyer, maker), {"deal.activity_country": "US", **told}, AS_OF, Links())


class World:
    """Some of the rules, one deal, and everything that can be asked of it."""

    def __init__(self, names: Sequence[str], told: Mapping[str, Value], card: Scorecard | None = None) -> None:
        rules = tuple(pool()[name] for name in names)
        self.card = card or bands()
        self.pairing = pairing(told)
        self.sounder = Sounder(self.pairing, assembler(), book_of(*rules), self.card)
        critical = {rule.id: critical_values(rule, shipped_vocabulary()) for rule in rules}
        self.variables: tuple[Variable, ...] = variables(
            self.pairing, self.sounder.rules_in_play(), critical, assembler(), ("US", "CN")
        )
        self.search = Search(
            self.pairing.told, self.sounder.ask, self.variables, {rule.id: rule for rule in rules}, self.card
        )
        base = self.sounder.ask(self.pairing.told)
        assert base is not None
        self.base = base


@cache
def bands() -> Scorecard:
    """Bands at 0, 20, 40, 65 and 85 over a base of -20 points."""
    shape = scorecard(base=-20)
    cuts = (("low", 0), ("moderate", 20), ("elevated", 40), ("high", 65), ("severe", 85))
    named = [shape.bands[0].model_copy(update={"name": name, "label": name, "at_least": cut}) for name, cut in cuts]
    return shape.model_copy(update={"bands": tuple(named)})
