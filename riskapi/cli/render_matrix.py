"""A matrix on a terminal: its rows in, heat maps, a ranking or what moved out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

import polars as pl
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from riskapi.assessment.words import amount, between, gate_words, joined, plural, points
from riskapi.cli.style import BAND_STYLES, rows, section, shortened
from riskapi.cli.terminal import clean, one_line
from riskapi.matrix.moved_words import fact_words, facts_of, heaviest, row_words, rows_of, says

if TYPE_CHECKING:
    from riskapi.matrix.changes import Compared
    from riskapi.matrix.moved import Movement
    from riskapi.matrix.plan import Plan

#: Rows with the same values here are told as one.
_RESULT: Final = ("score", "low", "high", "band", "gates", "drivers")
#: A sheet with more is shown as a ranking.
MOST_ROWS: Final = 45
MOST_COLUMNS: Final = 11
MOST_SHEETS: Final = 4
#: Lines of a ranking, and rows that are put together into them.
RANKED: Final = 15
BEST: Final = 500
#: Rules, facts and rows that are shown of a movement.
_RULES: Final = 6
_NAME: Final = 26
_HEAD: Final = 7


def matrix_text(plan: Plan, frame: pl.DataFrame, *, ranked: bool) -> RenderableType:
    """The whole page: heat maps where they fit and `ranked` is not wanted, else the highest scores."""
    parts: list[RenderableType] = [_head(plan)]
    if ranked or not fits(plan):
        parts.append(_ranking(frame))
    else:
        parts += [_sheet(sheet) for sheet in frame.partition_by("date", "template", maintain_order=True)]
    parts += [Text(f"\n{warning}", style="yellow") for warning in plan.warnings]
    return Group(*parts, _versions(plan))


def fits(plan: Plan) -> bool:
    """Whether every sheet can be shown as a table on a terminal."""
    is_small = len(plan.foreign) <= MOST_ROWS and len(plan.hosts) <= MOST_COLUMNS
    return is_small and len(plan.dates) * len(plan.templates) <= MOST_SHEETS


def _head(plan: Plan) -> Text:
    sizes = f"{len(plan.foreign):,} foreign × {len(plan.hosts):,} hosts"
    times = f" × {plural(len(plan.templates), 'template')} × {plural(len(plan.dates), 'date')}"
    return Text(f"{plural(plan.pairings, 'pairing')}: {sizes}{times}", style="bold")


def _versions(plan: Plan) -> Text:
    told = plan.versions
    text = f"\nriskapi {told.engine}, rules {told.rule_set}, data {told.dataset[:12]}. Not legal advice."
    return Text(text, style="dim")


def _sheet(frame: pl.DataFrame) -> RenderableType:
    """One heat map, the highest means first; a number stands in the colour of its band."""
    lines, columns = _order(frame, "foreign"), _order(frame, "host")
    cells = {(row["foreign_id"], row["host_id"]): row for row in frame.iter_rows(named=True)}
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("", width=_NAME, no_wrap=True)
    for _, name in columns:
        table.add_column(shortened(one_line(name), _HEAD * 2), width=_HEAD, justify="right", overflow="fold")
    for foreign_id, name in lines:
        numbers = (_number(cells.get((foreign_id, host_id))) for host_id, _ in columns)
        table.add_row(Text(shortened(one_line(name), _NAME)), *numbers)
    return section(clean(f"{frame['template'][0]}"), table, note=f"as of {frame['date'][0]}")


def _number(row: dict[str, Any] | None) -> Text:
    return Text("-", style="dim") if row is None else Text(amount(row["score"]), style=BAND_STYLES.get(row["band"], ""))


def _order(frame: pl.DataFrame, side: str) -> list[tuple[str, str]]:
    means = frame.group_by(f"{side}_id", side, maintain_order=True).agg(pl.col("score").mean())
    ordered = means.sort("score", descending=True, maintain_order=True)
    return list(ordered.select(f"{side}_id", side).iter_rows())


def _ranking(frame: pl.DataFrame) -> RenderableType:
    """The rows in their order; those of one foreign company with the same result are one line."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), expand=True)
    table.add_column("score", justify="right", no_wrap=True)
    table.add_column("interval", no_wrap=True)
    table.add_column("pairing", ratio=2)
    table.add_column("gates and drivers", ratio=3, overflow="fold")
    several = frame.select("date", "template").n_unique() > 1
    alike = frame.group_by("date", "template", "foreign_id", *_RESULT, maintain_order=True)
    lines = alike.agg(pl.col("foreign").first(), pl.col("host"))
    for row in lines.head(RANKED).iter_rows(named=True):
        score = Text(amount(row["score"]), style=BAND_STYLES.get(row["band"], ""))
        table.add_row(score, between(row["low"], row["high"]), _pairing(row, several=several), _reasons(row))
    shown = int(lines["host"].list.len().head(RANKED).sum())
    more = len(frame) - shown
    note = f"{plural(shown, 'pairing')}" + (f" of {len(frame):,}: a file (--out) has them all" if more else "")
    return section("Highest scores", table, note=note)


def _pairing(row: dict[str, Any], *, several: bool) -> Text:
    text = Text(one_line(f"{row['foreign']} and {joined(row['host'], 4)}"))
    return text.append(f"\n{one_line(row['template'])}, {row['date']}", style="dim") if several else text


def _reasons(row: dict[str, Any]) -> Text:
    kinds = dict.fromkeys(gate.partition(":")[0] for gate in row["gates"])
    text = Text(", ".join(gate_words(kind) for kind in kinds), style="bold")
    drivers = ", ".join(row["drivers"])
    return text.append(f"\n{drivers}" if kinds else drivers, style="dim")


# What moved


def moved_text(compared: Compared, moved: pl.DataFrame, reasons: Sequence[Movement]) -> RenderableType:
    """The pairings that moved most, with the rules, facts and rows behind the first of them."""
    head = f"{plural(len(moved), 'pairing')} of {compared.pairings:,} moved {_between(compared)}"
    parts = [Text(head, style="bold"), *_ends(compared), *_moves(moved, reasons)]
    if len(moved) > len(reasons):
        more = f"\n{plural(len(moved) - len(reasons), 'smaller movement')}: a file (--out) has them all"
        parts.append(Text(more, style="dim"))
    return Group(*parts, _versions(compared.plans[1]))


def _between(compared: Compared) -> str:
    """What the two sides are."""
    one, two = (plan.versions for plan in compared.plans)
    if compared.days[0] != compared.days[1]:
        return f"between {compared.days[0]} and {compared.days[1]}"
    pairs = (("rules", one.rule_set, two.rule_set), ("data", one.dataset[:12], two.dataset[:12]))
    other = [f"{word} {then} and {now}" for word, then, now in pairs if then != now]
    return f"as of {compared.days[1]} between " + (", ".join(other) or "two bases that say the same")


def _ends(compared: Compared) -> Iterator[RenderableType]:
    for word, companies in (("gone", compared.gone), ("new", compared.new)):
        if companies:
            names = joined((item.name for item in companies), 12)
            told = f"{plural(len(companies), 'company', 'companies')} {word}, so not compared: {names}"
            yield Text(one_line(told), style="yellow")


def _moves(moved: pl.DataFrame, reasons: Sequence[Movement]) -> Iterator[RenderableType]:
    for row, movement in zip(moved.head(len(reasons)).iter_rows(named=True), reasons, strict=True):
        title = one_line(f"{row['foreign']} and {row['host']}")
        numbers = f"{amount(row['score_before'])} to {amount(row['score_after'])}"
        yield section(title, _why(row, movement), note=one_line(f"{numbers}, {movement.way}, {row['template']}"))


def _why(row: dict[str, Any], movement: Movement) -> RenderableType:
    table = rows(14, None)
    for word, gates in (("gates gained", row["gates_gained"]), ("gates lost", row["gates_lost"])):
        if gates:
            table.add_row(Text(word, style="bold"), Text(", ".join(gates)))
    for item in heaviest(movement)[:_RULES]:
        table.add_row(Text(points(round(item.delta, 4)), justify="right"), Text(f"{item.rule_id}: {says(item)}"))
    facts = facts_of(movement)[:_RULES]
    for change in facts:
        table.add_row(Text("fact", style="dim", justify="right"), Text(one_line(fact_words(change))))
    for found in list(rows_of(facts))[:_RULES]:
        table.add_row(Text("row", style="dim", justify="right"), Text(one_line(row_words(*found)), style="dim"))
    return table
