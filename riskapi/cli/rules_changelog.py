"""`riskapi rules changelog`: the entry and the version that a change of the rules asks for.

Enters: a base. Leaves: Markdown, or the changelog and the number in the folder of the rules; exit code 1 where a check finds
that they did not follow.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from riskapi.errors import Problem, RequestError, RuleError

if TYPE_CHECKING:
    from riskapi.rules import SemanticVersion
    from riskapi.workbench.diff import BookDiff


class Bump(StrEnum):
    """Which step of the version is taken."""

    AUTO = "auto"
    MAJOR = "major"
    MINOR = "minor"
    PATCH = "patch"


def add_to(group: typer.Typer) -> None:
    """Add the command to `riskapi rules`."""
    group.command("changelog")(changelog)


def changelog(
    base: Annotated[
        str, typer.Argument(metavar="BASE", help="What to compare with: a git revision, or a folder of rule files.")
    ] = "HEAD",
    write: Annotated[
        bool, typer.Option("--write", help="Put the entry on top of CHANGELOG.md, and state its version.")
    ] = False,
    bump: Annotated[
        Bump, typer.Option("--bump", help="Which step to take; `auto` takes the one that the change calls for.")
    ] = Bump.AUTO,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; fail where version or changelog did not follow.")
    ] = False,
    on: Annotated[
        str | None, typer.Option("--date", metavar="DATE", help="The day of the entry; default today.")
    ] = None,
) -> None:
    """Write the changelog of the rules from what changed in meaning, and say which version that asks for."""
    from riskapi.cli.rules_diff import day_of, sides_of
    from riskapi.rules.version import UNVERSIONED
    from riskapi.settings import Settings
    from riskapi.workbench.changelog import new_entry, problems_of, with_entry
    from riskapi.workbench.changelog_files import home_of

    if write and check:
        detail = "--check writes nothing"
        raise RequestError(Problem(code="one-form", field="--write, --check", detail=detail, hint="choose one"))
    day = day_of(on, "--date")
    sides = sides_of(base)
    diff, home = sides.diff, home_of(Settings.from_environment())
    if check:
        problems = problems_of(diff, home.text(), base, home.version_file)
        if problems:
            raise RuleError(problems)
        typer.echo(f"rules {diff.numbers[1]}: version and changelog fit what changed against {base}")
        return
    if diff.is_empty and diff.numbers[0] != UNVERSIONED:
        typer.echo(f"The rule books say the same: nothing to tell against {base}.")
        return
    version = _version(diff, bump)
    entry = new_entry(diff, (sides.base.book, sides.after), version, day)
    if write:
        home.write(with_entry(home.text(), entry, diff.numbers[0]), version)
        typer.echo(f"written: {home.changelog}\nwritten: {home.folder / home.version_file} ({version})")
    else:
        typer.echo(entry, nl=False)


def _version(diff: BookDiff, bump: Bump) -> SemanticVersion:
    """The version to be stated; a step that is too small is refused. Tells it, with the reason, beside the results."""
    from riskapi.rules import Step
    from riskapi.rules.version import UNVERSIONED
    from riskapi.workbench.diff_step import needed_step, needed_version

    needed, (before, after) = needed_step(diff), diff.numbers
    wanted = needed_version(diff, needed)
    step = f"a {needed.step.word} step: {needed.because}"
    told = "the first version" if before == UNVERSIONED else f"{before} to {wanted} at least, {step}"
    typer.echo(told, err=True)
    if bump is Bump.AUTO:
        return max(wanted, after)
    chosen = Step[bump.name]
    if chosen < needed.step:
        detail = f"the change asks for {step}"
        hint = f"leave --bump out, or write --bump {needed.step.word}"
        raise RequestError(Problem(code="bump-too-small", field=f"--bump {bump}", detail=detail, hint=hint))
    return wanted if before == UNVERSIONED else before.after(chosen)
