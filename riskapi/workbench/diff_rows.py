"""Rules over a whole portfolio: pairings and rules in, for each rule which pairings it fires for or leaves open, out.

The counterpart of `engine.evaluate` for many pairings, on the SQL back end: only the rules that are asked for are
evaluated, once for each jurisdiction and day, and the viewpoints of one pairing are joined as `engine.evaluate` joins them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import polars as pl

from riskapi.engine.batch import KEY, evaluate_many
from riskapi.facts.assembly import Assembler
from riskapi.facts.vocabulary import FactType, Value, Vocabulary
from riskapi.rules import Kind, Rule, RuleBook, Status
from riskapi.workbench.portfolio import Proposal

#: Rows of one query; more would hold too many intermediate columns in memory.
ROWS_A_QUERY = 250_000

_TYPES: dict[FactType, Any] = {
    FactType.BOOL: pl.Boolean(),
    FactType.INT: pl.Int64(),
    FactType.FLOAT: pl.Float64(),
    FactType.STR: pl.String(),
    FactType.DATE: pl.Date(),
    FactType.LIST: pl.List(pl.String()),
}

Facts = Mapping[str, Value]


@dataclass
class Views:
    """The viewpoints of one jurisdiction on one day: their facts, and the number of the pairing that each belongs to."""

    facts: list[Facts] = field(default_factory=list)
    pairings: list[int] = field(default_factory=list)

    def of(self, wanted: frozenset[int]) -> Views:
        """Those of some pairings only."""
        kept = [index for index, number in enumerate(self.pairings) if number in wanted]
        return Views([self.facts[index] for index in kept], [self.pairings[index] for index in kept])


@dataclass
class Rows:
    """All viewpoints of a portfolio, by jurisdiction and day."""

    vocabulary: Vocabulary
    views: dict[tuple[str, date], Views] = field(default_factory=lambda: defaultdict(Views))

    @classmethod
    def of(cls, proposals: Iterable[Proposal], assembler: Assembler) -> Rows:
        """Assemble the facts of every pairing; its number is its place in `proposals`."""
        rows = cls(assembler.vocabulary)
        for number, item in enumerate(proposals):
            pairing = assembler.pairing(item.parties, item.told, item.as_of, item.links, item.lead)
            for viewpoint in pairing.viewpoints:
                views = rows.views[(viewpoint.jurisdiction, item.as_of)]
                views.facts.append(viewpoint.facts)
                views.pairings.append(number)
        return rows

    def only(self, wanted: frozenset[int]) -> Rows:
        """The rows of some pairings."""
        return replace(self, views={key: views.of(wanted) for key, views in self.views.items()})

    def statuses(self, rules: Sequence[Rule]) -> Iterator[tuple[Rule, dict[int, Status]]]:
        """For each rule the pairings for which it fires or stays undetermined; several entries where there are several days."""
        by_jurisdiction: dict[str, list[Rule]] = defaultdict(list)
        for rule in rules:
            by_jurisdiction[rule.jurisdiction].append(rule)
        for (jurisdiction, day), views in sorted(self.views.items(), key=lambda item: item[0]):
            live = [rule for rule in by_jurisdiction.get(jurisdiction, ()) if rule.is_in_force(day)]
            if live and views.pairings:
                yield from self._of_views(live, views, day)

    def _of_views(self, rules: Sequence[Rule], views: Views, day: date) -> Iterator[tuple[Rule, dict[int, Status]]]:
        book = RuleBook(tuple(rules), {}, self.vocabulary, "")
        needed = sorted({name for rule in rules for name in rule.facts})
        found = []
        for start in range(0, len(views.facts), ROWS_A_QUERY):
            part = slice(start, start + ROWS_A_QUERY)
            found.append(evaluate_many(book, self._frame(views.facts[part], needed), day))
        outcomes = pl.concat(found).drop(KEY).with_columns(pl.Series(_PAIRING, views.pairings, dtype=pl.Int64))
        merged = _merged(outcomes, rules)
        numbers = merged[_PAIRING]
        for rule in rules:
            column = merged[rule.id]
            fired = numbers.filter(column.fill_null(value=False)).to_list()
            unsure = numbers.filter(column.is_null()).to_list()
            yield rule, {**dict.fromkeys(fired, Status.FIRED), **dict.fromkeys(unsure, Status.UNDETERMINED)}

    def _frame(self, facts: Sequence[Facts], needed: Sequence[str]) -> pl.DataFrame:
        columns = [_column(name, facts, _TYPES[self.vocabulary[name].type]) for name in needed]
        return pl.DataFrame([pl.Series(KEY, range(len(facts)), dtype=pl.Int64), *columns])


_PAIRING = "pairing"


def _column(name: str, facts: Sequence[Facts], kind: Any) -> pl.Series:  # noqa: ANN401  # types of Polars
    """One fact as a column. Few values recur often, so each is converted once and then gathered."""
    places: dict[Value, int] = {}
    codes = [places.setdefault(row.get(name), len(places)) for row in facts]
    values = [list(value) if isinstance(value, tuple) else value for value in places]
    return pl.Series(name, values, dtype=kind, strict=False).gather(codes)


def _merged(outcomes: pl.DataFrame, rules: Sequence[Rule]) -> pl.DataFrame:
    """One row a pairing: where both parties are foreign, Kleene `or` for a rule that aggravates, `and` for one that mitigates."""
    if not outcomes[_PAIRING].is_duplicated().any():
        return outcomes
    joined = [
        pl.col(rule.id).all(ignore_nulls=False)
        if rule.kind is Kind.MITIGATING
        else pl.col(rule.id).any(ignore_nulls=False)
        for rule in rules
    ]
    return outcomes.group_by(_PAIRING, maintain_order=True).agg(joined)
