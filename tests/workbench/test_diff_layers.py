from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from riskapi.errors import RequestError
from riskapi.settings import Settings, shipped_folder
from riskapi.workbench.diff import Change
from riskapi.workbench.diff_base import Sides
from riskapi.workbench.diff_layers import compared_layers
from tests.rules.layer_files import LAW, STAKE, layer, of_base, settings
from tests.rules.rule_files import VALID, small_vocabulary, write


def points(of: str, value: int) -> str:
    return f"extends: us.test.law\npoints: [{{rule: {STAKE}, of: {of}, points: {value}, reason: x}}]\n"


@pytest.fixture
def house(tmp_path: Path) -> Settings:
    """A layer that gives the rule of the base 14 points."""
    here = settings(tmp_path, layer(tmp_path / "house", {LAW: points(of_base(tmp_path), 14)}))
    shutil.copy(shipped_folder("rules") / "scorecard.yaml", here.rules / "scorecard.yaml")
    return here


def against(base: str | Path, here: Settings) -> Sides:
    return compared_layers(str(base), here, small_vocabulary())


def edits(sides: Sides) -> list[tuple[str, str, str | None, str | None]]:
    return [(item.rule_id, edit.field, edit.before, edit.after) for item in sides.diff.rules for edit in item.edits]


def test_against_the_shipped_rules_everything_of_the_layer_shows(house: Settings) -> None:
    assert (STAKE, "points", "+10", "+14") in edits(against("shipped", house))


def test_against_an_earlier_folder_only_the_change_shows(house: Settings, tmp_path: Path) -> None:
    earlier = tmp_path / "earlier"
    shutil.copytree(house.layers[0], earlier)
    write(house.layers[0] / "rules", points(of_base(tmp_path), 16), LAW)
    assert edits(against(earlier, house)) == [(STAKE, "points", "+14", "+16")]
    (house.layers[0] / "layer.yaml").write_text(
        "{name: house, title: x, version: 1.3.0, extends: shipped, made_for: '>=0'}", encoding="utf-8"
    )
    assert [str(number) for number in against(earlier, house).diff.numbers] == ["1.2.3", "1.3.0"]


def test_against_a_revision_the_layer_as_it_was_then_is_taken(house: Settings, tmp_path: Path) -> None:
    folder = house.layers[0]
    for command in ("init -q", "add -A", "-c user.name=x -c user.email=x@example.org commit -qm x"):
        subprocess.run(["git", "-C", folder, *command.split()], check=True, capture_output=True)
    assert against("HEAD", house).diff.is_empty
    write(folder / "rules", points(of_base(tmp_path), 16), LAW)
    assert edits(against("HEAD", house)) == [(STAKE, "points", "+14", "+16")]


def test_a_layer_that_was_not_there_yet_is_all_new(house: Settings) -> None:
    folder = house.layers[0]
    (folder / "README.md").write_text("to come", encoding="utf-8")
    for command in ("init -q", "add README.md", "-c user.name=x -c user.email=x@example.org commit -qm x"):
        subprocess.run(["git", "-C", folder, *command.split()], check=True, capture_output=True)
    assert (STAKE, "points", "+10", "+14") in edits(against("HEAD", house))


def test_only_the_uppermost_layer_is_compared(house: Settings, tmp_path: Path) -> None:
    top = layer(tmp_path / "top", {"us/us.other.law.yaml": VALID.replace("us.test", "us.other")})
    for command in ("init -q", "add layer.yaml", "-c user.name=x -c user.email=x@example.org commit -qm x"):
        subprocess.run(["git", "-C", top, *command.split()], check=True, capture_output=True)
    found = against("HEAD", replace(house, layers=(*house.layers, top))).diff.rules
    assert [(item.rule_id, item.change) for item in found] == [("us.other.law.stake", Change.ADDED)]


def test_an_unknown_base_is_refused(house: Settings) -> None:
    with pytest.raises(RequestError, match="no-base"):
        against("no-such-branch", house)
