"""Every command and every piece of Python that the pages show can be run, and the tutorial's story holds."""

from __future__ import annotations

import contextlib
import io
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from litestar.testing import TestClient
from typer.testing import CliRunner

from riskapi.api.app import create_app
from riskapi.cli.main import app
from riskapi.workspace import Workspace
from tests.docs.pages import ROOT, generator, page, rows, section

pytestmark = pytest.mark.xdist_group("docs")

SHOWN_IN = ("README.md", "docs/tutorial.md")
COMMANDS = [(name, arguments) for name in SHOWN_IN for _, arguments in generator().commands_in(page(name))]


@pytest.fixture(scope="module", autouse=True)
def _one_workspace(_own_cache: None) -> Iterator[None]:
    with generator().one_workspace():
        yield


def test_commands_are_found() -> None:
    assert {name for name, _ in COMMANDS} == set(SHOWN_IN)
    assert len(COMMANDS) > 15


@pytest.mark.parametrize("command", sorted({shlex.join(arguments) for _, arguments in COMMANDS}))
def test_a_command_that_is_shown_runs(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    result = CliRunner().invoke(app, shlex.split(command), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    assert result.stdout.strip()


def test_the_files_that_the_tutorial_makes_are_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    step = section(page("docs/tutorial.md"), "8. Ask for many").replace("\\\n", " ")
    commands = [line for block in re.findall(r"```sh\n(.*?)```", step, re.DOTALL) for line in block.splitlines()]
    for command in commands:
        result = CliRunner().invoke(app, shlex.split(command)[1:], catch_exceptions=False)
        assert result.exit_code == 0, result.output
    made = {path.name for path in tmp_path.iterdir()}
    assert made == {"pairings.xlsx", "scored.xlsx", "briefing.xlsx"}


def test_console_blocks_hold_nothing_but_commands_and_comments() -> None:
    for name in SHOWN_IN:
        for block in re.findall(r"^```console\n(.*?)^```$", page(name), re.MULTILINE | re.DOTALL):
            for line in block.replace("\\\n", " ").splitlines():
                assert line.startswith(("$ riskapi ", "# ")), line


def test_the_question_on_the_front_page_is_the_one_that_is_answered() -> None:
    (shown,) = re.findall(r"^riskapi score (.*?)\n```", page("README.md"), re.MULTILINE | re.DOTALL)
    told = shlex.split(shown.replace("\\\n", " "))
    assert told == [item for item in generator().QUESTION[1:] if item not in ("--no-color", "--width", "100")]


def test_the_figures_on_the_front_page_are_those_of_the_answer() -> None:
    answer = json.loads(generator().printed([*generator().QUESTION, "--json"]))
    block = page("README.md").partition("<!-- answer: begin")[2].partition("<!-- answer: end -->")[0]
    assert f"Score  {answer['score']:.1f}   {answer['band']['label']}" in block
    assert f"Range  {answer['low']:.1f} to " in block
    assert f"{answer['points']:.0f} points are a score of {answer['score']:.1f}" in block


def test_the_python_on_the_front_page_runs() -> None:
    (program,) = re.findall(r"^```python\n(.*?)^```$", page("README.md"), re.MULTILINE | re.DOTALL)
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        exec(compile(program, "README.md", "exec"), {})  # noqa: S102  # our own page
    answer = json.loads(generator().printed([*generator().QUESTION, "--json"]))
    assert output.getvalue().splitlines()[0].split()[0] == str(answer["score"])


def test_the_request_on_the_front_page_gets_the_same_answer() -> None:
    ((path, body),) = re.findall(r"curl -s http://127.0.0.1:8000(\S+) .*?-d '(\{.*?\})'", page("README.md"), re.DOTALL)
    with Workspace.open() as workspace, TestClient(create_app(workspace=workspace)) as client:
        response = client.post(path, content=body, headers={"Content-Type": "application/json"})
    assert response.status_code == 200, response.text
    answer = json.loads(generator().printed([*generator().QUESTION, "--json"]))
    assert response.json() == answer


def test_the_make_targets_that_are_shown_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", page("Makefile"), re.MULTILINE))
    for name in ("README.md", "docs/tutorial.md", "CONTRIBUTING.md", "datasets/README.md", "rules/README.md"):
        shown = re.findall(r"(?:^|`)make ((?:[a-z-]+ ?)+)(?=`|\s|$)", page(name), re.MULTILINE)
        assert [word for words in shown for word in words.split()[:1] if word not in targets] == [], name


# --- the story that the tutorial tells


@pytest.fixture(scope="module")
def results(made: dict[str, str]) -> dict[str, list[str]]:
    """The cells of the table of results by question."""
    return {cells[0]: cells[1:] for cells in rows(section(made["docs/tutorial.md"], "7. What it came to"))}


def test_telling_the_stake_narrows_the_range(results: dict[str, list[str]]) -> None:
    def width(question: str) -> float:
        low, _, high = results[question][1].partition(" to ")
        return float(high) - float(low)

    assert width("Xiaomi holds 51 percent") < width("the joint venture, stakes not told")


def test_structure_date_and_company_move_the_score_as_told(results: dict[str, list[str]]) -> None:
    score = {question: float(cells[0]) for question, cells in results.items()}
    assert score["Ford takes a licence from Xiaomi"] < score["the joint venture, stakes not told"]
    assert score["as of 1 June 2021"] < score["as of 1 March 2021"]
    assert score["as of 16 March 2025"] < score["as of 17 March 2025"]
    asked = score["the joint venture, stakes not told"]
    assert score["Toyota in place of Xiaomi"] < asked < score["BYD in place of Xiaomi"]
