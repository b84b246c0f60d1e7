"""The publications as they were received: each body once, under its checksum, with a record of where it came from.

Enters: the folder of raw files, bodies while they arrive. Leaves: `Receipt`s, and bodies whose checksum has been checked.
Nothing is ever overwritten: a body of other content is another file.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What was received for one path: `url` is where it came from in the end, after redirects."""

    path: str
    url: str
    retrieved_at: str
    sha256: str
    bytes: int
    etag: str | None = None
    last_modified: str | None = None
    content_type: str | None = None

    @classmethod
    def read(cls, values: dict[str, Any]) -> Receipt:
        """The receipt out of a stored record."""
        told: dict[str, Any] = {name: values.get(name) for name in cls.__dataclass_fields__}
        return cls(**told)


class RawStore:
    """The raw files of one source."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, sha256: str) -> Path:
        """Where the body with this checksum lies, or would."""
        return self.folder / f"{sha256}.body"

    def body(self, receipt: Receipt) -> bytes | None:
        """The body of a receipt; None where it is gone or damaged."""
        try:
            body = self.path(receipt.sha256).read_bytes()
        except FileNotFoundError:
            return None
        return body if hashlib.sha256(body).hexdigest() == receipt.sha256 else None

    @contextlib.contextmanager
    def draft(self) -> Iterator[Path]:
        """A file to write into; it is gone at the end, whatever happened, unless it was kept."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f".{uuid.uuid4().hex}.part"
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)

    def keep(self, draft: Path, receipt: Receipt) -> None:
        """Put a complete body under its checksum, and its receipt beside it."""
        draft.replace(self.path(receipt.sha256))
        record = self.folder / f"{receipt.sha256}.json"
        record.write_text(json.dumps(asdict(receipt), indent=2) + "\n", encoding="utf-8")

    def prune(self, wanted: Iterable[str]) -> None:
        """Delete every body that no snapshot speaks of."""
        names = {f"{sha256}{suffix}" for sha256 in wanted for suffix in (".body", ".json")}
        for file in self.folder.glob("*") if self.folder.is_dir() else ():
            if file.name not in names and file.suffix in (".body", ".json", ".part"):
                file.unlink(missing_ok=True)
