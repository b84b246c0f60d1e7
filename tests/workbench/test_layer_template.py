"""The template of a repository for private rules: what `riskapi rules init` writes fits the shipped rules and does its work."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from multiprocessing.connection import Client, Listener
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import yaml

from riskapi import __version__
from riskapi.errors import RequestError
from riskapi.rules import RuleBook
from riskapi.rules.layers import lay_over, own_rules
from riskapi.settings import Settings
from riskapi.workbench.layer_template import Fresh, usual_name, write_layer
from tests.cli.program import run
from tests.rules.shipped import shipped_book

ROOT = Path(__file__).parents[2]
TEMPLATE = ROOT / "templates" / "rule-repository"
FRESH = Fresh(name="house-view", engine=__version__, today=date(2026, 11, 22))


def fresh(folder: Path) -> RuleBook:
    """The shipped book under a fresh layer in that folder."""
    write_layer(folder, FRESH, shipped_book())
    here = Settings.from_environment({"RISKAPI_RULES": str(folder)})
    return lay_over(shipped_book(), here)


def steps(workflow: Path) -> list[dict[str, Any]]:
    jobs = yaml.safe_load(workflow.read_text(encoding="utf-8"))["jobs"]
    return [step for job in jobs.values() for step in job["steps"]]


def test_a_fresh_layer_fits_the_shipped_rules_and_shows_every_way_to_differ(tmp_path: Path) -> None:
    book = fresh(tmp_path / "new")
    assert [rule.id for rule in own_rules(book)] == [
        "us.dod.1260h-list.owner-listed",
        "us.house-policy.data-and-access",
    ]
    assert sorted(change.kind for change in book.changes) == ["overrides", "points"]
    assert book.layers[0].name == "house-view"


def test_every_file_of_the_template_is_written_and_every_slot_filled(tmp_path: Path) -> None:
    written = write_layer(tmp_path / "new", FRESH, shipped_book())
    assert {path.relative_to(tmp_path / "new") for path in written} == {
        path.relative_to(TEMPLATE) for path in TEMPLATE.rglob("*") if path.is_file()
    }
    left = [path.name for path in written if "{{" in path.read_text(encoding="utf-8").replace("${{", "")]
    assert left == []
    assert f"riskapi=={__version__}\n" == (tmp_path / "new" / "requirements.txt").read_text(encoding="utf-8")


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(RequestError, match="not-empty"):
        write_layer(tmp_path, FRESH, shipped_book())
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_a_fresh_clone_counts_as_empty(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    assert write_layer(tmp_path, FRESH, shipped_book())


@pytest.mark.parametrize("name", ["shipped", "Acme", "x", "a b c", "-house"])
def test_a_name_that_no_layer_may_have_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(RequestError, match="layer-name"):
        write_layer(tmp_path / "new", Fresh(name=name, engine="1", today=date(2026, 11, 22)), shipped_book())


@pytest.mark.parametrize(
    ("folder", "name"), [("Acme rules", "acme-rules"), ("house_view", "house-view"), ("x", "private-rules")]
)
def test_the_usual_name_is_made_from_the_folder(tmp_path: Path, folder: str, name: str) -> None:
    assert usual_name(tmp_path / folder) == name


@pytest.mark.slow
def test_every_command_of_the_workflow_runs_on_a_fresh_folder(tmp_path: Path) -> None:
    folder, tools = tmp_path / "new", tmp_path / "tools"
    environment = _environment(tmp_path, tools)
    with _program(tools / "riskapi"):
        _run(f"riskapi rules init {folder} --name house-view", tmp_path, environment)
        _run("git init -q && git add . && git commit -q -m new", folder, environment)
        commands = [step["run"] for step in steps(folder / ".github" / "workflows" / "rules.yml") if "run" in step]
        assert len(commands) == 10
        for command in commands:
            # What the artifact of one job is to the next: the comment starts from the file alone.
            place = folder / "build" if "gh pr comment" in command else folder
            _run(command, place, environment)
    comment = (tmp_path / "comment.txt").read_text(encoding="utf-8")
    assert comment.startswith("pr comment 7 --edit-last --create-if-none --body-file comment.md\n")
    assert "nothing" in (folder / "build" / "comment.md").read_text(encoding="utf-8").casefold()


def test_the_commands_of_the_guide_are_those_of_the_workflow() -> None:
    guide = (TEMPLATE / "README.md").read_text(encoding="utf-8")
    commands = "\n".join(step.get("run", "") for step in steps(TEMPLATE / ".github" / "workflows" / "rules.yml"))
    for name in ("check --strict", "fmt", "test", "coverage", "mutate", "diff"):
        assert f"riskapi --rules . rules {name}" in guide
        assert f"riskapi --rules . rules {name}" in commands


#: Passes the command on to this process, in which the libraries and the shipped rules are loaded.
SHIM = """#!{python} -S
import os, sys
from multiprocessing.connection import Client
with Client({address!r}, "AF_UNIX") as connection:
    connection.send((os.getcwd(), sys.argv[1:]))
    code, printed, told = connection.recv()
sys.stdout.write(printed)
sys.stderr.write(told)
sys.exit(code)
"""


@contextmanager
def _program(shim: Path) -> Iterator[None]:
    """A `riskapi` for the shell; that a process of its own starts is shown by tests/cli/test_main.py."""
    with TemporaryDirectory() as place, Listener(f"{place}/socket", "AF_UNIX") as listener:
        shim.write_text(SHIM.format(python=sys.executable, address=f"{place}/socket"), encoding="utf-8")
        shim.chmod(0o755)
        thread = threading.Thread(target=_answer, args=[listener])
        thread.start()
        try:
            yield
        finally:
            with Client(f"{place}/socket", "AF_UNIX") as last:
                last.send(None)
            thread.join()


def _answer(listener: Listener) -> None:
    while True:
        with listener.accept() as connection:
            asked = connection.recv()
            if asked is None:
                return
            folder, arguments = asked
            with contextlib.chdir(folder):
                result = run(*arguments)
            connection.send((result.exit_code, result.stdout, result.stderr))


def _environment(folder: Path, tools: Path) -> dict[str, str]:
    """As on the machine of the workflow: riskapi is installed, `gh` is there (here one that writes down what it is told)."""
    tools.mkdir()
    gh = tools / "gh"
    gh.write_text(f'#!/bin/sh\necho "$@" > {folder / "comment.txt"}\n', encoding="utf-8")
    gh.chmod(0o755)
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("RISKAPI_", "GIT_"))}
    return kept | {
        "PATH": os.pathsep.join([str(tools), str(Path(sys.executable).parent), os.environ["PATH"]]),
        "PIP_NO_INDEX": "1",
        "TARGET": "HEAD",
        "NUMBER": "7",
        "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
        "GIT_AUTHOR_NAME": "x",
        "GIT_AUTHOR_EMAIL": "x@example.org",
        "GIT_COMMITTER_NAME": "x",
        "GIT_COMMITTER_EMAIL": "x@example.org",
    }


def _run(command: str, folder: Path, environment: dict[str, str]) -> None:
    # As the workflow runs them: the first failure ends the step.
    outcome = subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )  # fmt: skip
    assert outcome.returncode == 0, f"{command}\n{outcome.stdout[-3000:]}\n{outcome.stderr[-3000:]}"
