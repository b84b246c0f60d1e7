"""`riskapi data refresh --moved`: what the snapshot held for review would move, told while the one in place stays."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from riskapi.refresh.model import Listing, Rows
from riskapi.refresh.snapshots import Origin, Snapshot
from riskapi.refresh.warehouse import snapshot_folder
from riskapi.settings import Settings
from riskapi.store import watchlists
from riskapi.store.audit import Signature
from riskapi.store.database import open_store
from riskapi.store.watchlists import NewItem
from riskapi.watch.rounds import first_state
from riskapi.workspace import Workspace
from tests.cli.program import flat, run
from tests.matrix.worlds import LIST_URL, LISTED, deal, settings_in, tables
from tests.refresh.material import entity

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
QUESTION = {
    "parties": ["Alpha", "Beta"],
    "foreign_party": "Alpha",
    "deal": {"type": "joint_venture", "activity_country": "US", "market_countries": ["US"]},
}


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A small world with a deal of Alpha, and a cache of its own."""
    found = settings_in(tmp_path)
    tables(tmp_path / "datasets", deals=[deal("beta")])
    for variable, path in (
        *(("RULES", found.rules), ("DATASETS", tmp_path / "datasets"), ("CACHE", found.cache)),
        ("STORE", tmp_path / "store.sqlite"),
    ):
        monkeypatch.setenv(f"RISKAPI_{variable}", str(path))
    return Settings.from_environment()


@pytest.fixture
def staged(settings: Settings) -> Snapshot:
    """A snapshot that puts Alpha on a list, held for review."""
    listed = Listing(list="us_1260h", listed_on=date(2026, 1, 5), citation="91 FR 1", source_url=LIST_URL)
    rows = Rows(entities=(entity("us-ofac-1", "Alpha", country="CN", listings=(listed,)),))
    origin = Origin(retrieved_at=NOW.isoformat(), revision=1, rows=rows.count(), receipts={})
    return snapshot_folder(settings).stage(rows, {"us-csl": origin}, NOW, {})


def test_the_report_names_what_would_move_and_what_is_in_place_stays(settings: Settings, staged: Snapshot) -> None:
    found = run("data", "refresh", "--moved")
    assert found.exit_code == 0, found.output
    told = flat(found.stdout)
    assert "companies with other facts: 1; new: 0; gone: 0" in told
    assert f"{LISTED} not fired → fired" in told
    page = (staged.folder / "moved.md").read_text(encoding="utf-8")
    assert "designations of Alpha (alpha): gained us\\_1260h" in page
    assert LIST_URL in page
    values = json.loads((staged.folder / "moved.json").read_text(encoding="utf-8"))
    assert values["impact"]["movements"][0]["rules"][0]["id"] == LISTED
    assert snapshot_folder(settings).current() is None
    with Workspace.open(settings) as workspace:
        assert workspace.profiles.get("alpha", NOW.date()).values["designations"] == ()
    assert run("data", "refresh", "--switch").exit_code == 0
    with Workspace.open(settings) as workspace:
        assert workspace.profiles.get("alpha", NOW.date()).values["designations"] == ("us_1260h",)


def test_the_pairings_of_a_file_and_of_watchlists_are_looked_at_in_place_of_the_usual_ones(
    settings: Settings, staged: Snapshot, tmp_path: Path
) -> None:
    path = tmp_path / "mine.jsonl"
    path.write_text(json.dumps(QUESTION) + "\n", encoding="utf-8")
    with Workspace.open(settings) as workspace:
        state = first_state(workspace, QUESTION, NOW.date(), NOW)
    with open_store(settings.store) as store, store.write() as session:
        item = NewItem(question=QUESTION, label="the venture", thresholds=None, state=state)
        watchlists.create(session, "default", "Ventures", [item], Signature("a test", NOW))
    found = run("data", "refresh", "--moved", "--portfolio", str(path), "--watched")
    assert found.exit_code == 0, found.output
    assert "pairings looked at: 2 (1 from file, 1 from watchlist Ventures)" in flat(found.stdout)
    assert "that move: 2" in flat(found.stdout)


def test_without_a_snapshot_held_for_review_it_says_what_to_do(settings: Settings) -> None:
    found = run("data", "refresh", "--moved")
    assert found.exit_code == 2
    assert "--review" in flat(found.stderr)


def test_a_matrix_tells_what_moved_since_an_earlier_snapshot(settings: Settings, staged: Snapshot) -> None:
    folder = snapshot_folder(settings)
    folder.switch()
    later = folder.stage(Rows(), {}, NOW.replace(hour=10), {})
    folder.switch()
    asked = ("matrix", "--foreign", "Alpha", "--hosts", "Beta", "--type", "joint_venture", "--in", "US")
    found = run(*asked, "--as-of", "2026-11-22", "--base-data", staged.id)
    assert found.exit_code == 0, found.output
    assert later.id != staged.id
    assert "1 pairing of 1 moved" in flat(found.stdout)
    assert "designations of Alpha (alpha): lost us_1260h" in flat(found.stdout)
