"""`riskapi facts`: the vocabulary as a table, as the reference page, or as JSON.

Enters: the registry and the code lists. Leaves: text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields
from typing import TYPE_CHECKING, Annotated, Any

import typer

from riskapi.errors import Problem, RequestError
from riskapi.facts.vocabulary import COMPANY_FACTS, Fact, FactType, Origin, Vocabulary, World

if TYPE_CHECKING:
    from rich.table import Table

#: Code lists longer than this are named, not spelt out.
SPELT_OUT = 45
SPELT_OUT_IN_TABLE = 15

HEADINGS = {
    Origin.COMPANY: "Facts of a company",
    Origin.PAIR: "Facts of the pair",
    Origin.DEAL: "Facts of the deal",
    Origin.JURISDICTION: "Facts of the jurisdiction",
}


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("facts")(facts)


def facts(
    markdown: Annotated[bool, typer.Option("--markdown", help="The reference page, as Markdown.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List every fact that a rule may mention and a caller may tell."""
    if markdown and as_json:
        raise RequestError(
            Problem(
                code="one-form", field="--markdown, --json", detail="only one form can be printed", hint="choose one"
            )
        )
    vocabulary = shipped_vocabulary()
    if as_json:
        typer.echo(json.dumps([fact_data(fact, vocabulary) for fact in vocabulary], indent=2, ensure_ascii=False))
    elif markdown:
        from riskapi.facts.reference import facts_reference

        typer.echo(facts_reference(vocabulary), nl=False)
    else:
        from riskapi.cli.terminal import for_results, show

        show(for_results(), facts_table(vocabulary))


def shipped_vocabulary() -> Vocabulary:
    """The vocabulary over the code lists of the datasets."""
    from riskapi.facts.vocabulary import load_vocabulary
    from riskapi.settings import Settings
    from riskapi.warehouse.open import code_domains

    return load_vocabulary(code_domains(Settings.from_environment().datasets))


def by_origin(vocabulary: Vocabulary) -> Iterator[tuple[Origin, list[Fact]]]:
    """The facts under their headings; those of a company once, by their short names."""
    yield Origin.COMPANY, list(COMPANY_FACTS)
    for origin in (Origin.PAIR, Origin.DEAL, Origin.JURISDICTION):
        yield origin, [fact for fact in vocabulary if fact.origin is origin]


def fact_data(fact: Fact, vocabulary: Vocabulary) -> dict[str, Any]:
    """One fact as JSON data, with its allowed values and their labels."""
    codes = vocabulary.codes(fact)
    return {
        **{field.name: getattr(fact, field.name) for field in fields(fact) if field.name != "domain"},
        "default": list(fact.default) if isinstance(fact.default, tuple) else fact.default,
        "values": None if codes is None else dict(codes),
    }


def type_text(fact: Fact) -> str:
    """The type as people write it, with the unit."""
    words = {FactType.BOOL: "yes/no", FactType.INT: "whole number", FactType.FLOAT: "number", FactType.STR: "text",
             FactType.DATE: "date", FactType.LIST: "list"}  # fmt: skip
    return words[fact.type] + (f" ({fact.unit})" if fact.unit else "")


def values_text(fact: Fact, vocabulary: Vocabulary, most: int = SPELT_OUT) -> str:
    """Which values are allowed, in short."""
    codes = vocabulary.codes(fact)
    if codes is not None:
        return ", ".join(sorted(codes)) if len(codes) <= most else f"codes of {fact.domain}"
    low, high = fact.minimum, fact.maximum
    if low is None and high is None:
        return ""
    return f"at least {low:.10g}" if high is None else f"{low or 0:.10g} to {high:.10g}"


def silence(fact: Fact) -> str:
    """What it means when nobody tells the fact."""
    if fact.world is World.OPEN:
        return "not known"
    if fact.name == "deal.signed_on":
        return "the as-of date"
    words: dict[object, str] = {False: "no", True: "yes", (): "none"}
    return words.get(fact.default, str(fact.default)) if not isinstance(fact.default, float) else f"{fact.default:.10g}"


def meaning(fact: Fact) -> str:
    """What the fact means, and whether a caller may tell it."""
    return fact.meaning if fact.told else f"{fact.meaning} Computed, cannot be told."


def facts_table(vocabulary: Vocabulary) -> Table:
    """The facts for reading on a terminal."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("fact", no_wrap=True)
    table.add_column("type, if not told", width=18)
    table.add_column("meaning, values", ratio=1)
    for origin, members in by_origin(vocabulary):
        note = "each twice: foreign.name, host.name, ..." if origin is Origin.COMPANY else ""
        table.add_row(Text(HEADINGS[origin], style="bold"), "", Text(note, style="dim"))
        for fact in members:
            values = values_text(fact, vocabulary, most=SPELT_OUT_IN_TABLE)
            about = Text.assemble(meaning(fact), (f" [{values}]" if values else "", "dim"))
            table.add_row(Text(fact.name), Text.assemble(type_text(fact), (f", {silence(fact)}", "dim")), about)
    return table
