"""`riskapi rules coverage`: what the examples prove of each condition.

Enters: files or ids. Leaves: text or JSON; exit code 1 below a threshold.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from riskapi.facts.vocabulary import Vocabulary
    from riskapi.workbench.coverage import CoverageReport, RuleCoverage
    from riskapi.workbench.places import Places


def add_to(group: typer.Typer) -> None:
    """Add the command."""
    group.command("coverage")(coverage)


def coverage(
    targets: Annotated[
        list[str] | None,
        typer.Argument(metavar="FILES or IDS", help="What to look at; without any, the whole rule book."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print every rule and atom as JSON.")] = False,
    min_atoms: Annotated[
        float, typer.Option(metavar="PERCENT", min=0, max=100, help="Values of comparisons that examples must show.")
    ] = 100,
    min_mcdc: Annotated[
        float,
        typer.Option("--min-mcdc", metavar="PERCENT", min=0, max=100, help="Comparisons that must be shown to decide."),
    ] = 95,
) -> None:
    """Say what the examples prove: comparisons seen true, false and not known, and shown to decide (MC/DC)."""
    from riskapi.cli.facts import shipped_vocabulary
    from riskapi.cli.rules import chosen_rules
    from riskapi.settings import Settings
    from riskapi.workbench.coverage import cover
    from riskapi.workbench.places import Places

    vocabulary, places = shipped_vocabulary(), Places(Settings.from_environment().rules)
    report = cover(chosen_rules(targets), vocabulary)
    if as_json:
        typer.echo(json.dumps(_data(report, places, vocabulary), indent=2, ensure_ascii=False))
    else:
        typer.echo("\n".join([*_detail(report, places, vocabulary), *_summary(report)]))
    low = [
        f"{name}: {tally.percent:.1f} % is less than {least:g} %"
        for name, tally, least in (
            ("values", report.values, min_atoms),
            ("deciding", report.deciding, min_mcdc),
        )
        if tally.percent < least
    ]
    if low:
        typer.echo("coverage is too low: " + "; ".join(low), err=True)
        raise typer.Exit(1)


def _summary(report: CoverageReport) -> Iterator[str]:
    from riskapi.workbench.coverage import BOTH_WAYS, Aim

    atoms = sum(len(rule.atoms) for rule in report.rules)
    yield f"{len(report.rules)} rules, {atoms} comparisons"
    for words, tally in (
        ("seen true and false", report.tally(*BOTH_WAYS)),
        ("seen not known", report.tally(Aim.UNKNOWN)),
        ("shown to decide", report.deciding),
    ):
        yield f"  {words:<20} {tally.percent:5.1f} %  ({tally.shown} of {tally.of})"


def _detail(report: CoverageReport, places: Places, vocabulary: Vocabulary) -> Iterator[str]:
    """Rules with gaps: each gap with its place, then the examples that would close them."""
    from riskapi.language import text
    from riskapi.workbench.coverage import gaps_of
    from riskapi.workbench.proposals import yaml_line

    for rule in report.rules:
        lines: dict[str, None] = {}
        for atom, gap in gaps_of(rule):
            place = places.shown(rule.rule, atom.atom.field)
            yield f"{place}: {rule.rule.id}: no example: `{text(atom.atom.node)}` {_words(gap.aim.value)}"
            if gap.example:
                lines[yaml_line(rule.rule, gap.example, vocabulary)] = None
        if lines:
            yield "  add to its examples, once you have read that the law says so:"
            yield from (f"      {line}" for line in lines)
            yield ""


def _words(aim: str) -> str:
    return f"is {aim}" if aim in ("true", "false") else "is not known" if aim == "unknown" else aim


def _data(report: CoverageReport, places: Places, vocabulary: Vocabulary) -> dict[str, Any]:
    from riskapi.workbench.coverage import BOTH_WAYS, Aim

    figures = {
        "both_ways": report.tally(*BOTH_WAYS),
        "unknown": report.tally(Aim.UNKNOWN),
        "values": report.values,
        "deciding": report.deciding,
    }
    return {
        "summary": {
            name: {"shown": tally.shown, "of": tally.of, "percent": round(tally.percent, 2)}
            for name, tally in figures.items()
        },
        "rules": [_rule_data(rule, places, vocabulary) for rule in report.rules],
    }


def _rule_data(rule: RuleCoverage, places: Places, vocabulary: Vocabulary) -> dict[str, Any]:
    from riskapi.language import text
    from riskapi.workbench.proposals import yaml_line

    return {
        "id": rule.rule.id,
        "file": rule.rule.file,
        "atoms": [
            {
                "text": text(atom.atom.node),
                "field": ".".join(atom.atom.field),
                "line": places.line(rule.rule, atom.atom.field),
                "shown": sorted(atom.demanded - atom.missing),
                "missing": [
                    {"aim": gap.aim, "example": gap.example and yaml_line(rule.rule, gap.example, vocabulary)}
                    for gap in atom.gaps
                ],
            }
            for atom in rule.atoms
        ],
    }
