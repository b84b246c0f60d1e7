"""Writes the generated reference pages; `make docs` runs it. With `--check` it only says which are out of date."""  # noqa: INP001  # a script

from __future__ import annotations

import json
import re
import shlex
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import typer.main
from typer.testing import CliRunner

from benchmarks.run import RESULTS
from benchmarks.show import kept, page
from riskapi.api.app import OPERATIONS
from riskapi.api.frame.operation import Operation, Parameter
from riskapi.backtest.page import backtest_page
from riskapi.backtest.report import backtest
from riskapi.backtest.shipped import shipped_cases
from riskapi.cli.main import app
from riskapi.errors import RiskapiError
from riskapi.facts.reference import facts_reference
from riskapi.facts.vocabulary import load_vocabulary
from riskapi.rules import GateKind, load_rules
from riskapi.rules.reference import rules_reference
from riskapi.scoring.scorecard import Scorecard, load_scorecard, score_of
from riskapi.warehouse.load import load_dataset
from riskapi.warehouse.reference import data_reference
from riskapi.workbench.schema import schema_text
from riskapi.workspace import Workspace

ROOT = Path(__file__).parents[1]

QUESTION = (
    "score", "Xiaomi", "Ford", "--type", "joint_venture", "--sector", "automotive", "--in", "US",
    "--set", "deal.market_countries=US", "--set", "deal.model_year=2028", "--as-of", "2026-11-22",
    "--no-color", "--width", "100",
)  # fmt: skip
BARS = re.compile("[\u2580-\u259f]+")


def pages(root: Path = ROOT) -> dict[str, str]:
    """Every generated page: its path below the root, and its text."""
    dataset = load_dataset(root / "datasets")
    vocabulary = load_vocabulary(dataset.domains)
    made = {
        "docs/reference/facts.md": facts_reference(vocabulary),
        "docs/reference/rules.md": rules_reference(load_rules(root / "rules", vocabulary)),
        "docs/reference/scorecard.md": scorecard_reference(load_scorecard(root / "rules")),
        "docs/reference/commands.md": commands_reference(),
        "docs/reference/http.md": http_reference(OPERATIONS),
        "datasets/README.md": data_reference(dataset),
        "docs/reference/benchmarks.md": benchmarks_reference(),
        "rules/schema.json": schema_text(vocabulary),
    }
    with one_workspace() as workspace:
        made["docs/reference/backtest.md"] = backtest_page(backtest(workspace, shipped_cases(workspace.connection)))
        made["README.md"] = with_answer(read(root / "README.md"))
        made["docs/tutorial.md"] = with_results(read(root / "docs/tutorial.md"))
    return made


@contextmanager
def one_workspace() -> Iterator[Workspace]:
    """Let all commands that run inside share one workspace: opening it takes longer than answering."""
    shared = Workspace.open()
    opening = mock.patch.object(Workspace, "open", return_value=shared)
    closing = mock.patch.object(Workspace, "close", return_value=None)
    with opening, closing:
        yield shared
    shared.close()


def printed(arguments: Sequence[str]) -> str:
    """What the command line prints."""
    result = CliRunner().invoke(app, [*arguments], env={"COLUMNS": "100", "NO_COLOR": "1"}, catch_exceptions=False)
    if result.exit_code:
        raise RuntimeError(f"{shlex.join(arguments)}: {result.output}")
    return result.stdout


def commands_in(text: str) -> list[tuple[str, list[str]]]:
    """The `riskapi` commands of the console blocks, each with the comment above it (or nothing) and its arguments."""
    found = []
    for block in re.findall(r"^```console\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        comment = ""
        for line in block.replace("\\\n", " ").splitlines():
            if line.startswith("# "):
                comment = line[2:]
            elif line.startswith("$ riskapi "):
                found.append((comment, shlex.split(line)[2:]))
                comment = ""
    return found


def between(text: str, marker: str, filling: str) -> str:
    """The text with `filling` between the two comments that bear the marker."""
    pattern = rf"(<!-- {marker}: begin [^>]*-->\n).*?(<!-- {marker}: end -->)"
    replaced, count = re.subn(pattern, lambda found: f"{found[1]}{filling}\n{found[2]}", text, count=1, flags=re.DOTALL)
    if not count:
        raise ValueError(f"the comments `{marker}: begin` and `{marker}: end` are missing")
    return replaced


def with_results(text: str) -> str:
    """The tutorial with what its commands gave; those with a comment make a row."""
    lines = ["| question | score | range | band | gates that apply |", "|---|---|---|---|---|"]
    for comment, arguments in commands_in(text):
        if comment:
            answer = json.loads(printed([*arguments, "--json"]))
            fired = [
                f"{gate['gate']} ({gate['jurisdiction']})" for gate in answer["gates"] if gate["status"] == "fired"
            ]
            span = f"{answer['low']:.1f} to {answer['high']:.1f}"
            gates = ", ".join(dict.fromkeys(fired)).replace("_", " ")
            lines.append(f"| {comment} | {answer['score']:.1f} | {span} | {answer['band']['label']} | {gates} |")
    return between(text, "results", "\n".join(lines))


def with_answer(text: str) -> str:
    """The front page with the beginning of the real answer."""
    return between(text, "answer", f"```text\n{excerpt(printed(QUESTION))}\n```")


def excerpt(page: str) -> str:
    """The headline and the sum: the page without its scale of signs, its gates and its rules."""
    lines = [line.rstrip() for line in page.splitlines()]
    head = [
        line for line in lines[: lines.index("Legal gates")] if "\u2500" not in line and not line.startswith("  0   ")
    ]
    start = next(index for index, line in enumerate(lines) if line.startswith("How the score adds up"))
    total = next(index for index, line in enumerate(lines) if index > start and " points are a score of " in line)
    shown = [*head, "", *(BARS.sub("", line).rstrip() for line in lines[start : total + 1])]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(shown)).strip("\n")


def scorecard_reference(card: Scorecard) -> str:
    """Every number of the score that is not a rule's own."""
    lines = [
        "# The scorecard",
        "",
        "Generated from `rules/scorecard.yaml` by `make docs`. Do not edit it here. `docs/method.md` explains it.",
        "",
        f"Base: {card.base:g} points, a score of {score_of(card.base):.1f}. {card.base_why}",
        "",
        "| band | from score | meaning |",
        "|---|---|---|",
        *(f"| {band.label} | {band.at_least:g} | {band.meaning} |" for band in card.bands),
        "",
        "| gate that fired | the score is at least |",
        "|---|---|",
        *(f"| {gate.value} | {card.floors.get(gate, 0):g} |" for gate in GateKind),
        "",
        "| pillar | label |",
        "|---|---|",
        *(f"| {pillar.value} | {label} |" for pillar, label in card.pillars.items()),
        "",
        "| group | hit policy | why |",
        "|---|---|---|",
        *(f"| `{name}` | {group.hit.value} | {group.why} |" for name, group in card.groups.items()),
        "| every other group | max | The heaviest rule that fired counts. |",
        "",
    ]
    return "\n".join(lines)


def http_reference(operations: Sequence[Operation]) -> str:
    """Every operation of the service with its parameters."""
    head = [
        "# HTTP",
        "",
        "Generated from the service by `make docs`. Do not edit it here.",
        "",
        "`riskapi serve` starts it, on this machine only unless told otherwise. `/schema/openapi.json` is the full",
        "description, `/docs` shows it. Errors are problem details (RFC 9457): [problems.md](problems.md).",
        "",
    ]
    return "\n".join(
        [*head, *(_operation(item) for item in sorted(operations, key=lambda item: (item.path, item.method)))]
    )


def _operation(operation: Operation) -> str:
    lines = [f"## {operation.method} {operation.path}", "", operation.summary, ""]
    if operation.description and operation.description != operation.summary:
        lines += [operation.description, ""]
    if operation.takes_body:
        lines += ["Takes a JSON body: `riskapi schema request` prints its schema.", ""]
    if operation.parameters:
        lines += ["| parameter | in | required | meaning |", "|---|---|---|---|"]
        lines += [_row(item) for item in operation.parameters]
        lines.append("")
    return "\n".join(lines)


def _row(parameter: Parameter) -> str:
    place, required = "path" if parameter.in_path else "query", "yes" if parameter.required else ""
    return f"| `{parameter.name}` | {place} | {required} | {parameter.meaning} |"


def benchmarks_reference() -> str:
    """What the newest kept run of the benchmarks found."""
    head = "# Benchmarks\n\nWritten by `make docs` from the newest run in `benchmarks/results/`; do not edit.\n\n"
    how = "`make bench` measures it anew, `make bench LARGE=--large` with more than a million pairings and with Spark.\n\n"
    return head + how + page(kept(RESULTS)[-1])


def commands_reference() -> str:
    """Every command of the program with its arguments and options."""
    head = [
        "# Commands",
        "",
        "Generated from the program by `make docs`. Do not edit it here.",
        "",
        "Exit codes: 0 fine, 1 findings in rules or data, 2 bad usage or input, 3 a fault of the program.",
        "Results go to standard output, everything else to standard error.",
        "",
    ]
    return "\n".join([*head, *_commands(typer.main.get_command(app), "riskapi")])


def _commands(command: Any, name: str) -> Iterator[str]:  # noqa: ANN401  # typer wraps its own copy of click
    inner = getattr(command, "commands", None)
    if inner is None or command.invoke_without_command:
        yield from _command(command, name)
    for child, command_of in sorted((inner or {}).items()):
        yield from _commands(command_of, f"{name} {child}")


def _command(command: Any, name: str) -> Iterator[str]:  # noqa: ANN401  # typer wraps its own copy of click
    shown = [parameter for parameter in command.params if parameter.name != "help"]
    arguments = [parameter for parameter in shown if parameter.param_type_name == "argument"]
    usage = " ".join([name, *(str(parameter.metavar or parameter.name) for parameter in arguments), "[OPTIONS]"])
    yield "\n".join([f"## {name}", "", f"`{usage}`", "", str(command.help or "").strip(), ""])
    if shown:
        yield "\n".join(["| argument or option | meaning |", "|---|---|", *(_parameter(item) for item in shown), ""])


def _parameter(parameter: Any) -> str:  # noqa: ANN401  # typer wraps its own copy of click
    names = ", ".join(f"`{option}`" for option in parameter.opts)
    if parameter.param_type_name == "argument":
        names = f"`{parameter.metavar or parameter.name}`"
    elif parameter.metavar:
        names = f"{names} {parameter.metavar}"
    return "| " + " | ".join(text.replace("|", "\\|") for text in (names, str(parameter.help or ""))) + " |"


def main(arguments: list[str]) -> int:
    """Write what has changed, or with `--check` name it; 0 fine, 1 out of date."""
    try:
        made = pages()
    except RiskapiError as error:
        sys.stderr.write(f"{error}\nno page was written: mend this first\n")
        return 1
    stale = [(ROOT / name, text) for name, text in made.items() if read(ROOT / name) != text]
    for path, text in stale:
        if "--check" not in arguments:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        sys.stdout.write(f"{path.relative_to(ROOT)} {'is out of date' if '--check' in arguments else 'written'}\n")
    return 1 if stale and "--check" in arguments else 0


def read(path: Path) -> str:
    """The text of a file; nothing where there is none."""
    return path.read_text(encoding="utf-8") if path.is_file() else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
