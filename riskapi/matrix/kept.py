"""A run that survives being stopped: a plan and a folder in; its rows in files, and how far they go, out.

The folder holds `manifest.json` (which question and versions) and files of rows named by their first and last row. A file
is there whole or not at all, so that whatever stops a run costs no more than the rows since the last file.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl

from riskapi.errors import Problem, RequestError
from riskapi.matrix.plan import Plan
from riskapi.matrix.schema import SCHEMA

#: Rows of one file; also what a run has in memory at a time.
ROWS_A_FILE: Final = 50_000
MANIFEST: Final = "manifest.json"
_FORM: Final = 1
_DIGITS: Final = 12


@dataclass(frozen=True)
class KeptRows:
    """The rows of one plan in one folder."""

    folder: Path
    plan: Plan

    @classmethod
    def open(cls, folder: Path, plan: Plan, *, resume: bool) -> KeptRows:
        """Begin a run, or go on with the one in the folder.

        Raises `RequestError`: `unfinished-run` where one lies there and `resume` is not said, `other-run` where it is of
        another question or of other versions.
        """
        kept = cls(folder, plan)
        if (folder / MANIFEST).is_file():
            kept._check(resume=resume)
        else:
            folder.mkdir(parents=True, exist_ok=True)
            _replace(folder / MANIFEST, json.dumps(kept._manifest(), indent=2).encode())
        return kept

    @property
    def done(self) -> int:
        """Rows that are there, without a gap from the first on."""
        reached = 0
        for first, last, _ in self._files():
            if first != reached:
                break
            reached = last
        return reached

    def add(self, frames: Iterable[pl.DataFrame], report: Callable[[int], None] = lambda _: None) -> None:
        """Write the rows that follow those that are there; `report` is told how many are done after every frame."""
        waiting: list[pl.DataFrame] = []
        first = at = self.done
        for frame in frames:
            waiting.append(frame)
            at += len(frame)
            report(at)
            if at - first >= ROWS_A_FILE:
                self._write(waiting, first, at)
                waiting, first = [], at
        if waiting:
            self._write(waiting, first, at)

    def frames(self) -> Iterator[pl.DataFrame]:
        """The rows in order, a file at a time."""
        for _, _, path in self._files():
            yield pl.read_parquet(path, memory_map=False)

    def remove(self) -> None:
        """Delete the folder with all its rows."""
        shutil.rmtree(self.folder)

    def _write(self, frames: list[pl.DataFrame], first: int, last: int) -> None:
        target = self.folder / f"rows-{first:0{_DIGITS}}-{last:0{_DIGITS}}.parquet"
        part = target.with_suffix(".part")
        pl.concat([SCHEMA.to_frame(), *frames]).write_parquet(part)
        _settle(part, target)

    def _files(self) -> list[tuple[int, int, Path]]:
        found = []
        for path in sorted(self.folder.glob("rows-*.parquet")):
            _, first, last = path.stem.split("-")
            found.append((int(first), int(last), path))
        return found

    def _manifest(self) -> dict[str, Any]:
        versions = asdict(self.plan.versions)
        return {"form": _FORM, "identity": self.plan.identity, "versions": versions, "pairings": self.plan.pairings}

    def _check(self, *, resume: bool) -> None:
        place = str(self.folder)
        if not resume:
            detail = "a run that was begun lies here"
            hint = "go on with it (--resume), or delete the folder"
            raise RequestError(Problem(code="unfinished-run", file=place, detail=detail, hint=hint))
        try:
            found = json.loads((self.folder / MANIFEST).read_text(encoding="utf-8"))
            versions = dict(found["versions"])
        except (ValueError, KeyError, TypeError):
            detail = "the manifest of the run cannot be read"
            raise RequestError(
                Problem(code="other-run", file=place, detail=detail, hint="delete the folder, and begin anew")
            ) from None
        if found.get("identity") != self.plan.identity or found.get("form") != _FORM:
            now = asdict(self.plan.versions)
            other = [
                f"{name} {versions.get(name)} is {now[name]} now" for name in now if versions.get(name) != now[name]
            ]
            detail = (
                "the run was begun with other versions: " + "; ".join(other)
                if other
                else "the run is of another question"
            )
            hint = "rows of two kinds must not be mixed: delete the folder, and begin anew"
            raise RequestError(Problem(code="other-run", file=place, detail=detail, hint=hint))


def _replace(target: Path, content: bytes) -> None:
    part = target.with_suffix(".part")
    part.write_bytes(content)
    _settle(part, target)


def _settle(part: Path, target: Path) -> None:
    """Give a whole file its name once its bytes are on the disk."""
    with part.open("rb") as file:
        os.fsync(file.fileno())
    part.replace(target)
