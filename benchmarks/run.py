"""All benchmarks, one after the other; their figures are kept in results/, named by day and commit.

    python benchmarks/run.py [--large | --small] [--at TIME]

`make bench` runs it after installing the peers. Only a whole run in which nothing failed is kept; `--small` is for trying out
whether everything runs, and keeps nothing. `python benchmarks/show.py` prints what was kept as Markdown.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks import figures

HERE = Path(__file__).parent
RESULTS = HERE / "results"
#: Each program, and how it is tried out.
PROGRAMS: Mapping[str, Sequence[str]] = {
    "bench_single": ("--pairings", "20"),
    "bench_engines": ("--rules", "20", "--records", "50", "--many", "2000"),
    "bench_matrix": ("--small",),
    "bench_spark": ("--small",),
    "bench_resolver": ("--names", "1000", "--queries", "10"),
    "bench_workbook": ("400",),
    "service": ("--seconds", "1", "--warm-up", "1", "--clients", "10"),
}


def measured(program: str, arguments: Sequence[str]) -> dict[str, Any]:
    """The tables of one program; ends this one where that fails."""
    print(f"== {program}", flush=True)
    with TemporaryDirectory() as folder:
        target = Path(folder) / "figures.json"
        command = [sys.executable, str(HERE / f"{program}.py"), *arguments, "--json", str(target)]
        start = time.perf_counter()
        code = subprocess.run(command, check=False).returncode  # noqa: S603  # our own programs
        if code:
            raise SystemExit(f"{program} failed ({code}); nothing was kept")
        seconds = round(time.perf_counter() - start, 1)
        return {"program": program, "seconds": seconds, "tables": json.loads(target.read_text(encoding="utf-8"))}


def keep(programs: Sequence[dict[str, Any]], about: Mapping[str, Any], folder: Path) -> Path:
    """Write a run into the folder, named by day and commit."""
    target = folder / f"{about['began'][:10]}-{about['commit']}.json"
    content = json.dumps({**about, "programs": programs}, indent=1, ensure_ascii=False)
    target.write_text(content + "\n", encoding="utf-8")
    return target


def _wanted(*, large: bool, small: bool) -> Iterator[tuple[str, Sequence[str]]]:
    for name, little in PROGRAMS.items():
        if small:
            yield name, little
        elif large or name != "bench_spark":
            yield name, ("--large",) if large and name == "bench_matrix" else ()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    sizes = parser.add_mutually_exclusive_group()
    sizes.add_argument("--large", action="store_true", help="more than 10^6 pairings, and Spark")
    sizes.add_argument("--small", action="store_true", help="only try whether everything runs; keep nothing")
    parser.add_argument("--at", type=datetime.fromisoformat, default=datetime.now(UTC), help="when the run begins")
    given = parser.parse_args()
    commit, changed = figures.commit()
    about = {"began": given.at.isoformat(timespec="seconds"), "commit": commit, "changed_files": changed,
             "machine": figures.machine()}  # fmt: skip
    programs = [measured(name, arguments) for name, arguments in _wanted(large=given.large, small=given.small)]
    print(f"{sum(one['seconds'] for one in programs):.0f} s in all")
    if not given.small:
        RESULTS.mkdir(exist_ok=True)
        print(f"kept: {keep(programs, about, RESULTS).relative_to(figures.ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
