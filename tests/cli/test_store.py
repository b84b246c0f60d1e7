from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from riskapi.store.database import open_store
from tests.cli.program import flat, run
from tests.store.material import NOON, add


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The store of these commands."""
    path = tmp_path / "store.sqlite"
    monkeypatch.setenv("RISKAPI_STORE", str(path))
    return path


def fill(file: Path, number: int = 1) -> None:
    with open_store(str(file)) as store:
        for _ in range(number):
            add(store, NOON)


def count(file: Path) -> int:
    with open_store(str(file)) as store, store.read() as session:
        return session.execute(text("SELECT count(*) FROM assessments")).scalar() or 0


def test_migrate_makes_the_tables_and_says_which(file: Path) -> None:
    outcome = run("store", "migrate")
    assert (outcome.exit_code, "tables of version" in outcome.stdout, file.is_file()) == (0, True, True)


def test_a_store_of_a_newer_program_is_refused_with_what_to_do(file: Path) -> None:
    with open_store(str(file)) as store, store.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    outcome = run("store", "migrate")
    assert outcome.exit_code == 2
    assert "start the newer program" in flat(outcome.stderr)


def test_a_backup_is_put_back_and_what_was_there_is_kept(file: Path, tmp_path: Path) -> None:
    fill(file)
    assert run("store", "backup", str(tmp_path / "b")).exit_code == 0
    fill(file, 2)
    outcome = run("store", "restore", str(tmp_path / "b"), "--keep", str(tmp_path / "late"))
    assert outcome.exit_code == 0, outcome.output
    assert (count(file), count(tmp_path / "late")) == (1, 3)
    assert "store.restored" in run("audit", "export").stdout
    assert run("audit", "verify").exit_code == 0


def test_a_restore_needs_a_place_for_what_is_there(file: Path, tmp_path: Path) -> None:
    fill(file)
    run("store", "backup", str(tmp_path / "b"))
    assert run("store", "restore", str(tmp_path / "b")).exit_code == 2
    assert run("store", "restore", str(tmp_path / "b"), "--keep", str(tmp_path / "b")).exit_code == 2
    assert count(file) == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "default: for ever"),
        (("30",), "default: 30 days"),
        (("nothing",), "nothing is stored"),
        (("forever",), "for ever"),
    ],
)
def test_retention_is_chosen_and_told(words: tuple[str, ...], said: str) -> None:
    assert said in run("store", "retention", *words).stdout
    assert said in run("store", "retention").stdout


@pytest.mark.parametrize("words", [("soon",), ("1.5",), ("99999999",), ("٣",), ("30", "--tenant", "nobody")])
def test_a_choice_that_makes_no_sense_is_refused(words: tuple[str, ...]) -> None:
    assert run("store", "retention", *words).exit_code == 2
    assert "for ever" in run("store", "retention").stdout


def test_purge_deletes_what_is_due_and_says_how_much(file: Path) -> None:
    fill(file, 3)
    assert "deleted 0 assessments" in run("store", "purge").stdout
    run("store", "retention", "nothing")
    assert "deleted 3 assessments" in run("store", "purge").stdout
    assert count(file) == 0


def test_an_address_that_cannot_work_is_told_without_its_password() -> None:
    outcome = run("store", "migrate", RISKAPI_STORE="mysql://u:geheim@h/d")
    assert outcome.exit_code == 2
    assert "postgresql://" in flat(outcome.stderr)
    assert "geheim" not in outcome.output
