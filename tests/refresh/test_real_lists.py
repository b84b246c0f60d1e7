"""The real lists beside the checkout, through the whole way: served, fetched, staged, put in place, laid over the datasets."""

from __future__ import annotations

from collections import Counter
from functools import cache

import duckdb
import pytest

from riskapi.entities.resolver import load_name_index
from riskapi.refresh.difference import difference
from riskapi.refresh.download import Web
from riskapi.refresh.known import known_companies
from riskapi.refresh.listed import listed_companies
from riskapi.refresh.model import Rows
from riskapi.refresh.overlay import Overlaid, overlay
from riskapi.refresh.run import Request, Status, refresh
from riskapi.refresh.snapshots import SnapshotFolder
from riskapi.refresh.sources import source_named
from riskapi.settings import Settings
from riskapi.warehouse.checks import dataset_problems
from riskapi.warehouse.database import append, create
from riskapi.warehouse.load import Dataset, load_dataset
from riskapi.warehouse.tables import TABLES
from tests.refresh.material import READ_ON
from tests.refresh.server import Server, json_answer
from tests.refresh.shared_lists import screening_list

PATH = "/downloadable_consolidated_screening_list/v1/consolidated.json"


def body() -> bytes:
    found = _body()
    if found is None:
        pytest.skip("needs ../shared")
    return found


@cache
def _body() -> bytes | None:
    return screening_list()


@cache
def real_rows() -> Rows:
    return source_named("us-csl").parse(body()).read_on(READ_ON)


@cache
def shipped() -> Dataset:
    return load_dataset(Settings.from_environment().datasets)


@cache
def overlaid() -> Overlaid:
    return overlay(shipped(), listed_companies(real_rows()))


def test_every_entry_of_the_real_lists_is_read() -> None:
    body()
    rows = real_rows()
    assert rows.problems == ()
    counts = Counter(listing.list for entity in rows.entities for listing in entity.listings)
    assert counts["us_sdn"] > 19_000
    assert counts["us_entity_list"] > 3_300
    assert len({entity.entity_id for entity in rows.entities}) == len(rows.entities)


@pytest.mark.slow
def test_the_real_list_goes_the_whole_way_and_a_second_time_changes_nothing(
    server: Server, folder: SnapshotFolder, web: Web
) -> None:
    server.say(PATH, json_answer(body()))
    source = source_named("us-csl").at(server.url)
    (first,) = refresh(Request(sources=[source]), folder, web).results
    assert (first.status, first.left_out) == (Status.UPDATED, 0)
    assert first.rows > 25_000
    (second,) = refresh(Request(sources=[source]), folder, web).results
    assert second.status is Status.UNCHANGED


@pytest.mark.slow
def test_listed_companies_fit_into_the_shipped_datasets() -> None:
    body()
    found = overlaid()
    assert len(found.added) > 20_000
    assert dataset_problems(Settings.from_environment().datasets, TABLES, found.dataset.rows) == []
    assert all(one.by in ("identifier", "name and country") for one in found.joined)


@pytest.mark.slow
def test_companies_of_the_datasets_keep_their_names() -> None:
    """No name that a company of the datasets goes by comes to mean a listed namesake."""
    body()
    with duckdb.connect() as con:
        for table in TABLES:
            create(con, table)
            rows = overlaid().dataset.rows[table.name]
            append(con, table, ([row[name] for name in table.header] for row in rows))
        index = load_name_index(con)
    listed = set(overlaid().added)
    taken = [
        str(row["name"])
        for row in shipped().rows["companies"]
        if getattr(index.resolve(str(row["name"])), "company_id", None) in listed
    ]
    assert taken == []


@pytest.mark.slow
def test_a_first_snapshot_tells_which_companies_it_touches() -> None:
    body()
    known = known_companies(shipped().rows["companies"], shipped().rows["names"])
    assert len(difference(Rows(), real_rows(), known).touched_companies) > 50
