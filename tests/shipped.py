"""What the project ships, opened once for all tests: vocabulary, rule book and workspace. Tests must not change them."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from riskapi.facts.vocabulary import Vocabulary, load_vocabulary
from riskapi.settings import Settings
from riskapi.warehouse.open import code_domains
from riskapi.workspace import Workspace

#: The day of the shipped facts, for tests that need any day.
AS_OF = date(2026, 11, 22)


@lru_cache(maxsize=1)
def shipped_vocabulary() -> Vocabulary:
    """The vocabulary with the shipped code lists."""
    return load_vocabulary(code_domains(Settings.from_environment().datasets))


@lru_cache(maxsize=1)
def shipped_workspace() -> Workspace:
    """The shipped rules and datasets."""
    return Workspace.open()
