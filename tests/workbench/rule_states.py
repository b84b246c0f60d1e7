"""Two states of a tiny rule set, one text turned into the other, for the tests of what a change means."""

from __future__ import annotations

from pathlib import Path

from riskapi.settings import Settings
from riskapi.workbench.diff import BookDiff
from riskapi.workbench.diff_base import Sides, compared
from tests.cli.world import RULE
from tests.shipped import shipped_vocabulary

SECOND = RULE.replace("us.test", "us.other").replace("Test instrument", "Other instrument")


def write_state(folder: Path, *texts: str, version: str | None = None) -> Path:
    """A rules folder with these files, the shipped scorecard and a version."""
    for text in texts:
        path = folder / "us" / f"{text.split('instrument: ')[1].split()[0]}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    card = Settings.from_environment({}).rules / "scorecard.yaml"
    (folder / "scorecard.yaml").write_bytes(card.read_bytes())
    if version is not None:
        (folder / "VERSION").write_text(f"{version}\n", encoding="utf-8")
    return folder


def edited(text: str, *edits: tuple[str, str]) -> str:
    """The text with each edit made; each must hit."""
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new)
    return text


def sides(tmp_path: Path, before: tuple[str, ...], after: tuple[str, ...], *versions: str | None) -> Sides:
    """Both states beside each other; their versions are 1.4.0 unless others are told."""
    one, two = versions or ("1.4.0", "1.4.0")
    write_state(tmp_path / "before", *before, version=one)
    write_state(tmp_path / "after", *after, version=two)
    return compared(str(tmp_path / "before"), tmp_path / "after", shipped_vocabulary())


def diff(tmp_path: Path, *edits: tuple[str, str]) -> BookDiff:
    """What the edits of the one rule change."""
    return sides(tmp_path, (RULE,), (edited(RULE, *edits),)).diff
