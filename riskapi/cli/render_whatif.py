"""The page of `riskapi whatif`: what moves the score, the smallest changes, the grid.

Enters: an answer. Leaves: rich renderables. A way that serves several targets is shown once, with all that it reaches.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from riskapi.assessment.whatif import (
    AlternativeShown,
    CellShown,
    ChangeShown,
    FactSwing,
    GridShown,
    ResultShown,
    RuleNamed,
    TargetShown,
    WayShown,
    WhatIfAnswer,
)
from riskapi.assessment.words import GATES, amount, between, fact_words, gate_counts, gate_words, plural
from riskapi.cli.style import BAND_STYLES, Look, indented, left_out, section, shortened

SHOWN_FACTS = 12
SHOWN_WAYS = 6
SHOWN_GATES = 4
SHOWN_CELLS = 12
VALUE_LENGTH = 34
BAR = 26
TOP = 100.0
#: Differences of scores below this cannot be seen at one decimal.
VISIBLE = 0.05
_CONTROL = {"parties": "choice", "authority": "grant", "business": "fact"}
_STANDING = {"told": "", "derived": " (follows)", "assumed": " (assumed)", "unknown": ""}


def whatif_text(answer: WhatIfAnswer, *, everything: bool = False, ascii_only: bool = False) -> RenderableType:
    """The whole page; the concise one cuts long lists, with a count and the option that shows all."""
    look = Look(everything=everything, ascii_only=ascii_only)
    rules = {rule.id: rule for rule in answer.rules}
    parts = [
        _head(answer, rules, look),
        _tornado(answer, look),
        _ways(answer, rules, look),
        None if answer.grid is None else _grid(answer.grid, rules, look),
        section("Keep in mind", *[Text(line) for line in answer.warnings]) if answer.warnings else None,
        _closing(answer),
    ]
    return Group(*[part for part in parts if part is not None])


def _head(answer: WhatIfAnswer, rules: Mapping[str, RuleNamed], look: Look) -> RenderableType:
    now = Text.assemble(("Now  ", "dim"), *_score(answer.result))
    about = f"  facts of one side are those of {answer.foreign_party}" if answer.foreign_party else ""
    gates = _gates_that_apply(answer.result, rules, look, cited=True)
    body = Group(now, Text(about.strip(), style="dim"), *gates)
    return Group(Text(answer.question, style="bold"), Text(), Padding(body, (0, 0, 0, 2)))


def _score(result: ResultShown) -> list[str | tuple[str, str]]:
    style = f"bold {BAND_STYLES.get(result.band, '')}".strip()
    return [
        (amount(result.score), style),
        f" ({between(result.low, result.high)})  ",
        (result.band.capitalize(), style),
    ]


def _gates_that_apply(
    result: ResultShown, rules: Mapping[str, RuleNamed], look: Look, *, cited: bool
) -> list[RenderableType]:
    """The gates that apply one by one, and those that may by kind: what no score takes away."""
    parts: list[RenderableType] = []
    shown, rest = look.cut(result.gates, SHOWN_GATES)
    if result.gates:
        parts.append(Text(f"Gates that apply ({len(result.gates)})"))
        parts += [indented(_gate(rules[one], cited=cited)) for one in shown]
        parts += [indented(part) for part in [left_out(rest, "gate")] if part]
    else:
        parts.append(Text("No gate applies on what is told."))
    if result.may_apply:
        kinds = Counter(rules[one].gate or "" for one in result.may_apply)
        counts = gate_counts(kinds)
        parts.append(Text(f"Gates that may apply ({len(result.may_apply)}), depending on what is not known: {counts}"))
    return parts


def _gate(rule: RuleNamed, *, cited: bool) -> Text:
    kind = gate_words(rule.gate or "")
    law = f"; {rule.citation}" if cited else ""
    return Text.assemble((kind, "bold"), f" ({rule.jurisdiction})  {rule.title}", (law, "dim"))


# Each fact by itself


def _tornado(answer: WhatIfAnswer, look: Look) -> RenderableType:
    moving = [item for item in answer.facts if item.swing >= VISIBLE]
    if not moving:
        return section("What moves the score, one fact at a time", Text("No single fact moves the score visibly."))
    table = Table(box=None, show_header=True, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim", expand=True)
    table.add_column("fact", ratio=3, overflow="fold")
    table.add_column("is", ratio=2, overflow="fold")
    table.add_column("", width=6)
    table.add_column("lowest", ratio=3, overflow="fold")
    table.add_column("highest", ratio=3, overflow="fold")
    table.add_column("0 to 100", width=BAR)
    shown, rest = look.cut(moving, SHOWN_FACTS)
    for item in shown:
        table.add_row(*_fact_row(item, answer.result.score, look))
    note = "choice: the parties decide; fact: can be learnt; grant: an authority decides; in brackets the gates that apply then"
    still = len(answer.facts) - len(moving)
    quiet = Text(f"{plural(still, 'fact')} more that rules read move no score alone", style="dim") if still else None
    return section("What moves the score, one fact at a time", table, left_out(rest, "fact"), quiet, note=note)


def _fact_row(item: FactSwing, now: float, look: Look) -> list[Text]:
    low, high = item.alternatives[0], item.alternatives[-1]
    is_now = f"{shortened(item.text, VALUE_LENGTH)}{_STANDING[item.standing]}"
    return [
        Text(fact_words(item.fact)),
        Text(is_now.strip("[]")),
        Text(_CONTROL[item.control], style="dim"),
        _end(low, moved=low.score < now - VISIBLE),
        _end(high, moved=high.score > now + VISIBLE),
        _bar(item.lowest, now, item.highest, look),
    ]


def _end(item: AlternativeShown, *, moved: bool) -> Text:
    """One end of a bar with its gates; the result as it is where nothing lies beyond it."""
    if not moved:
        return Text("as it is", style="dim")
    gates = f" ({plural(len(item.gates), 'gate')}, {item.open_gates} may)"
    return Text.assemble((amount(item.score), "bold"), f" {shortened(item.text, VALUE_LENGTH)}", (gates, "dim"))


def _bar(low: float, now: float, high: float, look: Look) -> Text:
    rest, thick, mark = look.sign("─", "-"), look.sign("━", "="), look.sign("●", "O")
    first, place, last = (min(BAR - 1, max(0, round(value / TOP * (BAR - 1)))) for value in (low, now, high))
    return Text("".join(mark if at == place else thick if first <= at <= last else rest for at in range(BAR)))


# Smallest changes


@dataclass(frozen=True, slots=True)
class _Served:
    """A way with everything that it reaches."""

    way: WayShown
    bands: tuple[str, ...]
    lifts: tuple[str, ...]


def _ways(answer: WhatIfAnswer, rules: Mapping[str, RuleNamed], look: Look) -> RenderableType:
    served = _served(answer.targets)
    shown, rest = look.cut(served, SHOWN_WAYS)
    parts: list[RenderableType] = []
    for number, item in enumerate(shown, 1):
        parts += [*_way(number, item, answer.result, rules, look), Text()]
    missing = [_named(target) for target in answer.targets if not target.ways]
    if missing:
        parts.append(Text(f"No single change and no pair of changes: {'; '.join(missing)}."))
    if not answer.targets:
        parts.append(Text("The band is the lowest, and no gate applies."))
    tried = f"{answer.search.singles:,} single changes and {answer.search.pairs:,} pairs tried"
    return section("The smallest changes", *parts, left_out(rest, "way"), note=f"{tried}; the least effort first")


def _served(targets: Iterable[TargetShown]) -> Sequence[_Served]:
    found: dict[tuple[object, ...], _Served] = {}
    for target in targets:
        for way in target.ways:
            key = tuple((change.fact, change.value) for change in way.changes)
            before = found.get(key, _Served(way, (), ()))
            bands = (*before.bands, target.label) if target.kind == "band" else before.bands
            lifts = (*before.lifts, target.name) if target.kind == "gate" else before.lifts
            found[key] = _Served(way, bands, lifts)
    return sorted(found.values(), key=lambda item: (len(item.way.changes), item.way.effort, item.way.result.score))


def _named(target: TargetShown) -> str:
    return f"reaches the band {target.label}" if target.kind == "band" else f"lifts: {target.label}"


def _way(
    number: int, item: _Served, now: ResultShown, rules: Mapping[str, RuleNamed], look: Look
) -> list[RenderableType]:
    way = item.way
    head = Text(f"{number}. ", style="bold")
    head.append(" and ".join(_change(change) for change in way.changes), style="bold")
    below: list[RenderableType] = [Text.assemble("gives ", *_score(way.result), (f"  effort {way.effort:g}", "dim"))]
    below += [Text(f"Needs: {change.needs}.") for change in way.changes]
    below += [Text(f"Or instead: {_or(change)}.") for change in way.changes if change.also]
    below += [Text(f"Lifts: {_titles(item.lifts, rules)}.")] if item.lifts else []
    below += [Text(f"New gates: {_titles(way.new_gates, rules)}.", style="bold")] if way.new_gates else []
    below += [Text(f"Then no longer told: {', '.join(way.dropped)}.")] if way.dropped else []
    below += _gates_that_apply(way.result, rules, look, cited=look.everything)
    if way.result.examined < now.examined:
        text = f"Only {plural(way.result.examined, 'rule')} in force were looked at, now {now.examined}: less law is in the book."
        below.append(Text(text, style="dim"))
    return [head, indented(*below)]


def _change(change: ChangeShown) -> str:
    name = fact_words(change.fact)
    if change.settles:
        return f"{name}: settle on {shortened(change.text, VALUE_LENGTH * 2)}"
    return f"{name}: {shortened(change.text, VALUE_LENGTH)} in place of {shortened(change.before_text, VALUE_LENGTH)}"


def _or(change: ChangeShown) -> str:
    return "; ".join(shortened(text, VALUE_LENGTH) for text in change.also[:8])


def _titles(ids: Iterable[str], rules: Mapping[str, RuleNamed]) -> str:
    return "; ".join(
        f"{gate_words(rules[one].gate or '').lower()} ({rules[one].jurisdiction}) {rules[one].title}" for one in ids
    )


# Grid


def _grid(grid: GridShown, rules: Mapping[str, RuleNamed], look: Look) -> RenderableType:
    front = [cell for cell in grid.cells if cell.on_front]
    others = [cell for cell in grid.cells if not cell.on_front]
    table = Table(box=None, show_header=True, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("")
    for fact in grid.facts:
        table.add_column(fact_words(fact), overflow="fold")
    for name in ("score", "range", "gates", "may apply"):
        table.add_column(name, justify="right")
    cells = sorted(front, key=_by_score) + (sorted(others, key=_by_score) if look.everything or not grid.prefer else [])
    shown, rest = look.cut(cells, SHOWN_CELLS)
    for cell in shown:
        table.add_row(*_cell(cell, rules, look))
    liked = ", ".join(fact_words(fact) for fact in grid.prefer)
    note = (
        f"{look.sign('●', '*')} nothing is better in all of: a low score, {liked}"
        if liked
        else "nothing is preferred: --prefer"
    )
    hidden = rest + len(grid.cells) - len(cells)
    return section("The grid", table, left_out(hidden, "combination"), note=note)


def _by_score(cell: CellShown) -> tuple[bool, float]:
    return cell.result is None, 0.0 if cell.result is None else cell.result.score


def _cell(cell: CellShown, rules: Mapping[str, RuleNamed], look: Look) -> list[Text]:
    mark = Text(look.sign("●", "*") if cell.on_front else "")
    values = [Text(text) for text in cell.texts.values()]
    if cell.result is None:
        return [mark, *values, Text("cannot be asked"), Text(), Text(), Text()]
    result = cell.result
    return [
        mark, *values, Text(amount(result.score), style="bold"), Text(between(result.low, result.high)),
        Text(_heaviest(result.gates, rules)), Text(_heaviest(result.may_apply, rules)),
    ]  # fmt: skip


def _heaviest(ids: Sequence[str], rules: Mapping[str, RuleNamed]) -> str:
    """How many gates, and the heaviest kind."""
    kinds = {rules[one].gate for one in ids}
    heaviest = next((kind for kind in GATES if kind in kinds), None)
    return f"{len(ids)}, {GATES[heaviest].lower()}" if heaviest else "none"


def _closing(answer: WhatIfAnswer) -> RenderableType:
    made = answer.versions
    line = f"\nriskapi {made.engine}, rules {made.rule_set}, data {made.dataset}, as of {answer.as_of.isoformat()}"
    return Group(Text(line, style="dim"), Text(answer.notice, style="dim"))
