"""The answer to a what-if question: tornado, smallest changes, grid. Enters: a pairing and what was asked of it.

Leaves: one object that the command line, `--json` and the service show. Rules are named by id; `rules` tells once what
each is. Nothing here says that an alternative is lawful.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from pydantic import TypeAdapter

from riskapi.assessment.answer import Versions
from riskapi.assessment.whatif_request import WhatIfRequest
from riskapi.facts.assembly import Assembler, Pairing
from riskapi.facts.vocabulary import Value, Vocabulary
from riskapi.rules import Rule, RuleBook
from riskapi.rules.template import in_words
from riskapi.scoring.alternatives import Critical, Variable, no_longer_told, variables
from riskapi.scoring.grid import Cell, GridRequest, Preference, fill
from riskapi.scoring.scorecard import Scorecard
from riskapi.scoring.soundings import Sounder, Sounding
from riskapi.scoring.whatif import Alternative, Bar, Change, Effort, Search, Switched, Target, Way

NOTICE = (
    "An estimate of scrutiny from published rules and facts; not legal advice. No alternative is said to be lawful, "
    "available or wise: with each stand the gates that remain and those that may apply, and it holds only if what it "
    "needs is true in substance. Authorities can look through a structure that was chosen to avoid them."
)
_DECIMALS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleNamed:
    """What a rule id in this answer stands for; `points` is its weight."""

    id: str
    title: str
    jurisdiction: str
    citation: str
    points: float
    gate: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultShown:
    """A result: score and range, band, rule ids of the gates that apply and of those that may, rules in force looked at."""

    low: float
    score: float
    high: float
    band: str
    gates: tuple[str, ...]
    may_apply: tuple[str, ...]
    examined: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AlternativeShown:
    """One other value of a fact, with the result, the gates that apply then, how many may, and the rules that switch."""

    value: Value
    text: str
    low: float
    score: float
    high: float
    band: str
    gates: tuple[str, ...]
    open_gates: int
    switched: Switched


@dataclass(frozen=True, slots=True, kw_only=True)
class FactSwing:
    """One fact by itself. `standing`: told, derived, assumed or unknown; `control`: parties, authority or business.

    What the `parties` choose can be changed, a fact of the `business` can only be learnt, an `authority` decides the
    rest. `swing` is the distance from the lowest to the highest score, the score as it is included.
    """

    fact: str
    meaning: str
    question: str | None
    standing: str
    control: str
    now: Value
    text: str
    lowest: float
    highest: float
    swing: float
    read_by: int
    alternatives: tuple[AlternativeShown, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeShown:
    """One change, and what must be true for it to hold. `settles` an open term; `also` are values with the same result."""

    fact: str
    before: Value
    before_text: str
    value: Value
    text: str
    settles: bool
    effort: float
    needs: str
    also: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WayShown:
    """One way to a target: changes, result, gates that remain or are new; `dropped` are told facts that it rules out."""

    changes: tuple[ChangeShown, ...]
    effort: float
    result: ResultShown
    new_gates: tuple[str, ...]
    switched: Switched
    dropped: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetShown:
    """What is to be reached: a lower band (`band` with its name) or a gate lifted (`gate` with its rule's id)."""

    kind: str
    name: str
    label: str
    ways: tuple[WayShown, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CellShown:
    """One combination of the grid; `result` is null where it cannot be asked."""

    values: Mapping[str, Value]
    texts: Mapping[str, str]
    result: ResultShown | None
    dropped: tuple[str, ...]
    on_front: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GridShown:
    """The grid: its facts with their values, what is liked, and all cells; the front is marked in them."""

    facts: Mapping[str, tuple[Value, ...]]
    prefer: Mapping[str, Preference]
    cells: tuple[CellShown, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIfAnswer:
    """What would change the result of one pairing."""

    question: str
    as_of: date
    parties: tuple[str, str]
    foreign_party: str | None
    result: ResultShown
    facts: tuple[FactSwing, ...]
    targets: tuple[TargetShown, ...]
    search: Effort
    grid: GridShown | None
    rules: tuple[RuleNamed, ...]
    versions: Versions
    warnings: tuple[str, ...]
    notice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What a what-if needs of the workspace."""

    assembler: Assembler
    book: RuleBook
    card: Scorecard
    vocabulary: Vocabulary
    critical: Critical
    versions: Versions


def build_whatif(request: WhatIfRequest, pairing: Pairing, means: Means) -> WhatIfAnswer:
    """Ask everything that the request wants and put it into words."""
    sounder = Sounder(pairing, means.assembler, means.book, means.card)
    base = sounder.ask(pairing.told)
    if base is None:
        raise ValueError("a pairing that was put together cannot be put together again")
    found = variables(pairing, sounder.rules_in_play(), means.critical, means.assembler, means.book.by_jurisdiction)
    search = Search(pairing.told, sounder.ask, found, means.book.by_id, means.card)
    bars = search.sensitivity(base)
    targets, effort = search.ways(base, request.keep)
    cells = () if request.grid is None else fill(request.grid, pairing.told, sounder.ask)
    writer = _Writer(pairing, means, search)
    return WhatIfAnswer(
        question=writer.question(),
        as_of=pairing.as_of,
        parties=(pairing.parties[0].name, pairing.parties[1].name),
        foreign_party=None if pairing.lead is None else pairing.parties[pairing.lead].name,
        result=writer.result(base),
        facts=tuple(writer.swing(bar) for bar in bars),
        targets=tuple(writer.target(target) for target in targets),
        search=effort,
        grid=None if request.grid is None else writer.grid(request.grid, cells),
        rules=writer.named(),
        versions=means.versions,
        warnings=tuple(_warnings(pairing, found, bars, effort)),
        notice=NOTICE,
    )


def _warnings(pairing: Pairing, found: Iterable[Variable], bars: Iterable[Bar], effort: Effort) -> list[str]:
    warnings = [
        f"{name} was not told: most rules stay undetermined, and few alternatives can be told apart"
        for name in ("deal.type", "deal.activity_country")
        if pairing.told.get(name) is None
    ]
    shown = {bar.variable.fact.name for bar in bars}
    left_out = [item.fact.name for item in found if item.values and item.fact.name not in shown]
    if left_out:
        warnings.append(
            f"not tried, because it is open which party they speak of (foreign_party): {', '.join(left_out)}"
        )
    if not effort.complete:
        warnings.append(
            f"of {effort.pairs_possible:,} pairs of changes the {effort.pairs:,} of least effort were tried"
        )
    return warnings


@lru_cache(maxsize=1)
def _adapter() -> TypeAdapter[WhatIfAnswer]:
    return TypeAdapter(WhatIfAnswer)


def whatif_json(answer: WhatIfAnswer, *, indent: int | None = None) -> bytes:
    """The answer as JSON; the same answer always gives the same bytes."""
    return _adapter().dump_json(answer, indent=indent)


class _Writer:
    """Puts what was found into words, and notes which rules are spoken of."""

    def __init__(self, pairing: Pairing, means: Means, search: Search) -> None:
        self.pairing, self.means, self.search = pairing, means, search
        self.spoken_of: set[str] = set()

    def words(self, name: str, value: Value) -> str:
        return in_words(self.means.vocabulary[name], value, self.means.vocabulary)

    def question(self) -> str:
        first, second = sorted(party.name for party in self.pairing.parties)
        return f"What would change the scrutiny of this deal of {first} and {second} as of {self.pairing.as_of}?"

    def named(self) -> tuple[RuleNamed, ...]:
        rules: list[Rule] = [self.means.book.by_id[one] for one in sorted(self.spoken_of)]
        return tuple(
            RuleNamed(
                id=rule.id, title=rule.title, jurisdiction=rule.jurisdiction, citation=rule.citation, points=rule.points,
                gate=rule.gate.value if rule.gate else None,
            )
            for rule in rules
        )  # fmt: skip

    def result(self, sounding: Sounding) -> ResultShown:
        gates, may_apply = self.search.gates(sounding.fired), self.search.gates(sounding.may_fire)
        self.spoken_of.update(gates, may_apply)
        return ResultShown(
            low=_rounded(sounding.low),
            score=_rounded(sounding.score),
            high=_rounded(sounding.high),
            band=self.means.card.band(sounding.score).name,
            gates=gates,
            may_apply=may_apply,
            examined=sounding.examined,
        )

    def switched(self, found: Switched) -> Switched:
        self.spoken_of.update(found.applies, found.no_longer, found.opened, found.settled)
        return found

    # Tornado

    def swing(self, bar: Bar) -> FactSwing:
        fact = bar.variable.fact
        return FactSwing(
            fact=fact.name,
            meaning=fact.meaning,
            question=fact.question,
            standing=bar.variable.standing.value,
            control=bar.control.value,
            now=bar.variable.now,
            text=self.words(fact.name, bar.variable.now),
            lowest=_rounded(bar.lowest),
            highest=_rounded(bar.highest),
            swing=_rounded(bar.swing),
            read_by=len(bar.variable.rules),
            alternatives=tuple(self.alternative(fact.name, item) for item in bar.alternatives),
        )

    def alternative(self, name: str, item: Alternative) -> AlternativeShown:
        gates = self.search.gates(item.result.fired)
        self.spoken_of.update(gates)
        return AlternativeShown(
            value=item.value,
            text=self.words(name, item.value),
            low=_rounded(item.result.low),
            score=_rounded(item.result.score),
            high=_rounded(item.result.high),
            band=self.means.card.band(item.result.score).name,
            gates=gates,
            open_gates=len(self.search.gates(item.result.may_fire)),
            switched=self.switched(item.switched),
        )

    # Smallest changes

    def target(self, target: Target) -> TargetShown:
        ways = tuple(self.way(way) for way in target.ways)
        if target.gate is not None:
            self.spoken_of.add(target.gate)
            return TargetShown(kind="gate", name=target.gate, label=self.means.book.by_id[target.gate].title, ways=ways)
        band = next(item for item in self.means.card.bands if item.name == target.band)
        return TargetShown(kind="band", name=band.name, label=band.label, ways=ways)

    def way(self, way: Way) -> WayShown:
        changes = {change.lever.fact: change.value for change in way.changes}
        return WayShown(
            changes=tuple(self.change(change) for change in way.changes),
            effort=way.cost,
            result=self.result(way.result),
            new_gates=way.new_gates,
            switched=self.switched(way.switched),
            dropped=no_longer_told(self.pairing.told, changes),
        )

    def change(self, change: Change) -> ChangeShown:
        name = change.lever.fact
        return ChangeShown(
            fact=name,
            before=change.before,
            before_text=self.words(name, change.before),
            value=change.value,
            text=self.words(name, change.value),
            settles=change.is_open,
            effort=change.cost,
            needs=self.needs(change),
            also=tuple(self.words(name, value) for value in change.also),
        )

    def needs(self, change: Change) -> str:
        lead = self.pairing.lead
        names = ("the foreign party", "the host party")
        if lead is not None:
            names = (self.pairing.parties[lead].name, self.pairing.parties[1 - lead].name)
        value = self.words(change.lever.fact, change.value)
        return change.lever.needs.replace("{foreign}", names[0]).replace("{host}", names[1]).replace("{value}", value)

    # Grid

    def grid(self, asked: GridRequest, cells: Iterable[Cell]) -> GridShown:
        return GridShown(facts=asked.axes, prefer=asked.prefer, cells=tuple(self.cell(cell) for cell in cells))

    def cell(self, cell: Cell) -> CellShown:
        return CellShown(
            values=cell.values,
            texts={name: self.words(name, value) for name, value in cell.values.items()},
            result=None if cell.result is None else self.result(cell.result),
            dropped=cell.dropped,
            on_front=cell.on_front,
        )


def _rounded(value: float) -> float:
    return round(value, _DECIMALS)
