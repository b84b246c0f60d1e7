"""What a run of the benchmarks found, as Markdown.

    python benchmarks/show.py [FILE]

Without a file, the newest run of results/.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.figures import markdown, shown, table_of
from benchmarks.run import RESULTS


def kept(folder: Path) -> list[dict[str, Any]]:
    """All runs of the folder, the newest last."""
    runs = [json.loads(file.read_text(encoding="utf-8")) for file in folder.glob("*.json")]
    return sorted(runs, key=lambda one: str(one["began"]))


def page(run: Mapping[str, Any]) -> str:
    """Where and when it was measured, and all tables."""
    machine = run["machine"]
    changed = " with changes that are not in it" if run["changed_files"] else ""
    head = (
        f"Measured on {run['began'][:10]} at commit `{run['commit']}`{changed}: {machine['processor']}, "
        f"{machine['cores']} cores, {shown(machine['memory_gb'])} GB, {machine['system']}, Python {machine['python']}, "
        f"load {machine['load_before']:.2f} before the run."
    )
    tables = [markdown(table_of(table)) for program in run["programs"] for table in program["tables"]]
    return "\n\n".join([head, *tables]) + "\n"


def main() -> int:
    runs = kept(RESULTS) if len(sys.argv) < 2 else [json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))]
    if not runs:
        print("Nothing was kept yet: make bench", file=sys.stderr)
        return 1
    print(page(runs[-1]), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
