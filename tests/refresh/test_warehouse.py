"""The warehouse with refreshed lists: listed companies can be scored by name, and the datasets still win."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from riskapi.refresh.model import Listing, Rows
from riskapi.refresh.snapshots import Origin
from riskapi.refresh.warehouse import build_warehouse, ensure_warehouse, snapshot_folder, warehouse_path
from riskapi.settings import Settings
from riskapi.workspace import Workspace
from tests.refresh.material import READ_ON, entity
from tests.small import small_tables

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The shipped rules and two of the companies with a cache of their own, in which a snapshot of the lists is in place."""
    folder = tmp_path_factory.mktemp("listed")
    settings = Settings.from_environment({**os.environ, **small_tables(folder)})
    rows = Rows(
        entities=(
            entity(
                "us-ofac-77",
                "Nordlicht Handelskontor GmbH",
                country="DE",
                listings=(Listing(list="us_sdn", listed_on=date(2025, 3, 1), source_url="https://example.org/list"),),
            ),
            entity("us-ofac-78", "Undated Trading FZE", country="AE"),
        )
    )
    origin = Origin(retrieved_at=NOW.isoformat(), revision=1, rows=rows.count(), receipts={})
    snapshots = snapshot_folder(settings)
    snapshots.stage(rows, {"us-csl": origin}, NOW, {"note.md": "# Note\n"})
    snapshots.switch()
    return settings


@pytest.fixture(scope="module")
def workspace(settings: Settings) -> Workspace:
    return Workspace.open(settings)


def threat(workspace: Workspace, name: str, as_of: date) -> float:
    answer = workspace.score(name, "Ford", as_of=as_of, type="supply", activity_country="US")
    return next(pillar.points for pillar in answer.pillars if pillar.pillar == "threat")


def test_a_listed_company_is_scored_by_name_from_its_first_day_on(workspace: Workspace) -> None:
    before = threat(workspace, "Nordlicht Handelskontor GmbH", date(2025, 2, 28))
    after = threat(workspace, "Nordlicht Handelskontor GmbH", date(2025, 3, 1))
    assert after >= before + 40


def test_a_listing_without_a_date_counts_from_the_day_it_was_seen(workspace: Workspace) -> None:
    before = threat(workspace, "Undated Trading FZE", date(2026, 11, 21))
    assert threat(workspace, "Undated Trading FZE", READ_ON) >= before + 40


def test_the_companies_of_the_datasets_stay_as_they_are(settings: Settings, workspace: Workspace) -> None:
    found = workspace.score("Xiaomi", "Ford", as_of=READ_ON, type="joint_venture", activity_country="US")
    with Workspace.open(replace(settings, cache=settings.cache / "without")) as opened:
        plain = opened.score("Xiaomi", "Ford", as_of=READ_ON, type="joint_venture", activity_country="US")
    assert (found.score, found.rules) == (plain.score, plain.rules)
    assert found.versions.dataset != plain.versions.dataset


def test_a_new_snapshot_asks_for_a_new_warehouse(settings: Settings, workspace: Workspace) -> None:
    with_lists = warehouse_path(settings)
    assert ensure_warehouse(settings) == with_lists
    assert with_lists.is_file()
    assert warehouse_path(replace(settings, cache=settings.cache / "other")).name != with_lists.name
    assert build_warehouse(settings).version == workspace.dataset.version
