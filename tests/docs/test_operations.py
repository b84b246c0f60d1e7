"""The page for those who run the service: its commands exist, and its check of an exported log finds what it should."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from riskapi.store import audit
from riskapi.store.audit import Act
from riskapi.store.audit_export import json_lines
from riskapi.store.database import open_store
from tests.cli.program import run
from tests.docs.pages import page
from tests.store.material import NOON

TEXT = page("docs/operations.md")
COMMANDS = sorted(set(re.findall(r"^(?:\w+=\S+ )?riskapi ((?:store|keys|audit) [^#\n]*)", TEXT, re.MULTILINE)))


def test_there_are_commands_to_check() -> None:
    assert len(COMMANDS) > 12


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_page_exists_with_its_options(command: str) -> None:
    words = command.split()
    told = run(*words[:2], "--help")
    assert told.exit_code == 0
    assert [word for word in words if word.startswith("--") and word not in told.stdout] == []


@pytest.fixture
def exported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder, and the place to be, with an exported log."""
    with open_store(str(tmp_path / "store.sqlite")) as store:
        for subject in ("a", "小\u2028米", "c"):
            with store.write() as session:
                audit.append(session, "default", Act(actor="Anna", action="tested", subject=subject), NOON)
        with store.read() as session:
            lines = list(json_lines(audit.entries(session, "default")))
    file = tmp_path / "audit.jsonl"
    file.write_text("".join(lines), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return file


def check_as_the_page_does() -> None:
    (block,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    exec(block, {})  # noqa: S102


def test_the_check_of_the_page_accepts_a_sound_log(exported: Path) -> None:
    assert exported.is_file()
    check_as_the_page_does()


def test_the_check_of_the_page_finds_a_changed_and_a_missing_entry(exported: Path) -> None:
    lines = exported.read_text(encoding="utf-8").split("\n")
    for wrong in ([lines[0], lines[1].replace("Anna", "Bert"), lines[2]], [lines[0], lines[2]]):
        exported.write_text("\n".join(wrong), encoding="utf-8")
        with pytest.raises(AssertionError):
            check_as_the_page_does()
