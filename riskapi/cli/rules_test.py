"""`riskapi rules test`: runs the examples inside rule files, and scenario files about whole pairings.

Enters: files, ids or names of scenarios. Leaves: text, JSON or JUnit XML; exit code 1 where anything is not as expected.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from riskapi.assessment.words import plural
from riskapi.errors import NotFoundError, Problem, RequestError, RuleError, did_you_mean

if TYPE_CHECKING:
    from riskapi.rules import Rule
    from riskapi.workbench.scenario_file import Scenario
    from riskapi.workbench.verdicts import Verdict

#: Where a repository of rules keeps its scenarios, beside the folder of rules.
_USUAL = Path("tests") / "scenarios"


@dataclass(frozen=True, slots=True)
class _Chosen:
    """What is run, and every scenario there is: orderings may name those that are not chosen."""

    rules: Sequence[Rule]
    scenarios: Sequence[Scenario]
    known: Sequence[Scenario]


def add_to(group: typer.Typer) -> None:
    """Add the command."""
    group.command("test")(run_tests)


def run_tests(
    targets: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="FILES, IDS or SCENARIOS",
            help="Rule files, rules, instruments, scenario files or scenarios; without any, everything. "
            "With a rule, the scenarios that name it run too.",
        ),
    ] = None,
    scenarios: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Folder of scenario files; by default tests/scenarios beside the folder of rules, or in the private layer.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print every verdict as JSON.")] = False,
    junit: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write every verdict into this file as JUnit XML.")
    ] = None,
) -> None:
    """Run the examples inside the rule files, and the scenarios: whole pairings with what the rules must say of them."""
    from riskapi.workbench import verdicts as told

    chosen = _chosen(targets or (), _folder(scenarios))
    found = _run(chosen)
    if junit is not None:
        junit.write_text(told.as_junit(found), encoding="utf-8")
    failed = [item for item in found if not item.passed]
    if as_json:
        typer.echo(told.as_json(found))
        if failed:
            raise typer.Exit(1)
        return
    line = _summary(chosen, found)
    if failed:
        typer.echo(f"{line}: {len(failed)} fail", err=True)
        raise RuleError([problem for item in failed for problem in item.problems])
    typer.echo(f"{line}: all as expected")


def _run(chosen: _Chosen) -> tuple[Verdict, ...]:
    from riskapi.cli.facts import shipped_vocabulary
    from riskapi.workbench.verdicts import of_examples

    found = of_examples(chosen.rules, shipped_vocabulary()) if chosen.rules else ()
    if not chosen.scenarios:
        return found
    from riskapi.workbench.scenarios import run_scenarios
    from riskapi.workspace import Workspace

    with Workspace.open() as workspace:
        return (*found, *run_scenarios(chosen.scenarios, workspace, {item.name: item for item in chosen.known}))


def _summary(chosen: _Chosen, found: Sequence[Verdict]) -> str:
    examples = len(found) - len(chosen.scenarios)
    parts = [f"{len(chosen.rules)} rules, {examples} examples"] if chosen.rules else []
    if chosen.scenarios:
        parts.append(plural(len(chosen.scenarios), "scenario"))
    return ", ".join(parts) or "0 rules, 0 examples"


def _folder(given: Path | None) -> Path | None:
    """The folder of scenarios, where there is one."""
    from riskapi.settings import Settings

    if given is not None:
        if not given.is_dir():
            raise RequestError(
                Problem(
                    code="no-folder",
                    field="--scenarios",
                    detail=f"there is no folder `{given}`",
                    hint="name a folder with scenario files",
                )
            )
        return given
    settings = Settings.from_environment()
    # What a layer decides otherwise would fail the scenarios of the rules below: it has its own, or none.
    usual = (settings.layers[-1] if settings.layers else settings.rules.parent) / _USUAL
    return usual if usual.is_dir() else None


def _chosen(targets: Sequence[str], folder: Path | None) -> _Chosen:
    """What is to be run; raises `NotFoundError` for a name that is neither a rule, an instrument nor a scenario."""
    from riskapi.cli.rules import chosen_rules
    from riskapi.workbench.scenario_file import is_scenario_name, read_scenarios
    from riskapi.workbench.scenarios import concerning

    known = read_scenarios(folder) if folder else ()
    if not targets:
        return _Chosen(chosen_rules(None), known, known)
    files = {name for name in targets if folder and Path(name).resolve().is_relative_to(folder.resolve())}
    names = {name for name in targets if name not in files and is_scenario_name(name)}
    rest = [name for name in targets if name not in files and name not in names]
    rules = chosen_rules(rest) if rest else ()
    picked = [*_of_files(files, known, folder), *_named(names, known), *concerning(known, (rule.id for rule in rules))]
    return _Chosen(rules, list({item.name: item for item in picked}.values()), known)


def _of_files(files: Iterable[str], known: Sequence[Scenario], folder: Path | None) -> list[Scenario]:
    found: list[Scenario] = []
    for name in sorted(files):
        own = [item for item in known if folder and (folder / item.file).resolve() == Path(name).resolve()]
        if not own:
            raise RequestError(
                Problem(
                    code="no-file", file=name, detail="there is no such file", hint="name a file that ends in .yaml"
                )
            )
        found += own
    return found


def _named(names: Iterable[str], known: Sequence[Scenario]) -> list[Scenario]:
    by_name = {item.name: item for item in known}
    unknown = [name for name in sorted(names) if name not in by_name]
    if unknown:
        raise NotFoundError(
            Problem(
                code="scenario-unknown",
                detail=f"there is no scenario `{unknown[0][:120]}`",
                hint=did_you_mean(unknown[0], by_name)
                or "ids of rules and instruments have dots; scenarios are in the folder",
            )
        )
    return [by_name[name] for name in sorted(names)]
