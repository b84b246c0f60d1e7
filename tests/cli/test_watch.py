from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from riskapi.api.operations.watch_samples import QUESTION
from riskapi.cli.watch import read_since, round_text
from riskapi.errors import RequestError
from riskapi.store import watchlists
from riskapi.store.audit import Signature
from riskapi.store.database import open_store
from riskapi.store.watchlists import NewItem
from riskapi.watch.delivering import Passed
from riskapi.watch.rounds import Done, first_state
from tests.cli.program import flat, run
from tests.shipped import shipped_workspace


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    found = tmp_path / "store.sqlite"
    monkeypatch.setenv("RISKAPI_STORE", str(found))
    return found


def watch(file: Path, day: date, label: str = "cars\x9b of both") -> None:
    """Keep a question with the result of a day."""
    state = first_state(shipped_workspace(), QUESTION, day, datetime(2026, 11, 22, tzinfo=UTC))
    item = NewItem(question=QUESTION, label=label, thresholds=None, state=state)
    with open_store(str(file)) as store, store.write() as session:
        watchlists.create(session, "default", "Carmakers", [item], Signature("a test", state.scored_at))


def test_a_round_from_the_command_line_answers_what_is_due_and_tells_what_moved(file: Path) -> None:
    watch(file, date(2025, 3, 16), "cars")
    first = run("watch", "run")
    assert first.exit_code == 0, first.output
    assert "1 questions of 1 watchlists answered again, 1 moved" in flat(first.stdout)
    told = flat(run("watch", "changes").stdout)
    assert "Carmakers / cars: score" in told
    assert "us.icts.connected-vehicles.manufacturer-sale" in told
    (line,) = run("watch", "changes", "--json", "--since", "2020-01-01").stdout.splitlines()
    assert json.loads(line)["causes"] == ["calendar"]
    assert run("watch", "changes", "--since", "2999-01-01").stdout == ""
    (row,) = json.loads(run("watch", "list", "--json").stdout)
    assert (row["name"], row["failure"]) == ("Carmakers", None)
    assert row["changed_at"]
    listed = flat(run("watch", "list").stdout)
    assert "Carmakers" in listed
    assert "to >99.9" in listed  # as `riskapi score` says it: no score reaches the end


@pytest.mark.parametrize("arguments", [("list",), ("changes",)])
def test_a_misspelt_organisation_is_told_so(file: Path, arguments: tuple[str, ...]) -> None:
    found = run("watch", *arguments, "--tenant", "defualt")
    assert found.exit_code == 2
    assert "tenant-unknown" in flat(found.stderr)


def test_a_day_is_read_as_its_beginning_in_utc() -> None:
    assert read_since("2026-11-22") == datetime(2026, 11, 22, tzinfo=UTC)
    assert read_since(None) is None
    with pytest.raises(RequestError):
        read_since("yesterday")


def test_a_round_is_told_in_one_line() -> None:
    told = round_text(Done(lists=2, items=1234, changes=5), Passed(delivered=4, failed=1))
    assert told == "1,234 questions of 2 watchlists answered again, 5 moved; 4 messages delivered, 1 attempts failed"
