from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from sqlalchemy import text

from riskapi.store import audit
from riskapi.store.audit import Act
from riskapi.store.database import open_store
from tests.cli.program import flat, run
from tests.store.material import NOON, with_tenants


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store with a log of three entries, and another tenant with one."""
    path = tmp_path / "store.sqlite"
    monkeypatch.setenv("RISKAPI_STORE", str(path))
    with open_store(str(path)) as store:
        with_tenants(store, "other")
        with store.write() as session:
            for tenant in ("default", "default", "default", "other"):
                audit.append(session, tenant, Act(actor="=Anna", action="tested", subject="x"), NOON)
    return path


def tamper(file: Path, statement: str) -> None:
    with open_store(str(file)) as store, store.write() as session:
        session.execute(text("DROP TRIGGER audit_entries_no_update"))
        session.execute(text(statement))


def test_sound_logs_are_told_with_their_heads() -> None:
    outcome = run("audit", "verify")
    assert outcome.exit_code == 0
    lines = outcome.stdout.splitlines()
    assert [line.split(", sound")[0] for line in lines] == ["default: 3 entries", "other: 1 entries"]


def test_a_changed_entry_is_named_and_gives_exit_code_1(file: Path) -> None:
    tamper(file, "UPDATE audit_entries SET actor = 'Bert' WHERE tenant = 'default' AND seq = 2")
    outcome = run("audit", "verify")
    assert outcome.exit_code == 1
    assert "default: BROKEN at entry 2: its content was changed" in outcome.stdout
    assert "other: 1 entries, sound" in outcome.stdout
    assert run("audit", "verify", "--tenant", "other").exit_code == 0


def test_a_head_that_was_printed_is_found_again(file: Path) -> None:
    head = run("audit", "verify", "--tenant", "default").stdout.split("head ")[1].strip()
    assert run("audit", "verify", "--tenant", "default", "--head", head).exit_code == 0
    other = head[:-1] + ("0" if head[-1] != "0" else "1")
    outcome = run("audit", "verify", "--tenant", "default", "--head", other)
    assert outcome.exit_code == 1
    assert "has another hash now" in outcome.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("verify", "--tenant", "defualt"), "no tenant `defualt`"),
        (("verify", "--head", "1:" + "0" * 64), "--tenant NAME"),
        (("verify", "--tenant", "default", "--head", "x"), "not a noted head"),
        (("export", "--tenant", "defualt"), "no tenant `defualt`"),
        (("export", "--format", "xml"), "jsonl, csv"),
    ],
)
def test_what_cannot_be_done_is_said_with_what_to_do(arguments: tuple[str, ...], said: str) -> None:
    outcome = run("audit", *arguments)
    assert outcome.exit_code == 2
    assert said in flat(outcome.stderr)
    assert outcome.stdout == ""


def test_an_export_holds_the_entries_of_one_tenant() -> None:
    lines = [json.loads(line) for line in run("audit", "export").stdout.splitlines()]
    assert [(line["tenant"], line["seq"], line["actor"]) for line in lines] == [
        ("default", n, "=Anna") for n in (1, 2, 3)
    ]


def test_the_table_is_safe_to_open_in_a_spreadsheet() -> None:
    rows = list(csv.DictReader(io.StringIO(run("audit", "export", "--format", "csv").stdout)))
    assert [row["actor"] for row in rows] == ["'=Anna"] * 3


def test_an_export_goes_to_a_new_file_only(tmp_path: Path) -> None:
    target = tmp_path / "audit.jsonl"
    assert run("audit", "export", "--out", str(target)).exit_code == 0
    assert len(target.read_text(encoding="utf-8").splitlines()) == 3
    outcome = run("audit", "export", "--out", str(target))
    assert outcome.exit_code == 2
    assert "name a new file" in flat(outcome.stderr)
