from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskapi.errors import NotFoundError
from riskapi.refresh.errors import RefreshError
from riskapi.refresh.model import (
    EntityKind,
    LegalEntity,
    ListedEntity,
    Listing,
    ListNotice,
    ParentRelation,
    Rows,
    names_of,
    plain,
)
from riskapi.refresh.raw import Receipt
from riskapi.refresh.snapshots import KEPT, Origin, Snapshot, SnapshotFolder
from riskapi.refresh.tables import TABLES, file_texts, read_tables
from tests.refresh.material import READ_ON, entities, entity

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def staged(folder: SnapshotFolder, rows: Rows, minutes: int = 0, raw: str = "") -> Snapshot:
    receipts = {}
    if raw:
        with folder.raw("us-csl").draft() as draft:
            draft.write_text(raw)
            receipt = Receipt(path="/x", url="https://example.org/x", retrieved_at="now", sha256=raw, bytes=len(raw))
            folder.raw("us-csl").keep(draft, receipt)
        receipts = {"/x": receipt}
    origin = Origin(retrieved_at=NOW.isoformat(), revision=1, rows=rows.count(), receipts=receipts)
    return folder.stage(rows, {"us-csl": origin}, NOW + timedelta(minutes=minutes), {"note.md": "# Note\n"})


def in_place(folder: SnapshotFolder, rows: Rows, minutes: int = 0, raw: str = "") -> Snapshot:
    staged(folder, rows, minutes, raw)
    return folder.switch()


def everything() -> Rows:
    listing = Listing(list="us_sdn", listed_on=date(2024, 1, 2), citation='89 FR "1", x', programmes=("A", "B"))
    return Rows(
        entities=(
            ListedEntity(
                entity_id="us-ofac-1", source="us-csl", name='Example, "Quoted" Ltd', kind=EntityKind.ENTITY,
                aliases=("北光", "Old Example"), country="CN", address_countries=("CN",), ids=("Tax: 1",),
                listings=(listing, Listing(list="us_ssi")), source_url="https://example.org/", as_of=READ_ON,
            ),
        ),
        notices=(
            ListNotice(
                document_id="2024-1", source="us-federal-register", title="T", kind="rule", lists=("us_sdn",),
                published_on=READ_ON, source_url="https://example.org/", as_of=READ_ON,
            ),
        ),
        legal_entities=(
            LegalEntity(
                lei="RISKAPITESTCHILD0059", source="gleif", legal_name="Child", other_names=("Kid",), seat_country="DE",
                source_url="https://example.org/", as_of=READ_ON,
            ),
        ),
        parents=(
            ParentRelation(
                child_lei="RISKAPITESTCHILD0059", parent_lei="RISKAPITESTPARENT041", source="gleif", kind="direct",
                valid_from=READ_ON, source_url="https://example.org/", as_of=READ_ON,
            ),
        ),
    )  # fmt: skip


def test_rows_come_back_as_they_were_written(folder: SnapshotFolder) -> None:
    assert in_place(folder, everything()).rows() == everything()


@given(name=st.text(min_size=1), aliases=st.lists(st.text()))
def test_any_name_survives_writing_and_reading(
    tmp_path_factory: pytest.TempPathFactory, name: str, aliases: list[str]
) -> None:
    if not plain(name):
        return
    folder = tmp_path_factory.mktemp("tables")
    rows = Rows(entities=(entity("us-ofac-1", plain(name), aliases=names_of(plain(name), aliases)),))
    for file, text in file_texts(rows).items():
        (folder / file).write_text(text, encoding="utf-8", newline="")
    assert read_tables(folder) == rows


def test_the_same_rows_in_another_order_make_the_same_files() -> None:
    rows = entities(5)
    turned = Rows(entities=tuple(reversed(rows.entities)))
    assert file_texts(rows) == file_texts(turned)


def test_a_staged_snapshot_changes_nothing_until_it_is_switched_to(folder: SnapshotFolder) -> None:
    first = in_place(folder, entities(3))
    second = staged(folder, entities(4), 1)
    assert folder.current() == first
    assert folder.staged() == second
    folder.switch()
    assert folder.current() == second
    assert folder.staged() is None


def test_rolling_back_puts_the_snapshot_before_in_place_again(folder: SnapshotFolder) -> None:
    first, second = in_place(folder, entities(3)), in_place(folder, entities(4), 1)
    assert folder.roll_back() == first
    assert folder.current() == first
    with pytest.raises(NotFoundError):
        folder.roll_back()
    assert second.folder.is_dir()


def test_rolling_back_passes_over_a_damaged_snapshot(folder: SnapshotFolder) -> None:
    first = in_place(folder, entities(3))
    second = in_place(folder, entities(4), 1)
    in_place(folder, entities(5), 2)
    (second.folder / TABLES[0].file).write_text("entity_id\n")
    assert folder.roll_back() == first


def test_switching_without_a_staged_snapshot_is_told(folder: SnapshotFolder) -> None:
    with pytest.raises(NotFoundError, match="no snapshot is staged"):
        folder.switch()


def test_a_changed_file_is_found_and_named(folder: SnapshotFolder) -> None:
    snapshot = in_place(folder, entities(3))
    file = snapshot.folder / "listed_entities.csv"
    file.write_text(file.read_text().replace("Example 1", "Example 9"))
    with pytest.raises(RefreshError) as caught:
        folder.current()
    assert caught.value.problems[0].file == str(file)
    assert "--roll-back" in (caught.value.problems[0].hint or "")


def test_a_damaged_staged_snapshot_is_never_put_in_place(folder: SnapshotFolder) -> None:
    first = in_place(folder, entities(3))
    second = staged(folder, entities(4), 1)
    (second.folder / "note.md").unlink()
    with pytest.raises(RefreshError):
        folder.switch()
    assert folder.current() == first


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"id": 1, "format": 1}', '{"files": {}, "sources": []}'])
def test_a_manifest_that_makes_no_sense_is_told(folder: SnapshotFolder, text: str) -> None:
    snapshot = in_place(folder, entities(3))
    (snapshot.folder / "manifest.json").write_text(text)
    with pytest.raises(RefreshError, match=r"manifest\.json"):
        folder.current()


def test_a_damaged_pointer_is_told(folder: SnapshotFolder) -> None:
    in_place(folder, entities(3))
    (folder.folder / "pointer.json").write_text("{")
    with pytest.raises(RefreshError, match=r"pointer\.json"):
        folder.pointer()


def test_a_snapshot_of_another_format_is_told(folder: SnapshotFolder) -> None:
    snapshot = in_place(folder, entities(3))
    manifest = snapshot.folder / "manifest.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "format": 99}))
    with pytest.raises(RefreshError, match="format 99"):
        folder.current()


def test_a_write_that_fails_leaves_the_snapshot_in_place_and_no_rest(
    folder: SnapshotFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = in_place(folder, entities(3))
    before = sorted(folder.folder.rglob("*"))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("riskapi.refresh.snapshots._write_through", full)
    with pytest.raises(OSError, match="No space"):
        staged(folder, entities(4), 1)
    assert folder.current() == first
    assert sorted(folder.folder.rglob("*")) == before


def test_a_failure_while_switching_leaves_the_old_pointer(
    folder: SnapshotFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = in_place(folder, entities(3))
    staged(folder, entities(4), 1)

    def fails(self: Path, target: Path) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Path, "replace", fails)
    with pytest.raises(OSError, match="Input/output"):
        folder.switch()
    monkeypatch.undo()
    assert folder.current() == first
    assert not list(folder.folder.glob(".pointer*"))


def test_what_cannot_be_read_back_never_becomes_a_snapshot(folder: SnapshotFolder) -> None:
    first = in_place(folder, entities(3))
    with pytest.raises(RefreshError, match="source_url"):
        staged(folder, Rows(entities=(entity("us-ofac-1", source_url="no address"),)), 1)
    assert folder.current() == first
    assert folder.staged() is None
    assert [path.name for path in (folder.folder / "snapshots").iterdir()] == [first.id]


def test_old_snapshots_and_raw_files_that_nothing_speaks_of_are_deleted(folder: SnapshotFolder) -> None:
    ids = [in_place(folder, entities(3 + n), n, raw=f"body{n}").id for n in range(KEPT + 3)]
    kept = {path.name for path in (folder.folder / "snapshots").iterdir()}
    assert kept == set(ids[-KEPT - 1 :])
    bodies = {path.stem for path in folder.raw("us-csl").folder.glob("*.body")}
    assert bodies == {f"body{n}" for n in range(2, KEPT + 3)}


def test_every_row_tells_its_source_and_day(folder: SnapshotFolder) -> None:
    rows = everything().read_on(date(2026, 11, 23))
    assert all(row.as_of == date(2026, 11, 23) for part in (rows.entities, rows.notices, rows.parents) for row in part)
