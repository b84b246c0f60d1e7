"""Fixtures: `shipped` lets commands use the one workspace that all tests share; `small` is a world of two companies."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from riskapi.settings import Settings
from riskapi.workspace import Workspace
from tests.cli.world import write_rules, write_tables
from tests.shipped import shipped_workspace


@pytest.fixture
def shipped(monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """Commands open the shared workspace and leave it open."""
    workspace = shipped_workspace()
    monkeypatch.setattr(Workspace, "open", classmethod(lambda cls, settings=None: workspace))
    monkeypatch.setattr(Workspace, "close", lambda self: None)
    return workspace


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Settings:
    """Rules, tables and cache of their own, which a test may change."""
    shipped_rules = Settings.from_environment().rules
    settings = Settings(rules=tmp_path / "rules", datasets=tmp_path / "datasets", cache=tmp_path / "cache")
    write_tables(settings.datasets)
    write_rules(settings.rules)
    shutil.copy(shipped_rules / "scorecard.yaml", settings.rules / "scorecard.yaml")
    for variable, folder in (("RULES", settings.rules), ("DATASETS", settings.datasets), ("CACHE", settings.cache)):
        monkeypatch.setenv(f"RISKAPI_{variable}", str(folder))
    return settings
