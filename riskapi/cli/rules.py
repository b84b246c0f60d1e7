"""`riskapi rules`: list, show, check and test the rule files.

Enters: files or ids. Leaves: text; exit code 1 where a file is broken or an example fails.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from riskapi.errors import NotFoundError, Problem, RequestError, RuleError, did_you_mean

if TYPE_CHECKING:
    from riskapi.facts.vocabulary import Vocabulary
    from riskapi.rules import Rule, RuleBook

rules = typer.Typer(no_args_is_help=True, help="List, show, check and test the rules.")


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    for name in (
        "rules_check",
        "rules_test",
        "rules_coverage",
        "rules_mutate",
        "rules_diff",
        "rules_changelog",
        "rules_author",
        "rules_table",
        "rules_init",
        "rules_override",
    ):
        import_module(f"riskapi.cli.{name}").add_to(rules)
    app.add_typer(rules, name="rules")


@rules.command("list")
def list_rules(
    jurisdiction: Annotated[
        str | None, typer.Option("--in", metavar="CC", help="Only rules of this jurisdiction.")
    ] = None,
    ids: Annotated[bool, typer.Option("--ids", help="Print the ids only, one a line.")] = False,
) -> None:
    """List the rules."""
    book = shipped_book()
    wanted = (jurisdiction or "").upper()
    if wanted and wanted not in book.by_jurisdiction:
        known = ", ".join(sorted(book.by_jurisdiction))
        raise RequestError(
            Problem(code="unknown-code", field="--in", detail=f"no rule is of `{wanted[:40]}`", hint=f"one of: {known}")
        )
    found = book.by_jurisdiction[wanted] if wanted else book.rules
    if ids:
        typer.echo("\n".join(rule.id for rule in found))
        return
    from riskapi.cli.render_book import rules_table
    from riskapi.cli.terminal import for_results, show

    show(for_results(), rules_table(found))
    for item in book.switched_off:
        typer.echo(f"switched off by {item.layer}: {item.original.id}: {item.reason}")


@rules.command("show")
def show_rule(rule_id: Annotated[str, typer.Argument(metavar="ID", help="The id of a rule.")]) -> None:
    """Show one rule: condition, exceptions, dates, effect, sources, examples."""
    from riskapi.cli.render_book import rule_text
    from riskapi.cli.terminal import for_results, show

    show(for_results(), rule_text(named_rule(shipped_book(), rule_id)))


def shipped_book() -> RuleBook:
    """The rule book that the settings name, with all layers."""
    from riskapi.cli.facts import shipped_vocabulary
    from riskapi.rules.layers import load_book
    from riskapi.settings import Settings

    return load_book(Settings.from_environment(), shipped_vocabulary())


def chosen_rules(targets: Sequence[str] | None) -> Sequence[Rule]:
    """The rules of files, of instruments and with ids; without any, those of the layers, or else the whole rule book."""
    return _targets(targets) if targets else _whole_book()


def _whole_book() -> Sequence[Rule]:
    from riskapi.rules.layers import own_rules
    from riskapi.scoring.card_layers import load_card
    from riskapi.settings import Settings

    problems: list[Problem] = []
    found: Sequence[Rule] = ()
    try:
        found = own_rules(shipped_book())
    except RuleError as error:
        problems.extend(error.problems)
    try:
        load_card(Settings.from_environment())
    except RuleError as error:
        problems.extend(error.problems)
    if problems:
        raise RuleError(problems)
    return found


def _of_files(files: Iterable[Path]) -> list[Rule]:
    from riskapi.cli.facts import shipped_vocabulary

    vocabulary = shipped_vocabulary()
    problems: list[Problem] = []
    found: list[Rule] = []
    for path in dict.fromkeys(files):
        if _is_of_layer(path):
            found += [rule for rule in shipped_book().rules if Path(rule.file).resolve() == path.resolve()]
            continue
        try:
            found += _of_file(path, vocabulary)
        except RuleError as error:
            problems += error.problems
    if problems:
        raise RuleError(problems)
    return found


def _is_of_layer(path: Path) -> bool:
    """Whether the file lies in a layer: it can then only be read over the rules below it."""
    from riskapi.settings import Settings

    return path.is_file() and any(
        path.resolve().is_relative_to(folder.resolve()) for folder in Settings.from_environment().layers
    )


def _of_file(path: Path, vocabulary: Vocabulary) -> list[Rule]:
    from riskapi.rules import load_file

    if not path.is_file():
        raise RequestError(
            Problem(
                code="no-file", file=str(path), detail="there is no such file", hint="name rule files that end in .yaml"
            )
        )
    return load_file(path, vocabulary, str(path))


def _targets(targets: Iterable[str]) -> list[Rule]:
    """Rules by file, by id, or by the id of their instrument; each once."""
    names = list(dict.fromkeys(targets))
    files = [Path(name) for name in names if name.endswith((".yaml", ".yml")) or Path(name).is_file()]
    ids = [name for name in names if Path(name) not in files]
    found = _of_files(files) if files else []
    if ids:
        book = shipped_book()
        for name in ids:
            found += [rule for rule in book.rules if rule.instrument.id == name] or [named_rule(book, name)]
    return list({rule.id: rule for rule in found}.values())


def named_rule(book: RuleBook, rule_id: str) -> Rule:
    """The rule with that id; raises `NotFoundError` with near ids."""
    found = book.by_id.get(rule_id)
    off = next((item for item in book.switched_off if item.original.id == rule_id), None)
    if off is not None:
        detail = f"the layer {off.layer} switches `{rule_id}` off: {off.reason}"
        hint = f"{off.file}:{off.line}; without the layer `riskapi rules show` shows it"
        raise NotFoundError(Problem(code="rule-switched-off", detail=detail, hint=hint))
    if found is None:
        raise NotFoundError(
            Problem(
                code="rule-unknown",
                detail=f"there is no rule `{rule_id[:120]}`",
                hint=did_you_mean(rule_id, book.by_id) or "list them with `riskapi rules list`",
            )
        )
    return found
