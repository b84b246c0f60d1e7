"""`riskapi rules override`: a layer's change of a rule below it. Enters: the id. Leaves: a draft, in a file or as text."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from riskapi.errors import Problem, RequestError

if TYPE_CHECKING:
    from riskapi.rules import Rule


def add_to(group: typer.Typer) -> None:
    """Add the command to `riskapi rules`."""
    group.command("override")(override)


def override(
    rule_id: Annotated[str, typer.Argument(metavar="RULE", help="The id of a rule below the layer.")],
    points: Annotated[float | None, typer.Option("--points", help="Only give it other points.")] = None,
    disable: Annotated[bool, typer.Option("--disable", help="Only switch it off.")] = False,
    reason: Annotated[str | None, typer.Option("--reason", metavar="TEXT", help="Why you see it differently.")] = None,
    only_print: Annotated[bool, typer.Option("--print", help="Print the entry and write no file.")] = False,
) -> None:
    """See a rule differently in a private layer: copy it there with its fingerprint, to be changed."""
    from riskapi.cli.score import today
    from riskapi.rules.book import ChangeKind
    from riskapi.workbench.layer_draft import Change, entry_text, write_change

    if disable and points is not None:
        detail = "a rule that is switched off has no points"
        raise RequestError(Problem(code="one-form", field="--points, --disable", detail=detail, hint="choose one"))
    rule, file, rules = _below(rule_id)
    kind = ChangeKind.DISABLES if disable else ChangeKind.OVERRIDES if points is None else ChangeKind.POINTS
    change = Change(kind=kind, rule=rule, file=file, today=today(), points=points, reason=reason)
    if only_print:
        typer.echo(entry_text(change), nl=False)
        return
    path = write_change(change, rules)
    typer.echo(f"written: {path}\nfill in every empty field, change what you see differently, then check the layer")


def _below(rule_id: str) -> tuple[Rule, Path, Path]:
    """The rule without the uppermost layer, the file of its text, and where that layer has its rules."""
    from dataclasses import replace

    from riskapi.cli.facts import shipped_vocabulary
    from riskapi.cli.rules import named_rule
    from riskapi.rules.layers import load_book
    from riskapi.settings import Settings

    settings = Settings.from_environment()
    if not settings.layers:
        hint = "name its folder: `riskapi --rules DIR rules override ...`; `riskapi rules init DIR` makes one"
        detail = "a rule is seen differently in a private layer, and there is none"
        raise RequestError(Problem(code="no-layer", field="--rules", detail=detail, hint=hint))
    *below, top = settings.layers
    book = load_book(replace(settings, layers=tuple(below)), shipped_vocabulary(), examples=False)
    rule = named_rule(book, rule_id)
    inside = settings.rules / rule.file
    return rule, inside if inside.is_file() else Path(rule.file), top / "rules"
