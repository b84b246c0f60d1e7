"""Figures as values: what was measured in, tables for people and for files out.

Every program of this folder gives its figures as tables: `report` prints them and, where a file is named, writes them;
`run.py` keeps those of all programs in one file, and `show.py` prints them again as Markdown. Standard library only, for
the processes of the peers import it, too.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import time
from bisect import bisect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any, TypeAlias, TypeVar

ROOT = Path(__file__).parents[1]

Cell: TypeAlias = str | int | float | None
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of figures; the unit of a column stands in its head, `notes` say what is and is not measured."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    notes: Sequence[str] = ()


def shown(cell: Cell) -> str:
    """A cell as people read it: three significant digits, thousands apart; nothing measured is a dash."""
    if isinstance(cell, float):
        digits = 3 - bisect((0.9995, 9.995, 99.95), abs(cell)) if cell else 2
        return f"{cell:,.{digits}f}"
    return "–" if cell is None else f"{cell:,}" if isinstance(cell, int) else cell


def markdown(table: Table) -> str:
    """The table as a page shows it."""
    rows = [table.columns, ["---" if not at else "---:" for at in range(len(table.columns))]]
    rows += [[shown(cell).replace("|", "\\|") for cell in row] for row in table.rows]
    lines = [f"### {table.title}", "", *(f"| {' | '.join(row)} |" for row in rows)]
    return "\n".join([*lines, *([""] if table.notes else []), *(f"- {note}" for note in table.notes)])


def plain(table: Table) -> str:
    """The table as a terminal shows it."""
    rows = [list(table.columns), *([shown(cell) for cell in row] for row in table.rows)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(text.ljust(width) if not at else text.rjust(width)
                  for at, (text, width) in enumerate(zip(row, widths, strict=True)))
        for row in rows
    ]  # fmt: skip
    return "\n".join([table.title, *lines, *(f"  - {note}" for note in table.notes), ""])


def report(tables: Sequence[Table], target: Path | None) -> None:
    """Print the tables, and write them where a file is named."""
    print("\n".join(map(plain, tables)), flush=True)
    if target:
        target.write_text(json.dumps([asdict(table) for table in tables], indent=1), encoding="utf-8")


def table_of(data: Mapping[str, Any]) -> Table:
    """A table that was written."""
    return Table(**data)


def options(description: str | None) -> argparse.ArgumentParser:
    """The arguments that every program takes."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    return parser


# Measuring


def timed(call: Callable[[], T]) -> tuple[float, T]:
    """Seconds of one call, and what it gave."""
    start = time.perf_counter()
    found = call()
    return time.perf_counter() - start, found


def seconds_each(call: Callable[[T], object], items: Iterable[T], within: float | None = None) -> list[float]:
    """Seconds of each call; no further one is begun once they took `within` seconds together."""
    taken: list[float] = []
    end = time.perf_counter() + within if within else None
    for item in items:
        start = time.perf_counter()
        call(item)
        taken.append(time.perf_counter() - start)
        if end and start > end:
            break
    return taken


def middle_and_slow(seconds: Sequence[float]) -> tuple[float, float]:
    """Median and 95th percentile."""
    if len(seconds) < 2:
        return seconds[0], seconds[0]
    return median(seconds), quantiles(seconds, n=20, method="inclusive")[18]


def in_own_process(program: str, *arguments: str) -> Any:  # noqa: ANN401  # JSON
    """What a program prints as its last line, in a process of its own, so that its peak memory is its own."""
    command = [sys.executable, program, *arguments]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603  # our own program
    return json.loads(done.stdout.splitlines()[-1])


def peak_mb() -> float:
    """The most memory that this process has held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


# Where and from what it was measured


def machine() -> dict[str, Cell]:
    """What the figures depend on besides the program."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "load_before": round(os.getloadavg()[0], 2),
    }


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.is_file() else []
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.processor())


def commit() -> tuple[str, bool | None]:
    """The commit (12 digits) and whether files differ from it; `unknown` and None outside version control."""
    head, changed = (
        subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603, S607  # git
        for words in (("rev-parse", "--short=12", "HEAD"), ("status", "--porcelain"))
    )
    return (head.stdout.strip(), bool(changed.stdout.strip())) if head.returncode == 0 else ("unknown", None)
