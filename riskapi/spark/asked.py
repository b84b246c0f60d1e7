"""What a cluster is asked: the panels of a sheet in; conditions on columns of companies, one for each rule and view, out.

All that no company decides is put in beforehand, so that rules which cannot matter are not asked at all. What follows from
a company as a place sees it (its screening regime, its climate) is a column of its own, since places differ in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, TypeAlias

from riskapi.engine.answers import rest_of
from riskapi.engine.residual import Halves, halves, is_settled, is_unknown, specialise, value_of
from riskapi.facts.vocabulary import FactType, Value, Vocabulary
from riskapi.language import nodes as n
from riskapi.language.nodes import facts_of
from riskapi.matrix.panels import EXISTING_STAKE, OPPOSING, Panel, PanelView
from riskapi.rules import Rule

#: Columns of the table of linked pairings: the share that one party holds of the other, for each view, and opponents.
STAKES: Final = ("link.stake_0", "link.stake_1")
OPPONENTS: Final = "link.opposing"
#: Facts that links tell.
_LINKED: Final = (EXISTING_STAKE, OPPOSING)
#: The role of a company in a view.
Role: TypeAlias = str
FOREIGN: Final = "foreign"
HOST: Final = "host"


@dataclass(frozen=True)
class View:
    """What a rule asks in one view: a condition on columns, which are named after the role of the company they are of."""

    condition: n.Node

    @cached_property
    def role(self) -> Role | None:
        """The company that decides alone (`foreign` where all is decided); None where it takes both, or a link."""
        roles = {role_of(name) for name in facts_of(self.condition) if not is_unknown(name)} or {FOREIGN}
        return roles.pop() if roles in ({FOREIGN}, {HOST}) else None

    @property
    def is_idle(self) -> bool:
        """Whether it can never hold and never be open."""
        return is_settled(self.condition) and value_of(self.condition) is False

    @cached_property
    def halves(self) -> Halves:
        """The parts that read one company only, taken out, and what joins them."""
        return halves(self.condition, role_of)


@dataclass(frozen=True, slots=True)
class AskedRule:
    """A rule that may matter in a sheet, with its panel and its two views."""

    rule: Rule
    panel: int
    views: tuple[View, View]


@dataclass(frozen=True)
class Asked:
    """All that is asked of the pairings of a sheet; the place of a rule is its bit."""

    panels: Sequence[Panel]
    vocabulary: Vocabulary

    @cached_property
    def rules(self) -> Sequence[AskedRule]:
        """The rules that may matter, in the order of the panels."""
        found = []
        for number, panel in enumerate(self.panels):
            for rule in panel.rules:
                views = (self._view(rule, number, 0), self._view(rule, number, 1))
                if not all(view.is_idle for view in views):
                    found.append(AskedRule(rule, number, views))
        return found

    @cached_property
    def places(self) -> Mapping[str, tuple[int, int, str]]:
        """The columns that say what a place makes of a company: of which panel, view and fact each is."""
        wanted = {name for rule in self.rules for view in rule.views for name in facts_of(view.condition)}
        return {
            column: (number, look, name)
            for number, panel in enumerate(self.panels)
            for look, view in enumerate(panel.views)
            for name in view.follows
            if (column := _place_column(number, look, name, view)) in wanted
        }

    def type_of(self, column: str) -> FactType:
        """The type of a column of `places`."""
        return self.vocabulary[self.places[column][2]].type

    def _view(self, rule: Rule, number: int, look: int) -> View:
        seen = self.panels[number].views[look]
        named = {
            name: n.FactRef(_place_column(number, look, name, seen), self.vocabulary[name].type)
            for name in seen.follows
        }
        rest = rest_of(rule, seen, _LINKED)
        return View(specialise(rest, {}, {**named, **self._linked(seen, look)}))

    def _linked(self, seen: PanelView, look: int) -> Mapping[str, n.Node]:
        """Facts that links tell where there is one; where not they are settled."""
        return {
            EXISTING_STAKE: _or_else(n.FactRef(STAKES[look], FactType.FLOAT), seen.known.get(EXISTING_STAKE)),
            OPPOSING: _or_else(n.FactRef(OPPONENTS, FactType.INT), 0),
        }


def role_of(name: str) -> Role:
    """Whose column it is."""
    return name.partition(".")[0]


def _place_column(number: int, look: int, name: str, view: PanelView) -> str:
    return f"{view.follows[name][0]}.seen_{number}_{look}.{name}"


def _or_else(column: n.FactRef, settled: Value) -> n.Node:
    if not isinstance(settled, int | float):
        return column
    return n.Coalesce((column, n.Literal(settled, column.type)), column.type)
