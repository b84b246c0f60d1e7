from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from riskapi import __version__
from riskapi.workbench.layer_schema import layer_file_schema
from riskapi.workbench.layer_template import Fresh, write_layer
from tests.rules.shipped import shipped_book, shipped_vocabulary
from tests.workbench.test_schema import GOOD, EditorLoader

CHANGE = "{rule: us.law.rule, of: 000000-000000-000000, reason: ours}"
POINTS = "{rule: us.law.rule, of: 000000-000000-000000, points: 4, reason: ours}"


@cache
def validator() -> Draft202012Validator:
    return Draft202012Validator(layer_file_schema(shipped_vocabulary()))


def findings(text: str) -> list[str]:
    data: Any = yaml.load(text, EditorLoader)  # noqa: S506  # a SafeLoader
    return [error.message for error in validator().iter_errors(data)]


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(layer_file_schema(shipped_vocabulary()))


def test_the_files_of_a_fresh_layer_fit(tmp_path: Path) -> None:
    fresh = Fresh(name="house-view", engine=__version__, today=date(2026, 11, 22))
    written = [path for path in write_layer(tmp_path, fresh, shipped_book()) if path.parent.parent.name == "rules"]
    assert len(written) == 2
    assert {path.name: findings(path.read_text(encoding="utf-8")) for path in written} == {
        path.name: [] for path in written
    }


@pytest.mark.parametrize(
    "text", [GOOD, f"extends: us.law\ndisables: [{CHANGE}]\n", f"extends: us.law\npoints: [{POINTS}]\n"]
)
def test_what_the_loader_takes_fits(text: str) -> None:
    assert findings(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "extends: us.law\ndisable: []\n",
        f"extends: us.law\ndisables: [{CHANGE.replace('000000-', '')}]\n",
        f"extends: us.law\ndisables: [{CHANGE.replace(', reason: ours', '')}]\n",
        f"extends: us.law\npoints: [{CHANGE}]\n",
        "extends: us.law\nrules: [{overrides: us.law.rule, reason: ours}]\n",
        GOOD.replace("instrument: us.test.law\n", ""),
    ],
)
def test_what_an_editor_can_see_is_refused(text: str) -> None:
    assert findings(text)
