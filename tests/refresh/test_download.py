from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from riskapi.refresh.download import Job, Missing, NotModified, Web, fetch
from riskapi.refresh.errors import RefreshError
from riskapi.refresh.raw import RawStore, Receipt
from riskapi.refresh.retrying import Patience
from riskapi.refresh.source import Resource, Source
from tests.refresh.conftest import Time
from tests.refresh.material import a_source
from tests.refresh.server import Answer, Server, gzipped, json_answer

BODY = b'{"names": ["Example"]}'
Fetch = Callable[..., Receipt | NotModified | Missing]


@pytest.fixture
def store(tmp_path: Path) -> RawStore:
    return RawStore(tmp_path / "raw")


@pytest.fixture
def get(web: Web, server: Server, store: RawStore) -> Iterator[Fetch]:
    def run(*, known: Receipt | None = None, optional: bool = False, web: Web = web, **fields: Any) -> Any:
        source: Source = a_source(server.url, **fields)
        job = Job(web=web, source=source, resource=Resource("/names.json", optional), store=store, known=known,
                  arrived=lambda *_: None)  # fmt: skip
        return fetch(job)

    yield run
    assert not list(store.folder.glob(".*")), "a partial file was left behind"


def refusal(get: Fetch, **arguments: Any) -> str:
    with pytest.raises(RefreshError) as caught:
        get(**arguments)
    (problem,) = caught.value.problems
    assert problem.field == "us-csl"
    return f"{problem.code}: {problem.detail}"


def test_a_body_is_kept_under_its_checksum_with_its_receipt(get: Fetch, server: Server, store: RawStore) -> None:
    server.say("/names.json", json_answer(BODY))
    receipt = get()
    assert isinstance(receipt, Receipt)
    assert receipt.sha256 == hashlib.sha256(BODY).hexdigest()
    assert receipt.bytes == len(BODY)
    assert receipt.retrieved_at == "2026-11-22T09:30:00+00:00"
    assert receipt.url == f"{server.url}/names.json"
    assert receipt.etag
    assert store.body(receipt) == BODY
    assert (store.folder / f"{receipt.sha256}.json").is_file()


def test_a_damaged_raw_file_is_not_believed(get: Fetch, server: Server, store: RawStore) -> None:
    server.say("/names.json", json_answer(BODY))
    receipt = get()
    assert isinstance(receipt, Receipt)
    store.path(receipt.sha256).write_bytes(b"something else")
    assert store.body(receipt) is None


def test_what_is_known_is_asked_for_only_if_changed(get: Fetch, server: Server) -> None:
    server.say("/names.json", json_answer(BODY))
    known = get()
    assert isinstance(known, Receipt)
    assert get(known=known) == NotModified()
    server.say("/names.json", json_answer(b'{"names": ["Other"]}'))
    assert isinstance(get(known=known), Receipt)


def test_a_date_of_change_is_used_too(get: Fetch, server: Server) -> None:
    stamp = "Fri, 20 Nov 2026 10:00:00 GMT"
    server.say("/names.json", Answer(body=BODY, headers={"Content-Type": "application/json", "Last-Modified": stamp}))
    known = get()
    assert get(known=known) == NotModified()
    assert server.asked[-1].headers["If-Modified-Since"] == stamp


def test_not_modified_without_a_question_is_refused(get: Fetch, server: Server) -> None:
    server.say("/names.json", Answer(status=304))
    assert "http-status: " in refusal(get)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_passing_failure_is_tried_again(get: Fetch, server: Server, time: Time, status: int) -> None:
    server.say("/names.json", Answer(status=status), Answer(status=status), json_answer(BODY))
    assert isinstance(get(), Receipt)
    assert time.slept == [1.0, 2.0]


def test_trying_ends(get: Fetch, server: Server, time: Time) -> None:
    server.say("/names.json", Answer(status=500))
    assert "failed 5 times: HTTP 500" in refusal(get)
    assert len(server.asked) == 5
    assert time.slept == [1.0, 2.0, 4.0, 8.0]


def test_a_server_that_asks_for_time_gets_it(get: Fetch, server: Server, time: Time) -> None:
    server.say("/names.json", Answer(status=429, headers={"Retry-After": "17"}), json_answer(BODY))
    get()
    assert time.slept == [17.0]


def test_a_date_in_retry_after_is_understood(get: Fetch, server: Server, time: Time) -> None:
    headers = {"Retry-After": "Sun, 22 Nov 2026 09:30:25 GMT"}
    server.say("/names.json", Answer(status=503, headers=headers), json_answer(BODY))
    get()
    assert time.slept == [25.0]


def test_a_server_that_asks_for_an_hour_is_left_alone(get: Fetch, server: Server, time: Time) -> None:
    server.say("/names.json", Answer(status=429, headers={"Retry-After": "3600"}), json_answer(BODY))
    assert "come back in 3600 seconds" in refusal(get)
    assert time.slept == []


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 418, 501])
def test_a_lasting_failure_is_not_tried_again(get: Fetch, server: Server, status: int) -> None:
    server.say("/names.json", Answer(status=status))
    assert f"HTTP {status}" in refusal(get)
    assert len(server.asked) == 1


def test_an_optional_page_may_be_missing(get: Fetch, server: Server) -> None:
    assert get(optional=True) == Missing()


def test_a_connection_that_is_cut_is_tried_again(get: Fetch, server: Server, store: RawStore) -> None:
    whole = json_answer(BODY)
    server.say("/names.json", replace(whole, cut_after=5), replace(whole, cut_after=0), whole)
    receipt = get()
    assert isinstance(receipt, Receipt)
    assert store.body(receipt) == BODY
    assert len(server.asked) == 3


def test_a_body_shorter_than_announced_is_never_kept(get: Fetch, server: Server, store: RawStore) -> None:
    headers = {"Content-Type": "application/json", "Content-Length": "500"}
    server.say("/names.json", Answer(body=BODY, headers=headers, cut_after=len(BODY)))
    assert "failed 5 times" in refusal(get)
    assert not list(store.folder.glob("*.body"))


def test_nobody_listening_is_told(get: Fetch, server: Server, web: Web) -> None:
    patience = Patience(tries=2)
    with pytest.raises(RefreshError, match="failed 2 times"):
        fetch(Job(web=replace(web, patience=patience), source=a_source("http://127.0.0.1:9"), known=None,
                  resource=Resource("/x"), store=RawStore(Path("unused")), arrived=lambda *_: None))  # fmt: skip


def test_a_packed_body_is_unpacked(get: Fetch, server: Server, store: RawStore) -> None:
    server.say("/names.json", gzipped(BODY))
    receipt = get()
    assert isinstance(receipt, Receipt)
    assert store.body(receipt) == BODY


def test_a_packed_body_in_several_members_is_unpacked(get: Fetch, server: Server, store: RawStore) -> None:
    packed = gzip.compress(b'{"names": ') + gzip.compress(b'["Example"]}')
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    server.say("/names.json", Answer(body=packed, headers=headers))
    receipt = get()
    assert isinstance(receipt, Receipt)
    assert store.body(receipt) == BODY


@pytest.mark.parametrize("cut", [1, 8, 20])
def test_a_packed_body_that_was_cut_off_is_never_taken_for_whole(get: Fetch, server: Server, cut: int) -> None:
    server.say("/names.json", gzipped(BODY * 50, cut=cut))
    assert "cut off" in refusal(get)


def test_a_damaged_packed_body_is_told(get: Fetch, server: Server) -> None:
    packed = gzipped(BODY * 50)
    server.say("/names.json", replace(packed, body=packed.body[:15] + b"garbage" + packed.body[22:]))
    assert "packed answer" in refusal(get)


def test_another_packing_is_refused(get: Fetch, server: Server) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": "br"}
    server.say("/names.json", Answer(body=BODY, headers=headers))
    assert "content-encoding: " in refusal(get)


def test_a_huge_body_is_refused_before_it_is_read(get: Fetch, server: Server) -> None:
    server.say("/names.json", json_answer(b"x" * 2000))
    assert "too-big: " in refusal(get, most_bytes=1000)


def test_a_huge_body_without_a_length_is_cut_off(get: Fetch, server: Server) -> None:
    server.say("/names.json", replace(json_answer(b"x" * 2_000_000), without_length=True))
    assert "too-big: " in refusal(get, most_bytes=1000)


def test_a_few_packed_bytes_that_unpack_to_very_many_are_cut_off(get: Fetch, server: Server, store: RawStore) -> None:
    bomb = gzipped(b"\0" * 50_000_000)
    assert len(bomb.body) < 60_000
    server.say("/names.json", bomb)
    assert "too-big: " in refusal(get, most_bytes=100_000)


def test_a_page_for_people_is_refused(get: Fetch, server: Server) -> None:
    server.say("/names.json", Answer(body=b"<html>", headers={"Content-Type": "text/html; charset=utf-8"}))
    assert "`text/html`" in refusal(get)


def test_a_body_that_takes_too_long_is_given_up(get: Fetch, server: Server, web: Web) -> None:
    ticks = iter(range(0, 10_000, 600))
    server.say("/names.json", json_answer(BODY))
    assert "more than 500 seconds" in refusal(get, web=replace(web, clock=lambda: float(next(ticks)), longest=500.0))


def test_a_redirect_on_the_same_host_is_followed(get: Fetch, server: Server) -> None:
    server.say("/names.json", Answer(status=302, headers={"Location": "/moved.json?x=1"}))
    server.say("/moved.json", json_answer(BODY))
    receipt = get()
    assert isinstance(receipt, Receipt)
    assert receipt.url == f"{server.url}/moved.json?x=1"
    assert receipt.path == "/names.json"


def test_a_redirect_to_a_host_that_is_named_is_followed(get: Fetch, server: Server) -> None:
    with Server().running() as other:
        server.say("/names.json", Answer(status=301, headers={"Location": f"{other.url}/files/names.json"}))
        other.say("/files/names.json", json_answer(BODY))
        assert isinstance(get(hosts=(other.url.removeprefix("http://"),)), Receipt)


def test_a_redirect_to_any_other_host_is_refused_and_nothing_is_asked_there(get: Fetch, server: Server) -> None:
    with Server().running() as other:
        server.say("/names.json", Answer(status=302, headers={"Location": f"{other.url}/names.json"}))
        assert "redirect-host: " in refusal(get)
        assert other.asked == []


@pytest.mark.parametrize("location", ["file:///etc/passwd", "ftp://127.0.0.1/x", "//example.org/x", ""])
def test_a_redirect_to_elsewhere_is_refused(get: Fetch, server: Server, location: str) -> None:
    server.say("/names.json", Answer(status=302, headers={"Location": location}))
    assert "redirect" in refusal(get)


def test_redirects_in_a_circle_end(get: Fetch, server: Server) -> None:
    server.say("/names.json", Answer(status=302, headers={"Location": "/names.json"}))
    assert "redirects: " in refusal(get)
    assert len(server.asked) == 5


def test_the_program_says_who_it_is_and_asks_for_gzip(get: Fetch, server: Server) -> None:
    server.say("/names.json", json_answer(BODY))
    get()
    assert server.asked[0].headers["User-Agent"].startswith("riskapi/")
    assert server.asked[0].headers["Accept-Encoding"] == "gzip"


def test_arriving_bytes_are_told(server: Server, web: Web, store: RawStore) -> None:
    heard: list[tuple[int, int | None]] = []
    body = b"x" * 80_000
    server.say("/names.json", json_answer(body))
    fetch(Job(web=web, source=a_source(server.url), resource=Resource("/names.json"), store=store, known=None,
              arrived=lambda done, total: heard.append((done, total))))  # fmt: skip
    assert heard[-1] == (len(body), len(body))
    assert [done for done, _ in heard] == sorted(done for done, _ in heard)
