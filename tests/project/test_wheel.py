"""The package as users get it: built, installed in an environment of its own, used from a folder outside the checkout.

The wheel is built from the source release, so one build tries both. The fresh environment sees the libraries of this
one through a .pth file: nothing is downloaded. Such a path does not carry on this environment's own .pth files, so the
editable riskapi stays out of sight.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Mapping, Sequence
from email import message_from_string
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("wheel")]

SCORE = [
    *("score", "Xiaomi", "Ford", "--type", "joint_venture", "--sector", "automotive", "--in", "US"),
    *("--set", "deal.market_countries=US", "--set", "deal.model_year=2028", "--json"),
]


def run(command: Sequence[str | Path], folder: Path, environment: Mapping[str, str] | None = None) -> str:
    outcome = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert outcome.returncode == 0, f"{command}\n{outcome.stdout[-3000:]}\n{outcome.stderr[-3000:]}"
    return outcome.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("dist")
    run([sys.executable, "-m", "build", "--no-isolation", "--outdir", target], ROOT)
    assert len(list(target.glob("*.tar.gz"))) == 1
    (built,) = target.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` folder of an environment into which the wheel was installed."""
    venv = tmp_path_factory.mktemp("fresh") / "venv"
    run([sys.executable, "-m", "venv", "--without-pip", venv], ROOT)
    scripts = venv / ("Scripts" if os.name == "nt" else "bin")
    site = Path(run([scripts / "python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], venv).strip())
    libraries = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (site / "libraries.pth").write_text("\n".join(sorted(libraries)) + "\n", encoding="utf-8")
    pip: list[str | Path] = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", scripts / "python"]
    # Through the path pip sees the editable riskapi, and without --ignore-installed would take it for the wheel.
    run([*pip, "install", "--no-deps", "--no-index", "--ignore-installed", wheel], venv)
    return scripts


@pytest.fixture
def abroad(tmp_path: Path) -> dict[str, str]:
    """The environment of a user who has no checkout, no settings and an empty home."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("RISKAPI_", "PYTHON", "XDG_"))}
    return kept | {"HOME": str(tmp_path), "USERPROFILE": str(tmp_path)}


def test_the_wheel_holds_the_whole_rule_book_every_table_and_the_templates(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    expected = {
        f"riskapi/_data/{file.relative_to(ROOT).as_posix()}"
        for pattern in ("rules/**/*.yaml", "datasets/**/*.csv", "templates/**/*")
        for file in ROOT.glob(pattern)
        if file.is_file()
    }
    assert expected
    assert expected - inside == set()


def test_the_wheel_holds_every_module_and_the_mark_of_types(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    modules = {file.relative_to(ROOT).as_posix() for file in (ROOT / "riskapi").rglob("*.py")}
    assert (modules | {"riskapi/py.typed"}) - inside == set()


def test_the_wheel_holds_nothing_but_the_package(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"riskapi"}


def test_the_wheel_names_its_licence_and_carries_its_text(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
    metadata = message_from_string(archive.read(name).decode())
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata["Requires-Python"] == ">=3.11"
    assert b"Apache License" in archive.read(name.replace("METADATA", "licenses/LICENSE"))


def test_the_installed_package_is_the_one_from_the_wheel(
    installed: Path, abroad: dict[str, str], tmp_path: Path
) -> None:
    ask = "import importlib.util; print(importlib.util.find_spec('riskapi.errors').origin)"
    origin = Path(run([installed / "python", "-c", ask], tmp_path, abroad).strip())
    assert origin.is_relative_to(installed.parent)


def test_the_installed_command_scores_a_pairing_outside_the_checkout(
    installed: Path, abroad: dict[str, str], tmp_path: Path
) -> None:
    answer = json.loads(run([installed / "riskapi", *SCORE], tmp_path, abroad))
    assert 0 <= answer["low"] <= answer["score"] <= answer["high"] <= 100
    assert answer["rules"], "the rule book was not found"
    assert {"band", "gates", "pillars", "unknowns", "deal_status", "parties", "comparables", "versions"} <= set(answer)
