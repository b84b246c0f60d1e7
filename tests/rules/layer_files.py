"""Private layers for tests: a base with one rule of `VALID`, and folders that lie over it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from riskapi.errors import Problem, RuleError
from riskapi.rules import RuleBook, load_file
from riskapi.rules.fingerprint import fingerprint
from riskapi.rules.layers import load_book
from riskapi.settings import Settings
from tests.rules.rule_files import VALID, small_vocabulary, write

LAW = "us/us.test.law.yaml"
STAKE = "us.test.law.stake"
HEAD = "{name: %s, title: For tests, version: 1.2.3, extends: shipped, made_for: '>=0'}\n"

#: A rule of its own for the law below.
ANOTHER = VALID.split("rules:\n")[1].replace(STAKE, "us.test.law.another")
#: The head of a file that extends the law below.
EXTENDS = "extends: us.test.law\nchecked: {on: 2026-11-22, how: read}\nconfidence: high\n"


def of_base(folder: Path) -> str:
    """The fingerprint of the rule in the base."""
    (rule,) = load_file(write(folder / "fingerprint", VALID), small_vocabulary())
    return fingerprint(rule)


def replacement(of: str, **changes: str) -> str:
    """A file that overrides the rule of the base; `changes` are texts in it, with `_` for a space."""
    rule = VALID.split("rules:\n")[1].replace(
        f"id: {STAKE}", f"overrides: {STAKE}\n    of: {of}\n    reason: we see it otherwise", 1
    )
    for old, new in changes.items():
        rule = rule.replace(old.replace("_", " "), new)
    return f"{EXTENDS}rules:\n{rule}"


def layer(folder: Path, files: Mapping[str, str], head: str | None = None) -> Path:
    """A layer of that folder; its name is that of the folder."""
    folder.mkdir(parents=True)
    (folder / "layer.yaml").write_text(head or HEAD % folder.name, encoding="utf-8")
    for name, text in files.items():
        write(folder / "rules", text, name)
    return folder


def settings(folder: Path, *layers: Path) -> Settings:
    """Settings with the base and these layers."""
    if not (folder / "base").exists():
        write(folder / "base", VALID, LAW)
    return Settings(rules=folder / "base", datasets=folder, cache=folder, layers=layers)


def book(folder: Path, *layers: Path) -> RuleBook:
    """The base with these layers."""
    return load_book(settings(folder, *layers), small_vocabulary())


def problems(folder: Path, *layers: Path) -> tuple[Problem, ...]:
    """What is wrong with these layers."""
    with pytest.raises(RuleError) as caught:
        book(folder, *layers)
    return caught.value.problems
