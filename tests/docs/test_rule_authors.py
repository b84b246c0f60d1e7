"""The guide for authors can be followed: its commands run in order on a copy of the rules and answer what it shows."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from riskapi.cli.main import app
from tests.docs.pages import ROOT, coded, codes_in_source, page, rows, section

pytestmark = pytest.mark.xdist_group("docs")

PAGE = "docs/rule-authors.md"
FILE = "rules/de/de.awv.yaml"
OLD, NEW = "de.awv.any-25", "de.awv.any-20"
BLOCK = re.compile(r"^```(console|yaml)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
#: What moves when anybody adds an example to the shipped file: numbers of lines, and counts.
MOVING = re.compile(
    r"(?<=\.yaml:)\d+(?::\d+)?|\b\d+(?= (?:files|rules|examples|problems|mutants|survive|killed)\b|: killed)"
)
CHECKED = re.compile(r"checked: \{on: [0-9-]+")
UNTOLD = "      - name: share not told\n"


def plain(line: str) -> str:
    """A line without what moves: numbers, widths of columns, and the mark of rules that are not the shipped folder's."""
    return re.sub(r"(?<=\S) {3,}", "   ", MOVING.sub("N", line.rstrip()).replace("  [own]", ""))


class Follower:
    """A reader who does what the page says, in a copy of the repository's rules."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / FILE
        # the story happens while the old rule is the newest: examples without a date are asked for this day
        self.original = CHECKED.sub("checked: {on: 2026-11-22", self.file.read_text(encoding="utf-8"))
        self.file.write_text(self.original, encoding="utf-8")
        self.printed = ""
        self.ran: list[str] = []

    def follow(self, kind: str, block: str) -> None:
        """One block of the page: type its commands, or write its lines into the file."""
        if kind == "yaml":
            self.write(block)
            return
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE):
            if part.startswith("# after"):
                self.paste()
            elif part:
                command, _, shown = part.partition("\n")
                self.run(command, shown)

    def run(self, command: str, shown: str) -> None:
        """Type it, and hold what the page shows against what is printed, in its order."""
        program, *arguments = shlex.split(command)
        assert program == "riskapi"
        result = CliRunner().invoke(app, arguments, env={"COLUMNS": "100", "NO_COLOR": "1"}, catch_exceptions=False)
        self.printed, self.ran = result.output, [*self.ran, arguments[1]]
        rest = [plain(line) for line in result.output.splitlines()]
        for line in (plain(line) for line in shown.splitlines() if line not in ("", "...")):
            assert line in rest, f"{command}\nshown: {line}\nprinted: {result.output}"
            rest = rest[rest.index(line) + 1 :]

    def write(self, lines: str) -> None:
        """Where the page says that the lines go."""
        text = self.file.read_text(encoding="utf-8")
        if lines.startswith("title: "):
            scenarios = self.file.parents[2] / "tests/scenarios"
            scenarios.mkdir(parents=True)
            (scenarios / "de-any-20.yaml").write_text(lines, encoding="utf-8")
        elif "a_quarter" in lines:
            self.exchange("      a_quarter: deal.foreign_stake >= 0.25\n", lines)
        elif "to: 2026-12-31" in lines:
            head, mark, tail = self.original.partition(f"  - id: {OLD}\n")
            self.file.write_text(head + mark + tail.replace("    in_force: [{from: 2013-09-01}]\n", lines, 1), "utf-8")
        elif NEW in lines:
            self.file.write_text(text[: text.index(f"  - id: {NEW}\n")] + lines, encoding="utf-8")
        else:
            head, mark, tail = text.rpartition(UNTOLD)
            self.file.write_text(head + mark + lines + tail, encoding="utf-8")

    def exchange(self, before: str, after: str) -> None:
        text = self.file.read_text(encoding="utf-8")
        assert text.count(before) == 1
        self.file.write_text(text.replace(before, after), encoding="utf-8")

    def paste(self) -> None:
        """The proposed lines, each right below `examples:` of its rule."""
        rule = ""
        for line in self.printed.splitlines():
            rule = named[1] if (named := re.match(r"\S+:\d+: (\S+):", line)) else rule
            if line.startswith("      - {name"):
                head, mark, tail = self.file.read_text(encoding="utf-8").partition(f"  - id: {rule}\n")
                above, examples, below = tail.partition("    examples:\n")
                self.file.write_text(f"{head}{mark}{above}{examples}{line}\n{below}", encoding="utf-8")


@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Follower:
    shutil.copytree((ROOT / FILE).parent, (tmp_path / FILE).parent)  # one country: the whole book takes longer to load
    shutil.copy(ROOT / "rules/scorecard.yaml", tmp_path / "rules")
    (tmp_path / "rules" / "VERSION").write_text("1.0.0\n", encoding="utf-8")
    follower = Follower(tmp_path)
    for command in ("init -q", "add -A", "-c user.name=a -c user.email=a@example.org commit -q -m rules"):
        subprocess.run(["git", *command.split()], cwd=tmp_path, check=True)
    monkeypatch.setenv("RISKAPI_RULES", str(tmp_path / "rules"))
    monkeypatch.chdir(tmp_path)
    return follower


@pytest.mark.slow
def test_the_steps_can_be_followed_to_the_end_and_print_what_is_shown(reader: Follower) -> None:
    for kind, block in BLOCK.findall(page(PAGE)):
        reader.follow(kind, block)
    told = "list show explain check test new fmt coverage mutate diff changelog"
    assert set(reader.ran) == set(told.split())


def test_console_blocks_hold_commands_of_the_program_only() -> None:
    commands = re.findall(r"^\$ (\S+)", page(PAGE), re.MULTILINE)
    assert len(commands) > 12
    assert set(commands) == {"riskapi"}


def test_the_codes_that_are_explained_exist() -> None:
    first = [coded(row[0]) for row in rows(section(page(PAGE), "When something goes wrong"))]
    shown = {code for codes in first for code in codes if "-" in code}
    assert len(shown) > 8
    assert shown <= set(codes_in_source())


def test_the_jobs_that_are_explained_exist() -> None:
    jobs = [coded(row[0])[0].split(" / ") for row in rows(section(page(PAGE), "11. Read what CI says"))]
    assert len(jobs) == 4
    for workflow, job in jobs:
        text = page(f".github/workflows/{workflow}.yml")
        assert f"name: {workflow}\n" in text
        assert re.search(rf"^  {job}:$", text, re.MULTILINE)


def test_the_make_targets_that_are_shown_exist() -> None:
    shown = set(re.findall(r"(?:^|`)make ([a-z-]+)", page(PAGE), re.MULTILINE))
    assert shown >= {"install", "check-rules", "docs"}
    assert shown <= set(re.findall(r"^([a-z-]+):", page("Makefile"), re.MULTILINE))
