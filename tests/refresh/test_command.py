"""`riskapi data refresh`, run in this process against the server on the loopback address."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from riskapi.cli.refresh import add_to, chosen_sources
from riskapi.errors import NotFoundError, RequestError
from riskapi.refresh.sources import all_sources
from tests.refresh.material import fixture
from tests.refresh.server import Answer, Server, json_answer
from tests.warehouse.folder import company, write_datasets

PATH = "/downloadable_consolidated_screening_list/v1/consolidated.json"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    alpha = company("alpha", name="Example 7 Trading", seat_country="CN")
    write_datasets(tmp_path / "datasets", companies=[alpha])
    monkeypatch.setenv("RISKAPI_DATASETS", str(tmp_path / "datasets"))
    monkeypatch.setenv("RISKAPI_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def run(*arguments: str) -> Result:
    app = typer.Typer()
    app.callback()(lambda: None)
    add_to(app)
    return CliRunner().invoke(app, ["refresh", *arguments])


def long_list(count: int) -> Answer:
    entry = {"source": "Entity List (EL) - BIS", "addresses": [{"country": "CN"}], "start_date": "2024-01-02"}
    results = [{**entry, "name": f"Example {number} Trading Ltd"} for number in range(count)]
    return json_answer(json.dumps({"results": results}).encode())


@pytest.mark.slow
def test_a_list_is_refreshed_reviewed_put_in_place_and_taken_back(
    cache: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What it would move is told from a small snapshot in tests/cli/test_refresh_moved.py; here two warehouses would be built.
    monkeypatch.setattr("riskapi.cli.refresh.tell_moved", lambda *given: typer.echo(f"moves: {given[1].staged().id}"))
    server.say(PATH, long_list(10_000))
    first = run("us-csl", "--mirror", server.url)
    assert first.exit_code == 0, first.output
    assert "10,000 added, 0 removed, 0 changed; in place" in first.output
    assert "may move: alpha" in first.output
    server.say(PATH, long_list(10_001))
    second = run("us-csl", "--mirror", server.url, "--review")
    assert "1 added, 0 removed, 0 changed; held for review" in second.output
    assert "moves: " in second.output
    assert "moves: " not in first.output
    assert "10,000" in run("--status").output
    assert "is in place" in run("--switch").output
    assert "10,001" in run("--status").output
    assert run("--roll-back").exit_code == 0
    assert "10,000" in run("--status").output


def test_a_source_that_fails_is_told_and_gives_exit_code_1(cache: Path, server: Server) -> None:
    server.say(PATH, json_answer(fixture("us-csl.json")))
    result = run("us-csl", "--mirror", server.url)
    assert result.exit_code == 1
    assert "failed" in result.output
    assert "the snapshot in place stays" in result.output
    assert "there should be at least 10000" in result.output
    assert not (cache / "refresh" / "snapshots").exists()


def test_the_status_before_the_first_refresh_names_every_source(cache: Path) -> None:
    result = run("--status")
    assert result.exit_code == 0
    assert all(source_id in result.output for source_id in all_sources())
    assert "never" in result.output


def test_a_mirror_is_of_one_source() -> None:
    with pytest.raises(RequestError, match="a mirror is of one source"):
        chosen_sources([], "https://mirror.example.org")


def test_all_is_all() -> None:
    assert [source.id for source in chosen_sources(["all"], "")] == list(all_sources())


def test_an_unknown_source_is_told() -> None:
    with pytest.raises(NotFoundError, match="no source `us-sdn`"):
        chosen_sources(["us-sdn"], "")


@pytest.mark.parametrize("option", [("--portfolio", "mine.jsonl"), ("--watched",)])
def test_pairings_to_look_at_are_refused_where_nothing_is_held_for_review(cache: Path, option: tuple[str, ...]) -> None:
    found = run("us-csl", *option)
    assert isinstance(found.exception, RequestError)
    assert "--review" in str(found.exception)
