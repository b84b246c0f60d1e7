"""The questions to a cluster as Spark SQL: what is asked of a sheet in, the text of its queries out.

Every rule has one bit in words of 64. `side` answers once for each company what one company decides; `pairs` joins two
sides, answers what is left, and joins both views in Kleene logic, all rules of a word at a time. Columns `fired_0`,
`open_0` and so on of a pairing are then the pattern that its score follows from.
"""

# ruff: noqa: S608  # queries are made of our own columns and of checked trees

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Final

from riskapi.engine.bits import WIDTH, words_for
from riskapi.engine.residual import is_unknown, specialise
from riskapi.facts.vocabulary import FactType
from riskapi.language import nodes as n
from riskapi.language.dialect import SPARK
from riskapi.language.nodes import facts_of
from riskapi.language.sql import column, to_sql
from riskapi.rules import Kind
from riskapi.spark.asked import FOREIGN, HOST, OPPONENTS, STAKES, Asked, AskedRule, View

VIEWS: Final = (0, 1)
#: The column by which pairings find their result.
KEY: Final = "pattern"
#: What a company is called in the rows, for each side.
NAMES: Final = (("foreign_id", "foreign"), ("host_id", "host"))
_LINKS: Final = {**dict.fromkeys(STAKES, FactType.FLOAT), OPPONENTS: FactType.INT}


@dataclass(frozen=True, slots=True)
class _Said:
    """What decides a bit in a view: a condition, on columns of `role` or (None) on slots of both companies."""

    bit: int
    view: int
    role: str | None
    condition: n.Node

    @property
    def column(self) -> str:
        return f"said_{self.view}_{self.bit}"


@dataclass(frozen=True, slots=True)
class _Slot:
    """A part of a condition that reads one company, as a column of its own."""

    column: str
    view: int
    role: str
    part: n.Node


@dataclass(frozen=True)
class Queries:
    """The queries of one sheet."""

    asked: Asked

    @property
    def words(self) -> range:
        """The words of a pattern."""
        return range(words_for(len(self.asked.rules)))

    @property
    def pattern(self) -> list[str]:
        """The columns that a pairing is scored by."""
        return [f"{half}_{word}" for half in ("fired", "open") for word in self.words]

    def side(self, number: int, companies: str, seen: str) -> str:
        """What each company of a side decides: over its facts, and over what places see in companies of its kind."""
        said = [item for item in self._said if item.role is not None and _side_of(item.view, item.role) == number]
        slots = [item for item in self._slots if _side_of(item.view, item.role) == number]
        nodes = [*(item.condition for item in said), *(item.part for item in slots)]
        facts = [*self._company_columns(nodes), *_unknown(nodes)]
        national = [f"s.national_{panel}" for panel in range(len(self.asked.panels))]
        answers = [f"{_sql(item.condition)} AS {item.column}" for item in said]
        answers += [f"{_sql(item.part)} AS {item.column}" for item in slots]
        words = [*self._words(said), *self._exists(number), *(item.column for item in slots)]
        return (
            f"SELECT {_list('place', 'company_id', 'name', *words)} FROM ("
            f"SELECT {_list('*', *answers)} FROM ("
            f"SELECT {_list('c.place', 'c.company_id', 'c.name', *national, *facts)} "
            f"FROM {companies} c JOIN {seen} s ON s.kind = c.kind))"
        )

    def looks(self, side: str) -> str:
        """The companies of a side that differ for some rule, one of each."""
        return f"SELECT DISTINCT * EXCEPT (place, company_id, name) FROM {side}"

    def patterns(self, sides: tuple[str, str], looks: tuple[str, str], links: str) -> str:
        """Every pattern that some pairing has: of companies that differ, and of the pairings that are linked."""
        alike = f"FROM {looks[0]} x CROSS JOIN {looks[1]} y"
        linked = (
            f"FROM {links} l JOIN {sides[0]} x ON x.place = l.f JOIN {sides[1]} y ON y.place = l.h "
            "WHERE x.company_id <> y.company_id"
        )
        both = f"{self._pattern(alike, _no_links())} UNION ALL {self._pattern(linked, _links())}"
        return f"SELECT DISTINCT * FROM ({both})"

    def key(self, seed: int) -> str:
        """One number for a pattern, by which rows find their result several times as fast as by all of its words."""
        return f"xxhash64({_list(*self.pattern)}, {seed})"

    def pairs(self, sides: tuple[str, str], links: str, key: str) -> str:
        """Every pairing of two different companies with the key of its pattern; `f` and `h` are the places of the two."""
        named = [
            f"{alias}.{own} AS {shown}"
            for alias, names in zip("xy", NAMES, strict=True)
            for own, shown in zip(("company_id", "name"), names, strict=True)
        ]
        joined = (
            f"FROM {sides[0]} x CROSS JOIN {sides[1]} y "
            f"LEFT JOIN {links} l ON l.f = x.place AND l.h = y.place WHERE x.company_id <> y.company_id"
        )
        kept = ["f", "h", *(name for names in NAMES for name in names)]
        found = self._pattern(joined, [*_links(), "x.place AS f", "y.place AS h", *named], kept)
        return f"SELECT {_list(*kept)}, {key} AS {KEY} FROM ({found})"

    # What decides

    @cached_property
    def _said(self) -> list[_Said]:
        return [
            found
            for bit, rule in enumerate(self.asked.rules)
            for view in VIEWS
            if (found := self._decided(bit, rule, view)) is not None
        ]

    def _decided(self, bit: int, rule: AskedRule, view: int) -> _Said | None:
        seen = rule.views[view]
        if seen.is_idle:
            return None
        condition = seen.condition if seen.role else self._joined(bit, view, seen)
        return _Said(bit, view, seen.role, condition)

    def _joined(self, bit: int, view: int, seen: View) -> n.Node:
        """The condition on the slots of both companies and on the columns of links."""
        split = seen.halves
        columns = {
            name: n.FactRef(_slot_name(bit, view, name), part.type) if role in (FOREIGN, HOST) else part
            for name, (role, part) in split.slots.items()
        }
        return specialise(split.rest, {}, columns)

    @cached_property
    def _slots(self) -> list[_Slot]:
        return [
            _Slot(_slot_name(bit, view, name), view, role, part)
            for bit, rule in enumerate(self.asked.rules)
            for view in VIEWS
            if rule.views[view].role is None
            for name, (role, part) in rule.views[view].halves.slots.items()
            if role in (FOREIGN, HOST)
        ]

    # Columns of one side

    def _company_columns(self, nodes: Iterable[n.Node]) -> Iterator[str]:
        names = {name for node in nodes for name in facts_of(node) if not is_unknown(name)}
        for name in sorted(names):
            if name in self.asked.places:
                yield f"s.{_column(name)}"
            else:
                yield f"c.{_column(name.partition('.')[2])} AS {_column(name)}"

    def _words(self, said: Sequence[_Said]) -> Iterator[str]:
        """The words of what is said, for both views."""
        for view in VIEWS:
            for word in self.words:
                for half, bits in _halves(said, view, word):
                    yield f"{bits} AS {half}_{view}_{word}"

    def _exists(self, number: int) -> Iterator[str]:
        """The words of what is asked: a place asks of pairings with one party of its own, or of all without two."""
        for view in VIEWS:
            is_foreign = _side_of(view, FOREIGN) == number
            for word in self.words:
                terms = [self._exists_in(panel, mask, is_foreign=is_foreign) for panel, mask in self._masks(word)]
                yield f"{' | '.join(terms) or _bits(0)} AS asked_{view}_{word}"

    def _exists_in(self, panel: int, mask: str, *, is_foreign: bool) -> str:
        if is_foreign:
            return f"(CASE WHEN national_{panel} THEN {_bits(0)} ELSE {mask} END)"
        if self.asked.panels[panel].always:
            return mask
        return f"(CASE WHEN national_{panel} THEN {mask} ELSE {_bits(0)} END)"

    def _masks(self, word: int) -> Iterator[tuple[int, str]]:
        """The panels with rules in a word, with the bits of these."""
        for panel, rules in groupby(self._rules_of(word), key=lambda item: item[1].panel):
            yield panel, _bits(sum(1 << bit for bit, _ in rules))

    def _rules_of(self, word: int) -> Iterator[tuple[int, AskedRule]]:
        """The rules of a word, each with its bit in it."""
        return enumerate(self.asked.rules[word * WIDTH : (word + 1) * WIDTH])

    # Columns of pairings

    def _pattern(self, joined: str, columns: Iterable[str], kept: Sequence[str] = ()) -> str:
        said = [item for item in self._said if item.role is None]
        slots = [item.column for item in self._slots]
        unknown = _unknown(item.condition for item in said)
        halves = [f"{half}_{view}_{word}" for half in ("fired", "open") for view in VIEWS for word in self.words]
        asked = [f"asked_{view}_{word}" for view in VIEWS for word in self.words]
        own = [
            *(f"x.{name} | y.{name} AS {name}" for name in halves),
            *(f"x.{name} & y.{name} AS {name}" for name in asked),
        ]
        answers = [f"{_sql(item.condition)} AS {item.column}" for item in said]
        seen = [text for view in VIEWS for word in self.words for text in _seen(said, view, word)]
        final = [text for word in self.words for text in self._kleene(word)]
        return (
            f"SELECT {_list(*kept, *final)} FROM ("
            f"SELECT {_list(*kept, *asked, *seen)} FROM ("
            f"SELECT {_list('*', *answers)} FROM ("
            f"SELECT {_list(*columns, *slots, *unknown, *own)} {joined})))"
        )

    def _kleene(self, word: int) -> Iterator[str]:
        """Both views: one that fires is enough, but of a rule that mitigates none may fail and none be open."""
        both = _bits(sum(1 << bit for bit, item in self._rules_of(word) if item.rule.kind is Kind.MITIGATING))
        fired, unsure = (f"(seen_{half}_0_{word} | seen_{half}_1_{word})" for half in ("fired", "open"))
        failed = " | ".join(
            f"(asked_{view}_{word} & ~(seen_fired_{view}_{word} | seen_open_{view}_{word}))" for view in VIEWS
        )
        yield f"({fired} & ~{both}) | ({fired} & ~({failed} | {unsure}) & {both}) AS fired_{word}"
        yield f"({unsure} & ~{fired} & ~{both}) | ({unsure} & ~({failed}) & {both}) AS open_{word}"


def _side_of(view: int, role: str) -> int:
    """The side of a sheet whose companies have the role in a view."""
    return view if role == FOREIGN else 1 - view


def _slot_name(bit: int, view: int, slot: str) -> str:
    return f"slot_{view}_{bit}_{slot.partition('.')[2]}"


def _seen(said: Iterable[_Said], view: int, word: int) -> Iterator[str]:
    """Of one view and word: what fires and what is open among what is asked."""
    for half, more in _halves(said, view, word):
        yield f"({half}_{view}_{word} | {more}) & asked_{view}_{word} AS seen_{half}_{view}_{word}"


def _halves(said: Iterable[_Said], view: int, word: int) -> Iterator[tuple[str, str]]:
    """The bits of a view and word that fire, and those that are open."""
    here = [item for item in said if item.view == view and item.bit // WIDTH == word]
    for half, test in (("fired", ""), ("open", " IS NULL")):
        bits = (f"(CASE WHEN {item.column}{test} THEN {_bit(item)} ELSE {_bits(0)} END)" for item in here)
        yield half, f"({' | '.join(bits) or _bits(0)})"


def _bit(item: _Said) -> str:
    return _bits(1 << item.bit % WIDTH)


def _bits(value: int) -> str:
    """A word as a constant; the highest bit is the sign."""
    signed = value - (1 << WIDTH) if value >> (WIDTH - 1) else value
    return f"CAST('{signed}' AS BIGINT)"


def _links() -> list[str]:
    return [f"l.{_column(name)}" for name in _LINKS]


def _no_links() -> list[str]:
    return [_null(name, kind) for name, kind in _LINKS.items()]


def _unknown(nodes: Iterable[n.Node]) -> list[str]:
    """Columns for values that are settled as not known."""
    names = {name for node in nodes for name in facts_of(node) if is_unknown(name)}
    return [_null(name, FactType(name.partition(".")[2])) for name in sorted(names)]


def _null(name: str, kind: FactType) -> str:
    return f"CAST(NULL AS {SPARK.types[kind]}) AS {_column(name)}"


def _sql(node: n.Node) -> str:
    return to_sql(node, SPARK)


def _column(name: str) -> str:
    return column(name, SPARK)


def _list(*columns: str) -> str:
    return ", ".join(columns)
