from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from riskapi import __version__
from riskapi.cli import schema, score
from tests.cli.program import DEMO, flat, run
from tests.small import small_rules

ROOT = Path(__file__).parents[2]
HEAVY = ("duckdb", "polars", "litestar", "uvicorn", "pydantic", "sqlglot", "rapidfuzz", "httpx")


def start(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The program in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "riskapi", *arguments],
        capture_output=True, text=True, timeout=120, check=False, cwd=ROOT, env={**os.environ, **environment},
    )  # fmt: skip


def test_help_names_every_command() -> None:
    text = run("--help").stdout
    for command in ("score", "serve", "rules", "data", "resolve", "deals", "duty", "facts", "schema", "version"):
        assert command in text


def test_no_arguments_show_the_help() -> None:
    assert "Usage: riskapi" in run().output


def test_help_does_not_wait_for_the_heavy_libraries() -> None:
    code = f"import sys, riskapi.cli.main; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


def test_version_is_that_of_the_package() -> None:
    assert run("version").stdout == f"riskapi {__version__}\n"


@pytest.mark.parametrize("arguments", [("scor",), ("score", "--tipe", "x"), ("schema", "reply"), ("rules", "show")])
def test_bad_usage_has_exit_code_2(arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Usage" in result.stderr


def test_an_unforeseen_error_is_one_line_that_says_how_to_report_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(score, "read_options", lambda question: 1 / 0)
    result = run("score", "A", "B")
    assert result.exit_code == 3
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert "ZeroDivisionError: division by zero" in result.stderr
    assert "RISKAPI_DEBUG=1" in result.stderr


def test_the_traceback_is_shown_only_for_debugging(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(score, "read_options", lambda question: 1 / 0)
    assert "Traceback" not in run("score", "A", "B").stderr
    assert "Traceback" in run("score", "A", "B", RISKAPI_DEBUG="1").stderr


def test_an_unforeseen_error_does_not_carry_escapes_to_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(question: object) -> None:
        raise OSError("\x1b[31mred")

    monkeypatch.setattr(score, "read_options", fail)
    result = run("score", "A", "B")
    assert result.exit_code == 3
    assert "\x1b" not in result.stderr


def test_a_setting_that_cannot_work_is_bad_input(tmp_path: Path) -> None:
    result = run("facts", RISKAPI_DATASETS=str(tmp_path / "nowhere"))
    assert result.exit_code == 2
    assert "RISKAPI_DATASETS: there is no folder" in flat(result.stderr)
    assert schema.__doc__


def test_in_a_process_of_its_own_and_on_a_terminal_that_knows_only_ascii_the_demonstration_is_scored(
    tmp_path: Path,
) -> None:
    done = start(*DEMO, "--width", "80", PYTHONIOENCODING="ascii", PYTHONUTF8="0", LC_ALL="C", **small_rules(tmp_path))
    assert done.returncode == 0
    assert done.stderr == ""
    assert "15 CFR Part 791 Subpart D" in flat(done.stdout)
    assert done.stdout.isascii()
    assert "-O-" in done.stdout
    assert "(?)" in done.stdout or "###" in done.stdout


def test_errors_of_the_program_leave_standard_output_empty(tmp_path: Path) -> None:
    done = start("score", "Xiaomi", "Frod", "--json", **small_rules(tmp_path))
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_a_reader_who_leaves_early_is_no_fault() -> None:
    command = f'"{sys.executable}" -m riskapi facts --json | head -c 10'
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=120, check=False, cwd=ROOT)
    assert "Traceback" not in done.stderr
    assert "fault" not in done.stderr
