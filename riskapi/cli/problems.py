"""Errors as text.

Enters: a `RiskapiError`. Leaves: a rich renderable: the title, and for each problem its place, detail, code and hint.
"""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from riskapi.cli.terminal import clean, one_line
from riskapi.errors import Problem, RiskapiError


def error_text(error: RiskapiError) -> Group:
    """The error for people: its title, then every problem."""
    count = len(error.problems)
    title = Text(f"{error.title}", style="bold red")
    if count > 1:
        title.append(f" ({count} problems)", style="not bold")
    return Group(title, *problem_list(error.problems))


def problem_list(problems: Iterable[Problem]) -> list[RenderableType]:
    """One block for each problem: place, detail and code; then the hint; then candidates where there are any."""
    return [block for problem in problems for block in _problem(problem)]


def _problem(problem: Problem) -> Iterable[RenderableType]:
    text = Text()
    place = one_line(problem.place())
    if place:
        text.append(f"{place}: ", style="bold")
    text.append(clean(problem.detail))
    text.append(f" [{problem.code}]", style="dim")
    yield Padding(text, (0, 0, 0, 2))
    if problem.candidates:
        yield Padding(candidate_table(problem), (0, 0, 0, 6))
        yield Padding(
            Text("write the name or the id of the company that is meant, or describe another one with --party"),
            (0, 0, 0, 6),
        )
    elif problem.hint:
        yield Padding(Text(clean(problem.hint)), (0, 0, 0, 6))


def candidate_table(problem: Problem) -> Table:
    """The companies that a name may mean."""
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0))
    for heading in ("company", "country", "id", "likeness"):
        table.add_column(
            heading, header_style="dim", overflow="fold", justify="right" if heading == "likeness" else "left"
        )
    for item in problem.candidates:
        likeness = item.get("score")
        table.add_row(
            one_line(str(item.get("name") or "")),
            str(item.get("country") or "not known"),
            Text(one_line(str(item.get("company_id") or "")), style="bold"),
            f"{likeness:.0f}" if isinstance(likeness, int | float) else "",
        )
    return table
