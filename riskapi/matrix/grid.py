"""One sheet of a matrix by columns: both sides, a kind of deal and a day in, the distinct results and who has which out.

What makes it fast: a rule that mentions one side is answered once for each combination of facts of that side, the whole
book is joined as bits, companies that look alike to every rule are one row, and equal patterns of answers are scored once.
Pairings that the datasets link (a holding, an opposing legislator) are looked at one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import numpy as np
import polars as pl

from riskapi.engine.answers import SAME_COUNTRY, Answer, Answers
from riskapi.engine.bits import WIDTH, Part, ViewBits, Words, answered, empty, mitigating, note, put
from riskapi.engine.companies import CompanyTable
from riskapi.engine.evaluate import status_over
from riskapi.facts.assembly import Links, Party
from riskapi.facts.vocabulary import Value
from riskapi.matrix.panels import EXISTING_STAKE, OPPOSING, Panel
from riskapi.matrix.patterns import Flags, Index, distinct, unpacked
from riskapi.matrix.tally import NOTHING_LEFT_OUT, Tally
from riskapi.rules import Rule, Status
from riskapi.scoring.scorecard import Scorecard


@dataclass(frozen=True)
class Sides:
    """The companies of a matrix on one day, with what rules have answered of them so far."""

    foreign: Sequence[Party]
    hosts: Sequence[Party]
    answers: tuple[Answers, Answers]
    linked_answers: dict[tuple[object, ...], Status] = field(default_factory=dict)

    @classmethod
    def of(cls, foreign: Sequence[Party], hosts: Sequence[Party]) -> Sides:
        """Both sides as tables; the second answers are for the look at the hosts as foreign."""
        tables = (CompanyTable([party.values for party in foreign]), CompanyTable([party.values for party in hosts]))
        return cls(foreign, hosts, (Answers(*tables), Answers(tables[1], tables[0])))

    @cached_property
    def countries(self) -> frozenset[str | None]:
        """Who controls the companies of both sides."""
        return frozenset(party.control_country for party in (*self.foreign, *self.hosts))


@dataclass(frozen=True, slots=True)
class Linked:
    """A pairing that the datasets link: its places in both sides."""

    row: int
    column: int
    links: Links


@dataclass(frozen=True, slots=True)
class Bit:
    """One rule of the sheet with its panel and what it says in both views."""

    rule: Rule
    panel: Panel
    answers: tuple[Answer, Answer]

    @property
    def is_of_links(self) -> bool:
        """Whether the rule reads a fact that only links tell."""
        return not _UNLINKED.isdisjoint(self.rule.facts)


@dataclass(frozen=True)
class Grid:
    """All pairings of two sides as the panels of one kind of deal and one day see them."""

    sides: Sides
    panels: Sequence[Panel]
    card: Scorecard
    _nationals: dict[tuple[str, int], Flags] = field(default_factory=dict)

    def results(self, rows: slice, columns: Index, linked: Iterable[Linked] = ()) -> tuple[pl.DataFrame, Index]:
        """The distinct results, and for each foreign company of `rows` with each host of `columns` which one it has."""
        row_classes, row_of = self.classes(np.arange(rows.start, rows.stop), side=0)
        column_classes, column_of = self.classes(columns, side=1)
        place_of = {int(column): place for place, column in enumerate(columns)}
        apart = [item for item in linked if rows.start <= item.row < rows.stop and item.column in place_of]
        results, places = self.results_of(row_classes[:, None], column_classes[None, :], apart)
        size = len(row_classes) * len(column_classes)
        index = places[row_of[:, None] * len(column_classes) + column_of[None, :]]
        for item, place in zip(apart, places[size:], strict=True):
            index[item.row - rows.start, place_of[item.column]] = place
        return results, index

    def results_of(
        self, rows: Index, columns: Index, apart: Sequence[Linked], above: float = NOTHING_LEFT_OUT
    ) -> tuple[pl.DataFrame, Index]:
        """The distinct results of pairings and behind them of linked ones, and which one each has.

        Rows are paired with columns as numpy does; none is looked at as linked but those told `apart`. Results with scores
        that are not over `above` have no more than the score.
        """
        words = [
            np.concatenate(both) for both in zip(self._words(rows, columns), self._words_apart(apart), strict=True)
        ]
        inverse, first = distinct(words)
        flags = [unpacked([word[first] for word in half], len(self.bits)) for half in _halves(words)]
        return self.tally.results(flags[0], flags[1], above), inverse

    def _words(self, rows: Index, columns: Index) -> list[Words]:
        """Which rules fire, and behind that which are undetermined, of pairings that nothing links."""
        fired, unsure = zip(*answered(self.views, self._both, rows, columns), strict=True)
        return [grid.reshape(-1) for grid in (*fired, *unsure)]

    @cached_property
    def tally(self) -> Tally:
        """Scores patterns of the rules of `bits`."""
        return Tally([bit.rule for bit in self.bits], self.card)

    @cached_property
    def bits(self) -> list[Bit]:
        """The rules that fire or may fire for somebody."""
        found = []
        for panel in self.panels:
            for rule in panel.rules:
                said = (self.sides.answers[0].of(rule, panel.views[0]), self.sides.answers[1].of(rule, panel.views[1]))
                bit = Bit(rule, panel, said)
                if bit.is_of_links or not all(_is_idle(answer) for answer in said):
                    found.append(bit)
        return found

    @cached_property
    def _both(self) -> Words:
        return mitigating([bit.rule for bit in self.bits])

    @cached_property
    def views(self) -> tuple[ViewBits, ViewBits]:
        """Both looks at all pairings."""
        return self._view(0), self._view(1)

    def _view(self, number: int) -> ViewBits:
        """With the foreign companies as foreign (0), or with the hosts as foreign (1)."""
        parties = (self.sides.foreign, self.sides.hosts)
        first, second = (parties[number], parties[1 - number])
        parts = [Part(empty(len(side), len(self.bits)), empty(len(side), len(self.bits))) for side in (first, second)]
        exists = (empty(len(first), len(self.bits)), empty(len(second), len(self.bits)))
        view = ViewBits(parts[0], parts[1], exists)
        for place, bit in enumerate(self.bits):
            note(view, place, bit.answers[number])
            put(exists[0], place, ~self.national(bit.panel, number))
            put(exists[1], place, self.national(bit.panel, 1 - number) | bit.panel.always)
        return view

    def national(self, panel: Panel, side: int) -> Flags:
        """Which companies of the side are controlled from the panel's place."""
        found = self._nationals.get((panel.place, side))
        if found is None:
            coded = self.sides.answers[side].foreign.coded(("control_country",))
            view = panel.views[0]
            known = [view.assembler.covers(panel.place, country, view.day) is True for (country,) in coded.values]
            found = self._nationals[panel.place, side] = np.array(known, dtype=bool)[coded.codes]
        return found

    def classes(self, places: Index, side: int) -> tuple[Index, Index]:
        """Companies that no rule tells apart: one of each class, and the class of each company."""
        own, other = self.views[side], self.views[1 - side]
        columns = [
            own.foreign.fired,
            own.foreign.open,
            own.exists[0],
            other.host.fired,
            other.host.open,
            other.exists[1],
        ]
        codes = [
            answer.table[part][:, None].astype(np.uint64)
            for view, part in ((own, 0), (other, 1))
            for _, answer in view.joined
            if answer.table is not None
        ]
        looks = np.concatenate([*columns, *codes], axis=1)[places]
        _, first, classes = np.unique(looks, axis=0, return_index=True, return_inverse=True)
        return places[first], classes.reshape(-1)

    # Pairings that are linked

    def _words_apart(self, items: Sequence[Linked]) -> list[Words]:
        """The words of linked pairings: those of their companies but for rules on links."""
        words = self._words(*places_of(items))
        width = len(words) // 2
        for place, bit in enumerate(self.bits):
            if not bit.is_of_links:
                continue
            mask = np.uint64(1 << (place % WIDTH))
            for number, status in self._answers_to_linked(bit, items):
                for half, wanted in ((0, Status.FIRED), (1, Status.UNDETERMINED)):
                    word = words[half * width + place // WIDTH]
                    word[number] = word[number] | mask if status is wanted else word[number] & ~mask
        return words

    def _answers_to_linked(self, bit: Bit, items: Sequence[Linked]) -> Iterator[tuple[int, Status]]:
        """What one rule says of linked pairings, by their number; those that it is not asked of are left out."""
        rows, columns = places_of(items)
        one, other = self.national(bit.panel, 0)[rows], self.national(bit.panel, 1)[columns]
        asked = (~one & (other | bit.panel.always), ~other & (one | bit.panel.always))
        known = self.sides.linked_answers
        for number in np.flatnonzero(asked[0] | asked[1]).tolist():
            seen = tuple(self._values(bit, foreign, items[number]) for foreign in (0, 1) if asked[foreign][number])
            key = (id(bit.rule), seen)
            if key not in known:
                views = [dict(zip(bit.rule.fact_order, values, strict=True)) for values in seen]
                known[key] = status_over(bit.rule, views)
            yield number, known[key]

    def _values(self, bit: Bit, foreign: int, item: Linked) -> tuple[Value, ...]:
        """The facts that the rule reads, as one view of a linked pairing has them."""
        pair = (self.sides.foreign[item.row], self.sides.hosts[item.column])
        one, other, seen = pair[foreign], pair[1 - foreign], bit.panel.views[foreign]
        parties = {"foreign": one, "host": other}
        values = []
        for name in bit.rule.fact_order:
            side, _, leaf = name.partition(".")
            if name in seen.follows:
                whose = seen.follows[name][0]
                values.append(seen.following(whose, parties[whose].values)[name])
            elif side in parties:
                values.append(parties[side].values.get(leaf))
            elif name == SAME_COUNTRY:
                countries = (one.control_country, other.control_country)
                values.append(None if None in countries else countries[0] == countries[1])
            elif name == OPPOSING:
                values.append(item.links.legislators_opposing)
            elif name == EXISTING_STAKE and item.links.existing_stakes[foreign] is not None:
                values.append(item.links.existing_stakes[foreign])
            else:
                values.append(seen.known.get(name))
        return tuple(values)


#: Facts that only links tell: settled for all pairings but the linked ones.
_UNLINKED: Final = frozenset({EXISTING_STAKE, OPPOSING})


def places_of(items: Sequence[Linked]) -> tuple[Index, Index]:
    """The rows and the columns of linked pairings."""
    return np.array([item.row for item in items], np.int64), np.array([item.column for item in items], np.int64)


def _is_idle(answer: Answer) -> bool:
    """Whether the rule never fires and is never undetermined."""
    parts = (answer.foreign, answer.host, answer.table and answer.table[2])
    return not any(part is not None and part.any() for part in parts)


def _halves(words: Sequence[Words]) -> tuple[Sequence[Words], Sequence[Words]]:
    return words[: len(words) // 2], words[len(words) // 2 :]
