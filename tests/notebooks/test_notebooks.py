"""Every notebook runs from top to bottom, stays small, and agrees with the commands that it speaks of."""

from __future__ import annotations

import ast
import atexit
import json
import re
import tempfile
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
import pytest
from jupyter_client.manager import KernelManager
from nbclient import NotebookClient

from riskapi.backtest.output import report_data
from riskapi.backtest.report import backtest
from riskapi.backtest.shipped import shipped_cases
from riskapi.workspace import Workspace
from tests.cli import program
from tests.shipped import shipped_workspace

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
NOTEBOOKS = sorted(path.name for path in FOLDER.glob("*.ipynb"))
MOST_BYTES = 300_000
DECIMALS = 4
#: What a test below runs and holds against a command; a new notebook brings its test and its number.
COMPARED = {"01", "02", "03", "04", "05", "06"}

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("notebooks")]


def read(name: str) -> Any:
    return nbformat.read(FOLDER / name, as_version=4)  # type: ignore[no-untyped-call]


@cache
def kernel() -> KernelManager:
    """One for all notebooks: what they import and open is loaded once."""
    manager = KernelManager(kernel_name="python3")
    atexit.register(manager.shutdown_kernel, now=True)
    return manager


def executed(name: str) -> Any:
    """The notebook, run in the kernel after whatever the one before it defined is gone."""
    notebook = read(name)
    notebook.cells.insert(0, nbformat.v4.new_code_cell("%reset -f"))  # type: ignore[no-untyped-call]
    client = NotebookClient(notebook, km=kernel(), timeout=300, resources={"metadata": {"path": str(FOLDER)}})
    try:
        return client.execute()
    finally:
        if client.kc is not None:
            client.kc.stop_channels()  # as it would by itself if the kernel were its own


def printed(notebook: Any) -> str:
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    return "".join(output.text for output in outputs if output.output_type == "stream" and output.name == "stdout")


def told(name: str) -> Any:
    """The figures in the last line of a notebook that was run anew, equal to those that are kept in the file."""
    last = printed(executed(name)).strip().splitlines()[-1]
    assert last == printed(read(name)).strip().splitlines()[-1], f"{name} was not run after its last change"
    return ast.literal_eval(last)


def shows_something(source: str) -> bool:
    """Whether the cell ends with a value or a call, not with a definition or a check."""
    return isinstance(ast.parse(source).body[-1], ast.Expr)


def command(*arguments: str) -> Any:
    """What a command prints with `--json`."""
    result = program.run(*arguments, "--json")
    assert result.stdout, result.stderr
    return json.loads(result.stdout)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """The shipped workspace, also for the commands of a test: they would open one each."""
    workspace = shipped_workspace()
    monkeypatch.setattr(Workspace, "open", lambda *_: workspace)
    monkeypatch.setattr(Workspace, "close", lambda _: None)
    return workspace


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_is_small_numbered_and_shows_its_results(name: str) -> None:
    notebook = read(name)
    assert re.fullmatch(r"\d\d-[a-z0-9-]+\.ipynb", name)
    assert (FOLDER / name).stat().st_size < MOST_BYTES
    assert all(cell.outputs for cell in notebook.cells if cell.cell_type == "code" and shows_something(cell.source))
    text = (FOLDER / name).read_text(encoding="utf-8")
    assert str(Path.home()) not in text
    assert str(FOLDER.parent) not in text


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_the_kept_outputs_hold_no_warning_error_or_temporary_place(name: str) -> None:
    outputs = [output for cell in read(name).cells if cell.cell_type == "code" for output in cell.outputs]
    assert not [output for output in outputs if output.output_type == "error" or output.get("name") == "stderr"]
    assert tempfile.gettempdir() not in json.dumps(outputs)


def test_every_notebook_is_run_and_compared_by_a_test_below() -> None:
    assert {name[:2] for name in NOTEBOOKS} == COMPARED


@pytest.mark.usefixtures("opened")
def test_the_xiaomi_ford_notebook_says_what_the_command_says_on_each_day() -> None:
    days = told("01-xiaomi-ford-from-report-to-denial.ipynb")
    assert {"2026-01-30", "2026-01-31", "2026-02-02", "2026-11-22"} <= set(days)
    for day, figures in days.items():
        answer = command(*program.DEMO[:-1], day)
        status = answer["deal_status"] and answer["deal_status"]["status"]
        shown = {end: round(answer[end], DECIMALS) for end in ("score", "low", "high")} | {"status": status}
        assert figures == shown, day


def test_the_matrix_notebook_says_what_the_whole_answer_says(opened: Workspace) -> None:
    figures = told("02-carmakers-matrix.ipynb")
    assert {"xiaomi ford joint_venture", "byd tesla licence"} <= set(figures)
    deal: dict[str, Any] = {"sector": "automotive", "activity_country": "US", "market_countries": ["US"]}
    for pairing, value in figures.items():
        first, second, kind = pairing.split()
        answer = opened.score(
            first, second, as_of=date(2026, 11, 22), type=kind, product="ev_car", model_year=2028, **deal
        )
        assert value == round(answer.score, DECIMALS), pairing


@pytest.mark.usefixtures("opened")
def test_the_rule_change_notebook_says_what_the_command_says_before_and_after() -> None:
    figures = told("03-how-one-rule-moved-the-map.ipynb")
    assert figures["2025-03-17 2027"] - figures["2025-03-16 2027"] > 40
    deal = ("--type", "joint_venture", "--sector", "automotive", "--in", "US", "--set", "deal.market_countries=US")
    for asked, value in figures.items():
        day, year = asked.split()
        told_of_cars = ("--set", "deal.product=ev_car", "--set", f"deal.model_year={year}")
        answer = command("score", "Xiaomi", "Ford", *deal, *told_of_cars, "--as-of", day)
        assert value == round(answer["score"], DECIMALS), asked


def test_the_back_test_notebook_says_what_the_command_says() -> None:
    workspace = shipped_workspace()
    figures = report_data(backtest(workspace, shipped_cases(workspace.connection.cursor())))
    last = printed(executed("04-backtest-and-calibration.ipynb")).strip().splitlines()[-1]
    shown = ast.literal_eval(last)
    assert shown == {name: figures[name] for name in shown}
    assert {"auc", "auc_china", "auc_us", "somers_d", "brier", "n"} == set(shown)


def test_the_rule_notebook_says_what_the_commands_say_of_its_draft(tmp_path: Path) -> None:
    figures = told("05-writing-and-testing-a-rule.ipynb")
    cell = next(cell.source for cell in read("05-writing-and-testing-a-rule.ipynb").cells if "DRAFT = " in cell.source)
    draft = next(node for node in ast.parse(cell).body if isinstance(node, ast.Assign))
    file = tmp_path / "us.example.yaml"
    file.write_text(ast.literal_eval(draft.value), encoding="utf-8")
    summary = command("rules", "mutate", str(file))["summary"]
    assert (figures["killed"], figures["survived"]) == (summary["killed"], summary["survived"])
    assert figures["killed_at_last"] == summary["killed"] + summary["survived"]
    coverage = re.findall(
        r"seen [a-z ]+[0-9.]+ % +\((\d+) of (\d+)\)", program.run("rules", "coverage", str(file)).stdout
    )
    assert len(coverage) == 2
    assert figures["values"] == sum(int(shown) for shown, _ in coverage)
    assert figures["of"] == sum(int(of) for _, of in coverage)


@pytest.mark.usefixtures("opened")
def test_the_duty_notebook_says_what_the_command_says_at_each_border() -> None:
    borders = told("06-duties-on-an-electric-car.ipynb")
    assert set(borders) == {"US", "EU", "CA", "MX", "BR"}
    goods = ("duty", "--product", "ev_car", "--from", "CN", "--since", "2023-01-01", "--on", "2026-11-22")
    for border, steps in borders.items():
        history = command(*goods, "--to", border)["history"]
        assert steps == [(row["start"], row["total_pct"]) for row in history], border
