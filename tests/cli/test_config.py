from __future__ import annotations

from pathlib import Path

import pytest

from riskapi.cli.config import effective
from riskapi.errors import SettingsError
from tests.cli.program import flat, run


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RISKAPI_HYPOTHESIS", raising=False)
    monkeypatch.setenv("COLUMNS", "200")


def test_settings_that_are_right_are_shown_with_where_they_come_from(tmp_path: Path) -> None:
    file = tmp_path / "riskapi.toml"
    file.write_text("workers = 2\n", encoding="utf-8")
    rows = {
        name: (value, origin) for name, value, origin in effective({"RISKAPI_CONFIG": str(file), "RISKAPI_PORT": "1"})
    }
    assert rows["RISKAPI_WORKERS"] == ("2", "file")
    assert rows["RISKAPI_PORT"] == ("1", "environment")
    assert rows["RISKAPI_THREADS"] == ("4", "default")
    assert {"RISKAPI_RULES", "RISKAPI_DATASETS", "RISKAPI_CACHE", "RISKAPI_STORE"} <= set(rows)


def test_the_command_prints_them(tmp_path: Path) -> None:
    result = run("config", "check")
    assert result.exit_code == 0
    assert "RISKAPI_TIME_LIMIT" in result.stdout
    assert "no problems" in result.stdout


def test_the_password_of_the_store_is_not_shown() -> None:
    rows = effective({"RISKAPI_STORE": "postgresql://riskapi:hunter2@db/riskapi"})
    assert "hunter2" not in str(rows)
    assert "db/riskapi" in str(rows)


def test_every_problem_of_environment_file_and_settings_is_told(tmp_path: Path) -> None:
    file = tmp_path / "riskapi.toml"
    file.write_text("prot = 1\nthreads = 0\n", encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        effective({"RISKAPI_CONFIG": str(file), "RISKAPI_RULES": str(tmp_path / "none"), "RISKAPI_PRT": "1",
                   "RISKAPI_RATE": "x"})  # fmt: skip
    fields = {problem.field for problem in caught.value.problems}
    assert fields == {"prot", "RISKAPI_THREADS", "RISKAPI_RULES", "RISKAPI_PRT", "RISKAPI_RATE"}


def test_an_address_of_the_store_that_cannot_be_used_is_told_without_it() -> None:
    with pytest.raises(SettingsError) as caught:
        effective({"RISKAPI_STORE": "mysql://me:hunter2@db/x"})
    assert "hunter2" not in str(caught.value)


def test_problems_give_exit_code_2(tmp_path: Path) -> None:
    file = tmp_path / "riskapi.toml"
    file.write_text("port = 99999\n", encoding="utf-8")
    result = run("config", "check", "--config", str(file))
    assert result.exit_code == 2
    assert "99999" in flat(result.stderr)
