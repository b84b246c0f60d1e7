"""The whole way, against a server on the loopback address that serves the fixture files."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from riskapi.refresh.download import Web
from riskapi.refresh.errors import RefreshError
from riskapi.refresh.known import KnownCompanies, KnownCompany
from riskapi.refresh.locking import only_one
from riskapi.refresh.run import Outcome, Request, Silence, SourceResult, Status, refresh, roll_back, switch
from riskapi.refresh.snapshots import SnapshotFolder
from riskapi.refresh.source import Needs, Source
from riskapi.refresh.sources import source_named
from tests.refresh.conftest import NOW, Time
from tests.refresh.material import a_source, fixture
from tests.refresh.server import Answer, Server, gzipped, json_answer, xml_answer

CSL = "/downloadable_consolidated_screening_list/v1/consolidated.json"
UK = "/docs/UK-Sanctions-List.xml"
EU = "/fsd/fsf/public/files/xmlFullSanctionsList_1_1/content"
FR = "/api/v1/documents.json"
GLEIF = "/api/v1/lei-records"
CHILD, PARENT = "RISKAPITESTCHILD0059", "RISKAPITESTPARENT041"
ALL = ("eu-sanctions", "gleif", "uk-sanctions", "us-csl", "us-federal-register")


def names(*found: str) -> Answer:
    return json_answer(json.dumps({"names": found}).encode())


def many(count: int) -> Answer:
    return names(*(f"Example{number}" for number in range(count)))


def publish(server: Server) -> None:
    server.say(CSL, json_answer(fixture("us-csl.json")))
    server.say(UK, xml_answer(fixture("uk-sanctions.xml")))
    server.say(EU, xml_answer(fixture("eu-sanctions.xml")))
    page = fixture("us-federal-register-1.json"), fixture("us-federal-register-2.json")
    server.say(
        FR, json_answer(page[0]), json_answer(b'{"count": 0}'), json_answer(b'{"count": 0}'), json_answer(page[1])
    )
    server.say(GLEIF, json_answer(fixture("gleif-records.json")))
    server.say(f"{GLEIF}/{CHILD}/direct-parent-relationship", json_answer(fixture("gleif-parent.json")))


def sources(server: Server, *ids: str) -> list[Source]:
    return [source_named(source_id).at(server.url, at_least=1) for source_id in ids or ALL]


class Run:
    """A refresh with as little to say as possible."""

    def __init__(self, server: Server, folder: SnapshotFolder, web: Web) -> None:
        self.server, self.folder, self.web = server, folder, web

    def __call__(self, *found: Source, **fields: Any) -> Outcome:
        given = {"sources": found or [a_source(self.server.url)], **fields}
        return refresh(Request(**given), self.folder, self.web)

    def names(self) -> list[str]:
        current = self.folder.current()
        return sorted(entity.name for entity in current.rows().entities) if current else []


@pytest.fixture
def run(server: Server, folder: SnapshotFolder, web: Web) -> Run:
    return Run(server, folder, web)


def status_of(outcome: Outcome) -> dict[str, Status]:
    return {result.source.id: result.status for result in outcome.results}


def test_all_sources_are_fetched_read_and_put_in_place(run: Run, server: Server, folder: SnapshotFolder) -> None:
    publish(server)
    outcome = run(*sources(server), needs=Needs(leis=(CHILD, PARENT)))
    assert set(status_of(outcome).values()) == {Status.UPDATED}
    assert outcome.is_in_place
    current = folder.current()
    assert current is not None
    rows = current.rows()
    assert {entity.source for entity in rows.entities} == {"us-csl", "uk-sanctions", "eu-sanctions"}
    assert [notice.document_id for notice in rows.notices] == ["2024-90001", "2024-90002", "2025-90003"]
    assert [(row.child_lei, row.parent_lei) for row in rows.parents] == [(CHILD, PARENT)]
    assert all(entity.as_of == NOW.date() for entity in rows.entities)
    assert (current.folder / "difference.md").is_file()


def test_a_second_refresh_asks_for_changes_only_and_leaves_everything(run: Run, server: Server) -> None:
    publish(server)
    only = sources(server, "us-csl", "uk-sanctions")
    first = run(*only)
    server.asked.clear()
    second = run(*only)
    assert set(status_of(second).values()) == {Status.UNCHANGED}
    assert second.snapshot is None
    assert run.folder.current() == first.snapshot
    assert all("If-None-Match" in asked.headers or "If-Modified-Since" in asked.headers for asked in server.asked)
    assert [result.bytes for result in second.results] == [0, 0]


def test_the_same_content_without_an_etag_is_no_change_either(run: Run, server: Server) -> None:
    server.say("/names.json", Answer(body=b'{"names": ["A"]}', headers={"Content-Type": "application/json"}))
    run()
    assert status_of(run()) == {"us-csl": Status.UNCHANGED}


def test_new_code_reads_the_same_content_again(run: Run, server: Server) -> None:
    server.say("/names.json", names("A"))
    run()
    assert status_of(run(a_source(server.url, revision=2))) == {"us-csl": Status.UPDATED}


def test_a_raw_file_that_is_gone_is_fetched_again(run: Run, server: Server, folder: SnapshotFolder) -> None:
    server.say("/names.json", names("A"))
    run()
    for body in folder.raw("us-csl").folder.glob("*.body"):
        body.unlink()
    run()
    assert "If-None-Match" not in server.asked[-1].headers


@pytest.mark.parametrize(
    "broken",
    [
        Answer(status=500),
        Answer(status=403),
        Answer(body=b"\x00garbage", headers={"Content-Type": "application/json"}),
        Answer(body=b'{"names": ["A"', headers={"Content-Type": "application/json"}),
        Answer(body=b"<html>maintenance</html>", headers={"Content-Type": "text/html"}),
        Answer(body=b'{"names": []}', headers={"Content-Type": "application/json"}),
        Answer(body=b'{"other": []}', headers={"Content-Type": "application/json"}),
        Answer(body=b"x" * 200_000, headers={"Content-Type": "application/json"}),
        Answer(body=b'{"names": ["A"]}', headers={"Content-Type": "application/json"}, cut_after=4),
        gzipped(b'{"names": ["A", "B", "C"]}' * 9, cut=9),
    ],
    ids=["500", "403", "garbage", "cut text", "page", "no rows", "other format", "huge", "cut connection", "cut gzip"],
)
def test_whatever_a_server_does_the_last_good_snapshot_stays(
    run: Run, server: Server, folder: SnapshotFolder, broken: Answer
) -> None:
    server.say("/names.json", names("Good"))
    good = run().snapshot
    server.say("/names.json", broken)
    outcome = run()
    assert status_of(outcome) == {"us-csl": Status.FAILED}
    assert outcome.problems
    assert folder.current() == good
    assert run.names() == ["Good"]
    assert folder.pointer().staged is None
    server.say("/names.json", names("Good", "Better"))
    assert status_of(run()) == {"us-csl": Status.UPDATED}


def test_a_source_that_fails_keeps_its_rows_while_others_move_on(run: Run, server: Server) -> None:
    publish(server)
    run(*sources(server, "us-csl", "uk-sanctions"))
    server.say(CSL, Answer(status=403))
    server.say(UK, xml_answer(fixture("uk-sanctions.xml").replace(b"SEA EXAMPLE", b"SEA SAMPLE")))
    server.answers[UK] = [replace(server.answers[UK][0], headers={"Content-Type": "text/xml"})]
    outcome = run(*sources(server, "us-csl", "uk-sanctions"))
    assert status_of(outcome) == {"us-csl": Status.FAILED, "uk-sanctions": Status.UPDATED}
    assert "Northlight Semiconductor Co., Ltd." in run.names()
    assert "SEA SAMPLE" in run.names()


def test_a_list_that_loses_many_rows_is_held_back_until_it_is_accepted(run: Run, server: Server) -> None:
    server.say("/names.json", many(100))
    run()
    server.say("/names.json", many(50))
    assert "--accept-shrink" in (run().problems[0].hint or "")
    assert len(run.names()) == 100
    assert run(accept_shrink=True).problems == ()
    assert len(run.names()) == 50


def test_what_is_refused_once_is_not_taken_for_unchanged_later(run: Run, server: Server) -> None:
    server.say("/names.json", many(100))
    run()
    server.say("/names.json", many(50))
    assert [status_of(run())["us-csl"] for _ in range(2)] == [Status.FAILED, Status.FAILED]


def test_a_review_holds_the_snapshot_until_it_is_switched_to(run: Run, server: Server, folder: SnapshotFolder) -> None:
    server.say("/names.json", names("Old"))
    first = run().snapshot
    server.say("/names.json", names("Old", "New"))
    outcome = run(switch=False)
    assert not outcome.is_in_place
    assert run.names() == ["Old"]
    assert outcome.snapshot is not None
    assert "New" in (outcome.snapshot.folder / "difference.md").read_text()
    switch(folder, NOW)
    assert run.names() == ["New", "Old"]
    assert roll_back(folder, NOW) == first
    assert run.names() == ["Old"]


def test_a_held_snapshot_does_not_hide_its_news_from_the_next_refresh(run: Run, server: Server) -> None:
    server.say("/names.json", names("Old"))
    run()
    server.say("/names.json", names("New"))
    run(switch=False)
    assert status_of(run()) == {"us-csl": Status.UPDATED}
    assert run.names() == ["New"]


def test_after_rolling_back_the_next_refresh_finds_the_news_again(
    run: Run, server: Server, folder: SnapshotFolder
) -> None:
    server.say("/names.json", names("Old"))
    run()
    server.say("/names.json", names("New"))
    run()
    roll_back(folder, NOW)
    assert status_of(run()) == {"us-csl": Status.UPDATED}


def test_companies_of_the_datasets_that_move_are_told(run: Run, server: Server) -> None:
    publish(server)
    company = KnownCompany(company_id="northlight", name="Northlight Semiconductor", countries=frozenset({"CN"}))
    outcome = run(*sources(server, "us-csl"), known=KnownCompanies([company], []))
    assert outcome.difference is not None
    assert outcome.difference.touched_companies == ("northlight",)


def test_a_source_with_nothing_to_ask_is_no_failure(run: Run, server: Server) -> None:
    outcome = run(*sources(server, "gleif"))
    assert status_of(outcome) == {"gleif": Status.NOTHING_TO_ASK}
    assert server.asked == []


def test_a_parent_record_that_is_missing_is_no_failure(run: Run, server: Server) -> None:
    publish(server)
    del server.answers[f"{GLEIF}/{CHILD}/direct-parent-relationship"]
    outcome = run(*sources(server, "gleif"), needs=Needs(leis=(CHILD, PARENT)))
    assert status_of(outcome) == {"gleif": Status.UPDATED}


def test_requests_to_an_interface_keep_their_distance(run: Run, server: Server, time: Time) -> None:
    publish(server)
    run(*sources(server, "gleif"), needs=Needs(leis=(CHILD,)))
    assert time.slept == [1.05]


def test_pages_without_end_are_stopped(run: Run, server: Server) -> None:
    publish(server)
    counter = iter(range(1000))

    def endless(_: bytes) -> Any:
        from riskapi.refresh.source import Resource

        return (Resource(f"/names.json?page={next(counter)}"),)

    server.say("/names.json", names("A"))
    outcome = run(a_source(server.url, follow=endless, most_requests=5))
    assert outcome.problems[0].code == "too-many-requests"
    assert len(server.asked) == 5


def test_a_page_that_leads_to_itself_is_read_once(run: Run, server: Server) -> None:
    from riskapi.refresh.source import Resource

    server.say("/names.json", names("A"))
    run(a_source(server.url, follow=lambda _: (Resource("/names.json"),)))
    assert len(server.asked) == 1


def test_two_refreshes_do_not_collide(run: Run, server: Server, folder: SnapshotFolder) -> None:
    server.say("/names.json", names("A"))
    with only_one(folder.lock, NOW), pytest.raises(RefreshError, match="a refresh is running"):
        run()
    assert server.asked == []


def test_a_damaged_snapshot_in_place_is_told_before_anything_is_fetched(
    run: Run, server: Server, folder: SnapshotFolder
) -> None:
    server.say("/names.json", names("A"))
    snapshot = run().snapshot
    assert snapshot is not None
    (snapshot.folder / "listed_entities.csv").write_text("")
    server.asked.clear()
    with pytest.raises(RefreshError, match="not what was written"):
        run()
    assert server.asked == []
    with only_one(folder.lock, NOW):
        pass


def test_the_manifest_tells_where_every_body_came_from(run: Run, server: Server) -> None:
    server.say("/names.json", names("A"))
    snapshot = run().snapshot
    assert snapshot is not None
    stored = json.loads((snapshot.folder / "manifest.json").read_text())["sources"]["us-csl"]
    receipt = stored["receipts"]["/names.json"]
    assert receipt["url"] == f"{server.url}/names.json"
    assert receipt["bytes"] == len(b'{"names": ["A"]}')
    assert len(receipt["sha256"]) == 64
    assert stored["retrieved_at"] == NOW.isoformat()


def test_rows_that_stay_are_marked_as_read_again(run: Run, server: Server, time: Time) -> None:
    server.say("/names.json", names("A"))
    run()
    time.now += timedelta(days=3)
    server.say("/names.json", names("A", "B"))
    run()
    current = run.folder.current()
    assert current is not None
    assert {entity.as_of for entity in current.rows().entities} == {date(2026, 11, 25)}


def test_the_day_on_which_a_listing_was_met_first_stays(run: Run, server: Server, time: Time) -> None:
    server.say("/names.json", names("A"))
    run()
    time.now += timedelta(days=3)
    server.say("/names.json", names("A", "B"))
    outcome = run()
    current = run.folder.current()
    assert current is not None
    seen = {entity.name: entity.listings[0].first_seen_on for entity in current.rows().entities}
    assert seen == {"A": date(2026, 11, 22), "B": date(2026, 11, 25)}
    assert outcome.difference is not None
    assert [len(table.changed) for table in outcome.difference.tables] == [0, 0, 0, 0, 0]


def test_progress_is_told_from_start_to_end(server: Server, folder: SnapshotFolder, web: Web) -> None:
    heard: list[str] = []

    class Ear(Silence):
        def started(self, source: Source) -> None:
            heard.append(f"start {source.id}")

        def arrived(self, source: Source, request: int, done: int, total: int | None) -> None:
            heard.append(f"{request} {done} of {total}")

        def ended(self, result: SourceResult) -> None:
            heard.append(f"end {result.status}")

    body = b'{"names": ["A"]}'
    server.say("/names.json", json_answer(body))
    refresh(Request(sources=[a_source(server.url)]), folder, web, Ear())
    assert heard == ["start us-csl", f"1 {len(body)} of {len(body)}", "end updated"]


def test_nothing_is_written_outside_the_folder(run: Run, server: Server, tmp_path: Path) -> None:
    publish(server)
    run(*sources(server, "us-csl"))
    assert {path.name for path in tmp_path.iterdir()} == {"refresh"}
