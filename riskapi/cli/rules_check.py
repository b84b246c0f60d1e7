"""`riskapi rules check`: whether rule files load, and what in them an author should look at.

Enters: files or ids. Leaves: text, JSON, SARIF or annotations; exit code 1 for errors, with `--strict` for warnings too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from riskapi.assessment.words import plural
from riskapi.errors import NotFoundError, Problem, RuleError, did_you_mean
from riskapi.settings import Settings

if TYPE_CHECKING:
    from riskapi.rules import Rule
    from riskapi.workbench.lint import Checking
    from riskapi.workbench.lint_finding import Finding


_MOST_ROUNDS = 4


class Format(StrEnum):
    """How findings are printed."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    GITHUB = "github"


def add_to(group: typer.Typer) -> None:
    """Add the command."""
    group.command("check")(check_rules)


def check_rules(
    targets: Annotated[
        list[str] | None,
        typer.Argument(metavar="FILES or IDS", help="What to check; without any, the whole rule book."),
    ] = None,
    explain: Annotated[
        str | None, typer.Option("--explain", metavar="CODE", help="Say what a code means, and stop.")
    ] = None,
    form: Annotated[Format, typer.Option("--format", help="text, json, sarif or github.")] = Format.TEXT,
    strict: Annotated[bool, typer.Option("--strict", help="Fail for warnings too.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="Tell notes of little weight too.")] = False,
    stale_days: Annotated[
        int | None, typer.Option(metavar="DAYS", min=0, help="Warn of files that were checked longer ago than this.")
    ] = None,
    fix: Annotated[bool, typer.Option("--fix", help="Correct what has one right answer, then check again.")] = False,
    diff: Annotated[
        bool, typer.Option("--diff", "--dry-run", help="Show what --fix would change, and change nothing.")
    ] = False,
    unsafe: Annotated[
        bool, typer.Option("--unsafe", help="With --fix or --diff: proposals too, which may change what a rule says.")
    ] = False,
) -> None:
    """Check rule files; every finding is told with its file, line and code."""
    if explain is not None:
        typer.echo(_explained(explain))
        return
    from riskapi.workbench.lint_finding import Severity

    asked = _Asked(targets=tuple(targets or ()), everything=everything, stale_days=stale_days)
    rules, findings, error = _checked(asked)
    if diff:
        raise typer.Exit(1 if _shown_difference(findings, rules, unsafe=unsafe) else 0)
    if fix:
        rules, findings, error = _corrected(asked, unsafe=unsafe)
    if error is not None and form is Format.TEXT:
        raise RuleError([_with_fix_told(problem, item) for problem, item in zip(error.problems, findings, strict=True)])
    typer.echo(_printed(findings, rules, form), nl=bool(findings) or form is not Format.GITHUB)
    failing = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
    if any(item.severity in failing for item in findings):
        raise typer.Exit(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What is checked, and how."""

    targets: tuple[str, ...]
    everything: bool
    stale_days: int | None


def _checked(asked: _Asked) -> tuple[Sequence[Rule], tuple[Finding, ...], RuleError | None]:
    """The rules and what was found in them; what keeps them from loading comes as the error, too."""
    from riskapi.cli.rules import chosen_rules

    try:
        rules = chosen_rules(list(asked.targets))
    except RuleError as error:
        return (), _mendable(of_problems(error)), error
    found = _linted(rules, everything=asked.everything, stale_days=asked.stale_days, whole_book=not asked.targets)
    return rules, _mendable((*found, *(_layout(rules) if asked.everything else ()))), None


def _mendable(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    from riskapi.cli.facts import shipped_vocabulary
    from riskapi.cli.rules_fix import text_of
    from riskapi.workbench.fix import with_fixes

    folder = Settings.from_environment().rules
    return with_fixes(findings, lambda file: text_of(file, folder), shipped_vocabulary())


def _layout(rules: Sequence[Rule]) -> Iterator[Finding]:
    from riskapi.cli.rules_fix import text_of
    from riskapi.workbench.fix import as_finding

    folder = Settings.from_environment().rules
    for file in dict.fromkeys(rule.file for rule in rules):
        text = text_of(file, folder)
        found = None if text is None else as_finding(file, text)
        if found is not None:
            yield found


def _shown_difference(findings: Sequence[Finding], rules: Sequence[Rule], *, unsafe: bool) -> bool:
    """Print what would be corrected; whether there is anything."""
    from riskapi.cli.rules_fix import fixed_files, show_difference

    outcomes = fixed_files(findings, rules, Settings.from_environment().rules, unsafe=unsafe)
    show_difference(outcomes)
    return bool(outcomes)


def _corrected(asked: _Asked, *, unsafe: bool) -> tuple[Sequence[Rule], tuple[Finding, ...], RuleError | None]:
    """Correct the files, say what was done, and give what is left.

    Rules are looked at only when all files can be read, which may take a correction: hence more than one round.
    """
    from riskapi.cli.rules_fix import Outcome, fixed_files, tell, write

    done: list[Outcome] = []
    checked = _checked(asked)
    for _ in range(_MOST_ROUNDS):
        rules, findings, _error = checked
        outcomes = fixed_files(findings, rules, Settings.from_environment().rules, unsafe=unsafe)
        if not outcomes:
            break
        write(outcomes)
        done += outcomes
        checked = _checked(asked)
    tell(done)
    return checked


def _with_fix_told(problem: Problem, item: Finding) -> Problem:
    """The problem with a word that `--fix` would mend it."""
    told = _how_to_fix(item)
    return problem if told is None else replace(problem, hint=f"{problem.hint}\n{told}" if problem.hint else told)


def _how_to_fix(item: Finding) -> str | None:
    if item.fix is None:
        return None
    return f"`--fix` corrects it: {item.fix}" if item.fix_is_safe else f"`--fix --unsafe` would write: {item.fix}"


def _linted(
    rules: Sequence[Rule], *, everything: bool, stale_days: int | None, whole_book: bool
) -> tuple[Finding, ...]:
    from riskapi.cli.facts import shipped_vocabulary
    from riskapi.cli.score import today
    from riskapi.workbench.lint import Checking, lint
    from riskapi.workbench.lint_layers import written_here

    checking = Checking(
        vocabulary=shipped_vocabulary(),
        folder=Settings.from_environment().rules,
        whole_book=whole_book and not Settings.from_environment().layers,
        everything=everything,
        today=None if stale_days is None else today(),
        stale_days=stale_days,
    )
    found = tuple(written_here(lint(rules, checking)))
    return (*found, *_of_layers(checking)) if whole_book and Settings.from_environment().layers else found


def _of_layers(checking: Checking) -> Iterator[Finding]:
    """What is to be said of layers only, and of their rules beside all those below them."""
    from riskapi.cli.rules import shipped_book
    from riskapi.rules.layers import own_rules
    from riskapi.workbench.lint import lone_groups
    from riskapi.workbench.lint_finding import Spots
    from riskapi.workbench.lint_layers import needless_overrides, of_layers, stale_changes

    book = shipped_book()
    yield from of_layers(lone_groups(book.rules, Spots(checking.folder)), own_rules(book))
    yield from stale_changes(book)
    yield from needless_overrides(book)


def of_problems(error: RuleError) -> tuple[Finding, ...]:
    """What keeps files from loading, in the form of the other findings."""
    from riskapi.workbench.lint_finding import Finding, Severity

    return tuple(
        Finding(
            code=problem.code,
            severity=Severity.ERROR,
            detail=problem.detail,
            file=problem.file,
            line=problem.line,
            column=problem.column,
            field=problem.field,
            hint=problem.hint,
        )
        for problem in error.problems
    )


def _printed(findings: Sequence[Finding], rules: Sequence[Rule], form: Format) -> str:
    from riskapi import __version__
    from riskapi.workbench.lint_output import as_annotations, as_json, as_sarif

    match form:
        case Format.JSON:
            return as_json(findings, _shown_path)
        case Format.SARIF:
            return as_sarif(findings, _shown_path, __version__)
        case Format.GITHUB:
            return as_annotations(findings, _shown_path)
        case _:
            return "\n".join([*_lines(findings), _summary(findings, rules)])


def _lines(findings: Sequence[Finding]) -> Iterator[str]:
    from riskapi.cli.terminal import clean

    for item in findings:
        place = ":".join(str(part) for part in (item.file, item.line) if part is not None)
        about = f"{item.rule}: " if item.rule else ""
        yield clean(f"{place or 'facts'}: {item.severity}: {about}{item.detail} [{item.code}]")
        yield clean(f"    {item.advice}")
        if told := _how_to_fix(item):
            yield clean(f"    {told}")


def _summary(findings: Sequence[Finding], rules: Sequence[Rule]) -> str:
    counts = Counter(item.severity for item in findings)
    told = ", ".join(plural(count, name) for name, count in sorted(counts.items()))
    more = "; `--explain CODE` says more" if findings else ""
    return f"{len({rule.file for rule in rules})} files, {len(rules)} rules: {told or 'no problems'}{more}"


def _shown_path(file: str) -> str:
    """The file as seen from the current folder, where it lies below it: so that annotations find it in a repository."""
    inside = Settings.from_environment().rules / file
    path = (inside if inside.exists() else Path(file)).resolve()
    here = Path.cwd().resolve()
    return path.relative_to(here).as_posix() if path.is_relative_to(here) else path.as_posix()


def _explained(code: str) -> str:
    from riskapi.workbench.lint_finding import EXPLANATIONS

    told = EXPLANATIONS.get(code)
    if told is None:
        raise NotFoundError(
            Problem(
                code="problem-unknown",
                field="--explain",
                detail=f"no finding has the code `{code[:60]}`",
                hint=did_you_mean(code, EXPLANATIONS)
                or "problems of loading are explained in docs/reference/problems.md; findings are: "
                + ", ".join(EXPLANATIONS),
            )
        )
    lines = [f"{told.code} ({told.severity})", "", told.meaning, told.mend, "", f"bad:   {told.bad}"]
    return "\n".join([*lines, f"good:  {told.good}"])
