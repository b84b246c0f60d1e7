"""`riskapi rules schema`, `explain`, `new`, `fmt` and `docs`: what the authors of rules work with.

Enters: ids and options. Leaves: text and files.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from riskapi.errors import Problem, RequestError, RuleError

if TYPE_CHECKING:
    from riskapi.facts.vocabulary import Value, Vocabulary

Choice = TypeVar("Choice", bound=StrEnum)


def add_to(group: typer.Typer) -> None:
    """Add the commands to `riskapi rules`."""
    group.command("schema")(print_schema)
    group.command("explain")(explain_rule)
    group.command("new")(new_rule)
    group.command("fmt")(format_files)
    group.command("docs")(write_docs)


def print_schema(
    layer: Annotated[bool, typer.Option("--layer", help="For the rule files of a private layer.")] = False,
) -> None:
    """Print the JSON Schema of rule files, from which editors complete and check (`rules/schema.json`)."""
    from riskapi.cli.facts import shipped_vocabulary
    from riskapi.workbench.layer_schema import layer_schema_text
    from riskapi.workbench.schema import schema_text

    typer.echo((layer_schema_text if layer else schema_text)(shipped_vocabulary()), nl=False)


def explain_rule(
    rule_id: Annotated[str, typer.Argument(metavar="RULE", help="The id of a rule.")],
    given: Annotated[
        list[str] | None,
        typer.Option(
            "--given", metavar="FACT=VALUE", help="A fact, e.g. deal.foreign_stake=25%; lists are written US,CA."
        ),
    ] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DATE", help="The day it is asked for; default today.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show what a rule says of given facts: every sub-expression, what decided, and what would change it."""
    from riskapi.cli.render_explain import explained, explained_data
    from riskapi.cli.rules import named_rule, shipped_book
    from riskapi.cli.rules_diff import day_of
    from riskapi.facts.values import defaults

    book = shipped_book()
    rule, day = named_rule(book, rule_id), day_of(as_of)
    told = read_facts(given or (), book.vocabulary)
    facts = {**defaults(book.vocabulary, day), **told}
    if as_json:
        typer.echo(json.dumps(explained_data(rule, facts, day), indent=2, ensure_ascii=False))
        return
    from riskapi.cli.terminal import for_results, show

    unused = sorted(set(told) - rule.facts - rule.because.facts())
    if unused:
        typer.echo(f"not in this rule: {', '.join(unused)}", err=True)
    show(for_results(), explained(rule, facts, day, book.vocabulary))


def read_facts(items: Iterable[str], vocabulary: Vocabulary) -> dict[str, Value]:
    """Facts in the form `name=value`; raises one `RequestError` with all problems."""
    from riskapi.facts.values import ValueProblemError, read_value

    problems: list[Problem] = []
    facts: dict[str, Value] = {}
    for item in items:
        name, equals, raw = (part.strip() for part in item.partition("="))
        where = f"--given {item[:80]}"
        if not equals:
            hint: str | None = "write --given deal.model_year=2028"
            problems.append(
                Problem(code="not-a-fact", field=where, detail="a fact and its value are wanted", hint=hint)
            )
        elif name not in vocabulary:
            hint = vocabulary.suggest(name)
            problems.append(Problem(code="unknown-fact", field=where, detail=f"there is no fact `{name}`", hint=hint))
        elif name in facts:
            problems.append(
                Problem(code="told-twice", field=where, detail=f"`{name}` is given twice", hint="give each fact once")
            )
        else:
            try:
                facts[name] = read_value(vocabulary[name], raw, vocabulary)
            except ValueProblemError as error:
                problems.append(Problem(code=error.code, field=where, detail=error.detail, hint=error.hint))
    if problems:
        raise RequestError(problems)
    return facts


def new_rule(
    rule_id: Annotated[str, typer.Argument(metavar="ID", help="Id of the new rule, e.g. us.dod.1260h-list.listed.")],
    jurisdiction: Annotated[str, typer.Option("--jurisdiction", metavar="CC", help="ISO 3166 code, or EU.")],
    kind: Annotated[str, typer.Option("--kind", help="Which way it pushes.")] = "aggravating",
    pillar: Annotated[str, typer.Option("--pillar", help="Where its points belong.")] = "vulnerability",
    gate: Annotated[str | None, typer.Option("--gate", help="Its legal consequence, if any.")] = None,
    only_print: Annotated[bool, typer.Option("--print", help="Print the draft and write no file.")] = False,
) -> None:
    """Start a new rule from a template: in a new file, or at the end of the file of its instrument."""
    from riskapi.cli.score import today
    from riskapi.rules.model import GateKind, Kind, Pillar
    from riskapi.settings import Settings
    from riskapi.workbench.scaffold import Draft, checked_draft, file_text, place_of, rule_text, write_draft

    settings = Settings.from_environment()
    rules = settings.layers[-1] / "rules" if settings.layers else settings.rules
    name = f"{rule_id.rpartition('.')[0]}.yaml"
    below = [settings.rules, *(folder / "rules" for folder in settings.layers[:-1])] if settings.layers else []
    draft = checked_draft(
        Draft(
            extends=any(any(folder.rglob(name)) for folder in below),
            rule_id=rule_id,
            jurisdiction=jurisdiction.upper(),
            kind=_choice("--kind", kind, Kind),
            pillar=_choice("--pillar", pillar, Pillar),
            gate=None if gate is None else _choice("--gate", gate, GateKind),
            today=today(),
        )
    )
    if only_print:
        typer.echo(rule_text(draft) if place_of(draft, rules).exists() else file_text(draft), nl=False)
        return
    path = write_draft(draft, rules)
    typer.echo(f"written: {path}\nfill in every empty field, then: riskapi rules check {path}")


def _choice(option: str, raw: str, kinds: type[Choice]) -> Choice:
    try:
        return kinds(raw)
    except ValueError:
        hint = "one of: " + ", ".join(kind.value for kind in kinds)
        raise RequestError(
            Problem(code="unknown-code", field=option, detail=f"`{raw[:40]}` is not possible", hint=hint)
        ) from None


def format_files(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="FILES", help="Rule files; without any, the whole rule book.")
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Change nothing; fail where a file would change.")] = False,
) -> None:
    """Put rule files into the usual layout: fields in their order, no stray spaces; comments stay with their fields."""
    from riskapi.workbench.layout import laid_out

    problems: list[Problem] = []
    changed: list[Path] = []
    for path in files or _rule_files():
        try:
            text = _text_of(path)
            after = laid_out(text, str(path))
        except RuleError as error:
            problems += error.problems
            continue
        if after != text:
            changed.append(path)
            if not check:
                path.write_text(after, encoding="utf-8", newline="")
    if check:
        hint = "run `riskapi rules fmt` on it"
        problems += [
            Problem(code="not-formatted", file=str(path), detail="is not in the usual layout", hint=hint)
            for path in changed
        ]
    if problems:
        raise RuleError(problems)
    typer.echo(f"{len(changed)} files put into the usual layout" if changed else "every file is in the usual layout")


def _rule_files() -> list[Path]:
    from riskapi.rules.load import NOT_INSTRUMENTS
    from riskapi.settings import Settings

    settings = Settings.from_environment()
    folders = [folder / "rules" for folder in settings.layers] or [settings.rules]
    return sorted(path for folder in folders for path in folder.rglob("*.yaml") if path.name not in NOT_INSTRUMENTS)


def _text_of(path: Path) -> str:
    if not path.is_file():
        hint = "name rule files that end in .yaml"
        raise RequestError(Problem(code="no-file", file=str(path), detail="there is no such file", hint=hint))
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        raise RuleError(Problem(code="not-utf-8", detail="the file is not UTF-8 text", file=str(path))) from None


def write_docs(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder to write into; made where it is missing.")],
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", metavar="DATE", help="The day that counts as today on the pages; default today."),
    ] = None,
) -> None:
    """Write the rule book as web pages that need no server and no network."""
    from riskapi.cli.rules import shipped_book
    from riskapi.cli.rules_diff import day_of
    from riskapi.workbench.site import write_site

    day: date = day_of(as_of)
    count = write_site(shipped_book(), out, day)
    typer.echo(f"{count} pages written; open {out / 'index.html'}")
