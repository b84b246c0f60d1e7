"""`riskapi rules mutate`: which mistakes in a condition no example would notice.

Enters: files or ids. Leaves: text or JSON; exit code 1 below the threshold.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from riskapi.facts.vocabulary import Vocabulary
    from riskapi.workbench.mutation import MutationReport, RuleMutation, Verdict
    from riskapi.workbench.places import Places

_MOST_TEXT = 90


def add_to(group: typer.Typer) -> None:
    """Add the command."""
    group.command("mutate")(mutate_rules)


def mutate_rules(
    targets: Annotated[
        list[str] | None, typer.Argument(metavar="FILES or IDS", help="What to try; without any, the whole rule book.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the survivors as JSON.")] = False,
    min_killed: Annotated[
        float, typer.Option(metavar="PERCENT", min=0, max=100, help="Mutants that examples must notice.")
    ] = 95,
    every_member: Annotated[
        bool, typer.Option("--every-member", help="Drop each member of long lists, not only three of them.")
    ] = False,
) -> None:
    """Make small mistakes in the conditions and dates, and say which of them no example notices."""
    from riskapi.cli.facts import shipped_vocabulary
    from riskapi.cli.rules import chosen_rules
    from riskapi.settings import Settings
    from riskapi.workbench.mutants import Mutation
    from riskapi.workbench.mutation import mutate
    from riskapi.workbench.places import Places

    vocabulary, places = shipped_vocabulary(), Places(Settings.from_environment().rules)
    report = mutate(chosen_rules(targets), Mutation(vocabulary, every_member))
    if as_json:
        typer.echo(json.dumps(_data(report, places, vocabulary), indent=2, ensure_ascii=False))
    else:
        typer.echo("\n".join([*_detail(report, places, vocabulary), _summary(report)]))
    if report.share < min_killed:
        typer.echo(f"too many mutants survive: {report.share:.1f} % killed is less than {min_killed:g} %", err=True)
        raise typer.Exit(1)


def _summary(report: MutationReport) -> str:
    from riskapi.workbench.mutation import Fate

    killed, survived, equivalent = (report.count(fate) for fate in (Fate.KILLED, Fate.SURVIVED, Fate.EQUIVALENT))
    return (
        f"{len(report.rules)} rules, {killed + survived} mutants: {killed} killed ({report.share:.1f} %), "
        f"{survived} survive; {equivalent} more mean the same as the rule and do not count"
    )


def _detail(report: MutationReport, places: Places, vocabulary: Vocabulary) -> Iterator[str]:
    """Rules with survivors or mutants without meaning: each with its place, then the examples that are missing."""
    from riskapi.workbench.mutation import Fate
    from riskapi.workbench.proposals import yaml_line

    for rule in report.rules:
        for verdict in rule.having(Fate.EQUIVALENT):
            yield f"{_line(rule, verdict, places)} means the same: is the text needed?"
        survivors = rule.having(Fate.SURVIVED)
        for verdict in survivors:
            yield f"{_line(rule, verdict, places)} goes unnoticed"
        lines = dict.fromkeys(yaml_line(rule.rule, item.example, vocabulary) for item in survivors if item.example)
        if lines:
            yield "  add to its examples, once you have read that the law says so:"
            yield from (f"      {line}" for line in lines)
            yield ""


def _line(rule: RuleMutation, verdict: Verdict, places: Places) -> str:
    mutant = verdict.mutant
    before, after = _difference(mutant.before, mutant.after)
    return f"{places.shown(rule.rule, mutant.field)}: {rule.rule.id}: {mutant.kind}: `{before}` as `{after}`"


def _difference(before: str, after: str) -> tuple[str, str]:
    """The two texts, cut around the place where they differ if they are long."""
    if max(len(before), len(after)) <= _MOST_TEXT:
        return before, after
    first = next((at for at, pair in enumerate(zip(before, after, strict=False)) if pair[0] != pair[1]), 0)
    start = max(0, first - _MOST_TEXT // 3)
    cut = [text[start : start + _MOST_TEXT] for text in (before, after)]
    lead = "..." if start else ""
    one, two = (
        f"{lead}{text}{'...' if start + _MOST_TEXT < len(whole) else ''}"
        for text, whole in zip(cut, (before, after), strict=True)
    )
    return one, two


def _data(report: MutationReport, places: Places, vocabulary: Vocabulary) -> dict[str, Any]:
    from riskapi.workbench.mutation import Fate

    return {
        "summary": {**{fate.value: report.count(fate) for fate in Fate}, "percent": round(report.share, 2)},
        "rules": [
            {
                "id": rule.rule.id,
                "file": rule.rule.file,
                **{fate.value: len(rule.having(fate)) for fate in Fate},
                "survivors": [_verdict(rule, item, places, vocabulary) for item in rule.having(Fate.SURVIVED)],
                "equivalents": [_verdict(rule, item, places, vocabulary) for item in rule.having(Fate.EQUIVALENT)],
            }
            for rule in report.rules
        ],
    }


def _verdict(rule: RuleMutation, verdict: Verdict, places: Places, vocabulary: Vocabulary) -> dict[str, Any]:
    from riskapi.workbench.proposals import yaml_line

    mutant = verdict.mutant
    return {
        "kind": mutant.kind,
        "field": ".".join(mutant.field),
        "line": places.line(rule.rule, mutant.field),
        "before": mutant.before,
        "after": mutant.after,
        "example": verdict.example and yaml_line(rule.rule, verdict.example, vocabulary),
    }
