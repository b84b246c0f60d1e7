"""A matrix on a terminal: its rows in, heat maps, a ranking or what moved out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

import polars as pl
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from riskapi.cli.style import BAND_STYLES, GATE_WORDS, amount, joined, plural, rows, section, shortened, span
from riskapi.cli.terminal import clean, one_line

if TYPE_CHECKING:
    from riskapi.matrix.moved import Movement, Reason
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
        table.add_row(score, span(row["low"], row["high"]), _pairing(row, several=several), _reasons(row))
    shown = int(lines["host"].list.len().head(RANKED).sum())
    more = len(frame) - shown
    note = f"{plural(shown, 'pairing')}" + (f" of {len(frame):,}: a file (--out) has them all" if more else "")
    return section("Highest scores", table, note=note)


def _pairing(row: dict[str, Any], *, several: bool) -> Text:
    text = Text(one_line(f"{row['foreign']} and {joined(row['host'], 4)}"))
    return text.append(f"\n{one_line(row['template'])}, {row['date']}", style="dim") if several else text


def _reasons(row: dict[str, Any]) -> Text:
    kinds = dict.fromkeys(gate.partition(":")[0] for gate in row["gates"])
    text = Text(", ".join(GATE_WORDS.get(kind, kind) for kind in kinds), style="bold")
    drivers = ", ".join(row["drivers"])
    return text.append(f"\n{drivers}" if kinds else drivers, style="dim")


# What moved


def moved_text(plan: Plan, moved: pl.DataFrame, reasons: Sequence[Movement]) -> RenderableType:
    """The pairings that moved most between both days, with the rules behind the first of them."""
    before, after = plan.dates
    head = f"{plural(len(moved), 'pairing')} of {plan.pairings // 2:,} moved between {before} and {after}"
    return Group(Text(head, style="bold"), *_moves(moved, reasons), _versions(plan))


def _moves(moved: pl.DataFrame, reasons: Sequence[Movement]) -> Iterator[RenderableType]:
    for row, movement in zip(moved.head(len(reasons)).iter_rows(named=True), reasons, strict=True):
        title = one_line(f"{row['foreign']} and {row['host']}")
        note = f"{amount(row['score_before'])} to {amount(row['score_after'])}, {row['template']}"
        yield section(title, _why(row, movement), note=one_line(note))


def _why(row: dict[str, Any], movement: Movement) -> RenderableType:
    table = rows(14, None)
    for word, gates in (("gates gained", row["gates_gained"]), ("gates lost", row["gates_lost"])):
        if gates:
            table.add_row(Text(word, style="bold"), Text(", ".join(gates)))
    counted = sorted(movement.reasons, key=lambda item: -abs(item.points_after - item.points_before))
    for item in counted[:6]:
        change = item.points_after - item.points_before
        says = _says(item)
        table.add_row(Text(f"{change:+g}" if change else "0", justify="right"), Text(f"{item.rule_id}: {says}"))
    return table


def _says(item: Reason) -> str:
    """What the rule says before and after; what it counts may also hang on another rule of its group."""
    if item.before == item.after:
        words = (item.after or "").replace("_", " ")
        if not item.points_after:
            return f"{words}; a heavier rule of its group counts in its place now"
        return f"{words}; it counts now in place of another of its group" if not item.points_before else words
    return f"{item.before or 'not in force'} → {item.after or 'not in force'}".replace("_", " ")
