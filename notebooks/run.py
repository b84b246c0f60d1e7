"""Run notebooks again and keep what they show: `python notebooks/run.py [NUMBER...]`, without numbers all of them.

Enters: the notebooks of this folder. Leaves: the same files with new outputs; exit code 1 with the cell that failed.
"""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

FOLDER = Path(__file__).resolve().parent
PYTHON = "3.11"
SECONDS = 300


def run(path: Path) -> None:
    """Run one notebook in this folder and write it back; what a machine leaves of itself (times, versions) is taken out."""
    notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    client = NotebookClient(
        notebook, timeout=SECONDS, kernel_name="python3", resources={"metadata": {"path": str(FOLDER)}}
    )
    client.execute()
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
    notebook.metadata["language_info"]["version"] = PYTHON
    nbformat.write(notebook, path)  # type: ignore[no-untyped-call]


def main(numbers: list[str]) -> int:
    """Run those with these numbers, all without any."""
    chosen = sorted(path for path in FOLDER.glob("*.ipynb") if not numbers or path.name[:2] in numbers)
    if not chosen:
        print(f"no notebook has one of the numbers {', '.join(numbers)}; give them as 01 02")
        return 2
    for path in chosen:
        try:
            run(path)
        except CellExecutionError as error:
            print(f"{path.name} failed and was left as it was:\n{error}")
            return 1
        print(f"{path.name}: run, {path.stat().st_size // 1000} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
