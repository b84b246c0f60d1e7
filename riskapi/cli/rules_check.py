"""`riskapi rules check`: whether rule files load, and what in them an author should look at.

Enters: files or ids. Leaves: text, JSON, SARIF or annotations; exit code 1 for errors, with `--strict` for warnings too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from riskapi.errors import NotFoundError, Problem, RuleError, did_you_mean

if TYPE_CHECKING:
    from riskapi.rules import Rule
    from riskapi.workbench.lint_finding import Finding


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
) -> None:
    """Check rule files; every finding is told with its file, line and code."""
    if explain is not None:
        typer.echo(_explained(explain))
        return
    from riskapi.cli.rules import chosen_rules
    from riskapi.workbench.lint_finding import Severity

    rules: Sequence[Rule] = ()
    try:
        rules = chosen_rules(targets)
    except RuleError as error:
        if form is Format.TEXT:
            raise
        findings = _of_problems(error)
    else:
        findings = _linted(rules, everything=everything, stale_days=stale_days, whole_book=not targets)
    typer.echo(_printed(findings, rules, form), nl=bool(findings) or form is not Format.GITHUB)
    failing = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
    if any(item.severity in failing for item in findings):
        raise typer.Exit(1)


def _linted(
    rules: Sequence[Rule], *, everything: bool, stale_days: int | None, whole_book: bool
) -> tuple[Finding, ...]:
    from riskapi.cli.facts import shipped_vocabulary
    from riskapi.cli.score import today
    from riskapi.settings import Settings
    from riskapi.workbench.lint import Checking, lint

    checking = Checking(
        vocabulary=shipped_vocabulary(),
        folder=Settings.from_environment().rules,
        whole_book=whole_book,
        everything=everything,
        today=None if stale_days is None else today(),
        stale_days=stale_days,
    )
    return lint(rules, checking)


def _of_problems(error: RuleError) -> tuple[Finding, ...]:
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


def _summary(findings: Sequence[Finding], rules: Sequence[Rule]) -> str:
    counts = Counter(item.severity for item in findings)
    told = ", ".join(f"{count} {name}{'' if count == 1 else 's'}" for name, count in sorted(counts.items()))
    more = "; `--explain CODE` says more" if findings else ""
    return f"{len({rule.file for rule in rules})} files, {len(rules)} rules: {told or 'no problems'}{more}"


def _shown_path(file: str) -> str:
    """The file as seen from the current folder, where it lies below it: so that annotations find it in a repository."""
    from riskapi.settings import Settings

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
