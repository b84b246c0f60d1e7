"""The snapshots on disk: staged whole, put in place by one small file, and taken back the same way.

Enters: the folder of the refresh, rows and what is known of their origin. Leaves: `Snapshot`s.

    pointer.json            which snapshot is current, which were before, which is staged
    snapshots/ID/*.csv      the tables          snapshots/ID/manifest.json    origin and checksums
    raw/SOURCE/SHA256.body  what was received   lock                          held while a refresh runs
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from riskapi.errors import NotFoundError, Problem
from riskapi.refresh.errors import RefreshError
from riskapi.refresh.model import Rows
from riskapi.refresh.raw import RawStore, Receipt
from riskapi.refresh.tables import file_texts, read_tables

#: Raised when the tables of a snapshot change their shape: older ones are then read anew from the publications.
FORMAT = 1
#: Earlier snapshots that are kept for `roll_back`.
KEPT = 4
MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where the rows of one source come from. `rows` counts them; `revision` is that of the source's module."""

    retrieved_at: str
    revision: int
    rows: int
    receipts: Mapping[str, Receipt]


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """One complete state of all sources."""

    id: str
    folder: Path
    created_at: str
    origins: Mapping[str, Origin]

    def rows(self) -> Rows:
        """The rows; raises `RefreshError` where a file is not what was written."""
        return read_tables(self.folder)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointer:
    """Which snapshot is which; `earlier` the newest first."""

    current: str | None = None
    earlier: tuple[str, ...] = ()
    staged: str | None = None


class SnapshotFolder:
    """The folder of all snapshots. Methods that change something are for the holder of the lock."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lock = folder / "lock"
        self._pointer = folder / "pointer.json"

    def raw(self, source_id: str) -> RawStore:
        """The raw files of a source."""
        return RawStore(self.folder / "raw" / source_id)

    def pointer(self) -> Pointer:
        """Which snapshots there are; raises `RefreshError` where the pointer is damaged."""
        try:
            values = json.loads(self._pointer.read_text(encoding="utf-8"))
            return Pointer(current=values["current"], earlier=tuple(values["earlier"]), staged=values["staged"])
        except FileNotFoundError:
            return Pointer()
        except (ValueError, KeyError, TypeError) as error:
            raise _damaged(self._pointer, f"it cannot be read ({error})", "delete it and refresh again") from None

    def current(self) -> Snapshot | None:
        """The last good snapshot; None before the first."""
        found = self.pointer().current
        return self.open(found) if found else None

    def staged(self) -> Snapshot | None:
        """The snapshot that waits for `switch`."""
        found = self.pointer().staged
        return self.open(found) if found else None

    def has(self, snapshot_id: str) -> bool:
        """Whether there is a snapshot of this id."""
        return snapshot_id.isprintable() and any(
            path.name == snapshot_id for path in (self.folder / "snapshots").glob("[!.]*")
        )

    def open(self, snapshot_id: str) -> Snapshot:
        """A snapshot whose files are all there and have their checksums; raises `RefreshError` otherwise."""
        folder = self.folder / "snapshots" / snapshot_id
        manifest = folder / MANIFEST
        try:
            values = json.loads(manifest.read_text(encoding="utf-8"))
            files: dict[str, str] = values["files"]
            snapshot = _snapshot(folder, values)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise _damaged(manifest, f"it cannot be read ({error})") from None
        if values["format"] != FORMAT:
            raise _damaged(manifest, f"it has format {values['format']}, this program needs {FORMAT}")
        for name, sha256 in files.items():
            if not (folder / name).is_file() or _sha256((folder / name).read_bytes()) != sha256:
                raise _damaged(folder / name, "it is not what was written")
        return snapshot

    def stage(self, rows: Rows, origins: Mapping[str, Origin], now: datetime, reports: Mapping[str, str]) -> Snapshot:
        """Write a snapshot beside the current one and mark it as staged; `reports` are further files for people."""
        texts = {**file_texts(rows), **reports}
        digests = {name: _sha256(text.encode()) for name, text in texts.items()}
        whole = _sha256(json.dumps(digests, sort_keys=True).encode())
        snapshot_id = f"{now:%Y%m%dT%H%M%SZ}-{whole[:8]}"
        values = {
            "id": snapshot_id,
            "format": FORMAT,
            "created_at": now.isoformat(timespec="seconds"),
            "sources": {source: asdict(origin) for source, origin in sorted(origins.items())},
            "files": digests,
        }
        self._write(snapshot_id, {**texts, MANIFEST: json.dumps(values, indent=2, ensure_ascii=False) + "\n"})
        self._point(replace(self.pointer(), staged=snapshot_id))
        return self.open(snapshot_id)

    def note(self, snapshot_id: str, reports: Mapping[str, str]) -> None:
        """Lay further files for people beside a snapshot, in place of earlier ones; the manifest does not speak of them."""
        folder = self.open(snapshot_id).folder
        for name, text in reports.items():
            _replace(folder / name, text)

    def _write(self, snapshot_id: str, texts: Mapping[str, str]) -> None:
        """All files in one step: the folder gets its name when it is complete."""
        folder = self.folder / "snapshots"
        draft = folder / f".{snapshot_id}.{uuid.uuid4().hex}.draft"
        draft.mkdir(parents=True)
        try:
            for name, text in texts.items():
                _write_through(draft / name, text)
            read_tables(draft)  # what cannot be read back must not become a snapshot
            if (folder / snapshot_id).exists():
                shutil.rmtree(folder / snapshot_id)
            draft.replace(folder / snapshot_id)
        finally:
            shutil.rmtree(draft, ignore_errors=True)

    def switch(self) -> Snapshot:
        """Make the staged snapshot the current one, in one step; raises `NotFoundError` where none is staged."""
        pointer = self.pointer()
        if pointer.staged is None:
            hint = "run `riskapi data refresh` first"
            raise NotFoundError(Problem(code="nothing-staged", detail="no snapshot is staged", hint=hint))
        snapshot = self.open(pointer.staged)
        earlier = [found for found in (pointer.current, *pointer.earlier) if found and found != snapshot.id]
        self._point(Pointer(current=snapshot.id, earlier=tuple(earlier[:KEPT])))
        self._prune()
        return snapshot

    def roll_back(self) -> Snapshot:
        """Make the snapshot before the current one current again; raises `NotFoundError` where there is none."""
        pointer = self.pointer()
        for position, candidate in enumerate(pointer.earlier):
            try:
                snapshot = self.open(candidate)
            except RefreshError:
                continue
            self._point(Pointer(current=candidate, earlier=pointer.earlier[position + 1 :]))
            return snapshot
        raise NotFoundError(Problem(code="nothing-earlier", detail="there is no earlier snapshot that can be used"))

    def _point(self, pointer: Pointer) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        _replace(self._pointer, json.dumps(asdict(pointer), indent=2) + "\n")

    def _prune(self) -> None:
        """Delete snapshots that nothing points to, and the raw files that only they spoke of."""
        pointer = self.pointer()
        kept = {found for found in (pointer.current, pointer.staged, *pointer.earlier) if found}
        for folder in (self.folder / "snapshots").glob("*"):
            if folder.name not in kept and folder.is_dir():
                shutil.rmtree(folder, ignore_errors=True)
        wanted: dict[str, set[str]] = {}
        for source_id, receipt in self._receipts(kept):
            wanted.setdefault(source_id, set()).add(receipt.sha256)
        for folder in (self.folder / "raw").glob("*"):
            RawStore(folder).prune(wanted.get(folder.name, ()))

    def _receipts(self, snapshot_ids: set[str]) -> Iterator[tuple[str, Receipt]]:
        for snapshot_id in snapshot_ids:
            with contextlib.suppress(RefreshError):
                for source_id, origin in self.open(snapshot_id).origins.items():
                    yield from ((source_id, receipt) for receipt in origin.receipts.values())


def _snapshot(folder: Path, values: Mapping[str, Any]) -> Snapshot:
    origins = {
        source: Origin(
            retrieved_at=origin["retrieved_at"],
            revision=origin["revision"],
            rows=origin["rows"],
            receipts={path: Receipt.read(receipt) for path, receipt in origin["receipts"].items()},
        )
        for source, origin in values["sources"].items()
    }
    return Snapshot(id=values["id"], folder=folder, created_at=values["created_at"], origins=origins)


def _write_through(path: Path, text: str) -> None:
    """Write and wait until the disk has it: the pointer must never be older than what it points to."""
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _replace(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.stem}.{uuid.uuid4().hex}")
    try:
        _write_through(draft, text)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _damaged(path: Path, detail: str, hint: str = "go back with `riskapi data refresh --roll-back`") -> RefreshError:
    return RefreshError(Problem(code="snapshot-damaged", file=str(path), detail=detail, hint=hint))
