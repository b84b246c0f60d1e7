"""How each jurisdiction looks at the pairings of a sheet: a kind of deal, a day and the countries in, panels out.

The same facts as `facts.assembly` puts together for one pairing, divided by what they depend on: on the deal alone, on
one company, or on both. `tests/matrix` holds the two against each other.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Final

from riskapi.facts.assembly import EU, IMPORT_DUTY, Assembler
from riskapi.facts.screening import CLIMATE, FILING, NAMES_BUSINESS, REACHES
from riskapi.facts.values import defaults
from riskapi.facts.vocabulary import Value
from riskapi.rules import Rule, RuleBook
from riskapi.warehouse.countries import EVERYWHERE

OPPOSING: Final = "pair.legislators_opposing"
EXISTING_STAKE: Final = "pair.existing_stake"
NATIONAL: Final = "jurisdiction.host_is_national"

#: Company facts that the screening facts of a viewpoint follow from.
SCREENED_BY: Final = ("control_country", "state_ownership")
_FOLLOWS: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    **dict.fromkeys((CLIMATE, REACHES, NAMES_BUSINESS, FILING), ("foreign", SCREENED_BY)),
    NATIONAL: ("host", ("control_country",)),
}


@dataclass(frozen=True)
class PanelView:
    """One jurisdiction's look with one of the two sides as the foreign one; `place` is where the facts are looked up."""

    place: str
    day: date
    known: Mapping[str, Value]
    assembler: Assembler
    _made: dict[tuple[Value, ...], Mapping[str, Value]] = field(default_factory=dict)

    @property
    def follows(self) -> Mapping[str, tuple[str, tuple[str, ...]]]:
        """The facts that follow from one company, each with its side and the leaves that it follows from."""
        return _FOLLOWS

    @cached_property
    def label(self) -> Hashable:
        """What the facts that follow from a company depend on besides the company."""
        screening = self.assembler.screening
        return (self.place, self.day, None if screening is None else screening.asked(self.place, self.known))

    def following(self, side: str, values: Mapping[str, Value]) -> Mapping[str, Value]:
        """The facts that follow from a company of the side with these values by leaf."""
        country = values.get("control_country")
        if side == "host":
            return {NATIONAL: self.assembler.covers(self.place, country, self.day)}
        key = tuple(values.get(leaf) for leaf in SCREENED_BY)
        if key not in self._made:
            told = {f"foreign.{leaf}": value for leaf, value in zip(SCREENED_BY, key, strict=True)}
            self._made[key], _ = self.assembler.screening_facts({**self.known, **told}, self.place, self.day)
        return self._made[key]


@dataclass(frozen=True, slots=True)
class Panel:
    """The rules of one jurisdiction that are in force, and both of its looks at a pairing.

    `always`: the jurisdiction is concerned by every pairing (the activity or a market is there), and not only by those
    with a party of its own. `views` are with the foreign side of the sheet as foreign, and with the hosts as foreign.
    """

    place: str
    always: bool
    rules: tuple[Rule, ...]
    views: tuple[PanelView, PanelView]


def panels(
    assembler: Assembler, book: RuleBook, told: Mapping[str, Value], day: date, countries: Iterable[Value]
) -> list[Panel]:
    """One panel for each jurisdiction with rules that may be concerned; `countries` control the companies of both sides."""
    return list(_Panels(assembler, book, told, day).over(countries))


@dataclass(frozen=True)
class _Panels:
    assembler: Assembler
    book: RuleBook
    told: Mapping[str, Value]
    day: date

    def over(self, countries: Iterable[Value]) -> Iterator[Panel]:
        activity, markets = self.told.get("deal.activity_country"), self.told.get("deal.market_countries")
        concerned = self._places([activity, *(markets if isinstance(markets, tuple) else ())])
        for place in sorted(concerned | self._places(countries)):
            rules = self._live(place)
            if rules:
                yield self._panel(place, rules, always=place in concerned)
        rules = self._live(EVERYWHERE) if isinstance(activity, str) else ()
        if rules:
            yield self._panel(str(activity), rules, always=True)

    def _live(self, jurisdiction: str) -> tuple[Rule, ...]:
        return tuple(rule for rule in self.book.by_jurisdiction.get(jurisdiction, ()) if rule.is_in_force(self.day))

    def _places(self, countries: Iterable[Value]) -> set[str]:
        known = {country for country in countries if isinstance(country, str)}
        return known | ({EU} if any(self.assembler.covers(EU, country, self.day) for country in known) else set())

    def _panel(self, place: str, rules: tuple[Rule, ...], *, always: bool) -> Panel:
        first, second = (
            PanelView(place, self.day, self._known(place, as_lead=as_lead), self.assembler) for as_lead in (True, False)
        )
        return Panel(place, always, rules, (first, second))

    @cached_property
    def _deal(self) -> Mapping[bool, Mapping[str, Value]]:
        """The facts that are the same at every place, as the lead side (True) and as the other side sees them."""
        silent = {
            name: value
            for name, value in defaults(self.assembler.vocabulary, self.day).items()
            if not name.startswith(("foreign.", "host."))
        }
        return {
            as_lead: silent | self.assembler.deal_facts(self.told, self.day, as_lead=as_lead)
            for as_lead in (True, False)
        }

    def _known(self, place: str, *, as_lead: bool) -> Mapping[str, Value]:
        """The facts of the deal, of the place and of two parties whom nothing links."""
        facts = dict(self._deal[as_lead])
        activity, markets = facts["deal.activity_country"], facts["deal.market_countries"]
        facts["jurisdiction.activity_here"] = self.assembler.covers(place, activity, self.day)
        facts["jurisdiction.market_here"] = (
            any(self.assembler.covers(place, market, self.day) for market in markets)
            if isinstance(markets, tuple)
            else None
        )
        facts[IMPORT_DUTY], _ = self.assembler.import_duty(facts, place)
        facts[OPPOSING] = 0
        return facts
