"""The warehouse that answers rest on: the datasets, with the companies of the refreshed official lists laid over them.

Enters: settings. Leaves: the path of a built warehouse; its name is a hash of the tables, of the snapshot of the lists and
of the code that derives from them, so that it is built again exactly when one of these has changed.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from riskapi.facts.profiles import derive
from riskapi.refresh.listed import listed_companies
from riskapi.refresh.overlay import overlay
from riskapi.refresh.snapshots import Snapshot, SnapshotFolder
from riskapi.settings import Settings
from riskapi.warehouse.build import DatasetVersion, build
from riskapi.warehouse.load import Dataset

#: Built warehouses of earlier datasets that are kept beside the current one.
KEPT_WAREHOUSES = 3
_PACKAGE = Path(__file__).parent.parent
_CODE = ("warehouse", "entities", "facts", "refresh")


def snapshot_folder(settings: Settings) -> SnapshotFolder:
    """Where refreshed lists lie."""
    return SnapshotFolder(settings.cache / "refresh")


def ensure_warehouse(settings: Settings) -> Path:
    """The built warehouse of the datasets and lists; built when there is none for these very files yet."""
    target = warehouse_path(settings)
    if not target.is_file():
        build_warehouse(settings)
    return target


def build_warehouse(settings: Settings) -> DatasetVersion:
    """Check the datasets and build their warehouse; a failure leaves the earlier ones in place."""
    target = warehouse_path(settings)
    snapshot = _snapshot(settings)

    def with_listed(dataset: Dataset) -> Dataset:
        return dataset if snapshot is None else overlay(dataset, listed_companies(snapshot.rows())).dataset

    version = build(settings.datasets, target, derive=(derive,), lay_over=with_listed)
    _forget_old(target)
    return version


def warehouse_path(settings: Settings) -> Path:
    """Where the warehouse of these datasets and lists lies."""
    digest = hashlib.sha256()
    snapshot = _snapshot(settings)
    digest.update((snapshot.id if snapshot else "no lists").encode() + b"\0")
    code = [path for part in _CODE for path in sorted((_PACKAGE / part).glob("*.py"))]
    for path in [*sorted(settings.datasets.glob("*.csv")), *code]:
        content = path.read_bytes()
        digest.update(f"{path.name}\0{len(content)}\0".encode())
        digest.update(content)
    return settings.cache / f"warehouse-{digest.hexdigest()[:16]}.duckdb"


def _snapshot(settings: Settings) -> Snapshot | None:
    folder = snapshot_folder(settings)
    return folder.open(settings.snapshot) if settings.snapshot else folder.current()


def _forget_old(current: Path) -> None:
    others = sorted(
        (path for path in current.parent.glob("warehouse-*.duckdb") if path != current),
        key=lambda path: path.stat().st_mtime,
        reverse=True,
    )
    for path in others[KEPT_WAREHOUSES:]:
        path.unlink(missing_ok=True)
