from __future__ import annotations

import os
from pathlib import Path

import pytest

from riskapi.errors import SettingsError
from riskapi.settings import Settings, shipped_folder


def of(*folders: Path) -> Settings:
    return Settings.from_environment({"RISKAPI_RULES": os.pathsep.join(map(str, folders))})


def folder(path: Path, extends: str | None = None) -> Path:
    path.mkdir()
    if extends:
        (path / "layer.yaml").write_text(f"name: x\nextends: {extends}\n", encoding="utf-8")
    return path


def test_without_a_variable_the_shipped_rules_are_used() -> None:
    settings = Settings.from_environment({})
    assert (settings.rules, settings.layers) == (shipped_folder("rules"), ())


def test_a_folder_without_layer_yaml_stands_in_place_of_the_shipped_rules(tmp_path: Path) -> None:
    own = folder(tmp_path / "own")
    assert (of(own).rules, of(own).layers) == (own, ())


def test_layers_lie_over_the_shipped_rules_in_the_order_given(tmp_path: Path) -> None:
    one, two = (folder(tmp_path / name, "shipped") for name in ("one", "two"))
    assert (of(one, two).rules, of(one, two).layers) == (shipped_folder("rules"), (one, two))


@pytest.mark.parametrize("written", ["nothing", "'nothing'", "nothing   # alone"])
def test_a_layer_that_extends_nothing_is_the_bottom(tmp_path: Path, written: str) -> None:
    own, over = folder(tmp_path / "own", written), folder(tmp_path / "over", "shipped")
    assert (of(own, over).rules, of(own, over).layers) == (own / "rules", (over,))


def test_layers_lie_over_a_folder_that_stands_alone(tmp_path: Path) -> None:
    own, over = folder(tmp_path / "own"), folder(tmp_path / "over", "shipped")
    assert (of(own, over).rules, of(own, over).layers) == (own, (over,))


def test_every_folder_must_exist(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="gone"):
        of(folder(tmp_path / "own"), tmp_path / "gone")


def test_the_store_is_a_file_of_the_user_unless_its_address_is_told() -> None:
    assert Path(Settings.from_environment({}).store).name == "store.sqlite"
    assert Settings.from_environment({"RISKAPI_STORE": "postgresql://h/d"}).store == "postgresql://h/d"


def test_the_password_of_the_store_is_not_printed_with_the_settings() -> None:
    assert "geheim" not in repr(Settings.from_environment({"RISKAPI_STORE": "postgresql://u:geheim@h/d"}))
